"""Times of one's own: make-up and photo, a batch for a few couples. They gate nothing; a party has one of each, or none yet.

Batches are given when the organiser asks for it, the first time for everybody at once: a village together, so that it comes in one
car, those who walk badly last of their village, so that they need not wait. Whoever gets a place later gets the next free batch by
itself, and who goes leaves theirs (`places.release`).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import arrangement, queries
from eventsvc.registrations.arrangement import MAKEUP, PHOTO
from eventsvc.registrations.errors import SlotTaken
from eventsvc.registrations.events import SlotsGiven
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Standing, table_of
from eventsvc.registrations.queries import PartyRow

A = table_of(Activity)
KINDS = (MAKEUP, PHOTO)
SLOW = {"walks": 0, "slow": 1, "wheelchair": 2, "at_home": 3}


@transactional
def give_slots(activity_id: UUID, *, afresh: bool, actor: Actor, now: datetime) -> int:
    """Give a batch of each kind to everybody who has a place and none; `afresh` takes all back first. Returns to how many parties."""
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    before = queries.times_by_party(activity_id)
    if afresh:
        mine = select(P.c.id).where(P.c.activity_id == activity_id, P.c.gates.is_(False))
        db.session.execute(delete(S).where(S.c.pool_id.in_(mine)))
        db.session.execute(update(P).where(P.c.id.in_(mine)).values(taken=0))
    _fill(activity_id)
    return tell_times(activity_id, before, now, actor)


@transactional
def move_slot(activity_id: UUID, registration_id: UUID, pool_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Give one party another batch, by hand; a full one, or one of something else, is `SlotTaken`."""
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    before = queries.times_by_party(activity_id)
    rows = {row.id: row for row in queries.pools(activity_id, lock=True) if not row.gates}
    placed = db.session.scalar(select(R.c.id).where(R.c.id == registration_id, R.c.activity_id == activity_id, R.c.standing == Standing.PLACED))
    if pool_id not in rows or placed is None:
        raise SlotTaken
    what = rows[pool_id].kind.partition(":")[0]
    held = set(db.session.scalars(select(S.c.pool_id).where(S.c.registration_id == registration_id)))
    if pool_id in held:
        return
    for old in held & {row.id for row in rows.values() if row.kind.startswith(f"{what}:")}:
        db.session.execute(delete(S).where(S.c.registration_id == registration_id, S.c.pool_id == old))
        db.session.execute(update(P).where(P.c.id == old).values(taken=P.c.taken - 1))
    if changed(db.session.execute(update(P).where(P.c.id == pool_id, P.c.taken < P.c.cap).values(taken=P.c.taken + 1))) != 1:
        raise SlotTaken
    db.session.execute(insert(S), {"registration_id": registration_id, "pool_id": pool_id, "n": 1})
    tell_times(activity_id, before, now, actor)


def fill_slots(now: datetime) -> int:
    """Give the next free batch to whoever got a place after batches were given; return to how many. A chore: safe to repeat."""
    given = exists(select(S.c.pool_id).where(S.c.pool_id == P.c.id))
    query = select(P.c.activity_id).join(A, A.c.id == P.c.activity_id).where(P.c.gates.is_(False), given, A.c.state.in_((State.APPROVED, State.PUBLISHED)))
    found = list(db.session.scalars(query.where(A.c.starts_at > now).distinct()))
    waiting = [one for one in found if _without(one)]
    return sum(_fill_later(one, now) for one in waiting)


@transactional
def _fill_later(activity_id: UUID, now: datetime) -> int:
    queries.pool_of(activity_id, lock=True)
    before = queries.times_by_party(activity_id)
    _fill(activity_id)
    return tell_times(activity_id, before, now, None)


def tell_times(activity_id: UUID, before: Mapping[UUID, Any], now: datetime, actor: Actor | None) -> int:
    """Announce whose times are other than before; return of how many parties."""
    after = queries.times_by_party(activity_id)
    changed_for = tuple(sorted(party for party, times in after.items() if before.get(party) != times))
    if changed_for:
        announce(SlotsGiven(activity_id, changed_for, now, actor.id if actor else None))
    return len(changed_for)


def _fill(activity_id: UUID) -> None:
    rows = [row for row in queries.pools(activity_id, lock=True) if not row.gates]
    for what in KINDS:
        mine = [row for row in rows if row.kind.startswith(f"{what}:")]
        lacking = _lacking(activity_id, mine) if mine else []
        if lacking:
            _seat(activity_id, mine, [party.id for party in sorted(queries.parties(lacking), key=_order)])


def _without(activity_id: UUID) -> bool:
    rows = [row for row in queries.pools(activity_id) if not row.gates]
    kinds = {row.kind.partition(":")[0] for row in rows}
    return any(_lacking(activity_id, [row for row in rows if row.kind.startswith(f"{what}:")]) for what in kinds)


def _lacking(activity_id: UUID, batches: Iterable[Any]) -> list[UUID]:
    has = exists(select(S.c.pool_id).where(S.c.registration_id == R.c.id, S.c.pool_id.in_([row.id for row in batches])))
    return list(db.session.scalars(select(R.c.id).where(R.c.activity_id == activity_id, R.c.standing == Standing.PLACED, ~has)))


def _order(party: PartyRow) -> tuple[Any, ...]:
    """A village together; who is picked up by the car first, who walks badly last: they come straight to an empty chair and go on."""
    slowest = max((SLOW.get(str(person.extra.get("mobility")), 0) for person in party.people), default=0)
    return (party.village, not party.answers.get("needs_pick_up"), slowest, party.created_at, party.code)


def _seat(activity_id: UUID, batches: Sequence[Any], parties: Sequence[UUID]) -> None:
    """Fill the batches in the order of their times; are there too few, more are added behind the last."""
    ordered = sorted(batches, key=lambda row: row.starts_at)
    room = [(row.id, row.cap - row.taken) for row in ordered]
    chairs = [pool for pool, left in room for _ in range(max(left, 0))]
    while len(chairs) < len(parties):
        made, cap = _one_more(activity_id, ordered)
        chairs += [made] * cap
    seats = [{"registration_id": party, "pool_id": pool, "n": 1} for party, pool in zip(parties, chairs, strict=False)]
    db.session.execute(insert(S), seats)
    for pool in {seat["pool_id"] for seat in seats}:
        n = sum(seat["pool_id"] == pool for seat in seats)
        db.session.execute(update(P).where(P.c.id == pool).values(taken=P.c.taken + n))


def _one_more(activity_id: UUID, batches: list[Any]) -> tuple[UUID, int]:
    last, what = batches[-1], batches[0].kind.partition(":")[0]
    how = arrangement.batches_of(batches, what)
    assert how
    number = max(int(row.kind.partition(":")[2]) for row in batches) + 1
    made = {**last._mapping, "id": new_id(), "kind": f"{what}:{number}", "taken": 0, "waiting": 0,
            "starts_at": last.starts_at + timedelta(minutes=how.every)}  # fmt: skip
    db.session.execute(insert(P), made)
    batches.append(db.session.execute(select(*P.c).where(P.c.id == made["id"])).one())
    return made["id"], last.cap
