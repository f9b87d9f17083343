"""Doors of the office: the list of an activity, one party, entry by staff, decisions, the workbook."""

import secrets
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.words import N_, Words
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.infra.workbooks import MEDIA
from eventsvc.kinds import KINDS
from eventsvc.registrations import (
    arrangement,
    consent,
    listing,
    lookalikes,
    openings,
    public_names,
    queries,
    questionnaires,
    service,
)
from eventsvc.registrations.doors import REDRAWS, PartyForm, bp, choices_of, nonce, party_form, village_choices
from eventsvc.registrations.models import Channel, Standing
from eventsvc.registrations.schemas import Party, PartySchema
from eventsvc.registrations.service.change import as_sent, correcting, party_of
from eventsvc.registrations.workbook import roster_workbook, told

BASE = "/activities/<uuid:activity_id>/registrations"
DONE = {
    "admit": N_("已通过，请在“通知”里打电话告诉对方"),
    "reject": N_("已记下没有通过，请在“通知”里打电话说明"),
    "withdraw": N_("已取消，空出的名额已按先后递补"),
    "renew": N_("专用链接已经换新，旧链接打不开了"),
}


def _activity(activity_id: UUID, role: Role | None = None) -> Activity:
    """Return the activity, when this actor sees it; with a role, when they see its people in that role."""
    found = activities.activity(activity_id, within=actor())
    if role is not None:
        queries.must_see_people(found, actor(), role)
    return found


def _page(template: str, activity: Activity, status: int = 200, **more: Any) -> ResponseReturnValue:
    """Return a page about an activity."""
    return page(template, status, **{"activity": activity, "kind": KINDS[activity.kind], **more})


@bp.route(BASE, methods=["GET", "POST"])
@policy("viewer")
def index(activity_id: UUID) -> ResponseReturnValue:
    """Show who signed up, masked; whom one looks for comes by POST, so that no name stands in an address."""
    activity = _activity(activity_id)
    if not queries.sees_people(activity, actor()):
        return _page("registrations/counts.html", activity, counts=queries.counts(activity_id), pool=queries.pool_of(activity_id))
    standing, number = (request.values.get(name, "") for name in ("standing", "page"))
    found = listing.page_of(activity_id, request.form.get("q", ""), standing, number)
    may = queries.sees_people(activity, actor(), Role.ORGANISER)
    return _page("registrations/index.html", activity, found=found, may=may, standings=[*Standing.choices(), (listing.UNCONFIRMED, N_("未本人确认"))], pool=queries.pool_of(activity_id),
                 doubles=lookalikes.count(activity_id) if may else 0, names_public=public_names.are_public(activity_id))  # fmt: skip


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@policy("organiser", "group_leader")
def add(activity_id: UUID) -> ResponseReturnValue:
    """Write down a party that called or came by."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    opening = openings.opening_of(activity_id)
    own = opening.asked
    form = party_form(PartySchema.asking(_kind_with_sign_up(activity), own), activity_id, request.form.get("_nonce", ""))
    villages, form.sessions = choices_of(opening)
    if request.method == "POST" and request.form.get("_action") not in REDRAWS and (made := form.run(_enter, activity_id)):
        flash(say(N_("已登记")), "success")
        return redirect(url_for(".show", activity_id=activity_id, registration_id=made), 303)
    token = request.form.get("_nonce") or secrets.token_urlsafe(18)
    return _page("registrations/add.html", activity, form.status, form=form, villages=villages, nonce=token,
                 consents=consent.asked_by(KINDS[activity.kind], own), may_override=queries.sees_people(activity, actor(), Role.ORGANISER))  # fmt: skip


def _enter(activity_id: UUID, parties: tuple[Party, ...]) -> UUID:
    return service.add_by_staff(activity_id, parties[0], channel=Channel.STAFF, nonce=nonce(), actor=actor(), now=clock.now(),
                                override=request.form.get("_override", ""))  # fmt: skip


def _kind_with_sign_up(activity: Activity) -> Any:
    kind = KINDS[activity.kind]
    if kind.party is None:
        raise NotFound
    return kind


@bp.route(f"{BASE}/<uuid:registration_id>", methods=["GET", "POST"])
@policy("viewer")
def show(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Show one party, masked; by POST and with a reason, in full."""
    activity = _activity(activity_id, Role.VIEWER)
    record = _record(activity_id, registration_id)
    full, wrong, form = False, None, None
    if request.method == "POST":
        try:
            service.unmask(activity_id, registration_id, request.form.get("reason", ""), actor=actor(), now=clock.now())
            full, form = True, PartyForm(correcting(record), filled=as_sent(party_of(record)))
        except DomainError as no:
            wrong = no
    return _show(activity, record, full=full, wrong=wrong, form=form)


