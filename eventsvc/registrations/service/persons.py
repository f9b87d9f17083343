"""One person of a party goes, or another comes instead; and the people whom somebody else signed up say themselves that they come.

A place is freed where each has one; a couple stays one party on one place. Who is gone stays a row, dated: the history of a
party can be told, and nobody meets them in a list, on a paper or at the door.
"""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, exists, insert, select, update

from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations.errors import (
    AlreadySignedUp,
    AlreadyWithdrawn,
    HasCome,
    NoPlaceForThem,
    NothingToConfirm,
    TooLateToChange,
)
from eventsvc.registrations.events import Confirmed, PersonLeft, PersonReplaced
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import HowConfirmed, table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.schemas import Consent, Party, PersonAnswers
from eventsvc.registrations.service import places, rows, waiting, wanting
from eventsvc.registrations.service.change import party_of
from eventsvc.registrations.service.checking import check
from eventsvc.registrations.service.standing import GONE, KEPT_AFTER_GOING, may_touch, withdraw

V = table_of(VaultRow)


# -- one goes -----------------------------------------------------------------------------------------------------------


@transactional
def leave_one(registration_id: UUID, participant_id: UUID, *, now: datetime, actor: Actor | None = None) -> None:
    """Take one person out of a party, which stays; asked for twice, they are out once. With the last one the party goes."""
    record = _touched(registration_id, actor, now)
    one = _somebody(record, participant_id)
    if one.gone_at is not None:
        return
    if one.attended:
        raise HasCome
    old = party_of(record)
    left = tuple(person for person in old.people if person.role != one.role)
    if not left:
        withdraw(registration_id, now=now, actor=actor)
        return
    new = _still_called(old, replace(old, people=left), one.role)
    _let_go(one.id, now)
    _write_who(record, old, new)
    _take_places(record, new, now)
    announce(PersonLeft(record.id, record.opening.id, one.id, one.role, now, actor.id if actor else None))
    waiting.move_up(record.opening, now)


def _still_called(old: Party, new: Party, gone: str) -> Party:
    """Hand the telephone on: who came with somebody and has none is called where that one was."""
    phone = old.person(gone).phone
    if new.proxy or not phone or any(person.phone for person in new.people):
        return new
    first, *others = new.people
    return replace(new, people=(replace(first, answers={**first.answers, "phone": phone}), *others))


# -- another comes instead ----------------------------------------------------------------------------------------------


@transactional
def replace_one(registration_id: UUID, participant_id: UUID, told: tuple[PersonAnswers, Consent], *, actor: Actor, now: datetime) -> UUID:
    """Let another person come instead of one, with their own names, answers and check-in; return who they are now.

    They are looked at as if they had signed up: a place that depends on them (by sex, say) must be free.
    """
    record = _touched(registration_id, actor, now)
    one = _somebody(record, participant_id)
    if one.gone_at is not None:
        raise NotFound
    if one.attended:
        raise HasCome
    old = party_of(record)
    comes = replace(told[0], role=one.role)
    new = replace(old, people=tuple(comes if p.role == one.role else p for p in old.people), consent=_both(old.consent, told[1]))
    check(record.opening, new, today=day_of(now), set_aside=record.overridden)
    _let_go(one.id, now)
    made = _enter(record, one, comes, new)
    _write_who(record, old, new)
    _take_places(record, new, now, consents=rows.consents(new, now), confirmed_at=None, confirmed_how="", confirmed_by=None)
    announce(PersonReplaced(record.id, record.opening.id, one.id, made, one.role, now, actor.id))
    waiting.move_up(record.opening, now)
    return made


def _both(one: Consent, other: Consent) -> Consent:
    return Consent(**{f.name: getattr(one, f.name) or getattr(other, f.name) for f in fields(Consent)})


def _enter(record: Record, one: Row[Any], comes: PersonAnswers, party: Party) -> UUID:
    made = new_id()
    row = {"id": made, "registration_id": record.id, "activity_id": record.opening.id, "position": one.position, "role": one.role, "attended": False}
    db.session.execute(insert(T), row | {"search_blob": rows.search_blob(made, comes, party, keys())})
    if kept := rows.vault_rows(made, rows.person_secrets(record.opening, comes, party.asked), record.opening):
        db.session.execute(insert(V), kept)
    return made


# -- what both write ----------------------------------------------------------------------------------------------------


