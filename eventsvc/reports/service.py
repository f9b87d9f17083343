"""Commands on reports: begin, save, add a photo, move. The only place where a report's state changes."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity, BudgetItem, State
from eventsvc.activities.service import hold_by_report
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotAllowed, NotFound, Stale, WrongMoment
from eventsvc.core.periods import day_of
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Words
from eventsvc.core.workflow import Step
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.images import Photo
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.reports import photos, queries, rules
from eventsvc.reports.errors import NotBegun, NotComplete, NoteNeeded, NothingToReport, NotOver
from eventsvc.reports.events import ReportMoved
from eventsvc.reports.facts import facts
from eventsvc.reports.models import Figure, Report, ReportMove, ReportState
from eventsvc.reports.schemas import Said, Spent, Told, Unplanned
from eventsvc.reports.workflow import OPEN, WORKFLOW, may

LONGEST_NOTE = 1000
REPORTABLE = (State.PUBLISHED, State.HELD)


@transactional
def start(activity_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Begin the report of an activity that has begun, or return the one there is. One that is over becomes held."""
    activity = activities.activity(activity_id, within=actor, lock=True)
    actor.must_be(Role.ORGANISER, organisations.lineage(activity.organisation_id))
    if (there := queries.find(activity_id)) is not None:
        return there.id
    if activity.state not in REPORTABLE:
        raise NothingToReport(state=Words(activity.state.label))
    if day_of(now) < day_of(activity.starts_at):
        raise NotBegun
    if _over(activity, now):
        hold_by_report(activity_id, actor=actor, now=now)
    report = Report(id=new_id(), activity_id=activity.id, activity=activity, organisation_id=activity.organisation_id, state=ReportState.DRAFTING,
                    version=1, words={}, created_by=actor.id, created_at=now)  # fmt: skip
    db.session.add(report)
    _count(report)
    db.session.flush()
    return report.id


@transactional
def save(activity_id: UUID, told: Told, *, version: int, actor: Actor, now: datetime) -> int:
    """Save a report over the version that the writer saw, and return the new one; over a newer one it is `Stale`."""
    report = _writable(activity_id, actor)
    if report.version != version:
        raise Stale
    _guarded(report, "save", version=version + 1)
    report.words = {**told.words, "answers": told.answers}
    _spend(report.activity, told.spending, told.unplanned)
    photos.note(report, told.photos)
    _count(report, told.figures)
    db.session.flush()
    return report.version


@transactional
def add_photo(activity_id: UUID, taken: Photo, *, actor: Actor, now: datetime) -> UUID:
    """Add one photo, already cleaned and shrunk; the same picture a second time is `PhotoTwice`.

    It clashes with nobody's words, so the version stays: a submission is what gives the whole report a new one.
    """
    return photos.add(_writable(activity_id, actor), taken, by=actor.id, now=now)


@transactional
def move(
    activity_id: UUID, action: str, *, actor: Actor, now: datetime, note: str = "", version: int | None = None
) -> ReportState:
    """Take one step of the workflow and return the new state.

    `version` is the report that the actor saw: who accepts one version never accepts another by accident.
    """
    report, step = _at_step(activity_id, action, actor)
    if version is not None and version != report.version:
        raise Stale
    words = clean_text(note, LONGEST_NOTE, multiline=True)
    if step.needs == "note" and not words:
        raise NoteNeeded
    source = report.state
    _guarded(report, action, **_along(report, step, actor, now))
    line = ReportMove(id=new_id(), report_id=report.id, action=action, source=source, target=report.state, actor_id=actor.id,
                      actor_name=actor.name, note=words, at=now)  # fmt: skip
    db.session.add(line)
    db.session.flush()
    announce(ReportMoved(report.id, activity_id, action, line.id, actor.id, now))
    return report.state


@transactional
def lock(activity_id: UUID, *, now: datetime) -> None:
    """Lock an accepted report for good. The house itself does it when an activity is archived."""
    move(activity_id, "lock", actor=SYSTEM, now=now)


# The ways of this room ----------------------------------------------------------------------------------------


def _writable(activity_id: UUID, actor: Actor) -> Report:
    """Return the locked report, when this actor may write it and it is open for writing."""
    report = _locked(activity_id, actor)
    actor.must_be(Role.ORGANISER, organisations.lineage(report.organisation_id))
    if report.state not in OPEN:
        WORKFLOW.step(report.state, "submit")  # says in which state it is
    return report


def _locked(activity_id: UUID, actor: Actor) -> Report:
    activities.activity(activity_id, within=actor)
    report = queries.find(activity_id, lock=True)
    if report is None:
        raise NotFound
    return report


def _at_step(activity_id: UUID, action: str, actor: Actor) -> tuple[Report, Step]:
    report = _locked(activity_id, actor)
    step = WORKFLOW.step(report.state, action)
    if step.by == "system":
        allowed = actor.id == SYSTEM.id
    else:
        allowed = may(actor, step.by, organisations.lineage(report.organisation_id))
    if not allowed:
        raise NotAllowed
    step.check(report, actor)
    return report, step


