"""Which units stood above a unit on a day: for many units and days in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from eventsvc.infra.db import db
from eventsvc.organisations.models import Closure

Key = tuple[UUID, date]
Span = tuple[date, date | None, UUID]
MANY = 500


def of(keys: Iterable[Key]) -> dict[Key, tuple[UUID, ...]]:
    """Return, for each (unit, day), the unit and all above it as of that day."""
    wanted = set(keys)
    spans = _spans(sorted({unit for unit, _ in wanted}))
    return {(unit, day): standing(spans[unit], day) or (unit,) for unit, day in wanted}


def standing(spans: Iterable[Span], day: date) -> tuple[UUID, ...]:
    """Return whom these spans put above on a day; before the first of them, the first counts: we knew it later than it stood."""
    known = list(spans)
    day = max(day, min((since for since, _, _ in known), default=day))
    return tuple(above for since, until, above in known if since <= day and (until is None or day < until))


def _spans(units: list[UUID]) -> dict[UUID, list[Span]]:
    found: dict[UUID, list[Span]] = defaultdict(list)
    for at in range(0, len(units), MANY):
        query = select(Closure.descendant_id, Closure.valid_from, Closure.valid_to, Closure.ancestor_id)
        for row in db.session.execute(
            query.where(Closure.descendant_id.in_(units[at : at + MANY])).order_by(Closure.depth)
        ):
            found[row.descendant_id].append((row.valid_from, row.valid_to, row.ancestor_id))
    return found
