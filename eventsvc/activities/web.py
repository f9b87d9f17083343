"""Doors of activities: the list, planning, the way through approval, the poster and its code."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from eventsvc.activities import queries, rules, service
from eventsvc.activities.models import Activity, State
from eventsvc.activities.overview import DONE, overview
from eventsvc.activities.schemas import CampaignChoice, MoveSchema, PaperSchema, PlanSchema, PostponeSchema, plan_of
from eventsvc.core import clock
from eventsvc.core.errors import NotFound, Stale
from eventsvc.core.periods import local
from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind
from eventsvc.infra import storage
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import asked_page, page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations

bp = Blueprint("activities", __name__)


@bp.get("/activities")
@policy("viewer")
def index() -> ResponseReturnValue:
    """List the activities in reach."""
    asked = {name: request.args.get(name, "").strip() for name in ("state", "kind", "unit", "month")}
    wanted: dict[str, Any] = {**asked, "unit": _uuid(asked["unit"])}
    found = queries.activities(within=actor(), page=asked_page(), **wanted)
    units = organisations.units({*actor().places(), *filter(None, [wanted["unit"]])})
    return page("activities/index.html", found=found, asked=asked, states=State, units=[(u.id, u.name) for u in units],
                kinds=[(kind.code, kind.label) for kind in KINDS.values()])  # fmt: skip


@bp.get("/activities/new")
@policy("organiser")
def choose() -> ResponseReturnValue:
    """Choose what kind of activity to plan, and at which unit."""
    units = queries.my_units(actor())
    unit = _planning_unit()
    return page("activities/choose.html", kinds=KINDS.values(), units=units, unit=unit, day=request.args.get("day"),
                campaign=request.args.get("campaign"))  # fmt: skip


@bp.route("/activities/new/<kind>", methods=["GET", "POST"])
@policy("organiser")
def create(kind: str) -> ResponseReturnValue:
    """Plan a new activity; it starts with what its kind and its unit suggest."""
    declared, unit = _kind(kind), _planning_unit()
    form = _plan_form(declared, rules.first_plan(declared, unit.name, actor().name, _day(declared)))
    made = form.run(_drafted, kind, unit.id) if request.method == "POST" else None
    if made:
        flash(say(N_("草稿已保存。")), "success")
        return redirect(url_for(".show", activity_id=made), 303)
    return page("activities/edit.html", form.status, form=form, kind=declared, unit=unit, activity=None, version="")


@bp.get("/activities/<uuid:activity_id>")
@policy("viewer")
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show one activity: how far it is, what comes next, its plan, its history."""
    return _shown(activity_id, Form(MoveSchema()))


