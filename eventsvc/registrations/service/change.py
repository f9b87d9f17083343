"""A party changes what it told us; the office corrects who somebody is. History keeps which questions, never the answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import Schema
from sqlalchemy import delete, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.periods import day_of
from eventsvc.declare import Field
from eventsvc.declare.conditions import age_of
from eventsvc.infra import vault
from eventsvc.infra.crypto import hashed, keys
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import attachments, queries, questionnaires
from eventsvc.registrations import consent as consents
from eventsvc.registrations.errors import AlreadySignedUp, AlreadyWithdrawn, NoRoomThere, TooLateToChange
from eventsvc.registrations.events import LinkRenewed, RegistrationChanged
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import table_of
from eventsvc.registrations.own import facts_known, nested
from eventsvc.registrations.queries import Record
from eventsvc.registrations.schemas import (
    UNCHANGEABLE,
    Consent,
    Party,
    PartySchema,
    PersonAnswers,
    Proxy,
    asked_of,
    asked_of_party,
)
from eventsvc.registrations.service import places, rows, waiting, wanting
from eventsvc.registrations.service.checking import check
from eventsvc.registrations.service.standing import GONE

V = table_of(VaultRow)


@transactional
def change(registration_id: UUID, told: tuple[Party, ...], *, now: datetime) -> None:
    """Write down a party's new answers, given by whoever holds its link. Who they are stays as it was."""
    record = places.locked(registration_id)
    if record.standing in GONE:
        raise AlreadyWithdrawn
    if not record.may_change(now):
        raise TooLateToChange
    old = party_of(record)
    people = tuple(
        replace(new, answers={**new.answers, **{k: v for k, v in was.answers.items() if k in UNCHANGEABLE}})
        for new, was in zip(told[0].people, old.people, strict=True)
    )
    _rewrite(record, old, replace(told[0], people=people), None, now)


@transactional
def correct(registration_id: UUID, told: tuple[Party, ...], *, actor: Actor, now: datetime) -> None:
    """Correct a party from the office, a mistyped name or ID number included."""
    record = places.locked(registration_id)
    queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, Role.ORGANISER)
    if record.standing in GONE:
        raise AlreadyWithdrawn
    _rewrite(record, party_of(record), told[0], actor, now)


@transactional
def renew_link(registration_id: UUID, *, now: datetime, actor: Actor | None = None) -> str:
    """Make the party's old private link worthless and return the new secret."""
    record = queries.by_id(registration_id)
    if actor is not None:
        queries.must_see_people(activities.activity(record.opening.id, within=actor), actor, Role.ORGANISER)
    version = record.secret_version + 1
    secret = keys().secret("party", record.id, version)
    db.session.execute(update(R).where(R.c.id == record.id).values(secret_version=version, secret_hash=hashed(secret)))
    announce(LinkRenewed(record.id, record.opening.id, now, actor.id if actor else None))
    return secret


def party_of(record: Record) -> Party:
    """Return what a party told us, opened and typed again."""
    ids = db.session.execute(select(T.c.id, T.c.role).where(T.c.registration_id == record.id, T.c.gone_at.is_(None)).order_by(T.c.position)).all()
    held = vault.read([record.id, *(row.id for row in ids)])
    own = held.get(record.id, {})
    kind = record.opening.kind
    assert kind.party
    asked = questionnaires.asked_of_record(record.opening, record.form_version)
    people = tuple(PersonAnswers(row.role, typed((*asked_of(kind.party.person(row.role)), *asked.of_person), held.get(row.id, {}))) for row in ids)
    answers = typed((*asked_of_party(kind), *asked.of_party), {**record.answers, **own})
    proxy = Proxy(**own["_proxy"]) if own.get("_proxy") else None
    agreed = {purpose: True for purpose in consents.standing(record.consents) if purpose in Consent.__dataclass_fields__}
    consent = Consent(**agreed, guardian_name=own.get("_guardian", ""))
    return Party(people, answers, proxy, record.village_id, own.get("_village", ""), consent, asked, wanting.slot_of(record))


def as_sent(party: Party) -> dict[str, Any]:
    """Return a party in the shape in which it is sent, to fill its form in with."""
    proxy = {"relation": party.proxy.relation, "name": party.proxy.name, "phone": party.proxy.phone} if party.proxy else {"relation": "self"}
    return {
        "people": {p.role: nested({k: rows.at_rest(v) for k, v in p.answers.items()}) for p in party.people},
        "answers": nested({k: rows.at_rest(v) for k, v in party.answers.items()}),
        "proxy": proxy,
        "village": str(party.village) if party.village else None,
        "village_name": party.village_name,
        **({"slot": party.slot} if party.slot else {}),
        "consent": dict.fromkeys(party.consent.purposes(), True) | ({"guardian_name": name} if (name := party.consent.guardian_name) else {}),
    }


def typed(asked: tuple[Field, ...], held: Mapping[str, Any]) -> dict[str, Any]:
    """Read stored answers as the schema would; one that no longer reads is left out, not an accident."""
    found: dict[str, Any] = {}
    for question in asked:
        if held.get(question.name) is None:
            continue
        try:
            found[question.name] = question.marshal().deserialize(held[question.name])
        except ValueError:
            continue
    return found


