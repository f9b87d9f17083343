"""Questions about campaigns: what was handed down to me, and what my units below were asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import aliased

from eventsvc.campaigns import rules
from eventsvc.campaigns.models import Campaign, CampaignChange, CampaignTarget, CampaignUnit, Duty, DutyState, Reach
from eventsvc.core.actor import SYSTEM, Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Level, Organisation

MOST, MOST_ASKED = 100, 60
FINISHED = (DutyState.REPORTED, DutyState.DECLINED)


def campaign(campaign_id: UUID, *, within: Actor, lock: bool = False) -> tuple[Campaign, str]:
    """Return one campaign that concerns the actor, with its unit's name; else NotFound."""
    query = _with_unit().where(Campaign.id == campaign_id, _concerns(within))
    if lock:
        query = query.with_for_update(of=Campaign).execution_options(populate_existing=True)
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def issued(*, within: Actor, closed: bool = False) -> list[tuple[Campaign, str]]:
    """Return what the actor's own units ask of those below, the newest first."""
    query = _with_unit().where(Campaign.organisation_id.in_(_places(within)), _ended(closed))
    return _pairs(query.order_by(Campaign.created_at.desc(), Campaign.id))


def from_below(*, within: Actor, closed: bool = False) -> list[tuple[Campaign, str]]:
    """Return what units below the actor's began by themselves, the newest first; what only hands on is not listed."""
    places = _places(within)
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.depth > 0, Closure.valid_to.is_(None))
    query = _with_unit().where(Campaign.organisation_id.in_(below), Campaign.parent_id.is_(None), _ended(closed))
    return _pairs(query.where(Campaign.organisation_id.not_in(places)).order_by(Campaign.created_at.desc(), Campaign.id))


def campaigns(*, within: Actor, closed: bool = False) -> list[tuple[Campaign, str]]:
    """Return all that concerns the actor's units, with the name of the unit that asks; what ends first comes first."""
    return _pairs(_with_unit().where(_concerns(within), _ended(closed)).order_by(Campaign.ends_on, Campaign.id))


def ended_above(*, within: Actor) -> list[tuple[Campaign, str]]:
    """Return the ended campaigns that asked something of the actor's units, the newest first."""
    chains = select(Duty.campaign_id).where(Duty.organisation_id.in_(_places(within)))
    return _pairs(_with_unit().where(Campaign.id.in_(chains), _ended(True)).order_by(Campaign.closed_at.desc(), Campaign.id))


def title(campaign_id: UUID | None) -> str:
    """Return the title of the campaign that an activity was put under; nothing for none."""
    if campaign_id is None:
        return ""
    return db.session.scalar(select(Campaign.title).where(Campaign.id == campaign_id)) or ""


def handed_on(campaign_id: UUID, *, within: Actor) -> list[tuple[Campaign, str]]:
    """Return the campaigns by which units below handed this one on, as far as the actor reaches."""
    query = _with_unit().where(Campaign.parent_id == campaign_id, _concerns(within))
    return _pairs(query.order_by(Organisation.code))


def handed_on_by(campaign_id: UUID, organisation_id: UUID) -> Campaign | None:
    """Return the campaign by which a unit handed this one on and still asks it."""
    query = select(Campaign).where(Campaign.parent_id == campaign_id, Campaign.organisation_id == organisation_id)
    return db.session.scalars(query.where(Campaign.closed_at.is_(None)).order_by(Campaign.created_at)).first()


def open_for(organisation_id: UUID, *, on: date, kind: str = "") -> list[tuple[Campaign, str]]:
    """Return the campaigns under which a unit's activity on this day can be put: of the unit itself or any above it."""
    query = _with_unit().where(Campaign.organisation_id.in_(organisations.lineage(organisation_id)), Campaign.closed_at.is_(None))
    query = query.where(Campaign.starts_on <= on, Campaign.ends_on >= on)
    if kind:
        any_kind = (Campaign.kind == "") & (Campaign.kinds == "")
        query = query.where(or_(any_kind, Campaign.kind == kind, Campaign.kinds.contains(f",{kind},", autoescape=True)))
    return _pairs(query.order_by(Campaign.ends_on, Campaign.id))


