"""Figures climb by signed deltas; however they are folded, the sums are what the contributions say."""

import random
import threading
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from eventsvc.core.actor import SYSTEM
from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs.models import Job
from eventsvc.organisations.service import merge
from eventsvc.statistics import service
from eventsvc.statistics.models import Contribution, FigureDelta, FigureSum
from eventsvc.statistics.service import Amount
from tests.conftest import NOW
from tests.factories.organisations import a_sibling_village, a_tree, another_county
from tests.factories.statistics import a_definition, an_activity_row

DAY = date(2027, 5, 29)


def sums() -> dict[tuple, int]:
    """Return all sums that are not nought."""
    key = (FigureSum.organisation_id, FigureSum.month, FigureSum.kind, FigureSum.definition_id)
    db.session.rollback()
    return {tuple(row[:4]): row[4] for row in db.session.execute(select(*key, FigureSum.amount)) if row[4]}


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def an_amount(unit, definition, amount, day=DAY) -> Amount:
    return Amount(unit.id, day, "member_day", definition, amount)


@pytest.fixture
def tree(app):
    return a_tree()


class TestFolding:
    def test_a_village_s_number_reaches_every_level_above_it(self, tree):
        leaflets = a_definition("leaflets")
        service.settle(an_activity_row(tree.village), [an_amount(tree.village, leaflets, 800)], now=NOW)
        assert service.fold(NOW) == 1

        chain = (tree.province, tree.city, tree.county, tree.township, tree.village)
        assert sums() == {(unit.id, "2027-05", "member_day", leaflets): 800 for unit in chain}
        assert count(FigureDelta) == 0

    def test_a_correction_takes_back_what_was_added_before_it_adds(self, tree):
        leaflets, activity = a_definition("leaflets"), an_activity_row(tree.village)
        service.settle(activity, [an_amount(tree.village, leaflets, 800)], now=NOW)
        service.fold(NOW)
        service.settle(activity, [], now=NOW)
        assert [d.amount for d in db.session.scalars(select(FigureDelta))] == [-800]
        service.fold(NOW)
        assert sums() == {}
        assert count(Contribution) == 0

    def test_settling_the_same_twice_adds_it_once(self, tree):
        leaflets, activity = a_definition("leaflets"), an_activity_row(tree.village)
        for _ in range(2):
            service.settle(activity, [an_amount(tree.village, leaflets, 5)], now=NOW)
        service.fold(NOW)
        assert set(sums().values()) == {5}

    def test_a_day_that_was_corrected_moves_the_number_to_the_other_month(self, tree):
        leaflets, activity = a_definition("leaflets"), an_activity_row(tree.village)
        service.settle(activity, [an_amount(tree.village, leaflets, 5)], now=NOW)
        service.fold(NOW)
        service.settle(activity, [an_amount(tree.village, leaflets, 5, date(2027, 6, 1))], now=NOW)
        service.fold(NOW)
        assert {month for _, month, _, _ in sums()} == {"2027-06"}

    def test_deltas_promise_one_fold_however_many_there_are(self, tree):
        leaflets = a_definition("leaflets")
        for _ in range(3):
            service.settle(an_activity_row(tree.village), [an_amount(tree.village, leaflets, 1)], now=NOW)
        assert [job.name for job in db.session.scalars(select(Job))] == ["fold"]

    def test_what_waits_without_a_promise_is_promised_by_the_reminder(self, tree):
        assert service.remind(NOW) is False
        service.settle(an_activity_row(tree.village), [an_amount(tree.village, a_definition("leaflets"), 1)], now=NOW)
        done_with_jobs()
        assert service.remind(NOW) is True
        assert count(Job) == 1

    def test_more_than_one_batch_is_folded_whole(self, tree, monkeypatch):
        monkeypatch.setattr(service, "BATCH", 3)
        monkeypatch.setattr(service, "ROWS", 2)
        leaflets = a_definition("leaflets")
        for n in range(1, 8):
            service.settle(an_activity_row(tree.village), [an_amount(tree.village, leaflets, n)], now=NOW)
        assert service.fold(NOW) == 7
        assert set(sums().values()) == {28}


@transactional
def done_with_jobs() -> None:
    db.session.execute(Job.__table__.delete())


