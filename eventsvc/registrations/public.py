"""Doors without an account: sign up, the receipt, the private link, change and withdraw, find it again."""

from datetime import timedelta
from urllib.parse import quote

import icalendar
from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.core import clock
from eventsvc.core.errors import DomainError, Invalid, NotFound
from eventsvc.core.words import N_
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import policy
from eventsvc.infra.web import csrf, limiter
from eventsvc.registrations import consent, finding, invited, nonces, openings, queries, rush, service, walk
from eventsvc.registrations.doors import (
    REDRAWS,
    PartyForm,
    bp,
    forgetting,
    kept_nonce,
    nonce_of,
    own_record,
    party_form,
    remembering,
    times_moved,
    village_choices,
)
from eventsvc.registrations.drawn import receipt_page, sign_up_page
from eventsvc.registrations.errors import FormChanged, LinkClosed
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.queries import Record
from eventsvc.registrations.schemas import PartySchema
from eventsvc.registrations.service.change import as_sent, changing, party_of


@bp.route("/s/<slug>", methods=["GET", "POST"])
@rush.limited(on_breach=lambda _limit: _too_many())
@csrf.exempt
@policy(public=True)
def sign_up(slug: str) -> ResponseReturnValue:
    """Show what the kind asks, and take a party's sign-up."""
    if request.method == "POST" and request.form.get("_action") not in {*REDRAWS, "whole"} and not walk.goes_on():
        return _sent(slug)
    opening = openings.opening(slug)
    no = LinkClosed() if opening.kind.party is None else opening.refusal(clock.now())
    if no and (request.method == "GET" or opening.kind.party is None):
        return _closed(opening, no)
    form = party_form(PartySchema.asking(opening.kind, opening.asked), opening.id, _drawn_nonce(slug))
    if request.method == "GET" and request.args.get("i"):
        form = invited.filled_in(form, slug)
    return walk.one_step(form, opening, kept_nonce(slug)) if walk.goes_on() else _asked(form, opening)


def _sent(slug: str) -> ResponseReturnValue:
    """Sign up, or show the form again with what was typed and why not."""
    known = openings.lately(slug)
    if known.kind.party is None:
        return _closed(known, LinkClosed())
    form = party_form(PartySchema.asking(known.kind, known.asked), known.id, _drawn_nonce(slug))
    try:
        done = form.run(service.sign_up, slug, nonce=nonce_of(slug), now=clock.now())
    except Invalid as no:
        form.refuse(no)
        done = None
    if done is None:
        opening = openings.opening(slug)
        return _asked(_as_asked_now(form, opening), opening)
    invited.came(slug, done.id)
    also = done.also[0].code if done.also else None
    return remembering(done, redirect(url_for(".receipt", code=done.code, also=also), 303))


def _as_asked_now(form: PartyForm, opening: Opening) -> PartyForm:
    """Return the form with the questions of today, when it was refused because they had changed."""
    if form.code != FormChanged.code:
        return form
    fresh = PartyForm(PartySchema.asking(opening.kind, opening.asked), form.typed)
    fresh.refuse(FormChanged())
    return fresh


def _drawn_nonce(slug: str) -> str:
    """Return the nonce of the form when we drew it for this activity: files are kept for no other."""
    given = request.form.get("_nonce", "")
    return given if nonces.drawn_at(slug, given) else ""


def _too_many() -> Response:
    """Answer too many forms at once: the form again, with what was typed."""
    known = openings.lately((request.view_args or {})["slug"])
    form = PartyForm(PartySchema.asking(known.kind, known.asked), request.form)
    form.refuse(rush.TooMany())
    return rush.kept_words(sign_up_page(form, known))


def _asked(form: PartyForm, opening: Opening) -> ResponseReturnValue:
    return sign_up_page(form, opening), form.status


def _closed(opening: Opening, no: DomainError) -> ResponseReturnValue:
    """Show why one cannot sign up now, when one can, and whom to call. Gone for good: 410; else the page is as it should be."""
    status = no.status if isinstance(no, LinkClosed) else 200
    return page("registrations/closed.html", status, opening=opening, kind=opening.kind, no=no, moved=times_moved(opening))


@bp.get("/r/<code>")
@policy(public=True)
def receipt(code: str) -> ResponseReturnValue:
    """Show a party its receipt: code, when and where, what to bring, whom to call."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    return receipt_page(record, queries.names_of(record), record.may_change(clock.now()))


def _locked(record: Record | None) -> ResponseReturnValue:
    """Say that this browser does not hold the party's secret."""
    return page("registrations/locked.html", 403, slug=record.opening.slug if record else "")


@bp.get("/k/<secret>")
@policy(public=True)
def open_link(secret: str) -> ResponseReturnValue:
    """Trade a private link for a short cookie and go on to a clean address."""
    try:
        record = queries.by_secret(secret)
    except NotFound:
        return _locked(None)
    return remembering(record, redirect(url_for(".receipt", code=record.code), 303))


