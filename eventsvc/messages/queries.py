"""The call list: whom to tell what. Whoever asks has checked the right to see people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.models import table_of
from eventsvc.registrations.queries import PartyRow

M = table_of(Message)


@dataclass(frozen=True, repr=False)
class Call:
    """One thing to tell one party."""

    id: UUID
    topic: str
    facts: Mapping[str, Any]
    state: MessageState
    told_at: datetime | None
    party: PartyRow


def call_list(activity_id: UUID, *states: MessageState) -> list[Call]:
    """Return what is to be told and to whom, village by village, the oldest first."""
    query = select(M.c.id, M.c.topic, M.c.facts, M.c.state, M.c.told_at, M.c.registration_id)
    query = query.where(M.c.activity_id == activity_id, M.c.channel == "call", M.c.state.in_(states))
    rows = db.session.execute(query.order_by(M.c.created_at, M.c.id)).all()
    people = {party.id: party for party in registrations.parties({row.registration_id for row in rows})}
    calls = [Call(*row[:5], people[row.registration_id]) for row in rows if row.registration_id in people]
    return sorted(calls, key=lambda call: call.party.village)


def counts(activity_id: UUID) -> dict[MessageState, int]:
    """Return how many calls stand where."""
    query = select(M.c.state, func.count()).where(M.c.activity_id == activity_id, M.c.channel == "call").group_by(M.c.state)
    return {row[0]: row[1] for row in db.session.execute(query)}
