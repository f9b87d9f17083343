"""The vault: personal answers, apart from everything else, each with the day on which it is deleted.

One row is one class of data of one owner (a participant, a registration, a household, a user): a purge is a DELETE.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.declare.personal import Personal
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import Model, db, one_of


class VaultRow(Model):
    """One sealed JSON object of personal data."""

    __tablename__ = "vault"

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    personal: Mapped[Personal] = mapped_column(one_of(Personal, "personal"), primary_key=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    purge_on: Mapped[date] = mapped_column(index=True)


def row(owner_id: UUID, personal: Personal, value: Mapping[str, Any], purge_on: date) -> dict[str, Any]:
    """Seal one value; return the row to insert (many at once: `put`)."""
    blob = keys().seal_json(value, row=owner_id, what=f"vault:{personal.value}")
    return {"owner_id": owner_id, "personal": personal, "blob": blob, "purge_on": purge_on}


def put(rows: list[dict[str, Any]]) -> None:
    """Insert sealed rows in one statement."""
    if rows:
        db.session.execute(insert(VaultRow), rows)


def replace(rows: list[dict[str, Any]]) -> None:
    """Insert sealed rows, replacing what the same owners had of the same classes."""
    for new in rows:
        db.session.execute(delete(VaultRow).where(VaultRow.owner_id == new["owner_id"], VaultRow.personal == new["personal"]))
    put(rows)


def read(owner_ids: Iterable[UUID], *classes: Personal) -> dict[UUID, dict[str, Any]]:
    """Open what is held of these owners, the classes merged, in one statement. Whoever asks has checked the right to see it."""
    wanted = list(owner_ids)
    if not wanted:
        return {}
    query = select(VaultRow.owner_id, VaultRow.personal, VaultRow.blob).where(VaultRow.owner_id.in_(wanted))
    if classes:
        query = query.where(VaultRow.personal.in_(classes))
    found: dict[UUID, dict[str, Any]] = {}
    for owner_id, personal, blob in db.session.execute(query):
        found.setdefault(owner_id, {}).update(keys().open_json(blob, row=owner_id, what=f"vault:{personal.value}"))
    return found


def forget(owner_ids: Iterable[UUID], *classes: Personal) -> None:
    """Delete what is held of these owners."""
    query = delete(VaultRow).where(VaultRow.owner_id.in_(list(owner_ids)))
    db.session.execute(query.where(VaultRow.personal.in_(classes)) if classes else query)


def purge(today: date) -> int:
    """Delete whatever has passed its day; return how many rows went."""
    return int(db.session.execute(delete(VaultRow).where(VaultRow.purge_on < today)).rowcount)
