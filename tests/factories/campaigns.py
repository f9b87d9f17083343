"""Campaigns issued by the same command as the form calls, and brought to everybody as the job does it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from eventsvc.campaigns import queries, service
from eventsvc.campaigns.models import Campaign, Duty
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.infra.db import db
from eventsvc.organisations.models import Organisation
from tests.conftest import NOW

ASKED: dict[str, Any] = {
    "title": "5·29系列活动", "theme": "健康家庭", "doc_number": "", "kinds": ["member_day"], "notice": "每村至少一场",
    "starts_on": date(2027, 5, 1), "ends_on": date(2027, 6, 30), "plan_by": date(2027, 5, 15), "due_on": date(2027, 6, 10),
    "reach": "subtree", "reach_level": None, "units": [], "targets": [{"code": "activities_held", "amount": 1}],
}  # fmt: skip


def issued(unit: Organisation, actor: Actor = SYSTEM, *, parent: Campaign | None = None, now: datetime = NOW, **asked: Any) -> Campaign:
    """Issue a campaign (or, with `parent`, hand one on) and bring it to every unit that it asks."""
    parent_id = parent.id if parent else None
    made = service.open_campaign(unit.id, ASKED | asked, actor=actor, now=now, parent_id=parent_id)
    handed_down(made)
    return queries.campaign(made, within=SYSTEM)[0]


def handed_down(campaign_id: UUID) -> int:
    """Do what the job does, here and now; return how many units have it now."""
    return max(done for done, _ in service.bring(campaign_id, now=NOW))


def duty_of(campaign: Campaign, unit: Organisation) -> Duty:
    """Read again what a unit was asked."""
    db.session.rollback()
    db.session.expire_all()
    found = queries.duty(campaign.root_id or campaign.id, unit.id)
    assert found is not None, f"{unit.name} was not asked"
    return found


def asked_units(campaign: Campaign) -> list[UUID]:
    """Read who was asked by a chain of campaigns."""
    return list(db.session.scalars(select(Duty.organisation_id).where(Duty.root_id == campaign.root_id)))
