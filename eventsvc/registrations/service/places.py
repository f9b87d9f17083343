"""The only place where places change hands: one guarded UPDATE takes them, a freed one goes to who waits longest.

Whoever comes while somebody waits, waits too; so a freed place is never stolen by a newcomer. Every command that frees
places locks the pool first, then the parties: no two commands wait for each other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, delete, exists, insert, or_, select, update

from eventsvc.activities.models import Activity, State
from eventsvc.activities.queries import sign_up_open
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import openings, queries
from eventsvc.registrations.events import Promoted
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Channel, Standing, table_of

ACTIVITIES = table_of(Activity)
N: ColumnElement[int] = bindparam("n", type_=P.c.taken.type)
FITS = and_(P.c.taken + N <= P.c.cap, P.c.waiting == 0)
MAY_WAIT = bindparam("may_wait", type_=ACTIVITIES.c.waiting_list.type)


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
        .where(P.c.id == bindparam("pool"), _opens(channel), or_(FITS, MAY_WAIT))
        .values(
            taken=case((FITS, P.c.taken + N), else_=P.c.taken),
            waiting=case((FITS, P.c.waiting), else_=P.c.waiting + 1),
            seq=case((FITS, P.c.seq), else_=P.c.seq + 1),
        )
        .returning(P.c.waiting, P.c.seq)
    )


def _number(channel: Channel) -> Update:
    """One statement: a number for a party that is to be reviewed; it takes no place, but there must be one, or a list."""
    room = or_(P.c.taken + N <= P.c.cap, MAY_WAIT)
    return update(P).where(P.c.id == bindparam("pool"), _opens(channel), room).values(seq=P.c.seq + 1).returning(P.c.seq)


TAKE = {channel: _take(channel) for channel in Channel}
NUMBER = {channel: _number(channel) for channel in Channel}
SQUEEZE_IN = (
    update(P).where(P.c.id == bindparam("pool"), _opens(Channel.WALK_IN)).values(taken=P.c.taken + N).returning(P.c.seq)
)
WAITS = (
    update(R).where(R.c.id == bindparam("party"))
    .values(standing=bindparam("to"), seq=bindparam("number"), placed_count=bindparam("holds"))
)  # fmt: skip
SEAT = insert(S)


def take(pool_id: UUID, party: UUID, n: int, *, channel: Channel, may_wait: bool, now: datetime) -> tuple[Standing, int | None] | None:
    """Give a party its places or a number on the waiting list; None when there is neither. Call it last: the pool is hot."""
    if channel == Channel.WALK_IN:  # somebody who stands at the door is not sent away by a number
        done = db.session.execute(SQUEEZE_IN, {"pool": pool_id, "n": n}).first() and (0, None)
    else:
        values = {"pool": pool_id, "n": n, "may_wait": may_wait, "now": now}
        done = db.session.connection().execute(TAKE[channel], values).first()
    if not done:
        return None
    waiting, seq = done
    if waiting == 0:
        db.session.execute(SEAT, {"registration_id": party, "pool_id": pool_id, "n": n})
        return Standing.PLACED, None
    stand(party, Standing.WAITING, seq)
    return Standing.WAITING, seq


def number(pool_id: UUID, party: UUID, n: int, *, channel: Channel, may_wait: bool, now: datetime) -> tuple[Standing, int] | None:
    """Give a party that is to be reviewed a number: what it would have on the list if it must wait after all."""
    seq = db.session.scalar(NUMBER[channel], {"pool": pool_id, "n": n, "may_wait": may_wait, "now": now})
    if seq is None:
        return None
    stand(party, Standing.TO_REVIEW, seq)
    return Standing.TO_REVIEW, seq


def stand(party: UUID, to: Standing, seq: int | None, holds: int = 0) -> None:
    """Write down where a party stands."""
    db.session.execute(WAITS, {"party": party, "to": to, "number": seq, "holds": holds})


def free(pool_id: UUID, party: UUID) -> None:
    """Take back what a placed party holds. The pool is locked."""
    n = db.session.scalar(select(S.c.n).where(S.c.registration_id == party, S.c.pool_id == pool_id)) or 0
    db.session.execute(delete(S).where(S.c.registration_id == party, S.c.pool_id == pool_id))
    db.session.execute(update(P).where(P.c.id == pool_id).values(taken=P.c.taken - n))


def leave_list(pool_id: UUID) -> None:
    """Count one fewer who waits. The pool is locked."""
    db.session.execute(update(P).where(P.c.id == pool_id).values(waiting=P.c.waiting - 1))


@transactional
def fill(activity_id: UUID, *, now: datetime) -> list[UUID]:
    """Give free places to those who wait, in order, each party whole; return who got one. Nobody moves up once it has begun."""
    pool = queries.pool_of(activity_id, lock=True)
    where = openings.opening_of(activity_id)
    if pool is None or not pool.waiting or where.state not in (State.APPROVED, State.PUBLISHED) or now >= where.starts_at:
        return []
    return promote(pool.id, activity_id, where.places, now=now)


def promote(pool_id: UUID, activity_id: UUID, n: int, *, now: datetime) -> list[UUID]:
    """Give free places to the first on the list, as many as fit. All parties of one activity take the same number of places."""
    pool = db.session.execute(select(P.c.cap, P.c.taken, P.c.waiting).where(P.c.id == pool_id)).one()
    most = min(max(pool.cap - pool.taken, 0) // n, pool.waiting)
    if most <= 0:
        return []
    first = select(R.c.id).where(R.c.activity_id == activity_id, R.c.standing == Standing.WAITING).order_by(R.c.seq).limit(most)
    lucky = list(db.session.scalars(first))
    _seat_all(pool_id, lucky, n)
    for party in lucky:
        announce(Promoted(party, activity_id, now))
    return lucky


def _seat_all(pool_id: UUID, parties: list[UUID], n: int) -> None:
    placed: Mapping[str, Any] = {"standing": Standing.PLACED, "placed_count": n, "seq": None}
    db.session.execute(update(R).where(R.c.id.in_(parties)).values(placed))
    db.session.execute(insert(S), [{"registration_id": party, "pool_id": pool_id, "n": n} for party in parties])
    here = len(parties)
    db.session.execute(update(P).where(P.c.id == pool_id).values(taken=P.c.taken + n * here, waiting=P.c.waiting - here))
