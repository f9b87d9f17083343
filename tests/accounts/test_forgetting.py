"""Sessions and tokens that have ended are deleted; those that run are left alone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eventsvc.accounts import forgetting, service
from eventsvc.accounts.models import ApiToken, Session
from eventsvc.infra.db import db, transactional
from tests.conftest import NOW
from tests.factories.accounts import PASSWORD, a_user
from tests.factories.organisations import a_tree
from workers import schedule

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def log_in(at=NOW, **how) -> str:
    return service.log_in("leader01", PASSWORD, now=at, **how)


def left() -> int:
    return len(db.session.scalars(select(Session.id)).all())


@pytest.fixture
def leader(app):
    """A group leader may stay logged in for months."""
    return a_user("group_leader", a_tree().group, user_name="leader01")


class TestSessions:
    def test_one_that_runs_stays_and_works(self, leader):
        secret = log_in()
        assert forgetting.forget_expired_sessions(now=NOW + 2 * HOUR) == 0
        assert service.actor_of(secret, now=NOW + 2 * HOUR).id == leader.id

    def test_one_that_expired_goes_a_day_later_and_its_neighbour_stays(self, leader):
        log_in()
        over = NOW + timedelta(hours=12)
        later = log_in(at=over)
        assert forgetting.forget_expired_sessions(now=over + DAY) == 0
        assert forgetting.forget_expired_sessions(now=over + DAY + HOUR) == 1
        assert left() == 1
        assert service.actor_of(later, now=over + HOUR) is not None

    def test_a_long_one_outlives_the_short_ones_while_it_is_used(self, leader):
        secret = log_in(long=True)
        assert forgetting.forget_expired_sessions(now=NOW + 59 * DAY) == 0
        session = db.session.scalar(select(Session.id))
        service.seen(session, now=NOW + 59 * DAY)
        assert forgetting.forget_expired_sessions(now=NOW + 118 * DAY) == 0
        assert service.actor_of(secret, now=NOW + 118 * DAY) is not None

    def test_a_long_one_that_nobody_uses_goes(self, leader):
        log_in(long=True)
        assert forgetting.forget_expired_sessions(now=NOW + 62 * DAY) == 1

    def test_one_that_was_ended_by_hand_may_be_ended_again_for_a_day(self, leader):
        log_in(long=True)
        session = db.session.scalar(select(Session.id))
        for _ in range(2):
            service.log_out(session, actor=leader, now=NOW)
            assert forgetting.forget_expired_sessions(now=NOW + HOUR) == 0
        assert forgetting.forget_expired_sessions(now=NOW + DAY + HOUR) == 1

    def test_many_go_in_turns(self, leader, monkeypatch):
        for _ in range(3):
            log_in()
        monkeypatch.setattr(forgetting, "AT_ONCE", 2)
        assert [forgetting.forget_expired_sessions(now=NOW + 3 * DAY) for _ in range(3)] == [2, 1, 0]


class TestTokens:
    def test_an_expired_one_is_shown_for_three_months_and_then_goes(self, leader):
        service.issue_token("大屏", ["statistics:read"], actor=leader, now=NOW, days=10)
        service.issue_token("小屏", ["statistics:read"], actor=leader, now=NOW, days=300)
        assert forgetting.forget_expired_tokens(now=NOW + 99 * DAY) == 0
        assert forgetting.forget_expired_tokens(now=NOW + 101 * DAY) == 1
        assert db.session.scalars(select(ApiToken.name)).all() == ["小屏"]

    def test_one_that_was_taken_back_goes_too(self, leader):
        service.issue_token("大屏", ["statistics:read"], actor=leader, now=NOW, days=300)
        transactional(lambda: db.session.execute(update(ApiToken).values(revoked_at=NOW)))()
        assert forgetting.forget_expired_tokens(now=NOW + 91 * DAY) == 1


def test_the_sweeper_does_it_every_hour(leader):
    log_in()
    chore = next(one for one in schedule.chores() if one.name == "forget_sessions")
    chore.turn(NOW)
    assert left() == 1
    chore.turn(NOW + 2 * DAY)
    assert left() == 0
