"""Papers for machines: which there are, asked for, how far they are, the file."""

from typing import Any
from uuid import UUID

from flask import send_file
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema
from eventsvc.documents import queries, service
from eventsvc.documents.models import Document
from eventsvc.infra import storage
from eventsvc.infra.i18n import say
from eventsvc.infra.jobs.service import Progress, progress_of
from eventsvc.infra.openapi import blueprint
from eventsvc.infra.policy import actor, policy

bp = blueprint("documents", N_("文件"))


class PaperOut(Schema):
    """One paper: which, about what, how far. While it is made, `stage` says what is done and `item` of how many."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    label = fields.String(required=True)
    subject_id = fields.UUID(required=True, metadata={"description": "The registration, or the activity itself."})
    state = fields.String(required=True, metadata={"description": "promised, rendering, ready or failed"})
    stage = fields.String(required=True)
    item = fields.Integer(required=True)
    total = fields.Integer(required=True, metadata={"description": "0: not known"})
    pages = fields.Integer(allow_none=True)
    trouble = fields.String(required=True)
    requested_at = fields.DateTime(required=True)
    ready_at = fields.DateTime(allow_none=True)


class PaperIn(StrictSchema):
    """What the paper is about."""

    subject_id = fields.UUID(load_default=None, metadata={"description": "A registration; left out: the whole activity."})


@bp.route("/activities/<uuid:activity_id>/documents", methods=["GET"])
@bp.response(200, PaperOut(many=True))
@policy("viewer", scope="documents:read")
def index(activity_id: UUID) -> list[dict[str, Any]]:
    """List the newest paper of each sort and subject."""
    activity = activities.activity(activity_id, within=actor())
    found = list(queries.newest(activity, within=actor()).values())
    going = progress_of(queries.waiting(found))
    return [_dumped(one, going.get(one.id)) for one in found]


@bp.route("/activities/<uuid:activity_id>/documents/<code>", methods=["POST"])
@bp.arguments(PaperIn, as_kwargs=True)
@bp.response(202, PaperOut)
@policy("viewer", scope="documents:write")
def ask(activity_id: UUID, code: str, subject_id: UUID | None) -> dict[str, Any]:
    """Ask for a paper; one that is promised or being made already is returned instead."""
    return _one(service.request(activity_id, code, subject_id, actor=actor(), now=clock.now()))


@bp.route("/documents/<uuid:document_id>", methods=["GET"])
@bp.response(200, PaperOut)
@policy("viewer", scope="documents:read")
def show(document_id: UUID) -> dict[str, Any]:
    """Say how far a paper is."""
    return _one(document_id)


@bp.route("/documents/<uuid:document_id>/file", methods=["GET"])
@bp.response(200, content_type="application/pdf")
@policy("viewer", scope="documents:read")
def file(document_id: UUID) -> ResponseReturnValue:
    """Give the file of a paper that is ready."""
    path, name = service.open_file(document_id, actor=actor(), now=clock.now())
    return send_file(storage.root() / path, mimetype="application/pdf", download_name=name, as_attachment=True, max_age=0)


def _one(document_id: UUID) -> dict[str, Any]:
    found, _ = queries.document(document_id, within=actor())
    return _dumped(found, progress_of([found.id]).get(found.id))


def _dumped(found: Document, going: Progress | None) -> dict[str, Any]:
    far = {"stage": say(going.stage), "item": going.item, "total": going.total} if going else {"stage": "", "item": 0, "total": 0}
    named = ("id", "code", "subject_id", "pages", "requested_at", "ready_at")
    return {name: getattr(found, name) for name in named} | far | {
        "state": found.state.value, "label": say(found.label), "trouble": say(found.trouble),
    }  # fmt: skip
