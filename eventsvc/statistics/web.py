"""Doors of statistics."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("statistics", __name__)


@bp.get("/organisations/<uuid:organisation_id>/figures")
@policy("viewer")
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show the figures of a unit and all below it."""
    raise NotFound


@bp.get("/organisations/<uuid:organisation_id>/figures.xlsx")
@policy("viewer")
def workbook(organisation_id: UUID) -> ResponseReturnValue:
    """Give the same numbers as a workbook."""
    raise NotFound


@bp.get("/organisations/<uuid:organisation_id>/figures.svg")
@policy("viewer")
def chart(organisation_id: UUID) -> ResponseReturnValue:
    """Draw the same numbers."""
    raise NotFound
