"""Doors to one's own data: what was agreed to, what is held, taking it away, taking it back, having it erased; and the public list."""

from typing import Any
from uuid import UUID

from flask import Response, flash, json, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.words import N_
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.registrations import consent, public_names, queries
from eventsvc.registrations.doors import bp, own_record
from eventsvc.registrations.holdings import held_of
from eventsvc.registrations.public import _locked
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import privacy

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


@bp.get("/r/<code>/privacy")
@policy(public=True)
def own_data(code: str) -> ResponseReturnValue:
    """Show a party all that is held of it, and what it agreed to, word for word."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    return page("registrations/privacy.html", 200, record=record, opening=record.opening, kind=record.opening.kind, held=held_of(record),
                agreed=consent.history(record.consents), whole=consent.WHOLE)  # fmt: skip


@bp.post("/r/<code>/privacy/download")
@policy(public=True)
def download(code: str) -> ResponseReturnValue:
    """Give a party its data as a file; by POST, since scanners open every link."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    privacy.note_download(record, now=clock.now())
    headers = {**PRIVATE, "Content-Disposition": "attachment; filename=my-data.json"}
    return Response(json.dumps(held_of(record), ensure_ascii=False, indent=2, sort_keys=False), mimetype="application/json", headers=headers)


@bp.post("/r/<code>/privacy/take-back")
@policy(public=True)
def take_back(code: str) -> ResponseReturnValue:
    """Let a party take one consent back."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    return _done(lambda: privacy.take_back(record.id, request.form.get("purpose", ""), now=clock.now()), url_for(".own_data", code=code))


@bp.post("/r/<code>/privacy/erase")
@policy(public=True)
def erase(code: str) -> ResponseReturnValue:
    """Erase all that is held of a party."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    return _done(lambda: privacy.erase(record.id, now=clock.now()), url_for(".own_data", code=code))


def _done(command: Any, back: str) -> ResponseReturnValue:
    try:
        command()
        flash(say(N_("已经办好，有关的资料已经删除")), "success")
    except DomainError as no:
        flash(say(no), "error")
    return redirect(back, 303)


# -- the office does it for whoever calls -----------------------------------------------------------------------------

PARTY = "/activities/<uuid:activity_id>/registrations/<uuid:registration_id>"


def _party(activity_id: UUID, registration_id: UUID) -> Record:
    """Return a party of an activity whose people this actor may see, or raise NotFound."""
    queries.must_see_people(activities.activity(activity_id, within=actor()), actor(), Role.ORGANISER)
    record = queries.by_id(registration_id)
    if record.opening.id != activity_id:
        raise NotFound
    return record


@bp.post(f"{PARTY}/take-back")
@policy("organiser")
def take_back_for(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Take a consent back for a party that called."""
    record = _party(activity_id, registration_id)
    command = lambda: privacy.take_back(record.id, request.form.get("purpose", ""), now=clock.now(), actor=actor())  # noqa: E731
    return _done(command, url_for(".show", activity_id=activity_id, registration_id=registration_id))


@bp.post(f"{PARTY}/erase")
@policy("organiser")
def erase_for(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Erase a party that asked for it."""
    record = _party(activity_id, registration_id)
    command = lambda: privacy.erase(record.id, now=clock.now(), actor=actor())  # noqa: E731
    return _done(command, url_for(".show", activity_id=activity_id, registration_id=registration_id))


# -- the public list -----------------------------------------------------------------------------------------------------


@bp.get("/s/<slug>/names")
@policy(public=True)
def names(slug: str) -> ResponseReturnValue:
    """Show who comes, every name masked, where the organiser opened the list."""
    opening, listed = public_names.public_names(slug)
    return page("registrations/names.html", 200, opening=opening, kind=opening.kind, listed=listed)


@bp.post("/activities/<uuid:activity_id>/registrations/public-names")
@policy("organiser")
def publish_names(activity_id: UUID) -> ResponseReturnValue:
    """Open the masked list to everybody, or close it."""
    public = request.form.get("public") == "1"
    public_names.publish(activity_id, public, actor=actor(), now=clock.now())
    flash(say(N_("名单已经公开，姓名都遮盖了") if public else N_("名单已经收起，外面看不到了")), "success")
    return redirect(url_for(".index", activity_id=activity_id), 303)
