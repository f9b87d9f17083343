"""Issue a campaign, hand it on, change it, end it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from eventsvc.campaigns import queries, rules
from eventsvc.campaigns.errors import AlreadyHandedOn, CampaignIsClosed, NobodyAsked, OutsideSubtree
from eventsvc.campaigns.events import CampaignChanged, CampaignClosed, CampaignOpened
from eventsvc.campaigns.models import Campaign, CampaignChange, CampaignTarget, CampaignUnit, DutyState, Reach
from eventsvc.campaigns.service import handing
from eventsvc.campaigns.workflow import CAMPAIGN, CampaignState
from eventsvc.core.actor import Actor, Role
from eventsvc.core.codes import new_id
from eventsvc.core.errors import Stale
from eventsvc.core.periods import day_of
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Organisation

PLAIN = ("title", "theme", "notice")
DAYS = ("starts_on", "ends_on", "plan_by", "due_on")
LONGEST_WORDS = 200


@transactional
def open_campaign(organisation_id: UUID, asked: Mapping[str, Any], *, actor: Actor, now: datetime, parent_id: UUID | None = None) -> UUID:
    """Ask something of units below; with `parent_id` it hands on what was asked from above, with earlier days or the same.

    Small offices' units have it when this ends; of a province's the first, the others by a job within seconds.
    """
    organisations.require(actor, Role.ORGANISER, organisation_id)
    parent = _to_hand_on(parent_id, organisation_id, actor) if parent_id is not None else None
    rules.check_dates(asked, day_of(now), above=parent)
    wanted = rules.check_targets(asked.get("targets") or ())
    campaign = _written(organisation_id, asked, parent, actor, now)
    _write_units(campaign, asked.get("units") or ())
    db.session.add_all(CampaignTarget(campaign_id=campaign.id, code=code, amount=amount) for code, amount in wanted.items())
    db.session.flush()
    _refuse_nobody(campaign)
    handing.begin(campaign, now)
    if parent is not None:
        _note_handed_on(parent, organisation_id, True, now)
    announce(CampaignOpened(campaign.id, organisation_id, actor.id, now))
    return campaign.id


@transactional
def change(campaign_id: UUID, asked: Mapping[str, Any], *, version: int, actor: Actor, now: datetime) -> int:
    """Change words, days or targets over the version that the writer saw; every unit is shown what changed until it looked.

    What hands it on follows: a day or target that was the same stays the same, a day that would now be too late comes in.
    """
    campaign = at_step(campaign_id, "edit", actor)
    if campaign.version != version:
        raise Stale
    above = db.session.get(Campaign, campaign.parent_id) if campaign.parent_id else None
    rules.check_dates(asked, day_of(now), above=above, before=campaign)
    targets = rules.check_targets(asked.get("targets") or ())
    before = _said(campaign)
    after = _columns(asked) | {"targets": targets}
    touched = [name for name in after if after[name] != before[name]]
    if touched:
        _apply(campaign, before, after, actor, now)
        _push(campaign, before, after, actor, now)
        announce(CampaignChanged(campaign.id, campaign.organisation_id, tuple(sorted(touched)), actor.id, now))
    return campaign.version


@transactional
def close(campaign_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a campaign and all that hands it on; numbers stay as they are from now on. Ended twice, it was ended once.

    One that only handed on gives its units back to the level above, if that asks them itself.
    """
    campaign = at_step(campaign_id, "close", actor)
    ids = [campaign.id, *(one.id for one in queries.below_in_chain([campaign.id]))]
    still = update(Campaign).where(Campaign.id.in_(ids), Campaign.closed_at.is_(None)).values(closed_at=now)
    if not changed(db.session.execute(still, execution_options={"synchronize_session": False})):
        return
    above = db.session.get(Campaign, campaign.parent_id) if campaign.parent_id else None
    if above is not None and above.closed_at is None:
        handing.hand_back(ids, above, now)
        _note_handed_on(above, campaign.organisation_id, False, now)
    db.session.flush()
    db.session.expire_all()
    announce(CampaignClosed(campaign_id, campaign.organisation_id, actor.id, now))


def at_step(campaign_id: UUID, action: str, actor: Actor, unit_id: UUID | None = None) -> Campaign:
    """Return the locked campaign when this step can be taken by this actor at its unit, or at one below it (`unit_id`)."""
    campaign, _ = queries.campaign(campaign_id, within=actor, lock=True)
    organisations.require(actor, Role.ORGANISER, unit_id or campaign.organisation_id)
    if campaign.state is CampaignState.CLOSED and campaign.state not in CAMPAIGN.step(CampaignState.OPEN, action).sources:
        raise CampaignIsClosed(title=campaign.title)
    CAMPAIGN.step(campaign.state, action)
    return campaign


def _to_hand_on(parent_id: UUID, organisation_id: UUID, actor: Actor) -> Campaign:
    parent = at_step(parent_id, "hand_on", actor, organisation_id)
    if parent.organisation_id not in organisations.lineage(organisation_id)[1:]:
        raise OutsideSubtree
    if queries.handed_on_by(parent_id, organisation_id) is not None:
        raise AlreadyHandedOn(title=parent.title)
    return parent


