"""What every answer passes through: CSRF for the office's forms, limits, headers, words for errors."""

from contextlib import suppress

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from eventsvc.config import Settings
from eventsvc.core.errors import DomainError, NotLoggedIn
from eventsvc.core.words import N_
from eventsvc.infra.db import db
from eventsvc.infra.forms import faults
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import fingerprint, wants_json

log = structlog.get_logger()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=False)

POLICY_OF_CONTENT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY_OF_CONTENT,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex",
}

WORDS = {
    400: N_("这一页打开得太久，或内容不完整；请返回刷新后再试一次，您填的内容还在"),
    403: N_("您的账号没有做这一步的权限，请联系上级管理员"),
    404: N_("没有找到您要的内容"),
    405: N_("这个地址不能这样打开，请从页面上的按钮进入"),
    413: N_("文件太大了，请换一个小一些的（不超过20MB）"),
    429: N_("操作太快了，请等一分钟再试"),
    500: N_("出了点问题，我们已经记下；请稍后再试，您也可以给主办单位打电话"),
    503: N_("服务正在启动或维护，请稍后再试"),
}
AWAY = (OperationalError, PoolTimeout)
"""The database is away, or busy beyond our patience: it may be better in a minute."""


def init_app(app: Flask, settings: Settings) -> None:
    """Attach all of it."""
    app.before_request(_bounds)
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, broken)
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _bounds() -> None:
    # Only files may be large: Werkzeug reads any other body whole, and makes an object of every answer in it.
    if request.mimetype != "multipart/form-data":
        request.max_content_length = request.max_form_memory_size
    # No database takes NUL in a text, and no address of ours has one.
    if "\0" in request.path or any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        abort(400)


def _headers(answer: Response) -> Response:
    settings: Settings = current_app.extensions["eventsvc_settings"]
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if settings.secure:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and request.method != "OPTIONS" and answer.status_code < 400:
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if _is_this_very_file() else "no-cache"
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _is_this_very_file() -> bool:
    # While two releases are up, one may be asked for a file of the other: its own must not be kept under that name.
    return request.args.get("v") == fingerprint((request.view_args or {})["filename"])


def refused(no: DomainError) -> ResponseReturnValue:
    """Answer a refusal that no page caught: in words for people, in code and fields for machines."""
    _let_go()
    if wants_json():
        return jsonify(code=no.code, message=say(no), fields=_said(no.fields)), no.status
    if isinstance(no, NotLoggedIn):
        return redirect(url_for("accounts.log_in", next=request.full_path.rstrip("?") if request.method == "GET" else None))
    return _error_page(no.status, say(no), no.code, no.fields)


def failed(wrong: HTTPException) -> ResponseReturnValue:
    """Answer what Flask itself refuses: no such page, too large, too fast, a stale form."""
    status = wrong.code or 500
    if status < 400 or wrong.response is not None:
        return wrong.get_response()
    words = say(WORDS.get(status, WORDS[400 if status < 500 else 500]))
    if wants_json():
        return jsonify(code=_code(status), message=words, fields=_said(_told_by_smorest(wrong))), status, _kept(wrong)
    return _error_page(status, words, _code(status), {}, _kept(wrong))


def _told_by_smorest(wrong: HTTPException) -> dict[str, list[str]]:
    # {"json": {"name": ["…"]}}: where it stood, then marshmallow's own shape. A bare list is about the body as a whole.
    told = (getattr(wrong, "data", None) or {}).get("messages", {})
    return {name: words for part in told.values() if isinstance(part, dict) for name, words in faults(part).items()}


def _kept(wrong: HTTPException) -> dict[str, str]:
    """Return the headers that belong to a status: what may be done instead, and when."""
    given = dict(wrong.get_headers(request.environ))
    again = {"Retry-After": "60"} if wrong.code in (429, 503) else {}
    return again | {name: given[name] for name in ("Allow", "Retry-After", "Content-Range") if name in given}


def broken(accident: Exception) -> ResponseReturnValue:
    """Answer an accident: ours. Logged by type and place, shown without any detail."""
    _let_go()
    log.error("accident", endpoint=request.endpoint, method=request.method, kind=type(accident).__name__, exc_info=accident)
    status, code = (503, "unavailable") if isinstance(accident, AWAY) else (500, "accident")
    words = say(WORDS[status])
    again = {"Retry-After": "60"} if status == 503 else {}
    if wants_json():
        return jsonify(code=code, message=words, fields={}), status, again
    return _error_page(status, words, code, {}, again)


def _let_go() -> None:
    with suppress(Exception):  # the database may be what is broken
        db.session.rollback()


def _said(fields: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: [say(w) for w in words] for name, words in fields.items()}


def _error_page(status: int, words: str, code: str, fields: dict[str, list[str]], headers: dict[str, str] | None = None) -> ResponseReturnValue:
    told = [w for found in _said(fields).values() for w in found]
    g.is_error = True
    if request_ctx.url_adapter is None:  # a foreign Host: the page's links are ours all the same
        request_ctx.url_adapter = current_app.url_map.bind("localhost")
    return make_response(render_template("errors/error.html", status=status, words=words, code=code, faults=told), status, headers or {})


def _code(status: int) -> str:
    return {404: "not_found", 422: "invalid", 405: "bad_method", 413: "too_large", 429: "too_fast", 403: "not_allowed"}.get(status, "bad_request")
