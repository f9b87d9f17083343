"""Doors of accounts: log in and out, my own account, the users of a unit."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from eventsvc.accounts import queries, rules, service
from eventsvc.accounts.queries import Visit
from eventsvc.accounts.schemas import GrantSchema, LogInSchema, NewUserSchema, PasswordSchema, TokenSchema
from eventsvc.core import clock
from eventsvc.core.actor import Actor
from eventsvc.core.words import N_
from eventsvc.infra.crypto import keys
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page, wants_json
from eventsvc.infra.policy import actor, actor_or_none, policy
from eventsvc.infra.policy import scopes as known_scopes
from eventsvc.infra.site import safe_next
from eventsvc.infra.web import limiter
from eventsvc.organisations import queries as organisations

log = structlog.get_logger()
bp = Blueprint("accounts", __name__)
FREE = frozenset({"accounts.password", "accounts.log_out"})
"""Doors that stay open while a password for once has not been changed."""


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


def _failed(answer: Any) -> bool:
    return answer.status_code != 303


def _by_name() -> str:
    """Name whom a log-in is tried for: every spelling of one name, and of one phone, counts as the same."""
    return keys().blind("login_limit", rules.one_spelling(request.form.get("login", "")[:60])).hex()


@bp.before_app_request
def first_a_password_of_ones_own() -> ResponseReturnValue | None:
    """Send whoever logged in with a password for once to choose another before anything else."""
    policies = current_app.extensions["eventsvc_policies"]
    asked = policies.get(request.endpoint or "")
    if asked is None or asked.public or request.endpoint in FREE or wants_json() or actor_or_none() is None:
        return None
    return redirect(url_for("accounts.password"), 303) if g.eventsvc_visit.must_change_password else None


# In and out -----------------------------------------------------------------------------------------------------


@bp.route("/log-in", methods=["GET", "POST"])
@policy(public=True)
@limiter.limit("60 per 10 minutes", methods=["POST"], deduct_when=_failed)
@limiter.limit("10 per 10 minutes", key_func=_by_name, methods=["POST"], deduct_when=_failed)
def log_in() -> ResponseReturnValue:
    """Log in, and go on to where one was sent from."""
    form = Form(LogInSchema(), request.form)
    if request.method == "POST" and (done := form.run(_log_in)):
        return done
    return page("accounts/log_in.html", form.status, form=form, next=safe_next())


def _log_in(typed: dict[str, Any]) -> ResponseReturnValue:
    device = rules.device_of(request.user_agent.string)
    before = request.cookies.get(cookie_name(), "")
    secret = service.log_in(typed["login"], typed["password"], device=device, long=typed["long"], now=clock.now(), instead_of=before)
    answer = redirect(safe_next(), 303)
    lasting = rules.LONG.absolute if typed["long"] else None
    answer.set_cookie(cookie_name(), secret, max_age=lasting, httponly=True, samesite="Lax", secure=_secure(), path="/")
    return answer


@bp.post("/log-out")
@policy()
def log_out() -> ResponseReturnValue:
    """End this session."""
    service.log_out(g.eventsvc_visit.id, actor=actor(), now=clock.now())
    answer = redirect(url_for(".log_in"), 303)
    answer.delete_cookie(cookie_name(), httponly=True, samesite="Lax", secure=_secure(), path="/")
    return answer


# My own account -------------------------------------------------------------------------------------------------


@bp.get("/me")
@policy()
def me() -> ResponseReturnValue:
    """Show my own account: where I serve, where I am logged in."""
    someone = actor()
    units = organisations.units({g.organisation_id for g in someone.grants})
    running = queries.sessions(someone.id, now=clock.now())
    return page("accounts/me.html", units=units, sessions=running, this=g.eventsvc_visit.id)


@bp.post("/me/sessions/<uuid:session_id>/end")
@policy()
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of my sessions: a lost phone, a computer in the village office."""
    service.log_out(session_id, actor=actor(), now=clock.now())
    flash(say(N_("那台设备已经退出登录")), "success")
    return redirect(url_for(".me"), 303)


@bp.route("/me/password", methods=["GET", "POST"])
@policy()
@limiter.limit("20 per 10 minutes", methods=["POST"], deduct_when=_failed)
def password() -> ResponseReturnValue:
    """Change my password; whoever got one for once must."""
    form = Form(PasswordSchema(), request.form)
    if request.method == "POST" and form.run(_change_password):
        flash(say(N_("密码已改好；其他设备需要用新密码重新登录")), "success")
        return redirect(safe_next(url_for(".me")), 303)
    return page("accounts/password.html", form.status, form=form, forced=g.eventsvc_visit.must_change_password)


def _change_password(typed: dict[str, Any]) -> bool:
    rules.check_again(typed["password"], typed["again"])
    service.change_password(typed["present"], typed["password"], actor=actor(), now=clock.now(), keep=g.eventsvc_visit.id)
    return True


