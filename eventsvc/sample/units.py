"""The tree of the sample: 福鼎市 with its real towns and villages, groups and associations in some of them."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from eventsvc.core.actor import SYSTEM
from eventsvc.organisations import queries, service
from eventsvc.organisations.models import AssociationKind, Level, Organisation

DIVISIONS = Path(__file__).with_name("fujian_divisions.csv")
"""Units of Fujian to 2023-06-30: codes and names of the National Bureau of Statistics (统计用区划代码, 2023 edition)."""
PROVINCE, CITY, COUNTY = "350000000000", "350900000000", "350982000000"

TOWNS = {
    "点头镇": "350982107000",
    "白琳镇": "350982106000",
    "太姥山镇": "350982104000",
    "硖门畲族乡": "350982200000",
    "桐城街道": "350982002000",
}
GROUPS = {
    "柏柳村": ("第一会员小组", "第二会员小组", "第三会员小组"),
    "观洋村": ("第一会员小组", "第二会员小组"),
    "瑞云村": ("畲家会员小组",),
    "方家山村": ("茶山会员小组",),
}
ASSOCIATIONS = (
    (COUNTY, "太姥茶业企业计生协", AssociationKind.ENTERPRISE),
    (TOWNS["桐城街道"], "流美工业园流动人口计生协", AssociationKind.MIGRANT),
)
"""Associations beside the villages, invented for the sample: where, name, kind."""


class Units:
    """The units that the sample speaks of, found by their short names."""

    def __init__(self) -> None:
        self._ids: dict[str, UUID] = {}

    def __getitem__(self, name: str) -> UUID:
        """Return the id of a place, a village (柏柳村), a group (柏柳村第一会员小组) or an association."""
        if name not in self._ids:
            self._ids.update(self._read())
        return self._ids[name]

    def _read(self) -> Iterator[tuple[str, UUID]]:
        county = queries.by_code(COUNTY)
        assert county is not None, "the sample's tree is not loaded"
        for unit in reversed(queries.path(county.id)):
            yield unit.name, unit.id
        for code in TOWNS.values():
            yield from self._of_town(code)
        yield from ((unit.name, unit.id) for unit in queries.children(county.id))

    @staticmethod
    def _of_town(code: str) -> Iterator[tuple[str, UUID]]:
        town = queries.by_code(code)
        assert town is not None, code
        for village in queries.children(town.id):
            short = short_name(village.name)
            yield short, village.id
            if short in GROUPS:
                yield from ((f"{short}{group.name}", group.id) for group in queries.children(village.id))


def short_name(name: str) -> str:
    """Call a village as people do: 柏柳村委会 → 柏柳村."""
    return name.replace("居民委员会", "").replace("居委会", "").replace("委会", "")


def rows(whole: bool) -> Iterator[dict[str, str]]:
    """Read the divisions of 福鼎市 and what stands above it, or (whole) of the province."""
    with DIVISIONS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if whole or row["code"] in (PROVINCE, CITY) or row["code"].startswith(COUNTY[:6]):
                yield row


def plant(*, whole: bool, today: date, now: datetime) -> service.Imported:
    """Take in the tree and open the groups and associations that are not there yet; twice changes nothing."""
    done = service.import_tree(rows(whole), today=today)
    for place, name, kind in ASSOCIATIONS:
        _open(place, name, Level.VILLAGE, kind, now)
    for code in TOWNS.values():
        for village in _children(code):
            for name in GROUPS.get(short_name(village.name), ()):
                _open(village.code, name, Level.GROUP, AssociationKind.TERRITORIAL, now)
    return done


def _children(code: str) -> list[Organisation]:
    town = queries.by_code(code)
    assert town is not None, code
    return queries.children(town.id)


def _open(place: str, name: str, level: Level, kind: AssociationKind, now: datetime) -> None:
    parent = queries.by_code(place)
    assert parent is not None, place
    if name not in {unit.name for unit in queries.children(parent.id)}:
        service.open_unit(parent.id, name, level, kind, actor=SYSTEM, now=now)
