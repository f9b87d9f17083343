"""What may be read of the roll: always within somebody's scope, and no more than they may see."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from eventsvc.accounts.models import RoleGrant, User
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.pinyin import matches
from eventsvc.declare.personal import Personal
from eventsvc.infra import vault
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Level, Organisation
from eventsvc.people import rules
from eventsvc.people.models import Household

SEARCH = "household.search"
PAGE = 50
GOES_ROUND = (Role.GROUP_LEADER, Role.ORGANISER, Role.ADMIN)


@dataclass(frozen=True)
class Near:
    """How near somebody stands to a unit: works for it, or looks at it from right above."""

    own: bool
    parent: bool


@dataclass(frozen=True)
class Place(Near):
    """A unit, and how near to it somebody stands."""

    unit: Organisation


@dataclass(frozen=True)
class Page:
    """One page of a list of households."""

    rows: list[rules.Household]
    total: int
    number: int
    pages: int


def place(organisation_id: UUID, *, within: Actor) -> Place:
    """Return the unit and how near the actor stands to it, or NotFound."""
    reach = organisations.within(within, Organisation.id)
    unit = db.session.scalar(select(Organisation).where(Organisation.id == organisation_id, reach))
    if unit is None:
        raise NotFound
    near = nearness([organisation_id], within)[organisation_id]
    return Place(near.own, near.parent, unit)


def nearness(unit_ids: Iterable[UUID], actor: Actor) -> dict[UUID, Near]:
    """Say how near somebody stands to each of these units, in one statement. A group belongs to its village."""
    above = aliased(Organisation)
    query = select(Organisation.id, Organisation.level, Organisation.parent_id, above.parent_id.label("grandparent_id"))
    query = query.outerjoin(above, above.id == Organisation.parent_id).where(Organisation.id.in_(set(unit_ids)))
    working, looking = set(actor.places(Role.ORGANISER)), set(actor.places(Role.VIEWER))
    found = {}
    for row in db.session.execute(query):
        is_group = row.level is Level.GROUP
        village, parent = (row.parent_id, row.grandparent_id) if is_group else (row.id, row.parent_id)
        found[row.id] = Near(bool({row.id, village} & working), parent in looking)
    return found


def households(organisation_id: UUID, *, within: Actor, q: str = "", closed: bool = False, page: int = 1, size: int = PAGE) -> Page:
    """Return one page of the households of a village and its groups, in the order of their numbers.

    A search looks in memory, within this one village, at what was sealed for searching when it was written down;
    special families are found by their number only.
    """
    here = place(organisation_id, within=within)
    gone = Household.closed_at.is_not(None) if closed else Household.closed_at.is_(None)
    query = select(Household, User.name).outerjoin(User, User.id == Household.leader_id)
    found: list[tuple[Household, str | None]] = [(h, name) for h, name in db.session.execute(query.where(_lives_at(here.unit.id), gone))]
    found = [row for row in found if not q or _is_meant(row[0], q)]
    found.sort(key=lambda row: natural(row[0].number))
    pages = max(1, -(-len(found) // size))
    page = min(max(page, 1), pages)
    return Page(seen(found[(page - 1) * size : page * size], within), len(found), page, pages)


def household(household_id: UUID, *, within: Actor) -> tuple[rules.Household, Place]:
    """Return one household as this actor may see it, or NotFound."""
    query = select(Household, User.name).outerjoin(User, User.id == Household.leader_id)
    found = db.session.execute(query.where(Household.id == household_id)).first()
    if found is None:
        raise NotFound
    here = place(found[0].organisation_id, within=within)
    return seen([(found[0], found[1])], within)[0], here


def seen(rows: Iterable[tuple[Household, str | None]], actor: Actor, assigned: Container[UUID] = ()) -> list[rules.Household]:
    """Open what is held of these households, with their leaders' names, and hide what this actor may not see; two statements.

    `assigned` are households that somebody's round has given to this actor, whoever looks after them all year.
    """
    rows = list(rows)
    near = nearness({h.organisation_id for h, _ in rows}, actor) if rows else {}
    sights = {h.id: sight_of(h, near[h.organisation_id], actor, h.id in assigned) for h, _ in rows}
    known = opened(h.id for h, _ in rows if sights[h.id] is not rules.Sight.NUMBER)
    return [rules.as_seen(whole(h, name or "", known.get(h.id, {})), sights[h.id]) for h, name in rows]


def sight_of(row: Household, near: Near, actor: Actor, assigned: bool = False) -> rules.Sight:
    """Say how much of a household somebody sees who stands so near to its unit."""
    assigned = assigned or (row.leader_id == actor.id and actor.can(Role.GROUP_LEADER))
    return rules.sight(special=row.special, assigned=assigned, own=near.own, parent=near.parent)


def opened(household_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return what the vault holds of these households; whoever asks has checked the right to see it."""
    return vault.read(household_ids, Personal.CONTACT, Personal.HEALTH)


