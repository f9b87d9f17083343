"""The page of figures, its workbook and its picture: the same numbers, few statements, nothing out of reach."""

import re
from datetime import date
from io import BytesIO

import html5lib
import openpyxl
import pytest

from eventsvc.core.actor import SYSTEM
from eventsvc.organisations.service import merge
from eventsvc.statistics import queries, service
from eventsvc.statistics.period import BadPeriod, Period
from eventsvc.statistics.service import Amount
from tests.clients import text_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree, another_county
from tests.factories.statistics import a_definition, an_activity_row

YEAR = Period(2027)


@pytest.fixture
def tree(app):
    return a_tree()


def counted(unit, day=date(2027, 5, 29), kind="member_day", **amounts) -> str:
    """Let an activity of a unit count so much of each indicator, folded; return its id."""
    activity = an_activity_row(unit, f"{unit.name}活动", kind)
    rows = [Amount(unit.id, day, kind, a_definition(code, kind), n) for code, n in amounts.items()]
    service.settle(activity, rows, now=NOW)
    service.fold(NOW)
    return activity


def a_neighbour(tree):
    """Add another village of the same township."""
    return a_sibling_village(tree, "350982103299", "大坪村委会")


def a_reader(unit):
    return a_user("viewer", unit)


def tables_of(html: str) -> dict[str, list[list[str]]]:
    """Return the tables of a page by caption, each a list of rows of texts."""
    tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    found = {}
    for table in tree.iter("table"):
        caption = "".join(table.find("caption").itertext()).strip()
        found[caption] = [[re.sub(r"\s+", "", "".join(c.itertext())) for c in row] for row in table.iter("tr")]
    return found


def number(text: str) -> float:
    return float(text.replace(",", ""))


class TestView:
    def test_own_and_children_make_the_total(self, tree):
        counted(tree.township, activities_held=1, leaflets=100)
        counted(tree.village, activities_held=1, leaflets=800, spending=120050)
        counted(a_neighbour(tree), activities_held=1, leaflets=7)
        view = queries.view(tree.township.id, YEAR, within=a_reader(tree.township))

        leaflets = view.column("leaflets").id
        assert view.total[leaflets] == 907
        assert view.own[leaflets] == 100
        assert {row.name: row.amounts[leaflets] for row in view.children} == {"观洋村委会": 800, "大坪村委会": 7}
        assert view.column("spending").printed(view.total[view.column("spending").id]) == "1,200.50"
        assert [a.amounts[leaflets] for a in view.activities] == [100]

    def test_a_month_and_a_kind_narrow_everything_and_last_year_stands_beside(self, tree):
        counted(tree.village, date(2027, 5, 1), leaflets=5)
        counted(tree.village, date(2027, 6, 1), leaflets=6)
        counted(tree.village, date(2026, 5, 31), leaflets=4)
        counted(tree.village, date(2027, 5, 2), kind="golden_wedding", clinic=3)
        view = queries.view(tree.county.id, Period(2027, 5), within=a_reader(tree.county), kind="member_day")
        leaflets = view.column("leaflets").id
        assert (view.total[leaflets], view.before[leaflets]) == (5, 4)
        assert [row.amounts[leaflets] for row in view.months] == [0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0]
        assert [row.code for row in view.kinds] == ["member_day"]
        assert "clinic" not in [column.code for column in view.columns]

    def test_a_merged_village_counts_in_each_place_for_its_time(self, tree):
        other = a_neighbour(tree)
        merge(other.id, tree.village.id, date(2027, 4, 1), actor=SYSTEM, now=NOW)
        counted(other, date(2027, 3, 1), leaflets=10)
        counted(other, date(2027, 4, 2), leaflets=7)
        counted(tree.village, date(2027, 4, 2), leaflets=1)

        reader = a_reader(tree.township)
        township = queries.view(tree.township.id, YEAR, within=reader)
        leaflets = township.column("leaflets").id
        found = {r.name: (r.amounts[leaflets], r.part) for r in township.children}
        assert found == {"观洋村委会": (8, False), "大坪村委会": (10, True)}
        assert township.total[leaflets] == 18
        village = queries.view(tree.village.id, YEAR, within=reader)
        assert {r.name: r.amounts[leaflets] for r in village.children} == {"第一会员小组": 0, "大坪村委会": 7}
        assert village.total[leaflets] == 8

    @pytest.mark.parametrize("text", ["20270", "abcd", "0999", "2100", "２０２７"])
    def test_a_year_that_is_none_is_refused(self, text):
        with pytest.raises(BadPeriod):
            Period.read(text, None, NOW.date())

    @pytest.mark.parametrize("text", ["0", "13", "-1", "x", "1.5"])
    def test_a_month_that_is_none_is_refused(self, text):
        with pytest.raises(BadPeriod):
            Period.read("2027", text, NOW.date())


