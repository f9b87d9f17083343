"""The one layer from which page, workbook, chart and API read figures, so that all of them show the same numbers.

Eight statements, however many units stand below: the unit, what stands above it (twice), its sums by month and kind, its own
activities, who stood below it when, their sums, the definitions; two more where a unit was moved meanwhile.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from eventsvc.activities.models import Activity
from eventsvc.core import money
from eventsvc.core.actor import Actor, Role
from eventsvc.core.words import N_, Label
from eventsvc.declare import Indicator
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Organisation
from eventsvc.statistics import lineages
from eventsvc.statistics.models import Contribution, FigureSum, IndicatorDefinition
from eventsvc.statistics.period import Period

YUAN, WAN = N_("元"), N_("万元")

Amounts = Counter[UUID]
"""Amounts by definition, in smallest units; what is not there is nothing."""


@dataclass(frozen=True)
class Column:
    """One indicator as a column."""

    id: UUID
    code: str
    label: Label
    unit: Label
    money: bool
    task: str = ""
    """Which of the key tasks it feeds; empty for what every activity counts."""

    def printed(self, amount: int | None) -> str:
        """Write an amount as people read it: money in yuan, thousands apart."""
        return money.fen_to_yuan(amount or 0) if self.money else f"{amount or 0:,}"

    def big(self, amount: int) -> tuple[str, Label]:
        """Write an amount large, apart from its unit: 1,800 元, 22.63 万元, 800 份. For reading; tables stay exact."""
        if not self.money:
            return f"{amount:,}", self.unit
        said = money.wan(amount)
        unit = WAN if said.endswith(WAN) else YUAN
        return said.removesuffix(unit), unit


@dataclass(frozen=True)
class KindRow:
    """What one kind of activity adds."""

    code: str
    label: Label
    amounts: Amounts


@dataclass(frozen=True)
class ChildRow:
    """What one unit below adds; `part`: it stood here for only a part of the time, and only that part is counted."""

    id: UUID
    name: str
    level: str
    amounts: Amounts
    part: bool = False


@dataclass(frozen=True)
class MonthRow:
    """One month beside the same month of the year before."""

    month: str
    amounts: Amounts
    before: Amounts


@dataclass(frozen=True)
class ActivityRow:
    """One accepted activity of this very unit: where every number comes from in the end."""

    id: UUID
    title: str
    kind: str
    held_on: date
    amounts: Amounts


@dataclass(frozen=True)
class View:
    """All numbers of one unit in one span of time."""

    organisation: Organisation
    period: Period
    kind: str
    columns: list[Column]
    total: Amounts
    before: Amounts
    kinds: list[KindRow]
    children: list[ChildRow]
    own: Amounts
    activities: list[ActivityRow]
    months: list[MonthRow]
    parents: list[Organisation] = field(default_factory=list)

    def column(self, code: str) -> Column | None:
        """Return the column of an indicator, the first one when none has this code."""
        return next(
            (column for column in self.columns if column.code == code), self.columns[0] if self.columns else None
        )


def view(organisation_id: UUID, period: Period, *, within: Actor, kind: str = "") -> View:
    """Return the figures of a unit and all below it, or raise NotFound when it is out of the actor's reach."""
    unit = organisations.require(within, Role.VIEWER, organisation_id)
    by_month = _sums_by_month(unit.id, period, kind)
    activities = _activities(unit.id, period, kind)
    children = _children(unit.id, period, kind)
    met = {definition for counted in by_month.values() for definition in counted}
    met |= {definition for child in children for definition in child.amounts}
    met |= {definition for one in activities for definition in one.amounts}
    return View(
        unit, period, kind, _columns(met),
        total=_sum(n for (month, _), n in by_month.items() if period.holds(month)),
        before=_sum(n for (month, _), n in by_month.items() if period.before.holds(month)),
        kinds=_by_kind(by_month, period), children=children, own=_sum(row.amounts for row in activities),
        activities=activities, months=_months(by_month, period), parents=organisations.path(unit.id)[:-1],
    )  # fmt: skip


def _sums_by_month(unit: UUID, period: Period, kind: str) -> dict[tuple[str, str], Amounts]:
    """Return the unit's sums of this whole year and the year before, by (month, kind)."""
    query = select(FigureSum.month, FigureSum.kind, FigureSum.definition_id, FigureSum.amount)
    whole_years = FigureSum.month.between(f"{period.year - 1}-01", f"{period.year}-12")
    query = query.where(FigureSum.organisation_id == unit, whole_years, FigureSum.amount != 0)
    found: dict[tuple[str, str], Amounts] = defaultdict(Counter)
    for row in db.session.execute(query.where(FigureSum.kind == kind) if kind else query):
        found[row.month, row.kind][row.definition_id] += row.amount
    return found


def _by_kind(by_month: dict[tuple[str, str], Amounts], period: Period) -> list[KindRow]:
    codes = sorted({code for month, code in by_month if period.holds(month)}, key=_kind_order)
    rows = ((code, [n for (month, of), n in by_month.items() if of == code and period.holds(month)]) for code in codes)
    return [KindRow(code, KINDS[code].label if code in KINDS else code, _sum(counted)) for code, counted in rows]


def _months(by_month: dict[tuple[str, str], Amounts], period: Period) -> list[MonthRow]:
    def of(month: str) -> Amounts:
        return _sum(n for (at, _), n in by_month.items() if at == month)

    return [
        MonthRow(f"{period.year}-{n:02d}", of(f"{period.year}-{n:02d}"), of(f"{period.year - 1}-{n:02d}"))
        for n in range(1, 13)
    ]