def whole(row: Household, leader: str, known: dict[str, Any]) -> rules.Household:
    """Put a household's row and what the vault holds of it together."""
    head, phone, address, situation = (str(known.get(name) or "") for name in ("head", "phone", "address", "situation"))
    return rules.Household(row.id, row.organisation_id, row.number, row.special, row.leader_id, leader, row.closed_at is not None,
                           head, phone, address, situation)  # fmt: skip


def units_below(organisation_id: UUID) -> list[tuple[Organisation, int]]:
    """Return the units right below with how many households each has on its roll, itself and below; one statement."""
    inner = aliased(Closure)
    counted = (
        select(inner.ancestor_id, func.count(Household.id).label("n"))
        .join(Household, Household.organisation_id == inner.descendant_id)
        .where(inner.valid_to.is_(None), Household.closed_at.is_(None))
        .group_by(inner.ancestor_id)
        .subquery()
    )
    query = select(Organisation, func.coalesce(counted.c.n, 0)).outerjoin(counted, counted.c.ancestor_id == Organisation.id)
    query = query.where(Organisation.parent_id == organisation_id, Organisation.valid_to.is_(None)).order_by(Organisation.code)
    return [(unit, int(n)) for unit, n in db.session.execute(query)]


def leaders(organisation_id: UUID) -> list[tuple[UUID, str, str]]:
    """Return (user, name, unit) of everybody who may be sent to households here: this unit's, those below, the one above's."""
    below = select(Closure.descendant_id).where(Closure.ancestor_id == organisation_id, Closure.valid_to.is_(None))
    above = select(Organisation.parent_id).where(Organisation.id == organisation_id).scalar_subquery()
    query = (
        select(User.id, User.name, Organisation.name, Organisation.level)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .join(Organisation, Organisation.id == RoleGrant.organisation_id)
        .where(User.active, RoleGrant.role.in_(GOES_ROUND))
        .where(or_(Organisation.id.in_(below), Organisation.id == above))
        .order_by(Organisation.code.desc(), User.user_name)
    )
    first: dict[UUID, tuple[UUID, str, str]] = {}
    for user_id, name, unit, _level in db.session.execute(query):
        first.setdefault(user_id, (user_id, name, unit))
    return list(first.values())


def names_of_users(user_ids: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """Return (user, name) of whoever looks after households."""
    return [(row.id, row.name) for row in db.session.execute(select(User.id, User.name).where(User.id.in_(list(user_ids))))]


def leader_choices(organisation_id: UUID) -> list[tuple[str, str]]:
    """Return the leaders as choices of a form."""
    return [(str(user_id), f"{name}（{unit}）") for user_id, name, unit in leaders(organisation_id)]


def natural(number: str) -> tuple[int, str]:
    """Order numbers as people do: 2 before 10, then whatever has letters."""
    return (len(number.lstrip("0")), number.lstrip("0")) if number.isdecimal() else (10_000, number)


def _lives_at(organisation_id: UUID) -> ColumnElement[bool]:
    groups = select(Organisation.id).where(Organisation.parent_id == organisation_id, Organisation.level == Level.GROUP)
    return or_(Household.organisation_id == organisation_id, Household.organisation_id.in_(groups))


def _is_meant(row: Household, q: str) -> bool:
    if q.strip().lstrip("0") == row.number.lstrip("0"):
        return True
    return row.search_blob is not None and matches(keys().open(row.search_blob, row=row.id, what=SEARCH).decode(), q)
