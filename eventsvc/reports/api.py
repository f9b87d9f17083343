"""Reports for machines: one as it stands, its words and figures written, its steps."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.infra.forms import load
from eventsvc.infra.i18n import say
from eventsvc.infra.openapi import blueprint, body
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.reports import editing, queries, service
from eventsvc.reports.editing import Sheet
from eventsvc.reports.schemas import report_schema

bp = blueprint("reports", N_("报告"))


class FigureOut(Schema):
    """One figure: what the system knows, what was given instead and why; `value` is what counts. Money in fen."""

    code = fields.String(required=True)
    label = fields.String(required=True)
    unit = fields.String(required=True)
    value = fields.Integer(allow_none=True)
    computed = fields.Integer(allow_none=True)
    given = fields.Integer(allow_none=True)
    reason = fields.String(required=True)
    source = fields.String(required=True)


class SpendingOut(Schema):
    """One line of the budget, in fen."""

    id = fields.UUID(required=True)
    item = fields.String(required=True)
    planned_fen = fields.Integer(required=True)
    actual_fen = fields.Integer(allow_none=True)


class ReportOut(Schema):
    """A report as it stands."""

    activity_id = fields.UUID(required=True)
    state = fields.String(required=True)
    version = fields.Integer(
        required=True, metadata={"description": "Send it back when you save: over a newer one you get 409 stale."}
    )
    figures = fields.List(fields.Nested(FigureOut), required=True)
    spending = fields.List(fields.Nested(SpendingOut), required=True)
    words = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    steps = fields.List(fields.String(), required=True, metadata={"description": "Steps that this token may take now."})
    warnings = fields.List(fields.String(), required=True)
    snapshot_hash = fields.String(required=True)


class MoveIn(StrictSchema):
    """Words that go with a step, and the version that was seen."""

    note = marshal.Str(longest=1000, multiline=True, load_default="")
    version = marshal.Whole(least=1, load_default=None)


@bp.route("/activities/<uuid:activity_id>/report", methods=["GET"])
@bp.response(200, ReportOut)
@policy("viewer", "organiser", "approver", scope="reports:read")
def show(activity_id: UUID) -> dict[str, Any]:
    """Give the report of an activity, with its figures and where they come from."""
    return _shown(activity_id)


@bp.route("/activities/<uuid:activity_id>/report", methods=["POST"])
@bp.response(201, ReportOut)
@policy("organiser", scope="reports:write")
def start(activity_id: UUID) -> dict[str, Any]:
    """Begin the report of an activity that has begun; one that is there already is returned."""
    service.start(activity_id, actor=actor(), now=clock.now())
    return _shown(activity_id)


@bp.route("/activities/<uuid:activity_id>/report", methods=["PUT"])
@bp.response(200, ReportOut)
@policy("organiser", scope="reports:write")
def save(activity_id: UUID) -> dict[str, Any]:
    """Save a report over the version that was read: `figures`, `spending`, `words`, `answers` as the form has them."""
    activity, sent = activities.activity(activity_id, within=actor()), body()
    version = sent.pop("version", None)
    if not isinstance(version, int) or isinstance(version, bool):
        raise Invalid(fields={"version": [N_("请写上读取时的版本号")]})
    told = load(report_schema(KINDS[activity.kind]), sent)
    service.save(activity_id, told, version=version, actor=actor(), now=clock.now())
    return _shown(activity_id)


@bp.route("/activities/<uuid:activity_id>/report/move/<action>", methods=["POST"])
@bp.arguments(MoveIn, as_kwargs=True)
@bp.response(200, ReportOut)
@policy("organiser", "approver", scope="reports:write")
def move(activity_id: UUID, action: str, note: str, version: int | None) -> dict[str, Any]:
    """Take one step: submit, withdraw, accept, send_back, reopen."""
    service.move(activity_id, action, actor=actor(), now=clock.now(), note=note, version=version)
    return _shown(activity_id)


def _shown(activity_id: UUID) -> dict[str, Any]:
    return dumped(editing.sheet(queries.report(activity_id, within=actor()), actor()))


def dumped(sheet: Sheet) -> dict[str, Any]:
    """Write a report as plain values."""
    report = sheet.report
    return {
        "activity_id": report.activity_id, "state": report.state.value, "version": report.version,
        "figures": [
            {"code": f.value.indicator.code, "label": say(f.value.indicator.label), "unit": say(f.value.indicator.unit), "value": f.value.amount,
             "computed": f.value.computed, "given": f.value.given, "reason": f.value.reason, "source": say(f.source)}
            for f in sheet.figures
        ],
        "spending": report.activity.budget,
        "words": {name: text for name, text in report.words.items() if name != "answers"}, "answers": report.words.get("answers", {}),
        "steps": [step.action for step in sheet.steps], "warnings": [say(words) for words in sheet.odd], "snapshot_hash": report.snapshot_hash,
    }  # fmt: skip