def _guarded(report: Report, action: str, **values_: Any) -> None:
    """Write by one guarded UPDATE: of many at once one succeeds, the others are told that somebody was first."""
    here = (Report.id == report.id, Report.state == report.state, Report.version == report.version)
    done = db.session.execute(
        update(Report).where(*here).values(**values_), execution_options={"synchronize_session": False}
    )
    if changed(done) != 1:
        if action == "save":
            raise Stale
        raise WrongMoment(state=Words(report.state.label), action=Words(WORKFLOW.step(report.state, action).label))
    db.session.refresh(report, list(values_))


def _along(report: Report, step: Step, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what changes together with the state; refuse what is not ready."""
    if step.action == "submit":
        _ready(report, actor, now)
        return {
            "state": step.target,
            "version": report.version + 1,
            "submitted_at": now,
            "submitted_by": actor.id,
            "first_submitted_at": func.coalesce(Report.first_submitted_at, now),
        }
    if step.action == "accept":
        taken = snapshot(report)
        return {"state": step.target, "decided_at": now, "snapshot": taken, "snapshot_hash": hash_of(taken)}
    if step.action == "reopen":
        return {"state": step.target, "decided_at": now, "snapshot": None, "snapshot_hash": ""}
    return {"state": step.target, "decided_at": now if step.action == "send_back" else report.decided_at}


def _ready(report: Report, actor: Actor, now: datetime) -> None:
    """Count once more, and refuse a report that has gaps or whose activity is not over."""
    if report.activity.state is State.PUBLISHED and not _over(report.activity, now):
        raise NotOver
    _count(report)
    words = {name: text for name, text in report.words.items() if isinstance(text, str)}
    kind = KINDS[report.activity.kind]
    if gaps := rules.missing(kind, queries.values(report), words, report.words.get("answers", {})):
        raise NotComplete(gaps)
    hold_by_report(report.activity_id, actor=actor, now=now)
    db.session.flush()


def _over(activity: Activity, now: datetime) -> bool:
    return now >= (activity.ends_at or activity.starts_at)


def _count(report: Report, said: dict[str, Said] | None = None) -> None:
    """Write what is known now beside what was said; what was said and is the same as what is known is no other value."""
    kind, kept = KINDS[report.activity.kind], {figure.code: figure for figure in report.figures}
    given = {code: figure.given for code, figure in kept.items()} if said is None else {code: one.value for code, one in said.items()}
    known = rules.following(kind, facts(report.activity), given)
    for place, indicator in enumerate(rules.indicators(kind)):
        figure = kept.get(indicator.code)
        if figure is None:
            figure = Figure(id=new_id(), report_id=report.id, code=indicator.code, reason="")
            report.figures.append(figure)
        figure.version, figure.position, figure.computed = indicator.version, place, known.get(indicator.of)
        if said is not None:
            one = said.get(indicator.code, Said())
            figure.given = None if one.value == figure.computed else one.value
            figure.reason = one.reason if figure.given is not None else ""


def _spend(activity: Activity, spent: Iterable[Spent], unplanned: Sequence[Unplanned]) -> None:
    """Write what was really spent, line by line; lines that nobody planned are added, and go when they are emptied."""
    actual = {one.id: one.actual for one in spent}
    for line in list(activity.budget):
        if line.id in actual:
            line.actual_fen = actual[line.id]
        if not line.planned_fen and line.actual_fen is None and line.note == UNPLANNED:
            activity.budget.remove(line)
    after = max((line.position for line in activity.budget), default=-1) + 1
    for place, one in enumerate(unplanned, start=after):
        activity.budget.append(
            BudgetItem(id=new_id(), item=one.item, planned_fen=0, actual_fen=one.actual, position=place, note=UNPLANNED)
        )
    db.session.flush()


UNPLANNED = N_("预算外")


# What was accepted, frozen ------------------------------------------------------------------------------------


def snapshot(report: Report) -> dict[str, Any]:
    """Return everything that an acceptance says yes to, as plain JSON."""
    activity = report.activity
    return {
        "activity": str(activity.id), "title": activity.title, "kind": activity.kind, "kind_version": activity.kind_version,
        "organisation": {"code": activity.organisation.code, "name": activity.organisation.name},
        "held_on": (activity.held_on or day_of(activity.starts_at)).isoformat(), "version": report.version,
        "figures": [
            {"code": f.code, "version": f.version, "computed": f.computed, "given": f.given, "reason": f.reason} for f in report.figures
        ],
        "spending": [
            {"item": line.item, "source": line.source, "planned_fen": line.planned_fen, "actual_fen": line.actual_fen} for line in activity.budget
        ],
        "words": report.words,
        "photos": [{"sha256": p.file.sha256, "caption": p.caption, "consent": p.consent} for p in report.photos],
    }  # fmt: skip


def hash_of(taken: dict[str, Any]) -> str:
    """Return the SHA-256 of a snapshot's canonical JSON: the same content gives the same hash on every machine."""
    canonical = json.dumps(taken, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
