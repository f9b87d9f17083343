"""What registrations do when an activity is planned, moved or cancelled: the pool follows the plan."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, union_all, update

from eventsvc.activities.events import ActivityChanged, ActivityMoved, ActivityPlanned
from eventsvc.activities.models import State
from eventsvc.core.codes import new_id
from eventsvc.core.periods import day_of
from eventsvc.declare.personal import KEEP
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import openings, queries
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import SEATS as S
from eventsvc.registrations.models import table_of
from eventsvc.registrations.service import waiting
from eventsvc.registrations.service.standing import GONE

V = table_of(VaultRow)
NO_LIMIT = 1_000_000
"""The cap where the organiser wants none."""


def hear_plan(event: ActivityPlanned) -> None:
    """Make the pool, or give it the plan's capacity: raised, those who wait move up; lowered below what is taken, nobody is put out."""
    opening = openings.opening_of(event.activity_id)
    if opening.kind.party is None or (not opening.sign_up and opening.pool_id is None):
        return
    cap = NO_LIMIT if opening.capacity is None else opening.capacity
    if opening.pool_id is None:
        db.session.execute(insert(P), {"id": new_id(), "activity_id": opening.id, "kind": openings.MAIN, "cap": cap})
    elif cap != opening.cap:
        db.session.execute(update(P).where(P.c.id == opening.pool_id).values(cap=cap))
        waiting.promote(opening.id, opening.updated_at)


def hear_move(event: ActivityMoved) -> None:
    """Free what was promised when an activity is cancelled: places, numbers and claims; who stood there stays readable."""
    if event.action != "cancel":
        return
    pool = queries.pool_of(event.activity_id, lock=True)
    if pool is None:
        return
    all_of_it = select(P.c.id).where(P.c.activity_id == event.activity_id)
    db.session.execute(delete(S).where(S.c.pool_id.in_(all_of_it)))
    db.session.execute(update(P).where(P.c.activity_id == event.activity_id).values(cap=0, taken=0, waiting=0))
    db.session.execute(delete(C).where(C.c.activity_id == event.activity_id))
    db.session.execute(update(R).where(R.c.activity_id == event.activity_id).values(placed_count=0))


def hear_change(event: ActivityChanged) -> None:
    """Keep personal data as long as the new day asks for."""
    opening = openings.opening_of(event.activity_id)
    if opening.state in (State.APPROVED, State.PUBLISHED):
        _keep_until(opening.id, opening.ends_at or opening.starts_at)


def _keep_until(activity_id: UUID, ends: datetime) -> None:
    """Of those who come. What is held of who went goes in a month whatever becomes of the activity."""
    stay = (R.c.activity_id == activity_id, R.c.standing.not_in(GONE))
    people = select(T.c.id).join(R, R.c.id == T.c.registration_id).where(*stay, T.c.gone_at.is_(None))
    owners = union_all(select(R.c.id).where(*stay), people)
    for personal, span in KEEP.items():
        mine = (V.c.owner_id.in_(owners), V.c.personal == personal)
        db.session.execute(update(V).where(*mine).values(purge_on=day_of(ends) + span))
