"""The pairs of an activity that look like one sign-up and that nobody has decided about."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.registrations import doubles, queries
from eventsvc.registrations.doubles import Facts, Pair, Someone
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Merge, Standing, ToldApart, table_of
from eventsvc.registrations.queries import PartyRow

M, TA = table_of(Merge), table_of(ToldApart)
LIVE = tuple(s for s in Standing if s not in (Standing.WITHDRAWN, Standing.REJECTED, Standing.LAPSED))
FEW = 400
"""Up to so many parties the list of an activity has their pairs worked out; of more it shows what the page of doubles last found."""
MOST_SHOWN = 100

_found: dict[tuple[int, UUID], tuple[Any, list[Pair]]] = {}


@dataclass(frozen=True)
class Double:
    """Two sign-ups side by side, and why they look alike."""

    one: PartyRow
    other: PartyRow
    why: tuple[str, ...]


@dataclass(frozen=True)
class MergeRow:
    """A merge that may be undone."""

    id: UUID
    kept: str
    gone: str
    at: datetime


def open_pairs(activity_id: UUID) -> list[Pair]:
    """Return the pairs to be decided, the likeliest first. Worked out again only when somebody came, went or changed."""
    stamp = _stamp(activity_id)
    key = (id(db.engine), activity_id)
    if key not in _found or _found[key][0] != stamp:
        if len(_found) > 200:
            _found.clear()
        _found[key] = (stamp, doubles.likely(facts_of(party) for party in queries.roster(activity_id, *LIVE)))
    apart = {(row.left_id, row.right_id) for row in db.session.execute(select(TA.c.left_id, TA.c.right_id).where(TA.c.activity_id == activity_id))}
    return [pair for pair in _found[key][1] if (pair.left, pair.right) not in apart]


def count(activity_id: UUID) -> int | None:
    """Return how many pairs are to be decided; None when that is not known and would take long to find out."""
    known = _found.get((id(db.engine), activity_id))
    if _stamp(activity_id)[0] > FEW and known is None:
        return None
    if known is not None and known[0][0] > FEW:
        return len(known[1])
    return len(open_pairs(activity_id))


def shown(activity_id: UUID) -> tuple[list[Double], int]:
    """Return the likeliest pairs with both parties opened, and how many there are in all."""
    pairs = open_pairs(activity_id)
    known = {party.id: party for party in queries.parties({one for pair in pairs[:MOST_SHOWN] for one in (pair.left, pair.right)})}
    found = [_double(p, known[p.left], known[p.right]) for p in pairs[:MOST_SHOWN] if p.left in known and p.right in known]
    return found, len(pairs)


def merges(activity_id: UUID) -> list[MergeRow]:
    """Return what was merged and not undone, the latest first."""
    kept, gone = R.alias("kept"), R.alias("gone")
    query = (
        select(M.c.id, kept.c.code, gone.c.code, M.c.at)
        .join(kept, kept.c.id == M.c.kept_id).join(gone, gone.c.id == M.c.gone_id)
        .where(M.c.activity_id == activity_id, M.c.undone_at.is_(None)).order_by(M.c.at.desc())
    )  # fmt: skip
    return [MergeRow(*row) for row in db.session.execute(query)]


def facts_of(party: PartyRow) -> Facts:
    """Return what matters of a party when it is compared."""
    people = tuple(Someone(p.name, p.sex, p.born_on, p.phone, str(p.extra.get("id_number") or "")) for p in party.people)
    proxy, married = party.proxy or {}, party.answers.get("married_on")
    address = party.answers.get("address") or ""
    return Facts(party.id, people, str(proxy.get("phone") or ""), party.village, address if isinstance(address, str) else "",
                 married if isinstance(married, dict) else None)  # fmt: skip


def _double(pair: Pair, left: PartyRow, right: PartyRow) -> Double:
    """Put the one that came first on the left."""
    one, other = sorted((left, right), key=lambda party: (party.created_at, party.id))
    return Double(one, other, pair.why)


def _stamp(activity_id: UUID) -> tuple[int, Any]:
    query = select(func.count(), func.max(R.c.changed_at)).where(R.c.activity_id == activity_id, R.c.standing.in_(LIVE))
    row = db.session.execute(query).one()
    return row[0], row[1]
