"""Who was asked, how far they are, what is late: a whole subtree counted in one statement."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from eventsvc.campaigns import rules
from eventsvc.campaigns.models import Campaign, Duty, DutyState
from eventsvc.core.periods import day_of
from eventsvc.infra.db import db
from eventsvc.organisations.models import ORDER, Closure, Level, Organisation


@dataclass
class Count:
    """So many units asked, by how far they are; and their activities, each counted once at its owner."""

    states: Counter[DutyState] = field(default_factory=Counter)
    late: int = 0
    handed_on: int = 0
    waiting: int = 0
    """Have not answered: no plan, no refusal, not handed on."""
    activities: int = 0
    held: int = 0
    reported: int = 0

    @property
    def asked(self) -> int:
        """How many were asked."""
        return self.states.total()

    def reached(self, state: DutyState) -> int:
        """Count the units that are so far or further; who declined is no further than that."""
        way = (DutyState.READ, DutyState.PLANNED, DutyState.HELD, DutyState.REPORTED)
        further = way[way.index(state) :] if state in way else (state,)
        return sum(self.states[one] for one in further) + (self.states[DutyState.DECLINED] if state is DutyState.READ else 0)

    def add(self, row: Any, campaign: rules.Dated, today: date) -> None:
        """Add so many units in the same position."""
        self.states[row.state] += row.units
        self.late += row.units if rules.is_late(row.state, row.handed_on, campaign, today) else 0
        self.waiting += row.units if rules.waits_for_plan(row.state, row.handed_on) else 0
        self.handed_on += row.units if row.handed_on else 0
        self.activities, self.held = self.activities + row.activities, self.held + row.held
        self.reported += row.reported


@dataclass
class Below:
    """One unit directly below the one looked at: how far it is itself, and those below it."""

    id: UUID
    name: str
    level: Level
    closed: bool
    own: Any = None
    """Its own duty (state, handed_on, reason, reminded_on), if it was asked."""
    late: bool = False
    under: Count = field(default_factory=Count)


@dataclass
class Progress:
    """What the page of a campaign shows of one unit and all below it."""

    whole: Count
    levels: list[tuple[Level, Count]]
    units: list[Below]


def progress(campaign: Campaign, unit: Organisation, today: date) -> Progress:
    """Count a unit's whole subtree by level and by the next units below, in two statements however large it is.

    A closed campaign is read as the tree stood on the day on which it was closed: mergers since then move nothing.
    """
    whole, levels, units = Count(), {level: Count() for level in ORDER}, _next_below(campaign, unit)
    for row in db.session.execute(_counting(campaign, unit)):
        whole.add(row, campaign, today)
        levels[row.level].add(row, campaign, today)
        if row.child_id in units and not row.itself:
            units[row.child_id].under.add(row, campaign, today)
    for one in units.values():
        one.late = one.own is not None and rules.is_late(one.own.state, one.own.handed_on, campaign, today)
    return Progress(whole, [(level, count) for level, count in levels.items() if count.asked], list(units.values()))


def standing(campaign: Campaign, closure: Any = Closure) -> ColumnElement[bool]:
    """Return the condition that a row of the closure stands now, or stood when the campaign was closed."""
    if campaign.closed_at is None:
        return closure.valid_to.is_(None)
    day = day_of(campaign.closed_at)
    return and_(closure.valid_from <= day, or_(closure.valid_to.is_(None), closure.valid_to > day))


def _counting(campaign: Campaign, unit: Organisation) -> Select[Any]:
    """Count duties of the subtree by the next unit below, level and position."""
    over, child = aliased(Closure), aliased(Closure)
    mine = and_(Duty.organisation_id == over.descendant_id, Duty.root_id == campaign.root_id)
    nearest = and_(child.descendant_id == over.descendant_id, child.depth == over.depth - 1, standing(campaign, child))
    itself = case((over.depth == 1, 1), else_=0).label("itself")
    groups = (child.ancestor_id.label("child_id"), Organisation.level, Duty.state, Duty.handed_on, itself)
    sums = [func.sum(column).label(column.key) for column in (Duty.activities, Duty.held, Duty.reported)]
    query = select(*groups, func.count().label("units"), *sums)
    query = query.select_from(over).join(Duty, mine).join(Organisation, Organisation.id == Duty.organisation_id).join(child, nearest)
    return query.where(over.ancestor_id == unit.id, over.depth > 0, standing(campaign, over)).group_by(*groups)


def _next_below(campaign: Campaign, unit: Organisation) -> dict[UUID, Below]:
    """Return the units directly below with their own duties, in the order of their codes."""
    mine = and_(Duty.organisation_id == Organisation.id, Duty.root_id == campaign.root_id)
    query = select(Organisation, Duty).join(Closure, Closure.descendant_id == Organisation.id).outerjoin(Duty, mine)
    query = query.where(Closure.ancestor_id == unit.id, Closure.depth == 1, standing(campaign))
    rows = db.session.execute(query.order_by(Organisation.code))
    return {one.id: Below(one.id, one.name, one.level, one.valid_to is not None, own) for one, own in rows}


def missing(campaign: Campaign, unit_id: UUID, today: date) -> list[ColumnElement[bool]]:
    """Return the conditions that a duty below a unit is missing: not answered; near the end also planned and not reported."""
    silent = and_(Duty.state.in_([DutyState.ASKED, DutyState.READ]), Duty.handed_on.is_(False))
    owing = Duty.state.in_([DutyState.PLANNED, DutyState.HELD])
    below = select(Closure.descendant_id).where(Closure.ancestor_id == unit_id, Closure.depth > 0, Closure.valid_to.is_(None))
    open_ones = select(Campaign.id).where(Campaign.root_id == campaign.root_id, Campaign.closed_at.is_(None))
    lacks = or_(silent, owing) if rules.report_is_near(campaign, today) else silent
    return [Duty.root_id == campaign.root_id, Duty.campaign_id.in_(open_ones), lacks, Duty.organisation_id.in_(below)]
