"""What organisations announce."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True)
class UnitOpened:
    """A unit was opened below another."""

    organisation_id: UUID
    parent_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class UnitsMerged:
    """A unit was merged into another on a day."""

    source_id: UUID
    into_id: UUID
    on: date
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class TreeImported:
    """A file of units was taken in below the topmost unit."""

    root_id: UUID
    added: int
    changed: int
    at: datetime
