"""Questions about sign-ups: a party as it sees itself, and as those see it who may see people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, and_, bindparam, case, func, literal, or_, select, type_coerce
from sqlalchemy.sql import Select

from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.core.periods import local
from eventsvc.declare import Personal
from eventsvc.infra.crypto import hashed, keys, same
from eventsvc.infra.db import db, glance
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import reasons
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Channel, HowConfirmed, SignUpRules, Standing, table_of
from eventsvc.registrations.opened import (
    PartyRow,
    PersonRow,
    parties,
    parties_with_code,
    proxies,
    roster,
    unconfirmed,
    unconfirmed_ids,
    vault_of,
)
from eventsvc.registrations.openings import COLUMNS, MAIN, RESERVE, SOURCE, WIDTH, A, Opening

V = table_of(VaultRow)
P_SEAT = P.alias("pools_of_seats")
CORE = ("name", "sex", "phone", "born_on")

# -- one party, as it sees itself ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """One registration with the activity it belongs to."""

    opening: Opening
    id: UUID
    code: str
    standing: Standing
    channel: Channel
    seq: int | None
    answers: Mapping[str, Any]
    consents: Mapping[str, Any]
    by_proxy: bool
    placed_count: int
    village_id: UUID | None
    review_reason: str
    secret_hash: bytes
    secret_version: int
    created_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None
    form_version: int
    """By which version of the own questions it was asked."""
    wanted: int
    """How many places of the main pool it takes, or would take."""
    wants: Mapping[str, Any]
    """What it takes of further pools: id in hex → places."""
    passed: int
    offer_until: datetime | None
    rank: int | None
    overridden: Mapping[str, Any]
    """Codes of the rules that staff set aside for it."""
    confirmed_at: datetime | None
    """When the people whom somebody else signed up said themselves that they come."""
    confirmed_how: str
    timed: int
    """In how many sessions and batches it has a place."""
    ahead: int
    """Its place among those who wait, from 1; 0 when it does not wait."""

    @property
    def doubts(self) -> str:
        """Say why it must be looked at, or was turned down."""
        return reasons.told(self.review_reason)

    @property
    def to_confirm(self) -> bool:
        """Say whether its people have to say themselves that they come: somebody else signed them up, and it was not their unit."""
        shape = self.opening.kind.party
        return self.by_proxy and shape is not None and not shape.named_by_unit

    @property
    def how_confirmed(self) -> str:
        """Say how they did."""
        return HowConfirmed(self.confirmed_how).label if self.confirmed_how else ""

    @property
    def secret(self) -> str:
        """Return the party's secret, made again."""
        return keys().secret("party", self.id, self.secret_version)

    def opened_by(self, secret: str) -> bool:
        """Say whether this secret belongs to the party."""
        return bool(secret) and same(hashed(secret), self.secret_hash)

    def may_change(self, now: datetime) -> bool:
        """Say whether the party itself may still change or withdraw."""
        live = self.standing in (Standing.PLACED, Standing.WAITING, Standing.OFFERED, Standing.TO_REVIEW, Standing.ENTERED)
        return live and self.opening.state in (State.PUBLISHED, State.APPROVED) and now < self.opening.starts_at


_W = R.alias("others")
_AHEAD = (
    select(func.count()).select_from(_W)
    .where(_W.c.activity_id == R.c.activity_id, _W.c.standing == Standing.WAITING, _W.c.seq <= R.c.seq)
).scalar_subquery()
_TIMED = (
    select(func.count()).select_from(S.join(P_SEAT, P_SEAT.c.id == S.c.pool_id))
    .where(S.c.registration_id == R.c.id, P_SEAT.c.starts_at.is_not(None))
).scalar_subquery()
_RECORD = (
    R.c.id, R.c.code, R.c.standing, R.c.channel, R.c.seq, R.c.answers, R.c.consents, R.c.by_proxy, R.c.placed_count,
    R.c.organisation_id, R.c.review_reason, R.c.secret_hash, R.c.secret_version, R.c.created_at, R.c.changed_at, R.c.withdrawn_at,
    R.c.form_version, R.c.wanted, R.c.wants, R.c.passed, R.c.offer_until, R.c.rank, R.c.overridden, R.c.confirmed_at, R.c.confirmed_how, _TIMED, _AHEAD,
)  # fmt: skip
_RECORDS = select(*(c.label(f"c{i}") for i, c in enumerate((*COLUMNS, *_RECORD)))).select_from(R.join(SOURCE, A.c.id == R.c.activity_id))
_BY_CODE = _RECORDS.where(R.c.code == bindparam("code"))
_BY_HASH = _RECORDS.where(R.c.secret_hash == bindparam("hash"))
_BY_REGISTRATION = _RECORDS.where(R.c.id == bindparam("id"))
_NAMES = (
    select(T.c.id, T.c.role, V.c.blob)
    .select_from(T.outerjoin(V, and_(V.c.owner_id == T.c.id, V.c.personal == Personal.CONTACT)))
    .where(T.c.registration_id == bindparam("id"), T.c.gone_at.is_(None)).order_by(T.c.position)
)  # fmt: skip


