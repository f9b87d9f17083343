"""A party comes: the hot path. Engine statements only, as few as the rules allow; no ORM object, no queue, no Redis."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id, printed_code
from eventsvc.core.errors import DomainError, Invalid
from eventsvc.core.lunar import Anniversary
from eventsvc.core.periods import day_of
from eventsvc.core.pinyin import search_text
from eventsvc.core.words import N_
from eventsvc.declare import Field, Personal
from eventsvc.declare.personal import KEEP
from eventsvc.infra.crypto import Keys, hashed, keys
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.infra.vault import row as sealed
from eventsvc.registrations import openings, queries, rules
from eventsvc.registrations.consent import TEXTS
from eventsvc.registrations.errors import ActivityFull, AlreadySignedUp, AnotherBody, LinkClosed
from eventsvc.registrations.events import SignedUp
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Channel, Standing, table_of
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import Party, PersonAnswers, asked_of, asked_of_party
from eventsvc.registrations.service import places

V = table_of(VaultRow)
VERSIONS = {text.purpose: text.version for text in TEXTS}


@dataclass(frozen=True)
class Receipt:
    """What a party gets: its code, and the secret that opens its page."""

    id: UUID
    code: str
    secret: str
    standing: Standing
    seq: int | None = None
    also: tuple["Receipt", ...] = ()
    """The second couple of the same form."""


@dataclass
class _Made:
    """One party ready to be written: rows only."""

    id: UUID
    n: int
    doubt: str
    registration: dict[str, Any]
    claims: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    vault: list[dict[str, Any]] = field(default_factory=list)
    standing: Standing = Standing.PLACED
    seq: int | None = None


def sign_up(
    door: str | Opening, parties: tuple[Party, ...], *, nonce: str, now: datetime, channel: Channel = Channel.LINK
) -> Receipt:
    """Register one party, or two in one go, through a published link: both or neither.

    Everything is sealed before the first write; identities are claimed before places are taken, so two parties cannot win
    the last place, and any refusal gives back all of it. The same form sent twice gives the same receipt.
    """
    return _arrive(door, parties, nonce=nonce, channel=channel, by=None, now=now)


def add_by_staff(activity_id: UUID, party: Party, *, channel: Channel, nonce: str, actor: Actor, now: datetime) -> UUID:
    """Register a party for somebody who came on paper, by phone or to the door. A walk-in finds a place even when all are taken."""
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.GROUP_LEADER)
    return _arrive(openings.opening_of(activity_id), (party,), nonce=nonce, channel=channel, by=actor.id, now=now).id


def _arrive(door: str | Opening, parties: tuple[Party, ...], *, nonce: str, channel: Channel, by: UUID | None, now: datetime) -> Receipt:
    body = fingerprint(parties)
    nonces = [_nonce(nonce, at) for at in range(len(parties))]
    for last in (False, True):
        try:
            made = _write(door, parties, nonces, body, channel, by, now)
        except (IntegrityError, DomainError) as no:
            # The form may have been sent before: then nothing is refused, it has its receipt. Else two codes met, once in a
            # hundred thousand: other codes, another try.
            if again := _given_before(door, nonces, body):
                return again
            if last or isinstance(no, DomainError):
                raise
        else:
            return _receipt([(m.id, m.registration["code"], m.standing, m.seq, 1) for m in made])
    raise AssertionError("unreachable")


@transactional
def _write(
    door: str | Opening, parties: Sequence[Party], nonces: Sequence[str], body: bytes, channel: Channel, by: UUID | None, now: datetime
) -> list[_Made]:
    """Write it all down or nothing. The pool, which all want, is touched last: it stays locked for the shortest time."""
    opening = openings.opening(door) if isinstance(door, str) else door
    made = _prepare(opening, parties, nonces, body, channel, by, now)
    _insert(opening, made)
    for one in made:
        _place(opening, one, channel, by, now)
    return made


# -- before the first write -------------------------------------------------------------------------------------------


def _prepare(
    opening: Opening, parties: Sequence[Party], nonces: Sequence[str], body: bytes, channel: Channel, by: UUID | None, now: datetime
) -> list[_Made]:
    if by is None and (no := opening.refusal(now)):
        raise no
    if opening.pool_id is None:
        raise LinkClosed
    made = []
    for at, (party, nonce) in enumerate(zip(parties, nonces, strict=True)):
        with _naming("another." if at else ""):
            doubt = check(opening, party, today=day_of(now), at_the_door=channel == Channel.WALK_IN)
            made.append(_rows(opening, party, doubt, nonce=nonce, body=body, channel=channel, by=by, now=now))
    _refuse_doubles(made)
    return made


class _naming:  # noqa: N801 (reads as a phrase)
    """Put the place of a party in the form before the names of its fields."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, no: BaseException | None, _trace: object) -> None:
        if isinstance(no, DomainError) and no.fields and self.prefix:
            no.fields = {f"{self.prefix}{name}": words for name, words in no.fields.items()}


