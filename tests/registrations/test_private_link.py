"""What a party does with its own link, and how it finds it again."""

import re
from datetime import timedelta

import icalendar
import pytest

from eventsvc.activities import service as activities
from eventsvc.core import clock
from eventsvc.registrations import queries
from eventsvc.registrations.models import Standing
from tests.clients import form_of, text_of
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import signed_up


@pytest.fixture(autouse=True)
def _still(at_now):
    """Every door reads NOW."""


class TestPrivateLink:
    def test_the_link_is_traded_for_a_cookie_and_a_clean_address(self, app, browser):
        receipt = signed_up(an_activity())
        answer = browser.get(f"/k/{receipt.secret}", status=303, follow=False)
        assert answer.location == f"/r/{receipt.code}"
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert f"Path=/r/{receipt.code}" in cookie
        assert receipt.code in browser.get(answer.location).text

    def test_opening_it_changes_nothing(self, app, browser, statements):
        receipt = signed_up(an_activity())
        statements.clear()
        browser.get(f"/k/{receipt.secret}")
        assert [s for s in statements if re.match(r"\s*(INSERT|UPDATE|DELETE|BEGIN IMMEDIATE)", s)] == []

    def test_without_the_cookie_the_code_opens_nothing(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity)
        page = browser.get(f"/r/{receipt.code}", status=403).text
        assert f"/s/{activity.slug}/find" in page
        for path in ("change", "calendar.ics"):
            browser.get(f"/r/{receipt.code}/{path}", status=403)
        browser.post(f"/r/{receipt.code}/withdraw", status=None)
        assert queries.by_id(receipt.id).standing == Standing.PLACED

    def test_one_partys_cookie_is_not_anothers(self, app, browser):
        activity = an_activity()
        mine, other = signed_up(activity), signed_up(activity)
        browser.client.set_cookie("party", mine.secret, domain="localhost", path=f"/r/{other.code}")
        browser.get(f"/r/{other.code}", status=403)

    def test_a_wrong_link_is_explained(self, browser):
        browser.get("/k/nonsense", status=403)

    def test_the_party_changes_its_phone_and_sizes(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity)
        browser.get(f"/k/{receipt.secret}")
        form = form_of(browser.get(f"/r/{receipt.code}/change").text)
        assert "people.husband.name" not in form
        form["people.husband.phone"], form["people.wife.clothing_size"] = "13700000001", "xl"
        browser.post(f"/r/{receipt.code}/change", form, status=303)
        [party] = queries.roster(activity.id)
        assert party.people[0].phone == "13700000001"
        assert party.people[1].extra["clothing_size"] == "xl"
        assert party.people[0].name

    def test_a_wrong_change_keeps_the_words(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        form = form_of(browser.get(f"/r/{receipt.code}/change").text)
        form["people.husband.phone"] = "12"
        assert form_of(browser.post(f"/r/{receipt.code}/change", form, status=422).text)["people.husband.phone"] == "12"

    def test_the_party_withdraws_after_being_asked_once_more(self, app, browser):
        receipt = signed_up(an_activity())
        browser.get(f"/k/{receipt.secret}")
        browser.get(f"/r/{receipt.code}/change")
        browser.post(f"/r/{receipt.code}/withdraw", status=303)
        assert "报名已取消" in text_of(browser.get(f"/r/{receipt.code}").text)
        assert queries.by_id(receipt.id).standing == Standing.WITHDRAWN

    def test_on_the_day_it_is_too_late(self, app, browser, monkeypatch):
        activity = an_activity()
        receipt = signed_up(activity)
        browser.get(f"/k/{receipt.secret}")
        monkeypatch.setattr(clock, "now", lambda: activity.starts_at)
        assert "不能再改" in text_of(browser.get(f"/r/{receipt.code}/change").text)
        assert browser.post(f"/r/{receipt.code}/withdraw").status_code in (400, 409)

    def test_the_calendar_has_when_and_where_and_nobodys_name(self, app, browser):
        activity = an_activity()
        receipt = signed_up(activity, people__husband__name="张铁柱")
        browser.get(f"/k/{receipt.secret}")
        book = browser.get(f"/r/{receipt.code}/calendar.ics")
        [entry] = icalendar.Calendar.from_ical(book.data).walk("VEVENT")
        assert (entry.decoded("dtstart"), entry["location"]) == (activity.starts_at, activity.venue)
        assert "张铁柱" not in book.text

    def test_a_moved_activity_says_so(self, app, browser):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=by)
        receipt = signed_up(activity)
        activities.postpone(activity.id, activity.starts_at + timedelta(days=3), actor=by, now=NOW, note="下雨")
        assert "时间改了" in text_of(browser.get(f"/k/{receipt.secret}").text)


class TestFinding:
    @pytest.fixture
    def party(self, app):
        activity = an_activity()
        told = {"people__husband__name": "曾国强", "people__husband__phone": "13812345678", "proxy": {"relation": "child", "name": "曾小明", "phone": "13900001111"}}
        return activity, signed_up(activity, **told)

    @pytest.mark.parametrize("facts", [
        {"name": "曾国强", "phone": "138-1234-5678"}, {"name": "曾小明", "phone": "13900001111"}, {"name": "曾国强", "code": True},
        {"phone": "13900001111", "code": True}, {"name": "曾国强", "phone": "13900001111"},
    ])  # fmt: skip
    def test_two_facts_open_the_receipt(self, browser, party, facts):
        activity, receipt = party
        facts = {k: receipt.code.lower().replace("-", " ") if v is True else v for k, v in facts.items()}
        answer = browser.post(f"/s/{activity.slug}/find", facts, status=303)
        assert answer.location == f"/r/{receipt.code}"
        browser.get(answer.location)

    def test_what_does_not_match_is_answered_alike_whether_somebody_is_there_or_not(self, browser, party):
        activity, receipt = party
        tried = [
            {"name": "曾国强", "phone": "13800000000"}, {"name": "王不在", "phone": "13812345678"}, {"name": "王不在", "phone": "13800000000"},
            {"name": "王不在", "code": receipt.code}, {"phone": "13800000000", "code": receipt.code},
        ]  # fmt: skip
        answers = {text_of(browser.post(f"/s/{activity.slug}/find", facts, status=422).text) for facts in tried}
        assert len(answers) == 1
        assert "Set-Cookie" not in browser.post(f"/s/{activity.slug}/find", tried[0]).headers

    def test_one_fact_is_not_enough(self, browser, party):
        activity, _ = party
        answer = browser.post(f"/s/{activity.slug}/find", {"name": "曾国强"}, status=422)
        assert "至少填两项" in text_of(answer.text)

    def test_a_party_of_another_activity_is_not_found_here(self, browser, party):
        other = an_activity(unit=party[0].organisation)
        browser.post(f"/s/{other.slug}/find", {"name": "曾国强", "phone": "13812345678"}, status=422)
