"""The same sign-up for those who come another way: without scripts, with large type, in English, twice in one go."""

import re
from datetime import timedelta

import pytest

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from tests.browser.person import Person
from tests.browser.town import Town
from tests.factories.activities import NOW, an_activity

OFFICE = (
    "/", "/activities", "/activities/new", "/activities/new/golden_wedding", "/activities/new/home_visit", "/calendar", "/reports", "/organisations",
    "/campaigns", "/me", "/me/tokens", "{activity}", "{activity}/edit", "{activity}/preview", "{activity}/poster", "{activity}/postpone",
    "{activity}/registrations", "{activity}/registrations/new", "{activity}/messages", "{activity}/documents", "{activity}/report",
    "{village}", "{village}/users", "{village}/households", "{village}/households/new", "{village}/figures",
)  # fmt: skip
CHINESE = re.compile(r"[\u3400-\u9fff]+")


@pytest.fixture(scope="module")
def opened(town: Town) -> tuple[str, str, str]:
    """A golden wedding that is open, made by the commands: its link, its address, its village's address."""
    with town.live.app.app_context():
        unit = organisations.by_code("350982107207")
        assert unit is not None
        day = max(clock.now(), NOW) + timedelta(days=60)
        activity = an_activity(unit=unit, places=20, title="老人节金婚庆典", starts_at=day, cutoff_date=day.date())
        found = f"/s/{activity.slug}", f"/activities/{activity.id}", f"/organisations/{unit.id}"
        db.session.remove()
    return found


@pytest.fixture(scope="module")
def link(opened: tuple[str, str, str]) -> str:
    """Its public link."""
    return opened[0]


def tells(person: Person, n: int, prefix: str = "") -> Person:
    """Fill in a couple; `prefix` is "another." for the second pair of parents."""
    names = {"people.husband.name": f"张德{'一二三四五六七八九'[n]}", "people.wife.name": f"林秀{'一二三四五六七八九'[n]}",
             "people.husband.phone": f"1390006000{n}", "answers.married_on.year": "1971"}  # fmt: skip
    person.fills(**{prefix + name: value for name, value in names.items()})
    picked = {"answers.marriage_proof": "own_word", "answers.residence": "living", "answers.honoured_before": "no"}
    return person.picks(**{prefix + name: value for name, value in picked.items()})


class TestWithoutScripts:
    def test_a_couple_signs_up_after_a_mistake(self, town: Town, link: str) -> None:
        person = town.somebody(phone=True, scripts=False)
        person.goes(link).picks(proxy__relation="self")
        tells(person, 1)
        with person.may_be_refused(422):
            person.presses("提交报名").sees("有些内容需要改一下")
        assert person.says("people.husband.name") == "张德二"
        person.picks(consent__contact="1").presses("提交报名").sees("报名成功").picture("receipt-no-script-390")
        person.follows("修改或取消").opens("取消这份报名").presses("确定取消").sees("报名已取消")

    def test_both_pairs_of_parents_are_signed_up_in_one_go(self, town: Town, link: str) -> None:
        person = town.somebody(phone=True, scripts=False)
        person.goes(link).picks(proxy__relation="child").fills(proxy__name="张小妹", proxy__phone="13900061000")
        tells(person, 2).presses("同时为另一对父母报名").sees("第二对").picture("sign-up-two-390")
        assert person.says("people.husband.name") == "张德三"
        tells(person, 3, "another.").picks(consent__contact="1").presses("提交报名").sees("报名成功").sees("另一对的回执")
        person.follows("另一对的回执").sees("张德四、林秀四")


class TestInLargeType:
    def test_letters_grow_and_nothing_is_cut_off(self, town: Town, link: str) -> None:
        person = town.somebody(phone=True)
        person.goes(link)
        before = size_of_letters(person)
        person.follows("大字版").finds_no_barrier().has_no_sideways_scroll().picture("sign-up-elder-390")
        assert size_of_letters(person) >= before * 1.15
        person.follows("一次看到整张表").finds_no_barrier().has_no_sideways_scroll().picture("sign-up-elder-whole-390").picks(proxy__relation="self")
        tells(person, 4).picks(consent__contact="1").presses("提交报名").sees("报名成功")
        person.finds_no_barrier().has_no_sideways_scroll().picture("receipt-elder-390")
        person.follows("标准字")
        assert size_of_letters(person) == before


def size_of_letters(person: Person) -> float:
    """Return the size of the letters in which questions are put, in pixels."""
    return float(person.page.evaluate("parseFloat(getComputedStyle(document.querySelector('label, dt')).fontSize)"))


class TestInEnglish:
    def test_the_way_of_a_sign_up_has_no_chinese_of_ours(self, town: Town, link: str) -> None:
        person = town.somebody(phone=True)
        person.goes(link).follows("English").finds_no_barrier().has_no_sideways_scroll().picture("sign-up-en-390")
        assert person.page.locator("html").get_attribute("lang") == "en"
        own = "柏柳村委会|第一会员小组|老人节金婚庆典|执手五十载 家风代代传|村文化活动中心一楼|林小芳|中文|计|张德.|林秀."
        assert chinese_on(person, own) == set()
        person.picks(proxy__relation="self")
        tells(person, 5)
        with person.may_be_refused(422):
            person.page.locator(".submit button").first.click()
            person.page.locator(".errors").wait_for()
        assert chinese_on(person, own) == set()
        person.picks(consent__contact="1")
        person.page.locator(".submit button").first.click()
        person.page.locator(".receipt-code").wait_for()
        person.looks().finds_no_barrier().has_no_sideways_scroll().picture("receipt-en-390")
        assert chinese_on(person, own) == set()

    @pytest.mark.parametrize("path", ["/", "/activities", "/calendar", "/reports", "/organisations", "/me", "/activities/new"])
    def test_the_office_has_none_either(self, town: Town, path: str) -> None:
        person = town.somebody()
        person.context.add_cookies(town["cunli"].context.cookies())
        person.context.add_cookies([{"name": "lang", "value": "en", "url": town.live.url}])
        person.goes(path).picture(f"office-en{path.replace('/', '-')}-1280")
        own = "[^ \n]*(柏柳|点头|福鼎|宁德|福建|金婚庆典|村文化活动中心)[^\n]*|陈玉珍|第一会员小组|中文|计"
        assert chinese_on(person, own) == set()


def chinese_on(person: Person, own: str) -> set[str]:
    """Return the Chinese words that a page shows, without those that are somebody's own."""
    shown = str(person.page.evaluate("document.body.innerText"))
    return set(CHINESE.findall(re.sub(own, "", shown)))


def test_every_office_page_fits_a_phone(town: Town, opened: tuple[str, str, str]) -> None:
    _, activity, village = opened
    phone = town.somebody(phone=True)
    for path in OFFICE:
        whose = town.administrator() if path.endswith("/users") else town["cunli"]
        phone.context.add_cookies(whose.context.cookies())
        phone.goes(path.format(activity=activity, village=village)).has_no_sideways_scroll()
        phone.picture(f"office{re.sub('[^a-z]+', '-', path)}-390")


def test_the_address_of_health_answers(town: Town) -> None:
    visitor = town.somebody()
    assert b"ok" in visitor.fetches("/healthz").lower() and visitor.fetches("/readyz")