def _record(row: Row[Any] | None) -> Record:
    if row is None:
        raise NotFound
    return Record(Opening(*row[:WIDTH]), *row[WIDTH:])


def by_code(code: str) -> Record:
    """Return the registration with this printed code, or raise NotFound. The code opens nothing by itself."""
    return _record(next(iter(glance(_BY_CODE, {"code": code})), None))


def by_secret(secret: str) -> Record:
    """Return the registration whose private link this is, or raise NotFound."""
    return _record(db.session.execute(_BY_HASH, {"hash": hashed(secret)}).first())


def by_id(registration_id: UUID) -> Record:
    """Return a registration; whoever asks has checked the right to see it."""
    return _record(db.session.execute(_BY_REGISTRATION, {"id": registration_id}).first())


# -- of one party ---------------------------------------------------------------------------------------------------------


def times_of(record: Record) -> Sequence[Any]:
    """Return the sessions and batches that a party has, or waits for, in the order in which they begin: one statement where there are any."""
    if not record.timed and not record.wants:
        return []
    held = P.c.id.in_(select(S.c.pool_id).where(S.c.registration_id == record.id))
    meant = or_(held, P.c.id.in_([UUID(pool) for pool in record.wants]))
    query = select(P.c.id, P.c.kind, P.c.label, P.c.starts_at).where(P.c.activity_id == record.opening.id, meant, P.c.starts_at.is_not(None))
    return db.session.execute(query.order_by(P.c.starts_at, P.c.kind)).all()


def times_by_party(activity_id: UUID) -> dict[UUID, list[tuple[str, str]]]:
    """Return of each party with a time of its own what for and when: (kind of pool, 08:40 on our clock), in order."""
    query = (
        select(S.c.registration_id, P.c.kind, P.c.starts_at).join(P, P.c.id == S.c.pool_id)
        .where(P.c.activity_id == activity_id, P.c.starts_at.is_not(None)).order_by(P.c.starts_at, P.c.kind)
    )  # fmt: skip
    found: dict[UUID, list[tuple[str, str]]] = {}
    for party, kind, starts_at in db.session.execute(query):
        found.setdefault(party, []).append((kind.partition(":")[0], f"{local(starts_at):%H:%M}"))
    return found


def names_of(record: Record) -> list[tuple[str, str]]:
    """Return (role, name) of a party's people, for the party itself: one statement."""
    found = []
    rows: Iterable[Any] = glance(_NAMES, {"id": record.id})
    for person_id, role, blob in rows:
        held = keys().open_json(blob, row=person_id, what="vault:contact") if blob else {}
        found.append((role, held.get("name", "")))
    return found


LIVE = (Standing.PLACED, Standing.WAITING, Standing.OFFERED, Standing.TO_REVIEW, Standing.ENTERED)
"""Who stands in the list."""


def overridden(activity_id: UUID) -> dict[UUID, tuple[str, ...]]:
    """Return the rules that staff set aside, by party."""
    query = select(R.c.id, R.c.overridden).where(R.c.activity_id == activity_id)
    return {row.id: tuple(row.overridden) for row in db.session.execute(query) if row.overridden}


# -- the office's list ------------------------------------------------------------------------------------------------------


def sees_people(activity: Activity, actor: Actor, role: str = Role.VIEWER) -> bool:
    """Say whether somebody sees who signed up: the host unit and the one above it; higher levels see counts."""
    near = {activity.organisation_id, activity.organisation.parent_id}
    return not near.isdisjoint(actor.places(role))


def must_see_people(activity: Activity, actor: Actor, role: str = Role.VIEWER) -> None:
    """Raise NotAllowed unless `sees_people`."""
    if not sees_people(activity, actor, role):
        raise NotAllowed


def counts(activity_id: UUID) -> dict[Standing, int]:
    """Return how many parties stand where."""
    query = select(R.c.standing, func.count()).where(R.c.activity_id == activity_id).group_by(R.c.standing)
    return {row[0]: row[1] for row in db.session.execute(query)}


