"""What campaigns announce."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CampaignOpened:
    """A unit asked something of all units below it."""

    campaign_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CampaignClosed:
    """A unit asks it no longer."""

    campaign_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime
