"""Doors of organisations: the tree, one unit."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries

bp = Blueprint("organisations", __name__)


@bp.get("/organisations")
@policy()
def index() -> ResponseReturnValue:
    """Show my units, and find any in reach."""
    return page("organisations/index.html")


@bp.get("/organisations/<uuid:organisation_id>")
@policy()
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show one unit: where it stands, what stands below."""
    unit = queries.organisation(organisation_id, within=actor())
    return page("organisations/show.html", unit=unit)
