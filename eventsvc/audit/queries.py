"""Questions about the audit's rows."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from eventsvc.audit.models import AuditRow
from eventsvc.infra.db import db


def head() -> AuditRow | None:
    """Return the last sealed row."""
    return db.session.scalar(select(AuditRow).where(AuditRow.seq.is_not(None)).order_by(AuditRow.seq.desc()).limit(1))


def chain() -> Iterator[AuditRow]:
    """Give the sealed rows in their order, a thousand at a time."""
    query = select(AuditRow).where(AuditRow.seq.is_not(None)).order_by(AuditRow.seq)
    yield from db.session.scalars(query.execution_options(yield_per=1000))


def unsealed(before: datetime) -> int:
    """Count the rows that should have been sealed by now."""
    query = select(func.count()).select_from(AuditRow).where(AuditRow.seq.is_(None), AuditRow.at < before)
    return db.session.scalar(query) or 0


def of(subject_id: UUID) -> list[AuditRow]:
    """Return what was done to one thing, the latest first."""
    query = select(AuditRow).where(AuditRow.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(AuditRow.at.desc(), AuditRow.id.desc())))
