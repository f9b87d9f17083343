"""What may be read of a round: the organiser's table, a leader's own households, one household's visits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from eventsvc.accounts.models import User
from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of, day_span
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Level, Organisation
from eventsvc.people import queries as people
from eventsvc.people import rules as roll
from eventsvc.people.models import Household
from eventsvc.visits import rules
from eventsvc.visits.errors import NoRound
from eventsvc.visits.models import Outcome, VisitRecord, VisitTarget

OPEN_STATES = (State.PUBLISHED, State.HELD)
MOST = 3_000
"""Households that one round's page lists at most."""


@dataclass(frozen=True)
class Line:
    """One household of a round, as much of it as its reader may see."""

    id: UUID
    activity_id: UUID
    household: roll.Household
    unit: str
    due_on: date | None
    next_on: date | None
    turn: rules.Turn
    outcome: Outcome | None
    visits: int
    unplanned: bool
    leader_id: UUID | None
    leader: str


@dataclass(frozen=True)
class Past:
    """A visit that was made, and what it found where the reader may know."""

    id: UUID
    visited_on: date
    at: datetime
    outcome: Outcome
    way: Any
    met: str
    topics: list[str]
    referral: str
    materials: dict[str, int]
    has_problem: bool
    solved_at: datetime | None
    next_on: date | None
    by: UUID
    who: str
    found: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LeaderRow:
    """How one leader's part of the round stands; nobody is ranked by it."""

    id: UUID | None
    name: str
    due: int
    seen: int
    overdue: int


def round_of(activity_id: UUID, *, within: Actor, role: str = Role.VIEWER) -> Activity:
    """Return a round of visits in reach, or NotFound; NoRound when the activity is of another sort."""
    reach = organisations.within(within, Activity.organisation_id, role)
    activity = db.session.scalar(select(Activity).where(Activity.id == activity_id, reach))
    if activity is None:
        raise NotFound
    if not KINDS[activity.kind].has("round"):
        raise NoRound
    return activity


def lines(activity_id: UUID, *, within: Actor, today: date) -> list[Line]:
    """Return the households of a round in the order of unit and number; four statements however many there are."""
    rows = db.session.execute(_targets().where(VisitTarget.activity_id == activity_id)).all()
    return _lines(rows, within, today)


def mine(actor: Actor, *, today: date) -> list[Line]:
    """Return the households that this actor visits in the rounds that are on. Special families stand there as a number."""
    query = _targets().join(Activity, Activity.id == VisitTarget.activity_id)
    query = query.where(VisitTarget.leader_id == actor.id, Activity.state == State.PUBLISHED, _goes_round(actor))
    rows = db.session.execute(query).all()
    return _lines(rows, actor, today)


def rounds_of_mine(actor: Actor) -> list[Activity]:
    """Return the rounds that are on and reach a place where this actor goes round: where an unplanned visit may belong."""
    kinds = [code for code, kind in KINDS.items() if kind.has("round")]
    query = select(Activity).where(Activity.state == State.PUBLISHED, Activity.kind.in_(kinds), _goes_round(actor))
    return list(db.session.scalars(query.order_by(Activity.starts_at, Activity.id)))


def _goes_round(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an activity's unit is above or below a place where this actor goes round today."""
    places = actor.places(Role.GROUP_LEADER)
    above = select(Closure.ancestor_id).where(Closure.descendant_id.in_(places), Closure.valid_to.is_(None))
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.valid_to.is_(None))
    return Activity.organisation_id.in_(above.union(below).scalar_subquery())


def doors(actor: Actor, *, now: datetime) -> list[Activity]:
    """Return the activities of these days at whose door this leader stands: nobody has to look for the check-in page."""
    first, last = day_span(day_of(now) - timedelta(days=1))[0], day_span(day_of(now) + timedelta(days=1))[1]
    with_door = [code for code, kind in KINDS.items() if kind.has("counters")]
    query = select(Activity).where(Activity.organisation_id.in_(actor.places(Role.GROUP_LEADER)), Activity.kind.in_(with_door))
    query = query.where(Activity.state == State.PUBLISHED, Activity.starts_at < last)
    query = query.where(func.coalesce(Activity.ends_at, Activity.starts_at) >= first)
    return list(db.session.scalars(query.order_by(Activity.starts_at).limit(5)))


