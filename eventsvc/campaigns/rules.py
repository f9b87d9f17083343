"""What is true of a campaign and of a unit that was asked: dates, numbers, who is missing, what is late."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol
from uuid import UUID

from eventsvc.campaigns.errors import DatesCrossed, DeadlinePassed, LaterThanAbove, NoSuchFigure, TargetBelowZero
from eventsvc.campaigns.workflow import DutyState
from eventsvc.core.periods import member_day_ordinal
from eventsvc.core.words import N_, Label, Words
from eventsvc.declare import Indicator
from eventsvc.kinds import KINDS

DEADLINES = ("plan_by", "due_on", "ends_on")
"""Days that a unit below may set earlier, never later."""
SOON = timedelta(days=3)
"""So long before reports are due, who has planned or held is reminded too."""


class Dated(Protocol):
    """What is looked at in a campaign."""

    starts_on: Any
    ends_on: Any
    plan_by: Any
    due_on: Any


# Dates and targets -------------------------------------------------------------------------------------------------


def check_dates(asked: Mapping[str, Any], today: date, above: Dated | None = None, before: Dated | None = None) -> None:
    """Refuse days that cross, that nobody could keep any more, or that lie behind those of the level above.

    `before` is what stands already: a deadline that passed since may stay as it is.
    """
    if asked["ends_on"] < asked["starts_on"]:
        raise DatesCrossed(fields={"ends_on": [DatesCrossed.words]})
    passed = {name for name in DEADLINES if _passed(asked.get(name), today) and getattr(before, name, None) != asked.get(name)}
    if passed:
        raise DeadlinePassed(fields={name: [DeadlinePassed.words] for name in sorted(passed)})
    plan_by, due_on = asked.get("plan_by"), asked.get("due_on")
    if plan_by and (plan_by > asked["ends_on"] or (due_on and plan_by > due_on)):
        raise DatesCrossed(fields={"plan_by": [N_("报计划的期限应在结束日期和报告期限之前")]})
    if due_on and due_on < asked["starts_on"]:
        raise DatesCrossed(fields={"due_on": [N_("报告期限早于开始日期，请核对")]})
    if above is not None and (late := [name for name in DEADLINES if later(asked.get(name), getattr(above, name))]):
        raise LaterThanAbove(fields={name: [LaterThanAbove.words] for name in late})


def later(below: date | None, above: date | None) -> bool:
    """Say whether a day of a unit below gives more time than the level above has; none at all is more than any."""
    return above is not None and (below is None or below > above)


def pushed(below: date | None, old: date | None, new: date | None) -> date | None:
    """Give the day of a unit below after the one above changed: the same stays the same, an earlier one stays, a later one comes in."""
    return new if below == old or later(below, new) else below


def _passed(day: date | None, today: date) -> bool:
    return day is not None and day < today


def check_targets(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the targets by the figure's code, or refuse what is below zero, unknown or said twice."""
    found: dict[str, int] = {}
    for at, row in enumerate(rows):
        if row["amount"] < 0:
            raise TargetBelowZero(fields={f"targets.{at}.amount": [TargetBelowZero.words]})
        if row["code"] in found or row["code"] not in FIGURES:
            raise NoSuchFigure(fields={f"targets.{at}.code": [NoSuchFigure.words]})
        found[row["code"]] = row["amount"]
    return found


def _figures() -> dict[str, Indicator]:
    found: dict[str, Indicator] = {}
    for kind in KINDS.values():
        for one in kind.indicators:
            if one.measure != "money":
                found.setdefault(one.code, one)
    return found


FIGURES = _figures()
"""What can be wanted of a unit, by code: the figures of all kinds, without money."""


def figure_choices() -> tuple[tuple[str, Label], ...]:
    """Return the figures that can be wanted, to choose from."""
    return tuple((code, one.label) for code, one in FIGURES.items())


# What a new campaign is offered ------------------------------------------------------------------------------------

MARK = N_("号")
_NUMBER = re.compile(
    r"^(?P<who>[^〔\[（(【\d]*)[〔\[（(【]\s*(?P<year>\d{4})\s*[〕\]）)】]"
    rf"\s*(?P<no>\d{{0,6}})\s*(?P<mark>{MARK}?)(?P<rest>.*)$"
)