def _columns(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in columns of its own and may be changed later."""
    words = {name: asked.get(name) or "" for name in PLAIN}
    return words | {"doc_number": rules.doc_number(asked.get("doc_number") or "")} | {name: asked.get(name) for name in DAYS}


def _written(organisation_id: UUID, asked: Mapping[str, Any], parent: Campaign | None, actor: Actor, now: datetime) -> Campaign:
    kinds = list(asked.get("kinds") or ([asked["kind"]] if asked.get("kind") else []))
    campaign_id, reach = new_id(), Reach(asked.get("reach") or Reach.SUBTREE)
    campaign = Campaign(
        id=campaign_id, organisation_id=organisation_id, parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else campaign_id, kind=kinds[0] if len(kinds) == 1 else "",
        kinds=f",{','.join(kinds)}," if kinds else "", reach=reach, reach_level=(asked.get("reach_level") or "") if reach is Reach.LEVEL else "",
        created_by=actor.id, created_at=now, **_columns(asked),
    )  # fmt: skip
    if reach is Reach.LEVEL and not campaign.reach_level:
        raise NobodyAsked(fields={"reach_level": [NobodyAsked.words]})
    db.session.add(campaign)
    db.session.flush()
    return campaign


def _write_units(campaign: Campaign, chosen: Any) -> None:
    """Keep the units chosen by name, when that is how they are asked; refuse any that does not stand below."""
    if campaign.reach is not Reach.CHOSEN:
        return
    ids = {one if isinstance(one, UUID) else UUID(one) for one in chosen}
    if not ids:
        raise NobodyAsked(fields={"units": [NobodyAsked.words]})
    is_below = (organisations.below(campaign.organisation_id, Organisation.id), Organisation.id != campaign.organisation_id)
    there = set(db.session.scalars(select(Organisation.id).where(Organisation.id.in_(ids), *is_below, Organisation.valid_to.is_(None))))
    if there != ids:
        raise OutsideSubtree(fields={"units": [OutsideSubtree.words]})
    db.session.add_all(CampaignUnit(campaign_id=campaign.id, organisation_id=one) for one in sorted(ids))


def _refuse_nobody(campaign: Campaign) -> None:
    """Refuse a level that nobody has. A whole subtree may be empty: who is opened later joins."""
    if campaign.reach is Reach.LEVEL and db.session.scalar(select(Organisation.id).where(*queries.asked(campaign)).limit(1)) is None:
        raise NobodyAsked(fields={"reach_level": [NobodyAsked.words]})


def _note_handed_on(above: Campaign, organisation_id: UUID, handed_on: bool, now: datetime) -> None:
    """Write on the unit's own duty that it asked those below it (and so has read it), or asks them no longer."""
    duty = queries.duty(above.root_id or above.id, organisation_id, lock=True)
    if duty is not None:
        duty.handed_on, duty.changed_at, duty.read_at = handed_on, now, duty.read_at or now
        if handed_on and duty.state in (DutyState.ASKED, DutyState.DECLINED):
            duty.state, duty.reason = DutyState.READ, ""
        if handed_on:
            duty.seen_version = max(duty.seen_version, above.version)


# A change, and how it climbs down ---------------------------------------------------------------------------------


def _said(campaign: Campaign) -> dict[str, Any]:
    columns = {name: getattr(campaign, name) for name in (*PLAIN, "doc_number", *DAYS)}
    return columns | {"targets": queries.targets(campaign.id)}


def _apply(campaign: Campaign, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Write a new version, and in words what it changed."""
    campaign.version += 1
    for name, value in after.items():
        if name != "targets" and value != before[name]:
            setattr(campaign, name, value)
            _note(campaign, name, before[name], value, actor, now)
    _apply_targets(campaign, before["targets"], after["targets"], actor, now)
    db.session.flush()


def _apply_targets(campaign: Campaign, before: Mapping[str, int], after: Mapping[str, int], actor: Actor, now: datetime) -> None:
    touched = [code for code in sorted({*before, *after}) if before.get(code) != after.get(code)]
    if touched:
        db.session.execute(delete(CampaignTarget).where(CampaignTarget.campaign_id == campaign.id, CampaignTarget.code.in_(touched)))
    for code in touched:
        if code in after:
            db.session.add(CampaignTarget(campaign_id=campaign.id, code=code, amount=after[code]))
        _note(campaign, f"target.{code}", before.get(code), after.get(code), actor, now)


def _note(campaign: Campaign, name: str, before: Any, after: Any, actor: Actor, now: datetime) -> None:
    was, now_is = ("" if value is None else str(value)[:LONGEST_WORDS] for value in (before, after))
    db.session.add(CampaignChange(campaign_id=campaign.id, version=campaign.version, name=name, before=was, after=now_is, actor_id=actor.id, at=now))


def _push(above: Campaign, before: Mapping[str, Any], after: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Push changed days and targets down to what hands this on, level by level."""
    query = select(Campaign).where(Campaign.parent_id == above.id, Campaign.closed_at.is_(None)).with_for_update()
    for below in db.session.scalars(query).all():
        was = _said(below)
        will_be = was | {name: rules.pushed(was[name], before[name], after[name]) for name in rules.DEADLINES}
        will_be["starts_on"] = min(was["starts_on"], will_be["ends_on"])
        will_be["plan_by"] = _not_after(will_be["plan_by"], will_be["due_on"], will_be["ends_on"])
        will_be["targets"] = _pushed_targets(was["targets"], before["targets"], after["targets"])
        if will_be != was:
            _apply(below, was, will_be, actor, now)
            _push(below, was, will_be, actor, now)


def _not_after(day: Any, *limits: Any) -> Any:
    return None if day is None else min(day, *(limit for limit in limits if limit is not None))


def _pushed_targets(below: Mapping[str, int], old: Mapping[str, int], new: Mapping[str, int]) -> dict[str, int]:
    """Let targets that were the same as above stay the same as above; a unit's own stay."""
    same = {code for code in {*old, *new} if below.get(code) == old.get(code)}
    kept = {code: amount for code, amount in below.items() if code not in same}
    return kept | {code: new[code] for code in same if code in new}
