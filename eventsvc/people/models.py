"""The roll: households and persons that an association knows. Names and addresses lie in the vault."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
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


class Couple(Model):
    """A married couple on the roll. The vault holds the wedding date as said; here stand only the years it may fall in."""

    __tablename__ = "couples"
    __table_args__ = (Index("ix_couples_organisation_id_wed_from", "organisation_id", "wed_from"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The village (or group) it lives in."""
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("households.id"), index=True)
    husband_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    wife_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), unique=True)
    wed_from: Mapped[int]
    wed_to: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """One of them died, or they parted."""


class Honour(Model):
    """A couple was honoured: once for each milestone (50, 60, 70 years). Kept as blind keys only."""

    __tablename__ = "honours"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    activity_id: Mapped[UUID | None] = mapped_column(index=True)
    registration_id: Mapped[UUID | None] = mapped_column(unique=True)
    milestone: Mapped[int]
    honoured_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HonourKey(Model):
    """A blind key by which an honoured couple is known again: both ID numbers, or both names with birth dates."""

    __tablename__ = "honour_keys"

    honour_id: Mapped[UUID] = mapped_column(ForeignKey("honours.id"), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True, index=True)
