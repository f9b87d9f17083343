"""A theme handed down from above: 专项行动."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime, check


class Campaign(Model):
    """What a unit asks of all units below it, for a time."""

    __tablename__ = "campaigns"
    __table_args__ = (check("ends_on >= starts_on", "dates"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
    """The campaign of the level above that this one hands on."""
    title: Mapped[str] = mapped_column(String(100))
    theme: Mapped[str] = mapped_column(String(200), default="")
    doc_number: Mapped[str] = mapped_column(String(50), default="")
    notice: Mapped[str] = mapped_column(String(5000), default="")
    kind: Mapped[str] = mapped_column(String(40), default="")
    """The kind of activity wanted; empty: any."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    due_on: Mapped[date | None]
    """By when reports are wanted."""
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
