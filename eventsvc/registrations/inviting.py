"""Couples of the roll are invited to sign up: a link that fills the form in for them, once; answered by signing up or by saying no. Other features may ask it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.infra.crypto import hashed, keys
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import Organisation
from eventsvc.people import couples, honours
from eventsvc.people import queries as people
from eventsvc.people.honours import Known
from eventsvc.people.models import Couple, Household
from eventsvc.people.radar import seen_of
from eventsvc.people.rules import Sight
from eventsvc.registrations import queries
from eventsvc.registrations.eligibility import weighed
from eventsvc.registrations.errors import CannotInvite
from eventsvc.registrations.events import InvitationAnswered, Invited
from eventsvc.registrations.models import Invitation, table_of
from eventsvc.registrations.schemas import Party, PersonAnswers

I = table_of(Invitation)  # noqa: E741
PURPOSE = "invitation"
MAY_INVITE = (State.DRAFT, State.RETURNED, State.SUBMITTED, State.APPROVED, State.PUBLISHED)


@dataclass(frozen=True)
class Done:
    """What inviting came to."""

    invited: int = 0
    before: int = 0
    """Who was invited already."""
    passed: int = 0
    """Whom this ceremony leaves out, or whom the inviter may not see."""


@dataclass(frozen=True, repr=False)
class Invitee:
    """One invited couple, as much of it as the reader may see."""

    id: UUID
    names: str
    phones: list[tuple[str, str]]
    village: str
    leader: str
    declined: bool
    registration_id: UUID | None
    link: str
    """Its private address's secret; empty for who may not hand it on."""
    code: str = ""


@transactional
def invite(activity_id: UUID, couple_ids: Iterable[UUID], *, actor: Actor, now: datetime) -> Done:
    """Invite couples of the roll to an activity that honours couples; each once. A draft's invitations wait until it is published."""
    activity = _ceremony(activity_id, actor)
    wanted = list(dict.fromkeys(couple_ids))
    stand = set(db.session.scalars(select(I.c.couple_id).where(I.c.activity_id == activity_id, I.c.couple_id.in_(wanted))))
    fresh = [one for one in wanted if one not in stand]
    may = _may_come(activity, fresh, actor)
    rows = []
    for couple_id in may:
        own = new_id()
        secret = keys().secret(PURPOSE, own, 1)
        rows.append({"id": own, "activity_id": activity_id, "couple_id": couple_id, "secret_hash": hashed(secret), "secret_version": 1,
                     "created_at": now, "created_by": actor.id})  # fmt: skip
    if rows:
        db.session.execute(insert(I), rows)
        announce(Invited(activity_id, tuple(UUID(str(row["id"])) for row in rows), activity.state == State.PUBLISHED, now, actor.id))
    return Done(len(rows), len(stand), len(fresh) - len(rows))


def _ceremony(activity_id: UUID, actor: Actor) -> Activity:
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER)
    if not KINDS[activity.kind].extra.get("honours") or activity.state not in MAY_INVITE:
        raise CannotInvite
    return activity


def _may_come(activity: Activity, couple_ids: list[UUID], actor: Actor) -> list[UUID]:
    """Leave out whom the inviter may not see by name, and whom the ceremony's rules would refuse: too few years, honoured before."""
    rows = _couples(Couple.id.in_(couple_ids))
    near = people.nearness({couple.organisation_id for couple, *_ in rows}, actor) if rows else {}
    seen = [(c, h) for c, h, *_ in rows if people.sight_of(h, near[c.organisation_id], actor) in (Sight.WHOLE, Sight.NEAR)]
    opened = couples.held_of([(couple, home.number) for couple, home in seen])
    known = honours.known_all(one.two for one in opened)
    return [one.id for one, stands in zip(opened, known, strict=True) if not _refused(activity, one, stands)]


def _refused(activity: Activity, couple: couples.Held, known: Collection[Known]) -> bool:
    """Say whether a rule of this ceremony refuses a couple for what the roll knows: an invitation must not end in a no."""
    both = (("husband", couple.given.husband), ("wife", couple.given.wife))
    people = tuple(PersonAnswers(role, {"name": one.name, "born_on": one.born_on, "id_number": one.id_number}) for role, one in both)
    party = Party(people, {"married_on": couple.given.married, "honoured_before": "no"})
    return bool(weighed(KINDS[activity.kind], activity.plan, party, known).refusals)


def _couples(condition: Any) -> list[Any]:
    query = (
        select(Couple, Household, Organisation.name)
        .join(Household, Household.id == Couple.household_id)
        .join(Organisation, Organisation.id == Couple.organisation_id)
        .where(condition, Couple.ended_at.is_(None), Household.closed_at.is_(None))
    )
    return list(db.session.execute(query))


