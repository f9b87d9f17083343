"""What a figure means, as data: a row for each indicator and version that was ever accepted."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from eventsvc.core.codes import new_id
from eventsvc.core.words import Label
from eventsvc.declare import Indicator
from eventsvc.infra.db import db
from eventsvc.statistics.models import IndicatorDefinition

ADDITIVE = frozenset({"sum", "money"})
"""Measures whose numbers climb. What is counted distinct stands in its own report only."""


def definitions_of(indicators: Iterable[Indicator]) -> dict[tuple[str, int], UUID]:
    """Return the ids of these indicators by (code, version); those met for the first time are written down."""
    wanted = {(one.code, one.version): one for one in indicators}
    known = _known(wanted)
    if missing := [one for key, one in wanted.items() if key not in known]:
        dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
        adding = dialect.insert(IndicatorDefinition).values(
            [_row(one) for one in sorted(missing, key=lambda one: one.code)]
        )
        db.session.execute(adding.on_conflict_do_nothing(index_elements=["code", "version"]))
        known = _known(wanted)
    return known


def _known(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], UUID]:
    keys = list(wanted)
    query = select(IndicatorDefinition.code, IndicatorDefinition.version, IndicatorDefinition.id)
    rows = (
        db.session.execute(query.where(tuple_(IndicatorDefinition.code, IndicatorDefinition.version).in_(keys)))
        if keys
        else ()
    )
    return {(row.code, row.version): row.id for row in rows}


def _row(one: Indicator) -> dict[str, object]:
    return {
        "id": new_id(), "code": one.code, "version": one.version, "label": _words(one.label), "unit": _words(one.unit),
        "measure": one.measure, "scale": 100 if one.measure == "money" else 1,
    }  # fmt: skip


def _words(label: Label) -> str:
    return str(label["zh"]) if isinstance(label, Mapping) else str(label)
