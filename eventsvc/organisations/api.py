"""Organisations for machines: those in the token's reach."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries
from eventsvc.organisations.models import Organisation

bp = blueprint("organisations", N_("单位"))
MOST = 100


class OrganisationOut(Schema):
    """One unit."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"description": "Its own code; groups have fifteen digits."})
    division_code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)
    kind = fields.String(required=True)
    parent_id = fields.UUID(allow_none=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(allow_none=True)
    successor_id = fields.UUID(allow_none=True)


class OrganisationAbove(Schema):
    """A unit above."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    level = fields.String(required=True)


class OrganisationWithPath(OrganisationOut):
    """One unit, with what stands above it, the topmost first."""

    path = fields.List(fields.Nested(OrganisationAbove), required=True)


class Wanted(StrictSchema):
    """Which units: by words of the name or the beginning of the code; or the children of one."""

    q = marshal.Str(longest=50, load_default="", metadata={"description": "Part of a name, or the beginning of a code."})
    parent_id = fields.UUID(load_default=None)
    limit = marshal.Whole(least=1, most=MOST, load_default=20)


@bp.route("/organisations", methods=["GET"])
@bp.arguments(Wanted, location="query", as_kwargs=True)
@bp.response(200, OrganisationOut(many=True))
@policy("viewer", scope="organisations:read")
def index(q: str, parent_id: UUID | None, limit: int) -> list[Organisation]:
    """List units in reach: found by words, below one, or (with neither) those at which the token's owner serves."""
    someone = actor()
    if q:
        return [unit for unit, _ in queries.search(q, within=someone, limit=limit)]
    if parent_id:
        queries.organisation(parent_id, within=someone)
        return queries.children(parent_id)
    return queries.units({grant.organisation_id for grant in someone.grants})


@bp.route("/organisations/<uuid:organisation_id>", methods=["GET"])
@bp.response(200, OrganisationWithPath)
@policy("viewer", scope="organisations:read")
def show(organisation_id: UUID) -> dict[str, Any]:
    """Give one unit and what stands above it."""
    unit = queries.organisation(organisation_id, within=actor())
    above = queries.path(organisation_id)[:-1]
    return {**{name: getattr(unit, name) for name in OrganisationOut().fields}, "path": above}
