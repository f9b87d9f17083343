"""Lists that offices keep: xlsx or CSV as lines of cells, read with limits; what is wrong is named by row and column. Other features may ask it."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import openpyxl

from eventsvc.core.words import N_, Words
from eventsvc.people.errors import BadList

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 5 * 2**20, 5_000, 30
UNPACKED = 40 * 2**20
Line = tuple[int, list[str]]
"""The number of a row as the office counts them, and its cells."""


@dataclass(frozen=True)
class Fault:
    """Something wrong in one row of the file, as the office counts rows."""

    row: int
    column: str
    words: str


def lines_of(content: bytes) -> list[Line]:
    """Return the lines of a file; one that is no list at all is BadList."""
    if len(content) > MOST_BYTES:
        raise BadList(why=Words(N_("文件超过5MB，请分几次导入")))
    return _xlsx(content) if content[:2] == b"PK" else _csv(content)


def heading(lines: list[Line], names: Mapping[str, tuple[str, ...]], needed: str, label: str) -> tuple[int, dict[str, int]]:
    """Find the row of headings among the first ten: titles and merged cells stand above it. Without the needed one: BadList."""
    known = {alias: name for name, aliases in names.items() for alias in aliases}
    for n, line in lines[:10]:
        columns: dict[str, int] = {}
        for at, cell in enumerate(line):
            if (name := known.get("".join(cell.split()).lower())) and name not in columns:
                columns[name] = at
        if needed in columns:
            return n, columns
    raise BadList(why=Words(N_("没有找到表头；请保留“{column}”这一列的标题"), column=Words(label)))


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
