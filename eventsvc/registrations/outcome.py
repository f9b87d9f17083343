"""Doors without an account, after a sign-up: the draw for everybody to check, and the place that is kept for one party."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.words import N_
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import policy
from eventsvc.registrations import draw as drawing
from eventsvc.registrations import openings, queries, service
from eventsvc.registrations.doors import bp, own_record
from eventsvc.registrations.models import Admission
from eventsvc.registrations.public import _locked
from eventsvc.registrations.service.admission import BY_DRAW


@bp.get("/s/<slug>/draw")
@policy(public=True)
def draw(slug: str) -> ResponseReturnValue:
    """Show how the draw works, and once it was held all that one needs to compute it again. Codes only, nobody's name."""
    opening = openings.opening(slug)
    if opening.admission not in BY_DRAW or not opening.seed:
        raise NotFound
    protocol = queries.protocol(opening.id) if opening.drawn_at else {}
    return page(
        "registrations/draw.html", opening=opening, kind=opening.kind, protocol=protocol, by_rank=opening.admission == Admission.RANK,
        seed=opening.seed if opening.drawn_at else "", seed_hash=drawing.digest(opening.seed),
    )  # fmt: skip


@bp.post("/r/<code>/accept")
@policy(public=True)
def accept(code: str) -> ResponseReturnValue:
    """Take the place that is kept for the party."""
    return _answered(code, service.accept_offer, N_("名额确认好了，当天请来参加"))


@bp.post("/r/<code>/decline")
@policy(public=True)
def decline(code: str) -> ResponseReturnValue:
    """Let the place that is kept go to the next."""
    return _answered(code, service.decline_offer, N_("已经放弃，名额让给了后面的人"))


def _answered(code: str, command: Callable[..., None], words: str) -> ResponseReturnValue:
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    _try(command, record.id, clock.now(), words)
    return redirect(url_for(".receipt", code=code), 303)


def _try(command: Callable[..., None], registration_id: UUID, now: datetime, words: str) -> None:
    try:
        command(registration_id, now=now)
        flash(say(words), "success")
    except DomainError as no:
        flash(say(no), "error")
