"""Doors that belong to no feature: language, elder view, health."""

import re
import shutil

from flask import Blueprint, current_app, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from eventsvc.config import Settings
from eventsvc.infra.db import db
from eventsvc.infra.i18n import COOKIE, LOCALES
from eventsvc.infra.policy import policy

bp = Blueprint("site", __name__)
YEAR = 31_536_000
ELDER = "view"
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
    """Remember large type and go back."""
    answer = redirect(safe_next(), 303)
    value = "elder" if state == "on" else ""
    answer.set_cookie(ELDER, value, max_age=YEAR, samesite="Lax", httponly=True, secure=_settings().secure)
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
