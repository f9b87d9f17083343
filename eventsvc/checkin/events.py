"""What happens at the door. Ids only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CheckedIn:
    """People came; `method` is a code."""

    activity_id: UUID
    participant_ids: tuple[UUID, ...]
    method: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class CheckInUndone:
    """People were checked in by mistake."""

    activity_id: UUID
    participant_ids: tuple[UUID, ...]
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class Tallied:
    """Something was counted."""

    activity_id: UUID
    tally_id: UUID
    counter: str
    amount: int
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class TallyUndone:
    """A count was taken back."""

    activity_id: UUID
    tally_id: UUID
    actor_id: UUID
    at: datetime
