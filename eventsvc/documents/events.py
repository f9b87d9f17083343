"""What happens to papers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class PaperRequested:
    """Somebody asked for a paper."""

    document_id: UUID
    activity_id: UUID
    organisation_id: UUID
    code: str
    actor_id: UUID
    at: datetime
