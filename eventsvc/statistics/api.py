"""Figures for machines: the same numbers as the page of a unit."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from eventsvc.core import clock
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.i18n import say
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.statistics import queries
from eventsvc.statistics.period import EARLIEST, LATEST, Period
from eventsvc.statistics.queries import Amounts, View

bp = blueprint("statistics", N_("数字"))


def _amounts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class Wanted(StrictSchema):
    """Which span of time, and which kind of activity."""

    year = marshal.Whole(
        least=EARLIEST, most=LATEST, load_default=None, metadata={"description": "This year when left out."}
    )
    month = marshal.Whole(least=1, most=12, load_default=None)
    kind = marshal.OneOf(codes=tuple(KINDS), load_default="")


class IndicatorOut(Schema):
    """What a number means."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    unit = fields.String(required=True)
    scale = fields.Integer(
        required=True, metadata={"description": "How many of the number make one unit: 100 for money in fen."}
    )


class PartOut(Schema):
    """What a unit below, a kind, a month or an activity adds."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    amounts = _amounts()


class FiguresOut(Schema):
    """The figures of one unit and all below it. Amounts are whole numbers by indicator; what is not there is nought."""

    organisation_id = fields.UUID(required=True)
    year = fields.Integer(required=True)
    month = fields.Integer(allow_none=True)
    indicators = fields.List(fields.Nested(IndicatorOut), required=True)
    total = _amounts()
    year_before = _amounts()
    own = _amounts()
    children = fields.List(fields.Nested(PartOut), required=True)
    kinds = fields.List(fields.Nested(PartOut), required=True)
    months = fields.List(fields.Nested(PartOut), required=True)
    activities = fields.List(fields.Nested(PartOut), required=True)


@bp.route("/organisations/<uuid:organisation_id>/figures", methods=["GET"])
@bp.arguments(Wanted, location="query", as_kwargs=True)
@bp.response(200, FiguresOut)
@policy("viewer", scope="statistics:read")
def show(organisation_id: UUID, year: int | None, month: int | None, kind: str) -> dict[str, Any]:
    """Give the figures of a unit: in all, by child, by kind, by month, and its own activities."""
    period = Period(year or day_of(clock.now()).year, month)
    return dumped(queries.view(organisation_id, period, within=actor(), kind=kind))


def dumped(view: View) -> dict[str, Any]:
    """Write a view as plain values, by the indicators' codes."""

    def by_code(amounts: Amounts) -> dict[str, int]:
        return {column.code: amounts[column.id] for column in view.columns if amounts[column.id]}

    def part(id_: object, label: str, amounts: Amounts) -> dict[str, Any]:
        return {"id": str(id_), "label": label, "amounts": by_code(amounts)}

    return {
        "organisation_id": view.organisation.id, "year": view.period.year, "month": view.period.month,
        "indicators": [{"code": c.code, "label": say(c.label), "unit": say(c.unit), "scale": 100 if c.money else 1} for c in view.columns],
        "total": by_code(view.total), "year_before": by_code(view.before), "own": by_code(view.own),
        "children": [part(row.id, row.name, row.amounts) for row in view.children],
        "kinds": [part(row.code, say(row.label), row.amounts) for row in view.kinds],
        "months": [part(row.month, row.month, row.amounts) for row in view.months],
        "activities": [part(one.id, one.title, one.amounts) for one in view.activities],
    }  # fmt: skip
