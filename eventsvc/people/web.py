"""Doors of people."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("people", __name__)


@bp.route("/organisations/<uuid:organisation_id>/households", methods=["GET"])
@policy()
def households(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/organisations/<uuid:organisation_id>/households/new", methods=["GET", "POST"])
@policy()
def add(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/organisations/<uuid:organisation_id>/households/import", methods=["GET", "POST"])
@policy()
def import_(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/households/<uuid:household_id>", methods=["GET"])
@policy()
def show(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/households/<uuid:household_id>/edit", methods=["GET", "POST"])
@policy()
def edit(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/households/<uuid:household_id>/close", methods=["POST"])
@policy()
def close(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound
