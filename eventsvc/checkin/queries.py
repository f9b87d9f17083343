"""Who came, who did not yet, and what was counted: read in a few statements."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select

from eventsvc.activities.models import Activity
from eventsvc.checkin.models import CheckIn, Tally
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.core.pinyin import matches
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.models import Channel, Participant, Registration, Standing
from eventsvc.registrations.queries import PartyRow


@dataclass(frozen=True)
class Attendance:
    """How many came, of how many who have a place. A party is present when all its people are."""

    parties_placed: int = 0
    parties_present: int = 0
    people_placed: int = 0
    people_present: int = 0
    walk_ins: int = 0
    """Parties that were written down at the door and came."""


@dataclass(frozen=True)
class Last:
    """The last thing that somebody counted and may take back."""

    id: UUID
    amount: int
    at: datetime


def attendance(activity_id: UUID) -> Attendance:
    """Return the attendance of an activity, in one statement."""
    came = func.sum(case((Participant.attended, 1), else_=0))
    parties = (
        select(Registration.channel.label("channel"), func.count().label("people"), came.label("came"))
        .join(Participant, Participant.registration_id == Registration.id)
        .where(Registration.activity_id == activity_id, Registration.standing == Standing.PLACED, Participant.gone_at.is_(None))
        .group_by(Registration.id, Registration.channel)
        .subquery()
    )
    whole = case((parties.c.came == parties.c.people, 1), else_=0)
    at_door = case((parties.c.channel == Channel.WALK_IN, whole), else_=0)
    sums = (func.count(), func.sum(whole), func.sum(parties.c.people), func.sum(parties.c.came), func.sum(at_door))
    row = db.session.execute(select(*sums).select_from(parties)).one()
    return Attendance(*(int(value or 0) for value in row))


def tallies(activity_id: UUID) -> dict[str, int]:
    """Return what was counted, by counter, in one statement."""
    query = select(Tally.counter, func.sum(Tally.amount)).where(Tally.activity_id == activity_id, Tally.undone_at.is_(None))
    return {counter: int(n) for counter, n in db.session.execute(query.group_by(Tally.counter))}


def last_tallies(activity_id: UUID, actor: Actor) -> dict[str, Last]:
    """Return the last count of this actor on each counter: what "undo" takes back."""
    query = select(Tally.counter, Tally.id, Tally.amount, Tally.at).where(Tally.activity_id == activity_id, Tally.by == actor.id)
    rows = db.session.execute(query.where(Tally.undone_at.is_(None)).order_by(Tally.at, Tally.id))
    return {row.counter: Last(row.id, row.amount, row.at) for row in rows}


def door(activity_id: UUID, *, within: Actor) -> Activity:
    """Return an activity for somebody who stands at its door: staff of the host unit or of the one above.

    Out of reach it is missing; whoever may only see it is told so.
    """
    activity = db.session.get(Activity, activity_id)
    if activity is None:
        raise NotFound
    if within.id == SYSTEM.id or stands_at_door(activity, within):
        return activity
    if within.can(Role.VIEWER, organisations.lineage(activity.organisation_id)):
        raise NotAllowed
    raise NotFound


def stands_at_door(activity: Activity, actor: Actor) -> bool:
    """Say whether somebody checks people in here: those who see who signed up, and the host's group leaders."""
    return registrations.sees_people(activity, actor, Role.GROUP_LEADER)


def door_list(activity_id: UUID, q: str = "", *, only_missing: bool = False) -> list[PartyRow]:
    """Return the parties that have a place, as a Chinese list goes, narrowed to those that a few letters or digits mean.

    Searching looks in memory, within this one activity, at what was sealed for searching when they signed up.
    """
    parties = registrations.roster(activity_id, Standing.PLACED)
    if q.strip():
        meant = _meant(activity_id, q)
        parties = [party for party in parties if meant & {person.id for person in party.people} or _is_code(party, q)]
    return [party for party in parties if not (only_missing and all(person.attended for person in party.people))]


def party(activity_id: UUID, registration_id: UUID) -> PartyRow:
    """Return one party of this activity, or NotFound; whoever asks stands at the door."""
    belongs = select(Registration.id).where(Registration.id == registration_id, Registration.activity_id == activity_id)
    if db.session.scalar(belongs) is None:
        raise NotFound
    return registrations.parties([registration_id])[0]


def by_code(code: str, *, within: Actor | None) -> tuple[UUID, UUID] | None:
    """Return (activity, registration) of a printed code to somebody who stands at that door; to anyone else nothing."""
    if within is None:
        return None
    query = select(Activity, Registration.id).join(Registration, Registration.activity_id == Activity.id)
    found = db.session.execute(query.where(Registration.code == code)).first()
    if found is None or not stands_at_door(found[0], within):
        return None
    return found[0].id, found[1]


def is_full(activity: Activity) -> bool:
    """Say whether one more party would pass the cap, or pass by those who wait."""
    return not registrations.has_room(activity.id, places_for(activity))


def places_for(activity: Activity, people: int | None = None) -> int:
    """Return how many places a party of so many people takes; without a number, the smallest party there is."""
    shape = KINDS[activity.kind].party
    if shape is None:
        return 1
    return shape.places if people is None else shape.places_of(people)


def checked_in_at(activity_id: UUID) -> dict[UUID, datetime]:
    """Return when each person came."""
    query = select(CheckIn.participant_id, CheckIn.at).where(CheckIn.activity_id == activity_id, CheckIn.undone_at.is_(None))
    return {row.participant_id: row.at for row in db.session.execute(query)}


def _meant(activity_id: UUID, q: str) -> set[UUID]:
    query = select(Participant.id, Participant.search_blob).where(Participant.activity_id == activity_id, Participant.gone_at.is_(None))
    return {row.id for row in db.session.execute(query) if matches(registrations.search_of(row.id, row.search_blob), q)}


def _is_code(party: PartyRow, q: str) -> bool:
    typed = q.replace("-", "").replace(" ", "").upper()
    return len(typed) >= 4 and party.code.replace("-", "").startswith(typed)
