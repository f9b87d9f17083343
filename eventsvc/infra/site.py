"""Doors that belong to no feature: language, elder view, health."""

import re
import shutil

from flask import Blueprint, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.wrappers import Response

from eventsvc.config import Settings
from eventsvc.infra.db import db
from eventsvc.infra.i18n import COOKIE, LOCALES
from eventsvc.infra.policy import policy

bp = Blueprint("site", __name__)
YEAR = 31_536_000
ELDER = "view"
STEPS = ("", "elder-1", "elder", "elder-3", "elder-4")
"""Sizes of type, by what the cookie says: none, then from 19 to 30 pixels; large type begins with the second."""
USUAL = 2
_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f-\xa0\\\u2028\u2029]*")
"""An address below our own root. Browsers take `\\` for `/` and leave out tabs and line ends: none of them may stand in it."""


def safe_next(default: str = "/") -> str:
    """Return the local address to go back to; anything that leads elsewhere becomes `default`."""
    wanted = request.values.get("next") or default
    return wanted if _LOCAL.fullmatch(wanted) else default


@bp.get("/language/<code>")
@policy(public=True)
def language(code: str) -> ResponseReturnValue:
    """Remember the reader's language and go back."""
    answer = redirect(safe_next(), 303)
    chosen = "en" if code == "en" else LOCALES[0]
    answer.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", httponly=True, secure=_settings().secure)
    return answer


@bp.get("/elder/<state>")
@policy(public=True)
def elder(state: str) -> ResponseReturnValue:
    """Remember large type, or a step more or less of it, and go back."""
    return with_type(redirect(safe_next(), 303), state)


def size_of_type() -> int:
    """Return how large this reader wants the letters: 0 is the usual page, 1 to 4 are large type."""
    return STEPS.index(said) if (said := request.cookies.get(ELDER, "")) in STEPS else 0


def with_type(answer: Response, state: str) -> Response:
    """Let an answer remember: on, off, larger, smaller."""
    now = size_of_type()
    step = {"on": now or USUAL, "larger": min((now or USUAL - 1) + 1, len(STEPS) - 1), "smaller": max(now - 1, 1)}.get(state, 0)
    answer.set_cookie(ELDER, STEPS[step], max_age=YEAR, samesite="Lax", httponly=True, secure=_settings().secure)
    return answer


@bp.get("/healthz")
@policy(public=True)
def health() -> ResponseReturnValue:
    """Say that the process is alive."""
    return jsonify(status="ok")


@bp.get("/readyz")
@policy(public=True)
def ready() -> ResponseReturnValue:
    """Say whether people can be served: database, schema, disk. Redis is told, but its absence stops no sign-up."""
    found = {"database": _database(), "disk": shutil.disk_usage(_settings().var_dir).free > 50 * 2**20}
    answer = jsonify(status="ok" if all(found.values()) else "not ready", **found)
    answer.status_code = 200 if all(found.values()) else 503
    return answer


def _database() -> bool:
    try:
        db.session.execute(text("SELECT 1 FROM organisations LIMIT 1"))
    except Exception:
        db.session.rollback()
        return False
    return True


def _settings() -> Settings:
    found: Settings = current_app.extensions["eventsvc_settings"]
    return found
