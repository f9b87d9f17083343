"""Doors of the visits: the leader's phone, and the organiser's table of the round."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import BadForm, Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.people import queries as people
from eventsvc.visits import queries, rounds, rules, service
from eventsvc.visits.schemas import UnplannedSchema, VisitSchema

bp = Blueprint("visits", __name__)


# -- the leader's phone ------------------------------------------------------------------------------------------------


@bp.get("/visits")
@policy("group_leader")
def mine() -> ResponseReturnValue:
    """Show a leader who is due, who comes soon, who was seen."""
    lines = queries.mine(actor(), today=_today())
    groups = [(turn, [line for line in lines if line.turn is turn]) for turn in rules.Turn]
    due = sum(line.turn in (rules.Turn.OVERDUE, rules.Turn.TODAY) for line in lines)
    return page("visits/mine.html", groups=groups, total=len(lines), due=due, rounds=queries.rounds_of_mine(actor()),
                doors=queries.doors(actor(), now=clock.now()), fresh_id=uuid4)  # fmt: skip


@bp.route("/visits/<uuid:target_id>", methods=["GET", "POST"])
@policy("group_leader")
def record(target_id: UUID) -> ResponseReturnValue:
    """Show one household with its visits, and write down another."""
    line, activity = queries.target(target_id, within=actor(), today=_today())
    form = _visit_form(VisitSchema.of(KINDS[activity.kind]))
    if request.method == "POST" and form.run(_record, target_id) is not None:
        flash(say(N_("已记下这次访视")), "success")
        return redirect(url_for(".mine") if line.leader_id == actor().id else url_for(".round", activity_id=activity.id), 303)
    service.look(target_id, actor=actor(), now=clock.now())
    return page("visits/record.html", form.status, line=line, activity=activity, form=form, past=queries.history(line),
                words=_words(activity), fresh_id=uuid4)  # fmt: skip


def _record(target_id: UUID, visit: rules.Visit) -> UUID:
    return service.record(target_id, visit, actor=actor(), now=clock.now(), id=_sent_id())


@bp.post("/visits/<uuid:target_id>/nobody-home")
@policy("group_leader")
def nobody_home(target_id: UUID) -> ResponseReturnValue:
    """Write down in one tap that nobody was at home."""
    service.record(target_id, rules.nobody_home(_today()), actor=actor(), now=clock.now(), id=_sent_id())
    flash(say(N_("已记下家中无人，这户仍在待访名单里")), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/visits/records/<uuid:record_id>/undo")
@policy("group_leader")
def undo(record_id: UUID) -> ResponseReturnValue:
    """Take a visit back."""
    target_id = service.undo(record_id, actor=actor(), now=clock.now())
    flash(say(N_("已撤销那次访视")), "success")
    return redirect(url_for(".record", target_id=target_id), 303)


@bp.post("/visits/records/<uuid:record_id>/solved")
@policy("group_leader")
def solve(record_id: UUID) -> ResponseReturnValue:
    """Say that a problem is settled."""
    target_id = service.solve(record_id, actor=actor(), now=clock.now())
    flash(say(N_("已办结")), "success")
    return redirect(url_for(".record", target_id=target_id), 303)


@bp.route("/activities/<uuid:activity_id>/visits/unplanned", methods=["GET", "POST"])
@policy("group_leader")
def unplanned(activity_id: UUID) -> ResponseReturnValue:
    """Write down a household that was on no list, and the visit, in one go."""
    activity = queries.round_for_leader(activity_id, actor())
    places = [(str(place), name) for place, name in queries.places(activity, actor())]
    form = _visit_form(UnplannedSchema.at(KINDS[activity.kind], places), organisation_id=places[0][0] if len(places) == 1 else "")
    if request.method == "POST" and form.run(_unplanned, activity_id) is not None:
        flash(say(N_("已登记这一户，并记下这次访视")), "success")
        return redirect(url_for(".mine"), 303)
    return page("visits/unplanned.html", form.status, activity=activity, form=form, places=places, fresh_id=uuid4)


def _unplanned(activity_id: UUID, told: tuple[dict[str, Any], rules.Visit]) -> UUID:
    household, visit = told
    where = UUID(household.pop("organisation_id"))
    return service.record_unplanned(activity_id, where, household, visit, actor=actor(), now=clock.now(), id=_sent_id())


# -- the organiser's table ---------------------------------------------------------------------------------------------


@bp.get("/activities/<uuid:activity_id>/visits")
@policy("viewer")
def round(activity_id: UUID) -> ResponseReturnValue:
    """Show the round: how far it is, per leader, household by household."""
    activity = queries.round_of(activity_id, within=actor())
    may = actor().can(Role.ORGANISER, organisations.lineage(activity.organisation_id))
    return _round_page(activity, may)


def _round_page(activity: Activity, may_organise: bool, no: DomainError | None = None) -> ResponseReturnValue:
    lines = queries.lines(activity.id, within=actor(), today=_today())
    wanted = {name: request.args.get(name, "") for name in ("leader", "turn")}
    shown = [x for x in lines if wanted["turn"] in ("", x.turn) and wanted["leader"] in ("", str(x.leader_id or "nobody"))]
    return page("visits/round.html", no.status if no else 200, activity=activity, kind=KINDS[activity.kind], lines=shown, all=lines,
                figures=queries.round_figures(activity.id), leaders=queries.by_leader(lines), problems=queries.open_problems(activity.id),
                choices=people.leader_choices(activity.organisation_id) if may_organise else [], may_organise=may_organise,
                wanted=wanted, turns=rules.Turn, refusal=say(no) if no else "")  # fmt: skip


@bp.post("/activities/<uuid:activity_id>/visits/assign")
@policy("organiser")
def assign(activity_id: UUID) -> ResponseReturnValue:
    """Give ticked households to a leader, or take them off the list."""
    chosen = _ids("target")
    try:
        if request.form.get("_action") == "remove":
            n = rounds.remove_targets(activity_id, chosen, actor=actor(), now=clock.now())
            said = Words(N_("已从名单上拿掉{n}户"), n=n)
        else:
            n = rounds.assign(activity_id, chosen, _leader(), due_on=_day("due_on"), actor=actor(), now=clock.now())
            said = Words(N_("已指派{n}户"), n=n)
    except DomainError as no:
        if no.status == 404:
            raise
        return _round_page(queries.round_of(activity_id, within=actor()), True, no)
    flash(say(said), "success")
    return redirect(url_for(".round", activity_id=activity_id), 303)


@bp.route("/activities/<uuid:activity_id>/visits/add", methods=["GET", "POST"])
@policy("organiser")
def add(activity_id: UUID) -> ResponseReturnValue:
    """Choose households of the roll for the round."""
    activity = queries.round_of(activity_id, within=actor(), role=Role.ORGANISER)
    refusal = None
    if request.method == "POST":
        try:
            n = _add(activity_id)
            flash(say(Words(N_("名单上新增{n}户"), n=n)), "success")
            return redirect(url_for(".round", activity_id=activity_id), 303)
        except DomainError as no:
            refusal = no
    return page("visits/add.html", refusal.status if refusal else 200, activity=activity, kind=KINDS[activity.kind],
                rows=queries.to_choose_from(activity, within=actor()), choices=people.leader_choices(activity.organisation_id),
                refusal=say(refusal) if refusal else "", ticked=request.form.getlist("household"))  # fmt: skip


def _add(activity_id: UUID) -> int:
    if request.form.get("_action") == "all":
        return rounds.take_whole_roll(activity_id, actor=actor(), now=clock.now())
    return rounds.add_targets(activity_id, _ids("household"), leader_id=_leader(), due_on=_day("due_on"), actor=actor(), now=clock.now())


# -- what a form sent --------------------------------------------------------------------------------------------------


def _visit_form(schema: Any, **filled: str) -> Form:
    if request.method == "POST":
        return Form(schema, request.form)
    return Form(schema, filled={"outcome": "seen", "way": "home", "visited_on": _today().isoformat(), **filled})


def _words(activity: Activity) -> dict[str, dict[str, Any]]:
    """Return the words of the codes that visits carry, by question."""
    return {f.name: {"": f.label, **dict(getattr(f, "of", ()))} for f in rules.asked(KINDS[activity.kind])}


def _today() -> date:
    return day_of(clock.now())


def _sent_id() -> UUID:
    """Return the id that the page gave this visit, so that a double tap is one visit."""
    try:
        return UUID(request.form.get("_nonce", ""))
    except ValueError as wrong:
        raise BadForm from wrong


def _ids(name: str) -> list[UUID]:
    try:
        return [UUID(text) for text in request.form.getlist(name)]
    except ValueError as wrong:
        raise BadForm from wrong


def _leader() -> UUID | None:
    try:
        return UUID(text) if (text := request.form.get("leader_id", "")) else None
    except ValueError as wrong:
        raise BadForm from wrong


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(text) if (text := request.form.get(name, "")) else None
    except ValueError as wrong:
        raise BadForm from wrong
