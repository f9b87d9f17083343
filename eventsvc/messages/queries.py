"""The call list: whom to tell what. Whoever asks has checked the right to see people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.infra.db import db
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import inviting
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.inviting import Invitee
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
    party: PartyRow | Invitee


def call_list(activity_id: UUID, *states: MessageState, within: Actor = SYSTEM) -> list[Call]:
    """Return what is to be told and to whom, village by village, the oldest first; phones of the roll as this actor may see them."""
    query = select(M.c.id, M.c.topic, M.c.facts, M.c.state, M.c.told_at, M.c.registration_id, M.c.invitation_id)
    query = query.where(M.c.activity_id == activity_id, M.c.channel == "call", M.c.state.in_(states))
    rows = db.session.execute(query.order_by(M.c.created_at, M.c.id)).all()
    people: dict[UUID | None, Any] = {party.id: party for party in registrations.parties({row.registration_id for row in rows if row.registration_id})}
    asked = any(row.invitation_id for row in rows)
    called: Mapping[UUID | None, Any] = people | ({one.id: one for one in inviting.invitees(activity_id, within=within)} if asked else {})
    found = ((row, row.registration_id or row.invitation_id) for row in rows)
    calls = [Call(*row[:5], called[whom]) for row, whom in found if whom in called]
    return sorted(calls, key=lambda call: call.party.village)


def counts(activity_id: UUID) -> dict[MessageState, int]:
    """Return how many calls stand where."""
    query = select(M.c.state, func.count()).where(M.c.activity_id == activity_id, M.c.channel == "call").group_by(M.c.state)
    return {row[0]: row[1] for row in db.session.execute(query)}
