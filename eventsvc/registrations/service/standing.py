"""A party goes, or somebody decides about it. What becomes free goes to who waits, in the same transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.periods import day_of
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import queries, rules
from eventsvc.registrations.errors import ActivityFull, HasCome, NotToReview, TooLateToChange
from eventsvc.registrations.events import Reviewed, Withdrawn
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Standing, table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import places, waiting

V = table_of(VaultRow)
GONE = (Standing.WITHDRAWN, Standing.REJECTED, Standing.LAPSED)
UNDECIDED = (Standing.TO_REVIEW, Standing.ENTERED)
KEPT_AFTER_GOING = timedelta(days=30)


@transactional
def withdraw(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Take a party out; asked for twice, it is out once. Its places go to those who wait, its names may sign up again."""
    record = places.locked(registration_id)
    may_touch(record, actor)
    if record.standing in GONE:
        return
    if actor is None and not record.may_change(now):
        raise TooLateToChange
    if db.session.scalar(select(T.c.id).where(T.c.registration_id == record.id, T.c.attended).limit(1)):
        raise HasCome
    leave(record, Standing.WITHDRAWN, now)
    announce(Withdrawn(record.id, record.opening.id, record.standing, now, actor.id if actor else None))
    waiting.move_up(record.opening, now)


@transactional
def admit(registration_id: UUID, *, actor: Actor, now: datetime) -> Standing:
    """Let a party in that somebody had to look at: it gets its places, or waits with the number it came with; or it is drawn with the others."""
    record = places.locked(registration_id)
    may_touch(record, actor, Role.ORGANISER)
    if record.standing != Standing.TO_REVIEW:
        raise NotToReview
    standing = _let_in(record, now)
    announce(Reviewed(record.id, record.opening.id, standing, now, actor.id))
    return standing


def _let_in(record: Record, now: datetime) -> Standing:
    where = record.opening
    if where.state not in waiting.LIVE:
        raise TooLateToChange
    if where.decided_later == Standing.ENTERED:
        places.stand(record.id, Standing.ENTERED, record.seq)
        return Standing.ENTERED
    places.queue(record.id, seq=record.seq)
    if record.id in waiting.move_up(where, now, newcomer=record.id):
        return Standing.PLACED
    if not where.waiting_list:
        raise ActivityFull(title=where.title, capacity=where.cap)
    return Standing.WAITING


@transactional
def reject(registration_id: UUID, words: str, *, actor: Actor, now: datetime) -> None:
    """Turn down a party that was to be decided about, with words that it will be told."""
    record = places.locked(registration_id)
    may_touch(record, actor, Role.ORGANISER)
    said = rules.reason(words, 300)
    if record.standing not in UNDECIDED:
        raise NotToReview
    leave(record, Standing.REJECTED, now, reason=said)
    announce(Reviewed(record.id, record.opening.id, Standing.REJECTED, now, actor.id))


def may_touch(record: Record, actor: Actor | None, role: Role = Role.ORGANISER) -> None:
    """Raise NotAllowed unless an actor may touch this party in this role; nobody (None) is the party itself."""
    if actor is not None:
        queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, role)


def leave(record: Record, to: Standing, now: datetime, reason: str = "") -> None:
    """Write down that a party is gone; free its places and its names. The main pool is locked."""
    values = {"standing": to, "placed_count": 0, "offer_until": None, "changed_at": now, "withdrawn_at": now}
    values |= {"review_reason": reason} if reason else {}
    if changed(db.session.execute(update(R).where(R.c.id == record.id, R.c.standing == record.standing).values(values))) != 1:
        raise NotToReview
    places.release(record)
    db.session.execute(delete(C).where(C.c.registration_id == record.id))
    people = db.session.scalars(select(T.c.id).where(T.c.registration_id == record.id))
    mine = V.c.owner_id.in_([record.id, *people])
    until = day_of(now) + KEPT_AFTER_GOING
    db.session.execute(update(V).where(mine, V.c.purge_on > until).values(purge_on=until))
