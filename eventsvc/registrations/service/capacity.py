"""The organiser moves walls: pools are made, raised, cut and taken away while people sign up. Nobody is put out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.infra.db import db, transactional
from eventsvc.registrations import openings, queries
from eventsvc.registrations.errors import LinkClosed, PoolInUse, PoolTwice
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Standing
from eventsvc.registrations.openings import MAIN
from eventsvc.registrations.queries import PartyRow
from eventsvc.registrations.schemas import Party, PersonAnswers
from eventsvc.registrations.service import waiting, wanting

FOLLOWS = ("unit", "category")
"""What a party wants of these follows from who it is: they may come and go after people have signed up."""
LIVE = (Standing.PLACED, Standing.OFFERED, Standing.WAITING, Standing.TO_REVIEW, Standing.ENTERED)


@dataclass(frozen=True)
class PoolPlan:
    """One pool as the organiser wants it. `kind` as in the model: "slot:<key>", "unit:<hex>", "category:<value>", "reserve" …"""

    kind: str
    label: str
    cap: int
    position: int = 0
    gates: bool = True
    starts_at: datetime | None = None


@transactional
def set_pools(activity_id: UUID, pools: Sequence[PoolPlan], *, actor: Actor, now: datetime) -> list[UUID]:
    """Make the pools of an activity what the organiser wants, the main one too if it is named; return who moved up.

    Raised, those who wait move up; cut below what is taken, nobody is put out: as people leave, it goes down by itself. A pool that is
    not named is taken away; one that people were given a time or a kept place in is not (`PoolInUse`).
    """
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    there = {row.kind: row for row in queries.pools(activity_id, lock=True)}
    if MAIN not in there:
        raise LinkClosed
    if len({plan.kind for plan in pools}) != len(pools):
        raise PoolTwice
    named = {plan.kind for plan in pools}
    for kind in there.keys() - named - {MAIN}:
        _take_away(there[kind])
    made = [_put(activity_id, plan, there.get(plan.kind)) for plan in pools]
    _adopt(activity_id, {pool for pool in made if pool})
    return waiting.move_up(openings.opening_of(activity_id), now)


def _put(activity_id: UUID, plan: PoolPlan, row: Any) -> UUID | None:
    """Write one pool down; return its id if it is new and parties belong to it by who they are."""
    values = {"label": plan.label, "cap": plan.cap, "position": plan.position, "gates": plan.gates, "starts_at": plan.starts_at}
    if plan.kind == MAIN:
        db.session.execute(update(Activity).where(Activity.id == activity_id).values(capacity=plan.cap))
        values["gates"] = True
    if row is not None:
        db.session.execute(update(P).where(P.c.id == row.id).values(values))
        return None
    pool = new_id()
    db.session.execute(insert(P), {"id": pool, "activity_id": activity_id, "kind": plan.kind, **values})
    return pool if plan.gates and plan.kind.split(":")[0] in FOLLOWS else None


def _take_away(row: Any) -> None:
    if row.kind.split(":")[0] not in FOLLOWS and (row.taken or row.waiting):
        raise PoolInUse(label=row.label or row.kind)
    db.session.execute(delete(S).where(S.c.pool_id == row.id))
    _forget_wants(row.activity_id, row.id.hex)
    db.session.execute(delete(P).where(P.c.id == row.id))


def _forget_wants(activity_id: UUID, pool: str) -> None:
    for party, wants in db.session.execute(select(R.c.id, R.c.wants).where(R.c.activity_id == activity_id)).all():
        if pool in wants:
            left = {key: n for key, n in wants.items() if key != pool}
            db.session.execute(update(R).where(R.c.id == party).values(wants=left))


# -- who has signed up belongs to a new pool too -----------------------------------------------------------------------------


def _adopt(activity_id: UUID, made: set[UUID]) -> None:
    """Count who is there already in the new pools: who has a place has one there too, even beyond its cap."""
    if not made:
        return
    rows = [row for row in queries.pools(activity_id, lock=True) if row.id in made]
    query = select(R.c.id, R.c.standing, R.c.organisation_id, R.c.wanted, R.c.wants)
    there = {row.id: row for row in db.session.execute(query.where(R.c.activity_id == activity_id, R.c.standing.in_(LIVE))).all()}
    for party in queries.parties(there):
        row = there[party.id]
        new = wanting.wants_of(rows, _as_party(party, row.organisation_id), row.wanted, [p.sex for p in party.people])
        if new:
            _belong(row, new)


def _as_party(party: PartyRow, village: UUID | None) -> Party:
    people = tuple(PersonAnswers(person.role, {"sex": person.sex, **person.extra}) for person in party.people)
    return Party(people, dict(party.answers), None, village)


def _belong(row: Any, new: dict[str, int]) -> None:
    db.session.execute(update(R).where(R.c.id == row.id).values(wants={**row.wants, **new}))
    for pool, n in wanting.ids(new).items():
        if row.standing == Standing.WAITING:
            db.session.execute(update(P).where(P.c.id == pool).values(waiting=P.c.waiting + 1))
        elif row.standing in (Standing.PLACED, Standing.OFFERED):
            db.session.execute(insert(S), {"registration_id": row.id, "pool_id": pool, "n": n})
            db.session.execute(update(P).where(P.c.id == pool).values(taken=P.c.taken + n))