def doc_number(typed: str) -> str:
    """Write a document's number as official papers do: the year in hexagonal brackets. What is no such number stays as it is."""
    found = _NUMBER.match(typed.strip())
    if found is None:
        return typed.strip()
    mark = found["mark"] or (MARK if found["no"] else "")
    return f"{found['who'].strip()}〔{found['year']}〕{found['no']}{mark}{found['rest'].strip()}"


def next_number(last: str, year: int) -> str:
    """Offer the number after the unit's last one; the first of a year is 1."""
    found = _NUMBER.match(last.strip())
    if found is None:
        return ""
    number = int(found["no"] or 0) + 1 if int(found["year"]) == year else 1
    return Words(N_("{who}〔{year}〕{number}号"), who=found["who"], year=year, number=number)


def offered(today: date, last_number: str = "") -> dict[str, Any]:
    """Offer the member day that comes next: its name, its number among all, a month around it, days that can be kept."""
    year = today.year if today <= date(today.year, 5, 29) else today.year + 1
    starts, ends = max(today, date(year, 5, 1)), date(year, 6, 10)
    return {
        "title": Words(N_("{year}年“5·29”第{number}个会员活动日系列活动"), year=year, number=member_day_ordinal(year)),
        "theme": Words(N_("第{number}个会员活动日"), number=member_day_ordinal(year)),
        "kinds": ["member_day"] if "member_day" in KINDS else [],
        "starts_on": starts, "ends_on": ends, "plan_by": max(today, date(year, 5, 15)), "due_on": date(year, 6, 8),
        "doc_number": next_number(last_number, year), "reach": "subtree",
    }  # fmt: skip


def first_day(campaign: Dated, today: date) -> date:
    """Offer the day of an activity: 5·29 if it falls into the campaign, else in two weeks, within its dates."""
    holiday = date(campaign.ends_on.year, 5, 29)
    if max(campaign.starts_on, today) <= holiday <= campaign.ends_on:
        return holiday
    return min(max(campaign.starts_on, today + timedelta(days=14)), campaign.ends_on)


# How far a unit is -------------------------------------------------------------------------------------------------

ANSWERED = frozenset({DutyState.PLANNED, DutyState.HELD, DutyState.REPORTED, DutyState.DECLINED})


@dataclass(frozen=True)
class Deed:
    """One activity under a chain of campaigns that a unit owns, or helps with."""

    root_id: UUID
    owned: bool
    state: DutyState | None
    """None: a draft, nobody above knows of it yet."""


def answer(deeds: Iterable[Deed]) -> tuple[DutyState | None, dict[str, int]]:
    """Return how far these activities bring a unit (None: nowhere), and the numbers of those it owns."""
    every = list(deeds)
    reached = [deed.state for deed in every if deed.state is not None]
    own = [deed.state for deed in every if deed.owned]
    numbers = {
        "begun": own.count(None), "activities": len(own) - own.count(None),
        "held": own.count(DutyState.HELD) + own.count(DutyState.REPORTED), "reported": own.count(DutyState.REPORTED),
    }  # fmt: skip
    order = (DutyState.PLANNED, DutyState.HELD, DutyState.REPORTED)
    return (max(reached, key=order.index) if reached else None), numbers


def waits_for_plan(state: DutyState, handed_on: bool) -> bool:
    """Say whether a unit has not answered: no plan, no refusal, not handed on either."""
    return state not in ANSWERED and not handed_on


def waits_for_report(state: DutyState) -> bool:
    """Say whether a unit has planned or held something of which no report came yet."""
    return state in (DutyState.PLANNED, DutyState.HELD)


def is_late(state: DutyState, handed_on: bool, campaign: Dated, today: date) -> bool:
    """Say whether a unit has let a deadline pass."""
    if waits_for_plan(state, handed_on):
        return any(day is not None and day < today for day in (campaign.plan_by, campaign.due_on, campaign.ends_on))
    return waits_for_report(state) and campaign.due_on is not None and campaign.due_on < today


def report_is_near(campaign: Dated, today: date) -> bool:
    """Say whether it is time to remind of reports too."""
    return campaign.due_on is not None and campaign.due_on - SOON <= today
