"""A small piece of the real tree: 福建省 down to one village and one member group."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from eventsvc.core.actor import SYSTEM
from eventsvc.infra.db import db
from eventsvc.organisations import queries, service
from eventsvc.organisations.models import AssociationKind, Level, Organisation

NOW = datetime(2027, 5, 1, 2, 0, tzinfo=UTC)
TODAY = NOW.date()
CHAIN = (
    ("350000000000", "福建省", "", "province"),
    ("350900000000", "宁德市", "350000000000", "city"),
    ("350982000000", "福鼎市", "350900000000", "county"),
    ("350982107000", "点头镇", "350982000000", "township"),
    ("350982107203", "观洋村委会", "350982107000", "village"),
)


@dataclass(frozen=True)
class Tree:
    """The units of the chain, and one member group."""

    province: Organisation
    city: Organisation
    county: Organisation
    township: Organisation
    village: Organisation
    group: Organisation


def rows(*lines: tuple[str, str, str, str]) -> list[dict[str, str]]:
    """Write lines as a file of units gives them."""
    return [dict(zip(("code", "name", "parent_code", "level"), line, strict=True)) for line in lines]


def a_tree() -> Tree:
    """Make (or find again) the chain from 福建省 to a village of 点头镇 and a member group there."""
    service.import_tree(rows(*CHAIN), today=TODAY)
    chain = [_unit(code) for code, *_ in CHAIN]
    group = db.session.scalar(select(Organisation).where(Organisation.parent_id == chain[-1].id, Organisation.level == Level.GROUP))
    return Tree(*chain, group or a_group(chain[-1].id))


def a_group(village_id: UUID, name: str = "第一会员小组", kind: AssociationKind = AssociationKind.TERRITORIAL) -> Organisation:
    """Open a member group."""
    return queries.organisation(service.open_unit(village_id, name, Level.GROUP, kind, actor=SYSTEM, now=NOW))


def a_sibling_village(tree: Tree | None = None, code: str = "350982107202", name: str = "龙田村委会") -> Organisation:
    """Add another village of the same township."""
    (tree or a_tree())
    service.import_tree(rows((code, name, "350982107000", "village")), today=TODAY)
    return _unit(code)


def another_county(tree: Tree | None = None) -> Organisation:
    """Add a village in another county of the same city: a neighbour of neighbours. Returns that village."""
    (tree or a_tree())
    service.import_tree(
        rows(
            ("350981000000", "福安市", "350900000000", "county"),
            ("350981100000", "赛岐镇", "350981000000", "township"),
            ("350981100201", "赛里村委会", "350981100000", "village"),
        ),
        today=TODAY,
    )
    return _unit("350981100201")


def _unit(code: str) -> Organisation:
    found = queries.by_code(code)
    assert found is not None
    return found
