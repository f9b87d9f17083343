"""Counting with the thumb: several phones at once, each tap one row that can be taken back. Commands, like those of `service`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from eventsvc.activities.models import Activity
from eventsvc.checkin.errors import AnotherUse, NothingToUndo
from eventsvc.checkin.events import Tallied, TallyUndone
from eventsvc.checkin.models import Tally
from eventsvc.checkin.opening import open_door
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.words import N_, Words
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.kinds import KINDS
from eventsvc.organisations import queries as organisations

MOST = 100_000


@transactional
def tally(activity_id: UUID, counter: str, amount: int, *, actor: Actor, now: datetime, id: UUID | None = None) -> UUID:
    """Count so many more. The same id again is the same count; with another number it is refused."""
    activity = open_door(activity_id, actor, now)
    if counter not in {c.code for c in KINDS[activity.kind].counters}:
        raise NotFound
    if not 1 <= amount <= MOST:
        raise Invalid(fields={"amount": [Words(N_("应在 {least} 到 {most} 之间"), least=1, most=MOST)]})
    id = id or new_id()
    if _once({"id": id, "activity_id": activity_id, "counter": counter, "amount": amount, "at": now, "by": actor.id}):
        announce(Tallied(activity_id, id, counter, amount, actor.id, now))
    return id


@transactional
def undo_tally(activity_id: UUID, tally_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take one count back: one's own, or as the organiser anybody's."""
    activity = open_door(activity_id, actor, now)
    mine = [Tally.id == tally_id, Tally.activity_id == activity_id, Tally.undone_at.is_(None)]
    if not _organises(activity, actor):
        mine.append(Tally.by == actor.id)
    if not changed(db.session.execute(update(Tally).where(*mine).values(undone_at=now, undone_by=actor.id))):
        raise NothingToUndo
    announce(TallyUndone(activity_id, tally_id, actor.id, now))


def _once(row: dict[str, Any]) -> bool:
    """Write a named count down; False when it stands there already, the same."""
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Tally), [row])
    except IntegrityError:
        query = select(Tally.activity_id, Tally.counter, Tally.amount).where(Tally.id == row["id"])
        if tuple(db.session.execute(query).one()) != (row["activity_id"], row["counter"], row["amount"]):
            raise AnotherUse from None
        return False
    return True


def _organises(activity: Activity, actor: Actor) -> bool:
    return actor.can(Role.ORGANISER, organisations.lineage(activity.organisation_id))
