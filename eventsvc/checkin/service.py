"""The door: people come, one check-in stands for each. A repeat is harmless: the phone names what it does."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update

from eventsvc.checkin import queries
from eventsvc.checkin.counting import tally, undo_tally
from eventsvc.checkin.errors import AnotherUse, NobodyChosen, NoList, NoPlaceLeft, NotOnTheList
from eventsvc.checkin.events import CheckedIn, CheckInUndone
from eventsvc.checkin.models import CheckIn, Method
from eventsvc.checkin.opening import open_door
from eventsvc.checkin.queries import places_for
from eventsvc.core.actor import Actor
from eventsvc.core.codes import new_id
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.registrations import queries as registrations
from eventsvc.registrations import service as sign_up
from eventsvc.registrations.errors import AnotherBody
from eventsvc.registrations.models import Channel, Participant, Registration, Standing
from eventsvc.registrations.schemas import Party
from eventsvc.registrations.service import persons
from eventsvc.registrations.service.arrival import fingerprint


@transactional
def check_in(activity_id: UUID, participant_ids: Iterable[UUID], *, method: Method = Method.LIST, actor: Actor, now: datetime,
             id: UUID | None = None) -> int:  # fmt: skip
    """Check people in, a whole party in one go; return how many had not come yet.

    The pool's row is locked first, as by whoever withdraws: nobody is checked in who is just leaving. The guarded UPDATE of
    `attended` decides who of two phones was first. The same id again does nothing, even after an undo; for someone else it is refused.
    """
    activity = open_door(activity_id, actor, now)
    wanted = sorted(set(participant_ids))
    if not wanted:
        raise NobodyChosen
    registrations.pool_of(activity_id, lock=True)
    _must_have_places(activity_id, wanted)
    ids = _ids(wanted, id)
    fresh = [one for one in wanted if one not in _seen_before(ids, activity_id)] if id else wanted
    came = update(Participant).where(Participant.id.in_(fresh), ~Participant.attended).values(attended=True).returning(Participant.id)
    arrived = sorted(db.session.scalars(came, execution_options={"synchronize_session": False}))
    if arrived:
        rows = [{"id": ids[one], "activity_id": activity.id, "participant_id": one, "method": method, "at": now, "by": actor.id} for one in arrived]
        with clash_means(AnotherUse()):
            db.session.execute(insert(CheckIn), rows)
        persons.confirm_by_coming(arrived, by=actor.id, now=now)
        announce(CheckedIn(activity.id, tuple(arrived), method.value, actor.id, now))
    return len(arrived)


@transactional
def undo(activity_id: UUID, participant_ids: UUID | Iterable[UUID], *, actor: Actor, now: datetime) -> int:
    """Take check-ins back: dated, not deleted; return how many stood."""
    activity = open_door(activity_id, actor, now)
    wanted = [participant_ids] if isinstance(participant_ids, UUID) else sorted(set(participant_ids))
    mine = (Participant.id.in_(wanted), Participant.activity_id == activity_id, Participant.attended)
    gone = update(Participant).where(*mine).values(attended=False).returning(Participant.id)
    left = sorted(db.session.scalars(gone, execution_options={"synchronize_session": False}))
    if left:
        standing = (CheckIn.participant_id.in_(left), CheckIn.undone_at.is_(None))
        db.session.execute(update(CheckIn).where(*standing).values(undone_at=now, undone_by=actor.id))
        persons.unconfirm(left)
        announce(CheckInUndone(activity.id, tuple(left), actor.id, now))
    return len(left)


@transactional
def all_came(activity_id: UUID, *, method: Method = Method.LIST, actor: Actor, now: datetime) -> int:
    """Check in everybody who has a place and did not come yet; return how many."""
    open_door(activity_id, actor, now)
    query = select(Participant.id).join(Registration, Registration.id == Participant.registration_id)
    query = query.where(Registration.activity_id == activity_id, Registration.standing == Standing.PLACED, ~Participant.attended)
    query = query.where(Participant.gone_at.is_(None))
    missing = list(db.session.scalars(query))
    return check_in(activity_id, missing, method=method, actor=actor, now=now) if missing else 0


@transactional
def catch_up(activity_id: UUID, came: Sequence[UUID], gone: Sequence[UUID], *, actor: Actor, now: datetime) -> tuple[int, int]:
    """Enter a paper sheet in one save: who came, and whose tick was taken away; return how many of each changed."""
    came_now = check_in(activity_id, came, method=Method.PAPER, actor=actor, now=now) if came else 0
    return came_now, undo(activity_id, gone, actor=actor, now=now) if gone else 0


@transactional
def walk_in(activity_id: UUID, party: Party, *, over: bool = False, actor: Actor, now: datetime, id: UUID | None = None) -> UUID:
    """Write down a party that came without a sign-up, and check it in: both or neither. Over the cap only when told so."""
    activity = open_door(activity_id, actor, now)
    pool = registrations.pool_of(activity_id, lock=True)
    if pool is None:
        raise NoList
    id = id or new_id()
    if (before := _walked_in_before(id, party)) is not None:
        return before
    if not over and not registrations.has_room(activity_id, places_for(activity, len(party.people))):
        raise NoPlaceLeft(capacity=pool.cap)
    made = sign_up.add_by_staff(activity_id, party, channel=Channel.WALK_IN, nonce=f"walk-in:{id}", actor=actor, now=now)
    people = list(db.session.scalars(select(Participant.id).where(Participant.registration_id == made)))
    check_in(activity_id, people, method=Method.WALK_IN, actor=actor, now=now, id=id)
    return made


@transactional
def undo_walk_in(activity_id: UUID, registration_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take back a party that was written down at the door by mistake: its check-in, its place, its data a month later."""
    open_door(activity_id, actor, now)
    party = queries.party(activity_id, registration_id)
    if party.channel != Channel.WALK_IN:
        raise NotOnTheList
    undo(activity_id, [person.id for person in party.people], actor=actor, now=now)
    sign_up.withdraw(registration_id, actor=actor, now=now)


