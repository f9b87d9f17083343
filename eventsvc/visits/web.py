"""Doors of visits."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("visits", __name__)


@bp.route("/visits", methods=["GET"])
@policy()
def mine(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/visits/<uuid:target_id>", methods=["GET", "POST"])
@policy()
def record(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/visits/<uuid:target_id>/nobody-home", methods=["POST"])
@policy()
def nobody_home(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/visits/records/<uuid:record_id>/undo", methods=["POST"])
@policy()
def undo(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/visits/records/<uuid:record_id>/solved", methods=["POST"])
@policy()
def solve(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/visits", methods=["GET"])
@policy()
def round(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/visits/assign", methods=["POST"])
@policy()
def assign(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/visits/add", methods=["GET", "POST"])
@policy()
def add(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/visits/unplanned", methods=["GET", "POST"])
@policy()
def unplanned(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound
