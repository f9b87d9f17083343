"""A paper that somebody asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, one_of
from eventsvc.infra.storage import StoredFile


class PaperState(Labelled):
    """Where a paper stands."""

    PROMISED = "promised", N_("排队中")
    RENDERING = "rendering", N_("正在生成")
    READY = "ready", N_("已生成")
    FAILED = "failed", N_("没有生成")


class Document(Model):
    """One paper: which, for whom, how far, and where the file is. `subject_id` is the party of a certificate."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("uq_documents_underway", "activity_id", "code", "subject_id", unique=True,
              sqlite_where=text("state IN ('promised', 'rendering')"),
              postgresql_where=text("state IN ('promised', 'rendering')")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    code: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID] = mapped_column()
    """The registration, or the activity itself: never empty, so that the unique index holds on both databases."""
    label: Mapped[str] = mapped_column(String(100))
    state: Mapped[PaperState] = mapped_column(one_of(PaperState, "state"), default=PaperState.PROMISED)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("files.id"))
    pages: Mapped[int | None]
    trouble: Mapped[str] = mapped_column(String(500), default="")
    """Why it failed, in words for the person who asked."""
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile | None] = relationship(lazy="joined")
