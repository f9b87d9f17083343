"""The roll of households: written down, changed, closed, read in from the village's list."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, or_, select, update

from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import Invalid, NotAllowed, NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.pinyin import search_text
from eventsvc.core.words import N_
from eventsvc.declare.personal import Personal
from eventsvc.infra import vault
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import changed, clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Organisation
from eventsvc.people import queries
from eventsvc.people.errors import NumberTaken, StaysSpecial
from eventsvc.people.events import HouseholdAdded, HouseholdChanged, HouseholdsImported, SpecialFamilySeen
from eventsvc.people.models import Couple, Household, Person
from eventsvc.people.rules import Household as Known
from eventsvc.people.schemas import Given

KEPT = timedelta(days=3 * 365)
"""What is known of a household goes when nobody has touched it for so long; every edit and visit begins it anew."""
KEPT_CLOSED = timedelta(days=30)


@transactional
def add_household(organisation_id: UUID, number: str = "", *, head: str, phone: str = "", address: str = "",
                  leader_id: UUID | None = None, special: bool = False, situation: str = "", actor: Actor, now: datetime,
                  id: UUID | None = None) -> UUID:  # fmt: skip
    """Write down a household of a village or group; without a number it gets the next one."""
    may_write(organisation_id, actor)
    given = Given(number, head, phone, address, leader_id, special, situation)
    must_be_leader(organisation_id, leader_id, known=None)
    hold(organisation_id)
    row = _row(id or new_id(), organisation_id, replace(given, number=number or next_number(organisation_id)), now)
    with clash_means(NumberTaken(number=row["number"])):
        db.session.execute(insert(Household), [row])
    vault.put(sealed(row["id"], given, day_of(now) + KEPT))
    announce(HouseholdAdded(row["id"], organisation_id, actor.id, now))
    return UUID(str(row["id"]))


@transactional
def change_household(household_id: UUID, given: Given, *, actor: Actor, now: datetime) -> None:
    """Change what is known of a household. What its writer could not see and left empty stays as it was.

    Of a special family only its leader says that it is none: for everybody else that would be a way to see all of it.
    """
    row = _writable(household_id, actor)
    must_be_leader(row.organisation_id, given.leader_id, known=row.leader_id)
    was = queries.whole(row, "", queries.opened([row.id]).get(row.id, {}))
    if not queries.seen([(row, None)], actor)[0].whole:
        if row.special and not given.special:
            raise StaysSpecial(fields={"special": [StaysSpecial.words]})
        kept = {name: getattr(given, name) or getattr(was, name) for name in ("head", "phone", "address", "situation")}
        given = replace(given, **kept)
    given = replace(given, number=given.number or row.number)
    what = "edited" if given.leader_id == row.leader_id else "assigned"
    row.special, row.leader_id = given.special, given.leader_id
    row.search_blob = _search(row.id, given)
    with clash_means(NumberTaken(number=given.number)):
        row.number = given.number
        db.session.flush()
    vault.replace(sealed(row.id, given, day_of(now) + KEPT))
    announce(HouseholdChanged(row.id, row.organisation_id, what, actor.id, now))


@dataclass(frozen=True)
class Imported:
    """What a list of households did, or would do."""

    added: int = 0
    changed: int = 0
    same: int = 0


@transactional
def import_households(organisation_id: UUID, rows: list[Given], *, actor: Actor, now: datetime, dry_run: bool = False) -> Imported:
    """Take in a village's list: all of it or nothing. Households are matched by their number, so twice changes nothing."""
    may_write(organisation_id, actor)
    hold(organisation_id)
    known = _known(organisation_id)
    pairs = [(_found(given, known), given) for given in rows]
    fresh = [given for was, given in pairs if was is None]
    changed = [(was, over(was, given)) for was, given in pairs if was is not None and given_of(was) != over(was, given)]
    done = Imported(len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
    if not dry_run and (fresh or changed):
        _add_all(organisation_id, fresh, now)
        for was, given in changed:
            change_household(was.id, given, actor=actor, now=now)
        announce(HouseholdsImported(organisation_id, done.added, done.changed, actor.id, now))
    return done


def _known(organisation_id: UUID) -> dict[tuple[str, ...], Known]:
    """Return the households of a unit by their number, and by who lives where for lists that give no numbers."""
    rows = list(db.session.scalars(select(Household).where(Household.organisation_id == organisation_id)))
    held = queries.opened(row.id for row in rows)
    found: dict[tuple[str, ...], Known] = {}
    for row in rows:
        one = queries.whole(row, "", held.get(row.id, {}))
        found[number_key(row.number),] = one
        found.setdefault((one.head, one.phone, one.address), one)
    return found


def _found(given: Given, known: dict[tuple[str, ...], Known]) -> Known | None:
    if given.number:
        return known.get((number_key(given.number),))
    return known.get((given.head, given.phone, given.address))


def number_key(number: str) -> str:
    """Give the form in which two spellings of one number are equal: spreadsheets lose the noughts in front."""
    return number.lstrip("0") or number


def given_of(was: Known) -> Given:
    """Write down again what is known."""
    return Given(was.number, was.head, was.phone, was.address, was.leader_id, was.special, was.situation)


def over(was: Known, given: Given) -> Given:
    """Put what a list says over what is known; what it leaves empty is no statement, nor is its spelling of the number."""
    said = {name: value for name, value in asdict(given).items() if value and name != "number"}
    return replace(given_of(was), **said)


def _add_all(organisation_id: UUID, fresh: list[Given], now: datetime) -> None:
    if not fresh:
        return
    following = int(next_number(organisation_id, [given.number for given in fresh]))
    rows, kept = [], []
    for given in fresh:
        if not given.number:
            given, following = replace(given, number=f"{following:03d}"), following + 1
        rows.append(_row(new_id(), organisation_id, given, now))
        kept += sealed(rows[-1]["id"], given, day_of(now) + KEPT)
    db.session.execute(insert(Household), rows)
    vault.put(kept)


@transactional
def close_household(household_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a household off the roll (moved away, merged): what is known of it goes a month later."""
    row = _writable(household_id, actor)
    if row.closed_at is None:
        row.closed_at, row.search_blob = now, None
        keep_until(row.id, day_of(now) + KEPT_CLOSED)
        announce(HouseholdChanged(row.id, row.organisation_id, "closed", actor.id, now))


@transactional
def reopen_household(household_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Put a household back on the roll."""
    row = _writable(household_id, actor)
    if row.closed_at is not None:
        row.closed_at = None
        row.search_blob = _search(row.id, given_of(queries.whole(row, "", queries.opened([row.id]).get(row.id, {}))))
        keep_until(row.id, day_of(now) + KEPT)
        announce(HouseholdChanged(row.id, row.organisation_id, "reopened", actor.id, now))


@transactional
def look_at_special(household_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Leave a line that somebody opened what is known of a special family; the caller has checked that they may."""
    unit_id = db.session.scalar(select(Household.organisation_id).where(Household.id == household_id, Household.special))
    if unit_id is None:
        raise NotFound
    announce(SpecialFamilySeen(household_id, unit_id, actor.id, now))


@transactional
def forget_unkept(now: datetime) -> int:
    """Forget by what households are found once the vault has let go of who they are; return how many."""
    kept = select(vault.VaultRow.owner_id).where(vault.VaultRow.personal == Personal.CONTACT)
    gone = update(Household).where(Household.search_blob.is_not(None), Household.id.not_in(kept)).values(search_blob=None)
    return changed(db.session.execute(gone, execution_options={"synchronize_session": False}))


def may_write(organisation_id: UUID, actor: Actor) -> None:
    """Let group leaders and organisers of the unit pass; others see nothing, or that it is not theirs to do."""
    line = organisations.lineage(organisation_id)
    if not line or not (actor.can(Role.GROUP_LEADER, line) or actor.can(Role.VIEWER, line)):
        raise NotFound
    if not actor.can(Role.GROUP_LEADER, line):
        raise NotAllowed


def keep_until(household_id: UUID, day: date) -> None:
    """Set the day on which the vault forgets a household and the couples in it."""
    people = select(Person.id).where(Person.household_id == household_id)
    pairs = select(Couple.id).where(Couple.household_id == household_id, Couple.ended_at.is_(None))
    owners = or_(vault.VaultRow.owner_id == household_id, vault.VaultRow.owner_id.in_(people), vault.VaultRow.owner_id.in_(pairs))
    forgets = update(vault.VaultRow).where(owners).values(purge_on=day)
    db.session.execute(forgets, execution_options={"synchronize_session": False})


def next_number(organisation_id: UUID, besides: Iterable[str] = ()) -> str:
    """Give the next free number of a village: one more than the highest that is a number."""
    taken = db.session.scalars(select(Household.number).where(Household.organisation_id == organisation_id))
    return f"{max((int(n) for n in (*taken, *besides) if n.isdecimal()), default=0) + 1:03d}"


def sealed(household_id: UUID, given: Given, until: date) -> list[dict[str, Any]]:
    """Seal what is known of a household, in the classes in which it is kept."""
    known = asdict(given)
    contact = {name: known[name] for name in ("head", "phone", "address") if known[name]}
    rows = [vault.row(household_id, Personal.CONTACT, contact, until)]
    return [*rows, vault.row(household_id, Personal.HEALTH, {"situation": given.situation}, until)]


def _row(household_id: UUID, organisation_id: UUID, given: Given, now: datetime) -> dict[str, Any]:
    return {"id": household_id, "organisation_id": organisation_id, "number": given.number, "leader_id": given.leader_id,
            "special": given.special, "search_blob": _search(household_id, given), "created_at": now, "closed_at": None}  # fmt: skip


def _search(household_id: UUID, given: Given) -> bytes | None:
    """Seal what a household is found by; a special family is found by its number only."""
    if given.special or not given.head:
        return None
    return keys().seal(search_text(given.head, given.phone).encode(), row=household_id, what=queries.SEARCH)


def hold(organisation_id: UUID) -> None:
    """Let one writer at a time give numbers in a village (SQLite has one writer anyway)."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))


def _writable(household_id: UUID, actor: Actor) -> Household:
    row = db.session.scalar(select(Household).where(Household.id == household_id).with_for_update())
    if row is None:
        raise NotFound
    may_write(row.organisation_id, actor)
    return row


def must_be_leader(organisation_id: UUID, leader_id: UUID | None, known: UUID | None) -> None:
    """Refuse a leader who does not work here; one who was assigned before may stay."""
    if leader_id in (None, known) or any(leader_id == user_id for user_id, _, _ in queries.leaders(organisation_id)):
        return
    raise Invalid(fields={"leader_id": [N_("请从列出的选项中选择")]})

