"""Somebody must be told: rows that the rooms below cause by their events. Without a provider they make the call list."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.activities.events import ActivityChanged, ActivityMoved
from eventsvc.activities.models import Activity
from eventsvc.activities.rules import when_words
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import changed, db, transactional
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import inviting
from eventsvc.registrations import queries as registrations
from eventsvc.registrations.events import (
    Drawn,
    InvitationAnswered,
    Invited,
    Lapsed,
    OfferAccepted,
    Offered,
    Promoted,
    Reviewed,
    SignedUp,
    SlotsGiven,
    Withdrawn,
)
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Standing, table_of

M: Table = table_of(Message)
PAGE, CALL = "page", "call"
"""Told by the page that answered the sign-up; to be told by a call."""
STAND = (Standing.PLACED, Standing.WAITING, Standing.OFFERED, Standing.TO_REVIEW, Standing.ENTERED)
DECIDED = {Standing.PLACED: "admitted", Standing.WAITING: "waits", Standing.ENTERED: "enters", Standing.REJECTED: "rejected"}


def hear_sign_up(event: SignedUp) -> None:
    """Write down that the receipt told the party where it stands; a provider would send the same by SMS."""
    row = _row(event.activity_id, event.registration_id, event.standing.value, event.at)
    db.session.execute(insert(M), {**row, "channel": PAGE, "state": MessageState.TOLD, "told_at": event.at})


def hear_promotion(event: Promoted) -> None:
    """Somebody who waited has a place: call."""
    _due(event.activity_id, [event.registration_id], "promoted", event.at, key=event.at.isoformat())


def hear_review(event: Reviewed) -> None:
    """What was decided about a party is told to it."""
    _due(event.activity_id, [event.registration_id], DECIDED[event.standing], event.at, key=event.at.isoformat())


def hear_offer(event: Offered) -> None:
    """A place is kept for who waited: call, and say until when."""
    _drop(M.c.registration_id == event.registration_id, M.c.topic.in_(("offered", "drawn", "waits")))
    _due(event.activity_id, [event.registration_id], "offered", event.at, key=event.at.isoformat(), facts={"until": when_words(event.until, None)})


def hear_accepted(event: OfferAccepted) -> None:
    """Who has said yes need not be asked any more."""
    _drop(M.c.registration_id == event.registration_id, M.c.topic == "offered")


def hear_lapsed(event: Lapsed) -> None:
    """Who let an offer go is told so, unless they said no themselves."""
    _drop(M.c.registration_id == event.registration_id)
    if not event.declined:
        _due(event.activity_id, [event.registration_id], "lapsed", event.at, key=event.at.isoformat())


def hear_draw(event: Drawn) -> None:
    """Everybody who was drawn is told whether they are in, or which number they wait with."""
    found = select(R.c.id, R.c.standing, R.c.rank).where(R.c.activity_id == event.activity_id, R.c.rank.is_not(None))
    rows = [
        _row(event.activity_id, one.id, "drawn", event.at, facts={"in": one.standing == Standing.PLACED, "rank": one.rank})
        for one in db.session.execute(found.order_by(R.c.rank)).all()
    ]
    if rows:
        db.session.execute(insert(M), rows)


def hear_slots(event: SlotsGiven) -> None:
    """Who got a time of their own, or another one, is told when; what was to be told of an older one is dropped."""
    _drop(M.c.registration_id.in_(event.parties), M.c.topic == "slots")
    times = registrations.times_by_party(event.activity_id)
    rows = [_row(event.activity_id, one, "slots", event.at, _when_key(event.at, times[one]), {"times": times[one]}) for one in event.parties if one in times]
    if rows:
        db.session.execute(insert(M), rows)


def hear_invitations(event: Invited) -> None:
    """Couples are invited: call them, once the activity is published."""
    if rows := [_row(event.activity_id, None, "invited", event.at, invitation=one) for one in event.invitations if event.published]:
        db.session.execute(insert(M), rows)


def hear_answer(event: InvitationAnswered) -> None:
    """An invitation was answered: nobody need be called about it any more."""
    _drop(M.c.invitation_id == event.invitation_id)


def hear_withdrawal(event: Withdrawn) -> None:
    """Who has gone need not be told what was still to be said."""
    _drop(M.c.registration_id == event.registration_id)


def hear_move(event: ActivityMoved) -> None:
    """An activity is cancelled: everyone who stands in the list is told that, and nothing else any more."""
    if event.action == "publish":
        waiting = inviting.unanswered(event.activity_id)
        told = set(db.session.scalars(select(M.c.invitation_id).where(M.c.activity_id == event.activity_id, M.c.invitation_id.is_not(None))))
        if rows := [_row(event.activity_id, None, "invited", event.at, invitation=one) for one in waiting if one not in told]:
            db.session.execute(insert(M), rows)
    if event.action == "cancel":
        _drop(M.c.activity_id == event.activity_id)
        _due(event.activity_id, _standing(event.activity_id), "cancelled", event.at, key=str(event.move_id))


def hear_change(event: ActivityChanged) -> None:
    """Another time or place: everyone who stands in the list is told; what was to be told of an older change is dropped."""
    _drop(M.c.activity_id == event.activity_id, M.c.topic == "rescheduled")
    facts = {"before": dict(event.facts.get("before", {})), "after": dict(event.facts.get("after", {}))}
    _due(event.activity_id, _standing(event.activity_id), "rescheduled", event.at, key=str(event.move_id), facts=facts)


def _when_key(at: datetime, times: Iterable[tuple[str, str]]) -> str:
    """Name the occasion: twice another time in one moment are two messages."""
    return f"{at.isoformat()} {' '.join(clock for _, clock in times)}"[:64]


@transactional
def remind(activity_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Put everyone who has a place on the call list once more, to be reminded of the day; once a day at most."""
    _must_call(activity_id, actor)
    today, placed = now.date().isoformat(), _standing(activity_id, Standing.PLACED)
    told = select(M.c.registration_id).where(M.c.activity_id == activity_id, M.c.topic == "reminder", M.c.key == today)
    already = set(db.session.scalars(told))
    fresh = [party for party in placed if party not in already]
    _due(activity_id, fresh, "reminder", now, key=today)
    return len(fresh)


