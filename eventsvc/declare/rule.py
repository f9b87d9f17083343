"""Rules of who may come: each says that it holds, refuses with its facts, or can't tell; all speak, not only the first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from eventsvc.core.errors import Conflict, DomainError
from eventsvc.core.words import N_, Label, Words

Plan = Mapping[str, Any]
Told = Mapping[str, Any]
"""A party's answers, its `people`, and what the rule `needs` besides."""
Outcome = Literal["holds", "refuses", "cant_tell"]


class Doubt(Conflict):
    """Not refused: somebody has to look. Its words say at what."""


@dataclass(frozen=True)
class Verdict:
    """What one rule says of one party; `said` has the stable code, the words and the facts."""

    outcome: Outcome = "holds"
    said: DomainError | None = None

    @property
    def holds(self) -> bool:
        """Say whether there is nothing to say."""
        return self.outcome == "holds"


HOLDS = Verdict()


def refuses(no: DomainError) -> Verdict:
    """Say no."""
    return Verdict("refuses", no)


def cant_tell(doubt: Doubt) -> Verdict:
    """Say that somebody has to look."""
    return Verdict("cant_tell", doubt)


def _always(_plan: Plan) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """One rule that a kind declares. `says` are all its refusals and doubts: what is stored by code is said again from them."""

    code: str
    label: Label
    check: Callable[[Plan, Told], Verdict]
    says: tuple[type[DomainError], ...] = ()
    needs: tuple[str, ...] = ()
    """Facts that the party cannot tell: "honours" are those of the couple that stand on the roll."""
    when: Callable[[Plan], bool] = _always
    """Whether the organiser's plan asks for it at all."""

    def judge(self, plan: Plan, told: Told) -> Verdict:
        """Give the verdict; a rule that the plan does not ask for holds."""
        return self.check(plan, told) if self.when(plan) else HOLDS


@dataclass(frozen=True)
class Finding:
    """A rule with what it said."""

    rule: Rule
    verdict: Verdict


def judge(rules: Iterable[Rule], plan: Plan, told: Told) -> list[Finding]:
    """Ask every rule; return those that do not hold, in their order."""
    asked = (Finding(rule, rule.judge(plan, told)) for rule in rules)
    return [one for one in asked if not one.verdict.holds]


def needed(rules: Iterable[Rule], plan: Plan) -> frozenset[str]:
    """Return the facts that this plan's rules need besides what the party told."""
    return frozenset(fact for rule in rules if rule.when(plan) for fact in rule.needs)


def together(refusals: Iterable[DomainError]) -> DomainError:
    """Make one refusal of several: the first one's code, everybody's words and fields."""
    first, *others = refusals
    if not others:
        return first
    said: str = first.said
    for no in others:
        said = Words(N_("{one}；{other}"), one=said, other=no.said)
    fields: dict[str, list[str]] = {}
    for no in (first, *others):
        for name, words in no.fields.items():
            fields[name] = [*fields.get(name, []), *words]
    first.said, first.fields, first.args = Words(N_("{one}"), one=said), fields, (said,)
    first.facts = {**first.facts, "also": [no.code for no in others]}
    return first
