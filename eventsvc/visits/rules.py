"""Whose turn it is, and what a visit's answers mean: pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, Field, Number
from eventsvc.visits.models import Outcome, Way

SOON = timedelta(days=7)
COLUMNS = ("met", "topics", "referral", "has_problem", "next_on")
"""Answers of a visit that have a column of their own; numbers are materials, what is personal is sealed."""


class Turn(Labelled):
    """Where a household stands in its leader's round."""

    OVERDUE = "overdue", N_("已逾期")
    TODAY = "today", N_("今天该访")
    SOON = "soon", N_("近期该访")
    LATER = "later", N_("以后再访")
    SEEN = "seen", N_("已访到")
    DECLINED = "declined", N_("婉拒")


WAITING = (Turn.OVERDUE, Turn.TODAY, Turn.SOON, Turn.LATER)


def turn(today: date, *, due_on: date | None, visits: int, outcome: Outcome | None, next_on: date | None) -> Turn:
    """Say whose turn it is: a household that was seen comes up again a week before the day agreed with it."""
    if visits:
        return _by_day(next_on, today) if next_on and next_on <= today + SOON else Turn.SEEN
    if outcome is Outcome.DECLINED:
        return Turn.DECLINED
    return _by_day(due_on, today) if due_on else Turn.TODAY


def _by_day(day: date, today: date) -> Turn:
    if day < today:
        return Turn.OVERDUE
    if day == today:
        return Turn.TODAY
    return Turn.SOON if day <= today + SOON else Turn.LATER


@dataclass(frozen=True)
class Visit:
    """One visit as its leader wrote it down."""

    outcome: Outcome
    way: Way
    visited_on: date
    met: str = ""
    topics: tuple[str, ...] = ()
    referral: str = ""
    has_problem: bool = False
    next_on: date | None = None
    materials: Mapping[str, int] = field(default_factory=dict)
    found: Mapping[str, Any] = field(default_factory=dict)
    """What goes to the vault."""


def nobody_home(today: date) -> Visit:
    """Return the visit that one tap writes down."""
    return Visit(Outcome.NOBODY_HOME, Way.HOME, today)


def asked(kind: ActivityKind) -> tuple[Field, ...]:
    """Return what this kind asks at the door."""
    return tuple(f for f in kind.extra.get("visit", ()) if not f.retired)


def visit_of(kind: ActivityKind, answers: Mapping[str, Any]) -> Visit:
    """Sort the answers: into columns, into materials, into what is sealed. Who was not met told nothing."""
    outcome, way = Outcome(answers["outcome"]), Way(answers["way"])
    if outcome is not Outcome.SEEN:
        return Visit(outcome, way, answers["visited_on"], next_on=answers.get("next_on"))
    sealed = {f.name: answers[f.name] for f in asked(kind) if f.personal and answers.get(f.name)}
    given = {f.name: answers[f.name] for f in asked(kind) if isinstance(f, Number) and answers.get(f.name)}
    referral = answers.get("referral") or ""
    return Visit(
        outcome, way, answers["visited_on"], answers.get("met") or "", tuple(answers.get("topics") or ()),
        "" if referral == "none" else referral, bool(answers.get("has_problem") or sealed.get("problems")),
        answers.get("next_on"), given, sealed,
    )  # fmt: skip


def materials(given: Iterable[Mapping[str, int]]) -> tuple[int, int]:
    """Return (everything given away, books among it)."""
    given = list(given)
    return sum(sum(one.values()) for one in given), sum(one.get("books", 0) for one in given)


def materials_total(given: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add up what was given away, by what it is."""
    total: dict[str, int] = {}
    for one in given:
        for name, n in one.items():
            total[name] = total.get(name, 0) + n
    return total
