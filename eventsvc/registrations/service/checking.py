"""What a party must satisfy before anything is written: right, agreed to, and eligible as the kind says."""

from datetime import date

from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_
from eventsvc.registrations import openings, rules
from eventsvc.registrations.errors import FormChanged
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import Party


def check(opening: Opening, party: Party, *, today: date, at_the_door: bool = False) -> str:
    """Refuse a party that cannot be right or does not fit the kind; return why it must be looked at, or nothing."""
    if not at_the_door and party.asked.version != opening.asked.version:
        raise FormChanged
    if faults := rules.faults(opening.kind, party, today, at_the_door=at_the_door):
        raise Invalid(fields=faults)
    if party.village and party.village not in openings.villages(opening.organisation_id):
        raise Invalid(fields={"village": [N_("请从列出的选项中选择")]})
    if at_the_door:
        return ""
    told = {**party.answers, "people": tuple({"role": p.role, **p.answers} for p in party.people)}
    doubts = [rule(opening.plan, told) for rule in opening.kind.rules]
    return "；".join(filter(None, doubts))[:300]