def round_for_leader(activity_id: UUID, actor: Actor) -> Activity:
    """Return a round that is on and in which this actor may write households down; else NotFound."""
    activity = db.session.get(Activity, activity_id)
    if activity is None or not KINDS[activity.kind].has("round") or activity.state not in OPEN_STATES or not places(activity, actor):
        raise NotFound
    return activity


def target(target_id: UUID, *, within: Actor, today: date) -> tuple[Line, Activity]:
    """Return one household of a round: for its leader, or for whoever organises the round; else NotFound."""
    row = db.session.execute(_targets().where(VisitTarget.id == target_id)).first()
    if row is None:
        raise NotFound
    activity = db.session.scalar(select(Activity).where(Activity.id == row.VisitTarget.activity_id))
    assert activity is not None
    must_reach(row.VisitTarget, activity, within)
    return _lines([row], within, today)[0], activity


def must_reach(target: VisitTarget, activity: Activity, actor: Actor) -> None:
    """Raise NotFound unless the household is this leader's, who still goes round here, or the actor organises the round."""
    if actor.can(Role.ORGANISER, organisations.lineage(activity.organisation_id)):
        return
    still = select(Activity.id).where(Activity.id == activity.id, _goes_round(actor))
    if target.leader_id != actor.id or db.session.scalar(still) is None:
        raise NotFound


def history(line: Line) -> list[Past]:
    """Return the visits to a household in this round, the newest first; what they found only to whoever sees the household whole."""
    query = select(VisitRecord, User.name).join(User, User.id == VisitRecord.by).where(VisitRecord.target_id == line.id)
    query = query.where(VisitRecord.undone_at.is_(None)).order_by(VisitRecord.visited_on.desc(), VisitRecord.at.desc())
    rows = db.session.execute(query).all()
    found = vault.read(r.VisitRecord.id for r in rows) if line.household.whole else {}
    return [_past(r.VisitRecord, r.name, found.get(r.VisitRecord.id, {})) for r in rows]


def open_problems(activity_id: UUID) -> list[tuple[UUID, UUID, date, str]]:
    """Return (record, target, day, household's number) of the problems found and not yet settled."""
    query = select(VisitRecord.id, VisitRecord.target_id, VisitRecord.visited_on, Household.number)
    query = query.join(Household, Household.id == VisitRecord.household_id).where(VisitRecord.activity_id == activity_id)
    query = query.where(VisitRecord.undone_at.is_(None), VisitRecord.has_problem, VisitRecord.solved_at.is_(None))
    return [(r[0], r[1], r[2], r[3]) for r in db.session.execute(query.order_by(VisitRecord.visited_on))]


def by_leader(all_lines: Iterable[Line]) -> list[LeaderRow]:
    """Sum a round up by who goes: due, seen, overdue; in the order of names, nobody first."""
    groups: dict[tuple[str, UUID | None], list[Line]] = {}
    for line in all_lines:
        groups.setdefault((line.leader, line.leader_id), []).append(line)
    return [
        LeaderRow(leader_id, name, len(group), sum(bool(x.visits) for x in group), sum(x.turn is rules.Turn.OVERDUE for x in group))
        for (name, leader_id), group in sorted(groups.items(), key=lambda pair: (pair[0][0] != "", pair[0][0]))
    ]


def round_figures(activity_id: UUID) -> dict[str, int]:
    """Return what a round comes to, in two statements: additive numbers of standing visits; households are distinct by row."""
    due, seen = db.session.execute(
        select(func.count(), func.count().filter(VisitTarget.visits > 0)).where(VisitTarget.activity_id == activity_id)
    ).one()
    query = select(VisitRecord.has_problem, VisitRecord.solved_at, VisitRecord.referral, VisitRecord.materials)
    standing = (VisitRecord.activity_id == activity_id, VisitRecord.undone_at.is_(None), VisitRecord.outcome == Outcome.SEEN)
    rows = db.session.execute(query.where(*standing)).all()
    materials, books = rules.materials(row.materials for row in rows)
    return {
        "households_due": int(due), "households_seen": int(seen), "visits_made": len(rows),
        "problems": sum(row.has_problem for row in rows), "problems_solved": sum(row.solved_at is not None for row in rows),
        "referrals": sum(bool(row.referral) for row in rows), "materials": materials, "books": books,
    }  # fmt: skip


