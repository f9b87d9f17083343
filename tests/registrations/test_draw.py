"""The order of a draw: anybody gets the same from the seed and the codes, by three lines or by hand."""

import hashlib
import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.registrations import draw

CODES = st.lists(st.text("ABCDEFGHJKMNPQRSTVWXYZ23456789", min_size=8, max_size=8), unique=True, max_size=30)
ROOM, OTHER = UUID(int=1), UUID(int=2)


class TestOrder:
    def test_it_is_the_one_written_down(self):
        assert draw.order("abc", ["A1", "B2", "C3", "D4"]) == sorted(
            ["A1", "B2", "C3", "D4"], key=lambda code: hashlib.sha256(b"abc:" + code.encode()).hexdigest()
        )
        assert draw.order("茶", ["A", "B", "C", "D", "E"]) != draw.order("菜", ["A", "B", "C", "D", "E"])

    @given(st.text(max_size=40), CODES)
    def test_it_does_not_depend_on_who_came_first(self, seed, codes):
        mixed = codes[:]
        random.Random(1).shuffle(mixed)  # noqa: S311 (not a secret)
        assert draw.order(seed, codes) == draw.order(seed, mixed)

    def test_nobody_has_better_chances(self):
        """Of ten codes each is first about as often as any other, over 2,000 seeds."""
        codes = [f"CODE{n}" for n in range(10)]
        firsts = [draw.order(str(seed), codes)[0] for seed in range(2_000)]
        assert all(150 <= firsts.count(code) <= 250 for code in codes)

    def test_more_years_come_first_and_equal_years_are_drawn(self):
        entries = [draw.Entry(f"C{n}", {}, years) for n, years in enumerate((50, 71, 50, 60, 50, 71))]
        found = draw.ranked("seed", entries)
        assert [one.years for one in found] == [71, 71, 60, 50, 50, 50]
        for years in (71, 50):
            codes = [one.code for one in found if one.years == years]
            assert codes == draw.order("seed", codes)


class TestQuota:
    @pytest.mark.parametrize(
        ("wants", "room", "got"),
        [
            ([{ROOM: 1}] * 3, {ROOM: 2}, [True, True, False]),
            ([{ROOM: 2}, {ROOM: 2}, {ROOM: 1}], {ROOM: 3}, [True, False, True]),
            ([{ROOM: 1, OTHER: 1}, {ROOM: 1, OTHER: 1}, {ROOM: 1}], {ROOM: 5, OTHER: 1}, [True, False, True]),
            ([{ROOM: 1}], {}, [False]),
        ],
    )
    def test_a_party_comes_in_whole_or_not_at_all(self, wants, room, got):
        assert draw.given([draw.Entry(str(n), one) for n, one in enumerate(wants)], room) == got

    @given(st.lists(st.fixed_dictionaries({ROOM: st.integers(1, 4), OTHER: st.integers(0, 2)}), max_size=40), st.integers(0, 30), st.integers(0, 10))
    def test_no_pool_gives_more_than_it_has_and_who_waits_does_not_fit(self, wants, room, other):
        entries = [draw.Entry(str(n), one) for n, one in enumerate(wants)]
        got = draw.given(entries, {ROOM: room, OTHER: other})
        taken = {pool: sum(one.wants[pool] for one, yes in zip(entries, got, strict=True) if yes) for pool in (ROOM, OTHER)}
        assert taken[ROOM] <= room
        assert taken[OTHER] <= other
        for one, yes in zip(entries, got, strict=True):
            assert yes or taken[ROOM] + one.wants[ROOM] > room or taken[OTHER] + one.wants[OTHER] > other