def _touched(registration_id: UUID, actor: Actor | None, now: datetime) -> Record:
    """Return a party with its pool locked, if it may be touched."""
    record = places.locked(registration_id)
    may_touch(record, actor, Role.ORGANISER)
    if record.standing in GONE:
        raise AlreadyWithdrawn
    if actor is None and not record.may_change(now):
        raise TooLateToChange
    return record


def _somebody(record: Record, participant_id: UUID) -> Any:
    query = select(T.c.id, T.c.role, T.c.position, T.c.attended, T.c.gone_at)
    found = db.session.execute(query.where(T.c.id == participant_id, T.c.registration_id == record.id)).first()
    if found is None:
        raise NotFound
    return found


def _let_go(participant_id: UUID, now: datetime) -> None:
    """Date the going; what is held of them is let go in a month."""
    db.session.execute(update(T).where(T.c.id == participant_id).values(gone_at=now))
    until = day_of(now) + KEPT_AFTER_GOING
    db.session.execute(update(V).where(V.c.owner_id == participant_id, V.c.purge_on > until).values(purge_on=until))


def _write_who(record: Record, old: Party, new: Party) -> None:
    """Claim the names of those who are in it now, and let each be found as they are now."""
    ring = keys()
    db.session.execute(delete(C).where(C.c.registration_id == record.id))
    with clash_means(AlreadySignedUp(title=record.opening.title)):
        if claims := rows.claims_of(record.opening.id, record.id, new, ring):
            db.session.execute(insert(C), claims)
    here = {row.role: row.id for row in db.session.execute(select(T.c.id, T.c.role).where(T.c.registration_id == record.id, T.c.gone_at.is_(None)))}
    were = {person.role: person.answers for person in old.people}
    for person in new.people:
        own = here[person.role]
        db.session.execute(update(T).where(T.c.id == own).values(search_blob=rows.search_blob(own, person, new, ring)))
        if person.answers != were.get(person.role):
            db.session.execute(delete(V).where(V.c.owner_id == own))
            db.session.execute(insert(V), rows.vault_rows(own, rows.person_secrets(record.opening, person, new.asked), record.opening))


def _take_places(record: Record, new: Party, now: datetime, **values: Any) -> None:
    n, wants = wanting.want(record.opening, new, at_the_door=True)
    if (n, wants) != (record.wanted, dict(record.wants)):
        if not places.may_have(record, n, wants):
            raise NoPlaceForThem
        places.shrink(record, n, wants)
    db.session.execute(update(R).where(R.c.id == record.id).values(changed_at=now, **values))


# -- they say themselves that they come -----------------------------------------------------------------------------------


@transactional
def confirm(registration_id: UUID, how: HowConfirmed, actor: Actor | None, now: datetime) -> None:
    """Write down that the people whom somebody else signed up said themselves that they come; once said it stays said."""
    record = places.locked(registration_id)
    may_touch(record, actor, Role.GROUP_LEADER)
    if record.standing in GONE:
        raise AlreadyWithdrawn
    if not record.to_confirm:
        raise NothingToConfirm
    if record.confirmed_at is not None:
        return
    _confirmed([record.id], how, actor.id if actor else None, now)
    announce(Confirmed(record.id, record.opening.id, how.value, now, actor.id if actor else None))


def confirm_by_coming(participant_ids: Iterable[UUID], *, by: UUID, now: datetime) -> None:
    """Whoever stands at the door has said that they come. Part of the check-in."""
    parties = select(T.c.registration_id).where(T.c.id.in_(list(participant_ids)))
    unsaid = list(db.session.scalars(select(R.c.id).where(R.c.id.in_(parties), R.c.by_proxy, R.c.confirmed_at.is_(None))))
    if unsaid:
        _confirmed(unsaid, HowConfirmed.ON_THE_DAY, by, now)


def unconfirm(participant_ids: Iterable[UUID]) -> None:
    """Take back what only a check-in said, when nobody of the party is checked in any more. Part of the undo."""
    parties = select(T.c.registration_id).where(T.c.id.in_(list(participant_ids)))
    here = exists(select(T.c.id).where(T.c.registration_id == R.c.id, T.c.attended))
    mine = (R.c.id.in_(parties), R.c.confirmed_how == HowConfirmed.ON_THE_DAY.value, ~here)
    db.session.execute(update(R).where(*mine).values(confirmed_at=None, confirmed_how="", confirmed_by=None))


def _confirmed(ids: list[UUID], how: HowConfirmed, by: UUID | None, now: datetime) -> None:
    db.session.execute(update(R).where(R.c.id.in_(ids)).values(confirmed_at=now, confirmed_how=how.value, confirmed_by=by))
