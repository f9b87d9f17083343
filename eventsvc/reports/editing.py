"""A report as a form and as a page: what is filled in, what is proposed, what each number is and where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for
from werkzeug.datastructures import MultiDict

from eventsvc.core.actor import Actor, Role
from eventsvc.core.money import fen_to_yuan
from eventsvc.core.workflow import Step
from eventsvc.declare import ActivityKind
from eventsvc.infra.forms import Form
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.reports import drafts, queries, rules
from eventsvc.reports.facts import facts, source_of
from eventsvc.reports.models import Report
from eventsvc.reports.rules import Value
from eventsvc.reports.schemas import report_schema
from eventsvc.reports.workflow import OPEN, WORKFLOW, may


@dataclass(frozen=True)
class Shown:
    """One figure on a page."""

    value: Value
    source: str
    url: str

    def printed(self, amount: int | None) -> str:
        """Write an amount as people read it."""
        if amount is None:
            return ""
        return fen_to_yuan(amount) if self.value.indicator.measure == "money" else f"{amount:,}"


@dataclass(frozen=True)
class Sheet:
    """Everything that the pages of one report show to one reader."""

    report: Report
    kind: ActivityKind
    figures: list[Shown]
    proposals: dict[str, str]
    odd: list[Any]
    steps: list[Step]
    editor: bool
    own: bool
    """Whether this reader sent it up and so cannot judge it."""
    planned: int
    actual: int | None

    @property
    def open(self) -> bool:
        """Say whether it can be written now by this reader."""
        return self.editor and self.report.state in OPEN


def sheet(report: Report, me: Actor) -> Sheet:
    """Gather what a page needs; while a report is being written its figures are those of this moment."""
    activity, kind = report.activity, KINDS[report.activity.kind]
    lineage = organisations.lineage(report.organisation_id)
    values = queries.values(report, facts(activity) if report.state in OPEN else None)
    editor, planned = me.can(Role.ORGANISER, lineage), queries.planned(activity)
    steps = WORKFLOW.from_here(report.state, lambda by: may(me, by, lineage))
    own = report.submitted_by == me.id
    return Sheet(
        report, kind, [_shown(one, kind, activity.id, linked=editor) for one in values], drafts.propose(kind, queries.told(activity), values),
        rules.odd(values, planned, len(report.photos), dignified=kind.dignified), [s for s in steps if not (own and s.action in ("accept", "send_back"))],
        editor, own, planned, next((v.amount for v in values if v.indicator.of == "spending"), None),
    )  # fmt: skip


def _shown(value: Value, kind: ActivityKind, activity_id: UUID, *, linked: bool) -> Shown:
    source = source_of(value.indicator.of, kind) if value.indicator.of else None
    if source is None or value.computed is None:
        return Shown(value, "", "")
    return Shown(
        value, source.label, url_for(source.endpoint, activity_id=activity_id) if linked and source.endpoint else ""
    )


def form_of(found: Sheet, typed: MultiDict[str, str] | None = None) -> Form:
    """Return the form of a report: what was typed, else what was saved, else what is proposed."""
    schema = report_schema(found.kind)
    return Form(schema, typed) if typed is not None else Form(schema, filled=filled(found))


def filled(found: Sheet) -> Mapping[str, Any]:
    """Return a report in the shape in which a form shows it."""
    report = found.report
    saved = {name: text for name, text in report.words.items() if name != "answers"}
    return {
        "figures": {f.value.indicator.code: _said(f.value) for f in found.figures},
        "spending": [{"id": line.id, "actual": _yuan(line.actual_fen)} for line in report.activity.budget],
        "words": saved if report.words else found.proposals,
        "answers": report.words.get("answers", {}),
        "photos": [
            {"id": p.id, "caption": p.caption, "consent": p.consent, "position": p.position} for p in report.photos
        ],
    }


def _said(value: Value) -> dict[str, Any]:
    given = value.given
    return {"value": _yuan(given) if value.indicator.measure == "money" else given, "reason": value.reason}


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else fen_to_yuan(fen).replace(",", "").removesuffix(".00")


def newer(found: Sheet, form: Form) -> list[tuple[str, str]]:
    """Return (label, words) of each section that somebody else saved otherwise than it was typed here."""
    saved = {name: text for name, text in found.report.words.items() if isinstance(text, str)}
    return [
        (label, saved[name])
        for name, label in rules.SECTIONS
        if saved.get(name) and saved[name] != form.typed.get(f"words.{name}", "")
    ]
