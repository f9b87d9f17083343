"""Doors of messages: the call list."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("messages", __name__)


@bp.get("/activities/<uuid:activity_id>/messages")
@policy("organiser", "group_leader")
def index(activity_id: UUID) -> ResponseReturnValue:
    raise NotFound


@bp.post("/activities/<uuid:activity_id>/messages/<uuid:message_id>")
@policy("organiser", "group_leader")
def told(activity_id: UUID, message_id: UUID) -> ResponseReturnValue:
    raise NotFound
