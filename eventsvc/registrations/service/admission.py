"""The organiser says how places are given, and later lets the draw decide. Once, however often the button is pressed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import Invalid
from eventsvc.core.lunar import Anniversary
from eventsvc.core.periods import day_of
from eventsvc.declare import Field
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import arrangement, draw, openings, queries
from eventsvc.registrations.arrangement import Arrangement
from eventsvc.registrations.errors import AlreadyDrawn, DrawnOtherwise, NothingToDraw, TooEarlyToDraw, TooLateToChange
from eventsvc.registrations.events import Arranged, Drawn
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Admission, SignUpRules, Standing, table_of
from eventsvc.registrations.openings import MAIN, RESERVE, Opening
from eventsvc.registrations.queries import V
from eventsvc.registrations.service.capacity import PoolPlan, set_pools
from eventsvc.registrations.service.slots import tell_times

RULES = table_of(SignUpRules)
BY_DRAW = (Admission.LOTTERY, Admission.RANK)
OPEN_TO_CHANGE = (State.DRAFT, State.RETURNED, State.APPROVED, State.PUBLISHED)
_STANDS = (
    update(R).where(R.c.id == bindparam("party"))
    .values(standing=bindparam("to"), rank=bindparam("number"), seq=bindparam("place"), placed_count=bindparam("holds"), passed=0)
)  # fmt: skip
_COUNTED = (
    update(P).where(P.c.id == bindparam("pool"))
    .values(taken=P.c.taken + bindparam("n"), waiting=P.c.waiting + bindparam("parties"))
)  # fmt: skip


@transactional
def arrange(activity_id: UUID, wanted: Arrangement, *, seed: str, actor: Actor, now: datetime) -> list[UUID]:
    """Give places as the organiser wants from now on; return who moved up by it.

    Who is in stays in. What would make a draw a lie is refused: another way of admission once somebody has signed up for
    it, other quotas' names once it was drawn. `seed` is for the draw, should one be wanted: it is kept until then, and only
    its hash is shown.
    """
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    opening = openings.opening_of(activity_id)
    if opening.state not in OPEN_TO_CHANGE:
        raise TooLateToChange
    if wrong := arrangement.faults(wanted, opening):
        raise Invalid(fields=wrong)
    there = queries.pools(activity_id)
    pools = arrangement.pools_of(wanted, opening, openings.villages(opening.organisation_id), there)
    _refuse_lies(opening, wanted, there, {one.kind for one in pools if one.gates})
    _write_rules(opening, wanted, seed, now)
    before = queries.times_by_party(activity_id)
    moved = set_pools(activity_id, [PoolPlan(**asdict(one)) for one in pools], actor=actor, now=now)
    tell_times(activity_id, before, now, actor)
    told = tuple(f"{one.kind}={one.cap}" for one in pools if one.gates)
    announce(Arranged(activity_id, actor.id, wanted.admission, wanted.promotion, wanted.offer_hours, wanted.most_passed, told, now))
    return moved


def _refuse_lies(opening: Opening, wanted: Arrangement, there: Sequence[Any], gating: set[str]) -> None:
    by_draw = {opening.admission, wanted.admission} & set(BY_DRAW)
    if opening.drawn_at is not None:
        if wanted.admission != opening.admission or {row.kind for row in there if row.gates} - {RESERVE} != gating - {RESERVE}:
            raise AlreadyDrawn
    elif by_draw and wanted.admission != opening.admission and _anybody(opening.id):
        raise DrawnOtherwise


def _anybody(activity_id: UUID) -> bool:
    return db.session.scalar(select(R.c.id).where(R.c.activity_id == activity_id).limit(1)) is not None


def _write_rules(opening: Opening, wanted: Arrangement, seed: str, now: datetime) -> None:
    """Keep the seed that was made first: another one could be chosen to suit somebody."""
    values = {
        "admission": wanted.admission, "promotion": wanted.promotion, "offer_hours": wanted.offer_hours,
        "most_passed": wanted.most_passed, "changed_at": now,
        "seed": (opening.seed or seed) if wanted.admission in BY_DRAW else "",
    }  # fmt: skip
    if not changed(db.session.execute(update(RULES).where(RULES.c.activity_id == opening.id).values(values))):
        db.session.execute(insert(RULES), {"activity_id": opening.id, "protocol": {}, **values})


# -- the draw --------------------------------------------------------------------------------------------------------------


@transactional
def hold_draw(activity_id: UUID, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Put everybody who entered in order and give out the places; return how many parties are in and how many wait.

    It is held once: whoever presses second gets `AlreadyDrawn`. Who is still to be decided about is left out, and gets in
    later only where room is left.
    """
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    opening = openings.opening_of(activity_id)
    _refuse_wrong_moment(opening, now)
    mine = update(RULES).where(RULES.c.activity_id == activity_id, RULES.c.drawn_at.is_(None))
    if changed(db.session.execute(mine.values(drawn_at=now, drawn_by=actor.id))) != 1:
        raise AlreadyDrawn
    rows = [row for row in queries.pools(activity_id, lock=True) if row.gates and row.kind != RESERVE]
    entries = draw.ranked(opening.seed, _entries(opening, rows))
    if not entries:
        raise NothingToDraw
    got = draw.given(entries, {row.id: max(row.cap - row.taken, 0) for row in rows})
    _write_draw(rows, entries, got)
    _publish(opening, rows, entries, got)
    announce(Drawn(activity_id, actor.id, opening.admission, sum(got), len(got) - sum(got), now))
    return sum(got), len(got) - sum(got)


