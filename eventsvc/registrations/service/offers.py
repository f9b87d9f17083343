"""A place is offered: kept for one party until it says yes or no, or its time is over; then it goes to the next."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import openings, queries
from eventsvc.registrations.errors import OfferGone
from eventsvc.registrations.events import Lapsed, OfferAccepted
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import places, standing, waiting


@transactional
def accept_offer(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Take the place that is kept for a party; said twice, it is taken once. Too late is `OfferGone`."""
    record = _asked(registration_id, actor)
    if record.standing == Standing.PLACED:
        return
    mine = (R.c.id == record.id, R.c.standing == Standing.OFFERED, R.c.offer_until > now)
    taken = update(R).where(*mine).values(standing=Standing.PLACED, offer_until=None, changed_at=now)
    if record.opening.state not in waiting.LIVE or changed(db.session.execute(taken)) != 1:
        raise OfferGone
    announce(OfferAccepted(record.id, record.opening.id, now, actor.id if actor else None))


@transactional
def decline_offer(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Let the place go to the next at once; said twice, it is let go once."""
    record = _asked(registration_id, actor)
    if record.standing == Standing.LAPSED:
        return
    if record.standing != Standing.OFFERED:
        raise OfferGone
    _let_go(record, now, declined=True, actor=actor)
    waiting.move_up(record.opening, now)


def lapse_offers(now: datetime) -> int:
    """Give what was offered and not taken in time to the next; return how many lapsed. A chore: safe to repeat, and to do twice at once."""
    late = select(R.c.activity_id).where(R.c.standing == Standing.OFFERED, R.c.offer_until <= now).distinct()
    found = list(db.session.scalars(late))
    return sum(_lapse(activity_id, now) for activity_id in found)


@transactional
def _lapse(activity_id: UUID, now: datetime) -> int:
    queries.pool_of(activity_id, lock=True)
    mine = (R.c.activity_id == activity_id, R.c.standing == Standing.OFFERED, R.c.offer_until <= now)
    late = list(db.session.scalars(select(R.c.id).where(*mine).order_by(R.c.offer_until, R.c.id)))
    for one in late:
        _let_go(queries.by_id(one), now, declined=False)
    if late:
        waiting.move_up(openings.opening_of(activity_id), now)
    return len(late)


def _let_go(record: Record, now: datetime, *, declined: bool, actor: Actor | None = None) -> None:
    standing.leave(record, Standing.LAPSED, now)
    announce(Lapsed(record.id, record.opening.id, declined, now, actor.id if actor else None))


def _asked(registration_id: UUID, actor: Actor | None) -> Record:
    record = places.locked(registration_id)
    if actor is not None:
        queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, Role.ORGANISER)
    return record
