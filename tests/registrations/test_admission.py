"""How places are given: by whom it may be said and changed, and the draw that is held once."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsvc.core.errors import Invalid, NotAllowed, NotFound
from eventsvc.infra.db import db
from eventsvc.registrations import draw, openings, queries, service
from eventsvc.registrations.arrangement import Arrangement, Slot
from eventsvc.registrations.errors import AlreadyDrawn, DrawnOtherwise, NothingToDraw, TooEarlyToDraw, TooLateToChange
from eventsvc.registrations.models import Admission, Pool, Registration, Seat, SignUpRules, Standing
from eventsvc.registrations.service import admission
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree, another_county
from tests.factories.registrations import SEED, arranged, signed_up

LOTTERY, RANK = Admission.LOTTERY, Admission.RANK


@pytest.fixture
def tree(app):
    return a_tree()


@pytest.fixture
def by(tree):
    return a_user("organiser", tree.township)


@pytest.fixture
def event(tree, by):
    return an_activity(unit=tree.township, by=by, places=2)


def closed(activity):
    return activity.closes_at + timedelta(minutes=1)


def drawn(activity, by):
    return service.hold_draw(activity.id, actor=by, now=closed(activity))


def standing(activity) -> Counter:
    return Counter(db.session.scalars(select(Registration.standing).where(Registration.activity_id == activity.id)))


def by_rank(activity) -> list[Registration]:
    query = select(Registration).where(Registration.activity_id == activity.id, Registration.rank.is_not(None)).order_by(Registration.rank)
    return list(db.session.scalars(query))


class TestArranging:
    def test_the_plan_and_the_pool_have_one_number(self, event, by):
        arranged(event, by, capacity=7)
        assert (openings.opening_of(event.id).cap, openings.opening_of(event.id).capacity) == (7, 7)

    def test_pools_follow_in_order(self, event, by, tree):
        arranged(event, by, reserve=3, each_village=1, slots=(Slot("", at(10), "", 1), Slot("", at(9), "上午", 1)))
        rows = queries.pools(event.id)
        assert [(row.kind, row.cap) for row in rows[:4]] == [("main", 2), ("reserve", 3), ("slot:2", 1), ("slot:1", 1)]
        assert f"unit:{tree.village.id.hex}" in {row.kind for row in rows}

    def test_a_session_keeps_its_people_when_its_time_changes(self, event, by):
        arranged(event, by, slots=(Slot("", at(9), "", 1),))
        before = queries.pools(event.id)[1]
        arranged(event, by, slots=(Slot("1", at(11), "晚一点", 2), Slot("", at(9), "", 2)))
        rows = {row.kind: row for row in queries.pools(event.id)}
        assert (rows["slot:1"].id, rows["slot:1"].label) == (before.id, "晚一点")
        assert rows["slot:2"].id != before.id

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"male": 3}, "female"), ({"male": 3, "female": 3}, "male"), ({"slots": (Slot("", None, "", 0),)}, "slots.0.places")],
    )
    def test_what_cannot_be_is_said_by_its_field(self, event, by, wrong, field):
        wrong = {name: tuple(Slot(s.key, at(9), s.label, s.places) for s in value) if name == "slots" else value for name, value in wrong.items()}
        with pytest.raises(Invalid) as no:
            arranged(event, by, **wrong)
        assert field in no.value.fields

    def test_a_neighbour_sees_nothing_and_a_viewer_may_not(self, event, tree):
        with pytest.raises(NotFound):
            arranged(event, a_user("organiser", another_county()))
        with pytest.raises(NotAllowed):
            arranged(event, a_user("viewer", tree.township))

    def test_when_all_is_over_nothing_is_arranged(self, tree, by):
        with pytest.raises(TooLateToChange):
            arranged(an_activity(unit=tree.township, by=by, state="held"), by)

    def test_who_signed_up_for_one_way_is_not_given_another(self, event, by):
        signed_up(event)
        with pytest.raises(DrawnOtherwise):
            arranged(event, by, admission=LOTTERY)
        arranged(event, by, admission=Admission.REVIEW)

    def test_the_first_seed_stays(self, event, by):
        arranged(event, by, admission=LOTTERY)
        service.arrange(event.id, Arrangement(2, LOTTERY), seed="another" * 8, actor=by, now=NOW)
        assert openings.opening_of(event.id).seed == SEED


class TestDraw:
    @pytest.fixture
    def entered(self, event, by):
        arranged(event, by, admission=LOTTERY)
        return [signed_up(event) for _ in range(5)]

    def test_places_go_in_the_order_that_anybody_can_compute(self, event, by, entered):
        assert standing(event) == {Standing.ENTERED: 5}
        assert drawn(event, by) == (2, 3)
        db.session.expire_all()
        assert [one.code for one in by_rank(event)] == draw.order(SEED, [one.code for one in entered])
        assert [one.standing for one in by_rank(event)] == [Standing.PLACED] * 2 + [Standing.WAITING] * 3
        assert [one.seq for one in by_rank(event)][2:] == sorted(one.seq for one in by_rank(event)[2:])
        pool = db.session.scalar(select(Pool).where(Pool.activity_id == event.id))
        assert (pool.taken, pool.waiting, db.session.scalar(select(func.sum(Seat.n)))) == (2, 3, 2)

    def test_who_goes_leaves_the_place_to_the_next_in_the_draw(self, event, by, entered):
        drawn(event, by)
        first, _, third, *_ = [one.id for one in by_rank(event)]
        service.withdraw(first, now=closed(event))
        assert queries.by_id(third).standing == Standing.PLACED

    def test_a_village_gets_no_more_than_its_quota(self, event, by, tree):
        arranged(event, by, admission=LOTTERY, capacity=10, each_village=2)
        for _ in range(4):
            signed_up(event, village=str(tree.village.id))
        assert drawn(event, by) == (2, 2)
        rows = {row.kind: row for row in queries.pools(event.id)}
        assert (rows["main"].taken, rows[f"unit:{tree.village.id.hex}"].taken, rows[f"unit:{tree.village.id.hex}"].waiting) == (2, 2, 2)

    def test_before_the_end_of_sign_up_nothing_is_drawn(self, event, by, entered):
        with pytest.raises(TooEarlyToDraw):
            service.hold_draw(event.id, actor=by, now=NOW)

    def test_nothing_is_drawn_where_nobody_entered(self, event, by):
        arranged(event, by, admission=LOTTERY)
        with pytest.raises(NothingToDraw):
            drawn(event, by)
        assert openings.opening_of(event.id).drawn_at is None

    def test_first_come_has_no_draw(self, event, by):
        signed_up(event)
        with pytest.raises(NothingToDraw):
            drawn(event, by)

    def test_afterwards_the_way_stands_and_numbers_may_grow(self, event, by, entered):
        drawn(event, by)
        with pytest.raises(AlreadyDrawn):
            arranged(event, by, admission=Admission.FIRST_COME)
        with pytest.raises(AlreadyDrawn):
            arranged(event, by, admission=LOTTERY, each_village=1)
        arranged(event, by, admission=LOTTERY, capacity=4)
        assert standing(event) == {Standing.PLACED: 4, Standing.WAITING: 1}
        assert [one.standing for one in by_rank(event)][:4] == [Standing.PLACED] * 4

    def test_whoever_is_to_be_looked_at_is_left_out(self, event, by):
        arranged(event, by, admission=LOTTERY)
        signed_up(event, answers__honoured_before="unsure")
        signed_up(event)
        drawn(event, by)
        assert standing(event) == {Standing.TO_REVIEW: 1, Standing.PLACED: 1}
        assert db.session.get(SignUpRules, event.id).protocol["left_out"] == 1

    def test_fifty_clicks_make_one_draw(self, app, event, by, entered):
        results = clicks(app, event.id, by, closed(event))
        assert results == {"drawn": 1, "already_drawn": 49}
        assert standing(event) == {Standing.PLACED: 2, Standing.WAITING: 3}
        assert db.session.scalar(select(func.sum(Seat.n))) == 2

    def test_without_the_guard_it_would_be_held_more_than_once(self, app, event, by, entered, monkeypatch):
        """The negative control."""
        monkeypatch.setattr(admission, "changed", lambda result: 1)
        monkeypatch.setattr(admission, "announce", lambda event: None)  # its messages, one for each party, would be a second guard
        monkeypatch.setattr(admission, "_refuse_wrong_moment", lambda opening, now: None)
        monkeypatch.setattr(admission, "_entries", entries_whatever_they_are(admission._entries))
        assert clicks(app, event.id, by, closed(event))["drawn"] != 1


class TestRank:
    def test_more_years_come_first(self, event, by):
        arranged(event, by, admission=RANK)
        receipts = {year: signed_up(event, answers__married_on={"calendar": "solar", "year": year, "month": 3, "day": 1}) for year in (1972, 1956, 1966)}
        drawn(event, by)
        assert [one.code for one in by_rank(event)] == [receipts[year].code for year in (1956, 1966, 1972)]
        assert [one["years"] for one in db.session.get(SignUpRules, event.id).protocol["entries"]] == [71, 61, 55]


def at(hour):
    return NOW.replace(hour=hour, minute=0).time()


def entries_whatever_they_are(entries):
    def all_of_them(opening, rows):
        db.session.query(Registration).filter_by(activity_id=opening.id).update({"standing": Standing.ENTERED})
        db.session.query(Seat).delete()
        return entries(opening, rows)

    return all_of_them


def clicks(app, activity_id, by, moment, number=50) -> Counter:
    """Let so many people press the button of the draw at the same moment."""
    db.session.rollback()
    results, ready, lock = Counter(), threading.Barrier(10), threading.Lock()

    def press():
        ready.wait()
        for _ in range(number // 10):
            with app.app_context():
                try:
                    service.hold_draw(activity_id, actor=by, now=moment)
                    said = "drawn"
                except AlreadyDrawn as no:
                    said = no.code
            with lock:
                results[said] += 1

    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
