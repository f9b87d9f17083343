"""Pages about one person of a party: more people in a form, one who goes, one who comes instead, who says themselves that they come."""

import re

import pytest

from eventsvc.core.codes import read_printed_code
from eventsvc.registrations import openings, queries
from eventsvc.registrations.models import Standing
from tests.clients import Browser, form_of, text_of, tree_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.registrations import a_name, a_phone, delegation_body, entered, signed_up

PROXY = {"relation": "child", "name": "陈丽华", "phone": "13900001111"}


@pytest.fixture
def office(at_now, app):
    """Return an activity, its base address, and a browser of its organiser."""

    def opened(kind="golden_wedding", **plan):
        activity = an_activity(kind, **plan)
        return activity, f"/activities/{activity.id}/registrations", logged_in(app, a_user("organiser", activity.organisation))

    return opened


@pytest.fixture
def browser(at_now, app) -> Browser:
    """Return a visitor's browser."""
    return Browser(app)


def filled(page: str, **typed: str) -> dict[str, str]:
    """Return what the page's form with questions would send, and what is typed into it."""
    forms = [form_of(page, number=at) for at in range(len(list(tree_of(page).iter("form"))))]
    asked = next(form for form in forms if any(name.startswith(("people.", "name", "proxy.")) for name in form))
    return asked.to_dict() | {name.replace("__", "."): value for name, value in typed.items()}


def drawn(text: str) -> set[str]:
    """Return the roles whose questions are drawn."""
    return set(re.findall(r'name="people\.(\w+)\.name"', text))


def told(n: int) -> dict[str, str]:
    """Return what somebody types who signs up `n` people of a unit."""
    people = {f"people.member_{at}.{k}": v for at in range(1, n + 1) for k, v in {"name": a_name(), "sex": "female", "post": "officer"}.items()}
    return {**people, "answers.unit_name": "点头镇计生协", "proxy.relation": "unit", "proxy.name": "林小芳", "proxy.phone": a_phone(), "consent.contact": "1"}


class TestOneMoreWithoutAScript:
    def test_the_form_begins_with_one_and_adds_as_often_as_asked(self, browser):
        slug = an_activity("training").slug
        page = browser.get(f"/s/{slug}").text
        assert drawn(page) == {"member_1"}
        form = filled(page, **told(1)) | {"_action": "more"}
        page = browser.post(f"/s/{slug}", form, status=200).text
        assert drawn(page) == {"member_1", "member_2"}
        assert form["people.member_1.name"] in page
        page = browser.post(f"/s/{slug}", filled(page) | {"_action": "more"}, status=200).text
        assert drawn(page) == {"member_1", "member_2", "member_3"}

    def test_who_was_asked_for_and_left_blank_does_not_come(self, browser):
        activity = an_activity("training", places=5)
        form = filled(browser.get(f"/s/{activity.slug}").text, **told(1)) | {"_action": "more"}
        page = browser.post(f"/s/{activity.slug}", form, status=200).text
        browser.post(f"/s/{activity.slug}", filled(page), status=303)
        (party,) = queries.roster(activity.id)
        assert [person.role for person in party.people] == ["member_1"]
        assert openings.opening_of(activity.id).taken == 1

    def test_twenty_are_the_most(self, browser):
        slug = an_activity("training", places=40).slug
        page = browser.get(f"/s/{slug}").text
        assert "再加一人" in page
        page = browser.post(f"/s/{slug}", filled(page, **told(20)) | {"_action": "more"}, status=200).text
        assert len(drawn(page)) == 20
        assert "再加一人" not in page

    def test_staff_add_in_the_same_way(self, office):
        _, here, browser = office("training")
        page = browser.get(f"{here}/new").text
        page = browser.post(f"{here}/new", filled(page, **told(1)) | {"_action": "more"}, status=200).text
        assert drawn(page) == {"member_1", "member_2"}


