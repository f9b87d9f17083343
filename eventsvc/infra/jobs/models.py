"""The jobs table: the row is the promise, the queue only the messenger."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, one_of


class JobState(Labelled):
    """Where a job stands."""

    DUE = "due", N_("排队中")
    LEASED = "leased", N_("进行中")
    DONE = "done", N_("已完成")
    DEAD = "dead", N_("没有成功")
    STOPPED = "stopped", N_("已停止")


class Job(Model):
    """One promised piece of work. `lease_until` is by the database's clock; `lease_no` fences out a late finisher."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("uq_jobs_once", "once", unique=True, sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'")),
        Index("ix_jobs_state_due_at", "state", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(40))
    ref: Mapped[UUID] = mapped_column(index=True)
    once: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[JobState] = mapped_column(one_of(JobState, "state"), default=JobState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_no: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the queue was last told of it."""
    stage: Mapped[str] = mapped_column(String(100), default="")
    item: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
