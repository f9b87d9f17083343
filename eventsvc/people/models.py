"""The roll: households and persons that an association knows. Names and addresses lie in the vault."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime


class Household(Model):
    """户. The vault holds head, phone, address (contact) and the family's situation (health)."""

    __tablename__ = "households"
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    """The village (or group) it lives in."""
    number: Mapped[str] = mapped_column(String(30))
    """The household's number in its village, as written on the paper list."""
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    special: Mapped[bool] = mapped_column(default=False)
    """A special family (失独、伤残): only the assigned leader sees who it is."""
    search_blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Person(Model):
    """A person on the roll; the vault holds the rest."""

    __tablename__ = "persons"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    identity_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    spouse_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    search_blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
