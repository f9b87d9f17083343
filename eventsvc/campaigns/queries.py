"""Questions about campaigns: what was handed down to me, and what my units below were asked."""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from eventsvc.campaigns.models import Campaign
from eventsvc.core.actor import SYSTEM, Actor
from eventsvc.core.errors import NotFound
from eventsvc.infra.db import db
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Closure, Organisation


def campaigns(*, within: Actor, closed: bool = False) -> list[tuple[Campaign, str]]:
    """Return what concerns the actor's units, with the name of the unit that asks; what is due first comes first."""
    query = _with_unit().where(_concerns(within))
    query = query.where(Campaign.closed_at.is_not(None) if closed else Campaign.closed_at.is_(None))
    return [(one, name) for one, name in db.session.execute(query.order_by(Campaign.ends_on, Campaign.id).limit(200))]


def campaign(campaign_id: UUID, *, within: Actor) -> tuple[Campaign, str]:
    """Return one campaign that concerns the actor, with its unit's name; else NotFound."""
    found = db.session.execute(_with_unit().where(Campaign.id == campaign_id, _concerns(within))).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


def title(campaign_id: UUID | None) -> str:
    """Return the title of the campaign that an activity was put under; nothing for none."""
    if campaign_id is None:
        return ""
    return db.session.scalar(select(Campaign.title).where(Campaign.id == campaign_id)) or ""


def handed_on(campaign_id: UUID, *, within: Actor) -> list[tuple[Campaign, str]]:
    """Return the campaigns by which units below handed this one on, as far as the actor reaches."""
    query = _with_unit().where(Campaign.parent_id == campaign_id, _concerns(within))
    return [(one, name) for one, name in db.session.execute(query.order_by(Organisation.code))]


def open_for(organisation_id: UUID, *, on: date, kind: str = "") -> list[tuple[Campaign, str]]:
    """Return the campaigns under which a unit's activity on this day can be put: of the unit itself or any above it."""
    query = _with_unit().where(Campaign.organisation_id.in_(organisations.lineage(organisation_id)), Campaign.closed_at.is_(None))
    query = query.where(Campaign.starts_on <= on, Campaign.ends_on >= on)
    if kind:
        query = query.where(Campaign.kind.in_(("", kind)))
    return [(one, name) for one, name in db.session.execute(query.order_by(Campaign.ends_on, Campaign.id))]


def _with_unit() -> Select[Campaign, str]:
    return select(Campaign, Organisation.name).join(Organisation, Organisation.id == Campaign.organisation_id)


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """A campaign concerns whoever serves at its unit, above it, or below it: it was handed down to them."""
    if actor.id == SYSTEM.id:
        return true()
    places = {grant.organisation_id for grant in actor.grants}
    if not places:
        return false()
    above = select(Closure.ancestor_id).where(Closure.descendant_id.in_(places), Closure.valid_to.is_(None))
    below = select(Closure.descendant_id).where(Closure.ancestor_id.in_(places), Closure.valid_to.is_(None))
    return or_(Campaign.organisation_id.in_(above), Campaign.organisation_id.in_(below))
