"""Heard from reports. One is accepted: the couples who came stand on the roll of honours. It is taken back: they do not, until it is accepted again."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from eventsvc.activities import queries as activities
from eventsvc.core.actor import SYSTEM
from eventsvc.core.lunar import Anniversary
from eventsvc.core.periods import day_of
from eventsvc.kinds import KINDS
from eventsvc.people import honours
from eventsvc.people.honours import Spouse, Two
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import PartyRow, PersonRow
from eventsvc.reports.events import ReportMoved


def hear(event: ReportMoved) -> None:
    """Follow an activity's report: of kinds that honour couples only."""
    if event.action not in ("accept", "reopen"):
        return
    activity = activities.activity(event.activity_id, within=SYSTEM)
    if not KINDS[activity.kind].extra.get("honours"):
        return
    if event.action == "reopen":
        honours.take_back(activity.id)
        return
    day = day_of(activity.starts_at)
    for party in registrations.roster(activity.id, Standing.PLACED):
        if any(person.attended for person in party.people):
            two = two_of(party)
            honours.honour(activity.organisation_id, two, _milestone(party.answers, day), day, now=event.at,
                           activity_id=activity.id, registration_id=party.id)  # fmt: skip


def two_of(party: PartyRow) -> Two:
    """Return an opened party as the roll of honours knows couples."""
    both = [_spouse(person) for person in party.people[:2]]
    return Two(both[0], both[1] if len(both) > 1 else Spouse(), honours.wedding_years(_married(party.answers)))


def _spouse(person: PersonRow) -> Spouse:
    born = date.fromisoformat(person.born_on) if person.born_on else None
    return Spouse(person.name, born, str(person.extra.get("id_number") or ""))


def _milestone(answers: Mapping[str, Any], day: date) -> int:
    married = _married(answers)
    return honours.milestone(married.years_on(day)[0] if married else 0)


def _married(answers: Mapping[str, Any]) -> Anniversary | None:
    told = answers.get("married_on")
    return Anniversary.from_dict(told) if told else None
