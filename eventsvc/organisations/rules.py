"""The six levels, and what a tree of units must be like: all faults of a file are found before anything is written."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from eventsvc.core.enums import Labelled
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Words
from eventsvc.organisations.errors import BadHeader, BadTree, CodeNeeded, NoPlaceForIt, UnitClosed, UnreadableFile


class Level(Labelled):
    """The six levels."""

    PROVINCE = "province", N_("省")
    CITY = "city", N_("设区市")
    COUNTY = "county", N_("县（市、区）")
    TOWNSHIP = "township", N_("乡镇（街道）")
    VILLAGE = "village", N_("村（社区）")
    GROUP = "group", N_("会员小组")


ORDER: tuple[Level, ...] = tuple(Level)


class AssociationKind(Labelled):
    """What sort of association stands at a unit; there may be several in one place."""

    TERRITORIAL = "territorial", N_("区域协会")
    ENTERPRISE = "enterprise", N_("企业协会")
    MIGRANT = "migrant", N_("流动人口协会")
    SCHOOL = "school", N_("学校协会")


HEADER = ("code", "name", "parent_code", "level")
CODE = re.compile(r"\d{12}", re.ASCII)
MOST_FAULTS = 20
LETTERS = {AssociationKind.ENTERPRISE: "E", AssociationKind.MIGRANT: "M", AssociationKind.SCHOOL: "S"}
"""What stands between a place's code and the number of an association that is not the place's own."""


@dataclass(frozen=True)
class TreeRow:
    """One line of a file of units, read."""

    line: int
    code: str
    name: str
    parent_code: str
    level: Level


@dataclass(frozen=True)
class Known:
    """What is known already of a code."""

    level: Level
    is_root: bool


class Unit(Protocol):
    """What rules look at in a unit."""

    id: UUID
    code: str
    name: str
    level: Level
    kind: AssociationKind
    valid_from: date
    valid_to: date | None


def read_tree(rows: Iterable[Mapping[str, str | None]], known: Mapping[str, Known]) -> list[TreeRow]:
    """Read a file's rows against what is known, or refuse the whole of it naming the lines (BadTree, BadHeader)."""
    faults: list[tuple[int, str]] = []
    read = list(_read(rows, faults))
    levels = {code: unit.level for code, unit in known.items()} | {row.code: row.level for row in read}
    faults += _doubles(read)
    for row in read:
        faults += [(row.line, words) for words in _out_of_place(row, levels, known)]
    faults += _second_roots(read, known)
    if faults:
        raise _bad_tree(sorted(faults, key=lambda fault: fault[0]))
    return read


def _bad_tree(faults: list[tuple[int, str]]) -> BadTree:
    fields: dict[str, list[str]] = {}
    for line, words in faults[:MOST_FAULTS]:
        fields.setdefault(f"line.{line}", []).append(Words(N_("第{line}行：{what}"), line=line, what=words))
    return BadTree(count=len(faults), line=faults[0][0], first=faults[0][1], fields=fields)


def _read(rows: Iterable[Mapping[str, str | None]], faults: list[tuple[int, str]]) -> Iterator[TreeRow]:
    for number, row in enumerate(rows, start=2):
        line = getattr(rows, "line_num", number)
        if number == 2 and (missing := [name for name in HEADER if name not in row]):
            raise BadHeader(missing=", ".join(missing))
        try:
            yield _row(line, row)
        except ValueError as wrong:
            faults.append((line, wrong.args[0]))


def _row(line: int, row: Mapping[str, str | None]) -> TreeRow:
    if None in row or any(row[name] is None for name in HEADER):
        raise ValueError(N_("这一行的列数和表头不一样"))
    code, parent = ((row[name] or "").strip() for name in ("code", "parent_code"))
    if not CODE.fullmatch(code):
        raise ValueError(Words(N_("代码“{code}”应是12位数字"), code=code[:30]))
    name = clean_text(row["name"] or "", 100)
    if not name:
        raise ValueError(N_("没有单位名称"))
    level = (row["level"] or "").strip()
    if level not in set(Level) - {Level.GROUP}:
        raise ValueError(Words(N_("层级“{level}”不认识，应是 province、city、county、township、village 之一"), level=level[:30]))
    return TreeRow(line, code, name, parent, Level(level))


def _doubles(read: list[TreeRow]) -> Iterator[tuple[int, str]]:
    first: dict[str, int] = {}
    for row in read:
        if row.code in first:
            yield row.line, Words(N_("代码{code}重复，第{line}行已经有了"), code=row.code, line=first[row.code])
        first.setdefault(row.code, row.line)