class TestPage:
    def test_every_number_of_the_page_stands_in_the_workbook(self, app, tree):
        counted(tree.township, activities_held=1, leaflets=12345)
        counted(tree.village, activities_held=2, leaflets=800, spending=120050, condolence_money=1)
        counted(a_neighbour(tree), kind="golden_wedding", activities_held=1, couples=12)
        browser = logged_in(app, a_reader(tree.township))
        address = f"/organisations/{tree.township.id}/figures"
        shown = tables_of(browser.get(f"{address}?year=2027").text)
        book = openpyxl.load_workbook(BytesIO(browser.get(f"{address}.xlsx?year=2027").data))

        sheet = [list(row) for row in book["单位汇总"].iter_rows(min_row=4, values_only=True)]
        page = [[number(cell) for cell in row[1:]] for row in shown["各单位"][1:]]
        assert len(page) == 4
        assert page == [[float(c) for c in row[1:]] for row in sheet[: len(page)]]
        assert [row[0] for row in shown["各单位"][1:]] == [row[0] for row in sheet[: len(page)]]
        kinds = [[number(c) for c in row[1:]] for row in shown["按活动类型"][1:]]
        assert kinds == [
            [float(c) for c in row[1:]] for row in book["按活动类型"].iter_rows(min_row=4, max_row=5, values_only=True)
        ]
        own = [[number(c) for c in row[2:]] for row in shown["本级举办的活动"][1:]]
        assert own == [
            [float(c) for c in row[3:]] for row in book["本级活动"].iter_rows(min_row=4, max_row=4, values_only=True)
        ]

    def test_it_opens_down_from_the_province_to_the_report(self, app, tree):
        activity = counted(tree.village, activities_held=1)
        browser = logged_in(app, a_reader(tree.province))
        unit, seen = tree.province, []
        for below in (tree.city, tree.county, tree.township, tree.village):
            html = browser.get(f"/organisations/{unit.id}/figures?year=2027").text
            found = re.search(rf'href="(/organisations/{below.id}/figures\?[^"]*)"', html)
            seen.append(found is not None)
            unit = below
        html = browser.get(f"/organisations/{unit.id}/figures?year=2027").text
        assert all(seen) and f"/activities/{activity}/report" in html

    def test_ten_statements_are_enough_however_many_units_stand_below(self, app, tree, statements):
        counted(tree.village, activities_held=1, leaflets=3)
        reader = a_reader(tree.township)
        browser = logged_in(app, reader)
        used = []
        for extra in range(2):
            for n in range(extra * 5):
                counted(a_sibling_village(tree, f"3509821032{n + 10}", f"村{n}"), leaflets=n + 1)
            browser.get(f"/organisations/{tree.township.id}/figures?year=2027")
            statements.clear()
            browser.get(f"/organisations/{tree.township.id}/figures?year=2027")
            used.append(len([s for s in statements if not s.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
        assert used[0] == used[1] <= 12, statements

    def test_out_of_reach_is_as_good_as_missing(self, app, tree):
        neighbour = another_county(tree)
        browser = logged_in(app, a_reader(tree.village))
        for unit in (neighbour, tree.township, tree.province):
            for form in ("", ".xlsx", ".svg"):
                browser.get(f"/organisations/{unit.id}/figures{form}", status=404)

    def test_nothing_yet_says_so(self, app, tree):
        html = logged_in(app, a_reader(tree.village)).get(f"/organisations/{tree.village.id}/figures").text
        assert "还没有审核通过的报告" in text_of(html)

    def test_a_nonsense_period_is_refused_in_plain_words(self, app, tree):
        answer = logged_in(app, a_reader(tree.village)).get(
            f"/organisations/{tree.village.id}/figures?year=abc", status=422
        )
        assert "年份请写成" in text_of(answer.text)

    def test_the_picture_is_an_image_that_carries_no_script(self, app, tree):
        counted(tree.village, leaflets=3)
        answer = logged_in(app, a_reader(tree.village)).get(
            f"/organisations/{tree.village.id}/figures.svg?year=2027&of=leaflets"
        )
        assert answer.mimetype == "image/svg+xml"
        assert b"<script" not in answer.data and "2026年".encode() in answer.data
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
