"""The only place where places change hands: one guarded UPDATE takes them, a freed one goes to who waits longest.

Where all parties take as many places of one pool, whoever comes while somebody waits, waits too. Where they differ, or where
there are several pools, a newcomer gets a place only if a walk along the list (`waiting`) gives it to them. So a freed place is
never stolen. Every command that changes places locks the main pool first, then the others, then the parties: no two commands
wait for each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, delete, exists, insert, or_, select, update

from eventsvc.activities.models import Activity, State
from eventsvc.activities.queries import sign_up_open
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import changed, db
from eventsvc.registrations import queries
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Channel, Standing, table_of
from eventsvc.registrations.openings import RESERVE, Opening
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import waiting, wanting
from eventsvc.registrations.service.wanting import want

ACTIVITIES = table_of(Activity)
N: ColumnElement[int] = bindparam("n", type_=P.c.taken.type)
ROOM = P.c.taken + N <= P.c.cap
FITS = and_(ROOM, P.c.waiting == 0)
MAY_WAIT = bindparam("may_wait", type_=ACTIVITIES.c.waiting_list.type)
THIS = P.c.id == bindparam("pool")


def _in_state(*states: State) -> ColumnElement[bool]:
    return exists(select(ACTIVITIES.c.id).where(ACTIVITIES.c.id == P.c.activity_id, ACTIVITIES.c.state.in_(states)))


def _opens(channel: Channel) -> ColumnElement[bool]:
    """Return the condition under which somebody comes by this way: the public while sign-up is open, staff a little longer."""
    if channel == Channel.WALK_IN:
        return _in_state(State.PUBLISHED, State.HELD)
    if channel == Channel.STAFF:
        return _in_state(State.APPROVED, State.PUBLISHED)
    at: Any = bindparam("now", type_=ACTIVITIES.c.starts_at.type)
    return exists(select(Activity.id).where(Activity.id == P.c.activity_id, sign_up_open(at)))


def _take(channel: Channel) -> Update:
    """One statement: the places, or a number on the waiting list, or nothing. `waiting = 0` afterwards means placed."""
    return (
        update(P)
        .where(THIS, _opens(channel), or_(FITS, MAY_WAIT))
        .values(
            taken=case((FITS, P.c.taken + N), else_=P.c.taken),
            waiting=case((FITS, P.c.waiting), else_=P.c.waiting + 1),
            seq=case((FITS, P.c.seq), else_=P.c.seq + 1),
        )
        .returning(P.c.waiting, P.c.seq, (P.c.cap - P.c.taken).label("free"))
    )


def _join(channel: Channel) -> Update:
    """One statement: a number on the waiting list."""
    joined = update(P).where(THIS, _opens(channel)).values(waiting=P.c.waiting + 1, seq=P.c.seq + 1)
    return joined.returning(P.c.waiting, P.c.seq, (P.c.cap - P.c.taken).label("free"))


def _number(channel: Channel) -> Update:
    """One statement: a number for a party that somebody decides about; it takes no place, but there must be one, or a list."""
    return update(P).where(THIS, _opens(channel), or_(ROOM, MAY_WAIT)).values(seq=P.c.seq + 1).returning(P.c.seq)


TAKE = {channel: _take(channel) for channel in Channel}
JOIN = {channel: _join(channel) for channel in Channel}
NUMBER = {channel: _number(channel) for channel in Channel}
SQUEEZE_IN = update(P).where(THIS, _opens(Channel.WALK_IN)).values(taken=P.c.taken + N).returning(P.c.id)
FROM_RESERVE = (
    update(P).where(P.c.activity_id == bindparam("activity"), P.c.kind == RESERVE, ROOM, _opens(Channel.WALK_IN))
    .values(taken=P.c.taken + N).returning(P.c.id)
)  # fmt: skip
WAITS = (
    update(R).where(R.c.id == bindparam("party"))
    .values(standing=bindparam("to"), seq=bindparam("number"), placed_count=bindparam("holds"))
)  # fmt: skip
SEAT = insert(S)


# -- coming --------------------------------------------------------------------------------------------------------------


def take(opening: Opening, party: UUID, wanted: int, wants: Mapping[str, int], *, channel: Channel, may_wait: bool,
         now: datetime) -> tuple[Standing, int | None] | None:  # fmt: skip
    """Give a party its places or a number on the waiting list; None when there is neither. Call it last: the pool is hot."""
    if channel == Channel.WALK_IN:  # somebody who stands at the door is not sent away by a number
        return _squeeze_in(opening, party, wanted, wants)
    differ = not opening.uniform
    values = {"pool": opening.pool_id, "n": wanted, "may_wait": may_wait or differ, "now": now}
    done = db.session.connection().execute((JOIN if wants else TAKE)[channel], values).first()
    if not done:
        return None
    if done.waiting == 0:
        _write_seats(party, {opening.pool_id: wanted})
        return Standing.PLACED, None
    stand(party, Standing.WAITING, done.seq)
    count_waiting(wanting.ids(wants), 1)
    if differ and done.free >= wanted and party in waiting.move_up(opening, now, newcomer=party):
        return Standing.PLACED, None
    return (Standing.WAITING, done.seq) if may_wait else None


def number(opening: Opening, party: UUID, wanted: int, to: Standing, *, channel: Channel, may_wait: bool,
           now: datetime) -> tuple[Standing, int] | None:  # fmt: skip
    """Give a party that is to be reviewed or drawn a number: what it would have on the list if it must wait after all."""
    values = {"pool": opening.pool_id, "n": wanted, "may_wait": may_wait, "now": now}
    seq = db.session.scalar(NUMBER[channel], values)
    if seq is None:
        return None
    stand(party, to, seq)
    return to, seq


def _squeeze_in(opening: Opening, party: UUID, wanted: int, wants: Mapping[str, int]) -> tuple[Standing, None] | None:
    """Seat who stands at the door: from the reserve if it has room for the whole party, else beyond what the main pool has."""
    queries.pool_of(opening.id, lock=True)
    found = db.session.scalar(FROM_RESERVE, {"activity": opening.id, "n": wanted})
    found = found or db.session.scalar(SQUEEZE_IN, {"pool": opening.pool_id, "n": wanted})
    if found is None:
        return None
    more = wanting.ids(wants)
    _count_taken(more)
    _write_seats(party, {found: wanted, **more})
    return Standing.PLACED, None


def stand(party: UUID, to: Standing, seq: int | None, holds: int = 0) -> None:
    """Write down where a party stands."""
    db.session.execute(WAITS, {"party": party, "to": to, "number": seq, "holds": holds})


# -- after a draw, a ranking, a review -------------------------------------------------------------------------------------


def locked(registration_id: UUID) -> Record:
    """Return a registration with its activity's main pool locked, the pool first."""
    activity_id = db.session.scalar(select(R.c.activity_id).where(R.c.id == registration_id))
    if activity_id is None:
        raise NotFound
    queries.pool_of(activity_id, lock=True)
    return queries.by_id(registration_id)