def listed(activity_id: UUID, standing: Standing | None) -> list[tuple[UUID, Standing, str, list[tuple[UUID, bytes | None]]]]:
    """Return (id, standing, code, people's search blobs) of an activity's parties, those who wait last and by number."""
    query = select(R.c.id, R.c.standing, R.c.code, T.c.id.label("person"), T.c.search_blob).join(T, T.c.registration_id == R.c.id)
    query = query.where(R.c.activity_id == activity_id, T.c.gone_at.is_(None))
    if standing:
        query = query.where(R.c.standing == standing)
    query = query.order_by(func.coalesce(R.c.seq, literal(0)), R.c.created_at, R.c.id, T.c.position)
    found: dict[UUID, tuple[UUID, Standing, str, list[tuple[UUID, bytes | None]]]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.id, (row.id, row.standing, row.code, []))[3].append((row.person, row.search_blob))
    return list(found.values())


def lines(activity_id: UUID) -> list[tuple[Any, Standing, str, Any]]:
    """Return (id, standing, code, changed) of an activity's parties, those who wait last and by number; ids as the database gives them."""
    query = (
        select(_plain(R.c.id), _plain(R.c.standing), R.c.code, _plain(R.c.changed_at)).where(R.c.activity_id == activity_id)
        .order_by(func.coalesce(R.c.seq, literal(0)), R.c.created_at, R.c.id)
    )  # fmt: skip
    return [(own, Standing(standing), code, changed_at) for own, standing, code, changed_at in db.session.execute(query)]


def blobs_of(activity_id: UUID, ids: Sequence[Any] | None) -> dict[Any, list[tuple[UUID, bytes | None]]]:
    """Return the search blobs of those who come, by party: of these parties, or of all (None)."""
    query = select(_plain(T.c.registration_id), T.c.id, T.c.search_blob).join(R, R.c.id == T.c.registration_id)
    query = query.where(R.c.activity_id == activity_id, T.c.gone_at.is_(None)).order_by(T.c.registration_id, T.c.position)
    found: dict[Any, list[tuple[UUID, bytes | None]]] = {}
    for own, person, blob in db.session.execute(query if ids is None else query.where(R.c.id.in_([UUID(str(one)) for one in ids]))):
        found.setdefault(own, []).append((person, blob))
    return found


def _plain(column: Any) -> Any:
    """Give a column as the database's driver has it: five thousand ids and times need not become objects."""
    return type_coerce(column, String)


def search_of(person_id: UUID, blob: bytes | None) -> str:
    """Open one person's search blob."""
    return keys().open(blob, row=person_id, what="search").decode() if blob else "||"


def pool_of(activity_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """Return an activity's main pool (id, cap, taken, waiting, seq); locked, it is the first thing that a command locks."""
    query: Select[Any] = select(P.c.id, P.c.cap, P.c.taken, P.c.waiting, P.c.seq).where(P.c.activity_id == activity_id, P.c.kind == MAIN)
    return db.session.execute(query.with_for_update() if lock else query).first()


_MAIN_FIRST = case((P.c.kind == MAIN, 0), else_=1)


def pools(activity_id: UUID, *, lock: bool = False) -> Sequence[Row[Any]]:
    """Return all pools of an activity, the main one first; locked, in the one order in which everybody locks them."""
    query: Select[Any] = select(*P.c).where(P.c.activity_id == activity_id)
    if lock:
        return db.session.execute(query.order_by(_MAIN_FIRST, P.c.id).with_for_update()).all()
    return db.session.execute(query.order_by(_MAIN_FIRST, P.c.position, P.c.kind)).all()


def has_room(activity_id: UUID, n: int) -> bool:
    """Say whether a party that stands at the door finds a place without being squeezed in, or passing by those who wait."""
    rows = pools(activity_id)
    kept = any(row.kind == RESERVE and row.taken + n <= row.cap for row in rows)
    return not rows or kept or (not rows[0].waiting and rows[0].taken + n <= rows[0].cap)


def protocol(activity_id: UUID) -> dict[str, Any]:
    """Return what a draw gave, as it was published; nothing before it was held."""
    return db.session.scalar(select(SignUpRules.protocol).where(SignUpRules.activity_id == activity_id)) or {}


__all__ = [
    "blobs_of",
    "by_code",
    "by_id",
    "by_secret",
    "counts",
    "has_room",
    "lines",
    "listed",
    "LIVE",
    "must_see_people",
    "names_of",
    "overridden",
    "parties",
    "parties_with_code",
    "PartyRow",
    "PersonRow",
    "pool_of",
    "pools",
    "protocol",
    "proxies",
    "Record",
    "roster",
    "search_of",
    "sees_people",
    "times_by_party",
    "times_of",
    "unconfirmed",
    "unconfirmed_ids",
    "vault_of",
]