@bp.route("/r/<code>/change", methods=["GET", "POST"])
@policy(public=True)
def manage(code: str) -> ResponseReturnValue:
    """Let a party see and change what it told."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    now, kind = clock.now(), record.opening.kind
    schema = changing(record)
    if request.method == "POST":
        form = party_form(schema, record.opening.id, f"change:{record.id}")
        if form.run(lambda told: service.change(record.id, told, now=now) or True):
            flash(say(N_("已经改好，主办单位看到的就是新的内容")), "success")
            return redirect(url_for(".receipt", code=code), 303)
    else:
        form = PartyForm(schema, filled=_changeable(record, schema))
    return page(
        "registrations/manage.html", form.status, opening=record.opening, kind=kind, form=form, record=record, may_change=record.may_change(now), people=queries.parties([record.id])[0].people,
        villages=village_choices(openings.villages(record.opening.organisation_id)), consents=consent.asked_by(kind, record.opening.asked),
    )  # fmt: skip


def _changeable(record: Record, schema: object) -> dict[str, object]:
    """Return what the party told us, without who they are: that is not shown in a form."""
    sent = as_sent(party_of(record))
    people = {role: {k: v for k, v in told.items() if k not in ("name", "sex", "born_on", "id_number")} for role, told in sent["people"].items()}
    return {**sent, "people": people}


@bp.post("/r/<code>/withdraw")
@policy(public=True)
def withdraw(code: str) -> ResponseReturnValue:
    """Let a party withdraw."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    service.withdraw(record.id, now=clock.now())
    flash(say(N_("报名已经取消，名额让给了后面的人")), "success")
    return redirect(url_for(".receipt", code=code), 303)


@bp.post("/r/<code>/leave")
@policy(public=True)
def leave(code: str) -> ResponseReturnValue:
    """Forget the party on this phone: somebody else's, or one in a shop."""
    record, mine = own_record(code)
    answer = redirect(url_for(".find", slug=record.opening.slug) if record else "/", 303)
    return forgetting(record, answer) if record and mine else answer


@bp.get("/r/<code>/calendar.ics")
@policy(public=True)
def calendar(code: str) -> ResponseReturnValue:
    """Give the activity as an entry for a calendar."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    name = quote(f"{record.opening.title}.ics")
    return Response(
        _calendar(record), mimetype="text/calendar", headers={"Content-Disposition": f"attachment; filename=activity.ics; filename*=UTF-8''{name}"}
    )  # fmt: skip


def _calendar(record: Record) -> bytes:
    """Return the activity as a calendar entry: when, where, the code, whom to call; nobody's name."""
    where = record.opening
    entry = icalendar.Event()
    entry.add("uid", f"{record.id}@eventsvc")
    entry.add("dtstamp", record.changed_at)
    entry.add("summary", where.title)
    entry.add("dtstart", where.starts_at)
    entry.add("dtend", where.ends_at or where.starts_at + timedelta(hours=2))
    entry.add("location", where.venue)
    entry.add("description", f"{say(N_('报名编号'))} {record.code}\n{say(N_('联系人'))} {where.contact_name} {where.contact_phone}")
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", where.title)
    alarm.add("trigger", timedelta(days=-1))
    entry.add_component(alarm)
    book = icalendar.Calendar()
    book.add("prodid", "-//eventsvc//zh")
    book.add("version", "2.0")
    book.add_component(entry)
    return bytes(book.to_ical())


@bp.post("/r/<code>/renew")
@policy(public=True)
def renew(code: str) -> ResponseReturnValue:
    """Give a party another private link; the one that went astray opens nothing any more."""
    record, mine = own_record(code)
    if record is None or not mine:
        return _locked(record)
    return remembering(_renewed(record), redirect(url_for(".receipt", code=code), 303))


def _renewed(record: Record) -> Record:
    service.renew_link(record.id, now=clock.now())
    flash(say(N_("专用链接已经换成新的，旧链接打不开了；请把新链接存好")), "success")
    return queries.by_id(record.id)


def _only_misses(answer: Response) -> bool:
    """Count only what was not found: a whole village may stand behind one address."""
    return answer.status_code != 303


@bp.route("/s/<slug>/find", methods=["GET", "POST"])
@limiter.limit("10 per minute; 60 per hour", methods=["POST"], deduct_when=_only_misses)
@csrf.exempt
@policy(public=True)
def find(slug: str) -> ResponseReturnValue:
    """Find one's own sign-up again without the link."""
    opening = openings.opening(slug)
    form = Form(finding.FindSchema(), request.form)
    if request.method == "POST" and (record := form.run(finding.find, opening)):
        if request.form.get("_action") == "renew":
            record = _renewed(record)
        return remembering(record, redirect(url_for(".receipt", code=record.code), 303))
    return page("registrations/find.html", form.status, opening=opening, form=form)
