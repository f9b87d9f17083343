"""Visits for machines and for phones that were offline: each visit carries an id of the phone's own, so a repeat is harmless."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from eventsvc.core import clock
from eventsvc.core.errors import Invalid
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_
from eventsvc.infra.forms import load
from eventsvc.infra.openapi import blueprint, body
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.visits import queries, service
from eventsvc.visits.schemas import VisitSchema

bp = blueprint("visits", N_("访视"))
KINDS_WITH_VISITS = [kind for kind in KINDS.values() if kind.has("round")]


class BadId(Invalid):
    """A visit by machine names itself."""

    code = "bad_id"
    words = N_("请给这次访视一个客户端生成的编号（UUID）")


class DueOut(Schema):
    """One household of the token's owner. A special family has no name here: its page says who it is, and notes who looked."""

    id = fields.UUID(required=True, metadata={"description": "Of the household's place in the round: what visits are written to."})
    activity_id = fields.UUID(required=True)
    number = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    address = fields.String(required=True)
    turn = fields.String(required=True, metadata={"description": "overdue, today, soon, later, seen or declined."})
    due_on = fields.Date(allow_none=True)
    visits = fields.Integer(required=True)


class VisitOut(Schema):
    """A visit that stands."""

    id = fields.UUID(required=True)


REQUEST = {
    "required": True,
    "content": {"application/json": {"schema": {"oneOf": [VisitSchema.of(kind) for kind in KINDS_WITH_VISITS]}}},
    "description": "The visit, with `id`: made by the client (a UUID). Again with the same body it does nothing, with another 409.",
}


@bp.route("/visits", methods=["GET"])
@bp.response(200, DueOut(many=True))
@policy("group_leader", scope="visits:read")
def mine() -> list[dict[str, Any]]:
    """List the households that the token's owner visits in the rounds that are on."""
    return [_due(line) for line in queries.mine(actor(), today=day_of(clock.now()))]


@bp.route("/visits/<uuid:target_id>/records", methods=["POST"])
@bp.doc(requestBody=REQUEST)
@bp.response(201, VisitOut)
@policy("group_leader", scope="visits:write")
def record(target_id: UUID) -> dict[str, UUID]:
    """Write down one visit to a household of a round."""
    _, activity = queries.target(target_id, within=actor(), today=day_of(clock.now()))
    sent = body()
    id = _own_id(sent.pop("id", None))
    visit = load(VisitSchema.of(KINDS[activity.kind]), sent)
    return {"id": service.record(target_id, visit, actor=actor(), now=clock.now(), id=id)}


@bp.route("/visits/records/<uuid:record_id>/undo", methods=["POST"])
@bp.response(204)
@policy("group_leader", scope="visits:write")
def undo(record_id: UUID) -> None:
    """Take a visit back."""
    service.undo(record_id, actor=actor(), now=clock.now())


def _own_id(sent: Any) -> UUID:
    try:
        return UUID(sent)
    except (ValueError, TypeError, AttributeError) as wrong:
        raise BadId(fields={"id": [BadId.words]}) from wrong


def _due(line: queries.Line) -> dict[str, Any]:
    one = line.household
    named = {} if one.special else {"name": one.head, "phone": one.phone, "address": one.address}
    return {"name": "", "phone": "", "address": ""} | named | {
        "id": line.id, "activity_id": line.activity_id, "number": one.number, "turn": line.turn.value,
        "due_on": line.next_on if line.visits and line.next_on else line.due_on, "visits": line.visits,
    }  # fmt: skip
