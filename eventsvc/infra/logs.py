"""Logs by allow-list: events with named fields, one JSON object a line; never a form, a body, an SQL parameter."""

import logging
import sys

import structlog


def configure(level: str) -> None:
    """Send structured events to standard error."""
    logging.basicConfig(stream=sys.stderr, level=level, format="%(levelname)s %(name)s %(message)s", force=True)
    for chatty in ("weasyprint", "fontTools", "PIL", "werkzeug", "alembic", "flask-limiter"):
        logging.getLogger(chatty).setLevel("WARNING")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
