"""Activities for machines: the same plans and the same steps as the pages have."""

from typing import Any
from uuid import UUID

from flask import url_for
from marshmallow import Schema, fields

from eventsvc.activities import queries, rules, service
from eventsvc.activities.models import State
from eventsvc.activities.schemas import PlanSchema, PostponeSchema, plan_of
from eventsvc.activities.workflow import WORKFLOW
from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.forms import load
from eventsvc.infra.i18n import say
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS

bp = blueprint("activities", N_("活动"))


class ActivityOut(Schema):
    """One activity, as lists show it."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, metadata={"enum": sorted(KINDS)})
    organisation_id = fields.UUID(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": [state.value for state in State]})
    version = fields.Integer(required=True, metadata={"description": "Send it back when saving: a newer one is never overwritten."})
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(allow_none=True)
    venue = fields.String(required=True)
    capacity = fields.Integer(allow_none=True)
    slug = fields.String(allow_none=True, metadata={"description": "The end of the public link, once there is one."})


class MoveOut(Schema):
    """One step that was taken."""

    id = fields.UUID(required=True)
    action = fields.String(required=True)
    source = fields.String(required=True)
    target = fields.String(required=True)
    actor_name = fields.String(required=True)
    note = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


class WholeActivityOut(ActivityOut):
    """One activity with its plan, its history and what may follow."""

    plan = fields.Dict(required=True, metadata={"description": "As it is sent: what the kind asks lies under `plan`."})
    moves = fields.List(fields.Nested(MoveOut), required=True)
    sign_up_state = fields.String(required=True, metadata={"enum": [state.value for state in rules.SignUp]})
    actions = fields.List(fields.String(), required=True, metadata={"description": "Steps that this token's owner can take now."})
    unmet = fields.Dict(required=True, metadata={"description": "What the plan lacks before it can be submitted, by the name of the question."})


class Wanted(StrictSchema):
    """Which activities."""

    state = marshal.OneOf(codes=tuple(state.value for state in State), load_default=None)
    kind = marshal.OneOf(codes=tuple(KINDS), load_default=None)
    unit = fields.UUID(load_default=None, metadata={"description": "This unit and all below it."})
    month = marshal.Str(longest=7, load_default=None, metadata={"description": "Such as 2027-05."})
    page = marshal.Whole(least=1, most=100_000, load_default=1)


class NewActivity(StrictSchema):
    """A new draft. What goes into `plan` depends on the kind."""

    kind = marshal.OneOf(codes=tuple(KINDS), required=True)
    organisation_id = fields.UUID(required=True)
    plan = fields.Dict(required=True)


class SavedActivity(StrictSchema):
    """A plan, over the version that was seen."""

    version = marshal.Whole(least=1, required=True)
    plan = fields.Dict(required=True)


class NewMove(StrictSchema):
    """A step of the workflow."""

    action = marshal.OneOf(codes=tuple(step.action for step in WORKFLOW.steps), required=True)
    note = marshal.Str(longest=1000, multiline=True, load_default="")
    version = marshal.Whole(least=1, load_default=None)


@bp.route("/activities", methods=["GET"])
@bp.arguments(Wanted, location="query", as_kwargs=True)
@bp.response(200, ActivityOut(many=True))
@policy("viewer", scope="activities:read")
def index(**wanted: Any) -> Any:
    """List the activities in reach, twenty a page, the latest first."""
    return queries.activities(within=actor(), **wanted).items


@bp.route("/activities/<uuid:activity_id>", methods=["GET"])
@bp.response(200, WholeActivityOut)
@policy("viewer", scope="activities:read")
def show(activity_id: UUID) -> dict[str, Any]:
    """Give one activity with its plan, its history and what may follow."""
    return _whole(activity_id)


@bp.route("/activities", methods=["POST"])
@bp.arguments(NewActivity, as_kwargs=True)
@bp.response(201, WholeActivityOut)
@policy("organiser", scope="activities:write")
def draft(kind: str, organisation_id: UUID, plan: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Write down a new plan. A title and a starting time are enough."""
    typed = load(PlanSchema.asking(KINDS[kind]), plan)
    made = service.draft(kind, organisation_id, typed, actor=actor(), now=clock.now())
    return _whole(made), 201, {"Location": url_for("activities_api.show", activity_id=made)}


@bp.route("/activities/<uuid:activity_id>", methods=["PUT"])
@bp.arguments(SavedActivity, as_kwargs=True)
@bp.response(200, WholeActivityOut)
@policy("organiser", scope="activities:write")
def save(version: int, plan: dict[str, Any], activity_id: UUID) -> dict[str, Any]:
    """Save a plan over the version that was seen; over a newer one it is refused as `stale`."""
    kind = KINDS[queries.activity(activity_id, within=actor()).kind]
    service.save(activity_id, load(PlanSchema.asking(kind), plan), version=version, actor=actor(), now=clock.now())
    return _whole(activity_id)


@bp.route("/activities/<uuid:activity_id>/moves", methods=["POST"])
@bp.arguments(NewMove, as_kwargs=True)
@bp.response(200, WholeActivityOut)
@policy("organiser", "approver", scope="activities:write")
def move(action: str, note: str, version: int | None, activity_id: UUID) -> dict[str, Any]:
    """Take one step of the workflow."""
    service.move(activity_id, action, actor=actor(), now=clock.now(), note=note, version=version)
    return _whole(activity_id)


@bp.route("/activities/<uuid:activity_id>/postponements", methods=["POST"])
@bp.arguments(PostponeSchema, as_kwargs=True)
@bp.response(200, WholeActivityOut)
@policy("organiser", scope="activities:write")
def postpone(activity_id: UUID, **said: Any) -> dict[str, Any]:
    """Give an approved or published activity another time."""
    service.postpone(activity_id, said["starts_at"], said["ends_at"], actor=actor(), now=clock.now(), note=said["note"] or "")
    return _whole(activity_id)


def _whole(activity_id: UUID) -> dict[str, Any]:
    activity, me, now = queries.whole_activity(activity_id, within=actor()), actor(), clock.now()
    declared = KINDS[activity.kind]
    may = queries.steps_for(me, queries.lineage(activity))
    return {
        **{name: getattr(activity, name) for name in ActivityOut().fields}, "plan": plan_of(declared, activity),
        "moves": activity.moves, "sign_up_state": rules.sign_up_state(activity, now),
        "actions": [step.action for step in WORKFLOW.from_here(activity.state, may)],
        "unmet": {name: say(words) for name, words in rules.unmet(declared, activity)},
    }  # fmt: skip
