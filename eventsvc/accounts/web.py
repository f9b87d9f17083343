"""Doors of accounts: log in and out, my own account, the users of a unit."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from flask import Blueprint, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from eventsvc.accounts import queries, rules, service
from eventsvc.accounts.queries import Visit
from eventsvc.core import clock
from eventsvc.core.actor import Actor
from eventsvc.infra.pages import page, wants_json
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries as organisations

log = structlog.get_logger()
bp = Blueprint("accounts", __name__)


def cookie_name() -> str:
    """Return the name of the session's cookie; over https browsers hold `__Host-` to its promise."""
    return "__Host-eventsvc" if current_app.extensions["eventsvc_settings"].secure else "eventsvc"


def who() -> Actor | None:
    """Find who is acting: by token on the API's doors, by session cookie on pages, never the other way round."""
    found = _by_token() if wants_json() else _by_cookie()
    g.eventsvc_visit = found
    if found is None:
        return None
    g.eventsvc_scopes = found.scopes
    return found.actor


def _by_cookie() -> Visit | None:
    secret = request.cookies.get(cookie_name(), "")
    now = clock.now()
    found = queries.visit_by_session(secret, now=now) if secret else None
    if found is not None and now - found.seen_at > rules.SEEN_EVERY:
        _note(service.seen, found.id, now)
    return found


def _by_token() -> Visit | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    now = clock.now()
    found = queries.visit_by_token(token.strip(), now=now) if scheme.lower() == "bearer" and token else None
    if found is not None and now - found.seen_at > rules.SEEN_EVERY:
        _note(service.token_used, found.id, now)
    return found


def _note(command: Callable[..., None], row_id: UUID, now: datetime) -> None:
    """Write down a use; a busy database is no reason to refuse a page."""
    try:
        command(row_id, now=now)
    except DBAPIError as trouble:
        log.warning("use_not_noted", kind=type(trouble).__name__)


@bp.route("/log-in", methods=["GET", "POST"])
@policy(public=True)
def log_in() -> ResponseReturnValue:
    """Log in, and go on to where one was sent from."""
    return page("accounts/log_in.html")


@bp.post("/log-out")
@policy()
def log_out() -> ResponseReturnValue:
    """End this session."""
    return redirect(url_for(".log_in"), 303)


@bp.get("/me")
@policy()
def me() -> ResponseReturnValue:
    """Show my own account: my roles, my sessions."""
    return page("accounts/me.html")


@bp.get("/me/tokens")
@policy()
def tokens() -> ResponseReturnValue:
    """Show my tokens for machines."""
    return page("accounts/tokens.html")


@bp.get("/organisations/<uuid:organisation_id>/users")
@policy("admin")
def users(organisation_id: UUID) -> ResponseReturnValue:
    """Show who serves at a unit."""
    return page("accounts/users.html", unit=organisations.require(actor(), "admin", organisation_id))
