"""Load the sample and say what is in it. Every row is made by the command that a form would call."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from eventsvc.accounts import queries as accounts
from eventsvc.activities import queries as activities
from eventsvc.activities.models import Activity
from eventsvc.core.periods import day_of
from eventsvc.infra.db import db, transactional
from eventsvc.sample import admissions, campaigns, ceremonies, couples, gatherings, member_days, rounds, units
from eventsvc.sample.accounts import ACCOUNTS, FIRST, PASSWORD, open_accounts
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.units import Units
from eventsvc.statistics import service as statistics

Say = Callable[[str], None]
BEFORE = timedelta(days=900)
"""How long before the day of loading the sample's world begins: units, accounts, households were there before all activities."""


def load(*, now: datetime, whole: bool = False, say: Say = lambda words: None) -> int:
    """Load what of the sample is not there yet, and return how many activities that were.

    A load that was cut off is taken up where it stopped, on the day on which it began: each activity is one
    transaction, there whole or not at all.
    """
    begun = _begun() or now
    world = begun - BEFORE
    done = units.plant(whole=whole, today=day_of(now), now=world)
    say(f"{done.added} units added, {done.same} known")
    places = Units()
    actors = open_accounts(places, world)
    stage = Stage(day_of(begun), begun, places, actors)
    rounds.fill_rolls(stage, world)
    known = couples.fill_couples(stage, world)
    say(f"{len(actors)} accounts, {len(rounds.ROLLS)} rolls of households, {known} couples")
    added = _tell_all(stage, say)
    campaigns.tell(stage)
    statistics.fold(now)
    return added


def _begun() -> datetime | None:
    first = accounts.by_login(FIRST)
    return first.created_at + BEFORE if first else None


def _tell_all(stage: Stage, say: Say) -> int:
    there = _there()
    wanted = [story for story in stories(stage) if (stage.units[story.unit], story.title) not in there]
    for number, story in enumerate(wanted, start=1):
        _tell(story, stage)
        say(f"{number}/{len(wanted)} {story.title}")
    return len(wanted)


def stories(stage: Stage) -> list[Story]:
    """Give every activity of the sample, those of the past first."""
    told = [*ceremonies.stories(stage), *member_days.stories(stage), *gatherings.stories(stage), *admissions.stories(stage), *rounds.stories(stage)]
    return sorted(told, key=lambda story: (story.day, story.unit, story.title))


@transactional
def _tell(story: Story, stage: Stage) -> None:
    """Let one activity happen, whole or not at all."""
    story.tell(stage)


def _there() -> set[tuple[UUID, str]]:
    return {(row[0], row[1]) for row in db.session.execute(select(Activity.organisation_id, Activity.title))}


def lines(*, now: datetime) -> list[str]:
    """Say who can log in and where one can sign up; nothing when there is no sample."""
    if accounts.by_login(FIRST) is None:
        return []
    return ["", f"样例账号（密码都是 {PASSWORD}）：", *_accounts(), "", "公开报名页：", *_links(now)]


def _accounts() -> Iterator[str]:
    width = max(len(account.user_name) for account in ACCOUNTS)
    for account in ACCOUNTS:
        roles = "；".join(f"{place} {role.label}" for role, place in account.roles)
        yield f"  {account.user_name:<{width}}  {account.name}  {roles}"


def _links(now: datetime) -> Iterator[str]:
    query = select(Activity).where(activities.sign_up_open(now)).order_by(Activity.starts_at)
    for activity in db.session.scalars(query):
        yield f"  /s/{activity.slug}  {activity.title}"