def seat(registration_id: UUID) -> bool:
    """Give a party that holds nothing all its places, past the list; False, and nothing done, where one pool has no room."""
    record = locked(registration_id)
    rows = queries.pools(record.opening.id, lock=True)
    wants = {rows[0].id: record.wanted, **_gating(rows, record.wants)}
    if any(row.taken + wants.get(row.id, 0) > row.cap for row in rows if row.id in wants):
        return False
    if record.standing == Standing.WAITING:
        leave_list(record)
    _count_taken(wants)
    _write_seats(record.id, wants)
    stand(record.id, Standing.PLACED, None, holds=record.wanted)
    return True


def queue(registration_id: UUID, *, seq: int | None = None) -> int:
    """Put a party that holds nothing on the waiting list, with the number it has already (`seq`) or the next one."""
    record = locked(registration_id)
    joined = update(P).where(P.c.id == record.opening.pool_id).values(waiting=P.c.waiting + 1, seq=P.c.seq + (0 if seq else 1))
    number = seq or db.session.scalar(joined.returning(P.c.seq))
    if seq:
        db.session.execute(joined)
    stand(record.id, Standing.WAITING, number)
    count_waiting(wanting.ids(record.wants), 1)
    return int(number or 0)


# -- going: the main pool is locked ----------------------------------------------------------------------------------------


def release(record: Record) -> None:
    """Take back all that a party holds, or its place on the list, in every pool. `record` tells where it stood."""
    freed = db.session.execute(delete(S).where(S.c.registration_id == record.id).returning(S.c.pool_id, S.c.n)).all()
    _count_taken({pool: -n for pool, n in freed})
    if record.standing == Standing.WAITING:
        leave_list(record)


