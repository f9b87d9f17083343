"""One file or folder per kind of activity, read at import: a wrong kind stops the start."""

import importlib
import pkgutil
from collections.abc import Iterable

from eventsvc.core.words import Label
from eventsvc.declare import ActivityKind, Counter, Document, Field, Indicator, Person, Personal, Rows

FACTS = frozenset({
    "activities", "person_times", "parties_registered", "parties_present", "people_present", "walk_ins", "spending",
    "households_due", "households_seen", "visits_made", "problems", "referrals", "materials",
})  # fmt: skip
"""What the system knows by itself and an indicator may be `of`; beside them `counter:<code>` of the kind's own counters."""

SHARED_PLAN = frozenset({
    "purpose", "audience", "schedule", "duties", "materials", "safety", "publicity", "eligibility", "permit",
})  # fmt: skip
"""Planning answers that every kind has: a kind's own lie beside them and may not take their names."""


class WrongKind(Exception):
    """A kind of activity breaks a promise; the words say which."""


def read_kinds() -> dict[str, ActivityKind]:
    """Read every file and folder beside this one; a double code or a broken promise raises WrongKind."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return checked(_declared(name) for name in names)


def checked(kinds: Iterable[ActivityKind]) -> dict[str, ActivityKind]:
    """Return the kinds by their codes, each checked."""
    known: dict[str, ActivityKind] = {}
    for kind in kinds:
        if kind.code in known:
            raise WrongKind(f"{kind.code}: the code is used twice")
        if faults := list(_faults(kind)):
            raise WrongKind(f"{kind.code}: {'; '.join(faults)}")
        known[kind.code] = kind
    return known


def _declared(name: str) -> ActivityKind:
    kind = getattr(importlib.import_module(f"{__name__}.{name}"), "KIND", None)
    if not isinstance(kind, ActivityKind):
        raise WrongKind(f"{name}: has no KIND")
    return kind


def _faults(kind: ActivityKind) -> Iterable[str]:
    yield from _nameless(kind)
    yield from _doubles(kind)
    yield from _wrong_indicators(kind)
    yield from _wrong_capabilities(kind)
    yield from (f"the planning question {f.name} takes a shared name" for f in kind.plan if f.name in SHARED_PLAN)


def _nameless(kind: ActivityKind) -> Iterable[str]:
    labelled: list[tuple[str, Label]] = [("kind", kind.label), ("about", kind.about)]
    labelled += [(f"question {f.name}", f.label) for f in questions(kind)]
    coded: list[Indicator | Counter | Document] = [*kind.indicators, *kind.counters, *kind.documents]
    labelled += [(f"{type(x).__name__} {x.code}", x.label) for x in coded]
    labelled += [(f"unit of {x.code}", x.unit) for x in coded if not isinstance(x, Document)]
    yield from (f"no label: {what}" for what, label in labelled if not label)


def _doubles(kind: ActivityKind) -> Iterable[str]:
    groups = {
        "plan": [f.name for f in kind.plan], "sign_up": [f.name for f in kind.sign_up],
        "report": [f.name for f in kind.report_questions], "visit": [f.name for f in kind.extra.get("visit", ())],
        "indicators": [i.code for i in kind.indicators], "counters": [c.code for c in kind.counters],
        "documents": [d.code for d in kind.documents],
    }  # fmt: skip
    for person in parts(kind):
        groups[f"person {person.role}"] = [f.name for f in person.fields()]
    for group, names in groups.items():
        yield from (f"{group}: {name} stands twice" for name in sorted({n for n in names if names.count(n) > 1}))


def _wrong_indicators(kind: ActivityKind) -> Iterable[str]:
    counters = {f"counter:{c.code}" for c in kind.counters}
    for indicator in kind.indicators:
        if indicator.of.startswith("counter:") and indicator.of not in counters:
            yield f"indicator {indicator.code}: no such counter: {indicator.of}"
        elif indicator.of and indicator.of not in FACTS | counters:
            yield f"indicator {indicator.code}: no such fact: {indicator.of}"


def _wrong_capabilities(kind: ActivityKind) -> Iterable[str]:
    if kind.has("sign_up") != (kind.party is not None):
        yield "sign-up and a party go together"
    if kind.has("counters") != bool(kind.counters):
        yield "counters are declared exactly where they can be used"
    if kind.has("round") != bool(kind.extra.get("visit")):
        yield "a round has questions for its visits"
    if any(d.each == "registration" for d in kind.documents) and not kind.has("sign_up"):
        yield "a paper for each registration needs sign-up"


def questions(kind: ActivityKind) -> list[Field]:
    """Return every question that a kind asks anywhere, those of its people and the columns of its tables included."""
    people = [f for person in parts(kind) for f in person.fields()]
    found = [*kind.plan, *kind.sign_up, *people, *kind.report_questions, *kind.extra.get("visit", ())]
    return found + [column for f in found if isinstance(f, Rows) for column in f.of]


def parts(kind: ActivityKind) -> tuple[Person, ...]:
    """Return the parts of a kind's party, one that several play once."""
    return (*kind.party.people, *(() if kind.party.more is None else (kind.party.more,))) if kind.party else ()


def personal_questions(kind: ActivityKind) -> dict[str, Personal]:
    """Return the questions whose answers are personal, with their class."""
    return {f.name: f.personal for f in questions(kind) if f.personal}


KINDS = read_kinds()
"""Every kind of activity by its code."""

__all__ = ["FACTS", "KINDS", "SHARED_PLAN", "WrongKind", "checked", "personal_questions", "questions", "read_kinds"]
