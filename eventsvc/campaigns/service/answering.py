"""How units answer what they were asked, and how those who are missing are reminded."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from eventsvc.campaigns import progress, queries, rules
from eventsvc.campaigns.errors import CampaignIsClosed, NothingToRemind, ReasonNeeded
from eventsvc.campaigns.events import DutyMoved, UnitsReminded
from eventsvc.campaigns.models import Campaign, Duty, DutyState
from eventsvc.campaigns.service.opening import at_step
from eventsvc.campaigns.workflow import BY_HAND, DUTY, TOWARDS
from eventsvc.core.actor import Actor
from eventsvc.core.errors import DomainError, NotFound, WrongMoment
from eventsvc.core.periods import day_of
from eventsvc.core.text import clean_text
from eventsvc.core.words import Words
from eventsvc.core.workflow import Step
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations

LONGEST_REASON = 500


@transactional
def read(campaign_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Note that the units at which the actor serves have seen a campaign as it is now; return how many had not."""
    campaign, _ = queries.campaign(campaign_id, within=actor)
    places = {grant.organisation_id for grant in actor.grants}
    query = select(Duty).where(Duty.root_id == campaign.root_id, Duty.organisation_id.in_(places), _still_open(campaign))
    noted = 0
    for duty in db.session.scalars(query.with_for_update()).all():
        noted += _read(duty, campaign, actor, now)
    return noted


def _read(duty: Duty, campaign: Campaign, actor: Actor, now: datetime) -> bool:
    fresh = duty.seen_version < campaign.version and duty.campaign_id == campaign.id
    if duty.state is not DutyState.ASKED and not fresh:
        return False
    if duty.campaign_id == campaign.id:
        duty.seen_version = campaign.version
    if duty.state is DutyState.ASKED and _may(duty, "read", actor):
        duty.state, duty.read_at, duty.changed_at = DutyState.READ, now, now
        announce(DutyMoved(duty.campaign_id, duty.organisation_id, "read", actor.id, now))
    return True


def _may(duty: Duty, action: str, actor: Actor) -> bool:
    step = DUTY.step(duty.state, action)
    try:
        actor.must_be(step.by, organisations.lineage(duty.organisation_id))
        step.check(duty, actor)
    except DomainError:
        return False
    return True


@transactional
def answer(campaign_id: UUID, organisation_id: UUID, action: str, *, actor: Actor, now: datetime, note: str = "") -> DutyState:
    """Take one step of a unit's duty by hand: decline with a reason, or take part after all. Returns the new state."""
    campaign, _ = queries.campaign(campaign_id, within=actor)
    organisations.organisation(organisation_id, within=actor)
    duty = queries.duty(campaign.root_id or campaign.id, organisation_id, lock=True)
    if duty is None:
        raise NotFound
    if action not in BY_HAND:
        raise WrongMoment(state=Words(duty.state.label), action=Words(action))
    step = DUTY.step(duty.state, action)
    actor.must_be(step.by, organisations.lineage(organisation_id))
    step.check(duty, actor)
    nearest = db.session.get_one(Campaign, duty.campaign_id)
    if nearest.closed_at is not None:
        raise CampaignIsClosed(title=nearest.title)
    reason = clean_text(note, LONGEST_REASON, multiline=True) if step.needs == "note" else ""
    if step.needs == "note" and not reason:
        raise ReasonNeeded
    duty.state, duty.reason, duty.changed_at = _after(step, duty.state), reason, now
    duty.read_at, duty.seen_version = duty.read_at or now, max(duty.seen_version, nearest.version)
    announce(DutyMoved(nearest.id, organisation_id, action, actor.id, now))
    return duty.state


@transactional
def follow(organisation_id: UUID, deeds: Iterable[rules.Deed], *, now: datetime) -> int:
    """Let what a unit was asked follow its activities: state by the table, numbers counted anew. Safe to repeat.

    Called from above whenever an activity or its report moved; what is closed no longer moves. Returns how many changed.
    """
    known = list(deeds)
    open_ones = select(Campaign.id).where(Campaign.closed_at.is_(None))
    query = select(Duty).where(Duty.organisation_id == organisation_id, Duty.campaign_id.in_(open_ones)).order_by(Duty.root_id)
    moved = 0
    for duty in db.session.scalars(query.with_for_update()).all():
        reached, numbers = rules.answer(one for one in known if one.root_id == duty.root_id)
        moved += _follow(duty, reached, numbers, now)
    db.session.flush()
    return moved


def _follow(duty: Duty, reached: DutyState | None, numbers: dict[str, int], now: datetime) -> bool:
    state = duty.state
    if reached is not None and reached is not state:
        state = _after(DUTY.step(state, TOWARDS[reached]), state)
    elif reached is None and state in DUTY.step(DutyState.PLANNED, "drop").sources:
        state = _after(DUTY.step(state, "drop"), state)
    if state is duty.state and all(getattr(duty, name) == number for name, number in numbers.items()):
        return False
    for name, value in {"state": state, **numbers, "changed_at": now}.items():
        setattr(duty, name, value)
    duty.reason = duty.reason if state is DutyState.DECLINED else ""
    return True


def _after(step: Step, state: DutyState) -> DutyState:
    return DutyState(step.target) if step.target is not None else state


@transactional
def remind(campaign_id: UUID, *, actor: Actor, now: datetime, unit_id: UUID | None = None) -> int:
    """Put a reminder on the desks of those below a unit who are missing, at most one a day each; return how many."""
    campaign = at_step(campaign_id, "remind", actor, unit_id)
    asking = unit_id or campaign.organisation_id
    if campaign.organisation_id not in organisations.lineage(asking):
        raise NotFound
    today = day_of(now)
    not_yet = or_(Duty.reminded_on.is_(None), Duty.reminded_on < today)
    statement = update(Duty).where(*progress.missing(campaign, asking, today), not_yet)
    statement = statement.values(reminded_on=today, reminders=Duty.reminders + 1)
    done = changed(db.session.execute(statement, execution_options={"synchronize_session": False}))
    if not done:
        raise NothingToRemind
    announce(UnitsReminded(campaign.id, asking, done, actor.id, now))
    return done


def _still_open(campaign: Campaign) -> ColumnElement[bool]:
    return Duty.campaign_id.in_(select(Campaign.id).where(Campaign.root_id == campaign.root_id, Campaign.closed_at.is_(None)))
