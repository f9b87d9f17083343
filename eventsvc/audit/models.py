"""Audit rows: written in the command's transaction, sealed into a chain a moment later."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, JSON, BigInteger, Connection, Index, LargeBinary, String, Table, event
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


PROTECTION = {
    "sqlite": (
        """CREATE TRIGGER audit_rows_sealed BEFORE UPDATE ON audit_rows WHEN OLD.seal IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'a sealed audit row is never changed'); END""",
    ),
    "postgresql": (
        """CREATE OR REPLACE FUNCTION audit_rows_sealed() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a sealed audit row is never changed'; END $$""",
        """CREATE TRIGGER audit_rows_sealed BEFORE UPDATE ON audit_rows
        FOR EACH ROW WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION audit_rows_sealed()""",
    ),
}


def protect(connection: Connection) -> None:
    """Make the database itself refuse changes of sealed rows; a row that is taken out is found by the chain."""
    for statement in PROTECTION[connection.dialect.name]:
        connection.execute(DDL(statement))


@event.listens_for(AuditRow.__table__, "after_create")
def _protect_new(_table: Table, connection: Connection, **_: Any) -> None:
    protect(connection)
