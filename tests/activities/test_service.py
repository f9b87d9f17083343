"""Planning and moving activities."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from eventsvc.activities import queries, service
from eventsvc.activities.errors import BadPaper, BadTimes, NoSignUp, NoteNeeded, NotReady, OwnForm, OwnWork, TooEarly
from eventsvc.activities.models import Part, State
from eventsvc.activities.schemas import plan_of
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed, NotFound, Stale, WrongMoment
from eventsvc.kinds import KINDS
from tests.factories.accounts import also, a_user
from tests.factories.activities import NOW, a_plan, an_activity
from tests.factories.organisations import a_sibling_village, a_tree


@pytest.mark.usefixtures("app")
class TestPlanning:
    @pytest.mark.parametrize("kind", sorted(KINDS))
    @pytest.mark.parametrize("state", list(State))
    def test_every_kind_reaches_every_state(self, kind, state):
        assert an_activity(kind, state).state is state

    def test_a_draft_needs_a_title_and_a_day(self):
        tree = a_tree()
        me = a_user("organiser", tree.village)
        plan = {"title": "金婚", "starts_at": NOW + timedelta(days=40)}
        activity = queries.activity(service.draft("golden_wedding", tree.village.id, plan, actor=me, now=NOW), within=me)
        assert (activity.state, activity.version, activity.venue) == (State.DRAFT, 1, "")
        assert [(p.part, p.name) for p in activity.parts] == [(Part.HOST, "观洋村委会")]
        assert activity.plan["cutoff_date"] == "2027-06-10"
