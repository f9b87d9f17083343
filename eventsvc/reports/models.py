"""The report of an activity: states of its own, figures with sources, photos."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsvc.activities.models import Activity
from eventsvc.core.codes import new_id
from eventsvc.infra.db import Model, UtcDateTime, one_of
from eventsvc.infra.storage import StoredFile
from eventsvc.reports.workflow import ReportState

__all__ = ["Figure", "Report", "ReportMove", "ReportPhoto", "ReportState"]


class Report(Model):
    """What happened at one activity."""

    __tablename__ = "reports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), unique=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    state: Mapped[ReportState] = mapped_column(one_of(ReportState, "state"), default=ReportState.DRAFTING)
    version: Mapped[int] = mapped_column(default=1)
    words: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Narrative by section: overview, done, effect, problems, next; and the kind's own report answers."""
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What was accepted, frozen; `snapshot_hash` is over its canonical JSON."""
    snapshot_hash: Mapped[str] = mapped_column(String(64), default="")

    activity: Mapped[Activity] = relationship(lazy="joined", innerjoin=True)
    figures: Mapped[list["Figure"]] = relationship(order_by="Figure.position")
    photos: Mapped[list["ReportPhoto"]] = relationship(order_by="ReportPhoto.position")
    moves: Mapped[list["ReportMove"]] = relationship(order_by="ReportMove.at, ReportMove.id")


class ReportMove(Model):
    """One step of a report: never changed, never deleted."""

    __tablename__ = "report_moves"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    action: Mapped[str] = mapped_column(String(32))
    source: Mapped[ReportState] = mapped_column(one_of(ReportState, "source"))
    target: Mapped[ReportState] = mapped_column(one_of(ReportState, "target"))
    actor_id: Mapped[UUID]
    actor_name: Mapped[str] = mapped_column(String(50))
    note: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Figure(Model):
    """One indicator of one report: what the system knows, what the organiser says instead, and why."""

    __tablename__ = "figures"
    __table_args__ = (UniqueConstraint("report_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"))
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=0)
    computed: Mapped[int | None] = mapped_column(BigInteger)
    """Whole numbers in smallest units (fen, persons). None: nothing in the system knows it."""
    given: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def value(self) -> int | None:
        """What counts: what was given, else what was computed."""
        return self.computed if self.given is None else self.given


class ReportPhoto(Model):
    """A photo of the day. Without consent it enters no page or paper."""

    __tablename__ = "report_photos"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), index=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"))
    caption: Mapped[str] = mapped_column(String(100), default="")
    consent: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)
