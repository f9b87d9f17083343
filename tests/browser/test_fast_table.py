"""The fast table by keyboard alone, as somebody types who has a pile of paper before her."""

import time
from datetime import timedelta
from uuid import UUID

import pytest

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.registrations import queries
from tests.browser.person import Person
from tests.browser.town import Town
from tests.factories.activities import NOW, an_activity

COUPLES = 10
KEY, NAME = 60, 450
"""Milliseconds: between two keys of somebody who types figures all day, and for a name by the input method."""
ONCE = ("answers.marriage_proof", "answers.residence", "answers.honoured_before", "consent.contact")
"""What is the same on every paper of the pile."""


@pytest.fixture
def table(town: Town) -> str:
    """A golden wedding with a hundred places: the address of its table."""
    with town.live.app.app_context():
        unit = organisations.by_code("350982107207")
        assert unit is not None
        day = max(clock.now(), NOW) + timedelta(days=60)
        activity = an_activity(unit=unit, places=100, starts_at=day, cutoff_date=day.date())
        found = str(activity.id)
        db.session.remove()
    return found


def parties(town: Town, activity_id: str) -> list[queries.PartyRow]:
    with town.live.app.app_context():
        found = queries.roster(UUID(activity_id))
        db.session.remove()
    return found


def opened(town: Town, activity_id: str) -> Person:
    person = town["cunli"].goes(f"/activities/{activity_id}/registrations/table")
    person.page.wait_for_selector("tbody[data-ready]")
    return person


def cell(person: Person, row: int, column: str) -> str:
    return f'tr[data-row="{row}"] [data-column="{column}"]'


def types(person: Person, *keys: str) -> None:
    """Press keys: a name comes from the input method at once, after as long as it takes to spell and choose it."""
    keyboard = person.page.keyboard
    for key in keys:
        if key in ("Tab", "Enter", "Space", "F8", "ArrowUp", "ArrowDown", "Control+d", "Control+Enter"):
            keyboard.press(key, delay=KEY)
        elif key.isascii():
            keyboard.type(key, delay=KEY)
        else:
            person.page.wait_for_timeout(NAME)
            keyboard.insert_text(key)


def first_row(person: Person) -> None:
    """Type the first paper and say what all have in common: digits choose, Space ticks."""
    page = person.page
    for column in ONCE:
        page.focus(f'[data-carry="{column}"]')
        types(person, "Space")
    page.focus(cell(person, 0, "people.husband.name"))
    types(person, "张德一", "Tab", "林秀一", "Tab", "1971", "Tab", "7", "Tab", "3", "Tab", "1", "Tab", "13900050000")
    page.focus(cell(person, 0, "proxy.relation"))
    types(person, "1")
    page.focus('[data-carry="proxy.relation"]')
    types(person, "Space")
    page.focus(cell(person, 0, "consent.contact"))
    types(person, "Space", "Enter")


def test_a_hundred_names_are_typed_in_three_minutes(town: Town, table: str) -> None:
    person = opened(town, table)
    begun = time.monotonic()
    first_row(person)
    for n in range(1, COUPLES):
        types(person, f"张德{'一二三四五六七八九十'[n]}", "Tab", f"林秀{'一二三四五六七八九十'[n]}", "Tab", str(1960 + n), "Tab", f"1390005000{n}", "Enter")
    person.page.locator('tr[data-state="saved"]').nth(COUPLES - 1).wait_for(timeout=15_000)
    took = time.monotonic() - begun
    person.picture("fast-table-1280")
    found = parties(town, table)
    assert len(found) == COUPLES
    assert {party.people[0].phone for party in found} == {f"1390005000{n}" for n in range(COUPLES)}
    assert took / (2 * COUPLES) * 100 <= 180, f"{took:.1f} s for {2 * COUPLES} names"


def test_what_is_wrong_stands_at_its_cell_and_f8_leads_there(town: Town, table: str) -> None:
    person = opened(town, table)
    page = person.page
    first_row(person)
    with person.may_be_refused(422):
        types(person, "王大山", "Tab", "Tab", "1970", "Enter")
        page.wait_for_selector('tr[data-row="1"][data-state="wrong"]')
    page.wait_for_selector(f'{cell(person, 1, "people.wife.name")}[aria-invalid="true"]')
    with person.may_be_refused(422):
        types(person, "F8", "刘美玉", "Enter")
        page.wait_for_selector(f'{cell(person, 1, "people.husband.phone")}[aria-invalid="true"]')
    types(person, "F8", "13900050077", "Enter")
    page.wait_for_selector('tr[data-row="1"][data-state="saved"]')
    assert len(parties(town, table)) == 2


def test_arrows_walk_and_ctrl_d_copies_from_above(town: Town, table: str) -> None:
    person = opened(town, table)
    page = person.page
    page.focus(cell(person, 0, "village_name"))
    types(person, "柏柳", "ArrowDown", "Control+d")
    assert page.input_value(cell(person, 1, "village_name")) == "柏柳"
    types(person, "ArrowUp")
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == "0"
    page.once("dialog", lambda asked: asked.accept())


def test_cells_of_a_spreadsheet_are_pasted(town: Town, table: str) -> None:
    person = opened(town, table)
    page = person.page
    page.focus(cell(person, 0, "people.husband.name"))
    sheet = "\n".join(f"陈水{n}\t蓝玉{n}\t农历1970年八月十六\t本人声明\t户籍不在，但长住本地\t没有\t1390005010{at}" for at, n in enumerate("甲乙丙丁戊己庚辛壬癸子丑"))
    page.evaluate("""text => {
      const data = new DataTransfer(); data.setData("text/plain", text);
      document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }""", sheet)  # fmt: skip
    assert page.locator("tbody tr").count() >= 12
    assert page.input_value(cell(person, 11, "people.wife.name")) == "蓝玉丑"
    assert page.input_value(cell(person, 11, "answers.residence")) == "living"
    page.once("dialog", lambda asked: asked.accept())


def test_nothing_is_lost_when_the_tab_closes_and_nobody_else_can_read_it(town: Town, table: str) -> None:
    person = opened(town, table)
    page = person.page
    page.focus(cell(person, 0, "people.husband.name"))
    types(person, "赵不忘", "Tab", "钱记得")
    page.wait_for_timeout(700)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert f"table-{table}" in kept
    assert "赵不忘" not in kept
    again = person.context.new_page()
    page.close(run_before_unload=False)
    person.page = again
    opened(town, table)
    assert again.input_value(cell(person, 0, "people.husband.name")) == "赵不忘"
    assert again.input_value(cell(person, 0, "people.wife.name")) == "钱记得"
    again.fill(cell(person, 0, "people.husband.name"), "")
    again.fill(cell(person, 0, "people.wife.name"), "")
    again.wait_for_timeout(700)
    assert f"table-{table}" not in again.evaluate("JSON.stringify(localStorage)")


def test_it_is_drawn_without_a_barrier(town: Town, table: str) -> None:
    opened(town, table).finds_no_barrier()
