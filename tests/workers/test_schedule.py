"""What is done again and again."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.declare import Personal
from eventsvc.infra import vault
from eventsvc.infra.db import db, transactional
from eventsvc.reports import archiving
from eventsvc.reports import queries as reports
from eventsvc.reports.models import Report, ReportState
from tests.conftest import NOW
from tests.factories.documents import held_with_report
from workers import schedule
from workers.schedule import Chore

pytestmark = pytest.mark.usefixtures("app")


class TestChore:
    def test_it_is_done_at_the_start_and_then_every_so_often(self):
        done = []
        chore = Chore("sweep", timedelta(seconds=5), done.append)
        for seconds in (0, 1, 4, 5, 6, 11):
            chore.turn(NOW + timedelta(seconds=seconds))
        assert [(at - NOW).seconds for at in done] == [0, 5, 11]

    def test_one_that_fails_does_not_stop_the_others_and_is_tried_again(self, capfd: pytest.CaptureFixture[str]):
        tried = []

        def fail(now: object) -> None:
            tried.append(now)
            raise OSError("the database is away")

        chore = Chore("fold", timedelta(seconds=2), fail)
        chore.turn(NOW)
        chore.turn(NOW + timedelta(seconds=2))
        assert len(tried) == 2

    def test_every_chore_runs_on_an_empty_house(self, capfd: pytest.CaptureFixture[str]):
        for chore in schedule.chores():
            chore.do(NOW)


class TestPurge:
    def test_personal_data_goes_the_day_after_its_last(self):
        owner = uuid4()

        @transactional
        def keep() -> None:
            vault.put([vault.row(owner, Personal.HEALTH, {"health": "高血压"}, NOW.date())])

        keep()
        purge = next(chore for chore in schedule.chores() if chore.name == "purge_vault")
        purge.turn(NOW)
        assert vault.read([owner]) != {}
        purge.turn(NOW + timedelta(days=1))
        assert vault.read([owner]) == {}


class TestArchiving:
    def test_an_accepted_report_is_locked_and_its_activity_archived_after_two_months(self, organiser: Actor):
        activity = held_with_report(organiser)

        @transactional
        def accept() -> None:
            db.session.execute(update(Report).values(state=ReportState.ACCEPTED, decided_at=NOW))

        accept()
        assert archiving.put_away(NOW + timedelta(days=59)) == 0
        assert archiving.put_away(NOW + timedelta(days=61)) == 1
        db.session.expire_all()
        assert activities.activity(activity.id, within=SYSTEM).state is State.ARCHIVED
        assert reports.find(activity.id).state is ReportState.LOCKED
        assert archiving.put_away(NOW + timedelta(days=62)) == 0
