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
    ENTERED = "entered", N_("已登记，等结果")
    WITHDRAWN = "withdrawn", N_("已取消")
    REJECTED = "rejected", N_("未通过")
    LAPSED = "lapsed", N_("递补逾期")


class Channel(Labelled):
    """How a party came to us."""

    LINK = "link", N_("链接报名")
    STAFF = "staff", N_("工作人员代录")
    WALK_IN = "walk_in", N_("现场补登")
    API = "api", N_("接口")


class Admission(Labelled):
    """How places are given."""

    FIRST_COME = "first_come", N_("先到先得")
    REVIEW = "review", N_("逐份审核")
    LOTTERY = "lottery", N_("抽签")
    RANK = "rank", N_("按婚龄从长到短")


class Promotion(Labelled):
    """How a freed place reaches who waits."""

    AT_ONCE = "at_once", N_("直接递补")
    OFFER = "offer", N_("先问一声，限时确认")


class HowConfirmed(Labelled):
    """How the people whom somebody else signed up said that they come."""

    PHONE = "phone", N_("电话确认")
    VISIT = "visit", N_("上门确认")
    LINK = "link", N_("点链接确认")
    ON_THE_DAY = "on_the_day", N_("当天到场")


class SignUpRules(Model):
    """How an activity gives its places. No row: first come first served, at once."""

    __tablename__ = "sign_up_rules"
    __table_args__ = (check("offer_hours > 0 AND most_passed >= 0", "sensible"),)

    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), primary_key=True)
    admission: Mapped[Admission] = mapped_column(one_of(Admission, "admission"), default=Admission.FIRST_COME)
    promotion: Mapped[Promotion] = mapped_column(one_of(Promotion, "promotion"), default=Promotion.AT_ONCE)
    offer_hours: Mapped[int] = mapped_column(default=24)
    """How long an offered place is kept for one party."""
    most_passed: Mapped[int] = mapped_column(default=3)
    """How many parties that fit may pass over one that does not."""
    names_public: Mapped[bool] = mapped_column(default=False)
    """Whether anybody may see who comes, the names masked."""
    seed: Mapped[str] = mapped_column(String(64), default="")
    """Of the lottery. Its hash is published before the first sign-up, itself with the draw."""
    drawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    drawn_by: Mapped[UUID | None]
    protocol: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the draw gave, as it is shown to the public: places of each pool, codes in order. Nobody's name."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Pool(Model):
    """Places that can run out. Kept apart from the activity, so that only this small row is hot.

    Every activity with sign-up has a main one. Others beside it are named by their `kind`: "slot:<key>" (a session), "unit:<hex id>"
    (what a village has), "category:<value>", "reserve" (kept for walk-ins), and, not gating, "makeup:<key>", "photo:<key>".
    """

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
    position: Mapped[int] = mapped_column(default=0)
    gates: Mapped[bool] = mapped_column(default=True)
    """Whether a party without a place here has no place at all; a slot for make-up gates nothing."""
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a slot begins."""


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
    """How many places it holds (0 unless placed or offered)."""
    wanted: Mapped[int] = mapped_column(default=1)
    """How many places of the main pool it takes."""
    wants: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What it takes of further pools: pool id (hex) → number."""
    passed: Mapped[int] = mapped_column(default=0)
    """How many parties that fit have passed it over on the waiting list."""
    offer_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rank: Mapped[int | None]
    """Its place in the draw or ranking, from 1."""
    form_version: Mapped[int] = mapped_column(default=0)
    """Which version of the organiser's own questions it answered; 0: there were none."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the people whom a proxy signed up said themselves that they will come."""
    confirmed_how: Mapped[str] = mapped_column(String(20), default="")
    """phone, visit, link, on_the_day."""
    confirmed_by: Mapped[UUID | None]
    overridden: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Codes of the rules that staff set aside for it; why stands in the audit."""
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
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When this one person was taken out of a party that stays."""


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


class QuestionSet(Model):
    """One version of what the organiser asks besides. The latest is asked; the others are kept for those who answered them."""

    __tablename__ = "question_sets"
    __table_args__ = (UniqueConstraint("activity_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    version: Mapped[int]
    questions: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID]


class QuestionTemplate(Model):
    """Questions kept under a name, to be asked again by this unit and those below it."""

    __tablename__ = "question_templates"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    name: Mapped[str] = mapped_column(String(60))
    questions: Mapped[list[Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID]


class Attachment(Model):
    """A file that answers a question. Until a party is written down it belongs to the form (`nonce`) and is soon let go."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_activity_id_nonce", "activity_id", "nonce"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registrations.id"), index=True)
    nonce: Mapped[str] = mapped_column(String(64), default="")
    question: Mapped[str] = mapped_column(String(80))
    """Its dotted name in the form."""
    file_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Merge(Model):
    """Two sign-ups that were one: which stayed, which went and where it stood, so that it can be taken back."""

    __tablename__ = "merges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    gone_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"))
    was: Mapped[Standing] = mapped_column(one_of(Standing, "was"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[UUID | None]


class ToldApart(Model):
    """Two sign-ups that look like one and are two: somebody said so, so that nobody is asked again."""

    __tablename__ = "told_apart"

    left_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    right_id: Mapped[UUID] = mapped_column(ForeignKey("registrations.id"), primary_key=True)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID]


class Invitation(Model):
    """A couple of the roll is invited to sign up; the link fills the form in with what the roll knows."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("activity_id", "couple_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[UUID] = mapped_column(ForeignKey("activities.id"))
    couple_id: Mapped[UUID] = mapped_column(ForeignKey("couples.id"))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    secret_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[UUID]
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    declined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registration_id: Mapped[UUID | None] = mapped_column(ForeignKey("registrations.id"))
    """What came of it."""


def table_of(model: type[Model]) -> Table:
    """Return a model's table, for statements that go through the engine without the ORM."""
    return cast(Table, model.__table__)


CLAIMS, PARTICIPANTS, POOLS, REGISTRATIONS, SEATS = map(table_of, (Claim, Participant, Pool, Registration, Seat))
