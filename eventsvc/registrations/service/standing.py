"""A party goes, or somebody decides about it. What becomes free goes to who waits, in the same transaction."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
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
from eventsvc.registrations.models import Channel, Standing, table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import places

V = table_of(VaultRow)
GONE = (Standing.WITHDRAWN, Standing.REJECTED)
KEPT_AFTER_GOING = timedelta(days=30)


@transactional
def withdraw(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Take a party out; asked for twice, it is out once. Its places go to those who wait, its names may sign up again."""
    record = _locked(registration_id)
    _may_touch(record, actor)
    if record.standing in GONE:
        return
    if actor is None and not record.may_change(now):
        raise TooLateToChange
    if db.session.scalar(select(T.c.id).where(T.c.registration_id == record.id, T.c.attended).limit(1)):
        raise HasCome
    _leave(record, Standing.WITHDRAWN, now)
    announce(Withdrawn(record.id, record.opening.id, record.standing, now, actor.id if actor else None))
    _move_up(record, now)


@transactional
def admit(registration_id: UUID, *, actor: Actor, now: datetime) -> Standing:
    """Let a party in that the rules could not tell about: it gets its places, or waits with the number it came with."""
    record = _locked(registration_id)
    _may_touch(record, actor, Role.ORGANISER)
    if record.standing != Standing.TO_REVIEW:
        raise NotToReview
    assert record.opening.pool_id
    done = places.take(record.opening.pool_id, record.id, record.opening.places, channel=Channel.STAFF,
                       may_wait=record.opening.waiting_list, now=now)  # fmt: skip
    if done is None:
        raise ActivityFull(title=record.opening.title, capacity=record.opening.cap)
    standing = done[0]
    if standing == Standing.WAITING:
        places.stand(record.id, standing, record.seq)
    else:
        places.stand(record.id, standing, None, holds=record.opening.places)
    announce(Reviewed(record.id, record.opening.id, standing, now, actor.id))
    return standing


@transactional
def reject(registration_id: UUID, words: str, *, actor: Actor, now: datetime) -> None:
    """Turn down a party that was to be reviewed, with words that it will be told."""
    record = _locked(registration_id)
    _may_touch(record, actor, Role.ORGANISER)
    said = rules.reason(words, 300)
    if record.standing != Standing.TO_REVIEW:
        raise NotToReview
    _leave(record, Standing.REJECTED, now, reason=said)
    announce(Reviewed(record.id, record.opening.id, Standing.REJECTED, now, actor.id))


def _locked(registration_id: UUID) -> Record:
    """Return a registration with its pool locked, the pool first."""
    activity_id = db.session.scalar(select(R.c.activity_id).where(R.c.id == registration_id))
    if activity_id is None:
        raise NotFound
    queries.pool_of(activity_id, lock=True)
    return queries.by_id(registration_id)


def _may_touch(record: Record, actor: Actor | None, role: Role = Role.ORGANISER) -> None:
    if actor is not None:
        queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, role)


def _leave(record: Record, to: Standing, now: datetime, reason: str = "") -> None:
    values = {"standing": to, "placed_count": 0, "changed_at": now, "withdrawn_at": now} | ({"review_reason": reason} if reason else {})
    if changed(db.session.execute(update(R).where(R.c.id == record.id, R.c.standing == record.standing).values(values))) != 1:
        raise NotToReview
    if record.opening.pool_id and record.standing == Standing.PLACED:
        places.free(record.opening.pool_id, record.id)
    if record.opening.pool_id and record.standing == Standing.WAITING:
        places.leave_list(record.opening.pool_id)
    db.session.execute(delete(C).where(C.c.registration_id == record.id))
    people = db.session.scalars(select(T.c.id).where(T.c.registration_id == record.id))
    mine = V.c.owner_id.in_([record.id, *people])
    until = day_of(now) + KEPT_AFTER_GOING
    db.session.execute(update(V).where(mine, V.c.purge_on > until).values(purge_on=until))


def _move_up(record: Record, now: datetime) -> None:
    where = record.opening
    if where.pool_id and where.state in (State.APPROVED, State.PUBLISHED) and now < where.starts_at:
        places.promote(where.pool_id, where.id, where.places, now=now)
