"""Couples on a list, as offices write them: one row a couple, every fault named by row and column. Shared by all lists of couples."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from eventsvc.core.identity import parse_id_number
from eventsvc.core.lunar import Anniversary
from eventsvc.core.names import clean_name
from eventsvc.core.phones import clean_phone
from eventsvc.core.said_dates import read_day, read_said
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Words
from eventsvc.people.couples import Given, One
from eventsvc.people.errors import BadList
from eventsvc.people.headings import PAIR_COLUMNS, RESIDENCE_SHORT, SAID_NO, SAID_YES
from eventsvc.people.honours import MILESTONES, Spouse, Two, keys_of, milestone, wedding_years
from eventsvc.people.sheets import Fault, Line, heading

LABELS: Mapping[str, str] = {
    "husband_name": N_("丈夫姓名"), "husband_id": N_("丈夫身份证号"), "husband_born": N_("丈夫出生日期"), "husband_phone": N_("丈夫电话"),
    "wife_name": N_("妻子姓名"), "wife_id": N_("妻子身份证号"), "wife_born": N_("妻子出生日期"), "wife_phone": N_("妻子电话"),
    "married": N_("结婚日期"), "number": N_("户编号"), "address": N_("住址"), "year": N_("表彰年份"), "milestone": N_("表彰婚龄"),
    "residence": N_("户籍和居住"), "before": N_("以前参加过"),
}  # fmt: skip
PASTED = ("husband_name", "husband_id", "husband_born", "wife_name", "wife_id", "wife_born", "married")
"""The columns of a pasted list that has no headings; one of three columns has only the names and the wedding date."""


@dataclass(frozen=True, repr=False)
class Pair:
    """One row: a couple, as much of it as stands there and can be read."""

    row: int
    husband: One = field(default_factory=lambda: One(""))
    wife: One = field(default_factory=lambda: One(""))
    married: Anniversary | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    @property
    def names(self) -> str:
        """Return both names: 张建国、李秀英."""
        return "、".join(one.name for one in (self.husband, self.wife) if one.name)

    @property
    def two(self) -> Two:
        """Return it as the roll of honours knows couples."""
        both = [Spouse(one.name, one.born_on, one.id_number) for one in (self.husband, self.wife)]
        return Two(both[0], both[1], wedding_years(self.married))


def read_pairs(lines: list[Line], today: date) -> list[Pair]:
    """Read every row below the headings; a list without headings is read in the usual order of columns."""
    try:
        at, columns = heading(lines, PAIR_COLUMNS, "husband_name", LABELS["husband_name"])
    except BadList:
        at, columns = 0, _usual(lines)
    pairs = [_pair(n, cells, today) for n, line in lines if n > at and (cells := _cells(line, columns))]
    if not pairs:
        raise BadList(why=Words(N_("表头下面没有一对夫妇")))
    return pairs


def _usual(lines: list[Line]) -> dict[str, int]:
    widths = {len([cell for cell in line if cell.strip()]) for _, line in lines if any(cell.strip() for cell in line)}
    if widths == {3}:
        return {"husband_name": 0, "wife_name": 1, "married": 2}
    if widths and max(widths) <= len(PASTED) and max(len(line) for _, line in lines) >= 5:
        return {name: at for at, name in enumerate(PASTED)}
    raise BadList(why=Words(N_("没有找到表头；请保留“丈夫姓名”“妻子姓名”“结婚日期”这几列的标题")))


def _cells(line: list[str], columns: Mapping[str, int]) -> dict[str, str]:
    cells = {name: line[at].strip() for name, at in columns.items() if at < len(line) and line[at].strip()}
    return {} if set(cells) <= {"number"} else cells


def _pair(n: int, cells: dict[str, str], today: date) -> Pair:
    faults: list[Fault] = []

    def read(name: str, reader: Any, otherwise: Any = "") -> Any:
        if name not in cells:
            return otherwise
        try:
            return reader(cells[name])
        except ValueError as wrong:
            faults.append(Fault(n, LABELS[name], wrong.args[0]))
            return otherwise

    both = []
    for role in ("husband", "wife"):
        if f"{role}_name" not in cells:
            faults.append(Fault(n, LABELS[f"{role}_name"], N_("请填写姓名")))
        paper = read(f"{role}_id", lambda text: parse_id_number(text, today=today), None)
        born = read(f"{role}_born", lambda text: _birth(text, today), None)
        if paper and born and paper.born != born:
            faults.append(Fault(n, LABELS[f"{role}_born"], N_("出生日期和身份证号里的不一样，请核对；以身份证为准")))
        if paper and paper.sex != ("male" if role == "husband" else "female"):
            faults.append(Fault(n, LABELS[f"{role}_id"], N_("这个身份证号的性别和这一列不符，是不是和另一位的填反了？")))
        phone = read(f"{role}_phone", clean_phone)
        both.append(One(read(f"{role}_name", clean_name), str(phone), born or (paper.born if paper else None), paper.number if paper else ""))
    married = read("married", read_said, None)
    if married is not None and married.earliest > today:
        faults.append(Fault(n, LABELS["married"], N_("结婚日期还没有到，请核对")))
    more = {name: read(name, lambda text: clean_text(text, 100)) for name in ("number", "address", "year", "milestone", "residence", "before")}
    return Pair(n, both[0], both[1], married, more, tuple(faults))


def _birth(text: str, today: date) -> date:
    day = read_day(text)
    if day > today:
        raise ValueError(N_("出生日期还没有到，请核对"))
    return day


def as_given(pair: Pair) -> tuple[Given | None, tuple[Fault, ...]]:
    """Return a row as a couple of the roll, or what is missing."""
    faults = pair.faults
    if pair.married is None and not any(fault.column == LABELS["married"] for fault in faults):
        faults = (*faults, Fault(pair.row, LABELS["married"], N_("请填写结婚日期，至少填年份")))
    if faults or pair.married is None:
        return None, faults
    return Given(pair.husband, pair.wife, pair.married, pair.more["number"][:30], pair.more["address"]), ()


@dataclass(frozen=True, repr=False)
class Honoured:
    """One row of the old roll: who, in which year, for how many years."""

    row: int
    two: Two
    year: int
    milestone: int


def as_honoured(pair: Pair, today: date) -> tuple[Honoured | None, tuple[Fault, ...]]:
    """Return a row as an honour of former years, or what is wrong with it."""
    faults = [*pair.faults, *_year_faults(pair, today)]
    if not faults and not keys_of(pair.two):
        faults.append(Fault(pair.row, LABELS["married"], N_("至少要有两人的身份证号、两人的出生日期，或结婚年份，否则以后认不出这对夫妇")))
    if faults:
        return None, tuple(faults)
    year = _year(pair.more["year"])
    asked = _digits(pair.more["milestone"])
    by_wedding = milestone(year - pair.married.year) if pair.married else MILESTONES[0]
    return Honoured(pair.row, pair.two, year, int(asked) if asked else by_wedding), ()


def _year_faults(pair: Pair, today: date) -> Iterator[Fault]:
    if not 1980 <= _year(pair.more["year"]) <= today.year:
        yield Fault(pair.row, LABELS["year"], Words(N_("请填1980到{year}之间的年份"), year=today.year))
    if (asked := pair.more["milestone"]) and _digits(asked) not in {str(one) for one in MILESTONES}:
        yield Fault(pair.row, LABELS["milestone"], N_("请填50、60或70"))


def _year(text: str) -> int:
    digits = _digits(text)[:4]
    return int(digits) if digits else 0


def _digits(text: str) -> str:
    return "".join(char for char in text if char in "0123456789")


def residence_code(said: str) -> str | None:
    """Read for short where a couple lives; None when nobody can tell."""
    return next((code for word, code in RESIDENCE_SHORT if word in said), None)


def honoured_before(said: str) -> str:
    """Read whether a couple came before: an empty cell is no, what is neither is unsure."""
    if not said or said[0] in SAID_NO:
        return "no"
    return "yes" if said[0] in SAID_YES else "unsure"
