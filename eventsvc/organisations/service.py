"""Commands on the tree: take in a file of units, open one, merge two."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Date, and_, delete, func, insert, literal, select, update
from sqlalchemy.orm import aliased

from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.periods import at_local, local
from eventsvc.infra.db import clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries, rules
from eventsvc.organisations.errors import AlreadyThere, CannotMerge, CodeNeeded
from eventsvc.organisations.events import TreeImported, UnitOpened, UnitsMerged
from eventsvc.organisations.models import ORDER, AssociationKind, Closure, Level, Organisation

BEGINNING = date(1900, 1, 1)
"""Since when units of a file stand: since always, as far as we know."""


@dataclass(frozen=True)
class Imported:
    """What a file of units did, or would do."""

    added: int = 0
    changed: int = 0
    same: int = 0


@transactional
def import_tree(rows: Iterable[Mapping[str, str | None]], *, today: date, dry_run: bool = False) -> Imported:
    """Take in units from rows of code, name, parent_code, level: all of them, or none with every fault named.

    Units are matched by their own code, so twice changes nothing. A unit under another parent is moved as of
    today; one that was merged stays as it is; one that the file does not name is left alone.
    """
    known = {unit.code: unit for unit in db.session.scalars(select(Organisation))}
    wanted = rules.read_tree(rows, {code: rules.Known(unit.level, unit.parent_id is None) for code, unit in known.items()})
    fresh = [row for row in wanted if row.code not in known]
    ids = {unit.code: unit.id for unit in known.values()} | {row.code: new_id() for row in fresh}
    changed = [row for row in wanted if row.code in known and _differs(row, known[row.code], ids)]
    done = Imported(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))
    if not dry_run and (fresh or changed):
        _add(fresh, ids)
        for row in changed:
            _change(known[row.code], row, ids.get(row.parent_code), today)
        announce(TreeImported(queries.roots()[0].id, done.added, done.changed, at_local(today, time())))
    return done


@transactional
def open_unit(parent_id: UUID, name: str, level: Level, kind: AssociationKind = AssociationKind.TERRITORIAL, *,
              actor: Actor, now: datetime, code: str | None = None) -> UUID:  # fmt: skip
    """Open a unit below another, by an administrator of that place.

    Groups and associations beside the village get a code made from the place's; an ordinary unit brings its own.
    """
    queries.require(actor, Role.ADMIN, parent_id)
    parent = db.session.scalars(select(Organisation).where(Organisation.id == parent_id).with_for_update()).one()
    rules.check_place(parent, level, kind)
    rules.refuse_closed(parent)
    _refuse_twin(parent, name, kind)
    if code:
        rules.check_code(code)
    given = code or _next_code(parent, level, kind)
    unit = Organisation(code=given, division_code=rules.division_of(given), name=name, level=level, kind=kind,
                        parent_id=parent_id, valid_from=local(now).date())  # fmt: skip
    db.session.add(unit)
    with clash_means(AlreadyThere(name=name, code=given)):
        db.session.flush()
    _plant(unit)
    announce(UnitOpened(unit.id, parent_id, actor.id, now))
    return unit.id


@transactional
def merge(source_id: UUID, into_id: UUID, on: date, *, actor: Actor, now: datetime) -> None:
    """Merge a unit into another as of a day: it closes, stands below its successor, and scope follows by itself.

    What was held before that day still counts for the places above it as they stood then.
    """
    source, into = (queries.require(actor, Role.ADMIN, unit_id) for unit_id in (source_id, into_id))
    if why := rules.why_not_merge(source, into, on, local(now).date(), queries.lineage(into_id)):
        raise CannotMerge(source=source.name, into=into.name, why=why)
    source.valid_to, source.successor_id = on, into_id
    _move(source, into_id, on)
    announce(UnitsMerged(source_id, into_id, on, actor.id, now))


def _differs(row: rules.TreeRow, unit: Organisation, ids: Mapping[str, UUID]) -> bool:
    return unit.valid_to is None and (row.name != unit.name or ids.get(row.parent_code) != unit.parent_id)


def _add(fresh: list[rules.TreeRow], ids: Mapping[str, UUID]) -> None:
    if not fresh:
        return
    values = [
        {"id": ids[row.code], "code": row.code, "division_code": row.code[:12], "name": row.name, "level": row.level,
         "kind": AssociationKind.TERRITORIAL, "parent_id": ids.get(row.parent_code), "valid_from": BEGINNING}
        for row in sorted(fresh, key=lambda row: ORDER.index(row.level))
    ]  # fmt: skip
    db.session.execute(insert(Organisation), values)
    _plant_all()


def _change(unit: Organisation, row: rules.TreeRow, parent_id: UUID | None, today: date) -> None:
    unit.name = row.name
    if parent_id is not None and parent_id != unit.parent_id:
        _move(unit, parent_id, today)


def _next_code(parent: Organisation, level: Level, kind: AssociationKind) -> str:
    """Make the next code below a place; the caller holds the parent's row, so no two get the same."""
    if level is not Level.GROUP and kind is AssociationKind.TERRITORIAL:
        raise CodeNeeded
    stem = rules.stem(parent.code, kind)
    last = db.session.scalar(select(func.max(Organisation.code)).where(Organisation.code.like(f"{stem}___")))
    return f"{stem}{int(last[-3:]) + 1 if last else 1:03d}"


