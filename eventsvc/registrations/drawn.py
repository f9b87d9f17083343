"""The two pages that a whole county opens: the same for everybody but for a few blanks. Drawn once, kept as text, filled in.

What a page is drawn from is kept beside it and compared: it is drawn again the moment anything that it shows has changed.
Of a party nothing is ever kept: the receipt is drawn with blanks only (`Shown`), never from somebody's own record.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from flask import render_template, request, session
from markupsafe import escape

from eventsvc.infra.i18n import chosen_locale
from eventsvc.infra.site import size_of_type
from eventsvc.registrations import arrangement, consent, queries, walk
from eventsvc.registrations.doors import PartyForm, absolute, choices_of, kept_nonce, qr_image, times_moved
from eventsvc.registrations.models import Standing
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.queries import Record

_MOST = 500
_pages: dict[Any, tuple[Any, str]] = {}
NONCE, LEFT, CODE, NAMES, LINK, QR = BLANKS = tuple(f"-{name}-{secrets.token_hex(8)}-" for name in ("nonce", "left", "code", "names", "link", "qr"))
"""What stands in a kept page where each reader sees their own; nobody can write them into a title."""


def _filled_in(name: str, seen: Any, draw: Callable[[], str], blanks: Mapping[str, str]) -> str:
    """Return the page of this name as it is drawn from `seen`, its blanks filled in."""
    key = (name, request.script_root, chosen_locale(), size_of_type())
    before, text = _pages.get(key, (None, ""))
    if before != seen:
        if len(_pages) > _MOST:
            _pages.clear()
        text = draw()
        _pages[key] = (seen, text)
    for blank, own in blanks.items():
        text = text.replace(blank, str(escape(own)))
    return text


# -- the page of a sign-up --------------------------------------------------------------------------------------------


def sign_up_page(form: PartyForm, opening: Opening) -> str:
    """Return the page of a sign-up; as long as nothing was typed, only the nonce and the number of places left differ."""
    villages, form.sessions = choices_of(opening)
    walking = walk.wanted(opening)
    if request.method == "POST" and walking:
        return walk.after_refusal(form, opening, kept_nonce(opening.slug))
    if request.method != "GET" or request.args:
        return _form(form, opening, kept_nonce(opening.slug), str(opening.left), villages)
    seen = (replace(opening, taken=0, waiting=0), opening.full, villages, form.sessions)
    own = {NONCE: kept_nonce(opening.slug), LEFT: str(opening.left)}
    draw = walk.first_screen if walking else partial(_form, villages=villages)
    return _filled_in(f"s/{opening.slug}", seen, lambda: draw(form, opening, nonce=NONCE, left=LEFT), own)


def _form(form: PartyForm, opening: Opening, nonce: str, left: str, villages: list[tuple[str, str]]) -> str:
    return render_template(
        "registrations/sign_up.html", opening=opening, kind=opening.kind, form=form, nonce=nonce, villages=villages, left=left,
        consents=consent.asked_by(opening.kind, opening.asked), moved=times_moved(opening),
    )  # fmt: skip


# -- the receipt ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """All that a receipt shows of a party: either one party's own, or blanks."""

    standing: Standing
    code: str
    names: str
    link: str
    qr: str
    ahead: int = 0
    review_reason: str = ""
    offer_until: datetime | None = None
    rank: int | None = None
    times: tuple[tuple[str, str], ...] = ()
    """(What, when) of the sessions and batches that it has a place in, or waits for."""
    to_confirm: bool = False


def receipt_page(record: Record, people: Sequence[tuple[str, str]], may_change: bool) -> str:
    """Return a party's receipt."""
    names = "、".join(name for _, name in people if name)
    link = absolute("registrations.open_link", secret=record.secret)
    qr = qr_image(absolute("checkin.scan", code=record.code))
    due = record.to_confirm and record.confirmed_at is None
    times = tuple(arrangement.time_words(row) for row in queries.times_of(record))
    if record.standing != Standing.PLACED or times or record.rank or request.args or "_flashes" in session:
        own = Shown(record.standing, record.code, names, link, qr, record.ahead, record.doubts, record.offer_until, record.rank, times, due)
        return _receipt(own, record.opening, may_change)
    blank = Shown(Standing.PLACED, CODE, NAMES, LINK, QR, to_confirm=due)
    seen = (replace(record.opening, taken=0, waiting=0), may_change, due)
    blanks = {CODE: record.code, NAMES: names, LINK: link, QR: qr}
    return _filled_in(f"r/{record.opening.id}", seen, lambda: _receipt(blank, record.opening, may_change), blanks)


def _receipt(shown: Shown, opening: Opening, may_change: bool) -> str:
    # `here`, where the switches of language and type lead back to, is the address of this party: a blank too.
    here = request.full_path.rstrip("?") if shown.code != CODE else f"/r/{CODE}"
    return render_template(
        "registrations/receipt.html", record=shown, opening=opening, kind=opening.kind, may_change=may_change, here=here,
        also=request.args.get("also", ""), moved=times_moved(opening),
    )  # fmt: skip
