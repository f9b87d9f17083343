"""The one clock. Only doors and workers read it; everything below is handed `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment, aware, in UTC."""
    return datetime.now(UTC)
