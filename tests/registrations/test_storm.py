"""Parties of one to four come, go, are promoted, let offers lapse, while walls move: everything adds up at every look.

The checker looks while it holds the main pool, so nobody is in the middle of anything: of each pool `taken` is the sum of the seats
and of what the parties hold, never over the cap (beyond it only what stood there when a wall moved in or the door was opened, and
never a place more), each party holds all or nothing, counters of who waits are right, nobody was passed over more than k
times (counted apart from the code, from what went into the walk and what came out), whoever could have moved has moved.
"""

from dataclasses import replace

import pytest
from sqlalchemy import literal

from eventsvc.infra.db import db
from eventsvc.registrations import queueing
from eventsvc.registrations.service import places, waiting
from tests.registrations.storming import Storm

SECONDS = 20
LONG = 300
UNTIL_SEEN = 15
"""How long a control may blow until the checker sees what is wrong."""


def blow(app, monkeypatch, seconds: float) -> Storm:
    storm = Storm(app, monkeypatch)
    db.session.rollback()
    storm.run(seconds)
    return storm


def was_a_storm(storm: Storm, seconds: float) -> None:
    """Say that enough of everything happened for its calm to mean something."""
    assert storm.faults == []
    assert storm.done["looks"] >= seconds
    for step in ("_comes", "_goes", "_says_yes", "_says_no", "_one_stays_away", "_turn", "lapsed", "at_the_door"):
        assert storm.done[step] > 0, (step, storm.done)
    assert storm.passes.total() > 0


def test_twenty_seconds(app, monkeypatch):
    was_a_storm(blow(app, monkeypatch, SECONDS), SECONDS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_five_minutes(app, monkeypatch):
    was_a_storm(blow(app, monkeypatch, LONG), LONG)


class TestControls:
    """Each guard taken away: the storm must see it."""

    def test_without_the_guard_too_many_are_let_in(self, app, monkeypatch):
        always = {channel: places._take(channel) for channel in places.TAKE}
        monkeypatch.setattr(places, "FITS", literal(True))
        open_door = {channel: places._take(channel) for channel in always}
        monkeypatch.setattr(places, "TAKE", open_door)
        assert any(" of " in fault or "went past" in fault for fault in blow(app, monkeypatch, UNTIL_SEEN).faults)

    def test_if_k_is_ignored_somebody_is_passed_over_too_often(self, app, monkeypatch):
        honest = queueing.scan
        monkeypatch.setattr(queueing, "scan", lambda free, listed, k, **how: honest(free, listed, 10**9, **how))
        assert "passed over too often" in blow(app, monkeypatch, UNTIL_SEEN).faults

    def test_if_newcomers_need_not_wait_they_steal(self, app, monkeypatch):
        monkeypatch.setattr(places, "FITS", places.ROOM)
        monkeypatch.setattr(places, "TAKE", {channel: places._take(channel) for channel in places.TAKE})
        assert blow(app, monkeypatch, UNTIL_SEEN).faults

    def test_if_what_is_freed_is_not_given_away_somebody_waits_for_nothing(self, app, monkeypatch):
        monkeypatch.setattr(waiting, "move_up", lambda *_, **__: [])
        assert "somebody waits for what is free" in blow(app, monkeypatch, UNTIL_SEEN).faults

    def test_if_a_party_takes_one_place_for_all_it_is_split(self, app, monkeypatch):
        seat = waiting._seat
        one_each = lambda lucky: seat([replace(one, wants=dict.fromkeys(one.wants, 1)) for one in lucky])  # noqa: E731
        monkeypatch.setattr(waiting, "_seat", one_each)
        assert any("split" in fault for fault in blow(app, monkeypatch, UNTIL_SEEN).faults)
