"""The nonce of a public form: when it was drawn, some chance, and our mark on both. Nothing of it is kept anywhere.

It makes a form that is sent twice one sign-up, and tells what a robot sends at once from what a person typed. It never
grows too old: an elder may take the whole afternoon.
"""

import base64
import secrets
from datetime import datetime, timedelta

from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_
from eventsvc.infra.crypto import keys, same

QUICKEST = timedelta(seconds=2)
"""Nobody reads a page and fills it in within this time."""
_TIME, _CHANCE, _MARK = 8, 24, 22
LONGEST = _TIME + _CHANCE + _MARK


class TooQuick(Invalid):
    """A form came back sooner than anybody can fill it in. It is not refused: pressed again, it is taken."""

    code = "too_quick"
    words = N_("还没有提交：请核对一遍填的内容，再点一次按钮；您填的都还在")


def draw(slug: str, now: datetime) -> str:
    """Return a new nonce for one form of one activity."""
    body = f"{int(now.timestamp()):0{_TIME}x}{secrets.token_urlsafe(18)}"
    return body + _mark(slug, body)


def drawn_at(slug: str, nonce: str) -> datetime | None:
    """Return when we drew the form that carries this nonce; None when we did not."""
    body, mark = nonce[:-_MARK], nonce[-_MARK:]
    if len(nonce) != LONGEST or not nonce.isascii() or not same(mark.encode(), _mark(slug, body).encode()):
        return None
    return datetime.fromtimestamp(int(body[:_TIME], 16)).astimezone()


def refuse_haste(drawn: datetime, now: datetime) -> None:
    """Ask to press again when a form was drawn a moment ago. A clock that went backwards asks nobody."""
    if timedelta(0) <= now - drawn < QUICKEST:
        raise TooQuick


def _mark(slug: str, body: str) -> str:
    whole = keys().blind("form_nonce", f"{slug}:{body}")
    return base64.urlsafe_b64encode(whole[:16]).rstrip(b"=").decode()
