"""The vault: personal answers, apart from everything else, each with the day on which it is deleted.

One row is one class of data of one owner (a participant, a registration, a household, a user): a purge is a DELETE.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.declare.personal import Personal
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import Model, changed, db, one_of

AT_ONCE = 10_000
"""Owners in one statement: databases take some 32,000 parameters."""


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
    """Insert sealed rows, replacing what the same owners had of the same classes; two who do so at once both succeed."""
    if rows:
        new = _insert_into(VaultRow)
        kept = {"blob": new.excluded.blob, "purge_on": new.excluded.purge_on}
        db.session.execute(new.on_conflict_do_update(index_elements=["owner_id", "personal"], set_=kept), rows)


def _insert_into(model: type[Model]) -> Any:
    # Both databases know ON CONFLICT, SQLAlchemy keeps it in each one's own dialect.
    return (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(model)


def read(owner_ids: Iterable[UUID], *classes: Personal) -> dict[UUID, dict[str, Any]]:
    """Open what is held of these owners, the classes merged, 10,000 owners a statement. Whoever asks has checked the right to see it."""
    query = select(VaultRow.owner_id, VaultRow.personal, VaultRow.blob)
    if classes:
        query = query.where(VaultRow.personal.in_(classes))
    found: dict[UUID, dict[str, Any]] = {}
    wanted = list(owner_ids)
    sealed = (db.session.execute(query.where(VaultRow.owner_id.in_(wanted[at : at + AT_ONCE]))) for at in range(0, len(wanted), AT_ONCE))
    for owner_id, personal, blob in chain.from_iterable(sealed):
        found.setdefault(owner_id, {}).update(keys().open_json(blob, row=owner_id, what=f"vault:{personal.value}"))
    return found


def forget(owner_ids: Iterable[UUID], *classes: Personal) -> None:
    """Delete what is held of these owners."""
    query = delete(VaultRow).where(VaultRow.owner_id.in_(list(owner_ids)))
    db.session.execute(query.where(VaultRow.personal.in_(classes)) if classes else query)


def purge(today: date) -> int:
    """Delete whatever has passed its day; return how many rows went."""
    return changed(db.session.execute(delete(VaultRow).where(VaultRow.purge_on < today)))
