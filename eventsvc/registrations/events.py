"""What registrations tell the rooms above. Ids and codes only, never what a person wrote."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eventsvc.registrations.models import Channel, Standing


@dataclass(frozen=True)
class SignedUp:
    """A party stands in the list now: placed, waiting or to be reviewed."""

    registration_id: UUID
    activity_id: UUID
    standing: Standing
    at: datetime
    channel: Channel = Channel.LINK
    organisation_id: UUID | None = None
    """The unit that holds the activity."""
    actor_id: UUID | None = None
    """None: the party itself, through the public link."""


@dataclass(frozen=True)
class Withdrawn:
    """A party went; `was` is where it stood."""

    registration_id: UUID
    activity_id: UUID
    was: Standing
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Promoted:
    """A waiting party got the place that became free."""

    registration_id: UUID
    activity_id: UUID
    at: datetime


@dataclass(frozen=True)
class Reviewed:
    """Somebody looked at a party that the rules could not tell about; `standing` is where it stands now."""

    registration_id: UUID
    activity_id: UUID
    standing: Standing
    at: datetime
    actor_id: UUID


@dataclass(frozen=True)
class RegistrationChanged:
    """A party changed its answers; `fields` are names of questions, not what was answered."""

    registration_id: UUID
    activity_id: UUID
    fields: tuple[str, ...]
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class LinkRenewed:
    """The old private link opens nothing any more."""

    registration_id: UUID
    activity_id: UUID
    at: datetime
    actor_id: UUID | None = None


@dataclass(frozen=True)
class Unmasked:
    """Somebody looked at a party's full data, and said why."""

    registration_id: UUID
    activity_id: UUID
    actor_id: UUID
    reason: str
    at: datetime


@dataclass(frozen=True)
class Exported:
    """Somebody took the list away as a file; `full` with whole numbers, and said why."""

    activity_id: UUID
    actor_id: UUID
    full: bool
    reason: str
    rows: int
    at: datetime
