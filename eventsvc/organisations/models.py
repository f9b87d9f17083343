"""The tree of organisations: a closure table whose rows have dates."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, check, one_of
from eventsvc.organisations.rules import ORDER, AssociationKind, Level

__all__ = ["ORDER", "AssociationKind", "Closure", "Level", "Organisation"]


class Organisation(Model):
    """One association or group. Matched by its own `code`; several may share a `division_code`."""

    __tablename__ = "organisations"
    __table_args__ = (check("valid_to IS NULL OR valid_to >= valid_from", "dates"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    division_code: Mapped[str] = mapped_column(String(12), index=True)
    name: Mapped[str] = mapped_column(String(100))
    level: Mapped[Level] = mapped_column(one_of(Level, "level"))
    kind: Mapped[AssociationKind] = mapped_column(one_of(AssociationKind, "kind"), default=AssociationKind.TERRITORIAL)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))


class Closure(Model):
    """`descendant` stood below `ancestor` (depth 0: itself) from `valid_from` until `valid_to` (open: still)."""

    __tablename__ = "organisation_closure"
    __table_args__ = (
        Index("ix_organisation_closure_descendant", "descendant_id", "ancestor_id"),
        Index("ix_organisation_closure_below", "ancestor_id", "valid_to", "depth", "descendant_id"),
    )

    ancestor_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    descendant_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    depth: Mapped[int]
