"""Doors of activities: the list, planning, the way through approval, the poster and its code."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.infra.pages import page
from eventsvc.infra.policy import policy

bp = Blueprint("activities", __name__)


@bp.get("/activities")
@policy()
def index() -> ResponseReturnValue:
    return page("activities/index.html")


@bp.get("/activities/new")
@policy("organiser")
def choose() -> ResponseReturnValue:
    return page("activities/choose.html")


@bp.route("/activities/new/<kind>", methods=["GET", "POST"])
@policy("organiser")
def create(kind: str) -> ResponseReturnValue:
    return page("activities/edit.html")


@bp.get("/activities/<uuid:activity_id>")
@policy()
def show(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/show.html")


@bp.route("/activities/<uuid:activity_id>/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/edit.html")


@bp.post("/activities/<uuid:activity_id>/move/<action>")
@policy("organiser", "approver")
def move(activity_id: UUID, action: str) -> ResponseReturnValue:
    return page("activities/show.html")


@bp.route("/activities/<uuid:activity_id>/approve-on-paper", methods=["GET", "POST"])
@policy("organiser", "approver")
def approve_on_paper(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/approve_on_paper.html")


@bp.route("/activities/<uuid:activity_id>/postpone", methods=["GET", "POST"])
@policy("organiser")
def postpone(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/postpone.html")


@bp.get("/activities/<uuid:activity_id>/preview")
@policy()
def preview(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/preview.html")


@bp.get("/activities/<uuid:activity_id>/poster")
@policy()
def poster(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/poster.html")


@bp.get("/activities/<uuid:activity_id>/qr.svg")
@policy()
def qr(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/poster.html")


@bp.post("/activities/<uuid:activity_id>/pause")
@policy("organiser")
def pause(activity_id: UUID) -> ResponseReturnValue:
    return page("activities/show.html")
