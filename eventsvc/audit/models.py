"""Audit rows: written in the command's transaction, sealed into a chain a moment later."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime


class AuditRow(Model):
    """Who did what to what. Holds ids, never personal data, so erasure does not break the chain."""

    __tablename__ = "audit_rows"
    __table_args__ = (Index("ix_audit_rows_subject_id", "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    """None: somebody from the public."""
    action: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    seal: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """HMAC over the seal before and this row; given by the sealer."""
