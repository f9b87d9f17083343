"""What a party must satisfy before anything is written: right, agreed to, and eligible as the kind says."""

from collections.abc import Collection
from datetime import date

from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_
from eventsvc.registrations import eligibility, openings, rules
from eventsvc.registrations.eligibility import Judged
from eventsvc.registrations.errors import FormChanged
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import Party


def check(opening: Opening, party: Party, *, today: date, at_the_door: bool = False, set_aside: Collection[str] = ()) -> Judged:
    """Refuse a party that cannot be right or does not fit the kind; return what must be looked at, and what staff set aside."""
    if not at_the_door and party.asked.version != opening.asked.version:
        raise FormChanged
    if faults := rules.faults(opening.kind, party, today, at_the_door=at_the_door):
        raise Invalid(fields=faults)
    if party.village and party.village not in openings.villages(opening.organisation_id):
        raise Invalid(fields={"village": [N_("请从列出的选项中选择")]})
    if at_the_door:
        return Judged()
    found = eligibility.judged(opening.kind, opening.plan, party, set_aside=set_aside, override=bool(party.override))
    found.must_hold()
    return found
