"""What a unit does answers what it was asked: its activities and their reports, told down to the campaigns' room.

Campaigns stand below activities and reports and know of neither. Whenever one of those moves, this file reads what
the unit has under each chain of campaigns and hands it down; there it is counted anew, so hearing twice changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from eventsvc.activities.events import ActivityMoved, ActivityPlanned
from eventsvc.activities.models import Activity, ActivityPart, State
from eventsvc.campaigns import service as campaigns
from eventsvc.campaigns.models import Campaign, DutyState
from eventsvc.campaigns.rules import Deed
from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.organisations.models import Organisation
from eventsvc.reports.events import ReportMoved
from eventsvc.reports.models import Report
from eventsvc.reports.workflow import ReportState

FAR = {
    State.SUBMITTED: DutyState.PLANNED, State.APPROVED: DutyState.PLANNED, State.PUBLISHED: DutyState.PLANNED,
    State.HELD: DutyState.HELD, State.ARCHIVED: DutyState.HELD,
}  # fmt: skip
"""How far an activity in a state brings its unit; a draft and one sent back bring it nowhere yet."""
SENT = frozenset({ReportState.SUBMITTED, ReportState.ACCEPTED, ReportState.LOCKED})


def hear(event: ActivityPlanned | ActivityMoved | ReportMoved) -> None:
    """Tell the campaigns of every unit with a part in this activity how far it is now."""
    now = getattr(event, "at", None) or clock.now()
    owner = db.session.scalar(select(Activity.organisation_id).where(Activity.id == event.activity_id))
    helpers = db.session.scalars(select(ActivityPart.organisation_id).where(
        ActivityPart.activity_id == event.activity_id, ActivityPart.organisation_id.is_not(None)))  # fmt: skip
    for unit_id in dict.fromkeys(_successor(one) for one in [owner, *helpers] if one is not None):
        _tell(unit_id, now)


def _tell(unit_id: UUID, now: datetime) -> None:
    units = _with_merged([unit_id])
    owned = [Activity.organisation_id.in_(units)]
    helped = [Activity.id.in_(select(ActivityPart.activity_id).where(ActivityPart.organisation_id.in_(units))),
              Activity.organisation_id.not_in(units)]  # fmt: skip
    campaigns.follow(unit_id, [*_deeds(owned, True), *_deeds(helped, False)], now=now)


def _deeds(which: list[Any], owned: bool) -> Iterable[Deed]:
    query = select(Campaign.root_id, Activity.state, Report.state).join(Campaign, Campaign.id == Activity.campaign_id)
    query = query.outerjoin(Report, Report.activity_id == Activity.id).where(*which, Activity.state != State.CANCELLED)
    for root_id, state, report in db.session.execute(query):
        yield Deed(root_id or UUID(int=0), owned, DutyState.REPORTED if report in SENT else FAR.get(state))


def _successor(unit_id: UUID) -> UUID:
    """Return who answers for a unit now: itself, or the one that it was merged into."""
    while after := db.session.scalar(select(Organisation.successor_id).where(Organisation.id == unit_id)):
        unit_id = after
    return unit_id


def _with_merged(unit_ids: list[UUID]) -> list[UUID]:
    """Return the units and all that were merged into them."""
    found, level = list(unit_ids), list(unit_ids)
    while level:
        level = list(db.session.scalars(select(Organisation.id).where(Organisation.successor_id.in_(level))))
        found += level
    return found
