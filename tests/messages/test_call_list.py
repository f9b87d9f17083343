"""Whom the organiser must call, what to say, and how it went."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsvc.activities import service as activities
from eventsvc.core import clock
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.infra.db import db
from eventsvc.messages import queries, service
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import service as registrations
from tests.clients import text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import signed_up

UNSURE = {"calendar": "solar", "year": 1977}


@pytest.fixture
def office(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    return by, an_activity(places=1, unit=tree.village, by=by)


def due(activity) -> list[str]:
    return [call.topic for call in queries.call_list(activity.id, MessageState.DUE)]


class TestRows:
    def test_a_receipt_on_the_screen_needs_no_call(self, office):
        _, activity = office
        signed_up(activity)
        [row] = db.session.scalars(select(Message)).all()
        assert (row.topic, row.channel, row.state) == ("placed", "page", MessageState.TOLD)
        assert due(activity) == []

    def test_what_is_decided_is_told(self, office):
        by, activity = office
        admitted, rejected, waits = (signed_up(activity, answers__married_on=UNSURE) for _ in range(3))
        registrations.admit(admitted.id, actor=by, now=NOW)
        registrations.reject(rejected.id, "不满五十年", actor=by, now=NOW)
        registrations.admit(waits.id, actor=by, now=NOW)
        assert sorted(due(activity)) == ["admitted", "rejected", "waits"]

    def test_who_has_gone_need_not_be_called(self, office):
        by, activity = office
        first, second = signed_up(activity), signed_up(activity)
        registrations.withdraw(first.id, now=NOW)
        assert due(activity) == ["promoted"]
        registrations.withdraw(second.id, now=NOW)
        assert due(activity) == []

    def test_the_last_change_of_day_is_the_one_to_tell(self, office):
        by, activity = office
        signed_up(activity)
        for days in (3, 6):
            activities.postpone(activity.id, activity.starts_at + timedelta(days=days), actor=by, now=NOW, note="下雨")
        [call] = queries.call_list(activity.id, MessageState.DUE)
        assert (call.topic, call.facts["before"] != call.facts["after"]) == ("rescheduled", True)

    def test_a_cancelled_activity_leaves_one_call_for_each(self, office):
        by, activity = office
        receipts = [signed_up(activity), signed_up(activity)]
        registrations.withdraw(receipts[0].id, now=NOW)
        signed_up(activity)
        activities.move(activity.id, "cancel", actor=by, now=NOW, note="台风")
        assert due(activity) == ["cancelled", "cancelled"]

    def test_facts_hold_nobodys_data(self, office):
        by, activity = office
        signed_up(activity, people__husband__name="张铁柱", people__husband__phone="13812345678")
        activities.postpone(activity.id, activity.starts_at + timedelta(days=3), actor=by, now=NOW, note="下雨")
        assert "张铁柱" not in str(db.session.scalars(select(Message.facts)).all())

    def test_everyone_placed_is_reminded_once_a_day(self, office):
        by, activity = office
        signed_up(activity), signed_up(activity)
        assert service.remind(activity.id, actor=by, now=NOW) == 1
        assert service.remind(activity.id, actor=by, now=NOW) == 0
        assert service.remind(activity.id, actor=by, now=NOW + timedelta(days=1)) == 1


class TestPage:
    def test_a_call_is_made_and_ticked(self, app, office):
        by, activity = office
        first = signed_up(activity)
        second = signed_up(activity, people__husband__name="曾国强", people__husband__phone="13812345678")
        registrations.withdraw(first.id, now=NOW)
        browser = logged_in(app, by)
        page = browser.get(f"/activities/{activity.id}/messages").text
        assert 'href="tel:13812345678"' in page
        assert "有空位了" in text_of(page)
        assert second.code in page
        [call] = queries.call_list(activity.id, MessageState.DUE)
        browser.post(f"/activities/{activity.id}/messages/{call.id}", {"state": "no_answer"}, status=303)
        assert "没联系上" in text_of(browser.get(f"/activities/{activity.id}/messages").text)
        browser.post(f"/activities/{activity.id}/messages/{call.id}", {"state": "told"}, status=303)
        assert "没有要通知的人" in text_of(browser.get(f"/activities/{activity.id}/messages").text)
        assert "曾国强" in browser.get(f"/activities/{activity.id}/messages?done=1").text
        browser.post(f"/activities/{activity.id}/messages/{call.id}", {"state": "due"}, status=303)
        assert due(activity) == ["promoted"]

    def test_the_list_prints(self, app, office):
        by, activity = office
        first = signed_up(activity)
        signed_up(activity, people__husband__phone="13812345678")
        registrations.withdraw(first.id, now=NOW)
        paper = logged_in(app, by).get(f"/activities/{activity.id}/messages?paper=1").text
        assert "电话通知单" in paper
        assert "13812345678" in paper

    def test_every_topic_has_its_words(self, app, office):
        by, activity = office
        signed_up(activity)
        [party] = db.session.scalars(select(Message.registration_id)).all()
        for topic in ("promoted", "admitted", "waits", "rejected", "cancelled", "rescheduled", "reminder"):
            service._due(activity.id, [party], topic, NOW, key="x")
        db.session.commit()
        page = logged_in(app, by).get(f"/activities/{activity.id}/messages").text
        assert page.count("<blockquote") == 7
        assert page.count("您好") == 7

    def test_odd_answers_are_refused(self, app, office):
        by, activity = office
        browser = logged_in(app, by)
        browser.get(f"/activities/{activity.id}/messages")
        browser.post(f"/activities/{activity.id}/messages/{activity.id}", {"state": "told"}, status=404)
        browser.post(f"/activities/{activity.id}/messages/{activity.id}", {"state": "dropped"}, status=404)

    def test_higher_levels_and_neighbours_see_no_list(self, app, office):
        _, activity = office
        tree = a_tree()
        logged_in(app, a_user("admin", tree.county)).get(f"/activities/{activity.id}/messages", status=403)
        logged_in(app, a_user("organiser", tree.group)).get(f"/activities/{activity.id}/messages", status=404)


def test_a_call_of_another_activity_is_not_ticked_here(app, office):
    by, activity = office
    first, _ = signed_up(activity), signed_up(activity)
    registrations.withdraw(first.id, now=NOW)
    [call] = queries.call_list(activity.id, MessageState.DUE)
    other = an_activity(unit=activity.organisation, by=by)
    with pytest.raises(NotFound):
        service.tell(other.id, call.id, MessageState.TOLD, actor=by, now=NOW)
    with pytest.raises(NotAllowed):
        service.tell(activity.id, call.id, MessageState.TOLD, actor=a_user("viewer", activity.organisation_id), now=NOW)
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.told_by.is_not(None))) == 0
