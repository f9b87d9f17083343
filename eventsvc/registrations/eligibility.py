"""What a kind's rules say of a party: asked with what the party told and what the roll of honours knows. Nothing is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from eventsvc.core.errors import DomainError
from eventsvc.declare import ActivityKind
from eventsvc.declare.rule import Finding, judge, needed, together
from eventsvc.people import honours
from eventsvc.people.honours import Known, Spouse, Two
from eventsvc.registrations import reasons
from eventsvc.registrations.schemas import Party


@dataclass(frozen=True)
class Judged:
    """What came of asking every rule; those that staff set aside say nothing any more."""

    findings: tuple[Finding, ...] = ()
    set_aside: tuple[str, ...] = ()
    """Codes of rules that would have refused."""

    @property
    def refusals(self) -> list[DomainError]:
        """Return every refusal."""
        return [f.verdict.said for f in self.findings if f.verdict.outcome == "refuses" and f.verdict.said]

    @property
    def doubts(self) -> list[DomainError]:
        """Return what somebody has to look at."""
        return [f.verdict.said for f in self.findings if f.verdict.outcome == "cant_tell" and f.verdict.said]

    @property
    def outcome(self) -> str:
        """Say how it stands as a whole: refuses, cant_tell or holds."""
        return "refuses" if self.refusals else "cant_tell" if self.doubts else "holds"

    @property
    def doubt(self) -> str:
        """Return the doubts as they are stored with the party."""
        return reasons.kept(self.doubts)

    def must_hold(self) -> None:
        """Raise every refusal in one."""
        if refusals := self.refusals:
            raise together(refusals)


def judged(kind: ActivityKind, plan: Mapping[str, Any], party: Party, *, set_aside: Collection[str] = (), override: bool = False) -> Judged:
    """Ask every rule of the kind. `set_aside` are codes of rules that were set aside before; `override` sets aside all that refuse."""
    needs = needed(kind.rules, plan)
    known = honours.known(two_of(party)) if "honours" in needs else []
    return weighed(kind, plan, party, known, set_aside=set_aside, override=override)


def weighed(
    kind: ActivityKind, plan: Mapping[str, Any], party: Party, known: Collection[Known], *, set_aside: Collection[str] = (), override: bool = False
) -> Judged:
    """Ask every rule with what the roll knows of the party already at hand: for lists."""
    told = {**party.answers, "people": tuple({"role": p.role, **p.answers} for p in party.people)}
    told["honours"] = tuple({"year": one.year, "milestone": one.milestone, "sure": one.sure} for one in known)
    found = judge(kind.rules, plan, told)
    aside = {f.rule.code for f in found if f.verdict.outcome == "refuses"} if override else set()
    left = tuple(f for f in found if f.rule.code not in aside and f.rule.code not in set_aside)
    return Judged(left, tuple(sorted(aside)))


def two_of(party: Party) -> Two:
    """Return the first two of a party as the roll of honours knows couples."""
    spouses = [Spouse(p.name or "", p.born_on, p.id_number or "") for p in party.people[:2]]
    spouses += [Spouse()] * (2 - len(spouses))
    return Two(spouses[0], spouses[1], honours.wedding_years(party.answers.get("married_on")))
