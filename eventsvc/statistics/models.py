"""Indicators as data, signed deltas, and the sums they are folded into. Only additive numbers are stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime


class IndicatorDefinition(Model):
    """What a figure means: a version is never changed, only followed by another."""

    __tablename__ = "indicator_definitions"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    label: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    measure: Mapped[str] = mapped_column(String(16))
    """sum, distinct or money."""
    scale: Mapped[int] = mapped_column(default=1)
    """How many smallest units make one of `unit`: 100 for yuan kept in fen."""


class Contribution(Model):
    """What one accepted activity adds: the drill-down's last step, and what a correction takes back."""

    __tablename__ = "contributions"
    __table_args__ = (Index("ix_contributions_organisation_id_month", "organisation_id", "month"),)

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("indicator_definitions.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    """The owner unit: the only one that gets the number; ancestors are resolved as of the day it was held."""
    held_on: Mapped[date]
    """The day by which ancestors are resolved; kept, for the activity's own day may be corrected later."""
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)


class FigureDelta(Model):
    """A signed change that waits to be folded into the sums of the owner unit and all above it."""

    __tablename__ = "figure_deltas"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("indicator_definitions.id"))
    held_on: Mapped[date]
    month: Mapped[str] = mapped_column(String(7))
    kind: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class FigureSum(Model):
    """The sum of one indicator at one unit and all below it, for one month and one kind of activity."""

    __tablename__ = "figure_sums"

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("indicator_definitions.id"), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger, default=0)
