"""Questions about activities. Scope is asked here: what is out of reach is as good as missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import selectinload

from eventsvc.activities.models import Activity, Move, State
from eventsvc.campaigns import queries as campaigns
from eventsvc.campaigns.models import Campaign
from eventsvc.core.actor import Actor, Role
from eventsvc.core.errors import NotFound
from eventsvc.core.periods import day_of, month_span
from eventsvc.infra.db import db
from eventsvc.infra.storage import StoredFile
from eventsvc.organisations import queries as organisations

PAGE = 20


@dataclass(frozen=True)
class Listed:
    """One page of a list."""

    items: Sequence[Activity]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def activity(activity_id: UUID, *, within: Actor, lock: bool = False) -> Activity:
    """Return one activity, or raise NotFound when it is missing or out of this actor's reach."""
    query = select(Activity).where(Activity.id == activity_id, organisations.within(within, Activity.organisation_id))
    if lock:
        query = query.with_for_update(of=Activity).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def whole_activity(activity_id: UUID, *, within: Actor) -> Activity:
    """Return one activity with its parts, budget and moves."""
    query = select(Activity).where(Activity.id == activity_id, organisations.within(within, Activity.organisation_id))
    query = query.options(selectinload(Activity.parts), selectinload(Activity.budget), selectinload(Activity.moves))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def activities(*, within: Actor, state: str | None = None, kind: str | None = None, unit: UUID | None = None,
               month: str | None = None, page: int = 1) -> Listed:  # fmt: skip
    """Return a page of the activities in reach, those to come first, in one statement."""
    wanted = [organisations.within(within, Activity.organisation_id)]
    if state in set(State):
        wanted.append(Activity.state == State(state))
    if kind:
        wanted.append(Activity.kind == kind)
    if unit is not None:
        wanted.append(organisations.below(unit, Activity.organisation_id))
    if month:
        wanted.append(_in_month(month))
    query = select(Activity, func.count().over()).where(*wanted).order_by(Activity.starts_at.desc(), Activity.id)
    rows = db.session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    return Listed([row[0] for row in rows], rows[0][1] if rows else 0, page)


def by_slug(slug: str) -> Activity | None:
    """Return the activity with this public link, in whatever state it is."""
    return db.session.scalar(select(Activity).where(Activity.slug == slug))


def sign_up_open(now: datetime) -> ColumnElement[bool]:
    """Return the condition that one may sign up now: the same as `rules.sign_up_open`, for guarded statements."""
    return and_(
        Activity.state == State.PUBLISHED,
        Activity.sign_up,
        ~Activity.paused,
        or_(Activity.opens_at.is_(None), Activity.opens_at <= now),
        func.coalesce(Activity.closes_at, Activity.starts_at) > now,
    )


def lineage(activity: Activity) -> tuple[UUID, ...]:
    """Return the owner unit and all above it: where a role must be held to do something with this activity."""
    return organisations.lineage(activity.organisation_id)


def steps_for(actor: Actor, within_lineage: tuple[UUID, ...]) -> Any:
    """Return the predicate that `Workflow.from_here` asks: may this actor take a step that is `by` this role?"""
    return lambda by: any(actor.can(role, within_lineage) for role in by.split("|"))


def paper_of(activity_id: UUID, file_id: UUID, *, within: Actor) -> StoredFile:
    """Return the scan of an approval on paper; only one that a move of this activity names."""
    found = whole_activity(activity_id, within=within)
    if not any(move.facts.get("file") == str(file_id) for move in found.moves):
        raise NotFound
    file = db.session.get(StoredFile, file_id)
    if file is None:
        raise NotFound
    return file


def campaigns_for(activity: Activity) -> list[tuple[Campaign, str]]:
    """Return the campaigns that this activity can be put under, each with the unit that asks."""
    return campaigns.open_for(activity.organisation_id, on=day_of(activity.starts_at), kind=activity.kind)


def my_units(actor: Actor) -> list[Any]:
    """Return the units at which this actor plans activities, the highest first."""
    return organisations.units(actor.places(Role.ORGANISER))


def last_move(activity: Activity, *actions: str) -> Move | None:
    """Return the newest move that was one of these."""
    return next((move for move in reversed(activity.moves) if move.action in actions), None)


def _in_month(month: str) -> ColumnElement[bool]:
    try:
        start, end = month_span(month)
    except (ValueError, OverflowError):  # 0001-01 and 9999-12 reach beyond what a calendar knows
        return Activity.id.is_(None)
    return and_(Activity.starts_at >= start, Activity.starts_at < end)
