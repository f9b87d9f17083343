"""Households of a village's roll, written down by the same commands as the doors use."""

import io
import itertools
from datetime import date
from typing import Any
from uuid import UUID

import openpyxl

from eventsvc.core.actor import SYSTEM, Actor, Grant, Role
from eventsvc.core.lunar import Anniversary
from eventsvc.organisations.models import Organisation
from eventsvc.people import couples, service
from eventsvc.people.couples import Given, One
from tests.factories.activities import NOW

_numbers = itertools.count(1)
HEADS = ("陈阿梅", "林金花", "王福生", "黄月英", "吴志强", "郑丽珠")


def a_household(unit: Organisation, leader: Actor | None = None, number: str = "", *, by: Actor | None = None, now: Any = NOW,
                **known: Any) -> UUID:  # fmt: skip
    """Write down a household; keywords say head, phone, address, special, situation."""
    at = next(_numbers)
    known = {"head": HEADS[at % len(HEADS)], "phone": f"1395{at:07d}", "address": f"观洋村{at % 9 + 1}组{at}号"} | known
    return service.add_household(unit.id, number, leader_id=leader.id if leader else None, actor=by or office(unit), now=now, **known)


def a_couple(unit: Organisation, household: UUID | None = None, *, by: Actor | None = None, leader: Actor | None = None, special: bool = False,
             married: Anniversary | None = None, **spouses: Any) -> UUID:  # fmt: skip
    """Write down a couple of a household, of a new one when none is given; `husband` and `wife` are `One`s."""
    at = next(_numbers)
    household = household or a_household(unit, leader, by=by, special=special)
    given = Given(
        spouses.get("husband") or One(f"{HEADS[at % 6][0]}建{'国华军民平安'[at // 6 % 6]}", f"1386{at:07d}", date(1948, 3, 1 + at % 28)),
        spouses.get("wife") or One(f"{HEADS[(at + 3) % 6][0]}秀{'英兰珠玉花金'[at // 6 % 6]}", "", date(1950, 5, 1 + at % 28)),
        married or Anniversary("lunar", 1974, 12, 8, said="1974年腊月初八"),
    )
    return couples.add_couple(household, given, actor=by or leader or office(unit), now=NOW)


def office(unit: Organisation) -> Actor:
    """Return somebody who may write in a unit, without an account."""
    return Actor(SYSTEM.id, "办公室", (Grant(Role.ORGANISER, unit.id),))


def an_xlsx(*rows: tuple[Any, ...]) -> bytes:
    """Return a workbook with these rows, as an office keeps one."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
