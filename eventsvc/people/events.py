"""What happens on the roll. Ids only: never a name, a phone or an address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class HouseholdAdded:
    """A household was written down."""

    household_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class HouseholdChanged:
    """What is known of a household was changed; `what` is "edited", "assigned" (to another leader), "closed" or "reopened"."""

    household_id: UUID
    organisation_id: UUID
    what: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class HouseholdsImported:
    """A list of households was read in."""

    organisation_id: UUID
    added: int
    changed: int
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class SpecialFamilySeen:
    """Somebody opened what is known of a special family: the county can show who looked, and when."""

    household_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CoupleAdded:
    """A couple was written down."""

    couple_id: UUID
    organisation_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CoupleChanged:
    """What is known of a couple was changed; `what` is "edited" or "ended"."""

    couple_id: UUID
    organisation_id: UUID
    what: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CouplesImported:
    """A list of couples was read in."""

    organisation_id: UUID
    added: int
    changed: int
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class HonoursImported:
    """A list of couples who were honoured before was read in."""

    organisation_id: UUID
    added: int
    actor_id: UUID
    at: datetime
