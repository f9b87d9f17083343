"""Doors of the couples and honours of the roll: one couple, a list of couples, the old roll of who was honoured."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Organisation
from eventsvc.people import couples, honour_roll, honours, queries
from eventsvc.people.couples import Given, One
from eventsvc.people.pairs import as_given, as_honoured, read_pairs
from eventsvc.people.schemas import couple_schema
from eventsvc.people.sealed_list import opened_lines, sealed_lines
from eventsvc.people.sheets import MOST_BYTES, Fault, Line, lines_of

bp = Blueprint("roll", __name__)


@bp.route("/households/<uuid:household_id>/couples/new", methods=["GET", "POST"])
@policy("organiser")
def add_couple(household_id: UUID) -> ResponseReturnValue:
    """Write down a couple of a household."""
    household = _whole(household_id)
    form = Form(couple_schema(), request.form if request.method == "POST" else None)
    if request.method == "POST" and form.run(lambda told: couples.add_couple(household_id, _given(told), actor=actor(), now=clock.now())) is not None:
        flash(say(N_("已记下这对夫妇")), "success")
        return redirect(url_for("people.show", household_id=household_id), 303)
    return page("people/couple_form.html", form.status, form=form, household=household, couple=None)


@bp.route("/couples/<uuid:couple_id>/edit", methods=["GET", "POST"])
@policy("organiser")
def edit_couple(couple_id: UUID) -> ResponseReturnValue:
    """Change what is known of a couple."""
    couple = _couple(couple_id)
    household = _whole(couple.household_id)
    typed = request.form if request.method == "POST" else None
    form = Form(couple_schema(), typed, filled=None if typed is not None else _filled(couple.given))
    if request.method == "POST" and form.run(_change, couple_id) is not None:
        flash(say(N_("已保存")), "success")
        return redirect(url_for("people.show", household_id=couple.household_id), 303)
    return page("people/couple_form.html", form.status, form=form, household=household, couple=couple)


def _change(couple_id: UUID, told: dict[str, Any]) -> UUID:
    couples.change_couple(couple_id, _given(told), actor=actor(), now=clock.now())
    return couple_id


@bp.post("/couples/<uuid:couple_id>/end")
@policy("organiser")
def end_couple(couple_id: UUID) -> ResponseReturnValue:
    """Say that a couple is no couple any more."""
    couple = _couple(couple_id)
    couples.end_couple(couple_id, actor=actor(), now=clock.now())
    flash(say(N_("已移出，资料将在30天后删除")), "success")
    return redirect(url_for("people.show", household_id=couple.household_id), 303)


def _couple(couple_id: UUID) -> couples.Held:
    found = couples.held(couples.Couple.id == couple_id)
    if not found:
        raise NotFound
    _whole(found[0].household_id)
    return found[0]


def _whole(household_id: UUID) -> queries.rules.Household:
    """Return a household all of which this actor may see and change."""
    household, _ = queries.household(household_id, within=actor())
    organisations.require(actor(), Role.ORGANISER, household.organisation_id)
    if not household.whole:
        raise NotFound
    return household


def _given(told: dict[str, Any]) -> Given:
    both = [One(told[f"{r}_name"], told.get(f"{r}_phone") or "", told.get(f"{r}_born_on"), told.get(f"{r}_id_number") or "") for r in ("husband", "wife")]
    return Given(both[0], both[1], told["married_on"])


def _filled(given: Given) -> dict[str, object]:
    known: dict[str, object] = {"married_on": given.married.to_dict()}
    for role, one in (("husband", given.husband), ("wife", given.wife)):
        known |= {f"{role}_name": one.name, f"{role}_phone": one.phone, f"{role}_id_number": one.id_number}
        known |= {f"{role}_born_on": one.born_on.isoformat()} if one.born_on else {}
    return known


# -- lists -----------------------------------------------------------------------------------------------------------------


@bp.route("/organisations/<uuid:organisation_id>/couples/import", methods=["GET", "POST"])
@policy("organiser")
def import_couples(organisation_id: UUID) -> ResponseReturnValue:
    """Look through a list of couples first, naming every fault by its row; then take all of it in."""
    unit = organisations.require(actor(), Role.ORGANISER, organisation_id)

    def take(lines: list[Line], dry_run: bool) -> tuple[list[Fault], Any]:
        read = [as_given(pair) for pair in read_pairs(lines, day_of(clock.now()))]
        faults = [fault for _, wrong in read for fault in wrong]
        rows = [given for given, _ in read if given is not None]
        return faults, None if faults else couples.import_couples(organisation_id, rows, actor=actor(), now=clock.now(), dry_run=dry_run)

    return _list(unit, "couples", take, url_for("people.households", organisation_id=organisation_id))


@bp.route("/organisations/<uuid:organisation_id>/honours", methods=["GET", "POST"])
@policy("organiser")
def honoured(organisation_id: UUID) -> ResponseReturnValue:
    """Show how many couples were honoured in which year, and take in the roll of former years."""
    unit = organisations.require(actor(), Role.ORGANISER, organisation_id)

    def take(lines: list[Line], dry_run: bool) -> tuple[list[Fault], Any]:
        today = day_of(clock.now())
        read = [as_honoured(pair, today) for pair in read_pairs(lines, today)]
        faults = [fault for _, wrong in read for fault in wrong]
        rows = [one for one, _ in read if one is not None]
        return faults, None if faults else honour_roll.import_roll(organisation_id, rows, actor=actor(), now=clock.now(), dry_run=dry_run)

    return _list(unit, "honours", take, url_for(".honoured", organisation_id=organisation_id))


Take = Callable[[list[Line], bool], tuple[list[Fault], Any]]


def _list(unit: Organisation, what: str, take: Take, done_at: str) -> ResponseReturnValue:
    """Answer a page of a list: empty, looked through, or taken in. The lines wait sealed in the page meanwhile."""
    about: dict[str, Any] = {"unit": unit, "what": what, "counts": honours.counts(unit.id) if what == "honours" else []}
    if request.method == "GET":
        return page("people/pair_list.html", faults=[], would=None, sealed="", refusal="", **about)
    try:
        if held := request.form.get("list"):
            _, done = take(opened_lines(held, unit.id, f"{what}.import"), False)
            flash(say(Words(N_("导入完成：新增{added}对，更新{changed}对，{same}对没有变化"), **vars(done))), "success")
            return redirect(done_at, 303)
        sent = request.files.get("file")
        lines = lines_of(sent.read(MOST_BYTES + 1) if sent else b"")
        faults, would = take(lines, True)
    except DomainError as no:
        return page("people/pair_list.html", no.status, faults=[], would=None, sealed="", refusal=say(no), **about)
    sealed = "" if faults else sealed_lines(lines, unit.id, f"{what}.import")
    return page("people/pair_list.html", 422 if faults else 200, faults=faults, would=would, sealed=sealed, refusal="", **about)
