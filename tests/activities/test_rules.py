"""Sign-up open or closed, in Python and in SQL alike; what a plan lacks; what follows its day."""

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from eventsvc.activities import queries, rules
from eventsvc.activities.models import Activity, State
from eventsvc.activities.rules import SignUp
from eventsvc.infra.db import db, writing
from eventsvc.kinds import KINDS
from tests.factories.activities import NOW, an_activity

HOUR = timedelta(hours=1)


@dataclass
class Facts:
    state: Any = State.PUBLISHED
    sign_up: bool = True
    paused: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = NOW + HOUR
    starts_at: datetime = NOW + 2 * HOUR


@pytest.mark.parametrize(("facts", "said"), [
    (Facts(), SignUp.OPEN),
    (Facts(opens_at=NOW), SignUp.OPEN),
    (Facts(opens_at=NOW + HOUR / 2), SignUp.NOT_YET),
    (Facts(closes_at=NOW), SignUp.CLOSED),
    (Facts(closes_at=None), SignUp.OPEN),
    (Facts(closes_at=None, starts_at=NOW), SignUp.CLOSED),
    (Facts(paused=True), SignUp.PAUSED),
    (Facts(paused=True, closes_at=NOW), SignUp.CLOSED),
    (Facts(sign_up=False), SignUp.NONE),
    (Facts(state=State.APPROVED), SignUp.NONE),
    (Facts(state=State.CANCELLED), SignUp.CLOSED),
    (Facts(state=State.HELD), SignUp.CLOSED),
])  # fmt: skip
def test_sign_up_is_open_by_its_times_and_a_pause(facts, said):
    assert rules.sign_up_state(facts, NOW) is said


def test_sql_says_the_same_as_python(app):
    activity = an_activity()
    times = (None, NOW - HOUR, NOW, NOW + HOUR)
    states, yes_no = (State.PUBLISHED, State.APPROVED, State.CANCELLED), (True, False)
    wrong = []
    with writing():
        for values in itertools.product(states, yes_no, yes_no, times, times, times[1:]):
            facts = Facts(*values)
            db.session.execute(update(Activity).where(Activity.id == activity.id).values(**vars(facts), ends_at=None))
            in_sql = db.session.scalar(select(queries.sign_up_open(NOW)).select_from(Activity).where(Activity.id == activity.id))
            if bool(in_sql) != rules.sign_up_open(facts, NOW):
                wrong.append(facts)
    assert not wrong


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_plan_that_starts_from_its_defaults_lacks_only_what_nobody_can_guess(kind):
    declared = KINDS[kind]
    plan = rules.first_plan(declared, "观洋村", "林小芳", rules.usual_day(declared, date(2027, 1, 10)))
    lacks = {name for name, _ in rules.unmet(declared, as_activity(plan))}
    assert lacks == {"venue", "contact_phone"} | (set() if kind == "home_visit" else {"safety"})


def test_a_crowd_needs_its_permit():
    plan = rules.first_plan(KINDS["member_day"], "福鼎市", "林", date(2027, 5, 29)) | {"expected_people": 1000}
    assert "permit" in dict(rules.unmet(KINDS["member_day"], as_activity(plan)))
    assert "permit" not in dict(rules.unmet(KINDS["member_day"], as_activity(plan | {"permit": "已报点头派出所"})))


def test_when_is_said_as_people_say_it():
    start = datetime(2027, 5, 29, 1, 0, tzinfo=UTC)
    assert rules.when_words(start, None) == "2027年5月29日9:00"
    assert rules.when_words(start, start + 2.5 * HOUR) == "2027年5月29日9:00–11:30"
    assert rules.when_words(start, start + timedelta(days=30)) == "2027年5月29日9:00–6月28日9:00"


@pytest.mark.parametrize(("kind", "today", "day"), [
    ("golden_wedding", date(2027, 1, 1), date(2027, 10, 8)),
    ("golden_wedding", date(2027, 9, 20), date(2028, 10, 26)),
    ("member_day", date(2027, 5, 10), date(2027, 5, 29)),
    ("member_day", date(2027, 5, 20), date(2028, 5, 29)),
    ("home_visit", date(2027, 5, 1), date(2027, 5, 31)),
])  # fmt: skip
def test_a_new_plan_stands_on_the_day_that_is_usual(kind, today, day):
    assert rules.usual_day(KINDS[kind], today) == day


def as_activity(plan):
    """Stand a plan as an activity's columns: what `unmet` looks at."""
    facts = {"venue": "", "contact_phone": "", "expected_people": None, **plan}
    own = {**plan["plan"], **{n: plan.get(n) for n in ("purpose", "schedule", "safety", "permit")}}
    return type("Plan", (), {**facts, "plan": own})
