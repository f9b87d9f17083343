"""Commands on campaigns: ask it of all below, hand it on, end it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update

from eventsvc.campaigns import queries
from eventsvc.campaigns.errors import CampaignIsClosed, DatesCrossed
from eventsvc.campaigns.events import CampaignClosed, CampaignOpened
from eventsvc.campaigns.models import Campaign
from eventsvc.core.actor import Actor, Role
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations


@transactional
def open_campaign(organisation_id: UUID, asked: Mapping[str, Any], *, actor: Actor, now: datetime, parent_id: UUID | None = None) -> UUID:
    """Ask something of a unit and all below it; with `parent_id` it hands on what was asked from above."""
    organisations.require(actor, Role.ORGANISER, organisation_id)
    if asked["ends_on"] < asked["starts_on"]:
        raise DatesCrossed(fields={"ends_on": [DatesCrossed.words]})
    if parent_id is not None:
        _still_open(parent_id, actor)
    given = {name: value if value is not None else "" for name, value in asked.items() if name != "due_on"}
    campaign = Campaign(organisation_id=organisation_id, parent_id=parent_id, due_on=asked["due_on"], created_by=actor.id,
                        created_at=now, **given)  # fmt: skip
    db.session.add(campaign)
    db.session.flush()
    announce(CampaignOpened(campaign.id, organisation_id, actor.id, now))
    return campaign.id


@transactional
def close(campaign_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a campaign of a unit at which the actor organises. Ended twice, it was ended once."""
    campaign, _ = queries.campaign(campaign_id, within=actor)
    organisations.require(actor, Role.ORGANISER, campaign.organisation_id)
    still = update(Campaign).where(Campaign.id == campaign_id, Campaign.closed_at.is_(None))
    if changed(db.session.execute(still.values(closed_at=now))):
        announce(CampaignClosed(campaign_id, campaign.organisation_id, actor.id, now))


def _still_open(campaign_id: UUID, actor: Actor) -> None:
    campaign, _ = queries.campaign(campaign_id, within=actor)
    if campaign.closed_at is not None:
        raise CampaignIsClosed(title=campaign.title)
