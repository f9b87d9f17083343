"""Doors of the roll: a village's households, one household, and the list that is read in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import asked_page, page
from eventsvc.infra.policy import actor, policy
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Level
from eventsvc.people import couples, queries, reading, sealed_list, service
from eventsvc.people.schemas import Given, household_schema

bp = Blueprint("people", __name__)
MOST_FOUND = 200


@bp.route("/organisations/<uuid:organisation_id>/households", methods=["GET", "POST"])
@policy("viewer")
def households(organisation_id: UUID) -> ResponseReturnValue:
    """List the households of a village; above it, the villages with how many each has.

    What is searched for comes by POST, so that no name stands in an address.
    """
    me = actor()
    here = queries.place(organisation_id, within=me)
    about: dict[str, Any] = {"unit": here.unit, "path": organisations.path(organisation_id), "may_write": _may_write(organisation_id)}
    if here.unit.level not in (Level.VILLAGE, Level.GROUP):
        return page("people/units.html", units=queries.units_below(organisation_id), **about)
    q, closed = request.form.get("q", "")[:50], request.values.get("closed") == "1"
    page_number, size = (1, MOST_FOUND) if q else (asked_page(), queries.PAGE)
    found = queries.households(organisation_id, within=me, q=q, closed=closed, page=page_number, size=size)
    return page("people/households.html", found=found, here=here, q=q, closed=closed, **about)


@bp.route("/organisations/<uuid:organisation_id>/households/new", methods=["GET", "POST"])
@policy("organiser")
def add(organisation_id: UUID) -> ResponseReturnValue:
    """Write down one household."""
    unit = organisations.require(actor(), Role.ORGANISER, organisation_id)
    form = Form(household_schema(queries.leader_choices(organisation_id)), request.form if request.method == "POST" else None)
    if request.method == "POST" and form.run(_add, organisation_id) is not None:
        flash(say(N_("已记下这一户")), "success")
        return redirect(url_for(".households", organisation_id=organisation_id), 303)
    return page("people/household_form.html", form.status, form=form, unit=unit, household=None)


def _add(organisation_id: UUID, given: Given) -> UUID:
    return service.add_household(organisation_id, given.number, head=given.head, phone=given.phone, address=given.address,
                                 leader_id=given.leader_id, special=given.special, situation=given.situation,
                                 actor=actor(), now=clock.now())  # fmt: skip


@bp.route("/organisations/<uuid:organisation_id>/households/import", methods=["GET", "POST"])
@policy("organiser")
def import_(organisation_id: UUID) -> ResponseReturnValue:
    """Look through a list first, naming every fault by its row; then take all of it in."""
    unit = organisations.require(actor(), Role.ORGANISER, organisation_id)
    if request.method == "GET":
        return page("people/import.html", unit=unit, read=None, would=None, sealed="", refusal="")
    try:
        if held := request.form.get("list"):
            done = service.import_households(organisation_id, sealed_list.opened(held, organisation_id), actor=actor(), now=clock.now())
            flash(say(Words(N_("导入完成：新增{added}户，更新{changed}户，{same}户没有变化"), **vars(done))), "success")
            return redirect(url_for(".households", organisation_id=organisation_id), 303)
        return _checked(unit, organisation_id)
    except DomainError as no:
        return page("people/import.html", no.status, unit=unit, read=None, would=None, sealed="", refusal=say(no))


def _checked(unit: object, organisation_id: UUID) -> ResponseReturnValue:
    """Answer what the file would do; its rows wait sealed in the page until the button is pressed."""
    sent = request.files.get("file")
    read = reading.read_list(sent.read(reading.MOST_BYTES + 1) if sent else b"", queries.leaders(organisation_id))
    if read.faults:
        return page("people/import.html", 422, unit=unit, read=read, would=None, sealed="", refusal="")
    would = service.import_households(organisation_id, read.rows, actor=actor(), now=clock.now(), dry_run=True)
    return page("people/import.html", unit=unit, read=read, would=would, sealed=sealed_list.sealed(read.rows, organisation_id), refusal="")


@bp.get("/households/<uuid:household_id>")
@policy("viewer")
def show(household_id: UUID) -> ResponseReturnValue:
    """Show one household, as much of it as its reader may see."""
    household, here = queries.household(household_id, within=actor())
    if household.special and household.whole:
        service.look_at_special(household_id, actor=actor(), now=clock.now())
    return page(
        "people/household.html", household=household, unit=here.unit, may_write=_may_write(household.organisation_id),
        couples=couples.couples_of(household_id) if household.whole else [],
    )  # fmt: skip


@bp.route("/households/<uuid:household_id>/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(household_id: UUID) -> ResponseReturnValue:
    """Change what is known of a household; what its writer may not see stands there empty and stays."""
    household, here = queries.household(household_id, within=actor())
    organisations.require(actor(), Role.ORGANISER, household.organisation_id)
    hidden = not household.whole
    schema = household_schema(_leaders_and(household), head_required=not hidden)
    typed = request.form if request.method == "POST" else None
    form = Form(schema, typed, filled=None if typed is not None else _filled(household))
    if request.method == "POST" and form.run(_change, household_id) is not None:
        flash(say(N_("已保存")), "success")
        return redirect(url_for(".show", household_id=household_id), 303)
    return page("people/household_form.html", form.status, form=form, unit=here.unit, household=household)


def _change(household_id: UUID, given: Given) -> UUID:
    service.change_household(household_id, given, actor=actor(), now=clock.now())
    return household_id


@bp.post("/households/<uuid:household_id>/close")
@policy("organiser")
def close(household_id: UUID) -> ResponseReturnValue:
    """Take a household off the roll, or put it back."""
    household, _ = queries.household(household_id, within=actor())
    organisations.require(actor(), Role.ORGANISER, household.organisation_id)
    back = request.form.get("back") == "1"
    (service.reopen_household if back else service.close_household)(household_id, actor=actor(), now=clock.now())
    flash(say(N_("已恢复到名单") if back else N_("已移出名单，资料将在30天后删除")), "success")
    return redirect(url_for(".show", household_id=household_id), 303)


def _may_write(organisation_id: UUID) -> bool:
    return actor().can(Role.ORGANISER, organisations.lineage(organisation_id))


def _leaders_and(household: queries.rules.Household) -> list[tuple[str, str]]:
    """Whoever is assigned stays among the choices, wherever they serve now."""
    choices = queries.leader_choices(household.organisation_id)
    assigned = str(household.leader_id) if household.leader_id else ""
    return choices if not assigned or assigned in dict(choices) else [*choices, (assigned, household.leader)]


def _filled(household: queries.rules.Household) -> dict[str, object]:
    known = {name: getattr(household, name) for name in ("number", "special")}
    if household.whole:
        known |= {name: getattr(household, name) for name in ("head", "phone", "address", "situation")}
    return known | {"leader_id": str(household.leader_id) if household.leader_id else ""}
