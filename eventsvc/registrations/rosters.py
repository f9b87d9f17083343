"""Who has which time of its own: batches with their parties, parties with their batches. Whoever asks has checked the right to see people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from eventsvc.core.periods import local
from eventsvc.infra.db import db
from eventsvc.registrations import queries
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import PartyRow


@dataclass(frozen=True)
class Batch:
    """A time for a few couples."""

    id: UUID
    what: str
    starts_at: datetime
    cap: int
    taken: int

    @property
    def at(self) -> str:
        """Return when it begins, on our clock."""
        return f"{local(self.starts_at):%H:%M}"


@dataclass(frozen=True, repr=False)
class Timed:
    """A party and its batches, by what they are for."""

    party: PartyRow
    times: Mapping[str, Batch]


def batches(activity_id: UUID) -> list[Batch]:
    """Return the batches of an activity in the order of their times."""
    query = select(P.c.id, P.c.kind, P.c.starts_at, P.c.cap, P.c.taken).where(P.c.activity_id == activity_id, P.c.gates.is_(False))
    rows = db.session.execute(query.order_by(P.c.starts_at, P.c.kind)).all()
    return [Batch(row.id, row.kind.partition(":")[0], row.starts_at, row.cap, row.taken) for row in rows]


def with_times(activity_id: UUID) -> list[Timed]:
    """Return everybody who has a place, village by village, each with its times."""
    known = {one.id: one for one in batches(activity_id)}
    held: dict[UUID, dict[str, Batch]] = {}
    for party, pool in db.session.execute(select(S.c.registration_id, S.c.pool_id).where(S.c.pool_id.in_(known))):
        held.setdefault(party, {})[known[pool].what] = known[pool]
    found = [Timed(party, held.get(party.id, {})) for party in queries.roster(activity_id, Standing.PLACED)]
    return sorted(found, key=lambda one: (one.party.village, min((b.starts_at.timestamp() for b in one.times.values()), default=0)))
