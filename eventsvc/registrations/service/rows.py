"""From a party as told to the rows that keep it: what is personal sealed, each class until its day, identities blind."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from eventsvc.core.codes import new_id, printed_code
from eventsvc.core.lunar import Anniversary
from eventsvc.core.periods import day_of
from eventsvc.core.pinyin import search_text
from eventsvc.declare import Field, Personal
from eventsvc.declare.asked import NOTHING, Asked
from eventsvc.declare.personal import KEEP
from eventsvc.infra.crypto import Keys, hashed, keys
from eventsvc.infra.vault import row as sealed
from eventsvc.registrations import rules
from eventsvc.registrations.consent import TEXTS
from eventsvc.registrations.models import Channel, Standing
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import Party, PersonAnswers, asked_of, asked_of_party
from eventsvc.registrations.service.wanting import want

VERSIONS = {text.purpose: text.version for text in TEXTS}


@dataclass
class Made:
    """One party ready to be written: rows only."""

    id: UUID
    doubt: str
    registration: dict[str, Any]
    claims: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    vault: list[dict[str, Any]] = field(default_factory=list)
    standing: Standing = Standing.PLACED
    seq: int | None = None


def rows_of(
    opening: Opening, party: Party, doubt: str, *, nonce: str, body: bytes, channel: Channel, by: UUID | None, now: datetime
) -> Made:
    """Return the rows of one party, ready to be written: nothing in them is personal and open."""
    own, ring = new_id(), keys()
    n, wants = want(opening, party, at_the_door=channel == Channel.WALK_IN)
    secret = ring.secret("party", own, 1)
    registration = {
        "id": own, "activity_id": opening.id, "organisation_id": party.village, "code": printed_code(ring.blind("code", str(own))),
        "standing": Standing.PLACED, "channel": channel, "nonce": nonce, "fingerprint": body, "secret_hash": hashed(secret),
        "secret_version": 1, "seq": None, "answers": plain_answers(opening, party), "consents": consents(party, now),
        "form_version": party.asked.version, "by_proxy": party.proxy is not None, "placed_count": n, "wanted": n, "wants": wants,
        "review_reason": doubt, "created_at": now,
        "changed_at": now, "withdrawn_at": None, "created_by": by,
    }  # fmt: skip
    made = Made(own, doubt, registration, claims_of(opening.id, own, party, ring))
    made.vault += vault_rows(own, party_secrets(opening, party), opening)
    for position, person in enumerate(party.people):
        which = new_id()
        made.people.append({
            "id": which, "registration_id": own, "activity_id": opening.id, "position": position, "role": person.role,
            "search_blob": search_blob(which, person, party, ring), "attended": False,
        })  # fmt: skip
        made.vault += vault_rows(which, person_secrets(opening, person, party.asked), opening)
    return made


def plain_answers(opening: Opening, party: Party) -> dict[str, Any]:
    """Return the party's answers that are not personal, as JSON."""
    asked = asked_of_party(opening.kind)
    return {f.name: at_rest(party.answers.get(f.name)) for f in asked if f.personal is None and party.answers.get(f.name) is not None}


def party_secrets(opening: Opening, party: Party) -> dict[Personal, dict[str, Any]]:
    """Return the party's personal answers by class, with who signed it up and the village in its own words."""
    found = _by_class((*asked_of_party(opening.kind), *party.asked.of_party), party.answers)
    more = {"_proxy": asdict(party.proxy) if party.proxy else None, "_village": party.village_name,
            "_guardian": party.consent.guardian and party.consent.guardian_name}  # fmt: skip
    if kept := {name: value for name, value in more.items() if value}:
        found.setdefault(Personal.CONTACT, {}).update(kept)
    return found


def person_secrets(opening: Opening, person: PersonAnswers, own: Asked = NOTHING) -> dict[Personal, dict[str, Any]]:
    """Return a person's answers by class; all of them are personal."""
    assert opening.kind.party
    part = opening.kind.party.person(person.role)
    found = _by_class((*asked_of(part), *own.of_person), person.answers, otherwise=Personal.CONTACT)
    if part.sex:
        found.setdefault(Personal.CONTACT, {})["sex"] = part.sex
    return found


def _by_class(asked: Iterable[Field], answers: Mapping[str, Any], otherwise: Personal | None = None) -> dict[Personal, dict[str, Any]]:
    found: dict[Personal, dict[str, Any]] = {}
    for question in asked:
        personal, value = question.personal or otherwise, answers.get(question.name)
        if personal and value not in (None, "", []):
            found.setdefault(personal, {})[question.name] = at_rest(value)
    return found


def vault_rows(owner: UUID, secrets: Mapping[Personal, Mapping[str, Any]], opening: Opening) -> list[dict[str, Any]]:
    """Seal what belongs to one owner, each class until its day."""
    day = day_of(opening.ends_at or opening.starts_at)
    return [sealed(owner, personal, values, day + KEEP[personal]) for personal, values in secrets.items()]


def search_blob(person_id: UUID, person: PersonAnswers, party: Party, ring: Keys) -> bytes:
    """Seal what a person may be found by at the door: who gave no phone is found by the other's, or by the proxy's."""
    phone = person.phone or next((p.phone for p in party.people if p.phone), None) or (party.proxy.phone if party.proxy else "")
    return ring.seal(search_text(person.name or "", phone).encode(), row=person_id, what="search")


def claims_of(activity_id: UUID, party_id: UUID, party: Party, ring: Keys) -> list[dict[str, Any]]:
    """Return the claim rows of a party; the values are blind, and of use within this activity only."""
    return [
        {"id": new_id(), "activity_id": activity_id, "registration_id": party_id, "kind": kind, "value": ring.blind("claim", f"{activity_id}:{kind}:{value}")}
        for kind, value in rules.identity_keys(party)
    ]  # fmt: skip


def at_rest(value: Any) -> Any:
    """Return an answer as JSON holds it."""
    if isinstance(value, Anniversary):
        return value.to_dict()
    return value.isoformat() if isinstance(value, date) else value


def consents(party: Party, now: datetime) -> dict[str, Any]:
    """Return what was agreed to: purpose, version of the text, when and by whom."""
    by = "proxy" if party.proxy else "party"
    return {purpose: {"version": VERSIONS[purpose], "at": now.isoformat(), "by": by} for purpose in party.consent.purposes()}
