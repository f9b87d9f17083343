"""Couples on the roll: who they are, when they married as they say it. All of it in the vault; here only the years of the wedding."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from eventsvc.core.actor import Actor
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.core.lunar import Anniversary
from eventsvc.core.names import name_key
from eventsvc.core.periods import day_of
from eventsvc.declare.personal import Personal
from eventsvc.infra import vault
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db, transactional
from eventsvc.infra.events import announce
from eventsvc.people import queries, service
from eventsvc.people.errors import OnTheRollAlready
from eventsvc.people.events import CoupleAdded, CoupleChanged, CouplesImported
from eventsvc.people.honours import Spouse, Two, wedding_years
from eventsvc.people.models import Couple, Household, Person
from eventsvc.people.schemas import Given as GivenHousehold
from eventsvc.people.service import KEPT, Imported, hold, may_write, number_key


@dataclass(frozen=True, repr=False)
class One:
    """One of a couple, as somebody wrote it down."""

    name: str
    phone: str = ""
    born_on: date | None = None
    id_number: str = ""


@dataclass(frozen=True, repr=False)
class Given:
    """A couple as somebody wrote it down; `number` is its household's."""

    husband: One
    wife: One
    married: Anniversary
    number: str = ""
    address: str = ""


@dataclass(frozen=True, repr=False)
class Held:
    """A couple on the roll, opened."""

    id: UUID
    organisation_id: UUID
    household_id: UUID
    husband_id: UUID
    wife_id: UUID
    ended: bool
    given: Given = field(repr=False)

    @property
    def two(self) -> Two:
        """Return it as the roll of honours knows couples."""
        return two_of(self.given)


def two_of(given: Given) -> Two:
    """Return a couple as the roll of honours knows couples."""
    both = [Spouse(one.name, one.born_on, one.id_number) for one in (given.husband, given.wife)]
    return Two(both[0], both[1], wedding_years(given.married))


@transactional
def add_couple(household_id: UUID, given: Given, *, actor: Actor, now: datetime) -> UUID:
    """Write down a couple of a household; the same names stand once in a household."""
    household = _household(household_id, actor)
    if any(not one.ended and _names(one.given) == _names(given) for one in couples_of(household_id)):
        raise OnTheRollAlready
    couple_id = _write([(household, given)], now)[0]
    announce(CoupleAdded(couple_id, household.organisation_id, actor.id, now))
    return couple_id


@transactional
def change_couple(couple_id: UUID, given: Given, *, actor: Actor, now: datetime) -> None:
    """Change what is known of a couple."""
    row = db.session.scalar(select(Couple).where(Couple.id == couple_id).with_for_update())
    if row is None or row.household_id is None:
        raise NotFound
    _household(row.household_id, actor)
    row.wed_from, row.wed_to = given.married.earliest.year, given.married.latest.year
    vault.forget([row.id, row.husband_id, row.wife_id])
    vault.put(_sealed(row.id, row.husband_id, row.wife_id, given, day_of(now) + KEPT))
    announce(CoupleChanged(row.id, row.organisation_id, "edited", actor.id, now))