def to_invite_to(actor: Actor) -> list[tuple[UUID, str]]:
    """Return (id, title) of the ceremonies to come to which this actor may invite, the nearest first."""
    kinds = [kind.code for kind in KINDS.values() if kind.extra.get("honours")]
    query = select(Activity.id, Activity.title).where(Activity.kind.in_(kinds), Activity.state.in_(MAY_INVITE))
    mine = actor.places(Role.ORGANISER)
    host = select(Organisation.id).where(Organisation.id.in_(mine) | Organisation.parent_id.in_(mine))
    rows = db.session.execute(query.where(Activity.organisation_id.in_(host)).order_by(Activity.starts_at).limit(50))
    return [(row.id, row.title) for row in rows]


def invitees(activity_id: UUID, *, within: Actor) -> list[Invitee]:
    """Return whom an activity invited and what they answered, village by village. Whoever asks has checked the right to see people."""
    sent = {row.couple_id: row for row in db.session.execute(select(I).where(I.c.activity_id == activity_id))}
    rows = _couples(Couple.id.in_(sent))
    near = people.nearness({couple.organisation_id for couple, *_ in rows}, within) if rows else {}
    opened = {one.id: one for one in couples.held_of([(couple, home.number) for couple, home, _ in rows])}
    names = dict(_leaders({home.leader_id for _, home, _ in rows}))
    found = []
    for couple, home, village in rows:
        if couple.id not in opened:
            continue
        sight = people.sight_of(home, near[couple.organisation_id], within)
        called, phones, _ = seen_of(opened[couple.id].given, sight)
        row = sent[couple.id]
        link = keys().secret(PURPOSE, row.id, row.secret_version) if sight in (Sight.WHOLE, Sight.NEAR) else ""
        found.append(Invitee(row.id, called or home.number, list(phones), village, names.get(home.leader_id, ""),
                             row.declined_at is not None, row.registration_id, link))  # fmt: skip
    return sorted(found, key=lambda one: (one.village, one.leader))


def _leaders(ids: set[UUID | None]) -> list[tuple[UUID, str]]:
    return people.names_of_users([one for one in ids if one is not None])


def unanswered(activity_id: UUID) -> list[UUID]:
    """Return the invitations of an activity that nobody has answered."""
    query = select(I.c.id).where(I.c.activity_id == activity_id, I.c.declined_at.is_(None), I.c.registration_id.is_(None))
    return list(db.session.scalars(query))


# -- the one who was invited -----------------------------------------------------------------------------------------------


def by_secret(secret: str) -> tuple[UUID, UUID, str]:
    """Return (invitation, couple, the activity's slug) of a link, or raise NotFound: withdrawn, or not published yet."""
    query = select(I.c.id, I.c.couple_id, Activity.slug, Activity.state).join(Activity, Activity.id == I.c.activity_id)
    row = db.session.execute(query.where(I.c.secret_hash == hashed(secret))).first()
    if row is None or not row.slug or row.state in (State.DRAFT, State.SUBMITTED, State.RETURNED, State.APPROVED):
        raise NotFound
    return row.id, row.couple_id, row.slug


def filled(secret: str, slug: str) -> Mapping[str, Any] | None:
    """Return what the roll can fill in: both names and the wedding date, as it was said. Nothing for a link of another activity."""
    try:
        _, couple_id, its_slug = by_secret(secret)
    except NotFound:
        return None
    found = couples.held(Couple.id == couple_id)
    if its_slug != slug or not found or found[0].ended:
        return None
    given = found[0].given
    return {
        "people": {"husband": {"name": given.husband.name}, "wife": {"name": given.wife.name}},
        "answers": {"married_on": given.married.to_dict()},
    }


@transactional
def answer(secret: str, slug: str, registration_id: UUID | None, *, now: datetime) -> bool:
    """Write down what came of an invitation: a sign-up, or (None) that they will not come. A sign-up is never undone by a no."""
    try:
        own, _, its_slug = by_secret(secret)
    except NotFound:
        return False
    if its_slug != slug:
        return False
    values = {"declined_at": now} if registration_id is None else {"registration_id": registration_id, "declined_at": None}
    mine = update(I).where(I.c.id == own, I.c.registration_id.is_(None), *((I.c.declined_at.is_(None),) if registration_id is None else ()))
    if changed(db.session.execute(mine.values(values))) != 1:
        return False
    activity_id = db.session.scalar(select(I.c.activity_id).where(I.c.id == own))
    assert activity_id
    announce(InvitationAnswered(own, activity_id, registration_id, now))
    return True