def shrink(record: Record, wanted: int, wants: Mapping[str, int]) -> None:
    """Let a party take other places from now on, fewer or elsewhere where there is room; nothing is asked of who waits.

    What it holds beyond that is freed; call `waiting.move_up` afterwards. What it newly wants is given as to a walk-in:
    whoever calls has asked `may_have` first.
    """
    values = {"wanted": wanted, "wants": dict(wants)}
    if record.standing in (Standing.PLACED, Standing.OFFERED):
        _reseat(record, wanted, wanting.ids(wants))
        values["placed_count"] = wanted
    elif record.standing == Standing.WAITING:
        was, to_be = set(wanting.ids(record.wants)), set(wanting.ids(wants))
        count_waiting(was - to_be, -1)
        count_waiting(to_be - was, 1)
    db.session.execute(update(R).where(R.c.id == record.id).values(values))


def may_have(record: Record, wanted: int, wants: Mapping[str, int]) -> bool:
    """Say whether a party that holds places could have these instead without passing by anybody: all pools have room."""
    if record.standing not in (Standing.PLACED, Standing.OFFERED):
        return True
    held, rows = held_by(record.id), queries.pools(record.opening.id, lock=True)
    new = {rows[0].id: wanted, **_gating(rows, wants)}
    more = {row: new.get(row.id, 0) - held.get(row.id, 0) for row in rows if row.id in new and row.id != _reserve_held(rows, held)}
    return all(extra <= 0 or (row.taken + extra <= row.cap and not row.waiting) for row, extra in more.items())


def leave_list(record: Record) -> None:
    """Count one fewer who waits, in every pool that it wanted."""
    count_waiting([record.opening.pool_id, *wanting.ids(record.wants)], -1)


def held_by(party: UUID) -> dict[UUID, int]:
    """Return what a party holds: pool → places."""
    return {row.pool_id: row.n for row in db.session.execute(select(S.c.pool_id, S.c.n).where(S.c.registration_id == party))}


# -- counting --------------------------------------------------------------------------------------------------------------


def count_waiting(pools: Iterable[UUID | None], by: int) -> None:
    """Count so many more who wait in these pools."""
    if ids := list(pools):
        db.session.execute(update(P).where(P.c.id.in_(ids)).values(waiting=P.c.waiting + by))


def _count_taken(numbers: Mapping[UUID, int]) -> None:
    for pool, n in numbers.items():
        db.session.execute(update(P).where(P.c.id == pool).values(taken=P.c.taken + n))


def _write_seats(party: UUID, numbers: Mapping[Any, int]) -> None:
    db.session.execute(SEAT, [{"registration_id": party, "pool_id": pool, "n": n} for pool, n in numbers.items()])


def _gating(rows: Sequence[Any], wants: Mapping[str, Any]) -> dict[UUID, int]:
    known = {row.id for row in rows[1:] if row.gates}
    return {pool: n for pool, n in wanting.ids(wants).items() if pool in known}


def _reserve_held(rows: Sequence[Any], held: Mapping[UUID, int]) -> UUID | None:
    """Return the main pool's id where the party sits in the reserve instead."""
    return rows[0].id if any(row.kind == RESERVE and row.id in held for row in rows) else None


def _reseat(record: Record, wanted: int, wants: Mapping[UUID, int]) -> None:
    held, rows = held_by(record.id), queries.pools(record.opening.id, lock=True)
    reserve = next((row.id for row in rows if row.kind == RESERVE), None)
    room = reserve if reserve in held else rows[0].id
    known = {row.id for row in rows}
    new = {room: wanted, **{pool: n for pool, n in wants.items() if pool in known}}
    kept = {pool: n for pool, n in held.items() if not next(row.gates for row in rows if row.id == pool)}
    for pool in held.keys() | new.keys():
        before, after = held.get(pool, 0), new.get(pool, kept.get(pool, 0))
        _change_seat(record.id, pool, before, after)


def _change_seat(party: UUID, pool: Any, before: int, after: int) -> None:
    if before == after:
        return
    mine = (S.c.registration_id == party, S.c.pool_id == pool)
    if not after:
        db.session.execute(delete(S).where(*mine))
    elif changed(db.session.execute(update(S).where(*mine).values(n=after))) == 0:
        _write_seats(party, {pool: after})
    _count_taken({pool: after - before})


__all__ = ["held_by", "locked", "number", "queue", "release", "seat", "shrink", "stand", "take", "want"]