@bp.route("/me/tokens", methods=["GET", "POST"])
@policy()
def tokens() -> ResponseReturnValue:
    """Show my tokens for machines; make one, which is shown once."""
    form = Form(TokenSchema(), request.form or None, filled={"days": rules.TOKEN_DAYS})
    token = form.run(_issue) if request.method == "POST" else None
    context = {"mine": queries.tokens(actor().id), "scopes": rules.scope_choices(known_scopes()), "now": clock.now()}
    return page("accounts/tokens.html", form.status, form=Form(TokenSchema(), filled={"days": rules.TOKEN_DAYS}) if token else form, token=token, **context)


def _issue(typed: dict[str, Any]) -> str:
    return service.issue_token(typed["name"], typed["scopes"], days=typed["days"], actor=actor(), now=clock.now())


@bp.post("/me/tokens/<uuid:token_id>/revoke")
@policy()
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """Take back one of my tokens."""
    service.revoke_token(token_id, actor=actor(), now=clock.now())
    flash(say(N_("令牌已收回，用它的程序马上不能再访问")), "success")
    return redirect(url_for(".tokens"), 303)


# The users of a unit --------------------------------------------------------------------------------------------


@bp.get("/organisations/<uuid:organisation_id>/users")
@policy("admin")
def users(organisation_id: UUID) -> ResponseReturnValue:
    """Show who serves at a unit."""
    return _users_page(organisation_id)


@bp.post("/organisations/<uuid:organisation_id>/users/new")
@policy("admin")
def add_user(organisation_id: UUID) -> ResponseReturnValue:
    """Make an account for somebody at this unit; its password for once is shown on the page, now and never again."""
    form = Form(NewUserSchema(), request.form)
    made = form.run(lambda typed: service.add_user(organisation_id, **typed, actor=actor(), now=clock.now()))
    return _users_page(organisation_id, adding=form if not made else None, once=(form.value["name"], made[1]) if made else None)


@bp.post("/organisations/<uuid:organisation_id>/users/grant")
@policy("admin")
def grant(organisation_id: UUID) -> ResponseReturnValue:
    """Give somebody who has an account a role at this unit too."""
    form = Form(GrantSchema(), request.form)
    if form.run(lambda typed: service.grant_by_name(organisation_id, typed["login"], typed["as_role"], actor=actor(), now=clock.now())):
        flash(say(N_("已授权")), "success")
        return redirect(url_for(".users", organisation_id=organisation_id), 303)
    return _users_page(organisation_id, granting=form)


@bp.get("/organisations/<uuid:organisation_id>/users/<uuid:user_id>")
@policy("admin")
def user(organisation_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """Show one account: its roles in reach, and what can be done with it."""
    return _user_page(organisation_id, user_id)


@bp.post("/organisations/<uuid:organisation_id>/users/<uuid:user_id>/grants/<uuid:grant_id>/revoke")
@policy("admin")
def revoke(organisation_id: UUID, user_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Take back a role."""
    organisations.require(actor(), "admin", organisation_id)
    queries.user(user_id, within=actor())
    service.revoke(grant_id, actor=actor(), now=clock.now())
    flash(say(N_("角色已收回")), "success")
    return redirect(url_for(".users", organisation_id=organisation_id), 303)


@bp.post("/organisations/<uuid:organisation_id>/users/<uuid:user_id>/reset-password")
@policy("admin")
def reset_password(organisation_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """Give a new password for once, shown on the page, without any SMS."""
    organisations.require(actor(), "admin", organisation_id)
    once = service.reset_password(user_id, actor=actor(), now=clock.now())
    return _user_page(organisation_id, user_id, once=once)


@bp.post("/organisations/<uuid:organisation_id>/users/<uuid:user_id>/<any(activate, deactivate):change>")
@policy("admin")
def switch(organisation_id: UUID, user_id: UUID, change: str) -> ResponseReturnValue:
    """Put an account out of use, or back into it."""
    organisations.require(actor(), "admin", organisation_id)
    service.set_active(user_id, change == "activate", actor=actor(), now=clock.now())
    flash(say(N_("账号已恢复使用") if change == "activate" else N_("账号已停用，它的所有登录和令牌都已失效")), "success")
    return redirect(url_for(".user", organisation_id=organisation_id, user_id=user_id), 303)


def _user_page(organisation_id: UUID, user_id: UUID, once: str = "") -> ResponseReturnValue:
    someone = actor()
    unit = organisations.require(someone, "admin", organisation_id)
    found = queries.user(user_id, within=someone)
    return page("accounts/user.html", unit=unit, path=organisations.path(organisation_id), user=found, once=once,
                grants=queries.grants(user_id, within=someone), elsewhere=queries.serves_elsewhere(user_id, someone))  # fmt: skip


def _users_page(organisation_id: UUID, *, adding: Form | None = None, granting: Form | None = None,
                once: tuple[str, str] | None = None) -> ResponseReturnValue:  # fmt: skip
    unit = organisations.require(actor(), "admin", organisation_id)
    context = {"unit": unit, "path": organisations.path(organisation_id), "members": queries.members(organisation_id), "once": once}
    status = max(form.status for form in (adding, granting, Form(GrantSchema())) if form)
    return page("accounts/users.html", status, adding=adding or Form(NewUserSchema()), granting=granting or Form(GrantSchema()),
                adding_open=adding is not None, granting_open=granting is not None, **context)  # fmt: skip


def _secure() -> bool:
    return bool(current_app.extensions["eventsvc_settings"].secure)
