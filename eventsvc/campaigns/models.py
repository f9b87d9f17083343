"""A theme handed down from above (专项行动), and what each unit below makes of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventsvc.campaigns.workflow import CampaignState, DutyState
from eventsvc.core.codes import new_id
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.infra.db import Model, UtcDateTime, check, one_of

__all__ = ["Campaign", "CampaignChange", "CampaignState", "CampaignTarget", "CampaignUnit", "Duty", "DutyState", "Reach"]


class Reach(Labelled):
    """Who must take part."""

    SUBTREE = "subtree", N_("所有下级单位")
    LEVEL = "level", N_("某一级的单位")
    CHOSEN = "chosen", N_("选定的单位")


class Campaign(Model):
    """What a unit asks of units below it, for a time. One that hands on another is its child; `root_id` names the first."""

    __tablename__ = "campaigns"
    __table_args__ = (check("ends_on >= starts_on", "dates"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    """The campaign of the level above that this one hands on."""
    root_id: Mapped[UUID | None] = mapped_column(index=True)
    """Where the chain began: itself, if nobody above asked it."""
    title: Mapped[str] = mapped_column(String(100))
    theme: Mapped[str] = mapped_column(String(200), default="")
    doc_number: Mapped[str] = mapped_column(String(50), default="")
    notice: Mapped[str] = mapped_column(String(5000), default="")
    kind: Mapped[str] = mapped_column(String(40), default="")
    """The one kind of activity wanted; empty: any, or one of `kinds`."""
    kinds: Mapped[str] = mapped_column(String(400), default="")
    """The kinds wanted, each between commas (",lecture,clinic,"); empty: any."""
    reach: Mapped[Reach] = mapped_column(one_of(Reach, "reach"), default=Reach.SUBTREE)
    reach_level: Mapped[str] = mapped_column(String(20), default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    plan_by: Mapped[date | None]
    """By when plans are wanted."""
    due_on: Mapped[date | None]
    """By when reports are wanted."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows with every change; who has seen a smaller one is shown what changed."""
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def state(self) -> CampaignState:
        """Say whether it is still asked."""
        return CampaignState.CLOSED if self.closed_at else CampaignState.OPEN

    @property
    def kinds_wanted(self) -> list[str]:
        """Give the codes of the kinds wanted; none: any."""
        return [code for code in self.kinds.split(",") if code] or ([self.kind] if self.kind else [])


class CampaignTarget(Model):
    """So much of one figure is wanted of each unit asked."""

    __tablename__ = "campaign_targets"
    __table_args__ = (check("amount >= 0", "amount"),)

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class CampaignUnit(Model):
    """A unit that a campaign asks by name (`Reach.CHOSEN`)."""

    __tablename__ = "campaign_units"

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)


class CampaignChange(Model):
    """What a version changed, in words: never changed itself, never deleted."""

    __tablename__ = "campaign_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    """The question whose answer changed: `due_on`, `target.leaflets`."""
    before: Mapped[str] = mapped_column(String(200))
    after: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_day(self) -> bool:
        """Say whether it is a day that changed: `before` and `after` are then written as 2027-06-08."""
        return self.name in ("starts_on", "ends_on", "plan_by", "due_on")


class Duty(Model):
    """What one unit was asked by a chain of campaigns, once however often it was handed on, and how far it is.

    `campaign_id` is the nearest campaign of the chain that asks it. State and numbers follow the unit's activities
    until the nearest campaign is closed; then they stay.
    """

    __tablename__ = "campaign_duties"
    __table_args__ = (
        Index("ix_campaign_duties_campaign_id", "campaign_id"),
        Index("ix_campaign_duties_organisation_id", "organisation_id"),
        check("activities >= 0 AND held >= 0 AND reported >= 0 AND begun >= 0", "numbers"),
    )

    root_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[DutyState] = mapped_column(one_of(DutyState, "state"), default=DutyState.ASKED)
    handed_on: Mapped[bool] = mapped_column(default=False)
    """It asked its own lower units: nobody waits for a plan of its own."""
    begun: Mapped[int] = mapped_column(default=0)
    """Drafts of its own that have not gone up yet."""
    activities: Mapped[int] = mapped_column(default=0)
    """Activities that it owns, planned or further; one that it only helps with is counted at its owner."""
    held: Mapped[int] = mapped_column(default=0)
    reported: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_version: Mapped[int] = mapped_column(default=0)
    """The version of its campaign that it has seen; 0: none of this one."""
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why it does not take part."""
    reminded_on: Mapped[date | None]
    reminders: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
