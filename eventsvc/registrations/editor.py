"""Doors of the form editor: the organiser's own questions, with a preview drawn by the page that asks them; files that parties sent."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from eventsvc.activities.models import Activity
from eventsvc.core import clock
from eventsvc.core.actor import Role
from eventsvc.core.errors import DomainError, Invalid, NotFound, Stale
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.declare.asked import TYPES, asked_by, sources_of
from eventsvc.infra import storage
from eventsvc.infra.i18n import say
from eventsvc.infra.images import SUFFIX
from eventsvc.infra.pages import page, wants_fragment
from eventsvc.infra.policy import actor, policy
from eventsvc.kinds import KINDS
from eventsvc.registrations import attachments, formbuilder, openings, queries, questionnaires, service
from eventsvc.registrations.doors import PartyForm, bp, village_choices
from eventsvc.registrations.formbuilder import Line
from eventsvc.registrations.office import BASE, _activity
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.schemas import PartySchema


@bp.route(f"{BASE}/questions", methods=["GET", "POST"])
@policy("organiser")
def questions(activity_id: UUID) -> ResponseReturnValue:
    """Show what is asked besides; take one step of writing it, or save it."""
    activity = _activity(activity_id, Role.ORGANISER)
    where = openings.opening_of(activity_id)
    if where.kind.party is None:
        raise NotFound
    if request.method == "GET":
        return _editor(activity, where, formbuilder.lines_of(where.questions, sources_of(where.kind)), where.form_version)
    lines, action = formbuilder.typed_lines(request.form), request.form.get("_action", "")
    if wants_fragment():
        return _preview_alone(where, lines)
    if action == "save":
        return _saved(activity, where, lines)
    no: DomainError | None = None
    try:
        lines = _stepped(activity, lines, action)
    except DomainError as refusal:
        no = refusal
    return _editor(activity, where, lines, _version(), no=no)


def _version() -> int:
    typed = request.form.get("_version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else -1


def _stepped(activity: Activity, lines: list[Line], action: str) -> list[Line]:
    """Take one step; nothing but a template is written down."""
    if action == "use":
        template = service.template(_template_id(), activity.organisation_id)
        return formbuilder.joined(lines, template, sources_of(KINDS[activity.kind]))
    if action == "template":
        service.keep_template(activity.id, request.form.get("template", ""), formbuilder.definition_of(lines), actor=actor(), now=clock.now())
        flash(say(N_("已存为模板，本单位和下级单位都能用")), "success")
    return formbuilder.stepped(lines, action, request.form.get("add_type", ""))


def _template_id() -> UUID:
    try:
        return UUID(request.form.get("use", ""))
    except ValueError as wrong:
        raise Invalid(fields={"use": [N_("请先选一个模板")]}) from wrong


def _saved(activity: Activity, where: Opening, lines: list[Line]) -> ResponseReturnValue:
    try:
        service.ask(activity.id, formbuilder.definition_of(lines), version=_version(), actor=actor(), now=clock.now())
    except Stale as no:
        return _editor(activity, where, lines, where.form_version, no=no, theirs=formbuilder.lines_of(where.questions, sources_of(where.kind)))
    except DomainError as no:
        return _editor(activity, where, lines, _version(), no=no)
    flash(say(N_("已保存；从现在起报名的人按这份表填，之前的回答都还在")), "success")
    return redirect(url_for(".questions", activity_id=activity.id), 303)


def _editor(activity: Activity, where: Opening, lines: list[Line], version: int, *, no: DomainError | None = None,
            theirs: list[Line] | None = None) -> ResponseReturnValue:  # fmt: skip
    sources = sources_of(where.kind)
    groups = [formbuilder.choices(sources, lines, at) for at in range(len(lines))]
    wrongs = {name: [say(words) for words in told] for name, told in no.fields.items()} if no else {}
    return page(
        "registrations/questions.html", no.status if no else 200, activity=activity, kind=where.kind, lines=lines, version=version, groups=groups,
        no=no, wrongs=wrongs, theirs=theirs, types=list(TYPES.items()), templates=service.templates(activity.organisation_id),
        answered=sum(queries.counts(activity.id).values()), **_preview(where, lines),
    )  # fmt: skip


def _preview(where: Opening, lines: list[Line]) -> dict[str, Any]:
    """Return what the preview is drawn from: the form as it would be asked, or what is wrong with it."""
    villages = openings.villages(where.organisation_id)
    try:
        made = service.defined(formbuilder.definition_of(lines), where.kind_code)
    except Invalid as no:
        return {"form": None, "unclear": _faults(lines, no), "villages": village_choices(villages)}
    own = asked_by(where.kind, made, version=1, day=day_of(where.starts_at), villages=villages)
    return {"form": PartyForm(PartySchema.asking(where.kind, own)), "unclear": [], "villages": village_choices(villages)}


def _faults(lines: list[Line], no: Invalid) -> list[str]:
    """Return what is wrong, each with the number of its question."""
    found = []
    for name, words in no.fields.items():
        at = name.split(".")[0]
        where = say(Words(N_("第{n}题："), n=int(at) + 1)) if at.isdecimal() and int(at) < len(lines) else ""
        found += [f"{where}{say(one)}" for one in words]
    return found


def _preview_alone(where: Opening, lines: list[Line]) -> ResponseReturnValue:
    return page("registrations/_preview.html", kind=where.kind, **_preview(where, lines))


@bp.get(f"{BASE}/<uuid:registration_id>/files/<uuid:attachment_id>")
@policy("organiser")
def attachment(activity_id: UUID, registration_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Give a file that a party sent to those who see its people; that somebody looked is written down."""
    _activity(activity_id, Role.ORGANISER)
    file = service.open_attachment(activity_id, registration_id, attachment_id, actor=actor(), now=clock.now())
    try:
        content = storage.read(file.path)
    except FileNotFoundError as lost:
        raise NotFound from lost
    named = f"attachment; filename=attachment{SUFFIX[file.media_type]}"
    return Response(content, mimetype=file.media_type, headers={"Content-Disposition": named, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})


@bp.app_template_global("attachments_of")
def attachments_of(record: queries.Record) -> list[tuple[UUID, str]]:
    """Return (id, what was asked) of a party's files, for its page; whoever draws the page has checked who looks."""
    files = attachments.of(record.id)
    asked = questionnaires.versions(record.opening) if files else questionnaires.Versions({})
    labels = {f.name: say(f.label) for per in ("party", "person") for f in asked.columns(per)}
    return [(own, labels.get(name.split(".")[-1], "")) for own, name, _ in files]