def _children(parent: UUID, period: Period, kind: str) -> list[ChildRow]:
    """Return what each unit below adds, those that stood here for a part of the time with that part only."""
    units, moved = _who_stood_below(parent, period)
    whole = [unit.id for unit in units if unit.id not in moved]
    amounts = _sums_of(whole, period, kind) | (_parts_of(moved, parent, period, kind) if moved else {})
    return [ChildRow(u.id, u.name, u.level, amounts.get(u.id, Counter()), u.id in moved) for u in units]


def _who_stood_below(parent: UUID, period: Period) -> tuple[list[Organisation], set[UUID]]:
    """Return the units that stood directly below at any time of the span, and which of them not all of it."""
    start, end = period.span
    ever = select(Closure.descendant_id).where(Closure.ancestor_id == parent, Closure.depth == 1)
    query = select(Organisation, Closure).join(Closure, Closure.descendant_id == Organisation.id)
    query = query.where(Closure.depth == 1, Closure.descendant_id.in_(ever)).order_by(
        Organisation.code, Closure.valid_from
    )
    spans: dict[UUID, list[Closure]] = defaultdict(list)
    units: dict[UUID, Organisation] = {}
    for unit, span in db.session.execute(query):
        units[unit.id] = unit
        spans[unit.id].append(span)
    here, moved = [], set()
    for unit in units.values():
        at = [
            (date.min if i == 0 else s.valid_from, s.valid_to or date.max, s.ancestor_id)
            for i, s in enumerate(spans[unit.id])
        ]
        ours = [(since, until) for since, until, above in at if above == parent and since < end and until > start]
        if ours:
            here.append(unit)
        if ours and not any(since <= start and until >= end for since, until in ours):
            moved.add(unit.id)
    return here, moved


def _sums_of(units: list[UUID], period: Period, kind: str) -> dict[UUID, Amounts]:
    query = select(FigureSum.organisation_id, FigureSum.definition_id, func.sum(FigureSum.amount).label("amount"))
    query = query.where(FigureSum.organisation_id.in_(units), FigureSum.month.between(period.first, period.last))
    query = query.where(*_of_kind(FigureSum.kind, kind)).group_by(FigureSum.organisation_id, FigureSum.definition_id)
    found: dict[UUID, Amounts] = defaultdict(Counter)
    for row in db.session.execute(query) if units else ():
        if row.amount:
            found[row.organisation_id][row.definition_id] = int(row.amount)
    return found


def _parts_of(moved: set[UUID], parent: UUID, period: Period, kind: str) -> dict[UUID, Amounts]:
    """Add up, activity by activity, what these units brought while they stood below `parent`."""
    ever = select(Closure.descendant_id).where(Closure.ancestor_id.in_(moved))
    query = select(Contribution).where(
        Contribution.organisation_id.in_(ever), Contribution.month.between(period.first, period.last)
    )
    rows = db.session.scalars(query.where(*_of_kind(Contribution.kind, kind))).all()
    above = lineages.of((row.organisation_id, row.held_on) for row in rows)
    found: dict[UUID, Amounts] = defaultdict(Counter)
    for row in rows:
        chain = above[row.organisation_id, row.held_on]
        for unit in moved.intersection(chain):
            at = chain.index(unit)
            if chain[at + 1 : at + 2] == (parent,):
                found[unit][row.definition_id] += row.amount
    return found


def _activities(unit: UUID, period: Period, kind: str) -> list[ActivityRow]:
    query = select(
        Activity.id,
        Activity.title,
        Contribution.kind,
        Contribution.held_on,
        Contribution.definition_id,
        Contribution.amount,
    )
    query = query.join(Activity, Activity.id == Contribution.activity_id).where(Contribution.organisation_id == unit)
    query = query.where(Contribution.month.between(period.first, period.last), *_of_kind(Contribution.kind, kind))
    rows: dict[UUID, ActivityRow] = {}
    for row in db.session.execute(query.order_by(Contribution.held_on.desc(), Activity.id)):
        one = rows.setdefault(row.id, ActivityRow(row.id, row.title, row.kind, row.held_on, Counter()))
        if row.amount:
            one.amounts[row.definition_id] += row.amount
    return list(rows.values())


def _columns(met: set[UUID]) -> list[Column]:
    if not met:
        return []
    found = db.session.scalars(select(IndicatorDefinition).where(IndicatorDefinition.id.in_(met)))
    columns = [Column(d.id, d.code, d.label, d.unit, d.measure == "money", TASKS.get(d.code, "")) for d in found]
    return sorted(columns, key=lambda column: (PLACES.get(column.code, LAST), column.code, column.id))


def _declared() -> list[Indicator]:
    """Return every indicator once: what all kinds count, then task by task, then what serves no task, each in its declared order."""
    every = {
        one.code: one for one in (*SHARED_INDICATORS, *(one for kind in KINDS.values() for one in kind.indicators))
    }
    tasks = list(dict.fromkeys(one.task for one in every.values() if one.task))
    return sorted(every.values(), key=lambda one: -1 if one in SHARED_INDICATORS else [*tasks, ""].index(one.task))


LAST = 999
TASKS = {one.code: one.task for one in _declared()}
PLACES = {one.code: place for place, one in enumerate(_declared())}


def _of_kind(column: InstrumentedAttribute[str], kind: str) -> tuple[ColumnElement[bool], ...]:
    return (column == kind,) if kind else ()


def _kind_order(code: str) -> tuple[int, str]:
    return (list(KINDS).index(code) if code in KINDS else LAST, code)


def _sum(counted: Iterable[Amounts]) -> Amounts:
    """Add amounts; Counter's own `+` would drop negative ones."""
    found: Amounts = Counter()
    for one in counted:
        found.update(one)
    return found
