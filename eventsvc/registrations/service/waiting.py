"""The waiting list moves: in the same transaction that frees a place, whole parties, in order, nobody passed over too often.

Whoever calls has locked the main pool's row; all that changes standings or places does so first. So what is read here
stands still until the commit.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from eventsvc.activities.models import State
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import openings, queries, queueing
from eventsvc.registrations.events import Offered, Promoted
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Promotion, Standing
from eventsvc.registrations.openings import RESERVE, Opening
from eventsvc.registrations.service import wanting

LIVE = (State.APPROVED, State.PUBLISHED)
BEFORE_ALL = -(2**31)
"""Whoever is put back on the list goes before the first, with numbers below nought if need be."""
PAGES = (24, 500)
"""How much of the list is read at a time: mostly the first few are all that move."""
_TAKE_OFF = (
    update(P).where(P.c.id == bindparam("pool"))
    .values(taken=P.c.taken + bindparam("n"), waiting=P.c.waiting - bindparam("parties"))
)  # fmt: skip
_PASSED = update(R).where(R.c.id == bindparam("party")).values(passed=bindparam("times"))


@transactional
def promote(activity_id: UUID, now: datetime) -> list[UUID]:
    """Give what is free to those who wait; return who got a place or an offer. Nobody moves up once it has begun."""
    queries.pool_of(activity_id, lock=True)
    return move_up(openings.opening_of(activity_id), now)


def fill(activity_id: UUID, *, now: datetime) -> list[UUID]:
    """Do the same as `promote`."""
    return promote(activity_id, now)


def move_up(where: Opening, now: datetime, *, newcomer: UUID | None = None, at_once: bool = False) -> list[UUID]:
    """Walk along the list and give what is free. The main pool is locked.

    A newcomer has asked this very moment: it gets its place, not an offer of one; so does everybody when a draw is `at_once`.
    """
    if where.state not in LIVE or now >= where.starts_at:
        return []
    rows = queries.pools(where.id, lock=True)
    if not rows or not rows[0].waiting or rows[0].cap <= rows[0].taken:
        return []
    free = {row.id: max(row.cap - row.taken, 0) for row in rows if row.gates and row.kind != RESERVE}
    main = rows[0].id
    done = queueing.scan(free, _list(where.id, main, set(free)), where.most_passed, everyone=main)
    _write_passed(done.passed)
    if done.promoted:
        _seat(done.promoted)
        _stand(where, [one.id for one in done.promoted], now, newcomer, at_once)
    return [one.id for one in done.promoted]


def _list(activity_id: UUID, main: UUID, gating: set[UUID]) -> Iterator[queueing.Party]:
    """Read the list in order, a page at a time, as far as anybody asks."""
    query = (
        select(R.c.id, R.c.seq, R.c.wanted, R.c.wants, R.c.passed)
        .where(R.c.activity_id == activity_id, R.c.standing == Standing.WAITING, R.c.seq > bindparam("after")).order_by(R.c.seq)
    )  # fmt: skip
    after = BEFORE_ALL
    for size in _sizes():
        rows = db.session.execute(query.limit(size), {"after": after}).all()
        for row in rows:
            more = {pool: n for pool, n in wanting.ids(row.wants).items() if pool in gating}
            yield queueing.Party(row.id, {main: row.wanted, **more}, row.passed)
        if len(rows) < size:
            return
        after = rows[-1].seq


def _sizes() -> Iterator[int]:
    yield PAGES[0]
    while True:
        yield PAGES[1]


def _write_passed(passed: Mapping[UUID, int]) -> None:
    if passed:
        db.session.connection().execute(_PASSED, [{"party": party, "times": times} for party, times in passed.items()])


def _seat(lucky: list[queueing.Party]) -> None:
    """Write down the seats and count them, each pool once."""
    seats = [{"registration_id": one.id, "pool_id": pool, "n": n} for one in lucky for pool, n in one.wants.items()]
    db.session.execute(insert(S), seats)
    numbers: dict[UUID, list[int]] = {}
    for one in lucky:
        for pool, n in one.wants.items():
            numbers.setdefault(pool, []).append(n)
    sums = [{"pool": pool, "n": sum(each), "parties": len(each)} for pool, each in numbers.items()]
    db.session.connection().execute(_TAKE_OFF, sums)


def _stand(where: Opening, lucky: list[UUID], now: datetime, newcomer: UUID | None, at_once: bool) -> None:
    offered = [] if at_once or where.promotion != Promotion.OFFER else [one for one in lucky if one != newcomer]
    placed = [one for one in lucky if one not in offered]
    until = min(now + timedelta(hours=where.offer_hours), where.starts_at)
    for ids, to, deadline in ((placed, Standing.PLACED, None), (offered, Standing.OFFERED, until)):
        values = {"standing": to, "placed_count": R.c.wanted, "seq": None, "offer_until": deadline}
        moved = update(R).where(R.c.id.in_(ids), R.c.standing == Standing.WAITING).values(values)
        if ids and changed(db.session.execute(moved)) != len(ids):
            raise RuntimeError("the list moved under a locked pool")
    for one in placed:
        if one != newcomer:
            announce(Promoted(one, where.id, now))
    for one in offered:
        announce(Offered(one, where.id, until, now))
