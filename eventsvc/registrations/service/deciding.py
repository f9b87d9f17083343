"""Many parties are decided about in one go: each on its own, so that one that cannot be done does not undo the others."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from eventsvc.activities import queries as activities
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import Conflict, NotFound
from eventsvc.infra.db import db, transactional
from eventsvc.registrations import queries, rules
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Standing
from eventsvc.registrations.service.standing import admit, reject


@transactional
def decide(activity_id: UUID, told: Mapping[UUID, str], words: str, *, actor: Actor, now: datetime) -> Counter[str]:
    """Let in ("admit") or turn down ("reject", with words that they will be told) in the order in which they came.

    Returns how many were let in, how many of those wait, how many were turned down, how many stand as before because
    no room was left or somebody else was faster.
    """
    queries.must_see_people(activities.activity(activity_id, within=actor), actor, Role.ORGANISER)
    queries.pool_of(activity_id, lock=True)
    if "reject" in told.values():
        rules.reason(words, 300)
    mine = select(R.c.id).where(R.c.activity_id == activity_id, R.c.id.in_(told)).order_by(R.c.seq, R.c.created_at)
    ids = list(db.session.scalars(mine))
    if len(ids) != len(told):
        raise NotFound
    done: Counter[str] = Counter()
    for one in ids:
        try:
            done.update(_one(one, told[one], words, actor, now))
        except Conflict:
            done["failed"] += 1
    return done


def _one(registration_id: UUID, decision: str, words: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    if decision == "reject":
        reject(registration_id, words, actor=actor, now=now)
        return ("reject",)
    standing = admit(registration_id, actor=actor, now=now)
    return ("admit", "waiting") if standing == Standing.WAITING else ("admit",)
