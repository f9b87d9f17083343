"""An activity, its parts, its budget, and the history of its moves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsvc.activities.workflow import State
from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, check, one_of
from eventsvc.organisations.models import Organisation

__all__ = ["Activity", "ActivityPart", "BudgetItem", "Move", "Part", "State"]


class Part(Labelled):
    """The part a unit has in an activity."""

    HOST = "host", N_("主办")
    IMPLEMENTER = "implementer", N_("承办")
    PARTNER = "partner", N_("协办")
    SUPPORTER = "supporter", N_("支持")


class Activity(Model):
    """One activity, owned by one unit that gets its numbers."""

    __tablename__ = "activities"
    __table_args__ = (
        Index("ix_activities_organisation_id_state", "organisation_id", "state"),
        Index("ix_activities_starts_at", "starts_at"),
        check("ends_at IS NULL OR ends_at >= starts_at", "times"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    kind_version: Mapped[int] = mapped_column(default=1)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(100))
    theme: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[State] = mapped_column(one_of(State, "state"), default=State.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every edit; a save over a newer version is refused."""
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    venue: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(50), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    """Of the office, shown to the public: whom to call."""
    plan: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Shared planning answers (purpose, schedule, division of work, safety …) and the kind's own, as dumped by its schema."""
    capacity: Mapped[int | None]
    """Places for sign-up, counted as the kind says (a couple: one). None: no sign-up, or no limit wanted."""
    expected_people: Mapped[int | None]
    slug: Mapped[str | None] = mapped_column(String(16), unique=True)
    sign_up: Mapped[bool] = mapped_column(default=False)
    """Whether there is a sign-up at all; open or closed is a matter of the times and the pause."""
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused: Mapped[bool] = mapped_column(default=False)
    waiting_list: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[UUID | None]
    """Who last sent it up: this person may not approve it by click."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_on: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    parts: Mapped[list["ActivityPart"]] = relationship(order_by="ActivityPart.position", cascade="all, delete-orphan")
    budget: Mapped[list["BudgetItem"]] = relationship(order_by="BudgetItem.position", cascade="all, delete-orphan")
    moves: Mapped[list["Move"]] = relationship(order_by="Move.at, Move.id")


class ActivityPart(Model):
    """A unit with a part in an activity; `organisation_id` when it is one of ours, else only its name."""

    __tablename__ = "activity_parts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    part: Mapped[Part] = mapped_column(one_of(Part, "part"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(default=0)


class BudgetItem(Model):
    """One line of the budget: planned, and later what was really spent. Money in fen."""

    __tablename__ = "budget_items"
    __table_args__ = (check("planned_fen >= 0 AND (actual_fen IS NULL OR actual_fen >= 0)", "amounts"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    item: Mapped[str] = mapped_column(String(100))
    source: Mapped[str] = mapped_column(String(50), default="")
    planned_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    actual_fen: Mapped[int | None] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(200), default="")


class Move(Model):
    """One step that was taken: never changed, never deleted."""

    __tablename__ = "activity_moves"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    action: Mapped[str] = mapped_column(String(32))
    source: Mapped[State] = mapped_column(one_of(State, "source"))
    target: Mapped[State] = mapped_column(one_of(State, "target"))
    actor_id: Mapped[UUID]
    actor_name: Mapped[str] = mapped_column(String(50))
    note: Mapped[str] = mapped_column(String(1000), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """A postponement's old and new times; a paper approval's approver, date and scan (file id)."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
