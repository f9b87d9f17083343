"""What has ended for good is not kept for ever: sessions a day after, tokens three months after."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from eventsvc.accounts.models import ApiToken, Session
from eventsvc.accounts.rules import LONG
from eventsvc.infra.db import changed, db, transactional

KEEP_SESSIONS = timedelta(days=1)
"""Who ends a session twice, or comes back to a page left open, meets the row still: it is told what it was told."""
KEEP_TOKENS = timedelta(days=90)
"""Its owner sees in the list that it has expired, and when it was used last."""
AT_ONCE = 5000
"""So many rows of a table at a turn: the write lock is held for moments, the rest waits for the next turn."""


@transactional
def forget_expired_sessions(*, now: datetime) -> int:
    """Delete sessions that ended more than a day ago, by time, unused or by hand; return how many."""
    before = now - KEEP_SESSIONS
    unused = Session.long & (Session.last_seen_at < before - LONG.idle)
    return _forget(Session, or_(Session.expires_at < before, Session.revoked_at < before, unused))


@transactional
def forget_expired_tokens(*, now: datetime) -> int:
    """Delete tokens that expired or were taken back more than three months ago; return how many."""
    before = now - KEEP_TOKENS
    return _forget(ApiToken, or_(ApiToken.expires_at < before, ApiToken.revoked_at < before))


def _forget(table: type[Session] | type[ApiToken], over: ColumnElement[bool]) -> int:
    some = select(table.id).where(over).limit(AT_ONCE)
    return changed(db.session.execute(delete(table).where(table.id.in_(some)).execution_options(synchronize_session=False)))