def _out_of_place(row: TreeRow, levels: Mapping[str, Level], known: Mapping[str, Known]) -> Iterator[str]:
    before = known.get(row.code)
    if before is not None and before.level is not row.level:
        yield Words(N_("{code}已登记为{before}，不能改成{level}"), code=row.code, before=Words(before.level.label), level=Words(row.level.label))
    if not row.parent_code:
        return
    above = levels.get(row.parent_code)
    if above is None:
        yield Words(N_("没有找到上级单位{code}"), code=row.parent_code[:30])
    elif ORDER.index(above) >= ORDER.index(row.level):
        yield Words(N_("{level}不能设在{above}下面"), level=Words(row.level.label), above=Words(above.label))


def _second_roots(read: list[TreeRow], known: Mapping[str, Known]) -> Iterator[tuple[int, str]]:
    below_now = {row.code for row in read if row.parent_code}
    roots = {code for code, unit in known.items() if unit.is_root} - below_now
    for row in read:
        if not row.parent_code and roots - {row.code}:
            yield row.line, N_("没有填上级代码；只有最上级的一个单位可以不填")
        if not row.parent_code:
            roots.add(row.code)


def check_place(parent: Unit, level: Level, kind: AssociationKind) -> None:
    """Refuse a level or kind that cannot stand below this parent.

    Groups stand below any village-level association; associations of enterprises, migrants and schools stand beside
    the villages or below the county; a group's kind is that of its association.
    """
    fits = ORDER.index(parent.level) < ORDER.index(level)
    if level is Level.GROUP:
        fits = parent.level is Level.VILLAGE and kind is parent.kind
    elif kind is not AssociationKind.TERRITORIAL:
        fits = level is Level.VILLAGE and parent.level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
        fits = fits and parent.kind is AssociationKind.TERRITORIAL
    if not fits:
        what = level.label if kind is AssociationKind.TERRITORIAL or level is Level.GROUP else kind.label
        raise NoPlaceForIt(parent=parent.name, level=Words(what))


def check_code(code: str) -> None:
    """Refuse a code that is not a division's twelve digits."""
    if not CODE.fullmatch(code):
        raise CodeNeeded


def refuse_closed(unit: Unit) -> None:
    """Refuse a unit that has been merged away."""
    if unit.valid_to is not None:
        raise UnitClosed(name=unit.name)


def stem(code: str, kind: AssociationKind) -> str:
    """Give what the codes below a place begin with: three digits follow. A group's letter is already in its parent's code."""
    return code if len(code) > 12 else code + LETTERS.get(kind, "")


def division_of(code: str) -> str:
    """Give the twelve digits of the place that a code lies in."""
    return code[:12]


def level_of(code: str) -> Level:
    """Read the level from a division code: the more zeros at its end, the higher."""
    for zeros, level in ((10, Level.PROVINCE), (8, Level.CITY), (6, Level.COUNTY), (3, Level.TOWNSHIP)):
        if code.endswith("0" * zeros):
            return level
    return Level.VILLAGE


def why_not_merge(source: Unit, into: Unit, on: date, today: date, into_lineage: tuple[UUID, ...]) -> str:
    """Say why two units cannot be merged on a day; empty when they can."""
    if source.id in into_lineage:
        return N_("并入的单位就是它自己或在它下面")
    if source.valid_to is not None or into.valid_to is not None:
        return N_("其中一个单位已经撤并")
    if source.level is not into.level:
        return N_("两个单位的层级不同")
    if on > today:
        return N_("日期还没有到")
    if on < max(source.valid_from, into.valid_from):
        return N_("日期早于单位设立的日期")
    return ""


def decode(content: bytes) -> str:
    """Read a file as UTF-8 (with or without its mark) or, as old office programs save it, as GBK."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile


def may_stand_below(parent: Unit) -> tuple[list[Level], list[AssociationKind]]:
    """Give the levels and kinds that may be opened below a unit, the likeliest first."""
    if parent.level is Level.GROUP or parent.valid_to is not None:
        return [], []
    if parent.level is Level.VILLAGE:
        if parent.kind is not AssociationKind.TERRITORIAL:
            return [Level.GROUP], [parent.kind]
        return [Level.GROUP, Level.VILLAGE], list(AssociationKind)
    levels: list[Level] = [level for level in ORDER[ORDER.index(parent.level) + 1 :] if level is not Level.GROUP]
    return levels, list(AssociationKind) if parent.level in (Level.COUNTY, Level.TOWNSHIP) else [AssociationKind.TERRITORIAL]
