"""Rounds of visits: a village, its leaders, households on the list."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.core.periods import day_of
from eventsvc.infra.db import db
from eventsvc.visits import rounds, service
from eventsvc.visits.models import Outcome, VisitTarget, Way
from eventsvc.visits.rules import Visit
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import Tree, a_tree
from tests.factories.people import a_household


@dataclass(frozen=True)
class Round:
    """A published round at 观洋村: its organiser, one leader, households given to her."""

    tree: Tree
    activity: Activity
    organiser: Actor
    leader: Actor
    households: list[UUID]
    targets: list[UUID]


def a_round(households: int = 2, state: str = "published", *, due_on: date | None = None, now: Any = NOW) -> Round:
    """Make a round with households of one leader on its list."""
    tree = a_tree()
    organiser, leader = a_user("organiser", tree.village, "林小芳"), a_user("group_leader", tree.group, "王秀兰")
    activity = an_activity("home_visit", state, by=organiser)
    made = [a_household(tree.village, leader, now=now) for _ in range(households)]
    if made:
        rounds.add_targets(activity.id, made, due_on=due_on, actor=organiser, now=now)
    return Round(tree, activity, organiser, leader, made, [target_of(activity, one) for one in made])


def target_of(activity: Activity, household_id: UUID) -> UUID:
    """Return a household's place in a round."""
    return db.session.execute(
        db.select(VisitTarget.id).where(VisitTarget.activity_id == activity.id, VisitTarget.household_id == household_id)
    ).scalar_one()


def a_visit(outcome: Outcome = Outcome.SEEN, *, on: date | None = None, **told: Any) -> Visit:
    """Return a visit as the form gives it."""
    met = {"met": "mother", "topics": ("feeding", "sleep")} if outcome is Outcome.SEEN else {}
    return Visit(outcome, Way.HOME, on or day_of(NOW), **(met | told))


def visited(target_id: UUID, actor: Actor, *, now: Any = NOW, id: UUID | None = None, **told: Any) -> UUID:
    """Write a visit down."""
    return service.record(target_id, a_visit(**told), actor=actor, now=now, id=id or uuid4())