def targets(campaign_id: UUID) -> dict[str, int]:
    """Return what is wanted of each unit, by the figure's code."""
    query = select(CampaignTarget.code, CampaignTarget.amount).where(CampaignTarget.campaign_id == campaign_id)
    return {row.code: row.amount for row in db.session.execute(query.order_by(CampaignTarget.code))}


def changes(campaign_id: UUID) -> list[CampaignChange]:
    """Return what was changed since it was issued, the newest first."""
    query = select(CampaignChange).where(CampaignChange.campaign_id == campaign_id)
    return list(db.session.scalars(query.order_by(CampaignChange.version.desc(), CampaignChange.name).limit(MOST)))


def last_number(organisation_id: UUID) -> str:
    """Return the document number that a unit used last."""
    query = select(Campaign.doc_number).where(Campaign.organisation_id == organisation_id, Campaign.doc_number != "")
    return db.session.scalars(query.order_by(Campaign.created_at.desc())).first() or ""


def chain_above(campaign: Campaign) -> list[UUID]:
    """Return the ids of the campaigns that this one hands on, the nearest first."""
    found, above = [], campaign.parent_id
    while above is not None:
        found.append(above)
        above = db.session.scalar(select(Campaign.parent_id).where(Campaign.id == above))
    return found


def below_in_chain(ids: Iterable[UUID]) -> list[Campaign]:
    """Return the open campaigns that hand these on, and those that hand them on, level by level."""
    found: list[Campaign] = []
    level = list(ids)
    while level:
        query = select(Campaign).where(Campaign.parent_id.in_(level), Campaign.closed_at.is_(None)).order_by(Campaign.id)
        below = list(db.session.scalars(query))
        found += below
        level = [one.id for one in below]
    return found


def asked(campaign: Campaign) -> list[ColumnElement[bool]]:
    """Return the conditions that a row of `organisations` is a unit that this campaign asks, as the tree stands now.

    Member groups have no office: only their own village asks them.
    """
    below = select(Closure.descendant_id).where(
        Closure.ancestor_id == campaign.organisation_id, Closure.depth > 0, Closure.valid_to.is_(None)
    )
    an_office = or_(Organisation.level != Level.GROUP, Organisation.parent_id == campaign.organisation_id)
    wanted = [Organisation.id.in_(below), Organisation.valid_to.is_(None), an_office]
    if campaign.reach is Reach.LEVEL:
        wanted.append(Organisation.level == Level(campaign.reach_level))
    if campaign.reach is Reach.CHOSEN:
        wanted.append(Organisation.id.in_(select(CampaignUnit.organisation_id).where(CampaignUnit.campaign_id == campaign.id)))
    return wanted


