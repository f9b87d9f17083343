"""Parties, their people, the pools they take places from, and the claims that keep one person one person."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, check, one_of


class Standing(Labelled):
    """Where a party stands."""

    PLACED = "placed", N_("报名成功")
    WAITING = "waiting", N_("候补中")
    OFFERED = "offered", N_("待确认递补")
    TO_REVIEW = "to_review", N_("待核实")
    WITHDRAWN = "withdrawn", N_("已取消")
    REJECTED = "rejected", N_("未通过")


class Channel(Labelled):
    """How a party came to us."""

    LINK = "link", N_("链接报名")
    STAFF = "staff", N_("工作人员代录")
    WALK_IN = "walk_in", N_("现场补登")
    API = "api", N_("接口")


class Pool(Model):
    """Places that can run out. Kept apart from the activity, so that only this small row is hot."""

    __tablename__ = "pools"
    __table_args__ = (
        UniqueConstraint("activity_id", "kind"),
        check("taken >= 0 AND waiting >= 0 AND cap >= 0", "not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    kind: Mapped[str] = mapped_column(String(40), default="main")
    label: Mapped[str] = mapped_column(String(100), default="")
    cap: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    """How many parties wait; while it is not 0 no newcomer gets past them."""
    seq: Mapped[int] = mapped_column(default=0)
    """The last number given on the waiting list."""


class Registration(Model):
    """One party. Its people are `participants`, its places `seats`; personal answers lie in the vault."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("activity_id", "nonce"),
        Index("ix_registrations_activity_id_standing_seq", "activity_id", "standing", "seq"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """The village the party belongs to, where it said so."""
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What stands on the receipt, with a check digit; opens nothing by itself."""
    standing: Mapped[Standing] = mapped_column(one_of(Standing, "standing"))
    channel: Mapped[Channel] = mapped_column(one_of(Channel, "channel"))
    nonce: Mapped[str] = mapped_column(String(64))
    """Of the form or the Idempotency-Key: the same one twice is the same party."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    """A keyed hash of what was sent with the nonce; another body with the same nonce is refused."""
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    secret_version: Mapped[int] = mapped_column(default=1)
    seq: Mapped[int | None]
    """Its number on the waiting list."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Answers that are not personal."""
    consents: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Purpose → version of the text agreed to, and when."""
    by_proxy: Mapped[bool] = mapped_column(default=False)
    placed_count: Mapped[int] = mapped_column(default=0)
    """How many places it holds (0 unless placed)."""
    review_reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID | None]

    participants: Mapped[list["Participant"]] = relationship(order_by="Participant.position")


class Participant(Model):
    """One person of a party: own role, own check-in, own papers."""

    __tablename__ = "participants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), index=True)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(24))
    search_blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed: name, pinyin, initials, last four digits; opened in memory to search within one activity."""
    attended: Mapped[bool] = mapped_column(default=False)
    """Kept by check-in: whether a check-in stands."""


class Seat(Model):
    """How many places of a pool a party holds."""

    __tablename__ = "seats"
    __table_args__ = (check("n > 0", "positive"),)

    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    pool_id: Mapped[UUID] = mapped_column(ForeignKey("pools.id"), primary_key=True)
    n: Mapped[int]


class Claim(Model):
    """A person's blind key within one activity: unique, so nobody stands there twice. Deleted on withdrawal."""

    __tablename__ = "claims"
    __table_args__ = (UniqueConstraint("activity_id", "kind", "value"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    registration_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    value: Mapped[bytes] = mapped_column(LargeBinary(32))


def table_of(model: type[Model]) -> Table:
    """Return a model's table, for statements that go through the engine without the ORM."""
    return cast(Table, model.__table__)


CLAIMS, PARTICIPANTS, POOLS, REGISTRATIONS, SEATS = map(table_of, (Claim, Participant, Pool, Registration, Seat))
