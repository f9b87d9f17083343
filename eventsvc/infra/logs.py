"""Logs by allow-list: events with named fields, one JSON object a line; never a form, a body, an SQL parameter.

An exception is told by its type and the places it came through, without its message: `invalid literal: '…'` and PostgreSQL's
`Key (…)=(…) already exists` repeat what people typed. Only a developer's own service (`testing`) tells it whole.
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import structlog

FRAMES = 16
"""How many places of one exception are told: the last ones."""


def configure(level: str, *, whole: bool = False) -> None:
    """Send structured events to standard error; `whole` tells exceptions with their messages."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter((logging.Formatter if whole else _Formatter)("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("weasyprint", "fontTools", "PIL", "werkzeug", "alembic", "flask-limiter"):
        logging.getLogger(chatty).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if whole else _tell_places,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def places(accident: BaseException | None) -> str:
    """Return the types of an exception and of what led to it, with the places they came through; no message of any."""
    return "\nafter ".join(_one(link) for link in _chain(accident))


def _chain(accident: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while accident is not None and id(accident) not in seen:
        seen.add(id(accident))
        yield accident
        accident = accident.__cause__ or (None if accident.__suppress_context__ else accident.__context__)


def _one(accident: BaseException) -> str:
    frames = traceback.extract_tb(accident.__traceback__)[-FRAMES:]
    way = "".join(f"\n  {'/'.join(Path(f.filename).parts[-3:])}:{f.lineno} {f.name}" for f in frames)
    return f"{type(accident).__module__}.{type(accident).__qualname__}{_mark(accident)}{way}"


def _mark(accident: BaseException) -> str:
    """Return the number that an operating system or a database gave it: a number says nothing of anybody."""
    found = getattr(accident, "errno", None) or getattr(accident, "sqlstate", None)
    return f"[{found}]" if found else ""


def _tell_places(_logger: Any, _method: str, event: Any) -> Any:
    told = event.pop("exc_info", None)
    if told is True:
        told = sys.exc_info()
    if isinstance(told, tuple):
        told = told[1]
    if isinstance(told, BaseException):
        event["exception"] = places(told)
    return event


class _Formatter(logging.Formatter):
    """What libraries log, by the same rule."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 (logging's name)
        return places(ei[1])
