"""Something somebody must be told. Without a provider it stands on the organiser's call list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, one_of


class MessageState(Labelled):
    """Whether somebody was told."""

    DUE = "due", N_("待通知")
    TOLD = "told", N_("已通知")
    NO_ANSWER = "no_answer", N_("没联系上")
    DROPPED = "dropped", N_("不必通知")


class Message(Model):
    """One notice to one party, once: (registration, topic, key) is unique. Whom to call is read from the vault when shown."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("registration_id", "topic", "key"),
        Index("ix_messages_activity_id_state", "activity_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registrations.id"))
    """None: it is told to somebody who was invited and has not signed up."""
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitations.id"), unique=True)
    topic: Mapped[str] = mapped_column(String(40))
    """placed, waiting, promoted, rescheduled, cancelled …: a folder of templates/messages."""
    key: Mapped[str] = mapped_column(String(64), default="")
    """Which occasion of the topic (a move's id), so that two changes are two messages and one change is one."""
    channel: Mapped[str] = mapped_column(String(16), default="call")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Never personal data."""
    state: Mapped[MessageState] = mapped_column(one_of(MessageState, "state"), default=MessageState.DUE)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_by: Mapped[UUID | None]
