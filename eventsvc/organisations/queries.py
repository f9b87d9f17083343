"""Questions about the tree. Scope is asked here: a unit out of reach is as good as missing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import aliased

from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db
from eventsvc.organisations.models import ORDER, Closure, Level, Organisation


def lineage(org_id: UUID, on: date | None = None) -> tuple[UUID, ...]:
    """Return the unit and all above it, itself first; as they stood on a day, or as they stand now.

    Of a day before the unit was written down, its first place counts: we knew it later than it stood.
    """
    query = select(Closure.ancestor_id, Closure.valid_from, Closure.valid_to).where(Closure.descendant_id == org_id)
    rows = list(db.session.execute(query.order_by(Closure.depth)))
    if on is None or not rows:
        return tuple(row.ancestor_id for row in rows if row.valid_to is None)
    day = max(on, min(row.valid_from for row in rows))
    return tuple(r.ancestor_id for r in rows if r.valid_from <= day and (r.valid_to is None or day < r.valid_to))


def within(actor: Actor, column: Any, role: str = Role.VIEWER) -> ColumnElement[bool]:
    """Return the condition that `column` names a unit at or below one where the actor holds the role."""
    if actor.id == SYSTEM.id:
        return true()
    places = actor.places(role)
    if not places:
        return false()
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.valid_to.is_(None))
    return column.in_(below)


def below(org_id: UUID, column: Any) -> ColumnElement[bool]:
    """Return the condition that `column` names this unit or one that stands below it now."""
    inner = select(Closure.descendant_id).where(Closure.ancestor_id == org_id, Closure.valid_to.is_(None))
    return column.in_(inner)


def organisation(org_id: UUID, within: Actor | None = None) -> Organisation:
    """Return one unit, or raise NotFound when it is missing or out of this actor's reach."""
    query = select(Organisation).where(Organisation.id == org_id)
    if within is not None:
        query = query.where(_reach(within))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def require(actor: Actor, role: str, org_id: UUID) -> Organisation:
    """Return the unit when the actor holds the role there; NotFound when out of reach, NotAllowed when only seen."""
    unit = organisation(org_id, within=actor)
    if actor.id != SYSTEM.id:
        actor.must_be(role, lineage(org_id))
    return unit


def by_code(code: str) -> Organisation | None:
    """Return the unit with this code of its own."""
    return db.session.scalar(select(Organisation).where(Organisation.code == code))


def path(org_id: UUID) -> list[Organisation]:
    """Return the units from the topmost down to this one, as they stand now."""
    query = select(Organisation).join(Closure, Closure.ancestor_id == Organisation.id)
    query = query.where(Closure.descendant_id == org_id, Closure.valid_to.is_(None))
    return list(db.session.scalars(query.order_by(Closure.depth.desc())))


def children(org_id: UUID) -> list[Organisation]:
    """Return the units directly below, in the order of their codes; merged ones last."""
    query = select(Organisation).where(Organisation.parent_id == org_id)
    return list(db.session.scalars(query.order_by(Organisation.valid_to.is_not(None), Organisation.code)))


def search(text: str, within: Actor, limit: int = 20) -> list[tuple[Organisation, str]]:
    """Return units in reach whose name contains the words or whose code begins with them, with the name above each."""
    words = text.strip().replace("\\", "").replace("%", "").replace("_", "")
    if not words:
        return []
    above = aliased(Organisation)
    query = select(Organisation, func.coalesce(above.name, "")).outerjoin(above, above.id == Organisation.parent_id)
    hit = or_(Organisation.name.contains(words), Organisation.code.startswith(words))
    query = query.where(hit, Organisation.valid_to.is_(None), _reach(within))
    return [(unit, name) for unit, name in db.session.execute(query.order_by(Organisation.code).limit(limit))]


def units(ids: Iterable[UUID]) -> list[Organisation]:
    """Return these units in one statement, the highest first."""
    wanted = list(ids)
    if not wanted:
        return []
    found = db.session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    return sorted(found, key=lambda unit: (ORDER.index(unit.level), unit.code))


def names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these units."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def count_below(org_id: UUID) -> dict[Level, int]:
    """Return how many open units of each level stand below this one."""
    query = select(Organisation.level, func.count()).join(Closure, Closure.descendant_id == Organisation.id)
    query = query.where(Closure.ancestor_id == org_id, Closure.depth > 0, Closure.valid_to.is_(None))
    rows = db.session.execute(query.where(Organisation.valid_to.is_(None)).group_by(Organisation.level))
    found = {row[0]: row[1] for row in rows}
    return {level: found[level] for level in ORDER if level in found}


def roots() -> Sequence[Organisation]:
    """Return the topmost units."""
    return db.session.scalars(select(Organisation).where(Organisation.parent_id.is_(None))).all()


def _reach(actor: Actor) -> ColumnElement[bool]:
    """A unit is in reach of whoever holds any role at or above it."""
    if actor.id == SYSTEM.id:
        return true()
    places = {grant.organisation_id for grant in actor.grants}
    if not places:
        return false()
    inner = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.valid_to.is_(None))
    return Organisation.id.in_(inner)