def _rewrite(record: Record, old: Party, new: Party, actor: Actor | None, now: datetime) -> None:
    new = replace(new, slot=new.slot or old.slot)
    names = differences(old, new)
    if not names:
        return
    check(record.opening, new, today=day_of(now), set_aside=record.overridden)
    new = _with_former(old, new)
    _other_places(record, new, actor, now)
    if new.asked.uploads:
        attachments.attach(new, record.id, record.opening.id, held=attachments.keyed(f"change:{record.id}"))
        attachments.let_go_unnamed(new, record.id)
    here = select(T.c.id, T.c.role).where(T.c.registration_id == record.id, T.c.gone_at.is_(None))
    by_role = {row.role: row.id for row in db.session.execute(here)}
    ring = keys()
    db.session.execute(delete(C).where(C.c.registration_id == record.id))
    with clash_means(AlreadySignedUp(title=record.opening.title)):
        if claims := rows.claims_of(record.opening.id, record.id, new, ring):
            db.session.execute(insert(C), claims)
    kept = rows.vault_rows(record.id, rows.party_secrets(record.opening, new), record.opening)
    for person in new.people:
        kept += rows.vault_rows(by_role[person.role], rows.person_secrets(record.opening, person, new.asked), record.opening)
        blob = rows.search_blob(by_role[person.role], person, new, ring)
        db.session.execute(update(T).where(T.c.id == by_role[person.role]).values(search_blob=blob))
    db.session.execute(delete(V).where(V.c.owner_id.in_([record.id, *by_role.values()])))
    db.session.execute(insert(V), kept)
    values = {"answers": rows.plain_answers(record.opening, new), "organisation_id": new.village, "changed_at": now,
              "form_version": new.asked.version,
              "by_proxy": new.proxy is not None, "consents": consents.renewed(record.consents, rows.consents(new, now), now, "office" if actor else "party")}  # fmt: skip
    db.session.execute(update(R).where(R.c.id == record.id).values(values))
    announce(RegistrationChanged(record.id, record.opening.id, names, now, actor.id if actor else None))


def _other_places(record: Record, new: Party, actor: Actor | None, now: datetime) -> None:
    """Give a party that is of another village now, or wants another session, places there, if there is room; else nothing changes."""
    if not record.opening.more_pools:
        return
    n, wants = wanting.want(record.opening, new, at_the_door=actor is not None)
    if (n, wants) == (record.wanted, dict(record.wants)):
        return
    if not places.may_have(record, n, wants):
        raise NoRoomThere
    places.shrink(record, n, wants)
    waiting.move_up(record.opening, now)


def changing(record: Record) -> Schema:
    """Return the grammar of a change by the party itself; conditions know the age and the sex that its form does not show."""
    asked = record.opening.asked
    day = asked.program.get("day", "")
    party = party_of(record)
    people = {} if not asked else {p.role: {"age": age_of(_as_typed(p), day), "sex": p.sex} for p in party.people}
    return PartySchema.changing(record.opening.kind, asked, facts_known(people, asked), roles=tuple(p.role for p in party.people))


def correcting(record: Record) -> Schema:
    """Return the grammar of a correction by the office: of exactly the people who are in the party."""
    return PartySchema.asking(record.opening.kind, record.opening.asked, roles=tuple(p.role for p in party_of(record).people))


def _as_typed(person: PersonAnswers) -> dict[str, Any]:
    return {"born_on": rows.at_rest(person.born_on), "id_number": person.id_number}


def _with_former(old: Party, new: Party) -> Party:
    """Keep the answers to questions that are no longer asked: nobody was asked for them again."""
    were = {person.role: _former(person.answers, old.asked.of_person) for person in old.people}
    people = tuple(replace(person, answers={**were.get(person.role, {}), **person.answers}) for person in new.people)
    return replace(new, people=people, answers={**_former(old.answers, old.asked.of_party), **new.answers}, asked=old.asked)


def _former(answers: Mapping[str, Any], asked: tuple[Field, ...]) -> dict[str, Any]:
    return {f.name: answers[f.name] for f in asked if f.retired and f.name in answers}


def differences(old: Party, new: Party) -> tuple[str, ...]:
    """Return the names of the questions that are answered otherwise now."""
    before, after = _flat(old), _flat(new)
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def _flat(party: Party) -> dict[str, Any]:
    found = {f"answers.{k}": v for k, v in party.answers.items() if _says(v)}
    found |= {f"people.{p.role}.{k}": v for p in party.people for k, v in p.answers.items() if _says(v)}
    found |= {"proxy": party.proxy} if party.proxy else {}
    found |= {"village": party.village or party.village_name} if party.village or party.village_name else {}
    found |= {"slot": party.slot} if party.slot else {}
    found |= {"consent.guardian_name": party.consent.guardian_name} if party.consent.guardian_name else {}
    return found | {f"consent.{purpose}": True for purpose in party.consent.purposes()}


def _says(value: Any) -> bool:
    return value not in (None, "", [], False)
