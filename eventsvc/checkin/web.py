"""Doors of the day: the list, the scanned code, walk-ins, the paper sheet, the counters."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities.models import Activity
from eventsvc.checkin import opening, qr, queries, service
from eventsvc.checkin.models import Method
from eventsvc.checkin.schemas import WalkInSchema
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_, Words
from eventsvc.infra.forms import BadForm, Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, actor_or_none, policy
from eventsvc.kinds import KINDS
from eventsvc.registrations import openings
from eventsvc.registrations.schemas import Party

bp = Blueprint("checkin", __name__)
AT_DOOR = ("group_leader",)


# -- the list ----------------------------------------------------------------------------------------------------------


@bp.route("/activities/<uuid:activity_id>/check-in", methods=["GET", "POST"])
@policy(*AT_DOOR)
def index(activity_id: UUID) -> ResponseReturnValue:
    """Show who is expected and who came; what is searched for comes by POST, so that no name stands in an address."""
    return _list(queries.door(activity_id, within=actor()))


def _list(activity: Activity, no: DomainError | None = None) -> ResponseReturnValue:
    q, only = request.form.get("q", "")[:50], request.values.get("only") == "missing"
    parties = queries.door_list(activity.id, q, only_missing=only)
    shut = opening.refusal(activity, clock.now())
    return page("checkin/index.html", no.status if no else 200, activity=activity, kind=KINDS[activity.kind], parties=parties,
                came=queries.attendance(activity.id), q=q, only=only, fresh_id=uuid4, shut=say(shut) if shut else "",
                refusal=say(no) if no else "", may_write=actor().can(Role.VIEWER))  # fmt: skip


@bp.post("/activities/<uuid:activity_id>/check-in/arrive")
@policy(*AT_DOOR)
def arrive(activity_id: UUID) -> ResponseReturnValue:
    """Check in one person or a whole party with one tap."""
    try:
        service.check_in(activity_id, _who(activity_id), method=_method(), actor=actor(), now=clock.now(), id=_sent_id())
    except DomainError as no:
        return _refused(activity_id, no)
    return _back(activity_id)


@bp.post("/activities/<uuid:activity_id>/check-in/undo")
@policy(*AT_DOOR)
def undo(activity_id: UUID) -> ResponseReturnValue:
    """Take back the check-in of one person or of a whole party."""
    try:
        if request.form.get("walk_in") == "1":
            service.undo_walk_in(activity_id, _uuid("party"), actor=actor(), now=clock.now())
            flash(say(N_("已撤销这次补登")), "success")
            return redirect(url_for(".index", activity_id=activity_id), 303)
        service.undo(activity_id, _who(activity_id), actor=actor(), now=clock.now())
    except DomainError as no:
        return _refused(activity_id, no)
    return _back(activity_id)


@bp.post("/activities/<uuid:activity_id>/check-in/all")
@policy(*AT_DOOR)
def all_came(activity_id: UUID) -> ResponseReturnValue:
    """Check in everybody who has a place."""
    try:
        n = service.all_came(activity_id, actor=actor(), now=clock.now())
    except DomainError as no:
        return _refused(activity_id, no)
    flash(say(Words(N_("已为{n}人签到"), n=n)), "success")
    return redirect(url_for(".index", activity_id=activity_id), 303)


# -- one party, and its code -------------------------------------------------------------------------------------------


@bp.get("/activities/<uuid:activity_id>/check-in/<uuid:registration_id>")
@policy(*AT_DOOR)
def party(activity_id: UUID, registration_id: UUID) -> ResponseReturnValue:
    """Show one party with one big button."""
    activity = queries.door(activity_id, within=actor())
    return _party(activity, registration_id)


def _party(activity: Activity, registration_id: UUID, no: DomainError | None = None) -> ResponseReturnValue:
    shut = opening.refusal(activity, clock.now())
    return page("checkin/party.html", no.status if no else 200, activity=activity, kind=KINDS[activity.kind], fresh_id=uuid4,
                party=queries.party(activity.id, registration_id), came=queries.attendance(activity.id), shut=say(shut) if shut else "",
                at=queries.checked_in_at(activity.id), refusal=say(no) if no else "", may_write=actor().can(Role.VIEWER))  # fmt: skip


@bp.get("/c/<code>")
@policy(public=True)
def scan(code: str) -> ResponseReturnValue:
    """Lead staff from a receipt's QR code to the party; tell anybody else what the code is for, and nothing about whose it is."""
    me = actor_or_none()
    printed = qr.code_of(code)
    found = queries.by_code(printed, within=me) if printed else None
    if found is not None:
        return redirect(url_for(".party", activity_id=found[0], registration_id=found[1], by="qr"), 303)
    return page("checkin/scan.html", 404 if me else 200, code=code)


@bp.post("/activities/<uuid:activity_id>/check-in/photo")
@policy(*AT_DOOR)
def photo(activity_id: UUID) -> ResponseReturnValue:
    """Find the code in a photo, for phones that cannot scan."""
    activity = queries.door(activity_id, within=actor())
    sent = request.files.get("photo")
    try:
        code = qr.code_in(sent.read(qr.MOST_BYTES) if sent else b"")
    except DomainError as no:
        return _list(activity, no)
    return redirect(url_for(".scan", code=code), 303)


# -- without a sign-up, and from paper ---------------------------------------------------------------------------------