def candidates(activity: Activity) -> list[tuple[Household, str, str]]:
    """Return (household, its unit, its leader) of the roll below the round's unit that are not on its list yet."""
    taken = select(VisitTarget.household_id).where(VisitTarget.activity_id == activity.id)
    query = select(Household, Organisation.name, func.coalesce(User.name, ""))
    query = query.join(Organisation, Organisation.id == Household.organisation_id).outerjoin(User, User.id == Household.leader_id)
    query = query.where(organisations.below(activity.organisation_id, Household.organisation_id))
    query = query.where(Household.closed_at.is_(None), Household.id.not_in(taken)).order_by(Organisation.code, Household.id)
    rows = [(h, unit, leader) for h, unit, leader in db.session.execute(query.limit(MOST))]
    return sorted(rows, key=lambda row: (row[1], people.natural(row[0].number)))


def to_choose_from(activity: Activity, *, within: Actor) -> list[tuple[roll.Household, str]]:
    """Return (household as this actor may see it, its unit) of the candidates."""
    rows = candidates(activity)
    seen = people.seen([(h, leader) for h, _, leader in rows], within)
    return list(zip(seen, (unit for _, unit, _ in rows), strict=True))


def places(activity: Activity, actor: Actor) -> list[tuple[UUID, str]]:
    """Return the villages and groups of the round in which this actor may write households down: leaf units in both scopes."""
    query = select(Organisation.id, Organisation.name).where(Organisation.valid_to.is_(None))
    query = query.where(Organisation.level.in_((Level.VILLAGE, Level.GROUP)))
    query = query.where(organisations.below(activity.organisation_id, Organisation.id))
    query = query.where(organisations.within(actor, Organisation.id, Role.GROUP_LEADER)).order_by(Organisation.code).limit(200)
    return [(row.id, row.name) for row in db.session.execute(query)]


def _targets() -> Any:
    query = select(VisitTarget, Household, Organisation.name.label("unit"), User.name.label("leader"))
    query = query.join(Household, Household.id == VisitTarget.household_id)
    query = query.join(Organisation, Organisation.id == Household.organisation_id)
    return query.outerjoin(User, User.id == VisitTarget.leader_id)


def _lines(rows: Iterable[Any], actor: Actor, today: date) -> list[Line]:
    rows = list(rows)
    seen = people.seen([(r.Household, r.leader) for r in rows], actor, assigned={r.Household.id for r in rows if r.VisitTarget.leader_id == actor.id})
    again = _next_days(r.VisitTarget.id for r in rows)
    found = [_line(row, household, again.get(row.VisitTarget.id), today) for row, household in zip(rows, seen, strict=True)]
    return sorted(found, key=lambda line: (line.unit, people.natural(line.household.number)))


def _line(row: Any, household: roll.Household, next_on: date | None, today: date) -> Line:
    t: VisitTarget = row.VisitTarget
    turn = rules.turn(today, due_on=t.due_on, visits=t.visits, outcome=t.last_outcome, next_on=next_on)
    return Line(t.id, t.activity_id, household, row.unit, t.due_on, next_on, turn, t.last_outcome, t.visits, t.unplanned,
                t.leader_id, row.leader or "")  # fmt: skip


def _next_days(target_ids: Iterable[UUID]) -> dict[UUID, date | None]:
    """Return the day that the last visit that found somebody agreed on, by household of the round."""
    query = select(VisitRecord.target_id, VisitRecord.next_on).where(VisitRecord.target_id.in_(list(target_ids)))
    query = query.where(VisitRecord.undone_at.is_(None), VisitRecord.outcome == Outcome.SEEN)
    return {row.target_id: row.next_on for row in db.session.execute(query.order_by(VisitRecord.visited_on, VisitRecord.at))}


def _past(row: VisitRecord, who: str, found: dict[str, Any]) -> Past:
    return Past(row.id, row.visited_on, row.at, row.outcome, row.way, row.met, row.topics, row.referral, row.materials,
                row.has_problem, row.solved_at, row.next_on, row.by, who, found)  # fmt: skip
