"""Limits on sign-ups, for the evening when a whole town opens one link: generous to people, closed to a machine that hammers.

A village may stand behind one address: sixty families in ten minutes pass, whatever one of them does wrong. Counted are
all forms of one address, by the minute; those that were refused, by form and by activity. They are counted in Redis;
while Redis is away each process counts for itself (`infra.web`).
"""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Response, make_response, request
from flask_limiter.util import get_remote_address

from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_
from eventsvc.infra.web import limiter

OF_AN_ADDRESS = "150 per minute"
STEPS_OF_AN_ADDRESS = "1200 per minute"
REFUSED_OF_A_FORM = "20 per minute"
REFUSED_OF_AN_ACTIVITY = "1500 per minute"


class TooMany(DomainError):
    """More forms than people can fill in."""

    code = "too_fast"
    words = N_("现在提交的人太多，请等一分钟再点一次；您填的内容都还在，不用重填")
    status = 429


def limited(on_breach: Callable[[Any], Response] | None = None) -> Callable[[Any], Any]:
    """Put all limits on a door that takes sign-ups; `on_breach` answers instead of the page of errors."""
    limits = (
        limiter.limit(OF_AN_ADDRESS, methods=["POST"], exempt_when=_is_a_step, on_breach=on_breach),
        limiter.limit(STEPS_OF_AN_ADDRESS, methods=["POST"], key_func=_steps, on_breach=on_breach),
        limiter.limit(REFUSED_OF_A_FORM, methods=["POST"], key_func=_form, exempt_when=_is_a_step, deduct_when=_refused, on_breach=on_breach),
        limiter.limit(REFUSED_OF_AN_ACTIVITY, methods=["POST"], key_func=_activity, exempt_when=_is_a_step, deduct_when=_refused, on_breach=on_breach),
    )

    def put(door: Any) -> Any:
        for one in limits:
            door = one(door)
        return door

    return put


def kept_words(page: str) -> Response:
    """Answer with a page that still has what was typed: 429, and when to try again."""
    return make_response(page, TooMany.status, {"Retry-After": "60"})


def _is_a_step() -> bool:
    """Say whether one more question of a form is asked for: cheap, and a form has twenty of them."""
    return "_step" in request.form and request.form.get("_action") != "send"


def _refused(answer: Response) -> bool:
    return answer.status_code not in (201, 303)


def _steps() -> str:
    return f"steps:{get_remote_address()}"


def _form() -> str:
    told = request.form.get("_nonce") or request.headers.get("Idempotency-Key") or ""
    return f"form:{get_remote_address()}:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()[:24]}"


def _activity() -> str:
    return f"activity:{(request.view_args or {}).get('slug', '')}"