def check(opening: Opening, party: Party, *, today: date, at_the_door: bool = False) -> str:
    """Refuse a party that cannot be right or does not fit the kind; return why it must be looked at, or nothing."""
    if faults := rules.faults(opening.kind, party, today, at_the_door=at_the_door):
        raise Invalid(fields=faults)
    if party.village and party.village not in openings.villages(opening.organisation_id):
        raise Invalid(fields={"village": [N_("请从列出的选项中选择")]})
    if at_the_door:
        return ""
    told = {**party.answers, "people": tuple({"role": p.role, **p.answers} for p in party.people)}
    doubts = [rule(opening.plan, told) for rule in opening.kind.rules]
    return "；".join(filter(None, doubts))[:300]


def _rows(
    opening: Opening, party: Party, doubt: str, *, nonce: str, body: bytes, channel: Channel, by: UUID | None, now: datetime
) -> _Made:
    own, ring = new_id(), keys()
    secret = ring.secret("party", own, 1)
    registration = {
        "id": own, "activity_id": opening.id, "organisation_id": party.village, "code": printed_code(ring.blind("code", str(own))),
        "standing": Standing.PLACED, "channel": channel, "nonce": nonce, "fingerprint": body, "secret_hash": hashed(secret),
        "secret_version": 1, "seq": None, "answers": plain_answers(opening, party), "consents": consents(party, now),
        "by_proxy": party.proxy is not None, "placed_count": opening.places, "review_reason": doubt, "created_at": now,
        "changed_at": now, "withdrawn_at": None, "created_by": by,
    }  # fmt: skip
    made = _Made(own, opening.places, doubt, registration, claims_of(opening.id, own, party, ring))
    made.vault += vault_rows(own, party_secrets(opening, party), opening)
    for position, person in enumerate(party.people):
        which = new_id()
        made.people.append({
            "id": which, "registration_id": own, "activity_id": opening.id, "position": position, "role": person.role,
            "search_blob": search_blob(which, person, party, ring), "attended": False,
        })  # fmt: skip
        made.vault += vault_rows(which, person_secrets(opening, person), opening)
    return made


def plain_answers(opening: Opening, party: Party) -> dict[str, Any]:
    """Return the party's answers that are not personal, as JSON."""
    asked = asked_of_party(opening.kind, opening.plan)
    return {f.name: at_rest(party.answers.get(f.name)) for f in asked if f.personal is None and party.answers.get(f.name) is not None}


def party_secrets(opening: Opening, party: Party) -> dict[Personal, dict[str, Any]]:
    """Return the party's personal answers by class, with who signed it up and the village in its own words."""
    found = _by_class(asked_of_party(opening.kind, opening.plan), party.answers)
    more = {"_proxy": asdict(party.proxy) if party.proxy else None, "_village": party.village_name}
    if kept := {name: value for name, value in more.items() if value}:
        found.setdefault(Personal.CONTACT, {}).update(kept)
    return found


