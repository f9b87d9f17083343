"""Whom a round of visits goes to, and what each visit found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, one_of


class Outcome(Labelled):
    """How a visit ended."""

    SEEN = "seen", N_("已访到")
    NOBODY_HOME = "nobody_home", N_("家中无人")
    DECLINED = "declined", N_("婉拒")


class Way(Labelled):
    """How the visit was made."""

    HOME = "home", N_("上门")
    PHONE = "phone", N_("电话")
    VIDEO = "video", N_("视频")


class VisitTarget(Model):
    """One household that a round goes to, and the group leader who goes."""

    __tablename__ = "visit_targets"
    __table_args__ = (UniqueConstraint("activity_id", "household_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    leader_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    due_on: Mapped[date | None]
    unplanned: Mapped[bool] = mapped_column(default=False)
    """Was not on the list: added at the door."""
    last_outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "last_outcome"))
    visits: Mapped[int] = mapped_column(default=0)
    """How many visits found somebody."""


class VisitRecord(Model):
    """One visit. What was found about the family (problems, condition) lies in the vault, owned by this row."""

    __tablename__ = "visit_records"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    target_id: Mapped[UUID] = mapped_column(ForeignKey("visit_targets.id"), index=True)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("households.id"), index=True)
    visited_on: Mapped[date]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome, "outcome"))
    way: Mapped[Way] = mapped_column(one_of(Way, "way"))
    met: Mapped[str] = mapped_column(String(40), default="")
    """Which part of the family was met (a code of the kind's), not a name."""
    topics: Mapped[list[Any]] = mapped_column(JSON, default=list)
    materials: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    referral: Mapped[str] = mapped_column(String(40), default="")
    has_problem: Mapped[bool] = mapped_column(default=False)
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_on: Mapped[date | None]
    by: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
