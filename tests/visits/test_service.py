"""Visits: one record a tap, taken back whole, nobody else's household."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from eventsvc.activities.models import State
from eventsvc.core.errors import Invalid, NotFound
from eventsvc.core.periods import day_of
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.people.models import Household
from eventsvc.visits import queries, rounds, rules, service
from eventsvc.visits.errors import AnotherVisit, NothingChosen, ProblemSettled, RoundNotOn, TargetGone
from eventsvc.visits.models import Outcome, VisitRecord, VisitTarget
from eventsvc.visits.rules import Turn, nobody_home
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import another_county
from tests.factories.people import a_household
from tests.factories.visits import a_round, a_visit, target_of, visited

TODAY = day_of(NOW)
LATER = NOW + timedelta(hours=1)


def records() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(VisitRecord))


def target(id) -> VisitTarget:
    db.session.rollback()
    return db.session.get(VisitTarget, id, populate_existing=True)


class TestOneTapOneRecord:
    def test_a_double_tap_is_one_visit(self, app):
        a, id = a_round(1), uuid4()
        first = visited(a.targets[0], a.leader, id=id)
        again = visited(a.targets[0], a.leader, id=id, now=LATER)
        assert first == again == id and records() == 1 and target(a.targets[0]).visits == 1

    def test_ten_taps_at_once_are_one_visit(self, app):
        a, id, done = a_round(1), uuid4(), []

        def tap():
            with app.app_context():
                done.append(service.record(a.targets[0], nobody_home(TODAY), actor=a.leader, now=NOW, id=id))

        threads = [threading.Thread(target=tap) for _ in range(10)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert done == [id] * 10 and records() == 1

    def test_the_same_id_with_another_visit_is_refused(self, app):
        a, id = a_round(2), uuid4()
        visited(a.targets[0], a.leader, id=id, found={"problems": "发烧"}, has_problem=True)
        with pytest.raises(AnotherVisit):
            visited(a.targets[0], a.leader, id=id, found={"problems": "咳嗽"}, has_problem=True)
        with pytest.raises(AnotherVisit):
            visited(a.targets[1], a.leader, id=id, found={"problems": "发烧"}, has_problem=True)
        assert records() == 1

    def test_a_repeat_of_a_visit_that_was_taken_back_does_not_bring_it_back(self, app):
        a, id = a_round(1), uuid4()
        visited(a.targets[0], a.leader, id=id)
        service.undo(id, actor=a.leader, now=LATER)
        visited(a.targets[0], a.leader, id=id)
        assert target(a.targets[0]).visits == 0


class TestWhatAVisitDoes:
    def test_nobody_home_leaves_the_household_due(self, app):
        a = a_round(1, due_on=TODAY)
        service.record(a.targets[0], nobody_home(TODAY), actor=a.leader, now=NOW)
        line = queries.mine(a.leader, today=TODAY)[0]
        assert (line.turn, line.outcome, line.visits) == (Turn.TODAY, Outcome.NOBODY_HOME, 0)

    def test_taken_back_it_never_was_and_what_it_found_is_forgotten(self, app):
        a = a_round(1, due_on=TODAY - timedelta(days=1))
        made = visited(a.targets[0], a.leader, found={"problems": "发烧"}, has_problem=True)
        assert vault.read([made])
        service.undo(made, actor=a.leader, now=LATER)
        assert not vault.read([made])
        assert queries.mine(a.leader, today=TODAY)[0].turn is Turn.OVERDUE
        assert queries.round_figures(a.activity.id)["visits_made"] == 0

    def test_undo_goes_back_to_the_visit_before(self, app):
        a = a_round(1)
        visited(a.targets[0], a.leader, on=TODAY - timedelta(days=2))
        last = visited(a.targets[0], a.leader, outcome=Outcome.NOBODY_HOME)
        assert target(a.targets[0]).last_outcome is Outcome.NOBODY_HOME
        service.undo(last, actor=a.leader, now=LATER)
        assert (target(a.targets[0]).last_outcome, target(a.targets[0]).visits) == (Outcome.SEEN, 1)

    def test_a_problem_is_settled_once(self, app):
        a = a_round(1)
        made = visited(a.targets[0], a.leader, has_problem=True)
        service.solve(made, actor=a.leader, now=LATER)
        with pytest.raises(ProblemSettled):
            service.solve(made, actor=a.organiser, now=LATER)
        assert queries.round_figures(a.activity.id)["problems_solved"] == 1

    def test_a_visit_of_tomorrow_is_refused(self, app):
        a = a_round(1)
        with pytest.raises(Invalid) as no:
            visited(a.targets[0], a.leader, on=TODAY + timedelta(days=1))
        assert "visited_on" in no.value.fields and records() == 0

    @pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED, State.HELD}))
    def test_only_while_the_round_is_on(self, app, state):
        a = a_round(0, state)
        made = a_household(a.tree.village, a.leader)
        db.session.add(VisitTarget(activity_id=a.activity.id, household_id=made, leader_id=a.leader.id))
        db.session.commit()
        with pytest.raises(RoundNotOn, match="不能记录"):
            visited(target_of(a.activity, made), a.leader)


class TestWhoseHousehold:
    def test_another_leader_cannot_see_it_or_write_to_it(self, app):
        a = a_round(1)
        other = a_user("group_leader", a.tree.group, "陈玉英")
        for what in (lambda: queries.target(a.targets[0], within=other, today=TODAY), lambda: visited(a.targets[0], other)):
            with pytest.raises(NotFound):
                what()
        assert queries.mine(other, today=TODAY) == [] and records() == 0

    def test_another_leader_cannot_take_back_or_settle(self, app):
        a = a_round(1)
        made = visited(a.targets[0], a.leader, has_problem=True)
        other = a_user("group_leader", a.tree.group, "陈玉英")
        for what in (service.undo, service.solve):
            with pytest.raises(NotFound):
                what(made, actor=other, now=LATER)

    def test_the_organiser_may_enter_it_from_paper(self, app):
        a = a_round(1)
        visited(a.targets[0], a.organiser)
        assert records() == 1

    def test_a_neighbour_sees_no_round(self, app):
        a = a_round(1)
        stranger = a_user("organiser", another_county(a.tree))
        with pytest.raises(NotFound):
            queries.round_of(a.activity.id, within=stranger)
        with pytest.raises(NotFound):
            rounds.assign(a.activity.id, a.targets, None, actor=stranger, now=NOW)

    def test_given_to_another_leader_it_leaves_the_first_ones_phone(self, app):
        a = a_round(2)
        other = a_user("group_leader", a.tree.group, "陈玉英")
        rounds.assign(a.activity.id, a.targets[:1], other.id, actor=a.organiser, now=NOW)
        assert [x.id for x in queries.mine(other, today=TODAY)] == a.targets[:1]
        assert [x.id for x in queries.mine(a.leader, today=TODAY)] == a.targets[1:]


class TestTheList:
    def test_each_household_goes_to_its_own_leader_and_is_due_with_the_round(self, app):
        a = a_round(2)
        line = queries.lines(a.activity.id, within=a.organiser, today=TODAY)[0]
        assert line.leader_id == a.leader.id and line.due_on.isoformat() == a.activity.plan["due_on"]

    def test_twice_adds_nothing(self, app):
        a = a_round(2)
        assert rounds.add_targets(a.activity.id, a.households, actor=a.organiser, now=NOW) == 0
        with pytest.raises(NothingChosen):
            rounds.add_targets(a.activity.id, [], actor=a.organiser, now=NOW)

    def test_a_household_of_another_county_is_not_taken(self, app):
        a = a_round(0)
        far = a_household(another_county(a.tree))
        assert rounds.add_targets(a.activity.id, [far], actor=a.organiser, now=NOW) == 0

    def test_one_that_was_visited_stays(self, app):
        a = a_round(2)
        visited(a.targets[0], a.leader)
        with pytest.raises(TargetGone):
            rounds.remove_targets(a.activity.id, a.targets, actor=a.organiser, now=NOW)
        rounds.remove_targets(a.activity.id, a.targets[1:], actor=a.organiser, now=NOW)
        assert len(queries.lines(a.activity.id, within=a.organiser, today=TODAY)) == 1

    def test_the_whole_roll_at_once(self, app):
        a = a_round(0)
        [a_household(a.tree.village, a.leader) for _ in range(3)]
        a_household(a.tree.group, a.leader)
        assert rounds.take_whole_roll(a.activity.id, actor=a.organiser, now=NOW) == 4
        assert rounds.take_whole_roll(a.activity.id, actor=a.organiser, now=NOW) == 0


class TestNotOnTheList:
    def family(self, **more):
        return {"head": "赖新来", "phone": "13955557777", "address": "新楼2号", "situation": "", "special": False} | more

    def test_household_place_and_visit_in_one_command(self, app):
        a = a_round(1)
        id = uuid4()
        for _ in range(2):
            service.record_unplanned(a.activity.id, a.tree.group.id, self.family(), a_visit(), actor=a.leader, now=NOW, id=id)
        lines = {x.household.head: x for x in queries.mine(a.leader, today=TODAY)}
        assert lines["赖新来"].unplanned and lines["赖新来"].turn is Turn.SEEN and records() == 1
        assert queries.round_figures(a.activity.id)["households_due"] == 2

    def test_ten_taps_at_once_make_one_household(self, app):
        a, id = a_round(0), uuid4()

        def tap():
            with app.app_context():
                service.record_unplanned(a.activity.id, a.tree.group.id, self.family(), a_visit(), actor=a.leader, now=NOW, id=id)

        threads = [threading.Thread(target=tap) for _ in range(10)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert records() == 1 and db.session.scalar(select(func.count()).select_from(Household)) == 1

    def test_not_where_the_leader_does_not_go(self, app):
        a = a_round(0)
        with pytest.raises(NotFound):
            service.record_unplanned(a.activity.id, a.tree.village.id, self.family(), a_visit(), actor=a.leader, now=NOW)

    def test_a_wrong_visit_leaves_no_household_behind(self, app):
        a = a_round(0)
        with pytest.raises(Invalid):
            service.record_unplanned(
                a.activity.id, a.tree.group.id, self.family(), a_visit(on=TODAY + timedelta(days=2)), actor=a.leader, now=NOW
            )
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0


class TestDignity:
    def special(self):
        a = a_round(0)
        made = a_household(a.tree.village, a.leader, head="吴志强", phone="13955558888", situation="独子去世", special=True, number="9")
        rounds.add_targets(a.activity.id, [made], actor=a.organiser, now=NOW)
        return a, target_of(a.activity, made)

    def test_the_organiser_sees_a_number(self, app):
        a, id = self.special()
        line = queries.lines(a.activity.id, within=a.organiser, today=TODAY)[0]
        assert (line.household.number, line.household.head, line.household.phone) == ("9", "", "")

    def test_what_was_found_is_for_the_leader_only(self, app):
        a, id = self.special()
        visited(id, a.leader, found={"problems": "夜里睡不着"}, has_problem=True)
        own, _ = queries.target(id, within=a.leader, today=TODAY)
        hers, _ = queries.target(id, within=a.organiser, today=TODAY)
        assert queries.history(own)[0].found == {"problems": "夜里睡不着"}
        assert queries.history(hers)[0].found == {}

    def test_looking_leaves_a_line_and_only_for_special_families(self, app, monkeypatch):
        a, id = self.special()
        ordinary = a_household(a.tree.village, a.leader)
        rounds.add_targets(a.activity.id, [ordinary], actor=a.organiser, now=NOW)
        heard = []
        monkeypatch.setattr("eventsvc.people.service.announce", heard.append)
        service.look(id, actor=a.leader, now=NOW)
        service.look(id, actor=a.organiser, now=NOW)
        service.look(target_of(a.activity, ordinary), actor=a.leader, now=NOW)
        assert [(type(e).__name__, e.actor_id) for e in heard] == [("SpecialFamilySeen", a.leader.id)]


class TestFigures:
    def test_a_round_adds_up(self, app):
        a = a_round(3)
        visited(a.targets[0], a.leader, has_problem=True, referral="clinic", materials={"leaflets": 2, "books": 1})
        visited(a.targets[0], a.leader, materials={"leaflets": 1})
        visited(a.targets[1], a.leader)
        visited(a.targets[2], a.leader, outcome=Outcome.NOBODY_HOME)
        assert queries.round_figures(a.activity.id) == {
            "households_due": 3, "households_seen": 2, "visits_made": 3, "problems": 1, "problems_solved": 0,
            "referrals": 1, "materials": 4, "books": 1,
        }  # fmt: skip

    def test_an_activity_without_a_round_comes_to_nothing(self, app):
        assert set(queries.round_figures(an_activity("member_day").id).values()) == {0}

    def test_figures_and_pages_cost_the_same_however_many(self, app, statements):
        a = a_round(2)
        activity_id = a.activity.id

        def cost():
            found = []
            for ask in (
                lambda: queries.round_figures(activity_id),
                lambda: queries.mine(a.leader, today=TODAY),
                lambda: queries.lines(activity_id, within=a.organiser, today=TODAY),
            ):
                db.session.rollback()
                db.session.expire_all()
                statements.clear()
                ask()
                found.append(len([s for s in statements if not s.startswith("BEGIN")]))
            return found

        first = cost()
        more = [a_household(a.tree.village, a.leader) for _ in range(8)]
        rounds.add_targets(activity_id, more, actor=a.organiser, now=NOW)
        assert cost() == first == [2, 4, 4]


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"due": 0}, Turn.TODAY), ({"due": -1}, Turn.OVERDUE), ({"due": 7}, Turn.SOON), ({"due": 8}, Turn.LATER), ({}, Turn.TODAY),
        ({"visits": 1, "due": -9}, Turn.SEEN), ({"visits": 1, "next": 8}, Turn.SEEN), ({"visits": 1, "next": 7}, Turn.SOON),
        ({"visits": 1, "next": -1}, Turn.OVERDUE), ({"outcome": Outcome.DECLINED, "due": -1}, Turn.DECLINED),
        ({"outcome": Outcome.NOBODY_HOME, "due": -1}, Turn.OVERDUE),
    ],
)  # fmt: skip
def test_whose_turn_it_is(known, expected):
    day = {name: TODAY + timedelta(days=known[name]) if name in known else None for name in ("due", "next")}
    found = rules.turn(TODAY, due_on=day["due"], visits=known.get("visits", 0), outcome=known.get("outcome"), next_on=day["next"])
    assert found is expected


def test_nothing_that_was_found_lies_open_in_the_database(app):
    a = a_round(1)
    visited(a.targets[0], a.leader, found={"problems": "产后情绪低落", "advice": "陪她去卫生院"}, has_problem=True)
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            stored = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
            assert "产后".encode() not in stored and "卫生院".encode() not in stored, table.name
