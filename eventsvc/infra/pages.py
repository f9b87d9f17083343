"""How a page is answered: a template, a status, nothing else."""

import hashlib
import re
from collections import ChainMap
from collections.abc import Callable, MutableMapping
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from flask import Flask, current_app, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from eventsvc.core.money import fen_to_yuan
from eventsvc.core.periods import local
from eventsvc.core.words import N_, Words
from eventsvc.infra.i18n import say


def page(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """Render a template to an answer that no cache keeps."""
    answer = make_response(render_template(template, **context), status)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def wants_fragment() -> bool:
    """Say whether our own script asked for the piece of the page that it will swap in."""
    return request.headers.get("X-Fragment") == "1"


def wants_json() -> bool:
    """Say whether the caller is a machine."""
    return request.path.startswith("/api/")


MOST_PAGES = 100_000


def asked_page() -> int:
    """Return the page of a list that the address asks for, from 1; a number that no list has is the last that one could have."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


@lru_cache(maxsize=64)
def _fingerprint(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """Return the address of a static file, with its fingerprint, so that it may be cached for good."""
    return _asset(current_app.static_folder or "", request.script_root, name)


@lru_cache(maxsize=256)
def _asset(_folder: str, _root: str, name: str) -> str:
    return url_for("static", filename=name, v=fingerprint(name))


def fingerprint(name: str) -> str:
    """Return ten digits that change whenever the static file does."""
    return _fingerprint(current_app.static_folder or "", name)


WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def moment_words(moment: datetime | None) -> str:
    """Say a moment on Shanghai's clock: 2027年5月29日（周六）09:00."""
    if moment is None:
        return ""
    there = local(moment)
    return f"{day_words(there.date())} {there:%H:%M}"


def day_words(day: date | datetime | None) -> str:
    """Say a day: 2027年5月29日（周六）."""
    if day is None:
        return ""
    day = local(day).date() if isinstance(day, datetime) else day
    weekday = say(WEEKDAYS[day.weekday()])
    return say(Words(N_("{year}年{month}月{day}日（{weekday}）"), year=day.year, month=day.month, day=day.day, weekday=weekday))


def span_words(start: datetime, end: datetime | None) -> str:
    """Say from when to when, the day once if it is the same."""
    if end is None:
        return moment_words(start)
    if local(start).date() == local(end).date():
        return f"{moment_words(start)}–{local(end):%H:%M}"
    return f"{moment_words(start)} – {moment_words(end)}"


def clock_words(moment: datetime | None) -> str:
    """Say the time of day on Shanghai's clock."""
    return "" if moment is None else f"{local(moment):%H:%M}"


DAY_IN_FULL = re.compile(r"\d+\w（\w+）")


def _unbroken(words: Callable[..., str]) -> Callable[..., str]:
    """Let a page keep 29日（周六） in one line: a narrow screen would break the line inside 周六."""

    @pass_eval_context
    def in_a_page(how: EvalContext, *moments: Any) -> str:
        said = words(*moments)
        return Markup(DAY_IN_FULL.sub(r'<span class="unit">\g<0></span>', said)) if how.autoescape else said  # noqa: S704 (our own words)

    return in_a_page


def _globals(app: Flask, more: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
    # Jinja would lay a ChainMap over the globals for each template; every import of a macro walks through it name by name.
    return ChainMap(more, app.jinja_env.globals) if more else app.jinja_env.globals


def init_app(app: Flask) -> None:
    """Give templates what every page needs."""
    app.jinja_env.globals.update(asset=asset, span=_unbroken(span_words))
    app.jinja_env.filters.update(local=_unbroken(moment_words), day=_unbroken(day_words), clock=clock_words, yuan=fen_to_yuan)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.make_globals = partial(_globals, app)  # type: ignore[method-assign]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
