"""A village's own list of households, as its office keeps it: xlsx or CSV, read with limits, every fault named by its row."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import openpyxl
from marshmallow import ValidationError

from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Words
from eventsvc.people.errors import BadList
from eventsvc.people.headings import COLUMNS, NO, YES
from eventsvc.people.schemas import Given, household_schema

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5 * 2**20, 5_000, 30
UNPACKED = 40 * 2**20

LABELS: Mapping[str, str] = {
    "number": N_("户编号"),
    "head": N_("户主姓名"),
    "phone": N_("联系电话"),
    "address": N_("住址"),
    "leader": N_("小组长"),
    "special": N_("特殊家庭"),
    "situation": N_("家庭情况"),
}
"""What a column is called when something in it is wrong."""


@dataclass(frozen=True)
class Fault:
    """Something wrong in one row of the file, as the office counts rows."""

    row: int
    column: str
    words: str


@dataclass(frozen=True)
class Read:
    """What a file says: its households, and what is wrong with it."""

    rows: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_list(content: bytes, leaders: Iterable[tuple[UUID, str, str]]) -> Read:
    """Read a list of households. A file that is no list at all is BadList; faults of single rows are collected."""
    if len(content) > MOST_BYTES:
        raise BadList(why=Words(N_("文件超过5MB，请分几次导入")))
    lines = _xlsx(content) if content[:2] == b"PK" else _csv(content)
    at, columns = _heading(lines)
    return _rows(((n, line) for n, line in lines if n > at), columns, _by_name(leaders))


def _rows(lines: Iterable[tuple[int, list[str]]], columns: Mapping[str, int], leaders: Mapping[str, UUID]) -> Read:
    read = Read()
    numbers: dict[str, int] = {}
    schema = household_schema([(str(user_id), "") for user_id in leaders.values()])
    for n, line in lines:
        cells = {name: line[at].strip() for name, at in columns.items() if at < len(line) and line[at].strip()}
        if not cells or set(cells) == {"number"}:
            continue
        faults, given = _one(n, cells, schema, leaders)
        if given.number and (first := numbers.setdefault(given.number.lstrip("0"), n)) != n:
            faults.append(Fault(n, LABELS["number"], Words(N_("与第{row}行的编号相同"), row=first)))
        read.faults.extend(faults)
        read.rows.append(given)
    if not read.rows:
        raise BadList(why=Words(N_("表头下面没有一户")))
    return read


def _one(n: int, cells: dict[str, str], schema: Any, leaders: Mapping[str, UUID]) -> tuple[list[Fault], Given]:
    faults, data = [], {name: text for name, text in cells.items() if name not in ("leader", "special")}
    if leader := cells.get("leader"):
        if leader in leaders:
            data["leader_id"] = str(leaders[leader])
        else:
            faults.append(Fault(n, LABELS["leader"], Words(N_("没有叫“{name}”的小组长账号，或有重名；请先建账号，或留空以后再指定"), name=leader[:20])))
    special = full_width_to_ascii(cells.get("special", "")).lower()
    if special not in YES | NO:
        faults.append(Fault(n, LABELS["special"], N_("请填“是”或“否”")))
    try:
        return faults, schema.load(data | {"special": special in YES})
    except ValidationError as wrong:
        messages = wrong.normalized_messages()
        faults += [Fault(n, LABELS.get(name, name), word) for name, words in messages.items() for word in words]
        return faults, Given(number=cells.get("number", "")[:30])


def _heading(lines: list[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """Find the row of headings among the first ten: titles and merged cells stand above it."""
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    for n, line in lines[:10]:
        columns: dict[str, int] = {}
        for at, cell in enumerate(line):
            if (name := known.get("".join(cell.split()).lower())) and name not in columns:
                columns[name] = at
        if "head" in columns:
            return n, columns
    raise BadList(why=Words(N_("没有找到表头；请保留“户主姓名”这一列的标题")))


def _by_name(leaders: Iterable[tuple[UUID, str, str]]) -> dict[str, UUID]:
    """Map names to users; a name that two share names nobody."""
    found: dict[str, UUID | None] = {}
    for user_id, name, _unit in leaders:
        found[name] = None if name in found else user_id
    return {name: user_id for name, user_id in found.items() if user_id is not None}


def _csv(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as wrong:
            raise BadList(why=Words(N_("不是 xlsx，也不是 UTF-8 或 GBK 的 CSV；请在表格软件里另存为 xlsx"))) from wrong
    if "\0" in text:
        raise BadList(why=Words(N_("不是 xlsx，也不是 UTF-8 或 GBK 的 CSV；请在表格软件里另存为 xlsx")))
    try:
        return _limited(csv.reader(io.StringIO(text)))
    except csv.Error as wrong:
        raise BadList(why=Words(N_("CSV 的格式不对，请另存为 xlsx"))) from wrong


def _xlsx(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        _refuse_bombs(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        return _limited([_text(cell) for cell in row] for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True))
    except BadList:
        raise
    except Exception as wrong:  # whatever a broken or hostile file makes the library raise
        raise BadList(why=Words(N_("不是完整的 xlsx 文件，请用表格软件打开后另存一次"))) from wrong


def _refuse_bombs(content: bytes) -> None:
    """Look at the zip's directory and the heads of its parts before anything is unpacked whole."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        entries = parts.infolist()
        if len(entries) > 500 or sum(entry.file_size for entry in entries) > UNPACKED:
            raise BadList(why=Words(N_("文件解开后太大，请只保留名单这一张表")))
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")):
                with parts.open(entry) as part:
                    if b"<!DOCTYPE" in (head := part.read(4096)) or b"<!ENTITY" in head:
                        raise BadList(why=Words(N_("不是完整的 xlsx 文件，请用表格软件打开后另存一次")))


def _limited(lines: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for n, line in _numbered(lines):
        if n > MOST_ROWS:
            raise BadList(why=Words(N_("超过{most}行，请按村分开导入"), most=MOST_ROWS))
        found.append((n, [cell[:2000] for cell in line[:MOST_COLUMNS]]))
    return found


def _numbered(lines: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    blank = 0
    for n, line in enumerate(lines, start=1):
        blank = 0 if any(cell.strip() for cell in line) else blank + 1
        if blank > 200:  # a sheet formatted down to its last row
            return
        yield n, line


def _text(value: Any) -> str:
    """Give a cell as its reader sees it: a phone is no float."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
