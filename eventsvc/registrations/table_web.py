"""Doors of the fast table. Each row is one sign-up of its own: sent by the script one by one, or all at once by the plain form."""

import secrets
from typing import Any
from uuid import UUID

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, Invalid
from eventsvc.core.words import N_, Words
from eventsvc.infra.crypto import keys
from eventsvc.infra.forms import BadForm
from eventsvc.infra.i18n import say
from eventsvc.infra.policy import actor, policy
from eventsvc.registrations import consent, openings, queries, service, table
from eventsvc.registrations.doors import LONGEST_NONCE, SHORTEST_NONCE, PartyForm, bp, choices_of
from eventsvc.registrations.models import Channel
from eventsvc.registrations.office import BASE, _activity, _kind_with_sign_up, _page
from eventsvc.registrations.schemas import Party, PartySchema
from eventsvc.registrations.table import Column, Row


@bp.route(f"{BASE}/table", methods=["GET", "POST"])
@policy("organiser", "group_leader")
def table_page(activity_id: UUID) -> ResponseReturnValue:
    """Write down many parties from paper: each row by itself, what is wrong beside what was typed."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    shown = _columns(activity)
    rows = table.rows_sent(request.form) if request.method == "POST" else []
    wanted = [row for row in rows if not table.is_blank(row, shown)] if "more_people" not in request.form else []
    for row in wanted:
        _save(activity, row, shown)
    if saved := sum(bool(row.code) for row in wanted):
        flash(say(Words(N_("已登记{n}份"), n=saved)), "success")
    wrong = any(row.refusal for row in wanted)
    return _drawn(activity, shown, wanted, 422 if wrong else 200)


@bp.post(f"{BASE}/table/row")
@policy("organiser", "group_leader")
def table_row(activity_id: UUID) -> ResponseReturnValue:
    """Write down one row; answer with its code, or with what is wrong cell by cell."""
    activity = _activity(activity_id, Role.GROUP_LEADER)
    number = request.form.get("row", "")
    if not number.isascii() or not number.isdecimal() or len(number) > 4:
        raise BadForm
    shown = _columns(activity)
    row = next(r for r in table.rows_sent(request.form, only=int(number)) if r.number == int(number))
    _save(activity, row, shown)
    if row.code:
        return {"code": row.code, "standing": row.standing, "url": row.url}, 201
    at = {column.name: words for column in shown if (words := row.wrong(column))}
    return {"refusal": row.refusal, "fields": at, "elsewhere": row.elsewhere(shown)}, 422


def _columns(activity: Activity) -> list[Column]:
    kind, opening = _kind_with_sign_up(activity), openings.opening_of(activity.id)
    own = opening.asked
    form = PartyForm(PartySchema.asking(kind, own), MultiDict())
    villages, sessions = choices_of(opening)
    return table.columns(form, kind.party, _people(), villages, sessions, [text.purpose for text in consent.asked_by(kind, own)])


def _people() -> int:
    """Return for how many people of a part that several play there are cells."""
    asked = request.values.get("people", "1")
    return min(int(asked), 20) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else 1


def _save(activity: Activity, row: Row, shown: list[Column]) -> None:
    """Write one row down, or write down in the row why not."""
    kind, own = _kind_with_sign_up(activity), openings.opening_of(activity.id).asked
    told, faults = table.as_typed_in_form(row, shown)
    form = PartyForm(PartySchema.asking(kind, own), told)
    try:
        if not SHORTEST_NONCE <= len(row.nonce) <= LONGEST_NONCE:
            raise BadForm
        made = _enter(activity, form, row, faults)
    except DomainError as no:
        form.refuse(no)
        row.refusal, row.wrongs = form.refusal, form.wrongs
        return
    record = queries.by_id(made)
    row.code, row.standing = record.code, say(record.standing.label)
    row.url = url_for(".show", activity_id=activity.id, registration_id=made)


def _enter(activity: Activity, form: PartyForm, row: Row, faults: dict[str, list[str]]) -> UUID:
    try:
        (party, *_more) = form.load()
    except Invalid as no:
        raise Invalid(fields={**no.fields, **faults}) from no
    if faults:
        raise Invalid(fields=faults)
    first: Party = party
    return service.add_by_staff(activity.id, first, channel=Channel.STAFF, nonce=f"table:{row.nonce}", actor=actor(), now=clock.now())


def _drawn(activity: Activity, shown: list[Column], rows: list[Row], status: int) -> ResponseReturnValue:
    numbers = {row.number for row in rows}
    free = (at for at in range(table.MOST_ROWS) if at not in numbers)
    blank = [Row(next(free), secrets.token_urlsafe(18)) for _ in range(max(table.ROWS - len(rows), 3 if rows else 0))]
    shape: Any = _kind_with_sign_up(activity).party
    return _page(
        "registrations/table.html", activity, status, columns=shown, rows=[*rows, *blank], people=_people(), shape=shape,
        draft_key=keys().secret("draft", actor().id, 1), draft_name=f"table-{activity.id}-{actor().id.hex[-8:]}",
    )  # fmt: skip
