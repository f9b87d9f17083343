"""The elder view of a sign-up: one question a page, without a script, nothing lost on the way."""

import pytest
from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.registrations.models import Registration
from tests.clients import form_of, text_of
from tests.factories.activities import an_activity
from tests.registrations.walking import Walker


@pytest.fixture(autouse=True)
def _still(at_now):
    """Every door reads NOW."""


@pytest.fixture
def slug(app) -> str:
    return an_activity().slug


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Registration))


class TestTheWay:
    def test_leads_from_question_to_question_to_a_receipt(self, app, slug):
        elder = Walker(app, slug, people__husband__name="曾𬭎").to_the_end()
        assert elder.seen[:3] == ["proxy.relation", "proxy.name", "proxy.phone"]
        assert len(elder.seen) == len(set(elder.seen))
        assert rows() == 0
        assert all(told in elder.words for told in ("曾𬭎", "子女", "农历1970年8月15日", "本人声明", "行走自如"))
        elder.press(303, action="send")
        assert "报名成功" in text_of(elder.browser.get(elder.location).text)
        assert rows() == 1

    def test_the_first_page_says_what_it_is_about_and_asks_one_thing(self, app, slug):
        elder = Walker(app, slug)
        assert "名额" in elder.words
        assert "第1题" in elder.words
        assert elder.page.count("walk__question") == 1
        assert "people.husband.name" not in elder.form

    def test_whoever_comes_for_herself_is_not_asked_for_whom(self, app, slug):
        elder = Walker(app, slug, proxy__relation="self", people__wife__phone="13800138000").to_the_end()
        assert "proxy.name" not in elder.seen
        assert "people.wife.phone" in elder.seen
        elder.press(303, action="send")

    def test_a_screen_is_checked_before_the_next_one(self, app, slug):
        elder = Walker(app, slug, people__husband__name="李1")
        while elder.screen != "people.husband.name":
            elder.answer()
        elder.answer(422)
        assert elder.screen == "people.husband.name"
        assert elder.form["people.husband.name"] == "李1"
        assert elder.form["proxy.name"] == "张小明"
        assert 'aria-invalid="true"' in elder.page

    def test_back_keeps_what_was_said_before_and_after(self, app, slug):
        elder = Walker(app, slug)
        while elder.screen != "people.wife.name":
            elder.answer()
        elder.press(people__wife__name="林水仙", action="back")
        assert elder.screen == "people.husband.name"
        assert elder.form["people.wife.name"] == "林水仙"
        assert elder.form["people.husband.name"] == elder.answers["people.husband.name"]

    def test_an_answer_is_changed_from_the_summary_and_leads_back_there(self, app, slug):
        elder = Walker(app, slug).to_the_end()
        elder.press(action="go:people.husband.clothing_size")
        assert elder.screen == "people.husband.clothing_size!"
        elder.press(people__husband__clothing_size="xl")
        assert elder.screen == ""
        assert "XL" in elder.words
        elder.press(303, action="send")

    def test_a_refusal_leads_to_the_screen_that_is_wrong_with_all_that_was_said(self, app, slug):
        elder = Walker(app, slug, answers__married_on__year="1995").to_the_end()
        elder.press(409, action="send")
        assert elder.screen == "answers.married_on!"
        assert "不满50年" in elder.words
        elder.press(answers__married_on__year="1970")
        elder.press(303, action="send")

    def test_a_consent_that_is_missing_is_asked_for(self, app, slug):
        elder = Walker(app, slug, consent__contact="").to_the_end()
        elder.press(422, action="send")
        assert elder.screen.startswith("consent.")
        assert "不同意登记姓名和联系方式" in elder.words

    def test_sent_twice_it_is_one_sign_up(self, app, slug):
        elder = Walker(app, slug).to_the_end()
        page = elder.page
        first = elder.press(303, action="send").location
        elder.page = page
        assert elder.press(303, action="send").location == first
        assert rows() == 1


class TestSizes:
    def test_letters_grow_without_losing_an_answer(self, app, slug):
        elder = Walker(app, slug).answer()
        elder.press(proxy__name="张小妹", action="larger")
        assert 'data-type="2"' in elder.page
        assert elder.form["proxy.name"] == "张小妹"
        elder.answer()
        assert 'data-type="3"' in elder.page

    def test_they_have_a_least_and_a_most(self, app, slug, browser):
        found = []
        for state in ["on", *["larger"] * 4, *["smaller"] * 6, "off"]:
            page = browser.get(f"/elder/{state}?next=/s/{slug}").text
            found.append(page.split('data-type="')[1][0] if "data-type" in page else "")
        assert found == ["2", "3", "4", "4", "4", "3", "2", "1", "1", "1", "1", ""]

    def test_the_kept_page_of_each_size_is_its_own(self, app, slug):
        elder = Walker(app, slug)
        elder.browser.client.set_cookie("view", "elder-4", domain="localhost")
        assert 'data-type="4"' in elder.browser.get(f"/s/{slug}").text
        elder.browser.client.set_cookie("view", "no-such", domain="localhost")
        assert "data-type" not in elder.browser.get(f"/s/{slug}").text


class TestTheWholeForm:
    def test_can_be_asked_for_with_what_was_said(self, app, slug):
        elder = Walker(app, slug).answer().answer().press(action="whole")
        form = form_of(elder.page)
        assert (form["proxy.name"], form["people.husband.name"]) == ("张小明", "")
        assert "people.wife.name" in form

    def test_and_by_its_link(self, app, slug):
        elder = Walker(app, slug)
        assert "people.wife.name" in form_of(elder.browser.get(f"/s/{slug}?form=whole").text)


@pytest.mark.parametrize("step", ["", "!", "people", "people.nobody.name", "../x", "x" * 500, "proxy.relation!!", "answers.married_on.year"])
@pytest.mark.parametrize("action", ["", "back", "go:", "go:people", "go:nowhere", "larger", "whole", "send"])
def test_whatever_is_sent_is_answered(app, slug, step, action):
    elder = Walker(app, slug)
    answer = elder.browser.post(f"/s/{slug}", {**elder.form.to_dict(), "_step": step, "_action": action})
    assert answer.status_code in (200, 422)
    assert rows() == 0
