"""What every answer passes through: CSRF for the office's forms, limits, headers, words for errors."""

from typing import Any

import structlog
from flask import Flask, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from eventsvc.config import Settings
from eventsvc.core.errors import DomainError, NotLoggedIn
from eventsvc.core.words import N_
from eventsvc.infra.db import db
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import wants_json

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


def init_app(app: Flask, settings: Settings) -> None:
    """Attach all of it."""
    csrf.init_app(app)
    limiter.init_app(app)
    app.after_request(_headers)
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(HTTPException, failed)
    app.register_error_handler(Exception, broken)
    app.wsgi_app = WhiteNoise(app.wsgi_app, max_age=0)  # type: ignore[method-assign]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    if settings.secure:
        HEADERS["Strict-Transport-Security"] = "max-age=31536000"


def _headers(answer: Any) -> Any:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if request.endpoint == "static":
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
    return answer


def refused(no: DomainError) -> ResponseReturnValue:
    """Answer a refusal that no page caught: in words for people, in code and fields for machines."""
    db.session.rollback()
    if wants_json():
        fields = {name: [say(w) for w in words] for name, words in no.fields.items()}
        return jsonify(code=no.code, message=say(no), fields=fields), no.status
    if isinstance(no, NotLoggedIn):
        return redirect(url_for("accounts.log_in", next=request.full_path.rstrip("?") if request.method == "GET" else None))
    return _error_page(no.status, say(no), no.code, no.fields)


def failed(wrong: HTTPException) -> ResponseReturnValue:
    """Answer what Flask itself refuses: no such page, too large, too fast, a stale form."""
    status = wrong.code or 500
    if status < 400:
        return wrong.get_response()
    words = say(WORDS.get(status, WORDS[400 if status < 500 else 500]))
    if wants_json():
        fields = getattr(wrong, "data", {}).get("messages", {}) if isinstance(getattr(wrong, "data", None), dict) else {}
        return jsonify(code=_code(status), message=words, fields=fields), status
    return _error_page(status, words, _code(status), {})


def broken(accident: Exception) -> ResponseReturnValue:
    """Answer an accident: ours. Logged by type and place, shown without any detail."""
    db.session.rollback()
    log.error("accident", endpoint=request.endpoint, method=request.method, kind=type(accident).__name__, exc_info=accident)
    words = say(WORDS[500])
    if wants_json():
        return jsonify(code="accident", message=words, fields={}), 500
    return _error_page(500, words, "accident", {})


def _error_page(status: int, words: str, code: str, fields: dict[str, list[str]]) -> ResponseReturnValue:
    faults = [say(w) for found in fields.values() for w in found]
    g.is_error = True
    return make_response(render_template("errors/error.html", status=status, words=words, code=code, faults=faults), status)


def _code(status: int) -> str:
    return {404: "not_found", 405: "bad_method", 413: "too_large", 429: "too_fast", 403: "not_allowed"}.get(status, "bad_request")
