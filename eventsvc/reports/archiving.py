"""The house itself puts away what is over: the report is locked, the activity archived."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from eventsvc.activities import service as activities
from eventsvc.activities.models import Activity, State
from eventsvc.infra.db import db, transactional
from eventsvc.reports import service as reports
from eventsvc.reports.models import Report, ReportState

AFTER = timedelta(days=60)
"""How long after its report was accepted an activity stays open to corrections."""
AT_ONCE = 50


def put_away(now: datetime) -> int:
    """Archive held activities whose report was accepted two months ago; return how many."""
    query = select(Activity.id).join(Report, Report.activity_id == Activity.id)
    ripe = (Activity.state == State.HELD, Report.state == ReportState.ACCEPTED, Report.decided_at < now - AFTER)
    found = list(db.session.scalars(query.where(*ripe).order_by(Report.decided_at).limit(AT_ONCE)))
    for activity_id in found:
        _put_away(activity_id, now)
    return len(found)


@transactional
def _put_away(activity_id: UUID, now: datetime) -> None:
    reports.lock(activity_id, now=now)
    activities.archive(activity_id, now=now)
