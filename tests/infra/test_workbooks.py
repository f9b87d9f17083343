"""What a spreadsheet program finds in the workbooks we write."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from eventsvc.infra.workbooks import Head, Sheet, workbook

HEADS = (Head("单位"), Head("场次", "number", group="金婚庆典"), Head("支出", "money", group="金婚庆典"), Head("日期", "date"))


def opened(*sheets: Sheet) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(workbook(*sheets)))


def test_what_looks_like_a_formula_stays_text():
    for words in ("=1+1", "+8613800000000", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x\")", "350982199001011234"):
        cell = opened(Sheet("表", "表", (Head("甲"),), [[words]])).active["A3"]
        assert (cell.data_type, cell.value) == ("s", words)


def test_numbers_are_numbers_and_money_is_yuan():
    paper = opened(Sheet("表", "表", HEADS, [["村", 3, 120050, date(2027, 5, 29)]])).active
    assert [c.value for c in paper[4]][:3] == ["村", 3, 1200.5]
    assert paper["B4"].data_type == paper["C4"].data_type == "n"
    assert paper["D4"].value.date() == date(2027, 5, 29)


def test_a_number_too_long_for_a_spreadsheet_keeps_its_digits():
    paper = opened(Sheet("表", "表", (Head("数", "number"),), [[1234567890123456789]])).active
    assert paper["A3"].value == "1234567890123456789"


def test_heads_of_one_group_share_a_cell_and_the_sum_stands_at_the_foot():
    paper = opened(Sheet("表", "2027年", HEADS, [["甲村", 1, 100, None], ["乙村", 2, 200, None]], ["合计", 3, 300, None])).active
    merged = {str(area) for area in paper.merged_cells.ranges}
    assert merged == {"A1:D1", "A2:A3", "B2:C2", "D2:D3"}
    assert [c.value for c in paper[6]] == ["合计", 3, 3, None]


@pytest.mark.parametrize("name", ["福鼎市/山前[街道]: 明细*?", "'x'", "", "很" * 60])
def test_any_name_makes_a_sheet(name):
    assert len(opened(Sheet(name, "t", (Head("a"),), []), Sheet(name, "t", (Head("a"),), [])).sheetnames) == 2
