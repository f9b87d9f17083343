"""Doors of reports."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("reports", __name__)


@bp.get("/reports")
@policy()
def index() -> ResponseReturnValue:
    """Show what waits for review and how my own reports stand."""
    raise NotFound


@bp.get("/activities/<uuid:activity_id>/report")
@policy()
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show the report of an activity."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/report/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Write the report."""
    raise NotFound


@bp.post("/activities/<uuid:activity_id>/report/move/<action>")
@policy()
def move(activity_id: UUID, action: str) -> ResponseReturnValue:
    """Take one step."""
    raise NotFound
