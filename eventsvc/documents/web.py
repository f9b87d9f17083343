"""Doors of documents: the papers of an activity, one paper, its file and its pages as pictures."""

from uuid import UUID

from flask import Blueprint, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.documents import pictures, queries, service, shelf
from eventsvc.infra import storage
from eventsvc.infra.jobs.service import progress
from eventsvc.infra.pages import page, wants_fragment
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS

bp = Blueprint("documents", __name__)


@bp.get("/activities/<uuid:activity_id>/documents")
@policy("viewer")
def index(activity_id: UUID) -> ResponseReturnValue:
    """Show the papers of an activity: what each is, how far it is, the button that makes it."""
    activity = activities.activity(activity_id, within=actor())
    return page("documents/index.html", activity=activity, kind=KINDS[activity.kind], shelf=shelf.of(activity, within=actor()))


@bp.post("/activities/<uuid:activity_id>/documents/<code>", endpoint="request")
@policy("viewer")
def request_paper(activity_id: UUID, code: str) -> ResponseReturnValue:
    """Ask for a paper; while it is made, its page shows how far it is."""
    subject = request.form.get("subject", type=UUID)
    made = service.request(activity_id, code, subject, actor=actor(), now=clock.now())
    return redirect(url_for(".show", document_id=made), 303)


@bp.get("/documents/<uuid:document_id>")
@policy("viewer")
def show(document_id: UUID) -> ResponseReturnValue:
    """Show one paper: how far it is, then its pages and the button to save it."""
    paper, activity = queries.document(document_id, within=actor())
    template = "documents/_paper.html" if wants_fragment() else "documents/show.html"
    return page(template, paper=paper, activity=activity, kind=KINDS[activity.kind], going=progress(paper.id))


@bp.get("/documents/<uuid:document_id>/file.pdf")
@policy("viewer")
def file(document_id: UUID) -> ResponseReturnValue:
    """Hand out the file, under a name that says what it is."""
    path, name = service.open_file(document_id, actor=actor(), now=clock.now())
    answer = send_file(storage.root() / path, mimetype="application/pdf", download_name=name, as_attachment=True, max_age=0)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/documents/<uuid:document_id>/pages/<int:number>.png", endpoint="page")
@policy("viewer")
def picture(document_id: UUID, number: int) -> ResponseReturnValue:
    """Show one page of a paper as a picture."""
    _, _, kept = service.file_of(document_id, within=actor())
    answer = send_file(pictures.picture(kept.path, number), mimetype="image/png", max_age=0)
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