def person_secrets(opening: Opening, person: PersonAnswers) -> dict[Personal, dict[str, Any]]:
    """Return a person's answers by class; all of them are personal."""
    assert opening.kind.party
    part = opening.kind.party.person(person.role)
    found = _by_class(asked_of(part), person.answers, otherwise=Personal.CONTACT)
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


def _refuse_doubles(made: Sequence[_Made]) -> None:
    """Two couples of one form may not share a person."""
    seen: set[bytes] = set()
    for one in made:
        values = {claim["value"] for claim in one.claims}
        if seen & values:
            raise Invalid(fields={f"another.people.{one.people[0]['role']}.name": [N_("两对父母里有同一个人，请核对")]})
        seen |= values


# -- the writes -------------------------------------------------------------------------------------------------------


def _insert(opening: Opening, made: Sequence[_Made]) -> None:
    """Claims go in the order of their values: two that claim the same people do not wait for each other."""
    execute = db.session.connection().execute
    execute(insert(R), [one.registration for one in made])
    claims = sorted((claim for one in made for claim in one.claims), key=lambda claim: (claim["kind"], claim["value"]))
    if claims:
        with clash_means(AlreadySignedUp(title=opening.title)):
            execute(insert(C), claims)
    execute(insert(T), [person for one in made for person in one.people])
    execute(insert(V), [row for one in made for row in one.vault])


def _place(opening: Opening, one: _Made, channel: Channel, by: UUID | None, now: datetime) -> None:
    assert opening.pool_id
    way = places.number if one.doubt else places.take
    may_wait = opening.waiting_list or (channel == Channel.STAFF)
    done = way(opening.pool_id, one.id, one.n, channel=channel, may_wait=may_wait, now=now)
    if done is None:
        latest = openings.opening_of(opening.id)
        raise (latest.refusal(now) if by is None else None) or _nothing_left(latest)
    one.standing, one.seq = done
    announce(SignedUp(one.id, opening.id, one.standing, now, channel, opening.organisation_id, by))


def _nothing_left(latest: Opening) -> DomainError:
    return ActivityFull(title=latest.title, capacity=latest.cap) if latest.full else LinkClosed()


# -- sent twice -------------------------------------------------------------------------------------------------------


def fingerprint(parties: Sequence[Party]) -> bytes:
    """Return a keyed hash of what was sent: 32 bytes that say nothing about it."""
    told = [[[(p.role, dict(p.answers)) for p in one.people], dict(one.answers), one.proxy and asdict(one.proxy),
             one.village, one.village_name, asdict(one.consent)] for one in parties]  # fmt: skip
    return keys().blind("fingerprint", json.dumps(told, default=str, ensure_ascii=False, sort_keys=True))


def _nonce(nonce: str, at: int) -> str:
    """Return what is stored of a nonce: always 43 characters, another for the second party of a form."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"{at}:{nonce}".encode()).digest()).rstrip(b"=").decode()


def _given_before(door: str | Opening, nonces: Sequence[str], body: bytes) -> Receipt | None:
    opening = openings.opening(door) if isinstance(door, str) else door
    query = select(R.c.id, R.c.code, R.c.standing, R.c.seq, R.c.secret_version, R.c.nonce, R.c.fingerprint)
    found = {row.nonce: row for row in db.session.execute(query.where(R.c.activity_id == opening.id, R.c.nonce.in_(nonces)))}
    if not found:
        return None
    rows = [found[nonce] for nonce in nonces if nonce in found]
    if len(rows) != len(nonces) or any(row.fingerprint != body for row in rows):
        raise AnotherBody
    return _receipt([tuple(row)[:5] for row in rows])


def _receipt(rows: Sequence[tuple[Any, ...]]) -> Receipt:
    first, *others = [
        Receipt(own, code, keys().secret("party", own, version), standing, seq) for own, code, standing, seq, version in rows
    ]  # fmt: skip
    return Receipt(first.id, first.code, first.secret, first.standing, first.seq, tuple(others))
