from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core import periods
from eventsvc.core.periods import at_local, full_years, local, member_day_ordinal, month_of, months_between

days = st.dates(date(1900, 1, 2), date(2100, 12, 30))


class TestMonths:
    def test_a_month_begins_at_midnight_in_china(self):
        assert month_of(datetime(2026, 4, 30, 16, 0, tzinfo=UTC)) == "2026-05"
        assert month_of(datetime(2026, 4, 30, 15, 59, tzinfo=UTC)) == "2026-04"
        assert month_of(date(2026, 5, 1)) == "2026-05"

    def test_a_year_begins_at_midnight_in_china(self):
        assert periods.year_of(datetime(2025, 12, 31, 16, 0, tzinfo=UTC)) == 2026
        assert periods.year_span(2026)[0] == datetime(2025, 12, 31, 16, 0, tzinfo=UTC)

    def test_a_span_holds_the_whole_month_and_no_more(self):
        start, end = periods.month_span("2026-02")
        assert (start, end) == (datetime(2026, 1, 31, 16, tzinfo=UTC), datetime(2026, 2, 28, 16, tzinfo=UTC))

    def test_months_follow_each_other_over_the_year(self):
        assert periods.previous_month("2026-01") == "2025-12"
        assert periods.next_month("2025-12") == "2026-01"
        assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
        assert months_between("2026-02", "2025-11") == []

    @given(days)
    def test_every_day_lies_in_its_month(self, day):
        first, after = periods.month_days(month_of(day))
        assert first <= day < after
        assert first.day == after.day == 1

    @pytest.mark.parametrize(
        "month", ["", "2026", "2026-13", "2026-00", "2026-5", "0000-01", "２０２６-05", "2026-05-01"]
    )
    def test_a_month_is_written_one_way(self, month):
        with pytest.raises(ValueError, match="月份请写成"):
            periods.month_days(month)


class TestClock:
    def test_a_moment_without_a_zone_is_our_mistake(self):
        with pytest.raises(ValueError, match="time zone"):
            local(datetime(2026, 5, 29, 9, 0))  # noqa: DTZ001
        with pytest.raises(ValueError, match="time zone"):
            at_local(date(2026, 5, 29), time(9, tzinfo=UTC))

    def test_china_is_eight_hours_ahead_today(self):
        assert at_local(date(2026, 5, 29), time(9)) == datetime(2026, 5, 29, 1, tzinfo=UTC)

    def test_china_was_nine_hours_ahead_in_the_summers_of_1986_to_1991(self):
        assert at_local(date(1988, 7, 1), time(9)) == datetime(1988, 7, 1, 0, tzinfo=UTC)
        assert local(datetime(1988, 6, 30, 15, 30, tzinfo=UTC)).date() == date(1988, 7, 1)

    def test_of_an_hour_that_came_twice_the_first_is_meant(self):
        assert at_local(date(1988, 9, 11), time(1, 30)) == datetime(1988, 9, 10, 16, 30, tzinfo=UTC)

    def test_an_hour_that_never_was_is_refused(self):
        with pytest.raises(ValueError, match="夏令时"):
            at_local(date(1988, 4, 17), time(2, 30))

    @given(days, st.times())
    def test_what_a_clock_shows_is_shown_again(self, day, at):
        try:
            moment = at_local(day, at)
        except ValueError:
            return
        shown = local(moment)
        assert (shown.date(), shown.time()) == (day, at)
        assert moment.utcoffset() == timedelta(0)

    @given(days)
    def test_a_day_ends_where_the_next_begins(self, day):
        assert periods.day_span(day)[1] == periods.day_span(day + timedelta(days=1))[0]


class TestMemberDay:
    @pytest.mark.parametrize(("year", "ordinal"), [(1999, 1), (2005, 7), (2022, 24), (2026, 28)])
    def test_member_days_are_counted_from_1999(self, year, ordinal):
        assert member_day_ordinal(year) == ordinal

    def test_before_1999_there_was_none(self):
        with pytest.raises(ValueError, match="1999年开始"):
            member_day_ordinal(1998)


class TestFullYears:
    @pytest.mark.parametrize(
        ("start", "on", "years"),
        [
            (date(1976, 10, 18), date(2026, 10, 17), 49),
            (date(1976, 10, 18), date(2026, 10, 18), 50),
            (date(1976, 2, 29), date(2026, 2, 27), 49),
            (date(1976, 2, 29), date(2026, 2, 28), 50),
            (date(1976, 2, 29), date(2028, 2, 28), 51),
            (date(1976, 2, 29), date(2028, 2, 29), 52),
            (date(2026, 1, 1), date(2026, 1, 1), 0),
            (date(2026, 1, 2), date(2026, 1, 1), -1),
        ],
    )
    def test_years_are_complete_on_the_anniversary(self, start, on, years):
        assert full_years(start, on) == years

    @given(days, days)
    def test_years_never_go_back(self, start, on):
        assert 0 <= full_years(start, on + timedelta(days=1)) - full_years(start, on) <= 1

    @given(days, st.integers(0, 80))
    def test_every_year_is_completed_exactly_once(self, start, years):
        year = start.year + years
        completed = [day for day in _days_of(year) if full_years(start, day) == years]
        assert completed[0].month == start.month
        assert full_years(start, completed[0] - timedelta(days=1)) == years - 1


def _days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=day)
        for day in range(366)
        if (date(year, 1, 1) + timedelta(days=day)).year == year
    ]
