"""What this room announces."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class ActivityPlanned:
    """A plan was saved or published: capacity or times may have changed."""

    activity_id: UUID


@dataclass(frozen=True)
class ActivityMoved:
    """A step of the workflow was taken."""

    activity_id: UUID
    action: str
    move_id: UUID
    actor_id: UUID
    at: datetime


@dataclass(frozen=True)
class ActivityChanged:
    """Time or place of a published activity changed; `facts` = {"before": {...}, "after": {...}}.

    Both hold strings: `starts_at` and `ends_at` (ISO, UTC), `when` as people say it, `venue`.
    """

    activity_id: UUID
    move_id: UUID
    facts: Mapping[str, Any]
    at: datetime