@bp.route("/activities/<uuid:activity_id>/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Change a plan. Whoever saves over somebody else's newer version is told, and keeps what was typed."""
    activity = queries.whole_activity(activity_id, within=actor())
    kind, version = KINDS[activity.kind], activity.version
    form = _plan_form(kind, filled=plan_of(kind, activity))
    if request.method == "POST" and form.run(_saved, activity_id) is not None:
        flash(say(N_("已保存。")), "success")
        return redirect(url_for(".show", activity_id=activity_id), 303)
    newer = _newer(kind, activity_id, form) if form.code == Stale.code else []
    return page("activities/edit.html", form.status, form=form, kind=kind, unit=activity.organisation, activity=activity,
                version=version, newer=newer)  # fmt: skip


@bp.post("/activities/<uuid:activity_id>/move/<action>")
@policy("organiser", "approver")
def move(activity_id: UUID, action: str) -> ResponseReturnValue:
    """Take one step of the workflow."""
    form = Form(MoveSchema(), request.form)
    if form.run(_moved, activity_id, action) is not None:
        flash(say(DONE[action]), "success")
        return redirect(url_for(".show", activity_id=activity_id), 303)
    return _shown(activity_id, form, action)


@bp.route("/activities/<uuid:activity_id>/approve-on-paper", methods=["GET", "POST"])
@policy("organiser", "approver")
def approve_on_paper(activity_id: UUID) -> ResponseReturnValue:
    """Enter an approval that was given on paper."""
    activity = queries.activity(activity_id, within=actor())
    form = Form(PaperSchema(), _with_file("scan") if request.method == "POST" else None)
    if request.method == "POST" and form.run(_approved_on_paper, activity_id) is not None:
        flash(say(DONE["approve_on_paper"]), "success")
        return redirect(url_for(".show", activity_id=activity_id), 303)
    return page("activities/approve_on_paper.html", form.status, activity=activity, kind=KINDS[activity.kind], form=form)


@bp.route("/activities/<uuid:activity_id>/postpone", methods=["GET", "POST"])
@policy("organiser")
def postpone(activity_id: UUID) -> ResponseReturnValue:
    """Give an activity another time."""
    activity = queries.activity(activity_id, within=actor())
    form = Form(PostponeSchema(), request.form if request.method == "POST" else None)
    if request.method == "POST" and form.run(_postponed, activity_id) is not None:
        flash(say(DONE["postpone"]), "success")
        return redirect(url_for(".show", activity_id=activity_id), 303)
    return page("activities/postpone.html", form.status, activity=activity, kind=KINDS[activity.kind], form=form)


@bp.post("/activities/<uuid:activity_id>/pause")
@policy("organiser")
def pause(activity_id: UUID) -> ResponseReturnValue:
    """Stop sign-up for a while (`paused=1`), or let it go on."""
    paused = request.form.get("paused") == "1"
    service.set_paused(activity_id, paused, actor=actor(), now=clock.now())
    flash(say(DONE["pause" if paused else "resume"]), "success")
    return redirect(url_for(".show", activity_id=activity_id), 303)


@bp.route("/activities/<uuid:activity_id>/campaign", methods=["GET", "POST"])
@policy("organiser")
def campaign(activity_id: UUID) -> ResponseReturnValue:
    """Put an activity under a campaign that was handed down to its unit, or take it out."""
    activity = queries.activity(activity_id, within=actor())
    form = Form(CampaignChoice(), request.form or None, filled={"campaign_id": activity.campaign_id})
    if request.method == "POST" and form.run(_put_under, activity_id):
        return redirect(url_for(".show", activity_id=activity_id), 303)
    choices = [(one.id, f"{one.title}（{unit}）") for one, unit in queries.campaigns_for(activity)]
    return page("activities/campaign.html", form.status, activity=activity, kind=KINDS[activity.kind], form=form, choices=choices)


@bp.get("/activities/<uuid:activity_id>/preview")
@policy("viewer")
def preview(activity_id: UUID) -> ResponseReturnValue:
    """Show what the public will see, before it can."""
    activity = queries.whole_activity(activity_id, within=actor())
    return page("activities/preview.html", activity=activity, kind=KINDS[activity.kind])


@bp.get("/activities/<uuid:activity_id>/poster")
@policy("viewer")
def poster(activity_id: UUID) -> ResponseReturnValue:
    """Show a poster to print: one sheet of A4, a large code."""
    activity = queries.whole_activity(activity_id, within=actor())
    return page("activities/poster.html", activity=activity, kind=KINDS[activity.kind], link=public_link(activity))


@bp.get("/activities/<uuid:activity_id>/qr.svg")
@policy("viewer")
def qr(activity_id: UUID) -> ResponseReturnValue:
    """Draw the public link as a QR code that a printer at the corner still gets right."""
    link = public_link(queries.activity(activity_id, within=actor()))
    if not link:
        raise NotFound
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", scale=8, border=3, dark="#1b1b1b", light="#ffffff")
    return Response(out.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@bp.get("/activities/<uuid:activity_id>/papers/<uuid:file_id>")
@policy("viewer")
def paper(activity_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show the scan of an approval on paper."""
    file = queries.paper_of(activity_id, file_id, within=actor())
    how = "attachment; filename=approval.pdf" if file.media_type == "application/pdf" else "inline"
    return Response(storage.read(file.path), mimetype=file.media_type, headers={"Content-Disposition": how, "Cache-Control": "no-store"})


# What the commands are handed -------------------------------------------------------------------------------------


def _drafted(kind: str, unit_id: UUID, plan: Mapping[str, Any]) -> UUID:
    asked = _uuid(request.args.get("campaign", ""))
    return service.draft(kind, unit_id, plan, actor=actor(), now=clock.now(), campaign_id=asked)


def _put_under(activity_id: UUID, said: Mapping[str, Any]) -> bool:
    service.put_under(activity_id, said["campaign_id"], actor=actor(), now=clock.now())
    return True


def _saved(activity_id: UUID, plan: Mapping[str, Any]) -> int:
    seen = request.form.get("_version", 0, type=int)
    return service.save(activity_id, plan, version=seen, actor=actor(), now=clock.now())


def _moved(activity_id: UUID, action: str, said: Mapping[str, Any]) -> State:
    note = said["note"] or ""
    return service.move(activity_id, action, actor=actor(), now=clock.now(), note=note, version=said["version"])


def _approved_on_paper(activity_id: UUID, said: Mapping[str, Any]) -> State:
    file = request.files["scan"]
    return service.approve_on_paper(activity_id, said["approver"], said["approved_on"], file.read(), file.mimetype,
                                    actor=actor(), now=clock.now(), note=said["note"] or "")  # fmt: skip


def _postponed(activity_id: UUID, said: Mapping[str, Any]) -> bool:
    service.postpone(activity_id, said["starts_at"], said["ends_at"], actor=actor(), now=clock.now(), note=said["note"] or "")
    return True


# What the pages are handed ----------------------------------------------------------------------------------------


def _shown(activity_id: UUID, form: Form, action: str = "") -> ResponseReturnValue:
    now = clock.now()
    activity = queries.whole_activity(activity_id, within=actor())
    kind = KINDS[activity.kind]
    return page("activities/show.html", form.status, activity=activity, kind=kind, form=form, tried=action,
                seen=overview(activity, kind, actor(), now), link=public_link(activity), now=now)  # fmt: skip


def _plan_form(kind: ActivityKind, first: Mapping[str, Any] | None = None, filled: Mapping[str, Any] | None = None) -> Form:
    schema = PlanSchema.asking(kind)
    if request.method == "POST":
        return Form(schema, request.form)
    return Form(schema, filled=filled if first is None else schema.dump(first))


def _newer(kind: ActivityKind, activity_id: UUID, form: Form) -> list[tuple[str, str]]:
    """Return what is saved now where it differs from what was typed: (label, value), for one-line answers."""
    saved = Form(form.schema, filled=plan_of(kind, queries.whole_activity(activity_id, within=actor()))).typed
    names = [n for n in form.names() if form.question(n).metadata.get("widget") not in ("rows", "radio", "checkboxes", "yesno")]
    return [(say(form.question(n).metadata["label"]), saved.get(n, "")) for n in names if saved.get(n, "") != form.typed.get(n, "")]


def _with_file(name: str) -> MultiDict[str, str]:
    """Return the form with the file standing in it by a word, so that a missing one is a missing answer."""
    typed = MultiDict(request.form)
    file = request.files.get(name)
    typed[name] = "file" if file is not None and file.filename else ""
    return typed


def _kind(code: str) -> ActivityKind:
    if code not in KINDS:
        raise NotFound
    return KINDS[code]


def _planning_unit() -> Any:
    """Return the unit asked for (`?unit=`), or the first at which this actor plans."""
    asked = _uuid(request.args.get("unit", ""))
    if asked is not None:
        return organisations.require(actor(), "organiser", asked)
    return queries.my_units(actor())[0]


def _day(kind: ActivityKind) -> date:
    today = local(clock.now()).date()
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return rules.usual_day(kind, today)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)


def public_link(activity: Activity) -> str:
    """Return the address that the public signs up at, built on our own name; empty while there is none."""
    if not activity.slug or not activity.sign_up:
        return ""
    base: str = current_app.extensions["eventsvc_settings"].base_url
    return base.rstrip("/") + url_for("registrations.sign_up", slug=activity.slug)


@bp.app_template_global("when_words")
def when_words(activity: Activity) -> str:
    """Say when an activity is, in Chinese."""
    return rules.when_words(activity.starts_at, activity.ends_at)


@bp.app_template_global("closing_words")
def closing_words(activity: Activity) -> str:
    """Say in Chinese until when one may sign up."""
    return rules.when_words(activity.closes_at or activity.starts_at, None)


@bp.app_template_global("activity_tabs")
def activity_tabs(activity: Activity, kind: ActivityKind) -> list[dict[str, Any]]:
    """Return the rooms of an activity as tabs: those that its kind has and this actor may enter."""
    known = activity.published_at is not None
    rooms = [("activities.show", N_("概况"), True), ("registrations.index", N_("报名"), activity.sign_up and known),
             ("checkin.index", N_("签到"), activity.sign_up and known), ("checkin.counters", N_("计数"), kind.has("counters") and known),
             ("visits.round", N_("访视"), kind.has("round")), ("messages.index", N_("通知"), activity.sign_up and known),
             ("documents.index", N_("文件"), bool(kind.documents)), ("reports.show", N_("报告"), known)]  # fmt: skip
    return [
        {"label": label, "url": url_for(door, activity_id=activity.id), "active": _inside(door)}
        for door, label, wanted in rooms
        if wanted and _may_enter(door)
    ]


def _inside(door: str) -> bool:
    here = request.endpoint or ""
    return here == door or (here.split(".")[0] == door.split(".")[0] and door not in ("checkin.counters",) and here != "checkin.counters")


def _may_enter(door: str) -> bool:
    wanted = current_app.extensions["eventsvc_policies"].get(door)
    return wanted is not None and (not wanted.roles or any(actor().can(role) for role in wanted.roles))
