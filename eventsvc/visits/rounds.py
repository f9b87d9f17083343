"""The organiser's side of a round: which households, whose, by when. Commands, like those of `service`."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.core.words import Words
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations
from eventsvc.people import service as people
from eventsvc.visits import queries
from eventsvc.visits.errors import NothingChosen, RoundNotOn, TargetGone
from eventsvc.visits.events import RoundChanged
from eventsvc.visits.models import VisitRecord, VisitTarget

CLOSED = (State.CANCELLED, State.ARCHIVED)


@transactional
def add_targets(activity_id: UUID, household_ids: Iterable[UUID], *, leader_id: UUID | None = None, due_on: date | None = None,
                actor: Actor, now: datetime) -> int:  # fmt: skip
    """Put households of the roll on a round's list, each with its own leader unless one is named; twice adds nothing.

    Without a day they are due by the round's own (`due_on` of its plan).
    """
    activity = _organised(activity_id, actor)
    wanted = _chosen(household_ids)
    fresh = [h for h, _, _ in queries.candidates(activity) if h.id in wanted]
    people.must_be_leader(activity.organisation_id, leader_id, known=None)
    due = due_on or _due_on(activity)
    rows = [
        {"id": new_id(), "activity_id": activity_id, "household_id": h.id, "leader_id": leader_id or h.leader_id,
         "due_on": due, "unplanned": False, "last_outcome": None, "visits": 0}
        for h in fresh
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(VisitTarget), rows)
        announce(RoundChanged(activity_id, "added", len(rows), actor.id, now))
    return len(rows)


@transactional
def assign(activity_id: UUID, target_ids: Iterable[UUID], leader_id: UUID | None, *, due_on: date | None = None,
           actor: Actor, now: datetime) -> int:  # fmt: skip
    """Give households of a round to a leader (None: to nobody yet), with a new day when one is given."""
    activity = _organised(activity_id, actor)
    people.must_be_leader(activity.organisation_id, leader_id, known=None)
    values = {"leader_id": leader_id} | ({"due_on": due_on} if due_on else {})
    mine = (VisitTarget.activity_id == activity_id, VisitTarget.id.in_(_chosen(target_ids)))
    n = changed(db.session.execute(update(VisitTarget).where(*mine).values(**values)))
    if not n:
        raise NotFound
    announce(RoundChanged(activity_id, "assigned", n, actor.id, now))
    return n


@transactional
def remove_targets(activity_id: UUID, target_ids: Iterable[UUID], *, actor: Actor, now: datetime) -> int:
    """Take households off a round's list; one that was visited stays."""
    _organised(activity_id, actor)
    mine = (VisitTarget.activity_id == activity_id, VisitTarget.id.in_(_chosen(target_ids)))
    visited = select(VisitRecord.id).join(VisitTarget, VisitTarget.id == VisitRecord.target_id).where(*mine).limit(1)
    if db.session.scalar(visited) is not None:
        raise TargetGone
    n = changed(db.session.execute(delete(VisitTarget).where(*mine)))
    if not n:
        raise NotFound
    announce(RoundChanged(activity_id, "removed", n, actor.id, now))
    return n


@transactional
def take_whole_roll(activity_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Put every household of the roll below the round's unit on its list."""
    activity = _organised(activity_id, actor)
    found = [h.id for h, _, _ in queries.candidates(activity)]
    return add_targets(activity_id, found, actor=actor, now=now) if found else 0


def _organised(activity_id: UUID, actor: Actor) -> Activity:
    """Return a round that this actor organises, its row locked: two browsers build one list."""
    activity = queries.round_of(activity_id, within=actor)
    actor.must_be(Role.ORGANISER, organisations.lineage(activity.organisation_id))
    db.session.execute(select(Activity.id).where(Activity.id == activity_id).with_for_update())
    if activity.state in CLOSED:
        raise RoundNotOn(state=Words(State(activity.state).label))
    return activity


def _chosen(ids: Iterable[UUID]) -> set[UUID]:
    chosen = set(ids)
    if not chosen:
        raise NothingChosen
    return chosen


def _due_on(activity: Activity) -> date | None:
    said = activity.plan.get("due_on")
    return date.fromisoformat(said) if said else None


