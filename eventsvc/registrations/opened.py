"""Parties, opened: for pages of those who may see people, check-in, papers, workbooks. Whoever asks has checked the right."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, union_all

from eventsvc.core.pinyin import sort_key
from eventsvc.declare import Personal
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.registrations import reasons
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Channel, Standing, table_of
from eventsvc.registrations.openings import A, U

V = table_of(VaultRow)
CORE = ("name", "sex", "phone", "born_on")

@dataclass(frozen=True, repr=False)
class PersonRow:
    """One person of a party, opened."""

    id: UUID
    role: str
    name: str
    sex: str
    phone: str
    born_on: str
    attended: bool
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, repr=False)
class PartyRow:
    """One party, opened: for pages of those who may see it, check-in, papers, workbooks."""

    id: UUID
    code: str
    standing: Standing
    seq: int | None
    channel: Channel
    village: str
    answers: Mapping[str, Any]
    """Those that are personal too."""
    people: tuple[PersonRow, ...]
    proxy: Mapping[str, Any] | None
    created_at: datetime
    review_reason: str = ""
    form_version: int = 0
    unconfirmed: bool = False
    """Somebody else signed them up, and they have not said themselves that they come."""

    @property
    def names(self) -> str:
        """Return the names of its people: 张建国、李秀英."""
        return "、".join(person.name for person in self.people)

    @property
    def phones(self) -> list[tuple[str, str]]:
        """Return (whose, number) to call: the proxy first, then the people."""
        proxy = [(str(self.proxy["name"]), str(self.proxy["phone"]))] if self.proxy else []
        found = proxy + [(p.name, p.phone) for p in self.people if p.phone]
        return [(name, phone) for at, (name, phone) in enumerate(found) if phone not in {x for _, x in found[:at]}]


def roster(activity_id: UUID, *standings: Standing) -> list[PartyRow]:
    """Return the parties of an activity, opened: those who wait by their number, all others as a Chinese list goes."""
    wanted = R.c.activity_id == activity_id
    return sorted(_opened(and_(wanted, R.c.standing.in_(standings)) if standings else wanted), key=_order)


def parties(ids: Iterable[UUID]) -> list[PartyRow]:
    """Return these parties, opened, in the order asked for."""
    wanted = list(ids)
    if not wanted:
        return []
    found = {party.id: party for party in _opened(R.c.id.in_(wanted))}
    return [found[one] for one in wanted if one in found]


def parties_with_code(activity_id: UUID, code: str) -> list[PartyRow]:
    """Return the party with this printed code, if it belongs to this activity, opened."""
    return _opened(and_(R.c.activity_id == activity_id, R.c.code == code))


def proxies(activity_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return (party, name, phone) of those who signed somebody else up."""
    mine = select(R.c.id).where(R.c.activity_id == activity_id, R.c.by_proxy)
    held = vault_of(and_(V.c.owner_id.in_(mine), V.c.personal == Personal.CONTACT))
    return [(party, own["_proxy"]["name"], own["_proxy"]["phone"]) for party, own in held.items() if own.get("_proxy")]


def unconfirmed(activity_id: UUID) -> list[PartyRow]:
    """Return the parties that somebody else signed up and whose people have not said themselves that they come, village by village."""
    return sorted(_opened(R.c.id.in_(unconfirmed_ids(activity_id))), key=lambda party: (not party.village, sort_key(party.village or "")))


def unconfirmed_ids(activity_id: UUID) -> list[UUID]:
    """Return the ids of those parties. Where a unit names its people there are none."""
    shape = KINDS[db.session.execute(select(A.c.kind).where(A.c.id == activity_id)).scalar_one()].party
    if shape is None or shape.named_by_unit:
        return []
    live = (Standing.PLACED, Standing.WAITING, Standing.OFFERED, Standing.TO_REVIEW, Standing.ENTERED)
    return list(db.session.scalars(select(R.c.id).where(R.c.activity_id == activity_id, R.c.by_proxy, R.c.confirmed_at.is_(None), R.c.standing.in_(live))))


def _order(party: PartyRow) -> tuple[Any, ...]:
    if party.standing == Standing.WAITING:
        return (1, party.seq or 0, ())
    return (0, 0, [sort_key(person.name) for person in party.people if person.name])


def _opened(condition: Any) -> list[PartyRow]:
    """Two statements: the parties with their people, and what the vault holds of both."""
    query = (
        select(
            R.c.id, R.c.code, R.c.standing, R.c.seq, R.c.channel, R.c.answers, R.c.created_at, R.c.review_reason, R.c.form_version,
            and_(R.c.by_proxy, R.c.confirmed_at.is_(None)).label("unconfirmed"),
            U.c.name.label("village"), T.c.id.label("person_id"), T.c.role, T.c.attended,
        )
        .select_from(R.join(T, T.c.registration_id == R.c.id).outerjoin(U, U.c.id == R.c.organisation_id))
        .where(condition, T.c.gone_at.is_(None)).order_by(R.c.id, T.c.position)
    )  # fmt: skip
    rows: Sequence[Any] = db.session.execute(query).all()
    owners = union_all(select(R.c.id).where(condition), select(T.c.id).join(R, R.c.id == T.c.registration_id).where(condition))
    held = vault_of(V.c.owner_id.in_(owners))
    grouped: dict[UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return [_party_row(group, held) for group in grouped.values()]


def vault_of(condition: Any) -> dict[UUID, dict[str, Any]]:
    """Open what the vault holds under a condition, the classes of each owner merged."""
    found: dict[UUID, dict[str, Any]] = {}
    for owner, personal, blob in db.session.execute(select(V.c.owner_id, V.c.personal, V.c.blob).where(condition)):
        found.setdefault(owner, {}).update(keys().open_json(blob, row=owner, what=f"vault:{personal.value}"))
    return found


def _party_row(rows: Sequence[Row[Any]], held: Mapping[UUID, Mapping[str, Any]]) -> PartyRow:
    first, own = rows[0], held.get(rows[0].id, {})
    return PartyRow(
        first.id, first.code, first.standing, first.seq, first.channel, first.village or own.get("_village", ""),
        {**first.answers, **{k: v for k, v in own.items() if not k.startswith("_")}},
        tuple(_person_row(row, held.get(row.person_id, {})) for row in rows),
        own.get("_proxy"), first.created_at, reasons.told(first.review_reason), first.form_version, bool(first.unconfirmed),
    )  # fmt: skip


def _person_row(row: Row[Any], held: Mapping[str, Any]) -> PersonRow:
    name, sex, phone, born_on = (str(held.get(key) or "") for key in CORE)
    extra = {key: value for key, value in held.items() if key not in CORE}
    return PersonRow(row.person_id, row.role, name, sex, phone, born_on, row.attended, extra)
