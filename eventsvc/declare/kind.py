"""What a kind of activity declares. Forms, pages, papers, figures and retention follow from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from eventsvc.core.words import N_, Label
from eventsvc.declare.fields import Field
from eventsvc.declare.party import PartyShape
from eventsvc.declare.rule import Rule

Capability = Literal["sign_up", "counters", "round"]
Measure = Literal["sum", "distinct", "money"]


@dataclass(frozen=True)
class Indicator:
    """One figure that climbs from the village to the province."""

    code: str
    label: Label
    unit: Label
    of: str = ""
    """The fact it is computed from (`reports.facts`), such as "parties_present" or "counter:leaflets"; empty: only given by hand."""
    measure: Measure = "sum"
    help: Label = ""
    version: int = 1
    task: str = ""
    """Which of the six key tasks it feeds."""


@dataclass(frozen=True)
class Counter:
    """Something that is tallied on the day instead of named."""

    code: str
    label: Label
    unit: Label
    steps: tuple[int, ...] = (1, 10, 50)


@dataclass(frozen=True)
class Document:
    """A paper that an activity of this kind can yield."""

    code: str
    label: Label
    template: str
    each: Literal["activity", "registration"] = "activity"
    after: Literal["approved", "published", "held"] = "approved"
    """From which state of the activity it makes sense."""
    help: Label = ""


def per_registration(code: str, label: Label, template: str, **more: Any) -> Document:
    """Declare a paper that every placed party gets one of."""
    return Document(code, label, template, each="registration", **more)


@dataclass(frozen=True)
class ScheduleLine:
    """A default line of the timetable: minutes from the start."""

    at: int
    what: str
    who: str = ""


@dataclass(frozen=True)
class BudgetLine:
    """A default line of the budget, in fen."""

    item: str
    fen: int
    source: str = "财政拨款"


@dataclass(frozen=True)
class Task:
    """Something to do, so many days from the activity (negative: before)."""

    offset: int
    what: Label


@dataclass(frozen=True, kw_only=True)
class ActivityKind:
    """One kind of activity, whole: a file in `kinds/` and nothing else makes it."""

    code: str
    label: Label
    about: Label
    """What this is for, in one plain sentence, shown when a kind is chosen."""
    version: int = 1
    can: frozenset[Capability] = frozenset()
    sign_up_optional: bool = False
    """The organiser decides whether sign-up is opened at all."""
    title: Callable[[str, date], str] = lambda unit, day: f"{unit}活动"
    """The default title from the unit's name and the day."""
    theme: str = ""
    purpose: str = ""
    capacity: int | None = None
    party: PartyShape | None = None
    plan: tuple[Field, ...] = ()
    plan_defaults: Callable[[date], dict[str, Any]] = lambda day: {}
    sign_up: tuple[Field, ...] = ()
    rules: tuple[Rule, ...] = ()
    bring: tuple[Label, ...] = ()
    schedule: tuple[ScheduleLine, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    tasks: tuple[Task, ...] = ()
    counters: tuple[Counter, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    documents: tuple[Document, ...] = ()
    report_questions: tuple[Field, ...] = ()
    dignified: bool = False
    """Special families: neutral titles, no faces, the assigned leader only."""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def has(self, capability: Capability) -> bool:
        """Say whether this kind has sign-up, counters or a round of visits."""
        return capability in self.can

    def document(self, code: str) -> Document | None:
        """Return the paper with this code."""
        return next((d for d in self.documents if d.code == code), None)

    def indicator(self, code: str) -> Indicator | None:
        """Return the indicator with this code."""
        return next((i for i in self.indicators if i.code == code), None)


SHARED_INDICATORS = (
    Indicator("activities_held", N_("举办活动"), N_("场"), of="activities"),
    Indicator("person_times", N_("参与人次"), N_("人次"), of="person_times"),
    Indicator("spending", N_("活动支出"), N_("元"), of="spending", measure="money"),
)
"""What every kind counts, so that a county's sum over kinds makes sense."""