@bp.route("/activities/<uuid:activity_id>/walk-in", methods=["GET", "POST"])
@policy("viewer")
def walk_in(activity_id: UUID) -> ResponseReturnValue:
    """Write down a party that came without a sign-up, and check it in."""
    activity = queries.door(activity_id, within=actor())
    kind = KINDS[activity.kind]
    if kind.party is None or not activity.sign_up:
        return redirect(url_for(".counters", activity_id=activity_id), 303)
    form = Form(WalkInSchema.asking(kind, openings.villages(activity.organisation_id)), request.form if request.method == "POST" else None)
    if request.method == "POST" and form.run(_walk_in, activity_id) is not None:
        flash(say(N_("已补登并签到")), "success")
        return redirect(url_for(".index", activity_id=activity_id), 303)
    full = queries.is_full(activity)
    return page("checkin/walk_in.html", form.status, activity=activity, kind=kind, form=form, full=full, fresh_id=uuid4)


def _walk_in(activity_id: UUID, told: tuple[Party, bool]) -> UUID:
    return service.walk_in(activity_id, told[0], over=told[1], actor=actor(), now=clock.now(), id=_sent_id())


@bp.route("/activities/<uuid:activity_id>/check-in/paper", methods=["GET", "POST"])
@policy(*AT_DOOR)
def paper(activity_id: UUID) -> ResponseReturnValue:
    """Enter a signed sheet: ticks in the order of the printed list, saved at once."""
    activity = queries.door(activity_id, within=actor())
    refusal = None
    if request.method == "POST":
        ticked, was = set(_uuids("came")), set(_uuids("was"))
        try:
            came, gone = service.catch_up(activity_id, sorted(ticked - was), sorted(was - ticked), actor=actor(), now=clock.now())
            flash(say(Words(N_("已保存：补签{came}人，撤销{gone}人"), came=came, gone=gone)), "success")
            return redirect(url_for(".index", activity_id=activity_id), 303)
        except DomainError as no:
            refusal = no
    return page("checkin/paper.html", refusal.status if refusal else 200, activity=activity, kind=KINDS[activity.kind],
                parties=queries.door_list(activity_id), refusal=say(refusal) if refusal else "",
                ticked=set(request.form.getlist("came")) if refusal else None)  # fmt: skip


# -- counters ----------------------------------------------------------------------------------------------------------


@bp.get("/activities/<uuid:activity_id>/counters")
@policy(*AT_DOOR)
def counters(activity_id: UUID) -> ResponseReturnValue:
    """Show what is counted, with big buttons."""
    return _counters(queries.door(activity_id, within=actor()))


def _counters(activity: Activity, no: DomainError | None = None) -> ResponseReturnValue:
    shut = opening.refusal(activity, clock.now())
    return page("checkin/counters.html", no.status if no else 200, activity=activity, kind=KINDS[activity.kind],
                totals=queries.tallies(activity.id), last=queries.last_tallies(activity.id, actor()), fresh_id=uuid4,
                shut=say(shut) if shut else "", refusal=_words(no), refused=(request.view_args or {}).get("counter"))  # fmt: skip


def _words(no: DomainError | None) -> str:
    return "" if no is None else "；".join(say(word) for words in no.fields.values() for word in words) or say(no)


@bp.post("/activities/<uuid:activity_id>/counters/<counter>")
@policy(*AT_DOOR)
def tally(activity_id: UUID, counter: str) -> ResponseReturnValue:
    """Count so many more."""
    try:
        service.tally(activity_id, counter, _amount(), actor=actor(), now=clock.now(), id=_sent_id())
    except DomainError as no:
        return _refused(activity_id, no, _counters)
    return redirect(url_for(".counters", activity_id=activity_id, _anchor=f"c-{counter}"), 303)


@bp.post("/activities/<uuid:activity_id>/counters/<counter>/undo")
@policy(*AT_DOOR)
def undo_tally(activity_id: UUID, counter: str) -> ResponseReturnValue:
    """Take the last count back."""
    try:
        service.undo_tally(activity_id, _uuid("tally"), actor=actor(), now=clock.now())
    except DomainError as no:
        return _refused(activity_id, no, _counters)
    return redirect(url_for(".counters", activity_id=activity_id, _anchor=f"c-{counter}"), 303)


# -- what a form sent --------------------------------------------------------------------------------------------------


def _refused(activity_id: UUID, no: DomainError, again: Any = None) -> ResponseReturnValue:
    """Show the same page again with the reason; what is missing or not allowed stays so."""
    if no.status in (403, 404) or isinstance(no, BadForm):
        raise no
    activity = queries.door(activity_id, within=actor())
    if again is None and request.form.get("page") == "party":
        return _party(activity, _uuid("party"), no)
    return (again or _list)(activity, no)


def _back(activity_id: UUID) -> ResponseReturnValue:
    """Go back to where the button was."""
    if request.form.get("page") == "party":
        return redirect(url_for(".party", activity_id=activity_id, registration_id=_uuid("party")), 303)
    only = "missing" if request.form.get("only") == "missing" else None
    return redirect(url_for(".index", activity_id=activity_id, only=only, _anchor=f"p-{_uuid('party')}"), 303)


def _who(activity_id: UUID) -> list[UUID]:
    """Return whom the button means: one person, or all people of the party."""
    if (who := request.form.get("who", "all")) != "all":
        return [_read(who)]
    return [person.id for person in queries.party(activity_id, _uuid("party")).people]


def _method() -> Method:
    return Method.QR if request.form.get("by") == "qr" else Method.LIST


def _sent_id() -> UUID:
    return _uuid("_nonce")


def _amount() -> int:
    text = (request.form.get("by") or request.form.get("typed") or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _uuid(name: str) -> UUID:
    return _read(request.form.get(name, ""))


def _uuids(name: str) -> list[UUID]:
    return [_read(text) for text in request.form.getlist(name)]


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise BadForm from wrong