def _refuse_wrong_moment(opening: Opening, now: datetime) -> None:
    if opening.admission not in BY_DRAW or opening.state not in (State.APPROVED, State.PUBLISHED) or now >= opening.starts_at:
        raise NothingToDraw
    if opening.drawn_at is not None:
        raise AlreadyDrawn
    if now < opening.closes:
        raise TooEarlyToDraw


def _entries(opening: Opening, rows: Sequence[Any]) -> list[draw.Entry]:
    main, gating = rows[0].id, {row.id for row in rows}
    query = select(R.c.id, R.c.code, R.c.wanted, R.c.wants).where(R.c.activity_id == opening.id, R.c.standing == Standing.ENTERED)
    years = _years(opening) if opening.admission == Admission.RANK else {}
    found = []
    for party in db.session.execute(query).all():
        more = {UUID(pool): n for pool, n in party.wants.items() if UUID(pool) in gating}
        found.append(draw.Entry(party.code, {main: party.wanted, **more}, years.get(party.id, 0), party.id))
    return found


def _years(opening: Opening) -> dict[UUID, int]:
    """Return for how many full years each couple has been married on the day that counts; who knows only the year or the month gets
    the benefit of the doubt."""
    asked = arrangement.ranks(opening)
    assert asked
    day = date.fromisoformat(opening.plan["cutoff_date"]) if opening.plan.get("cutoff_date") else day_of(opening.starts_at)
    entered = select(R.c.id).where(R.c.activity_id == opening.id, R.c.standing == Standing.ENTERED)
    held = queries.vault_of(V.c.owner_id.in_(entered))
    return {party: _married(asked, own, day) for party, own in held.items()}


def _married(asked: Field, own: Mapping[str, Any], day: date) -> int:
    told = own.get(asked.name)
    return max(Anniversary.from_dict(told).years_on(day)[1], 0) if told else 0


def _write_draw(rows: Sequence[Any], entries: Sequence[draw.Entry], got: Sequence[bool]) -> None:
    """Who waits gets a number behind everybody who waited before: the draw's order goes on in the list."""
    execute, main = db.session.connection().execute, rows[0]
    numbers = iter(range(main.seq + 1, main.seq + len(entries) + 1))
    stands = [
        {"party": one.id, "to": Standing.PLACED if yes else Standing.WAITING, "number": rank, "place": None if yes else next(numbers),
         "holds": one.wants[main.id] if yes else 0}
        for rank, (one, yes) in enumerate(zip(entries, got, strict=True), start=1)
    ]  # fmt: skip
    execute(_STANDS, stands)
    if any(got):
        execute(insert(S), [{"registration_id": one.id, "pool_id": pool, "n": n} for one, yes in zip(entries, got, strict=True) if yes for pool, n in one.wants.items()])
    execute(_COUNTED, [_counted(row.id, entries, got) for row in rows])
    execute(update(P).where(P.c.id == main.id).values(seq=P.c.seq + len(got) - sum(got)))


def _counted(pool: UUID, entries: Sequence[draw.Entry], got: Sequence[bool]) -> dict[str, Any]:
    told = [(one.wants[pool], yes) for one, yes in zip(entries, got, strict=True) if pool in one.wants]
    return {"pool": pool, "n": sum(n for n, yes in told if yes), "parties": sum(not yes for _, yes in told)}


def _publish(opening: Opening, rows: Sequence[Any], entries: Sequence[draw.Entry], got: Sequence[bool]) -> None:
    """Keep what anybody needs to compute the draw again: quotas, codes, what each party wanted, years where they count."""
    wanted = {pool for one in entries for pool in one.wants}
    rows = [row for row in rows if row.id in wanted]
    at = {row.id: number for number, row in enumerate(rows)}
    said = {
        "pools": [{"label": "" if row.kind == MAIN else str(arrangement.pool_words(row)), "room": max(row.cap - row.taken, 0)} for row in rows],
        "entries": [{"code": one.code, "years": one.years, "in": yes, "wants": sorted([at[pool], n] for pool, n in one.wants.items())}
                    for one, yes in zip(entries, got, strict=True)],
        "left_out": db.session.scalar(select(func.count()).where(R.c.activity_id == opening.id, R.c.standing == Standing.TO_REVIEW)),
    }  # fmt: skip
    db.session.execute(update(RULES).where(RULES.c.activity_id == opening.id).values(protocol=said))
