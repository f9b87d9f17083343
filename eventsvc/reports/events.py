"""What reports say upwards."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class ReportMoved:
    """A report took one step; statistics hears acceptances and what takes them back."""

    report_id: UUID
    activity_id: UUID
    action: str
    move_id: UUID
    actor_id: UUID
    at: datetime
