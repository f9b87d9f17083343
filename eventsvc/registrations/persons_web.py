"""Doors about one person of a party, and about what its people say themselves: leave, come instead, confirm; the printed slip."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.words import N_
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.registrations import consent, queries, service
from eventsvc.registrations.doors import PartyForm, absolute, bp, own_record, qr_image
from eventsvc.registrations.models import HowConfirmed, Standing
from eventsvc.registrations.office import BASE, _activity, _page, _record
from eventsvc.registrations.public import _locked
from eventsvc.registrations.queries import PartyRow, PersonRow, Record
from eventsvc.registrations.schemas import ReplacementSchema

PERSON = f"{BASE}/<uuid:registration_id>/people/<uuid:participant_id>"
BY_OFFICE = {how.value: how for how in (HowConfirmed.PHONE, HowConfirmed.VISIT)}


# -- the office -----------------------------------------------------------------------------------------------------------


@bp.post(f"{PERSON}/leave")
@policy("organiser")
def leave_one(activity_id: UUID, registration_id: UUID, participant_id: UUID) -> ResponseReturnValue:
    """Take one person out of a party."""
    _activity(activity_id, Role.ORGANISER)
    _record(activity_id, registration_id)
    try:
        service.leave_one(registration_id, participant_id, actor=actor(), now=clock.now())
        flash(say(N_("已取消这一位，其他人不受影响")), "success")
    except DomainError as no:
        if no.status == NotFound.status:
            raise
        flash(say(no), "error")
    return redirect(url_for(".show", activity_id=activity_id, registration_id=registration_id), 303)


@bp.route(f"{PERSON}/replace", methods=["GET", "POST"])
@policy("organiser")
def replace_one(activity_id: UUID, registration_id: UUID, participant_id: UUID) -> ResponseReturnValue:
    """Let another person come instead of one."""
    activity = _activity(activity_id, Role.ORGANISER)
    record = _record(activity_id, registration_id)
    one = _person(record, participant_id)
    kind, own = record.opening.kind, record.opening.asked
    form = PartyForm(ReplacementSchema.asking(kind, own, one.role), request.form)
    if request.method == "POST" and form.run(lambda told: service.replace_one(registration_id, participant_id, told, actor=actor(), now=clock.now())) is not None:
        flash(say(N_("已换成新的人；请把新的安排告诉他们")), "success")
        return redirect(url_for(".show", activity_id=activity_id, registration_id=registration_id), 303)
    return _page("registrations/replace.html", activity, form.status, form=form, record=record, one=one, consents=consent.asked_by(kind, own))


@bp.post(f"{BASE}/<uuid:registration_id>/confirm")
@policy("organiser", "group_leader")
def confirm(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Write down that the people themselves said that they come."""
    _activity(activity_id, Role.GROUP_LEADER)
    _record(activity_id, registration_id)
    how = BY_OFFICE.get(request.form.get("how", ""))
    if how is None:
        raise NotFound
    try:
        service.confirm(registration_id, how, actor(), clock.now())
        flash(say(N_("已记下：本人确认参加")), "success")
    except DomainError as no:
        flash(say(no), "error")
    if request.form.get("page") == "unconfirmed":
        return redirect(url_for(".unconfirmed", activity_id=activity_id), 303)
    return redirect(url_for(".show", activity_id=activity_id, registration_id=registration_id), 303)


@bp.get(f"{BASE}/unconfirmed")
@policy("organiser", "group_leader")
def unconfirmed(activity_id: UUID) -> ResponseReturnValue:
    """Show whom to call: parties that somebody else signed up and whose people have not said themselves that they come."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    return _page("registrations/unconfirmed.html", activity, parties=queries.unconfirmed(activity_id))


@bp.get(f"{BASE}/<uuid:registration_id>/slip")
@policy("organiser", "group_leader")
def slip(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Print a slip for who has neither telephone nor mail: the code in big type, when and where, whom to ask."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    _record(activity_id, registration_id)
    back = url_for(".show", activity_id=activity_id, registration_id=registration_id)
    return _slips(activity, queries.parties([registration_id]), back)


@bp.get(f"{BASE}/slips")
@policy("organiser", "group_leader")
def slips(activity_id: UUID) -> ResponseReturnValue:
    """Print the slips of all parties that nobody can call or write to."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    silent = [party for party in queries.roster(activity_id, Standing.PLACED, Standing.WAITING, Standing.OFFERED) if not _own_phone(party)]
    return _slips(activity, silent, url_for(".index", activity_id=activity_id))


def _own_phone(party: PartyRow) -> bool:
    return any(person.phone for person in party.people)


def _slips(activity: Activity, parties: list[PartyRow], back: str) -> ResponseReturnValue:
    drawn = [(party, qr_image(absolute("checkin.scan", code=party.code))) for party in parties]
    return _page("registrations/slip.html", activity, slips=drawn, back=back, kind=KINDS[activity.kind])


def _person(record: Record, participant_id: UUID) -> PersonRow:
    people = queries.parties([record.id])[0].people
    found = next((person for person in people if person.id == participant_id), None)
    if found is None:
        raise NotFound
    return found


# -- the party itself -----------------------------------------------------------------------------------------------------


@bp.post("/r/<code>/people/<uuid:participant_id>/leave")
@policy(public=True)
def cancel_one(code: str, participant_id: UUID) -> ResponseReturnValue:
    """Let one person of a party stay at home."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    service.leave_one(record.id, participant_id, now=clock.now())
    flash(say(N_("已取消这一位，其他人的报名还在")), "success")
    return redirect(url_for(".receipt", code=code), 303)


@bp.route("/r/<code>/confirm", methods=["GET", "POST"])
@policy(public=True)
def confirm_by_link(code: str) -> ResponseReturnValue:
    """Let the people themselves say that they come. Opening the page says nothing yet."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    if request.method == "POST":
        service.confirm(record.id, HowConfirmed.LINK, None, clock.now())
        flash(say(N_("谢谢，已记下您本人会来")), "success")
        return redirect(url_for(".receipt", code=code), 303)
    return page("registrations/confirm.html", record=record, opening=record.opening, names="、".join(name for _, name in queries.names_of(record) if name))
