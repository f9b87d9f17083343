"""Two sign-ups that are one: one stays, the other goes and can be brought back. Nothing is copied from one into the other."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, update

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of
from eventsvc.declare import Personal
from eventsvc.declare.personal import KEEP
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import changed, clash_means, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations import queries
from eventsvc.registrations.errors import AlreadySignedUp, NotToMerge, NotToUndo
from eventsvc.registrations.events import DoublesToldApart, Merged, MergeUndone
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Merge, Standing, ToldApart, table_of
from eventsvc.registrations.queries import Record
from eventsvc.registrations.service import places, rows, waiting
from eventsvc.registrations.service.change import party_of
from eventsvc.registrations.service.standing import GONE, withdraw

M, TA, V = table_of(Merge), table_of(ToldApart), table_of(VaultRow)
HELD = (Standing.PLACED, Standing.OFFERED)


@transactional
def merge(activity_id: UUID, kept_id: UUID, gone_id: UUID, *, actor: Actor, now: datetime) -> UUID:
    """Keep one of two sign-ups and withdraw the other: its place goes to who waits. Return the merge, to undo it by."""
    _must_decide(activity_id, actor)
    queries.pool_of(activity_id, lock=True)
    kept, gone = (_of(activity_id, one) for one in (kept_id, gone_id))
    if kept.id == gone.id or kept.standing in GONE or gone.standing in GONE:
        raise NotToMerge
    withdraw(gone.id, now=now, actor=actor)
    own = new_id()
    db.session.execute(insert(M), {"id": own, "activity_id": activity_id, "kept_id": kept.id, "gone_id": gone.id, "was": gone.standing,
                                   "at": now, "by": actor.id, "undone_at": None, "undone_by": None})  # fmt: skip
    announce(Merged(gone.id, activity_id, kept.id, now, actor.id))
    return own


@transactional
def undo(activity_id: UUID, merge_id: UUID, *, actor: Actor, now: datetime) -> Standing:
    """Bring back the one that went: to its place if there still is one, else to the waiting list with the number it had.

    Who had a place and finds none waits before all others: it came before them.
    """
    _must_decide(activity_id, actor)
    queries.pool_of(activity_id, lock=True)
    query = select(M.c.gone_id, M.c.was).where(M.c.id == merge_id, M.c.activity_id == activity_id)
    if (row := db.session.execute(query).first()) is None:
        raise NotFound
    record = _of(activity_id, row.gone_id)
    if record.opening.state not in waiting.LIVE or now >= record.opening.starts_at or not _is_held(record) or record.standing != Standing.WITHDRAWN:
        raise NotToUndo
    once = update(M).where(M.c.id == merge_id, M.c.undone_at.is_(None)).values(undone_at=now, undone_by=actor.id)
    if changed(db.session.execute(once)) != 1:
        raise NotToUndo
    _claim_again(record)
    _keep_again(record)
    standing = _stand_again(record, row.was, now)
    announce(MergeUndone(record.id, activity_id, standing, now, actor.id))
    return standing


@transactional
def tell_apart(activity_id: UUID, one_id: UUID, other_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Remember that two sign-ups which look alike are two; nobody is asked again. Said twice, it is said once."""
    _must_decide(activity_id, actor)
    queries.pool_of(activity_id, lock=True)
    left, right = sorted((_of(activity_id, one_id).id, _of(activity_id, other_id).id))
    if left == right:
        raise NotToMerge
    if db.session.execute(select(TA.c.left_id).where(TA.c.left_id == left, TA.c.right_id == right)).first():
        return
    db.session.execute(insert(TA), {"left_id": left, "right_id": right, "activity_id": activity_id, "at": now, "by": actor.id})
    announce(DoublesToldApart(left, activity_id, right, now, actor.id))


def _must_decide(activity_id: UUID, actor: Actor) -> None:
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)


def _of(activity_id: UUID, registration_id: UUID) -> Record:
    record = queries.by_id(registration_id)
    if record.opening.id != activity_id:
        raise NotFound
    return record


def _is_held(record: Record) -> bool:
    """Say whether the vault still knows who they are: after thirty days, or an erasure, nobody can be brought back."""
    people = select(T.c.id).where(T.c.registration_id == record.id, T.c.gone_at.is_(None))
    held = select(func.count()).select_from(V).where(V.c.owner_id.in_(people), V.c.personal == Personal.CONTACT)
    return bool(db.session.scalar(held))


def _claim_again(record: Record) -> None:
    claims = rows.claims_of(record.opening.id, record.id, party_of(record), keys())
    with clash_means(AlreadySignedUp(title=record.opening.title)):
        if claims:
            db.session.execute(insert(C), claims)


def _keep_again(record: Record) -> None:
    """Keep what is held as long as of any party: going had shortened it."""
    owners = [record.id, *db.session.scalars(select(T.c.id).where(T.c.registration_id == record.id))]
    day = day_of(record.opening.ends_at or record.opening.starts_at)
    for personal, kept in KEEP.items():
        db.session.execute(update(V).where(V.c.owner_id.in_(owners), V.c.personal == personal).values(purge_on=day + kept))


def _stand_again(record: Record, was: Standing, now: datetime) -> Standing:
    db.session.execute(update(R).where(R.c.id == record.id).values(withdrawn_at=None, changed_at=now))
    if was not in HELD and was != Standing.WAITING:
        places.stand(record.id, was, record.seq)
        return was
    if was in HELD and places.seat(record.id):
        return Standing.PLACED
    places.queue(record.id, seq=record.seq or _first_number(record.opening.id))
    lucky = waiting.move_up(record.opening, now)
    return Standing.PLACED if record.id in lucky else Standing.WAITING


def _first_number(activity_id: UUID) -> int:
    least = db.session.scalar(select(func.min(R.c.seq)).where(R.c.activity_id == activity_id, R.c.standing == Standing.WAITING))
    return (1 if least is None else least) - 1 or -1
