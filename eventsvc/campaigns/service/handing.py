"""How a campaign comes to all units it asks: a row for each, in batches, however often it is begun anew.

The first batch is written with the campaign itself: what a township asks of its villages is there at once. What is
left is a job. A row is written only where there is none (`on conflict do nothing`), so that a job that is killed
goes on where it stopped, and a unit has each chain of campaigns once, however often it is handed on.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from eventsvc.campaigns import queries
from eventsvc.campaigns.events import DutiesPassed
from eventsvc.campaigns.models import Campaign, Duty, DutyState, Reach
from eventsvc.campaigns.workflow import FURTHER
from eventsvc.core.words import N_
from eventsvc.infra.db import changed, db, transactional
from eventsvc.infra.events import announce
from eventsvc.infra.jobs import service as jobs
from eventsvc.infra.jobs.service import Claim
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.events import TreeImported, UnitOpened, UnitsMerged
from eventsvc.organisations.models import Level, Organisation

HAND_DOWN = "hand_down"
"""The name of the job."""
BATCH = 250
"""Units a transaction: a small office's campaign needs no job, and a job that is killed loses little."""
STAGE = N_("正在送达下级单位")


def begin(campaign: Campaign, now: datetime) -> None:
    """Bring a campaign to the first units, inside the command that issues it; promise a job for what is left."""
    _take_over(campaign, now)
    if _ask_some(campaign, now) == BATCH:
        promise(campaign.id, now)


def promise(campaign_id: UUID, now: datetime) -> None:
    """Promise to bring a campaign, and what hands it on, to every unit that has no row yet; once while it waits."""
    jobs.later(HAND_DOWN, campaign_id, now=now, once=f"{HAND_DOWN}:{campaign_id}")


def hand_down(claim: Claim, *, now: datetime) -> None:
    """Do the job: batch by batch, each a transaction of its own, with its progress. Safe to kill and to repeat."""
    for campaign_id in _chain(claim.ref):
        for done, total in bring(campaign_id, now=now):
            claim.tell(STAGE, done, total)
    jobs.close(claim, now=now)


def bring(campaign_id: UUID, *, now: datetime) -> Iterator[tuple[int, int]]:
    """Bring a campaign to all units that it asks and that have no row; give, after each batch, how many have one, of how many.

    Who is missing is asked once: that question takes longer than to write the rows.
    """
    total, left = _take_over_and_look(campaign_id, now=now)
    done = total - len(left)
    yield done, total
    for at in range(0, len(left), BATCH):
        if not _ask_batch(campaign_id, left[at : at + BATCH], now=now):
            return
        done += len(left[at : at + BATCH])
        yield done, total


@transactional
def _take_over_and_look(campaign_id: UUID, *, now: datetime) -> tuple[int, list[UUID]]:
    """Take over what the level above asked, and return how many units are asked and who of them has no row."""
    campaign = _still_open(campaign_id)
    if campaign is None:
        return 0, []
    _take_over(campaign, now)
    total = db.session.scalar(select(func.count()).select_from(Organisation).where(*queries.asked(campaign)))
    return int(total or 0), list(db.session.scalars(select(Organisation.id).where(*_unasked(campaign)).order_by(Organisation.code)))


@transactional
def _ask_batch(campaign_id: UUID, ids: list[UUID], *, now: datetime) -> bool:
    """Write a batch of rows, for who was not merged meanwhile; False when the campaign was closed."""
    campaign = _still_open(campaign_id)
    if campaign is not None:
        there = select(Organisation.id).where(Organisation.id.in_(ids), Organisation.valid_to.is_(None))
        _ask(campaign, list(db.session.scalars(there)), now)
    return campaign is not None


@transactional
def top_up(now: datetime) -> int:
    """Promise the job for every open campaign that some unit has not got: units moved, imported or opened behind our back."""
    lacking = [one.id for one in _open_roots() if db.session.scalar(select(Organisation.id).where(*_unasked(one)).limit(1))]
    for campaign_id in lacking:
        promise(campaign_id, now)
    return len(lacking)


def hear_opened(event: UnitOpened) -> None:
    """Let a new unit join what is asked of its place: of each chain the nearest campaign."""
    unit = organisations.organisation(event.organisation_id)
    above = organisations.lineage(unit.id)[1:]
    query = select(Campaign).where(Campaign.organisation_id.in_(above), Campaign.closed_at.is_(None))
    fitting = [one for one in db.session.scalars(query) if _asks(one, unit)]
    nearest = {one.root_id: one for one in sorted(fitting, key=lambda one: above.index(one.organisation_id), reverse=True)}
    for campaign in nearest.values():
        _ask(campaign, [unit.id], event.at)