def _must_have_places(activity_id: UUID, wanted: Sequence[UUID]) -> None:
    query = select(Participant.id).join(Registration, Registration.id == Participant.registration_id)
    query = query.where(Participant.id.in_(wanted), Participant.activity_id == activity_id, Registration.standing == Standing.PLACED)
    query = query.where(Participant.gone_at.is_(None))
    if len(set(db.session.scalars(query))) != len(wanted):
        raise NotOnTheList


def _ids(wanted: Sequence[UUID], id: UUID | None) -> dict[UUID, UUID]:
    """Name the rows: the first person's row carries the phone's id, the others' follow from it."""
    if id is None:
        return {one: new_id() for one in wanted}
    return {one: uuid5(id, str(one)) if at else id for at, one in enumerate(wanted)}


def _seen_before(ids: dict[UUID, UUID], activity_id: UUID) -> set[UUID]:
    """Return whom a repeat names again; refuse an id that was somebody else's."""
    query = select(CheckIn.id, CheckIn.participant_id, CheckIn.activity_id).where(CheckIn.id.in_(list(ids.values())))
    rows = db.session.execute(query).all()
    if any(row.activity_id != activity_id or ids.get(row.participant_id) != row.id for row in rows):
        raise AnotherUse
    return {row.participant_id for row in rows}


def _walked_in_before(id: UUID, party: Party) -> UUID | None:
    query = select(Registration.id, Registration.fingerprint, CheckIn.method).select_from(CheckIn)
    query = query.join(Participant, Participant.id == CheckIn.participant_id).join(Registration, Registration.id == Participant.registration_id)
    row: Any = db.session.execute(query.where(CheckIn.id == id)).first()
    if row is None:
        return None
    if row.method != Method.WALK_IN:
        raise AnotherUse
    if row.fingerprint != fingerprint((party,)):
        raise AnotherBody
    return UUID(str(row.id))


__all__ = ["all_came", "catch_up", "check_in", "tally", "undo", "undo_tally", "undo_walk_in", "walk_in"]
