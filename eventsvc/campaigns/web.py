"""Doors of campaigns: what was handed down to us and how we answer, what we hand down and how far it is."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.campaigns import progress, queries, rules, schemas, service
from eventsvc.campaigns.models import Campaign, Duty, DutyState
from eventsvc.campaigns.workflow import DUTY
from eventsvc.core import clock
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Organisation

bp = Blueprint("campaigns", __name__)


@bp.get("/campaigns")
@policy()
def index() -> ResponseReturnValue:
    """List what my units were asked, what they ask, and what units below began by themselves."""
    someone, closed = actor(), request.args.get("closed") == "1"
    return page("campaigns/index.html", closed=closed, kinds=KINDS, today=_today(),
                asked=[] if closed else queries.asked_of(someone, _today(), finished=True),
                issued=queries.issued(within=someone, closed=closed), below=queries.from_below(within=someone, closed=closed),
                above=queries.ended_above(within=someone) if closed else [],
                mine=organisations.units(someone.places(Role.ORGANISER)))  # fmt: skip


@bp.get("/campaigns/<uuid:campaign_id>")
@policy()
def show(campaign_id: UUID) -> ResponseReturnValue:
    """Show one campaign: what is asked, what changed, how far everybody below is. Who is asked has read it by that."""
    campaign, issuer = queries.campaign(campaign_id, within=actor())
    return _shown(campaign, issuer)


@bp.route("/organisations/<uuid:organisation_id>/campaigns/new", methods=["GET", "POST"])
@policy("organiser")
def create(organisation_id: UUID) -> ResponseReturnValue:
    """Ask something of units below, or hand on what came from above (`?parent=`)."""
    unit = organisations.require(actor(), Role.ORGANISER, organisation_id)
    parent = _parent(actor())
    schema = schemas.new_campaign(unit, [one for one in organisations.children(unit.id) if one.valid_to is None])
    form = Form(schema, request.form) if request.method == "POST" else Form(schema, filled=_first(unit, parent, schema))
    made = {"parent_id": parent.id if parent else None, "actor": actor(), "now": clock.now()}
    if request.method == "POST" and (campaign_id := form.run(service.open_campaign, organisation_id, **made)):
        flash(say(N_("已下发，下级单位的“今天”页上会看到")), "success")
        return redirect(url_for(".show", campaign_id=campaign_id), 303)
    return page("campaigns/create.html", form.status, form=form, unit=unit, parent=parent)


@bp.route("/campaigns/<uuid:campaign_id>/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(campaign_id: UUID) -> ResponseReturnValue:
    """Change words, days or targets; those below are shown what changed."""
    campaign, _ = queries.campaign(campaign_id, within=actor())
    organisations.require(actor(), Role.ORGANISER, campaign.organisation_id)
    schema, version = schemas.changed_campaign(), campaign.version
    form = Form(schema, request.form) if request.method == "POST" else _form_of(campaign, schema)
    if request.method == "POST" and form.run(_changed, campaign_id) is not None:
        flash(say(N_("已保存，改动会显示给下级单位")), "success")
        return redirect(url_for(".show", campaign_id=campaign_id), 303)
    return page("campaigns/edit.html", form.status, form=form, campaign=campaign, version=version)


@bp.post("/campaigns/<uuid:campaign_id>/close")
@policy("organiser")
def close(campaign_id: UUID) -> ResponseReturnValue:
    """End a campaign."""
    service.close(campaign_id, actor=actor(), now=clock.now())
    flash(say(N_("已结束，已有的活动和数字不受影响")), "success")
    return redirect(url_for(".show", campaign_id=campaign_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/remind")
@policy("organiser")
def remind(campaign_id: UUID) -> ResponseReturnValue:
    """Remind those below who are missing, and nobody else."""
    unit_id = _uuid(request.form.get("unit", ""))
    reminded = service.remind(campaign_id, actor=actor(), now=clock.now(), unit_id=unit_id)
    flash(say(Words(N_("已提醒{count}个单位，会显示在他们的“今天”页上"), count=reminded)), "success")
    return redirect(url_for(".show", campaign_id=campaign_id, unit=unit_id), 303)


@bp.post("/campaigns/<uuid:campaign_id>/units/<uuid:organisation_id>/<action>")
@policy("organiser")
def answer(campaign_id: UUID, organisation_id: UUID, action: str) -> ResponseReturnValue:
    """Say for a unit that it does not take part, and why; or that it does after all."""
    campaign, issuer = queries.campaign(campaign_id, within=actor())
    form = Form(schemas.ReasonSchema(partial=("note",)), request.form)
    if form.run(_answered, campaign_id, organisation_id, action):
        flash(say(N_("已记下，上级能看到")), "success")
        return redirect(url_for(".show", campaign_id=campaign_id), 303)
    if form.status == NotFound.status:
        raise NotFound
    return _shown(campaign, issuer, form=form, tried=organisation_id)


# What the commands are handed -------------------------------------------------------------------------------------


def _changed(campaign_id: UUID, asked: Mapping[str, Any]) -> int:
    seen = request.form.get("_version", 0, type=int)
    return service.change(campaign_id, asked, version=seen, actor=actor(), now=clock.now())


def _answered(campaign_id: UUID, organisation_id: UUID, action: str, said: Mapping[str, Any]) -> DutyState:
    return service.answer(campaign_id, organisation_id, action, actor=actor(), now=clock.now(), note=said.get("note") or "")


# What the pages are handed ----------------------------------------------------------------------------------------


def _shown(campaign: Campaign, issuer: str, *, form: Form | None = None, tried: UUID | None = None) -> ResponseReturnValue:
    someone, today = actor(), _today()
    unit = queries.may_look_at(campaign, within=someone, unit_id=_uuid(request.args.get("unit", "")))
    duties = queries.own_duties(campaign, someone)
    seen = min((duty.seen_version for duty, _ in duties if duty.campaign_id == campaign.id), default=campaign.version)
    context = {
        "campaign": campaign, "issuer": issuer, "unit": unit, "kinds": KINDS, "figures": rules.FIGURES, "today": today, "STATES": DutyState,
        "form": form or Form(schemas.ReasonSchema()), "tried": tried,
        "duties": [(duty, name, _steps(duty, someone)) for duty, name in duties],
        "targets": queries.targets(campaign.id), "changes": queries.changes(campaign.id) if campaign.version > 1 else [], "seen": seen,
        "far": progress.progress(campaign, unit, today) if unit is not None else None,
        "going": jobs.progress(campaign.id), "label_of": _label_of,
        "handed_on": queries.handed_on(campaign.id, within=someone), **_may(campaign, unit, someone),
    }  # fmt: skip
    if any(duty.state is DutyState.ASKED or duty.seen_version < campaign.version for duty, _ in duties):
        service.read(campaign.id, actor=someone, now=clock.now())
        context |= {"campaign": queries.campaign(campaign.id, within=someone)[0]}
    return page("campaigns/show.html", form.status if form else 200, **context)


def _may(campaign: Campaign, unit: Organisation | None, someone: Actor) -> dict[str, Any]:
    """Say what this actor may do here: with the campaign, below the unit looked at, and at which units hand it on."""
    path = organisations.path(unit.id) if unit is not None else []
    above = [one.id for one in path]
    issuer = above[: above.index(campaign.organisation_id) + 1] if campaign.organisation_id in above else [campaign.organisation_id]
    return {
        "path": queries.path_from(campaign, path),
        "may_run": someone.can(Role.ORGANISER, issuer),
        "may_remind": unit is not None and someone.can(Role.ORGANISER, above),
        "mine": queries.may_hand_on(campaign, someone),
    }  # fmt: skip


def _steps(duty: Duty, someone: Actor) -> list[Any]:
    at_unit = {grant.organisation_id for grant in someone.grants}
    may = duty.organisation_id in at_unit and someone.can(Role.ORGANISER)
    return [step for step in DUTY.from_here(duty.state, lambda role: may) if step.action != "read"]


def _first(unit: Organisation, parent: Campaign | None, schema: Any) -> dict[str, Any]:
    number = rules.next_number(queries.last_number(unit.id), _today().year)
    if parent is None:
        first: dict[str, Any] = schema.dump({**rules.offered(_today(), queries.last_number(unit.id)), "targets": []})
        return first
    return schemas.filled(parent, queries.targets(parent.id), schema) | {"doc_number": number}


def _form_of(campaign: Campaign, schema: Any) -> Form:
    return Form(schema, filled=schemas.filled(campaign, queries.targets(campaign.id), schema))


@bp.app_template_global("plan_url")
def plan_url(campaign: Campaign, unit_id: UUID | None) -> str:
    """Return where an activity under a campaign is planned: the kind wanted, the unit, a day on which it runs."""
    wanted = [code for code in campaign.kinds_wanted if code in KINDS]
    where: dict[str, Any] = {"campaign": campaign.id, "unit": unit_id, "day": rules.first_day(campaign, _today()).isoformat()}
    if len(wanted) == 1:
        return url_for("activities.create", kind=wanted[0], **where)
    return url_for("activities.choose", **where)


bp.add_app_template_filter(date.fromisoformat, "as_day")


def _label_of(name: str) -> str:
    """Name the question that a change is about."""
    if name.startswith("target."):
        figure = rules.FIGURES.get(name.removeprefix("target."))
        return say(figure.label) if figure else name
    labels = {field.name: field.label for field in (*schemas.WORDS, *schemas.DAYS, *schemas.WANTED)}
    return say(labels.get(name, name))


def _parent(someone: Actor) -> Campaign | None:
    given = _uuid(request.args.get("parent", ""))
    return queries.campaign(given, within=someone)[0] if given else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise NotFound from wrong


def _today() -> date:
    return day_of(clock.now())
