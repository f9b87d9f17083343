"""What campaigns announce."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CampaignOpened:
    """A unit asked something of units below it."""

    campaign_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CampaignChanged:
    """Deadlines, targets or words of a campaign changed; `fields` names them."""

    campaign_id: UUID
    organisation_id: UUID
    fields: tuple[str, ...]
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CampaignClosed:
    """A unit asks it no longer."""

    campaign_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class UnitsReminded:
    """Units that are missing were reminded, so many at once."""

    campaign_id: UUID
    organisation_id: UUID
    units: int
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class DutyMoved:
    """A unit answered what it was asked: read, declined, taken up again."""

    campaign_id: UUID
    organisation_id: UUID
    action: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class DutiesPassed:
    """What a merged unit had been asked passed to its successor, `moved` as they were, `joined` with the successor's own."""

    into_id: UUID
    organisation_id: UUID
    moved: int
    joined: int
    actor_id: UUID
    at: datetime
