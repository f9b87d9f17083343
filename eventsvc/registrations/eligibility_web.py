"""Door of the dry run: who of a list would be let in, who not and why. Nothing is written."""

import re
from uuid import UUID

from flask import Response, request
from flask.typing import ResponseReturnValue

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_
from eventsvc.infra.i18n import say
from eventsvc.infra.pages import page
from eventsvc.infra.policy import actor, policy
from eventsvc.infra.workbooks import MEDIA
from eventsvc.kinds import KINDS
from eventsvc.people.errors import BadList
from eventsvc.people.sealed_list import opened_lines, sealed_lines
from eventsvc.people.sheets import MOST_BYTES, MOST_ROWS, Line, lines_of
from eventsvc.registrations import dry_run, openings, queries
from eventsvc.registrations.doors import bp
from eventsvc.registrations.openings import Opening

WHAT = "eligibility"
_APART = re.compile(r"\t|,|，|\s{2,}|(?<=\S) (?=\S)")


@bp.route("/activities/<uuid:activity_id>/registrations/eligibility", methods=["GET", "POST"])
@policy("organiser")
def eligibility(activity_id: UUID) -> ResponseReturnValue:
    """Hold the sign-ups, or a list that is sent along, against the rules; `xlsx` gives the table as a file."""
    activity = activities.activity(activity_id, within=actor())
    queries.must_see_people(activity, actor(), Role.ORGANISER)
    opening = openings.opening_of(activity_id)
    if opening.kind.party is None or not opening.kind.rules:
        raise NotFound
    pasted, sealed, refusal, status = request.form.get("pasted", ""), "", "", 200
    listed = request.method == "POST" and "current" not in request.form
    try:
        lines = _lines(activity_id) if listed else []
        rows = dry_run.over_lines(opening, lines, day_of(clock.now())) if listed else _current(opening)
        sealed = sealed_lines(lines, activity_id, WHAT) if listed else ""
    except DomainError as no:
        rows, refusal, status = [], say(no), no.status
    if request.form.get("as") == "xlsx" and not refusal:
        return Response(dry_run.as_workbook(activity.title, rows), mimetype=MEDIA,
                        headers={"Content-Disposition": "attachment; filename=eligibility.xlsx", "Cache-Control": "no-store"})  # fmt: skip
    return page(
        "registrations/eligibility.html", status, activity=activity, kind=KINDS[activity.kind], rows=rows, counts=dry_run.counted(rows),
        listed=listed, sealed=sealed, refusal=refusal, pasted=pasted, outcomes=dry_run.OUTCOMES, asked=[r for r in opening.kind.rules if r.when(opening.plan)],
        couples=bool(opening.kind.extra.get("honours")),
    )  # fmt: skip


def _current(opening: Opening) -> list[dry_run.Told]:
    return dry_run.over_parties(opening, queries.roster(opening.id, *queries.LIVE), queries.overridden(opening.id))


def _lines(activity_id: UUID) -> list[Line]:
    """Return the list that was sent: looked at before and sealed, as a file, or pasted."""
    if held := request.form.get("list"):
        return opened_lines(held, activity_id, WHAT)
    sent = request.files.get("file")
    if sent and sent.filename:
        return lines_of(sent.read(MOST_BYTES + 1))
    lines = [(n, [cell.strip()[:200] for cell in (text.split("\t") if "\t" in text else _APART.split(text.strip()))])
             for n, text in enumerate(request.form.get("pasted", "").splitlines(), start=1) if text.strip()]  # fmt: skip
    if not lines:
        raise BadList(why=N_("请选一个文件，或把名单粘贴进来"))
    if len(lines) > MOST_ROWS:
        raise BadList(why=N_("名单太长，请分几次核对"))
    return lines


