"""What was made of personal data goes with it: the text one is found by, the words about a doubt, the keys that tell who came twice."""

from datetime import datetime

from sqlalchemy import Delete, Update, delete, exists, func, select, update

from eventsvc.activities.models import Activity
from eventsvc.core.periods import day_of, day_span
from eventsvc.declare import Personal
from eventsvc.declare.personal import KEEP
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.vault import VaultRow
from eventsvc.registrations.models import CLAIMS as C
from eventsvc.registrations.models import PARTICIPANTS as T
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import table_of

V, A = table_of(VaultRow), table_of(Activity)
NAMED = exists().where(V.c.owner_id == T.c.id, V.c.personal == Personal.CONTACT)
"""The vault still holds the participant's name."""


@transactional
def forget_unkept(now: datetime) -> int:
    """Forget what names somebody whom the vault has let go, and claims on the day of the ID numbers they may be made of; return how many."""
    return sum(changed(db.session.execute(forgets)) for forgets in (_searches(), _doubts(), _claims(now)))


def _searches() -> Update:
    return update(T).where(T.c.search_blob.is_not(None), ~NAMED).values(search_blob=None)


def _doubts() -> Update:
    somebody = exists(select(T.c.id).where(T.c.registration_id == R.c.id, NAMED))
    return update(R).where(R.c.review_reason != "", ~somebody).values(review_reason="")


def _claims(now: datetime) -> Delete:
    last = day_span(day_of(now) - KEEP[Personal.IDENTITY])[0]
    over = select(A.c.id).where(func.coalesce(A.c.ends_at, A.c.starts_at) < last)
    return delete(C).where(C.c.activity_id.in_(over))
