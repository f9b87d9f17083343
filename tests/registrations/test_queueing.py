"""The walk along the list, as pure arithmetic: whole parties, in order, nobody passed over more than k times."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from eventsvc.registrations import queueing
from eventsvc.registrations.queueing import Party, scan

MAIN, EAST, WEST = (UUID(int=at) for at in (1, 2, 3))
ENDLESS = 10**9


def party(number: int, main: int = 1, passed: int = 0, **more: int) -> Party:
    beside = {pool: n for pool, n in ((EAST, more.get("east", 0)), (WEST, more.get("west", 0))) if n}
    return Party(UUID(int=1000 + number), {MAIN: main, **beside}, passed)


def numbers(found: list[Party]) -> list[int]:
    return [one.id.int - 1000 for one in found]


class TestScan:
    def test_first_come_first_served(self):
        assert numbers(scan({MAIN: 2}, [party(1), party(2), party(3)], 3).promoted) == [1, 2]

    def test_a_party_moves_whole_or_not_at_all(self):
        assert scan({MAIN: 3}, [party(1, 4)], 3).promoted == []

    def test_who_fits_passes_by_who_does_not(self):
        done = scan({MAIN: 2}, [party(1, 4), party(2), party(3)], 3)
        assert (numbers(done.promoted), done.passed) == ([2, 3], {party(1).id: 2})

    def test_passed_over_often_enough_it_blocks_what_it_lacks(self):
        done = scan({MAIN: 3}, [party(1, 4, passed=2), party(2), party(3)], 3)
        assert (numbers(done.promoted), done.passed) == ([2], {party(1).id: 3})
        assert scan({MAIN: 3}, [party(1, 4, passed=3), party(2)], 3).promoted == []

    def test_with_no_skip_allowed_it_is_a_plain_queue(self):
        assert scan({MAIN: 3}, [party(1, 4), party(2)], 0).promoted == []

    def test_a_village_whose_own_places_are_gone_holds_up_no_other_village(self):
        done = scan({MAIN: 9, EAST: 0, WEST: 3}, [party(1, east=1, passed=3), party(2, west=1), party(3, east=1), party(4, west=1)], 3)
        assert (numbers(done.promoted), done.passed) == ([2, 4], {})

    def test_a_pool_that_nobody_counts_has_no_end(self):
        assert numbers(scan({MAIN: 1}, [party(1, east=5)], 3).promoted) == [1]

    def test_the_rest_of_the_list_is_not_read_when_all_is_gone(self):
        def listed():
            yield party(1)
            raise AssertionError("read on")

        assert numbers(scan({MAIN: 1}, listed(), 3, everyone=MAIN).promoted) == [1]


SIZES = st.fixed_dictionaries({"main": st.integers(1, 4), "east": st.integers(0, 2), "west": st.integers(0, 2)})
QUEUES = st.lists(st.tuples(SIZES, st.integers(0, 3)), max_size=12)
ROOMS = st.fixed_dictionaries({MAIN: st.integers(0, 9), EAST: st.integers(0, 5), WEST: st.integers(0, 5)})


def fits(left: dict[UUID, int], one: Party) -> bool:
    return all(left[pool] >= n for pool, n in one.wants.items())


@settings(max_examples=400)
@given(QUEUES, ROOMS)
def test_what_was_promoted_adds_up_and_stays_in_order(queue, room):
    waiting = [party(at, passed=passed, **size) for at, (size, passed) in enumerate(queue)]
    done = scan(room, waiting, 3)
    assert numbers(done.promoted) == sorted(numbers(done.promoted))
    for pool, free in room.items():
        assert sum(one.wants.get(pool, 0) for one in done.promoted) <= free
    assert all(times <= 3 for times in done.passed.values())


@settings(max_examples=400)
@given(QUEUES, ROOMS)
def test_to_stop_early_changes_nothing(queue, room):
    waiting = [party(at, passed=passed, **size) for at, (size, passed) in enumerate(queue)]
    assert scan(room, waiting, 2, everyone=MAIN) == scan(room, waiting, 2)


@settings(max_examples=200)
@given(QUEUES, ROOMS)
def test_nobody_stays_behind_for_nothing(queue, room):
    """Whoever is left does not fit what is left, or is held up by somebody who was passed over k times."""
    waiting = [party(at, passed=min(passed, 1), **size) for at, (size, passed) in enumerate(queue)]
    done = scan(room, waiting, ENDLESS)
    left = {pool: free - sum(one.wants.get(pool, 0) for one in done.promoted) for pool, free in room.items()}
    assert not any(fits(left, one) for one in waiting if one not in done.promoted)


# -- over a whole evening ---------------------------------------------------------------------------------------------------


@dataclass
class Waiter:
    """Somebody on the list, with a count of our own of who went past."""

    wants: dict[UUID, int]
    engine_says: int = 0
    passed: int = field(default=0)


class Evening(RuleBasedStateMachine):
    """People come and go and walls move; who went past whom is counted here in another way than in `scan`."""

    K = 2
    people = Bundle("people")

    @initialize(room=ROOMS)
    def opens(self, room):
        self.cap, self.held, self.list, self.next = dict(room), {}, {}, 0

    @rule(target=people, size=SIZES)
    def comes(self, size):
        self.next += 1
        one = party(self.next, **size)
        self.list[one.id] = Waiter(dict(one.wants))
        self.move_up()
        return one.id

    @rule(one=consumes(people))
    def goes(self, one):
        self.held.pop(one, None)
        self.list.pop(one, None)
        self.move_up()

    @rule(pool=st.sampled_from((MAIN, EAST, WEST)), cap=st.integers(0, 9))
    def wall_moves(self, pool, cap):
        self.cap[pool] = cap
        self.move_up()

    def free(self) -> dict[UUID, int]:
        return {pool: max(cap - sum(held.get(pool, 0) for held in self.held.values()), 0) for pool, cap in self.cap.items()}

    def move_up(self) -> None:
        done = queueing.scan(self.free(), [Party(own, one.wants, one.engine_says) for own, one in self.list.items()], self.K)
        lucky = {one.id for one in done.promoted}
        for own, times in done.passed.items():
            self.list[own].engine_says = times
        self.count(lucky)
        for own in lucky:
            self.held[own] = self.list.pop(own).wants

    def count(self, lucky: set[UUID]) -> None:
        """For each one left behind: who came later and took of what was short for it, at the moment of its turn?"""
        left, order = self.free(), list(self.list)
        for at, own in enumerate(order):
            one = self.list[own]
            if own in lucky:
                left = {pool: n - one.wants.get(pool, 0) for pool, n in left.items()}
                continue
            short = {pool for pool, n in one.wants.items() if left[pool] < n}
            one.passed += sum(bool(short & self.list[later].wants.keys()) for later in order[at + 1:] if later in lucky)

    @invariant()
    def nobody_is_passed_over_too_often(self):
        assert all(one.passed <= self.K for one in getattr(self, "list", {}).values())

    @invariant()
    def both_counts_agree(self):
        assert all(one.passed == one.engine_says for one in getattr(self, "list", {}).values())


HARD = settings(max_examples=120, stateful_step_count=40, deadline=None)


def test_over_a_whole_evening_nobody_is_passed_over_too_often():
    run_state_machine_as_test(Evening, settings=HARD)


def test_it_would_be_seen_if_k_were_ignored(monkeypatch):
    """The negative control."""
    honest = scan
    monkeypatch.setattr(queueing, "scan", lambda free, waiting, k, **how: honest(free, waiting, ENDLESS, **how))
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Evening, settings=settings(HARD, max_examples=2_000, phases=[Phase.generate]))