@transactional
def end_couple(couple_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Say that one of them died or they parted: nobody is told to call them any more."""
    row = db.session.scalar(select(Couple).where(Couple.id == couple_id).with_for_update())
    if row is None or row.household_id is None:
        raise NotFound
    _household(row.household_id, actor)
    if row.ended_at is None:
        row.ended_at = now
        mine = vault.VaultRow.owner_id.in_([row.id, row.husband_id, row.wife_id])
        db.session.execute(update(vault.VaultRow).where(mine).values(purge_on=day_of(now) + service.KEPT_CLOSED))
        announce(CoupleChanged(row.id, row.organisation_id, "ended", actor.id, now))


@transactional
def import_couples(organisation_id: UUID, rows: list[Given], *, actor: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Take in a village's list of couples: all of it or nothing. A couple is known by its two names, so twice changes nothing."""
    may_write(organisation_id, actor)
    hold(organisation_id)
    known = {_names(one.given): one for one in held(_at(organisation_id)) if not one.ended}
    fresh = [given for given in rows if _names(given) not in known]
    found = [(known[_names(given)], given) for given in rows if _names(given) in known]
    changed = [(was, over(was.given, given)) for was, given in found if over(was.given, given) != was.given]
    done = Imported(len(fresh), len(changed), len(found) - len(changed))
    if not dry_run and (fresh or changed):
        _write(_with_households(organisation_id, fresh, actor, now), now)
        for was, given in changed:
            change_couple(was.id, given, actor=actor, now=now)
        announce(CouplesImported(organisation_id, done.added, done.changed, actor.id, now))
    return done


def over(was: Given, given: Given) -> Given:
    """Put what a list says over what is known; what it leaves empty is no statement, nor are the same date's other words."""
    both: dict[str, Any] = {}
    for role in ("husband", "wife"):
        old, new = getattr(was, role), getattr(given, role)
        both[role] = One(old.name, *(getattr(new, part) or getattr(old, part) for part in ("phone", "born_on", "id_number")))
    same = replace(was.married, said="") == replace(given.married, said="")
    return replace(was, **both, married=was.married if same else given.married)


def couples_of(household_id: UUID) -> list[Held]:
    """Return the couples of a household, opened; whoever asks has checked the right to see it."""
    return held(Couple.household_id == household_id)


def held(condition: Any) -> list[Held]:
    """Return couples under a condition, opened: two statements. What the vault has let go of is left out."""
    rows: Any = db.session.execute(select(Couple, Household.number).join(Household, Household.id == Couple.household_id).where(condition)).all()
    return held_of(rows)


def held_of(rows: Sequence[tuple[Couple, str]]) -> list[Held]:
    """Open couples that were read with the numbers of their households: one statement for each ten thousand owners."""
    known = vault.read([owner for row, _ in rows for owner in (row.id, row.husband_id, row.wife_id)])
    found = (_held(row, number, known) for row, number in rows)
    return [one for one in found if one is not None]


def _held(row: Couple, number: str, known: dict[UUID, dict[str, Any]]) -> Held | None:
    both = [known.get(one, {}) for one in (row.husband_id, row.wife_id)]
    married = known.get(row.id, {}).get("married_on")
    if married is None or not all(one.get("name") for one in both) or row.household_id is None:
        return None
    one, other = (
        One(k["name"], k.get("phone", ""), date.fromisoformat(k["born_on"]) if k.get("born_on") else None, k.get("id_number", "")) for k in both
    )
    given = Given(one, other, Anniversary.from_dict(married), number)
    return Held(row.id, row.organisation_id, row.household_id, row.husband_id, row.wife_id, row.ended_at is not None, given)


def _at(organisation_id: UUID) -> Any:
    return Couple.organisation_id == organisation_id


def _names(given: Given) -> tuple[str, str]:
    return name_key(given.husband.name), name_key(given.wife.name)


def _household(household_id: UUID, actor: Actor) -> Household:
    row = db.session.get(Household, household_id)
    if row is None:
        raise NotFound
    may_write(row.organisation_id, actor)
    if not queries.seen([(row, None)], actor)[0].whole:
        raise NotFound
    return row


def _with_households(organisation_id: UUID, fresh: list[Given], actor: Actor, now: datetime) -> list[tuple[Household, Given]]:
    """Find each couple's household by its number, else write one down with the husband at its head."""
    known, _ = _households(organisation_id)
    lacking = [_head(g) for g in fresh if not g.number or number_key(g.number) not in known]
    if lacking:
        service.import_households(organisation_id, lacking, actor=actor, now=now)
    by_number, by_head = _households(organisation_id)
    return [(by_number[number_key(g.number)] if g.number else by_head[_head(g).head, _head(g).phone, g.address], g) for g in fresh]


def _head(given: Given) -> GivenHousehold:
    return GivenHousehold(given.number, given.husband.name, given.husband.phone or given.wife.phone, given.address)


def _households(organisation_id: UUID) -> tuple[dict[str, Household], dict[tuple[str, str, str], Household]]:
    query = select(Household).where(Household.organisation_id == organisation_id)
    rows = {row.id: row for row in db.session.scalars(query)}
    opened = _opened(list(rows.values()))
    return {number_key(row.number): row for row in rows.values()}, {(one.head, one.phone, one.address): rows[one.id] for one in opened}


def _opened(rows: list[Household]) -> list[queries.rules.Household]:
    held = queries.opened(row.id for row in rows)
    return [queries.whole(row, "", held.get(row.id, {})) for row in rows]


def _write(pairs: list[tuple[Household, Given]], now: datetime) -> list[UUID]:
    if not pairs:
        return []
    people, couples, kept = [], [], []
    for household, given in pairs:
        own, husband, wife = new_id(), new_id(), new_id()
        for which, one in ((husband, given.husband), (wife, given.wife)):
            key = keys().blind("person", one.id_number) if one.id_number else None
            people.append({"id": which, "organisation_id": household.organisation_id, "household_id": household.id,
                           "identity_key": key, "spouse_id": None, "search_blob": None, "created_at": now})  # fmt: skip
        couples.append({"id": own, "organisation_id": household.organisation_id, "household_id": household.id, "husband_id": husband,
                        "wife_id": wife, "wed_from": given.married.earliest.year, "wed_to": given.married.latest.year,
                        "created_at": now, "ended_at": None})  # fmt: skip
        kept += _sealed(own, husband, wife, given, day_of(now) + KEPT)
    db.session.execute(insert(Person), people)
    db.session.execute(insert(Couple), couples)
    vault.put(kept)
    return [UUID(str(row["id"])) for row in couples]


def _sealed(own: UUID, husband: UUID, wife: UUID, given: Given, until: date) -> list[dict[str, Any]]:
    rows = [vault.row(own, Personal.AWARD, {"married_on": given.married.to_dict()}, until)]
    for which, one in ((husband, given.husband), (wife, given.wife)):
        contact = {"name": one.name, "phone": one.phone, "born_on": one.born_on.isoformat() if one.born_on else ""}
        rows.append(vault.row(which, Personal.CONTACT, {name: value for name, value in contact.items() if value}, until))
        if one.id_number:
            rows.append(vault.row(which, Personal.IDENTITY, {"id_number": one.id_number}, until))
    return rows
