"""Doors of reports: what waits, one report, writing it, judging it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields

from eventsvc.activities import queries as activities
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, Stale
from eventsvc.core.words import N_, Words
from eventsvc.declare import StrictSchema
from eventsvc.declare.marshal import Str
from eventsvc.infra import storage
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say
from eventsvc.infra.images import take_photo
from eventsvc.infra.pages import asked_page, page
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.reports import editing, queries, rules, service
from eventsvc.reports.errors import TooManyPhotos
from eventsvc.reports.models import ReportState
from eventsvc.reports.schemas import MOST_PHOTOS, Told

bp = Blueprint("reports", __name__)

UPLOAD = 80 * 2**20
"""Several photos straight from a phone's camera come in one form."""

DONE = {
    "submit": N_("报告已提交，等待上级审核。"),
    "withdraw": N_("报告已撤回，可以修改。"),
    "accept": N_("报告已审核通过，数字正在汇总。"),
    "send_back": N_("报告已退回，对方会看到您写的意见。"),
    "reopen": N_("报告已退回更正，原来的数字已从汇总里减去。"),
}


class NoteSchema(StrictSchema):
    """Words that go with a step."""

    note: fields.Field[Any] = Str(
        longest=1000, multiline=True, load_default="", metadata={"label": N_("意见"), "widget": "textarea", "rows": 3}
    )


@bp.url_value_preprocessor
def _room_for_photos(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if endpoint == "reports.edit":
        request.max_content_length = UPLOAD


@bp.get("/reports")
@policy("viewer", "organiser", "approver")
def index() -> ResponseReturnValue:
    """Show what waits for my judgement, what I have yet to write, and how the reports in reach stand."""
    me, asked = actor(), {name: request.args.get(name, "") for name in ("state", "kind")}
    number = asked_page()
    lines, total = queries.listed(me, **asked, page=number)
    return page("reports/index.html", to_review=queries.to_review(me), to_write=queries.to_write(me, now=clock.now()), lines=lines,
                number=number, pages=queries.pages(total), total=total, asked=asked, states=ReportState, kinds=KINDS)  # fmt: skip


@bp.get("/activities/<uuid:activity_id>/report")
@policy("viewer", "organiser", "approver")
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show the report of an activity, or offer to begin it."""
    return _shown(activity_id, Form(NoteSchema()))


@bp.post("/activities/<uuid:activity_id>/report")
@policy("organiser")
def start(activity_id: UUID) -> ResponseReturnValue:
    """Begin the report."""
    service.start(activity_id, actor=actor(), now=clock.now())
    return redirect(url_for(".edit", activity_id=activity_id), 303)


@bp.route("/activities/<uuid:activity_id>/report/edit", methods=["GET", "POST"])
@policy("organiser")
def edit(activity_id: UUID) -> ResponseReturnValue:
    """Write the report. Photos are taken first and words next, each kept even when another is refused."""
    activities.activity(activity_id, within=actor())
    found = queries.find(activity_id)
    sheet = editing.sheet(found, actor()) if found else None
    if sheet is None or (request.method == "GET" and not sheet.open):
        return redirect(url_for(".show", activity_id=activity_id), 303)
    if request.method == "GET":
        return _writing(sheet, editing.form_of(sheet))
    refused = _take_photos(activity_id)
    form = editing.form_of(sheet, request.form)
    if not form.run(_saved, activity_id):
        return _writing(_sheet(activity_id), form, refused)
    return _after_saving(activity_id, refused)


@bp.post("/activities/<uuid:activity_id>/report/move/<action>")
@policy("organiser", "approver")
def move(activity_id: UUID, action: str) -> ResponseReturnValue:
    """Take one step."""
    form = Form(NoteSchema(), request.form)
    if form.run(_moved, activity_id, action):
        flash(say(DONE[action]), "success")
        return redirect(url_for(".show", activity_id=activity_id), 303)
    return _shown(activity_id, form, action)


@bp.get("/activities/<uuid:activity_id>/report/photos/<uuid:photo_id>.jpg")
@policy("viewer", "organiser")
def photo(activity_id: UUID, photo_id: UUID) -> ResponseReturnValue:
    """Give one photo: with consent to all who may read the report, without to those who write it."""
    file = queries.photo(activity_id, photo_id, within=actor())
    answer = make_response(storage.read(file.path))
    answer.headers.update({"Content-Type": file.media_type, "Cache-Control": "private, max-age=3600"})
    return answer


def _version() -> int | None:
    return request.form.get("_version", type=int)


def _saved(activity_id: UUID, told: Told) -> int:
    version = _version()
    if version is None:
        raise Stale
    return service.save(activity_id, told, version=version, actor=actor(), now=clock.now())


def _moved(activity_id: UUID, action: str, said: dict[str, str]) -> ReportState:
    return service.move(activity_id, action, actor=actor(), now=clock.now(), note=said["note"], version=_version())


def _take_photos(activity_id: UUID) -> list[Words]:
    """Take every photo that came along; return what to say of each that was refused."""
    refused = []
    for place, file in enumerate((f for f in request.files.getlist("new_photos") if f.filename), start=1):
        try:
            if place > MOST_PHOTOS:  # one that cannot be kept is not decoded either
                raise TooManyPhotos(most=MOST_PHOTOS)
            service.add_photo(activity_id, take_photo(file.read()), actor=actor(), now=clock.now())
        except DomainError as no:
            refused.append(Words(N_("第{place}张照片：{why}"), place=place, why=no.said))
    return refused


def _after_saving(activity_id: UUID, refused: list[Words]) -> ResponseReturnValue:
    """Go on after a save: send it up when that was the button, say what was not taken."""
    sending = request.form.get("_action") == "submit"
    trouble: DomainError | None = None
    try:
        if sending and not refused:
            service.move(activity_id, "submit", actor=actor(), now=clock.now())
    except DomainError as no:
        trouble = no
    if refused or trouble:
        sheet = _sheet(activity_id)
        form = editing.form_of(sheet)
        if trouble:
            form.refuse(trouble)
        return _writing(sheet, form, refused)
    flash(say(DONE["submit"] if sending else N_("已保存。")), "success")
    return redirect(url_for(".show" if sending else ".edit", activity_id=activity_id), 303)


def _sheet(activity_id: UUID) -> editing.Sheet:
    """Return the report as it stands now."""
    return editing.sheet(queries.report(activity_id, within=actor()), actor())


def _writing(sheet: editing.Sheet, form: Form, refused: list[Words] | None = None) -> ResponseReturnValue:
    """Answer with the form of a report."""
    report, newer = sheet.report, editing.newer(sheet, form) if form.code == Stale.code else []
    status = form.status if form.status != 200 else 422 if refused else 200
    return page("reports/edit.html", status, activity=report.activity, kind=sheet.kind, report=report, sheet=sheet, form=form,
                refused=refused or [], newer=newer, sections=rules.SECTIONS, most_photos=MOST_PHOTOS)  # fmt: skip


def _shown(activity_id: UUID, form: Form, action: str = "") -> ResponseReturnValue:
    """Answer with a report as it stands, the refused step open."""
    activity, found = activities.activity(activity_id, within=actor()), queries.find(activity_id)
    sheet = editing.sheet(found, actor()) if found else None
    editor = actor().can(Role.ORGANISER, organisations.lineage(activity.organisation_id))
    begun = activity.state in service.REPORTABLE and activity.starts_at <= clock.now()
    return page("reports/show.html", form.status, activity=activity, kind=KINDS[activity.kind], report=found, sheet=sheet, form=form,
                refused_action=action, editor=editor, begun=begun, sections=rules.SECTIONS)  # fmt: skip
