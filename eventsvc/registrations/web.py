"""Doors of registrations."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from eventsvc.core.errors import NotFound
from eventsvc.infra.policy import policy

bp = Blueprint("registrations", __name__)


@bp.route("/s/<slug>", methods=["GET", "POST"])
@policy(public=True)
def sign_up(slug: str) -> ResponseReturnValue:
    raise NotFound


@bp.route("/s/<slug>/find", methods=["GET", "POST"])
@policy(public=True)
def find(slug: str) -> ResponseReturnValue:
    raise NotFound


@bp.get("/k/<secret>")
@policy(public=True)
def open_link(secret: str) -> ResponseReturnValue:
    raise NotFound


@bp.get("/r/<code>")
@policy(public=True)
def receipt(code: str) -> ResponseReturnValue:
    raise NotFound


@bp.route("/r/<code>/change", methods=["GET", "POST"])
@policy(public=True)
def manage(code: str) -> ResponseReturnValue:
    raise NotFound


@bp.post("/r/<code>/withdraw")
@policy(public=True)
def withdraw(code: str) -> ResponseReturnValue:
    raise NotFound


@bp.get("/r/<code>/calendar.ics")
@policy(public=True)
def calendar(code: str) -> ResponseReturnValue:
    raise NotFound


@bp.get("/activities/<uuid:activity_id>/registrations")
@policy("viewer")
def index(activity_id: UUID) -> ResponseReturnValue:
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/registrations/new", methods=["GET", "POST"])
@policy("organiser")
def add(activity_id: UUID) -> ResponseReturnValue:
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/registrations.xlsx", methods=["GET", "POST"])
@policy("organiser")
def export(activity_id: UUID) -> ResponseReturnValue:
    raise NotFound


@bp.route("/activities/<uuid:activity_id>/registrations/<uuid:registration_id>", methods=["GET", "POST"])
@policy("viewer")
def show(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    raise NotFound