class TestTheOffice:
    def test_takes_one_out(self, office):
        activity, here, browser = office("training", places=5)
        receipt = signed_up(activity, body=delegation_body(2))
        one, other = queries.parties([receipt.id])[0].people
        page = browser.get(f"{here}/{receipt.id}").text
        assert f"/people/{one.id}/leave" in page
        browser.post(f"{here}/{receipt.id}/people/{one.id}/leave", status=303)
        page = text_of(browser.get(f"{here}/{receipt.id}").text)
        assert other.name in page
        assert one.name not in page
        assert openings.opening_of(activity.id).taken == 1

    def test_lets_another_come_instead(self, office):
        activity, here, browser = office()
        receipt = signed_up(activity)
        wife = queries.parties([receipt.id])[0].people[1]
        url = f"{here}/{receipt.id}/people/{wife.id}/replace"
        form = filled(browser.get(url).text)
        assert "people.wife.name" in form
        browser.post(url, form | {"people.wife.name": ""}, status=422)
        browser.post(url, form | {"people.wife.name": "蓝彩凤", "consent.contact": "1"}, status=303)
        assert queries.parties([receipt.id])[0].people[1].name == "蓝彩凤"

    def test_meets_nobody_of_another_party_there(self, office):
        activity, here, browser = office()
        one, other = signed_up(activity), signed_up(activity)
        browser.get(f"{here}/{one.id}")
        stranger = queries.parties([other.id])[0].people[0].id
        browser.post(f"{here}/{one.id}/people/{stranger}/leave", status=404)
        browser.get(f"{here}/{one.id}/people/{stranger}/replace", status=404)

    def test_calls_who_has_not_said_so_and_writes_down_that_they_come(self, office):
        activity, here, browser = office()
        receipt = signed_up(activity, proxy=PROXY)
        assert "未本人确认" in browser.get(here).text
        page = browser.get(f"{here}/unconfirmed").text
        assert "13900001111" in page
        browser.post(f"{here}/{receipt.id}/confirm", {"how": "phone", "page": "unconfirmed"}, status=303)
        assert "13900001111" not in browser.get(f"{here}/unconfirmed").text
        assert "电话确认" in browser.get(f"{here}/{receipt.id}").text

    def test_finds_who_has_not_said_so(self, office):
        activity, here, browser = office()
        waits, own = signed_up(activity, proxy=PROXY), signed_up(activity)
        browser.get(here)
        page = browser.post(here, {"standing": "unconfirmed"}, status=200).text
        assert waits.code in page
        assert own.code not in page

    @pytest.mark.parametrize("how", ["", "link", "on_the_day", "dream"])
    def test_writes_down_only_what_an_office_can_know(self, office, how):
        activity, here, browser = office()
        receipt = signed_up(activity, proxy=PROXY)
        browser.get(here)
        browser.post(f"{here}/{receipt.id}/confirm", {"how": how}, status=404)


class TestASlip:
    def test_has_the_code_that_finds_the_sign_up(self, office, browser, at_now):
        activity, here, staff = office()
        party = entered(activity, a_user("organiser", activity.organisation), people__husband__name="张铁柱", people__husband__phone="", proxy=PROXY)
        page = staff.get(f"{here}/{party}/slip").text
        code = re.search(r'class="stub__code">([\w-]+)<', page)[1]
        assert read_printed_code(code) == queries.parties([party])[0].code
        assert "张铁柱" in page
        form = filled(browser.get(f"/s/{activity.slug}/find").text) | {"name": "张铁柱", "code": code.lower().replace("-", " ")}
        assert browser.post(f"/s/{activity.slug}/find", form, status=303).location.endswith(f"/r/{code}")

    def test_is_printed_for_all_whom_nobody_can_call(self, office):
        activity, here, staff = office()
        silent = signed_up(activity, proxy=PROXY, people__husband__phone="")
        called = signed_up(activity)
        page = staff.get(f"{here}/slips").text
        assert silent.code in page
        assert called.code not in page


class TestTheLink:
    def test_takes_one_out_and_the_other_stays(self, browser):
        activity = an_activity()
        receipt = signed_up(activity)
        husband, wife = queries.parties([receipt.id])[0].people
        browser.get(f"/k/{receipt.secret}")
        page = browser.get(f"/r/{receipt.code}/change").text
        assert f"{husband.name}不来了" in page
        browser.post(f"/r/{receipt.code}/people/{husband.id}/leave", status=303)
        page = text_of(browser.get(f"/r/{receipt.code}").text)
        assert wife.name in page
        assert husband.name not in page
        assert queries.by_id(receipt.id).standing == Standing.PLACED
        page = browser.get(f"/r/{receipt.code}/change").text
        assert 'name="people.wife.phone"' in page
        assert 'name="people.husband.phone"' not in page
        browser.post(f"/r/{receipt.code}/change", filled(page) | {"people.wife.phone": "13700002222"}, status=303)
        assert queries.parties([receipt.id])[0].people[0].phone == "13700002222"

    def test_opening_a_page_confirms_nothing(self, browser):
        activity = an_activity()
        receipt = signed_up(activity, proxy=PROXY)
        browser.get(f"/k/{receipt.secret}")
        assert "请报名的本人确认" in browser.get(f"/r/{receipt.code}").text
        browser.get(f"/r/{receipt.code}/confirm")
        assert queries.by_id(receipt.id).confirmed_at is None
        browser.post(f"/r/{receipt.code}/confirm", status=303)
        assert queries.by_id(receipt.id).confirmed_how == "link"
        assert "请报名的本人确认" not in browser.get(f"/r/{receipt.code}").text

    def test_without_it_nothing_is_done(self, browser):
        activity = an_activity()
        receipt, own = signed_up(activity, proxy=PROXY), signed_up(activity)
        browser.get(f"/k/{own.secret}")
        browser.get(f"/r/{own.code}/change")
        one = queries.parties([receipt.id])[0].people[0]
        browser.post(f"/r/{receipt.code}/people/{one.id}/leave", status=403)
        browser.post(f"/r/{receipt.code}/confirm", status=403)
        assert queries.by_id(receipt.id).confirmed_at is None
        assert len(queries.parties([receipt.id])[0].people) == 2
