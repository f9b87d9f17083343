"""Workbooks (xlsx) that Excel, WPS and LibreOffice open alike.

Text is always a text cell: a name that begins with `=` stays a name, an ID number keeps its eighteen digits. Numbers
are number cells, money is yuan from whole fen. Heads of one group stand under one merged cell and are frozen.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from eventsvc.core.money import fen_to_yuan

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXACT = 10**15
"""From here on a spreadsheet's numbers lose digits: then a number is written as text."""
LONGEST_CELL = 32_000

Cell = str | int | date | None
Kind = Literal["text", "number", "money", "date"]


@dataclass(frozen=True)
class Head:
    """One column: its words, what stands below, how wide; neighbours with the same group share a merged cell above."""

    label: str
    kind: Kind = "text"
    group: str = ""
    width: float = 0

    @property
    def room(self) -> float:
        """Return the width in characters: Chinese ones count twice."""
        return self.width or min(40.0, max(10.0, 2.2 * len(self.label) + 2))


@dataclass(frozen=True)
class Sheet:
    """One sheet: a title over the whole width, heads, rows, a sum row (合计) at the foot, notes below."""

    name: str
    title: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Cell]]
    foot: Sequence[Cell] | None = None
    notes: Sequence[str] = field(default=())


def workbook(*sheets: Sheet) -> bytes:
    """Return an xlsx file of these sheets."""
    target = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, options) as book:
        looks = _looks(book)
        taken: set[str] = set()
        for sheet in sheets:
            _write(book.add_worksheet(_sheet_name(sheet.name, taken)), sheet, looks)
    return target.getvalue()


def _looks(book: Any) -> dict[str, Format]:
    base: dict[str, object] = {"font_name": "SimSun", "font_size": 11, "valign": "vcenter"}
    lined = base | {"border": 1, "border_color": "#8A7960"}
    bold: dict[str, object] = {"bold": True, "bg_color": "#F2EBDB"}
    formats: dict[str, dict[str, object]] = {"text": {"num_format": "@", "text_wrap": True}, "number": {"num_format": "#,##0"}, "money": {"num_format": "#,##0.00"},
               "date": {"num_format": "yyyy-mm-dd", "align": "center"}}  # fmt: skip
    looks = {kind: book.add_format(lined | look) for kind, look in formats.items()}
    looks |= {f"foot {kind}": book.add_format(lined | look | bold) for kind, look in formats.items()}
    looks["head"] = book.add_format(lined | bold | {"align": "center", "text_wrap": True})
    looks["title"] = book.add_format(base | {"bold": True, "font_size": 16, "align": "center"})
    looks["note"] = book.add_format(base | {"font_color": "#655748"})
    return looks


def _write(paper: Worksheet, sheet: Sheet, looks: dict[str, Format]) -> None:
    heads, last = sheet.heads, len(sheet.heads) - 1
    _across(paper, (0, 0, 0, last), sheet.title, looks["title"])
    paper.set_row(0, 30)
    for at, head in enumerate(heads):
        paper.set_column(at, at, head.room)
    top = _write_heads(paper, heads, looks)
    lines = [(row, "") for row in sheet.rows] + ([(sheet.foot, "foot ")] if sheet.foot is not None else [])
    for at, (row, part) in enumerate(lines, start=top):
        _write_row(paper, at, heads, row, looks, part)
    for at, words in enumerate(sheet.notes, start=top + len(lines) + 1):
        paper.write_string(at, 0, words, looks["note"])
    paper.freeze_panes(top, 1)
    paper.set_landscape()
    paper.set_paper(9)
    paper.fit_to_pages(1, 0)
    paper.repeat_rows(0, top - 1)


def _write_heads(paper: Worksheet, heads: Sequence[Head], looks: dict[str, Format]) -> int:
    """Write one line of heads, or two where some are grouped; return the first line below."""
    grouped = any(head.group for head in heads)
    for at, head in enumerate(heads):
        if not grouped or head.group:
            paper.write_string(2 if grouped else 1, at, head.label, looks["head"])
        else:
            _across(paper, (1, at, 2, at), head.label, looks["head"])
    at = 0
    while grouped and at < len(heads):
        upto = at
        while upto + 1 < len(heads) and heads[upto + 1].group == heads[at].group:
            upto += 1
        if heads[at].group:
            _across(paper, (1, at, 1, upto), heads[at].group, looks["head"])
        at = upto + 1
    return 3 if grouped else 2


def _across(paper: Worksheet, area: tuple[int, int, int, int], words: str, look: Format) -> None:
    if area[:2] == area[2:]:
        paper.write_string(area[0], area[1], words, look)
    else:
        paper.merge_range(*area, "", look)
        paper.write_string(area[0], area[1], words, look)


def _write_row(
    paper: Worksheet, line: int, heads: Sequence[Head], row: Sequence[Cell], looks: dict[str, Format], part: str
) -> None:
    for at, (head, value) in enumerate(zip(heads, row, strict=True)):
        look = looks[part + head.kind]
        if value is None:
            paper.write_blank(line, at, None, look)
        elif isinstance(value, date):
            paper.write_datetime(line, at, value, look)
        elif isinstance(value, int) and abs(value) < EXACT and head.kind in ("number", "money"):
            paper.write_number(line, at, value / 100 if head.kind == "money" else value, look)
        else:
            words = fen_to_yuan(value) if head.kind == "money" and isinstance(value, int) else str(value)
            paper.write_string(line, at, words[:LONGEST_CELL], looks[f"{part}text"])


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that spreadsheets accept: at most 31 characters, none of []:*?/\\, not twice, no quote at an edge."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip("' ")[:31] or "Sheet"
    name, again = plain, 1
    while name.lower() in taken:
        again += 1
        name = f"{plain[: 31 - len(str(again)) - 1]}~{again}"
    taken.add(name.lower())
    return name
