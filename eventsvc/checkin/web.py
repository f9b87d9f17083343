"""Doors of checkin."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("checkin", __name__)


@bp.route("/activities/<uuid:activity_id>/check-in", methods=["GET"])
@policy()
def index(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/arrive", methods=["POST"])
@policy()
def arrive(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/undo", methods=["POST"])
@policy()
def undo(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/all", methods=["POST"])
@policy()
def all_came(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/photo", methods=["POST"])
@policy()
def photo(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/paper", methods=["GET", "POST"])
@policy()
def paper(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/check-in/<uuid:registration_id>", methods=["GET"])
@policy()
def party(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/c/<code>", methods=["GET"])
@policy(public=True)
def scan(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/walk-in", methods=["GET", "POST"])
@policy()
def walk_in(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/counters", methods=["GET"])
@policy()
def counters(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/counters/<counter>", methods=["POST"])
@policy()
def tally(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/counters/<counter>/undo", methods=["POST"])
@policy()
def undo_tally(**_: Any) -> ResponseReturnValue:
    """Not yet."""
    raise NotFound
