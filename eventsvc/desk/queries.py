"""What waits for somebody, and what happens when: read from many rooms, few statements, plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select

from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.periods import day_of, day_span
from eventsvc.infra.db import db
from eventsvc.messages.models import Message, MessageState
from eventsvc.organisations.models import Organisation
from eventsvc.organisations.queries import within
from eventsvc.reports.models import Report, ReportState
from eventsvc.reports.queries import reviewable
from eventsvc.visits.models import VisitTarget

MOST = 12


@dataclass(frozen=True)
class Line:
    """One thing on a list: an activity, in the words its list needs."""

    activity_id: UUID
    title: str
    unit: str
    kind: str
    state: State
    starts_at: datetime
    count: int = 0


def _lines(query: Select[Any], order: Any = Activity.starts_at) -> list[Line]:
    rows = db.session.execute(query.order_by(order, Activity.id).limit(MOST)).all()
    return [Line(r.id, r.title, r.name, r.kind, r.state, r.starts_at, getattr(r, "count", 0)) for r in rows]


def _columns(*more: Any) -> Select[Any]:
    wanted = (Activity.id, Activity.title, Activity.kind, Activity.state, Activity.starts_at, Organisation.name)
    return select(*wanted, *more).join(Organisation, Organisation.id == Activity.organisation_id)


def to_approve(me: Actor) -> list[Line]:
    """Return plans that wait for this approver: in scope, and not sent up by the same person."""
    mine = or_(Activity.created_by == me.id, Activity.submitted_by == me.id)
    return _lines(_columns().where(Activity.state == State.SUBMITTED, within(me, Activity.organisation_id, Role.APPROVER), ~mine))


def to_fix(me: Actor) -> list[Line]:
    """Return plans of my units that were sent back."""
    return _lines(_columns().where(Activity.state == State.RETURNED, within(me, Activity.organisation_id, Role.ORGANISER)))


def to_finish(me: Actor) -> list[Line]:
    """Return my own drafts."""
    return _lines(_columns().where(Activity.state == State.DRAFT, Activity.created_by == me.id))


def to_publish(me: Actor) -> list[Line]:
    """Return approved plans of my units that nobody has published yet."""
    return _lines(_columns().where(Activity.state == State.APPROVED, within(me, Activity.organisation_id, Role.ORGANISER)))


def coming(me: Actor, *, now: datetime, days: int = 30) -> list[Line]:
    """Return what is published and happens soon."""
    soon = Activity.starts_at.between(now - timedelta(hours=12), now + timedelta(days=days))
    return _lines(_columns().where(Activity.state == State.PUBLISHED, soon, within(me, Activity.organisation_id)))


def to_report(me: Actor, *, now: datetime) -> list[Line]:
    """Return activities that are over and whose report has not gone up yet, or came back."""
    ended = func.coalesce(Activity.ends_at, Activity.starts_at) <= now
    over = or_(Activity.state == State.HELD, and_(Activity.state == State.PUBLISHED, ended))
    sent = exists().where(
        Report.activity_id == Activity.id,
        Report.state.in_((ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.LOCKED)),
    )
    return _lines(_columns().where(over, ~sent, within(me, Activity.organisation_id, Role.ORGANISER)))


def to_review(me: Actor) -> list[Line]:
    """Return reports that wait for somebody like me."""
    query = _columns().join(Report, Report.activity_id == Activity.id)
    return _lines(query.where(Report.state == ReportState.SUBMITTED, Report.submitted_by != me.id, reviewable(me)), Report.submitted_at)


def to_call(me: Actor) -> list[Line]:
    """Return activities with people who must be told something, and how many."""
    count = func.count(Message.id)
    query = _columns(count.label("count")).join(Message, Message.activity_id == Activity.id)
    query = query.where(Message.state == MessageState.DUE, within(me, Activity.organisation_id, Role.ORGANISER))
    groups = (Activity.id, Activity.title, Activity.kind, Activity.state, Activity.starts_at, Organisation.name)
    return _lines(query.group_by(*groups))


def visits_due(me: Actor, *, now: datetime) -> int:
    """Return how many households wait for this group leader's visit, by today."""
    query = select(func.count()).select_from(VisitTarget).join(Activity, Activity.id == VisitTarget.activity_id)
    due = or_(VisitTarget.due_on.is_(None), VisitTarget.due_on <= day_of(now))
    query = query.where(VisitTarget.leader_id == me.id, VisitTarget.visits == 0, due, Activity.state == State.PUBLISHED)
    return int(db.session.scalar(query) or 0)


def of_month(me: Actor, first: date, last: date) -> dict[date, list[Line]]:
    """Return the activities of the days from `first` to `last`, by day; the cancelled are left out."""
    since, until = day_span(first)[0], day_span(last)[1]
    query = _columns().where(
        Activity.starts_at >= since,
        Activity.starts_at < until,
        Activity.state != State.CANCELLED,
        within(me, Activity.organisation_id),
    )
    rows = db.session.execute(query.order_by(Activity.starts_at, Activity.id).limit(2000)).all()
    return _by_day(Line(r.id, r.title, r.name, r.kind, r.state, r.starts_at) for r in rows)


def _by_day(lines: Iterable[Line]) -> dict[date, list[Line]]:
    found: dict[date, list[Line]] = {}
    for line in lines:
        found.setdefault(day_of(line.starts_at), []).append(line)
    return found
