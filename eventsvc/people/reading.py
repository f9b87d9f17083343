"""A village's own list of households, as its office keeps it: xlsx or CSV, read with limits, every fault named by its row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Words
from eventsvc.people.errors import BadList
from eventsvc.people.headings import COLUMNS, NO, YES
from eventsvc.people.schemas import Given, household_schema
from eventsvc.people.sheets import MOST_BYTES, Fault, heading, lines_of

__all__ = ["MOST_BYTES", "Fault", "Read", "read_list"]

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
class Read:
    """What a file says: its households, and what is wrong with it."""

    rows: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_list(content: bytes, leaders: Iterable[tuple[UUID, str, str]]) -> Read:
    """Read a list of households. A file that is no list at all is BadList; faults of single rows are collected."""
    lines = lines_of(content)
    at, columns = heading(lines, COLUMNS, "head", LABELS["head"])
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


def _by_name(leaders: Iterable[tuple[UUID, str, str]]) -> dict[str, UUID]:
    """Map names to users; a name that two share names nobody."""
    found: dict[str, UUID | None] = {}
    for user_id, name, _unit in leaders:
        found[name] = None if name in found else user_id
    return {name: user_id for name, user_id in found.items() if user_id is not None}