def duty(root_id: UUID, organisation_id: UUID, *, lock: bool = False) -> Duty | None:
    """Return what one unit was asked by a chain of campaigns."""
    query = select(Duty).where(Duty.root_id == root_id, Duty.organisation_id == organisation_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def may_look_at(campaign: Campaign, *, within: Actor, unit_id: UUID | None) -> Organisation | None:
    """Return the unit whose numbers the actor is shown: the one asked for, else the issuer, else the actor's own below it.

    None: the actor serves where no office is (a member group). A unit that is not below the issuer, or out of the
    actor's reach, is NotFound.
    """
    above = select(Closure.descendant_id).where(Closure.ancestor_id == campaign.organisation_id, Closure.valid_to.is_(None))
    seen = [Organisation.id.in_(above), organisations.within(within, Organisation.id)]
    if unit_id is not None:
        found = db.session.scalar(select(Organisation).where(Organisation.id == unit_id, *seen))
        if found is None:
            raise NotFound
        return found
    first = or_(Organisation.id == campaign.organisation_id, Organisation.id.in_(within.places()))
    units = db.session.scalars(select(Organisation).where(first, *seen).order_by(Organisation.code))
    return min(units, key=lambda one: (one.id != campaign.organisation_id, one.code), default=None)


# What waits for a unit itself --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One thing that a unit of mine was asked to do, by the nearest level that asks it."""

    duty: Duty
    campaign: Campaign
    unit: str
    issuer: str
    late: bool
    changed: bool
    """It changed, or was handed on by a nearer level, since the unit last looked."""

    @property
    def deadline(self) -> date:
        """The next day that counts: plans, then reports, then the end."""
        waits = rules.waits_for_plan(self.duty.state, self.duty.handed_on)
        return (self.campaign.plan_by if waits else None) or self.campaign.due_on or self.campaign.ends_on


def asked_of(actor: Actor, today: date, *, finished: bool = False) -> list[Asked]:
    """Return what the units at which the actor serves were asked, by the next deadline; what is done or declined only if wanted."""
    places = {grant.organisation_id for grant in actor.grants}
    if not places:
        return []
    issuer = aliased(Organisation)
    query = select(Duty, Campaign, Organisation.name, issuer.name.label("issuer")).join(Campaign, Campaign.id == Duty.campaign_id)
    query = query.join(Organisation, Organisation.id == Duty.organisation_id).join(issuer, issuer.id == Campaign.organisation_id)
    query = query.where(Duty.organisation_id.in_(places), Campaign.closed_at.is_(None))
    if not finished:
        query = query.where(Duty.state.not_in(FINISHED))
    rows = db.session.execute(query.order_by(func.coalesce(Campaign.plan_by, Campaign.due_on, Campaign.ends_on), Campaign.id).limit(MOST_ASKED))
    return sorted((_asked(*row, today) for row in rows), key=lambda one: one.deadline)


def _asked(duty: Duty, campaign: Campaign, unit: str, issuer: str, today: date) -> Asked:
    changed = duty.seen_version < campaign.version and duty.state is not DutyState.ASKED
    return Asked(duty, campaign, unit, issuer, rules.is_late(duty.state, duty.handed_on, campaign, today), changed)


def own_duties(campaign: Campaign, actor: Actor) -> list[tuple[Duty, str]]:
    """Return what the units at which the actor serves were asked by this chain of campaigns."""
    wanted = {grant.organisation_id for grant in actor.grants}
    query = select(Duty, Organisation.name).join(Organisation, Organisation.id == Duty.organisation_id)
    query = query.where(Duty.root_id == campaign.root_id, Duty.organisation_id.in_(wanted)).order_by(Organisation.code)
    return [(duty, name) for duty, name in db.session.execute(query)]


def path_from(campaign: Campaign, path: list[Organisation]) -> list[Organisation]:
    """Return of a unit's path what lies between the issuer and the unit, to climb back up from a look at part of it."""
    ids = [one.id for one in path]
    return path[ids.index(campaign.organisation_id) : -1] if campaign.organisation_id in ids else []


def may_hand_on(campaign: Campaign, actor: Actor) -> list[Organisation]:
    """Return the units below the issuer at which the actor organises: those can hand it on."""
    query = select(Organisation).join(Closure, Closure.descendant_id == Organisation.id)
    query = query.where(Closure.ancestor_id == campaign.organisation_id, Closure.depth > 0, Closure.valid_to.is_(None))
    return list(db.session.scalars(query.where(Closure.descendant_id.in_(actor.places(Role.ORGANISER))).order_by(Organisation.code)))


def _pairs(query: Select[Campaign, str]) -> list[tuple[Campaign, str]]:
    return [(one, name) for one, name in db.session.execute(query.limit(2 * MOST))]


def _with_unit() -> Select[Campaign, str]:
    return select(Campaign, Organisation.name).join(Organisation, Organisation.id == Campaign.organisation_id)


def _ended(closed: bool) -> ColumnElement[bool]:
    return Campaign.closed_at.is_not(None) if closed else Campaign.closed_at.is_(None)


def _places(actor: Actor) -> set[UUID]:
    return {grant.organisation_id for grant in actor.grants}


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """A campaign concerns whoever serves at its unit, above it, or below it: it was handed down to them."""
    if actor.id == SYSTEM.id:
        return true()
    places = _places(actor)
    if not places:
        return false()
    above = select(Closure.ancestor_id).where(Closure.descendant_id.in_(places), Closure.valid_to.is_(None))
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.valid_to.is_(None))
    return or_(Campaign.organisation_id.in_(above), Campaign.organisation_id.in_(below))
