"""Doors of campaigns: what was handed down, what I hand down."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.campaigns import queries, service
from eventsvc.campaigns.models import Campaign
from eventsvc.campaigns.schemas import QUESTIONS, CampaignSchema
from eventsvc.core import clock
from eventsvc.core.actor import Actor
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import local
from eventsvc.core.words import N_
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations

bp = Blueprint("campaigns", __name__)


@bp.get("/campaigns")
@policy()
def index() -> ResponseReturnValue:
    """List what concerns my units."""
    someone = actor()
    closed = request.args.get("closed") == "1"
    return page("campaigns/index.html", campaigns=queries.campaigns(within=someone, closed=closed), closed=closed, kinds=KINDS,
                mine=organisations.units(someone.places("organiser")), today=local(clock.now()).date())  # fmt: skip


@bp.get("/campaigns/<uuid:campaign_id>")
@policy()
def show(campaign_id: UUID) -> ResponseReturnValue:
    """Show one campaign: what is asked, by whom, until when."""
    someone = actor()
    campaign, unit = queries.campaign(campaign_id, within=someone)
    return page("campaigns/show.html", campaign=campaign, unit=unit, kinds=KINDS, handed_on=queries.handed_on(campaign_id, within=someone),
                may_close=someone.can("organiser", organisations.lineage(campaign.organisation_id)),
                mine=[u for u in organisations.units(someone.places("organiser")) if u.id != campaign.organisation_id])  # fmt: skip


@bp.route("/organisations/<uuid:organisation_id>/campaigns/new", methods=["GET", "POST"])
@policy("organiser")
def create(organisation_id: UUID) -> ResponseReturnValue:
    """Ask something of a unit and all below it, or hand on what came from above (`?parent=`)."""
    unit = organisations.require(actor(), "organiser", organisation_id)
    parent = _parent(actor())
    filled = _asked(parent) if parent else {}
    form = Form(CampaignSchema(), request.form) if request.method == "POST" else Form(CampaignSchema(), filled=filled)
    made = {"parent_id": parent.id if parent else None, "actor": actor(), "now": clock.now()}
    if request.method == "POST" and (campaign_id := form.run(service.open_campaign, organisation_id, **made)):
        flash(say(N_("已下发，下级单位现在就能看到")), "success")
        return redirect(url_for(".show", campaign_id=campaign_id), 303)
    return page("campaigns/create.html", form.status, form=form, unit=unit, parent=parent)


@bp.post("/campaigns/<uuid:campaign_id>/close")
@policy("organiser")
def close(campaign_id: UUID) -> ResponseReturnValue:
    """End a campaign."""
    service.close(campaign_id, actor=actor(), now=clock.now())
    flash(say(N_("已结束，已有的活动和数字不受影响")), "success")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


def _parent(someone: Actor) -> Campaign | None:
    given = request.args.get("parent")
    if not given:
        return None
    try:
        return queries.campaign(UUID(given), within=someone)[0]
    except ValueError as wrong:
        raise NotFound from wrong


def _asked(parent: Campaign) -> dict[str, Any]:
    dumped: dict[str, Any] = CampaignSchema().dump({field.name: getattr(parent, field.name) for field in QUESTIONS})
    return dumped
