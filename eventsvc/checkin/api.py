"""The door for machines and for phones that were offline: everything carries an id of the phone's own, so a repeat is harmless."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from eventsvc.checkin import queries, service
from eventsvc.checkin.counting import MOST
from eventsvc.checkin.models import Method
from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import actor, policy

bp = blueprint("checkin", N_("签到"))
METHODS = (Method.LIST.value, Method.QR.value, Method.PAPER.value)
OWN_ID = {"description": "Made by the client (a UUID). The same id and body again do nothing; another body under it is refused with 409."}


class AttendanceOut(Schema):
    """Who came, and what was counted. A party is present when all its people are."""

    parties_placed = fields.Integer(required=True)
    parties_present = fields.Integer(required=True)
    people_placed = fields.Integer(required=True)
    people_present = fields.Integer(required=True)
    walk_ins = fields.Integer(required=True)
    tallies = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class CheckInBody(StrictSchema):
    """One person came."""

    id = fields.UUID(required=True, metadata=OWN_ID)
    participant_id = fields.UUID(required=True)
    method = marshal.OneOf(codes=METHODS, load_default=Method.LIST.value, metadata={"enum": list(METHODS)})


class CheckInOut(Schema):
    """What a check-in did: `fresh` is false when the person had come before, or the id was sent before."""

    id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    fresh = fields.Boolean(required=True)


class UndoBody(StrictSchema):
    """Whose check-in is taken back."""

    participant_id = fields.UUID(required=True)


class UndoneOut(Schema):
    """How many check-ins stood."""

    undone = fields.Integer(required=True)


class TallyBody(StrictSchema):
    """So many more of something."""

    id = fields.UUID(required=True, metadata=OWN_ID)
    counter = marshal.Str(longest=40, required=True, metadata={"description": "A counter of the activity's kind, such as leaflets."})
    amount = marshal.Whole(least=1, most=MOST, required=True)


class TallyOut(Schema):
    """What is counted now."""

    id = fields.UUID(required=True)
    counter = fields.String(required=True)
    total = fields.Integer(required=True)


@bp.route("/activities/<uuid:activity_id>/attendance", methods=["GET"])
@bp.response(200, AttendanceOut)
@policy("group_leader", scope="checkin:read")
def attendance(activity_id: UUID) -> dict[str, Any]:
    """Say how many came of those who have a place, and what was counted."""
    activity = queries.door(activity_id, within=actor())
    return {**vars(queries.attendance(activity.id)), "tallies": queries.tallies(activity.id)}


@bp.route("/activities/<uuid:activity_id>/check-ins", methods=["POST"])
@bp.arguments(CheckInBody)
@bp.response(201, CheckInOut)
@policy("group_leader", scope="checkin:write")
def check_in(sent: dict[str, Any], activity_id: UUID) -> dict[str, Any]:
    """Check one person in."""
    method = Method(sent["method"])
    fresh = service.check_in(activity_id, [sent["participant_id"]], method=method, actor=actor(), now=clock.now(), id=sent["id"])
    return {"id": sent["id"], "participant_id": sent["participant_id"], "fresh": bool(fresh)}


@bp.route("/activities/<uuid:activity_id>/check-ins/undo", methods=["POST"])
@bp.arguments(UndoBody)
@bp.response(200, UndoneOut)
@policy("group_leader", scope="checkin:write")
def undo(sent: dict[str, Any], activity_id: UUID) -> dict[str, int]:
    """Take one person's check-in back."""
    return {"undone": service.undo(activity_id, sent["participant_id"], actor=actor(), now=clock.now())}


@bp.route("/activities/<uuid:activity_id>/tallies", methods=["POST"])
@bp.arguments(TallyBody)
@bp.response(201, TallyOut)
@policy("group_leader", scope="checkin:write")
def tally(sent: dict[str, Any], activity_id: UUID) -> dict[str, Any]:
    """Count so many more, and say what it comes to."""
    id = service.tally(activity_id, sent["counter"], sent["amount"], actor=actor(), now=clock.now(), id=sent["id"])
    return {"id": id, "counter": sent["counter"], "total": queries.tallies(activity_id).get(sent["counter"], 0)}


@bp.route("/activities/<uuid:activity_id>/tallies/<uuid:tally_id>/undo", methods=["POST"])
@bp.response(204)
@policy("group_leader", scope="checkin:write")
def undo_tally(activity_id: UUID, tally_id: UUID) -> None:
    """Take one count back."""
    service.undo_tally(activity_id, tally_id, actor=actor(), now=clock.now())