def hear_tree(event: TreeImported) -> None:
    """Let the units of a file join, by the job: there may be thousands."""
    if event.added or event.changed:
        for campaign in _open_roots():
            promise(campaign.id, event.at)


def hear_merged(event: UnitsMerged) -> None:
    """Pass what a merged unit was asked to its successor; with the successor's own it becomes one. What is closed stays."""
    open_ones = select(Campaign.id).where(Campaign.closed_at.is_(None))
    query = select(Duty).where(Duty.organisation_id == event.source_id, Duty.campaign_id.in_(open_ones))
    moved = joined = 0
    for duty in db.session.scalars(query.with_for_update()).all():
        there = queries.duty(duty.root_id, event.into_id, lock=True)
        if there is None:
            duty.organisation_id, duty.changed_at, moved = event.into_id, event.at, moved + 1
        else:
            _join(duty, there, event.at)
            joined += 1
    if moved or joined:
        db.session.flush()
        announce(DutiesPassed(event.into_id, event.source_id, moved, joined, event.actor_id, event.at))


def _join(duty: Duty, into: Duty, now: datetime) -> None:
    """Make two duties one: the further state stays, numbers add up."""
    into.state = max(duty.state, into.state, key=FURTHER.index)
    into.reason = into.reason if into.state is DutyState.DECLINED else ""
    for name in ("begun", "activities", "held", "reported"):
        setattr(into, name, getattr(into, name) + getattr(duty, name))
    into.handed_on = into.handed_on or duty.handed_on
    into.changed_at = now
    db.session.delete(duty)


def _chain(campaign_id: UUID) -> Iterable[UUID]:
    return [campaign_id, *(one.id for one in queries.below_in_chain([campaign_id]))]


def _open_roots() -> list[Campaign]:
    query = select(Campaign).where(Campaign.parent_id.is_(None), Campaign.closed_at.is_(None))
    return list(db.session.scalars(query.order_by(Campaign.created_at)))


def _asks(campaign: Campaign, unit: Organisation) -> bool:
    """Say whether a campaign from above asks a unit that was opened just now."""
    if unit.level is Level.GROUP and unit.parent_id != campaign.organisation_id:
        return False
    return campaign.reach is Reach.SUBTREE or (campaign.reach is Reach.LEVEL and campaign.reach_level == unit.level)


def _still_open(campaign_id: UUID) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.id == campaign_id, Campaign.closed_at.is_(None)))


def _unasked(campaign: Campaign) -> list[ColumnElement[bool]]:
    there = exists().where(Duty.root_id == campaign.root_id, Duty.organisation_id == Organisation.id)
    return [*queries.asked(campaign), ~there]


def _take_over(campaign: Campaign, now: datetime) -> None:
    """Point the rows of units that a level above asked already to this campaign, which is nearer to them."""
    if campaign.parent_id is None:
        return
    mine = select(Organisation.id).where(*queries.asked(campaign))
    from_above = (Duty.root_id == campaign.root_id, Duty.campaign_id.in_(queries.chain_above(campaign)), Duty.organisation_id.in_(mine))
    nearer = update(Duty).where(*from_above).values(campaign_id=campaign.id, seen_version=0, changed_at=now)
    db.session.execute(nearer, execution_options={"synchronize_session": False})


def _ask_some(campaign: Campaign, now: datetime) -> int:
    ids = list(db.session.scalars(select(Organisation.id).where(*_unasked(campaign)).order_by(Organisation.code).limit(BATCH)))
    return _ask(campaign, ids, now)


def _ask(campaign: Campaign, ids: list[UUID], now: datetime) -> int:
    """Write a row for each of these units that has none; return how many were there to write."""
    if not ids:
        return 0
    new = {"root_id": campaign.root_id, "campaign_id": campaign.id, "asked_at": now, "changed_at": now, "state": DutyState.ASKED,
           "handed_on": False, "begun": 0, "activities": 0, "held": 0, "reported": 0, "seen_version": 0, "reason": "", "reminders": 0}  # fmt: skip
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    adding = insert(Duty).on_conflict_do_nothing(index_elements=["root_id", "organisation_id"])
    db.session.execute(adding, [new | {"organisation_id": unit_id} for unit_id in ids])
    return len(ids)


def hand_back(ids: Iterable[UUID], above: Campaign, now: datetime) -> int:
    """Give units whose nearest campaign was closed back to the level above, where that asks them itself."""
    mine = select(Organisation.id).where(*queries.asked(above))
    there = update(Duty).where(Duty.campaign_id.in_(list(ids)), Duty.organisation_id.in_(mine))
    done = db.session.execute(there.values(campaign_id=above.id, changed_at=now), execution_options={"synchronize_session": False})
    return changed(done)
