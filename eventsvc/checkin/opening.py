"""When a door is open, and to whom: asked by every command of this room."""

from datetime import datetime, timedelta
from uuid import UUID

from eventsvc.activities.models import Activity, State
from eventsvc.checkin import queries
from eventsvc.checkin.errors import DoorShut, NotTheDay
from eventsvc.core.actor import Actor
from eventsvc.core.errors import DomainError
from eventsvc.core.periods import day_of
from eventsvc.core.words import Words
from eventsvc.infra.pages import day_words

EARLY, LATE = timedelta(days=1), timedelta(days=30)


def open_door(activity_id: UUID, actor: Actor, now: datetime) -> Activity:
    """Return an activity whose door this actor stands at, while it is open: from the day before until a month after."""
    activity = queries.door(activity_id, within=actor)
    if no := refusal(activity, now):
        raise no
    return activity


def refusal(activity: Activity, now: datetime) -> DomainError | None:
    """Return why nobody can be checked in now, or None: a state or a day on which nobody comes."""
    if activity.state not in (State.PUBLISHED, State.HELD):
        return DoorShut(state=Words(State(activity.state).label))
    first, last = day_of(activity.starts_at), day_of(activity.ends_at or activity.starts_at)
    return None if first - EARLY <= day_of(now) <= last + LATE else NotTheDay(day=day_words(first))