@transactional
def tell(activity_id: UUID, message_id: UUID, state: MessageState, *, actor: Actor, now: datetime) -> None:
    """Write down how a call went: told, no answer, or (undone) still due."""
    _must_call(activity_id, actor)
    done = state in (MessageState.TOLD, MessageState.NO_ANSWER)
    values = {"state": state, "told_at": now if done else None, "told_by": actor.id if done else None}
    mine = (M.c.id == message_id, M.c.activity_id == activity_id, M.c.channel == CALL, M.c.state != MessageState.DROPPED)
    if changed(db.session.execute(update(M).where(*mine).values(values))) != 1:
        raise NotFound


def _must_call(activity_id: UUID, actor: Actor) -> Activity:
    activity = activities.activity(activity_id, within=actor)
    registrations.must_see_people(activity, actor, Role.GROUP_LEADER)
    return activity


def _standing(activity_id: UUID, *standings: Standing) -> list[UUID]:
    wanted = standings or STAND
    return list(db.session.scalars(select(R.c.id).where(R.c.activity_id == activity_id, R.c.standing.in_(wanted))))


def _due(activity_id: UUID, parties: Iterable[UUID], topic: str, at: datetime, *, key: str, facts: Mapping[str, Any] | None = None) -> None:
    if rows := [_row(activity_id, party, topic, at, key, facts) for party in parties]:
        db.session.execute(insert(M), rows)


def _row(activity_id: UUID, party: UUID | None, topic: str, at: datetime, key: str = "", facts: Mapping[str, Any] | None = None, invitation: UUID | None = None) -> dict[str, Any]:
    return {
        "id": new_id(), "activity_id": activity_id, "registration_id": party, "invitation_id": invitation, "topic": topic, "key": key, "channel": CALL,
        "facts": dict(facts or {}), "state": MessageState.DUE, "created_at": at, "told_at": None, "told_by": None,
    }  # fmt: skip


def _drop(*conditions: Any) -> None:
    waiting = M.c.state.in_((MessageState.DUE, MessageState.NO_ANSWER))
    db.session.execute(update(M).where(*conditions, waiting, M.c.channel == CALL).values(state=MessageState.DROPPED))
