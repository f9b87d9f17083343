"""Questions about reports. What is out of reach is as good as missing."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from eventsvc.activities.models import Activity, Part, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of
from eventsvc.declare import Indicator
from eventsvc.infra.db import db
from eventsvc.infra.storage import StoredFile
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Organisation
from eventsvc.reports import drafts, rules
from eventsvc.reports.models import Figure, Report, ReportPhoto, ReportState
from eventsvc.reports.rules import Facts, Value

PAGE = 30


@dataclass(frozen=True)
class Counted:
    """One figure that was accepted."""

    indicator: Indicator
    amount: int


@dataclass(frozen=True)
class Accepted:
    """What statistics need of an accepted report."""

    activity_id: UUID
    organisation_id: UUID
    kind: str
    held_on: date
    values: tuple[Counted, ...]


@dataclass(frozen=True)
class Line:
    """One activity in a list of reports; `state` is None where no report was begun."""

    activity_id: UUID
    title: str
    kind: str
    unit: str
    starts_at: datetime
    state: ReportState | None
    submitted_at: datetime | None


def find(activity_id: UUID, *, lock: bool = False) -> Report | None:
    """Return the report of an activity whose scope was asked already, whole, or None."""
    parts = (selectinload(Report.figures), selectinload(Report.photos), selectinload(Report.moves))
    query = select(Report).where(Report.activity_id == activity_id).options(*parts)
    if lock:
        query = query.with_for_update(of=Report).execution_options(populate_existing=True)
    return db.session.scalar(query)


def report(activity_id: UUID, *, within: Actor) -> Report:
    """Return the report of an activity, or raise NotFound: out of reach, or not begun."""
    found = find(activity_id)
    if found is None or not within.can(Role.VIEWER, organisations.lineage(found.organisation_id)):
        raise NotFound
    return found


def photo(activity_id: UUID, photo_id: UUID, *, within: Actor) -> StoredFile:
    """Return a photo's file. Without consent it is shown to those who write the report, and to nobody else."""
    query = select(ReportPhoto, Report).join(Report, Report.id == ReportPhoto.report_id)
    row = db.session.execute(query.where(ReportPhoto.id == photo_id, Report.activity_id == activity_id)).one_or_none()
    if row is None:
        raise NotFound
    lineage = organisations.lineage(row.Report.organisation_id)
    if not within.can(Role.VIEWER if row.ReportPhoto.consent else Role.ORGANISER, lineage):
        raise NotFound
    return row.ReportPhoto.file


def values(found: Report, facts: Facts | None = None) -> list[Value]:
    """Return the figures of a report as plain values: as they stand, or with what is known now while it is being written."""
    kept, kind = {figure.code: figure for figure in found.figures}, KINDS[found.activity.kind]
    if facts is not None:
        facts = rules.following(kind, facts, {code: figure.given for code, figure in kept.items()})
    return [_value(indicator, kept.get(indicator.code), facts) for indicator in rules.indicators(kind)]


def _value(indicator: Indicator, kept: Figure | None, facts: Facts | None) -> Value:
    computed = facts.get(indicator.of) if facts is not None else kept.computed if kept else None
    return Value(indicator, computed, kept.given if kept else None, kept.reason if kept else "")


def accepted(report_id: UUID) -> Accepted:
    """Return the figures of a report that has just been accepted, each with what it means."""
    found = db.session.get_one(Report, report_id)
    kind, activity = KINDS[found.activity.kind], found.activity
    meaning = {one.code: one for one in rules.indicators(kind)}
    counted = tuple(
        Counted(replace(meaning[figure.code], version=figure.version), figure.value)
        for figure in found.figures
        if figure.code in meaning and figure.value is not None
    )
    return Accepted(
        activity.id, found.organisation_id, kind.code, activity.held_on or day_of(activity.starts_at), counted
    )


def told(activity: Activity) -> drafts.Told:
    """Return what a first draft is written from."""
    names = {part: tuple(p.name for p in activity.parts if p.part is part) for part in (Part.HOST, Part.IMPLEMENTER)}
    start = activity.held_on or day_of(activity.starts_at)
    end = max(start, day_of(activity.ends_at)) if activity.ends_at else start
    return drafts.Told(
        activity.title, activity.organisation.name, start, end, activity.venue, activity.theme, names[Part.HOST],
        names[Part.IMPLEMENTER], activity.plan, planned(activity),
    )  # fmt: skip


def planned(activity: Activity) -> int:
    """Return what the whole budget planned, in fen."""
    return sum(line.planned_fen for line in activity.budget)


# Lists --------------------------------------------------------------------------------------------------------


def to_review(me: Actor, limit: int = PAGE) -> list[Line]:
    """Return the reports that wait for this person's judgement, the longest waiting first."""
    query = _lines().where(Report.state == ReportState.SUBMITTED, Report.submitted_by != me.id, reviewable(me))
    return [Line(*row) for row in db.session.execute(query.order_by(Report.submitted_at).limit(limit))]


def to_write(me: Actor, *, now: datetime, limit: int = PAGE) -> list[Line]:
    """Return activities of mine that have begun and whose report was not begun, the oldest first."""
    query = _lines().where(
        Report.id.is_(None), Activity.state.in_((State.PUBLISHED, State.HELD)),
        func.coalesce(Activity.ends_at, Activity.starts_at) <= now,
    )
    query = query.where(organisations.within(me, Activity.organisation_id, Role.ORGANISER)).order_by(Activity.starts_at)
    return [Line(*row) for row in db.session.execute(query.limit(limit))]


def listed(me: Actor, *, state: str = "", kind: str = "", page: int = 1) -> tuple[list[Line], int]:
    """Return a page of the reports in reach, the latest first, and how many there are."""
    wanted = [organisations.within(me, Activity.organisation_id), Report.id.is_not(None)]
    wanted += [Report.state == ReportState(state)] if state in set(ReportState) else []
    wanted += [Activity.kind == kind] if kind in KINDS else []
    query = _lines().add_columns(func.count().over()).where(*wanted)
    query = query.order_by(func.coalesce(Report.submitted_at, Report.created_at).desc(), Report.id)
    rows = db.session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return [Line(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


def reviewable(me: Actor) -> ColumnElement[bool]:
    """Return the condition that this person may judge a report: an approver there or above, or an office above it."""
    above = organisations.within(me, Activity.organisation_id, Role.ORGANISER)
    not_own_unit = Activity.organisation_id.not_in(me.places(Role.ORGANISER))
    return or_(organisations.within(me, Activity.organisation_id, Role.APPROVER), above & not_own_unit)


def _lines() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (
        Activity.id, Activity.title, Activity.kind, Organisation.name, Activity.starts_at, Report.state, Report.submitted_at,
    )  # fmt: skip
    query = select(*columns).join(Organisation, Organisation.id == Activity.organisation_id)
    return query.outerjoin(Report, Report.activity_id == Activity.id)


def pages(total: int) -> int:
    """Return how many pages a list of so many has."""
    return max(1, -(-total // PAGE))
