"""A party comes: the hot path. Engine statements only, as few as the rules allow; no ORM object, no queue, no Redis."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import DomainError, Invalid
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import attachments, openings, queries, rules
from eventsvc.registrations.errors import ActivityFull, AlreadySignedUp, AnotherBody, LinkClosed, PoolFull
from eventsvc.registrations.events import RulesSetAside, SignedUp
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Channel, Standing, table_of
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import Party
from eventsvc.registrations.service import places
from eventsvc.registrations.service.checking import check
from eventsvc.registrations.service.rows import Made, rows_of
from eventsvc.registrations.service.waiting import LIVE

V = table_of(VaultRow)
LONGEST_WHY = 200


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


def sign_up(
    door: str | Opening, parties: tuple[Party, ...], *, nonce: str, now: datetime, channel: Channel = Channel.LINK
) -> Receipt:
    """Register one party, or two in one go, through a published link: both or neither.

    Everything is sealed before the first write; identities are claimed before places are taken, so two parties cannot win
    the last place, and any refusal gives back all of it. The same form sent twice gives the same receipt.
    """
    return _arrive(door, parties, nonce=nonce, channel=channel, by=None, now=now)


def add_by_staff(
    activity_id: UUID, party: Party, *, channel: Channel, nonce: str, actor: Actor, now: datetime, override: str = ""
) -> UUID:
    """Register a party for somebody who came on paper, by phone or to the door. A walk-in finds a place even when all are taken.

    `override` says why it is let in although a rule of the kind refuses it: for organisers, and it stays in the audit.
    """
    activity = activities.activity(activity_id, within=actor)
    queries.must_see_people(activity, actor, Role.ORGANISER if override else Role.GROUP_LEADER)
    if override:
        party = replace(party, override=rules.reason(override, LONGEST_WHY))
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
) -> list[Made]:
    """Write it all down or nothing. The pool, which all want, is touched last: it stays locked for the shortest time."""
    opening = openings.opening(door) if isinstance(door, str) else door
    made = _prepare(opening, parties, nonces, body, channel, by, now)
    _insert(opening, made)
    for party, one in zip(parties, made, strict=True):
        attachments.attach(party, one.id, opening.id, held=nonces[0])
        if by is not None and (codes := tuple(one.registration["overridden"])):
            announce(RulesSetAside(one.id, opening.id, codes, party.override, now, by))
    for one in made:
        _place(opening, one, channel, by, now)
    return made


# -- before the first write -------------------------------------------------------------------------------------------


def _prepare(
    opening: Opening, parties: Sequence[Party], nonces: Sequence[str], body: bytes, channel: Channel, by: UUID | None, now: datetime
) -> list[Made]:
    if by is None and (no := opening.refusal(now)):
        raise no
    if opening.pool_id is None:
        raise LinkClosed
    made = []
    for at, (party, nonce) in enumerate(zip(parties, nonces, strict=True)):
        with _naming("another." if at else ""):
            judged = check(opening, party, today=day_of(now), at_the_door=channel == Channel.WALK_IN)
            made.append(rows_of(opening, party, judged.doubt, nonce=nonce, body=body, channel=channel, by=by, now=now))
            made[-1].registration["overridden"] = dict.fromkeys(judged.set_aside, True)
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


def _refuse_doubles(made: Sequence[Made]) -> None:
    """Two couples of one form may not share a person."""
    seen: set[bytes] = set()
    for one in made:
        values = {claim["value"] for claim in one.claims}
        if seen & values:
            raise Invalid(fields={f"another.people.{one.people[0]['role']}.name": [N_("两对父母里有同一个人，请核对")]})
        seen |= values


# -- the writes -------------------------------------------------------------------------------------------------------


def _insert(opening: Opening, made: Sequence[Made]) -> None:
    """Claims go in the order of their values: two that claim the same people do not wait for each other."""
    execute = db.session.connection().execute
    execute(insert(R), [one.registration for one in made])
    claims = sorted((claim for one in made for claim in one.claims), key=lambda claim: (claim["kind"], claim["value"]))
    if claims:
        with clash_means(AlreadySignedUp(title=opening.title)):
            execute(insert(C), claims)
    execute(insert(T), [person for one in made for person in one.people])
    execute(insert(V), [row for one in made for row in one.vault])


def _place(opening: Opening, one: Made, channel: Channel, by: UUID | None, now: datetime) -> None:
    assert opening.pool_id
    done = _found(opening, one, channel, now)
    if done is None:
        latest = openings.opening_of(opening.id)
        raise (latest.refusal(now) if by is None else None) or _nothing_left(latest)
    one.standing, one.seq = done
    announce(SignedUp(one.id, opening.id, one.standing, now, channel, opening.organisation_id, by))


def _found(opening: Opening, one: Made, channel: Channel, now: datetime) -> tuple[Standing, int | None] | None:
    """Find where a party stands: on a place, on the list, or among those whom somebody decides about."""
    wanted, wants = one.registration["wanted"], one.registration["wants"]
    decided = None if channel == Channel.WALK_IN else opening.decided_later
    may_wait = opening.waiting_list or channel == Channel.STAFF or bool(decided)
    if one.doubt or decided:
        to = Standing.TO_REVIEW if one.doubt or decided is None else decided
        return places.number(opening, one.id, wanted, to, channel=channel, may_wait=may_wait, now=now)
    return places.take(opening, one.id, wanted, wants, channel=channel, may_wait=may_wait, now=now)


def _nothing_left(latest: Opening) -> DomainError:
    if latest.full:
        return ActivityFull(title=latest.title, capacity=latest.cap)
    return PoolFull() if not latest.uniform and latest.state in LIVE else LinkClosed()


# -- sent twice -------------------------------------------------------------------------------------------------------


def fingerprint(parties: Sequence[Party]) -> bytes:
    """Return a keyed hash of what was sent: 32 bytes that say nothing about it."""
    told = [[[(p.role, dict(p.answers)) for p in one.people], dict(one.answers), one.proxy and asdict(one.proxy),
             one.village, one.village_name, asdict(one.consent), one.slot] for one in parties]  # fmt: skip
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
