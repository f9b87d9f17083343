"""Doors of documents: the papers of an activity, one paper, its file and its pages as pictures."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.infra.pages import page
from eventsvc.infra.policy import policy

bp = Blueprint("documents", __name__)


@bp.get("/activities/<uuid:activity_id>/documents")
@policy()
def index(activity_id: UUID) -> ResponseReturnValue:
    return page("documents/index.html")


@bp.post("/activities/<uuid:activity_id>/documents/<code>")
@policy()
def request(activity_id: UUID, code: str) -> ResponseReturnValue:
    return page("documents/index.html")


@bp.get("/documents/<uuid:document_id>")
@policy()
def show(document_id: UUID) -> ResponseReturnValue:
    return page("documents/show.html")


@bp.get("/documents/<uuid:document_id>/file.pdf")
@policy()
def file(document_id: UUID) -> ResponseReturnValue:
    return page("documents/show.html")


@bp.get("/documents/<uuid:document_id>/pages/<int:number>.png", endpoint="page")
@policy()
def picture(document_id: UUID, number: int) -> ResponseReturnValue:
    return page("documents/show.html")
