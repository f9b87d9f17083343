"""The day of an activity: couples with a place, and staff at the door."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from eventsvc.activities.models import Activity
from eventsvc.core.actor import Actor
from eventsvc.infra.db import db
from eventsvc.registrations.models import Participant, Registration, Standing
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import Tree, a_tree
from tests.factories.registrations import signed_up


@dataclass(frozen=True)
class Day:
    """A golden wedding at 观洋村 on its day: the moment it begins, who stands at the door, who has a place."""

    tree: Tree
    activity: Activity
    staff: Actor
    now: datetime
    parties: list[UUID]

    def people(self, party: int = 0) -> list[UUID]:
        """Return the people of one party, the husband first."""
        query = select(Participant.id).where(Participant.registration_id == self.parties[party]).order_by(Participant.position)
        return list(db.session.scalars(query))

    def code(self, party: int = 0) -> str:
        """Return what stands on a party's receipt."""
        return db.session.execute(select(Registration.code).where(Registration.id == self.parties[party])).scalar_one()


def a_day(couples: int = 2, kind: str = "golden_wedding", places: int = 30, **told: object) -> Day:
    """Make an activity with parties that have a place; `told` changes what each party says."""
    tree = a_tree()
    staff = a_user("organiser", tree.village, "林小芳")
    activity = an_activity(kind, places=places, by=staff, **({"sign_up": True} if kind == "member_day" else {}))
    parties = [signed_up(activity, **told).id for _ in range(couples)]
    standing = set(db.session.scalars(select(Registration.standing).where(Registration.id.in_(parties))))
    assert standing <= {Standing.PLACED}, standing
    return Day(tree, activity, staff, activity.starts_at + timedelta(minutes=5), parties)
