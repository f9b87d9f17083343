"""Somebody is let in whom a rule refuses: by an organiser, with a reason, for everybody to see afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import eligibility, queries, rules
from eventsvc.registrations.eligibility import Judged
from eventsvc.registrations.events import RulesSetAside
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service.arrival import LONGEST_WHY
from eventsvc.registrations.service.change import party_of
from eventsvc.registrations.service.standing import admit


@transactional
def let_in(registration_id: UUID, *, override: str = "", actor: Actor, now: datetime) -> Standing:
    """Admit a party that was to be looked at. What has come to refuse it since (the roll knows it now) is set aside only with a reason."""
    record = queries.by_id(registration_id)
    queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, Role.ORGANISER)
    said = rules.reason(override, LONGEST_WHY) if override else ""
    found = judged_now(record, override=bool(said))
    found.must_hold()
    if found.set_aside:
        kept = {**record.overridden, **dict.fromkeys(found.set_aside, True)}
        db.session.execute(update(R).where(R.c.id == record.id).values(overridden=kept))
        announce(RulesSetAside(record.id, record.opening.id, found.set_aside, said, now, actor.id))
    return admit(registration_id, actor=actor, now=now)


def judged_now(record: Record, *, override: bool = False) -> Judged:
    """Return what the rules say of a party as it stands today."""
    party = party_of(record)
    return eligibility.judged(record.opening.kind, record.opening.plan, party, set_aside=record.overridden, override=override)
