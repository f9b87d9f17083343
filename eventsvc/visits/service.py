"""Visits: written down at the door, taken back, followed up. A double tap makes one record: the phone names it."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update

from eventsvc.activities.models import Activity, State
from eventsvc.core.actor import Actor
from eventsvc.core.codes import new_id
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.periods import day_of
from eventsvc.core.words import N_, Words
from eventsvc.declare.personal import Personal
from eventsvc.infra import vault
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.people import service as people
from eventsvc.visits import queries
from eventsvc.visits.errors import AnotherVisit, ProblemSettled, RoundNotOn
from eventsvc.visits.events import ProblemSolved, Visited, VisitUndone
from eventsvc.visits.models import Outcome, VisitRecord, VisitTarget
from eventsvc.visits.rules import Visit

FOUND_IS_KEPT = timedelta(days=365)
COLUMNS = ("visited_on", "outcome", "way", "met", "referral", "has_problem", "next_on")


@transactional
def record(target_id: UUID, visit: Visit, *, actor: Actor, now: datetime, id: UUID | None = None) -> UUID:
    """Write down one visit. The same id again is the same visit, even after it was taken back; with another body it is refused."""
    target, activity = _held(target_id, actor)
    if id is not None and (was := db.session.get(VisitRecord, id)) is not None:
        return _the_same(was, target.id, visit)
    _must_be_on(activity)
    _refuse_tomorrow(visit, now)
    record_id = _write(id or new_id(), target, visit, actor, now)
    _settle(target)
    people.keep_until(target.household_id, day_of(now) + people.KEPT)
    announce(Visited(record_id, activity.id, visit.outcome.value, actor.id, now))
    return record_id


@transactional
def record_unplanned(activity_id: UUID, organisation_id: UUID, household: dict[str, Any], visit: Visit, *, actor: Actor,
                     now: datetime, id: UUID | None = None) -> UUID:  # fmt: skip
    """Write down a visit to a household that was on no list: household, its place in the round and the visit, or nothing."""
    activity = db.session.get(Activity, activity_id)
    if activity is None or organisation_id not in {place for place, _ in queries.places(activity, actor)}:
        raise NotFound
    people.hold(organisation_id)
    id = id or new_id()
    if (was := db.session.get(VisitRecord, id)) is not None:
        return _the_same(was, was.target_id, visit)
    _must_be_on(activity)
    household_id = people.add_household(organisation_id, leader_id=actor.id if _goes_round(actor, organisation_id) else None,
                                        actor=actor, now=now, id=uuid5(id, "household"), **household)  # fmt: skip
    target = VisitTarget(id=uuid5(id, "target"), activity_id=activity_id, household_id=household_id, leader_id=actor.id,
                         due_on=None, unplanned=True, visits=0)  # fmt: skip
    db.session.add(target)
    db.session.flush()
    return record(target.id, visit, actor=actor, now=now, id=id)


@transactional
def undo(record_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Take a visit back: dated, not deleted; what it found is forgotten. Returns the household of the round."""
    was = db.session.get(VisitRecord, record_id)
    if was is None:
        raise NotFound
    target, activity = _held(was.target_id, actor)
    _must_be_on(activity)
    standing = update(VisitRecord).where(VisitRecord.id == record_id, VisitRecord.undone_at.is_(None))
    if changed(db.session.execute(standing.values(undone_at=now))):
        vault.forget([record_id])
        _settle(target)
        announce(VisitUndone(record_id, activity.id, actor.id, now))
    return target.id


@transactional
def solve(record_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Say that the problem a visit found is settled. Returns the household of the round."""
    was = db.session.get(VisitRecord, record_id)
    if was is None:
        raise NotFound
    target, activity = _held(was.target_id, actor)
    open_ = (VisitRecord.id == record_id, VisitRecord.has_problem, VisitRecord.solved_at.is_(None), VisitRecord.undone_at.is_(None))
    if not changed(db.session.execute(update(VisitRecord).where(*open_).values(solved_at=now))):
        raise ProblemSettled
    announce(ProblemSolved(record_id, activity.id, actor.id, now))
    return target.id


@transactional
def look(target_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Leave a line when the assigned leader opens a special family's page: the county can show who looked."""
    line, _ = queries.target(target_id, within=actor, today=day_of(now))
    if line.household.special and line.household.whole:
        people.look_at_special(line.household.id, actor=actor, now=now)


def _held(target_id: UUID, actor: Actor) -> tuple[VisitTarget, Activity]:
    """Lock a household of a round for its leader, or for whoever organises the round; out of scope is missing."""
    target = db.session.scalar(select(VisitTarget).where(VisitTarget.id == target_id).with_for_update())
    if target is None:
        raise NotFound
    activity = db.session.get(Activity, target.activity_id)
    assert activity is not None
    queries.must_reach(target, activity, actor)
    return target, activity


def _must_be_on(activity: Activity) -> None:
    if activity.state not in queries.OPEN_STATES:
        raise RoundNotOn(state=Words(State(activity.state).label))


def _refuse_tomorrow(visit: Visit, now: datetime) -> None:
    if visit.visited_on > day_of(now):
        raise Invalid(fields={"visited_on": [N_("这一天还没有到，请填访视的日期")]})
    if visit.visited_on < day_of(now) - timedelta(days=366):
        raise Invalid(fields={"visited_on": [N_("超过一年的访视不能再补记")]})


def _goes_round(actor: Actor, organisation_id: UUID) -> bool:
    return any(actor.id == user_id for user_id, _, _ in people.queries.leaders(organisation_id))


def _write(record_id: UUID, target: VisitTarget, visit: Visit, actor: Actor, now: datetime) -> UUID:
    row = {name: value for name, value in asdict(visit).items() if name in COLUMNS}
    row |= {"topics": list(visit.topics), "materials": dict(visit.materials)}
    row |= {"id": record_id, "target_id": target.id, "activity_id": target.activity_id, "household_id": target.household_id}
    db.session.execute(insert(VisitRecord), [row | {"by": actor.id, "at": now, "solved_at": None, "undone_at": None}])
    if visit.found:
        vault.put([vault.row(record_id, Personal.HEALTH, visit.found, day_of(now) + FOUND_IS_KEPT)])
    return record_id


def _the_same(was: VisitRecord, target_id: UUID, visit: Visit) -> UUID:
    """Answer a repeat with what it made the first time; the vault of a visit that was taken back is empty and not compared."""
    held = {name: getattr(was, name) for name in COLUMNS} | {"topics": tuple(was.topics), "materials": was.materials}
    sent = {name: value for name, value in asdict(visit).items() if name in held}
    found = vault.read([was.id]).get(was.id, {}) if was.undone_at is None else dict(visit.found)
    if was.target_id != target_id or held != sent or found != dict(visit.found):
        raise AnotherVisit
    return was.id


def _settle(target: VisitTarget) -> None:
    """Keep the household's own line in step with its standing visits."""
    query = select(VisitRecord.outcome).where(VisitRecord.target_id == target.id, VisitRecord.undone_at.is_(None))
    outcomes = list(db.session.scalars(query.order_by(VisitRecord.visited_on, VisitRecord.at)))
    target.visits = outcomes.count(Outcome.SEEN)
    target.last_outcome = outcomes[-1] if outcomes else None
    db.session.flush()
