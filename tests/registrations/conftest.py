"""A clock that stands still at NOW for the doors of registrations."""

import pytest

from eventsvc.core import clock
from tests.factories.activities import NOW


@pytest.fixture
def at_now(monkeypatch):
    """Let the doors read NOW from the clock."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return NOW