def _refuse_twin(parent: Organisation, name: str, kind: AssociationKind) -> None:
    twin = select(Organisation).where(Organisation.parent_id == parent.id, Organisation.name == name)
    found = db.session.scalar(twin.where(Organisation.valid_to.is_(None)))
    if found is not None:
        raise AlreadyThere(name=found.name, code=found.code)


# The closure ----------------------------------------------------------------------------------------------------

COLUMNS = ("ancestor_id", "descendant_id", "valid_from", "depth")


def _plant(unit: Organisation) -> None:
    """Write the closure rows of one new unit."""
    db.session.add(Closure(ancestor_id=unit.id, descendant_id=unit.id, valid_from=unit.valid_from, depth=0))
    db.session.flush()
    if unit.parent_id is not None:
        _attach(unit.id, unit.parent_id, unit.valid_from)


def _plant_all() -> None:
    """Write the closure rows of every unit that has none yet, a level at a time, in the database itself."""
    has_none = Organisation.id.not_in(select(Closure.descendant_id).where(Closure.depth == 0))
    selves = select(Organisation.id, Organisation.id, Organisation.valid_from, literal(0)).where(has_none)
    db.session.execute(insert(Closure).from_select(COLUMNS, selves))
    placed = select(Closure.descendant_id).where(Closure.depth == 1, Closure.valid_to.is_(None))
    for level in ORDER[1:]:
        above = select(Closure.ancestor_id, Organisation.id, Organisation.valid_from, Closure.depth + 1)
        above = above.join(Organisation, Organisation.parent_id == Closure.descendant_id)
        above = above.where(Organisation.level == level, Closure.valid_to.is_(None), Organisation.id.not_in(placed))
        db.session.execute(insert(Closure).from_select(COLUMNS, above))


def _move(unit: Organisation, parent_id: UUID, on: date) -> None:
    """Put a unit and all below it under another parent as of a day."""
    unit.parent_id = parent_id
    db.session.flush()
    _detach(unit.id, on)
    _attach(unit.id, parent_id, on)


def _detach(unit_id: UUID, on: date) -> None:
    """End what stands above a unit and its subtree; rows that had not begun before the day never were."""
    subtree = select(Closure.descendant_id).where(Closure.ancestor_id == unit_id, Closure.valid_to.is_(None))
    bond = (
        Closure.ancestor_id.in_(queries.lineage(unit_id)[1:]),
        Closure.descendant_id.in_(subtree.scalar_subquery()),
        Closure.valid_to.is_(None),
    )
    quiet = {"synchronize_session": False}
    db.session.execute(delete(Closure).where(*bond, Closure.valid_from >= on), execution_options=quiet)
    db.session.execute(update(Closure).where(*bond).values(valid_to=on), execution_options=quiet)


def _attach(unit_id: UUID, parent_id: UUID, on: date) -> None:
    """Put all of a subtree below all that stands above its new parent, in one statement."""
    over, under = aliased(Closure), aliased(Closure)
    pairs = select(over.ancestor_id, under.descendant_id, literal(on, Date), over.depth + under.depth + 1)
    pairs = pairs.join_from(over, under, and_(under.ancestor_id == unit_id, under.valid_to.is_(None)))
    pairs = pairs.where(over.descendant_id == parent_id, over.valid_to.is_(None))
    db.session.execute(insert(Closure).from_select(COLUMNS, pairs))
