"""The table itself: every state × every action × every role, as the table says and no other way."""

import itertools
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update

from eventsvc.activities import queries, service
from eventsvc.activities.models import Activity, State
from eventsvc.activities.workflow import BY_ITSELF, WORKFLOW, roles
from eventsvc.core.actor import IMPLIED, SYSTEM, Role
from eventsvc.core.errors import DomainError, NotAllowed, NotFound, WrongMoment
from eventsvc.infra.db import db, writing
from tests.activities.pictures import jpeg
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_sibling_village, a_tree

AFTER = datetime(2027, 5, 30, tzinfo=UTC)


def take(activity, action, actor):
    """Take a step in whichever way it is taken."""
    now = AFTER if action in ("hold", "archive") else NOW
    if action == "edit":
        plan = {"title": activity.title, "starts_at": activity.starts_at}
        service.save(activity.id, {**whole(activity), **plan}, version=activity.version, actor=actor, now=now)
    elif action == "postpone":
        service.postpone(activity.id, activity.starts_at + timedelta(days=1), actor=actor, now=now)
    elif action == "approve_on_paper":
        service.approve_on_paper(activity.id, "王书记", now.date(), jpeg(), actor=actor, now=now)
    else:
        service.move(activity.id, action, actor=actor, now=now, note="因故")


def whole(activity):
    """Return a stored plan as the schema loads it."""
    kind = service.KINDS[activity.kind]
    schema = service.plans.schemas.PlanSchema.asking(kind)
    return schema.load(service.plans.schemas.plan_of(kind, activity))


def test_from_every_state_only_what_the_table_says_and_only_by_whom_it_says(app):
    tree = a_tree()
    everyone = {role: a_user(role, tree.township, name="某人") for role in Role}
    wrong = []
    for state in State:
        activity = an_activity("golden_wedding", state, by=a_user("organiser", tree.village))
        fresh = as_it_lies(activity.id)
        for step, (role, actor) in itertools.product(WORKFLOW.steps, everyone.items()):
            expected = NotFound if role is Role.GROUP_LEADER else outcome(step, state, role)
            came = attempt(queries.activity(activity.id, within=SYSTEM), step.action, actor)
            now = as_it_lies(activity.id)["state"]
            if (came, now) != (expected, state if expected else step.target or state):
                wrong.append((state, step.action, role, came, now))
            put_back(activity.id, fresh)
    assert not wrong


def attempt(activity, action, actor):
    """Try a step; return the kind of refusal, or None when it was taken."""
    try:
        take(activity, action, actor)
    except DomainError as no:
        return type(no)
    return None


def as_it_lies(activity_id):
    """Return an activity's row as the database holds it."""
    db.session.rollback()
    return dict(db.session.execute(select(Activity.__table__).where(Activity.id == activity_id)).mappings().one())


def put_back(activity_id, row):
    """Make the row as it was before a step was tried."""
    with writing():
        db.session.execute(update(Activity).where(Activity.id == activity_id).values(row))
        db.session.commit()


def outcome(step, state, role):
    """Say what the table promises: which refusal, or None when the step is taken."""
    if state not in step.sources:
        return WrongMoment
    if step.by == "system" or not set(roles(step)) & set(IMPLIED[role]):
        return NotAllowed
    return None


def test_a_neighbour_meets_no_step_at_all(app):
    neighbour = a_user("admin", a_sibling_village(a_tree()))
    for state in (State.DRAFT, State.SUBMITTED, State.PUBLISHED):
        activity = an_activity("golden_wedding", state)
        assert {attempt(activity, step.action, neighbour) for step in WORKFLOW.steps} == {NotFound}


def test_every_state_but_the_last_ones_has_a_way_on():
    for state in State:
        onward = [s for s in WORKFLOW.steps if state in s.sources and s.target not in (None, state)]
        assert bool(onward) == (state not in (State.ARCHIVED, State.CANCELLED))


def test_steps_that_need_a_form_are_no_bare_clicks():
    assert {s.action for s in WORKFLOW.steps} - BY_ITSELF == {"edit", "postpone", "approve_on_paper"}


class TestRace:
    def race(self, app, activity_id, actors, actions):
        """Let everybody act at the same moment; return what came of it."""
        gate, done = Barrier(len(actors)), []

        def act(actor, action):
            with app.app_context():
                gate.wait(20)
                try:
                    service.move(activity_id, action, actor=actor, now=NOW, note="意见")
                    done.append("decided")
                except WrongMoment:
                    done.append("too late")
                except Exception as accident:  # noqa: BLE001 (whatever it is, it is a finding)
                    done.append(repr(accident))
                finally:
                    db.session.remove()

        threads = [Thread(target=act, args=pair) for pair in zip(actors, actions, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return done

    def test_fifty_decisions_at_once_make_one(self, app, scrub):
        bosses = [a_user("approver", a_tree().township, name="陈" + name) for name in "一二三四五六七八九十"]
        activity = an_activity("golden_wedding", "submitted")
        db.session.rollback()
        done = self.race(app, activity.id, [bosses[i % 10] for i in range(50)], ["approve", "send_back"] * 25)
        db.session.rollback()
        assert sorted(set(done)) == ["decided", "too late"], set(done)
        assert done.count("decided") == 1
        moves = queries.whole_activity(activity.id, within=SYSTEM).moves
        assert [m.action for m in moves][:1] == ["submit"]
        assert len(moves) == 2

    def test_without_guard_and_lock_many_would_decide(self, app, scrub, monkeypatch):
        """The negative control: with both switched off, the race is lost."""
        if db.engine.dialect.name == "sqlite":
            pytest.skip("SQLite lets one writer in at a time, guard or not")
        unlocked = queries.activity
        monkeypatch.setattr(queries, "activity", lambda activity_id, *, within, lock=False: unlocked(activity_id, within=within))
        monkeypatch.setattr(service, "_guarded", lambda activity, step, **values: activity.__setattr__("state", step.target))
        boss = a_user("approver", a_tree().township)
        activity = an_activity("golden_wedding", "submitted")
        db.session.rollback()
        assert self.race(app, activity.id, [boss] * 8, ["approve"] * 8).count("decided") > 1
