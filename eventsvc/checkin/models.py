"""Check-ins and tallies; both may carry an id made by the phone that took them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, check, one_of


class Method(Labelled):
    """How somebody was checked in."""

    LIST = "list", N_("名单签到")
    QR = "qr", N_("扫码签到")
    WALK_IN = "walk_in", N_("现场补登")
    PAPER = "paper", N_("按纸质签到表补录")


class CheckIn(Model):
    """One person came. Undone is dated, not deleted; at most one stands for each person."""

    __tablename__ = "check_ins"
    __table_args__ = (
        Index("uq_check_ins_standing", "participant_id", unique=True,
              sqlite_where=text("undone_at IS NULL"), postgresql_where=text("undone_at IS NULL")),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id"), index=True)
    method: Mapped[Method] = mapped_column(one_of(Method, "method"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None]


class Tally(Model):
    """So many more of something: leaflets, people consulted. Taken back is dated, not deleted."""

    __tablename__ = "tallies"
    __table_args__ = (check("amount > 0", "positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    counter: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None]
