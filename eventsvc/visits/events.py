"""What happens in a round of visits. Ids only: never who was visited or what was found."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Visited:
    """A visit was written down; `outcome` is a code."""

    record_id: UUID
    activity_id: UUID
    outcome: str
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class VisitUndone:
    """A visit was taken back."""

    record_id: UUID
    activity_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class ProblemSolved:
    """A problem that a visit found was settled."""

    record_id: UUID
    activity_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class RoundChanged:
    """Households were put on a round's list, given to a leader, or taken off: "added", "assigned", "removed"."""

    activity_id: UUID
    what: str
    households: int
    actor_id: UUID
    at: datetime
