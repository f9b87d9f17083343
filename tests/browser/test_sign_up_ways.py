"""A daughter signs her parents up on a phone of 390 px: on the whole form, without a script, and one question a page in large type."""

import re
import time
from datetime import timedelta

import pytest

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from tests.browser.person import Person
from tests.browser.town import Town
from tests.factories.activities import NOW, an_activity

TAPS, SECONDS = 15, 120
KEYS = {"proxy.name": "钟小燕", "answers.married_on.year": "1972"}


@pytest.fixture(scope="module")
def link(town: Town) -> str:
    """The public link of a golden wedding that is open."""
    with town.live.app.app_context():
        unit = organisations.by_code("350982107207")
        assert unit is not None
        day = max(clock.now(), NOW) + timedelta(days=60)
        found = f"/s/{an_activity(unit=unit, places=50, title='钟家金婚庆典', starts_at=day, cutoff_date=day.date()).slug}"
        db.session.remove()
    return found


def names(n: int) -> dict[str, str]:
    return {"people.husband.name": f"蓝大{'山川河海'[n]}", "people.wife.name": f"雷水{'仙秀清莲'[n]}", "proxy.phone": f"1390007000{n}"}


def on_the_whole_form(daughter: Person, n: int) -> None:
    """Fill the whole form in; only what is touched besides typing counts."""
    daughter.taps = 0
    daughter.picks(proxy__relation="child").fills(**KEYS, **names(n)).picks(answers__married_on__calendar="lunar")
    daughter.picks(answers__married_on__month="8", answers__married_on__day="15", answers__marriage_proof="own_word")
    daughter.picks(answers__residence="both_registered", answers__honoured_before="no", consent__contact="1")
    daughter.presses("提交报名")


@pytest.mark.parametrize(("n", "scripts"), [(0, True), (1, False)])
def test_on_the_whole_form(town: Town, link: str, n: int, scripts: bool) -> None:
    daughter, begun = town.somebody(phone=True, scripts=scripts), time.monotonic()
    on_the_whole_form(daughter.goes(link), n)
    daughter.sees("报名成功").sees(names(n)["people.husband.name"])
    assert daughter.taps < TAPS, f"{daughter.taps} taps"
    assert time.monotonic() - begun < SECONDS


# -- one question a page ---------------------------------------------------------------------------------------------

TOUCHED = {"proxy.relation": "子女", "answers.marriage_proof": "本人声明", "answers.residence": "两人户籍都在本地", "answers.honoured_before": "没有"}


def answers(elder: Person, n: int) -> None:
    """Answer the screen that is shown, as a thumb does: touch a large button, or type and end the line."""
    here = elder.page.locator('[name="_step"]').get_attribute("value") or ""
    if here in TOUCHED:
        elder.presses(f"^{TOUCHED[here]}")
    elif (typed := (KEYS | names(n)).get(here)) is not None:
        elder.fills(**{here: typed})
        ends_the_line(elder, here)
    elif here == "answers.married_on":
        elder.picks(answers__married_on__calendar="lunar", answers__married_on__month="8", answers__married_on__day="15")
        elder.fills(answers__married_on__year="1972")
        ends_the_line(elder, "answers.married_on.year")
    elif here.startswith("consent."):
        elder.picks(consent__contact="1").presses("下一题")
    else:
        ends_the_line(elder, elder.page.locator("form input:visible").first.get_attribute("name") or "")


def ends_the_line(elder: Person, name: str) -> None:
    with elder.page.expect_navigation():
        elder.named(name).first.press("Enter")
    elder.looks()


def to_the_summary(elder: Person, n: int, each: bool = True) -> int:
    """Answer every screen; returns how many there were."""
    for seen in range(40):
        if not elder.page.locator('[name="_step"]').get_attribute("value"):
            return seen
        if each:
            is_large(elder)
        answers(elder, n)
    raise AssertionError(elder.page.url)


def is_large(elder: Person) -> None:
    """Fail when words are below 18 px, or something to touch is below 60."""
    found = elder.page.evaluate("""() => {
      const seen = (node) => node.offsetParent !== null && !node.closest('.trap');
      const small = [...document.querySelectorAll('main label, main legend, main p, main h2, main button span, main dd')].filter(seen)
        .filter((n) => parseFloat(getComputedStyle(n).fontSize) < 18).map((n) => n.innerText.slice(0, 20));
      const tight = [...document.querySelectorAll('main button, main .button, main .option, main select, main input:not([type=hidden], [type=radio], [type=checkbox])')]
        .filter(seen).filter((n) => n.getBoundingClientRect().height < 59.5).map((n) => `${n.tagName} ${n.name || n.innerText} ${n.getBoundingClientRect().height}`);
      return [...small, ...tight];
    }""")
    assert found == [], found


@pytest.mark.parametrize(("n", "scripts"), [(2, True), (3, False)])
def test_one_question_a_page_in_large_type(town: Town, link: str, n: int, scripts: bool) -> None:
    daughter = town.somebody(phone=True, scripts=scripts)
    daughter.goes(link).follows("大字版").picture(f"walk-first-390-{n}")
    begun, daughter.taps = time.monotonic(), 0
    seen = to_the_summary(daughter, n)
    assert seen >= 9
    daughter.has_no_sideways_scroll().picture(f"walk-sum-390-{n}")
    daughter.sees("农历1972年8月15日").presses("提交报名").sees("报名成功").picture(f"walk-receipt-390-{n}")
    assert daughter.taps < TAPS, f"{daughter.taps} taps"
    assert time.monotonic() - begun < SECONDS


def test_letters_grow_to_thirty_pixels_and_nothing_is_cut_off(town: Town, link: str) -> None:
    elder = town.somebody(phone=True)
    elder.goes(link).follows("大字版")
    for size in (27, 30):
        elder.follows("字大一点")
        assert float(elder.page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")) >= size - 0.5
    wide = elder.page.evaluate("[...document.querySelectorAll('body *')].filter((n) => n.getBoundingClientRect().right > innerWidth + 1 && !n.closest('.trap')).map((n) => n.outerHTML.slice(0, 120))")
    assert wide == [], wide
    elder.finds_no_barrier().has_no_sideways_scroll().picture("walk-largest-390")
    answers(elder, 0)
    elder.has_no_sideways_scroll().picture("walk-largest-second-390")
    elder.follows("标准字")
    assert not elder.page.locator("html").get_attribute("data-view")


def test_nothing_is_lost_at_200_percent(town: Town, link: str) -> None:
    """At 200 % a window of 1280 px shows what one of 640 px shows."""
    elder = town.somebody()
    elder.page.set_viewport_size({"width": 640, "height": 450})
    elder.goes(link).has_no_sideways_scroll().follows("大字版").has_no_sideways_scroll().picture("walk-first-640")
    elder.page.set_viewport_size({"width": 1280, "height": 900})
    elder.has_no_sideways_scroll().picture("walk-first-1280")


def test_it_is_read_aloud_in_the_order_in_which_it_is_seen(town: Town, link: str) -> None:
    elder = town.somebody(phone=True)
    elder.goes(link).follows("大字版")
    answers(elder, 0)
    answers(elder, 0)
    tops = elder.page.evaluate(
        "[...document.querySelectorAll('main h1, main label, main input:not([type=hidden]), main button')].filter((n) => n.offsetParent && !n.closest('.trap')).map((n) => n.getBoundingClientRect().top + scrollY)"
    )
    assert tops == sorted(tops)
    assert re.search("第3题", elder.page.inner_text("main"))