def _show(activity: Activity, record: queries.Record, *, full: bool, wrong: DomainError | None, form: PartyForm | None) -> ResponseReturnValue:
    status = wrong.status if wrong else (form.status if form else 200)
    return _page(
        "registrations/show.html", activity, status, record=record, people=queries.parties([record.id])[0].people, told=told(record.opening.kind, questionnaires.versions(record.opening), queries.parties([record.id])[0], full=full), full=full, wrong=wrong, form=form,
        villages=village_choices(openings.villages(activity.organisation_id)), consents=consent.asked_by(record.opening.kind, record.opening.asked),
        may=queries.sees_people(activity, actor(), Role.ORGANISER), times=[arrangement.time_words(row) for row in queries.times_of(record)],
    )  # fmt: skip


@bp.post(f"{BASE}/<uuid:registration_id>/correct")
@policy("organiser")
def correct(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Correct what a party told; refused, it shows what it is corrected from, which leaves the same trace as a look."""
    activity = _activity(activity_id, Role.ORGANISER)
    record = _record(activity_id, registration_id)
    form = party_form(correcting(record), activity_id, f"change:{registration_id}")
    if form.run(lambda told: service.correct(registration_id, told, actor=actor(), now=clock.now()) or True):
        flash(say(N_("已更正")), "success")
        return redirect(url_for(".show", activity_id=activity_id, registration_id=registration_id), 303)
    service.unmask(activity_id, registration_id, N_("更正资料"), actor=actor(), now=clock.now())
    return _show(activity, record, full=True, wrong=None, form=form)


def _record(activity_id: UUID, registration_id: UUID) -> queries.Record:
    """Return a party of this activity; one of another activity is as good as missing."""
    record = queries.by_id(registration_id)
    if record.opening.id != activity_id:
        raise NotFound
    return record


@bp.post(f"{BASE}/<uuid:registration_id>/decide/<action>")
@policy("organiser")
def decide(activity_id: UUID, registration_id: UUID, action: str) -> ResponseReturnValue:
    """Admit, reject, withdraw or renew the link of one party."""
    _activity(activity_id, Role.ORGANISER)
    steps = {
        "admit": lambda: service.let_in(registration_id, override=request.form.get("_override", ""), actor=actor(), now=clock.now()),
        "reject": lambda: service.reject(registration_id, request.form.get("reason", ""), actor=actor(), now=clock.now()),
        "withdraw": lambda: service.withdraw(registration_id, actor=actor(), now=clock.now()),
        "renew": lambda: service.renew_link(registration_id, actor=actor(), now=clock.now()),
    }
    if action not in steps:
        raise NotFound
    try:
        steps[action]()
        flash(say(DONE[action]), "success")
    except DomainError as no:
        flash(say(no), "error")
    return redirect(url_for(".show", activity_id=activity_id, registration_id=registration_id), 303)


@bp.post(f"{BASE}/fill")
@policy("organiser")
def fill(activity_id: UUID) -> ResponseReturnValue:
    """Give free places to those who wait."""
    _activity(activity_id, Role.ORGANISER)
    lucky = service.fill(activity_id, now=clock.now())
    flash(say(Words(N_("递补了{n}份报名"), n=len(lucky))), "success" if lucky else "info")
    return redirect(url_for(".index", activity_id=activity_id), 303)


@bp.route("/activities/<uuid:activity_id>/registrations.xlsx", methods=["GET", "POST"])
@policy("organiser")
def export(activity_id: UUID) -> ResponseReturnValue:
    """Give the list as a workbook; with whole numbers only by POST and with a reason."""
    activity = _activity(activity_id, Role.ORGANISER)
    kind, full = _kind_with_sign_up(activity), request.method == "POST"
    rows = service.export(activity_id, full=full, reason=request.form.get("reason", ""), actor=actor(), now=clock.now())
    made = roster_workbook(activity.title, kind, questionnaires.versions(openings.opening_of(activity_id)), rows, full=full)
    return Response(made, mimetype=MEDIA, headers={"Content-Disposition": "attachment; filename=registrations.xlsx", "Cache-Control": "no-store"})
