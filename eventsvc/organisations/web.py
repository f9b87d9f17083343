"""Doors of organisations: the tree, one unit, a new one below it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.words import N_
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries, rules, service
from eventsvc.organisations.models import AssociationKind, Level
from eventsvc.organisations.schemas import NewUnitSchema

bp = Blueprint("organisations", __name__)
MOST_FOUND = 50


@bp.get("/organisations")
@policy()
def index() -> ResponseReturnValue:
    """Show the units at which I serve, and find any in reach."""
    someone = actor()
    words = request.args.get("q", "")[:50].strip()
    found = queries.search(words, within=someone, limit=MOST_FOUND) if words else []
    mine = queries.units({grant.organisation_id for grant in someone.grants})
    return page("organisations/index.html", q=words, found=found, mine=mine, most=MOST_FOUND)


@bp.get("/organisations/<uuid:organisation_id>")
@policy()
def show(organisation_id: UUID) -> ResponseReturnValue:
    """Show one unit: where it stands, what stands below."""
    someone = actor()
    unit = queries.organisation(organisation_id, within=someone)
    path = queries.path(organisation_id)
    lineage = [one.id for one in path]
    return page("organisations/show.html", unit=unit, path=path, children=queries.children(organisation_id),
                counts=queries.count_below(organisation_id), is_admin=someone.can("admin", lineage),
                may_see=someone.can("viewer", lineage), opens=rules.may_stand_below(unit)[0],
                successor=queries.names([unit.successor_id]) if unit.successor_id else {})  # fmt: skip


@bp.route("/organisations/<uuid:organisation_id>/units/new", methods=["GET", "POST"])
@policy("admin")
def open_unit(organisation_id: UUID) -> ResponseReturnValue:
    """Open a unit below this one: a member group, an association of an enterprise, a village."""
    parent = queries.require(actor(), "admin", organisation_id)
    levels, kinds = rules.may_stand_below(parent)
    first = {"level": levels[0].value, "kind": kinds[0].value} if levels else {}
    form = Form(NewUnitSchema(), request.form) if request.method == "POST" else Form(NewUnitSchema(), filled=first)
    if request.method == "POST" and (unit_id := form.run(_open, organisation_id)):
        flash(say(N_("已设立")), "success")
        return redirect(url_for(".show", organisation_id=unit_id), 303)
    return page("organisations/open.html", form.status, form=form, parent=parent, path=queries.path(organisation_id), levels=levels, kinds=kinds)


def _open(parent_id: UUID, typed: dict[str, Any]) -> UUID:
    level, kind = Level(typed["level"]), AssociationKind(typed["kind"])
    return service.open_unit(parent_id, typed["name"], level, kind, code=typed["code"], actor=actor(), now=clock.now())