class TestUnitsAsOfTheirDay:
    def test_what_was_held_before_a_merger_stays_where_it_was_counted(self, tree):
        other, leaflets = a_sibling_village(tree), a_definition("leaflets")
        merge(other.id, tree.village.id, date(2027, 4, 1), actor=SYSTEM, now=NOW)
        for day, n in ((date(2027, 3, 1), 10), (date(2027, 4, 1), 7)):
            service.settle(an_activity_row(other), [an_amount(other, leaflets, n, day)], now=NOW)
        service.fold(NOW)
        found = sums()
        assert (tree.village.id, "2027-03", "member_day", leaflets) not in found
        assert found[tree.village.id, "2027-04", "member_day", leaflets] == 7
        assert found[tree.township.id, "2027-03", "member_day", leaflets] == 10

    def test_a_merger_dated_back_promises_to_count_anew(self, tree):
        other, leaflets = a_sibling_village(tree), a_definition("leaflets")
        service.settle(an_activity_row(other), [an_amount(other, leaflets, 3, date(2027, 4, 2))], now=NOW)
        service.fold(NOW)
        done_with_jobs()
        merge(other.id, tree.village.id, date(2027, 4, 1), actor=SYSTEM, now=NOW)
        assert [job.name for job in db.session.scalars(select(Job))] == ["rebuild_figures"]
        service.rebuild()
        assert sums()[tree.village.id, "2027-04", "member_day", leaflets] == 3

    def test_a_day_before_the_unit_was_written_down_counts_for_its_first_place(self, tree):
        leaflets = a_definition("leaflets")
        service.settle(an_activity_row(tree.group), [an_amount(tree.group, leaflets, 2, date(2019, 5, 29))], now=NOW)
        service.fold(NOW)
        assert sums()[tree.province.id, "2019-05", "member_day", leaflets] == 2


class TestIncrementalEqualsRebuilt:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(seed=st.integers(0, 2**32))
    def test_on_any_history(self, app, seed):
        tree = a_tree()
        history = Histories(
            random.Random(seed), [tree.county, tree.township, tree.village, tree.group, another_county(tree)]
        )
        for _ in range(12):
            history.step()
        service.fold(NOW)
        folded = sums()
        service.rebuild()
        assert sums() == folded
        clear()


class Histories:
    """Random acceptances, corrections, folds and rebuilds."""

    def __init__(self, chance: random.Random, units: list) -> None:
        self.chance, self.units = chance, units
        self.activities = [(an_activity_row(unit), unit) for unit in units for _ in range(2)]
        self.definitions = [a_definition(code) for code in ("leaflets", "spending")]

    def step(self) -> None:
        what = self.chance.choice(("accept", "accept", "accept", "reopen", "fold", "rebuild"))
        activity, unit = self.chance.choice(self.activities)
        if what == "accept":
            day = self.chance.choice((DAY, date(2026, 12, 31), date(2027, 6, 1)))
            chosen = self.chance.sample(self.definitions, self.chance.randint(1, 2))
            service.settle(activity, [an_amount(unit, d, self.chance.randint(0, 10**10), day) for d in chosen], now=NOW)
        elif what == "reopen":
            service.settle(activity, [], now=NOW)
        elif what == "fold":
            service.fold(NOW)
        else:
            service.rebuild()


@transactional
def clear() -> None:
    for model in (FigureDelta, FigureSum, Contribution):
        db.session.execute(model.__table__.delete())


def test_two_who_fold_at_once_add_everything_once(app, scrub):
    tree, leaflets = a_tree(), a_definition("leaflets")
    for n in range(30):
        service.settle(an_activity_row(tree.village), [an_amount(tree.village, leaflets, n)], now=NOW)
    folded: list[int] = []

    def run() -> None:
        with app.app_context():
            folded.append(service.fold(NOW))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(4)]
    db.session.remove()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    service.fold(NOW)
    assert len(folded) == 4 and sum(folded) == 29  # nought appends nothing
    assert set(sums().values()) == {sum(range(30))}


def test_a_fold_that_forgets_to_delete_would_be_found_out(app, monkeypatch):
    """The negative control: take without deleting, as two folds at once would, and the sums are no longer the contributions'."""
    tree, leaflets = a_tree(), a_definition("leaflets")
    service.settle(an_activity_row(tree.village), [an_amount(tree.village, leaflets, 4)], now=NOW)
    taken = [an_amount(tree.village, leaflets, 4)]
    batches = iter([taken, taken, []])
    monkeypatch.setattr(service, "_take", lambda: next(batches))
    service.fold(NOW)
    folded = sums()
    service.rebuild()
    assert folded != sums()
