import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventsvc.core.lunar import (
    Anniversary,
    day_words,
    festival,
    leap_month,
    lunar_day_words,
    lunar_to_solar,
    month_length,
    solar_to_lunar,
)

NEW_YEARS = [
    date(1950, 2, 17), date(1960, 1, 28), date(1970, 2, 6), date(1974, 1, 23), date(1976, 1, 31), date(1980, 2, 16),
    date(1985, 2, 20), date(1990, 1, 27), date(2000, 2, 5), date(2010, 2, 14), date(2020, 1, 25), date(2023, 1, 22),
    date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17), date(2033, 1, 31), date(2034, 2, 19),
]  # fmt: skip
LEAP_MONTHS = {
    1963: 4,
    1966: 3,
    1968: 7,
    1971: 5,
    1974: 4,
    1976: 8,
    1979: 6,
    1982: 4,
    1984: 10,
    2017: 6,
    2020: 4,
    2023: 2,
    2025: 6,
    2033: 11,
}
FEASTS = {
    date(2025, 10, 29): "重阳节", date(2026, 10, 18): "重阳节", date(2027, 10, 8): "重阳节", date(2028, 10, 26): "重阳节",
    date(2026, 8, 19): "七夕", date(2027, 8, 8): "七夕", date(2026, 2, 17): "春节", date(2026, 2, 16): "除夕", date(2025, 1, 28): "除夕",
    date(2026, 3, 3): "元宵节", date(2026, 6, 19): "端午节", date(2026, 9, 25): "中秋节", date(2026, 4, 5): "清明", date(2026, 12, 22): "冬至",
    date(2026, 1, 26): "腊八节",
}  # fmt: skip
days = st.dates(date(1920, 1, 1), date(2060, 12, 31))


@st.composite
def lunar_days(draw: st.DrawFn) -> tuple[int, int, int, bool]:
    year, month = draw(st.integers(1920, 2060)), draw(st.integers(1, 12))
    leap = leap_month(year) == month and draw(st.booleans())
    return year, month, draw(st.integers(1, month_length(year, month, leap))), leap


class TestReckoning:
    def test_the_eighth_of_the_twelfth_month_of_1974_lies_in_1975(self):
        assert Anniversary("lunar", 1974, 12, 8).solar == date(1975, 1, 19)

    @pytest.mark.parametrize("day", NEW_YEARS)
    def test_new_year_falls_on_its_day(self, day):
        assert solar_to_lunar(day) == (day.year, 1, 1, False)
        assert lunar_to_solar(day.year, 1, 1) == day

    @pytest.mark.parametrize(("year", "month"), LEAP_MONTHS.items())
    def test_leap_months_fall_in_their_years(self, year, month):
        assert leap_month(year) == month
        assert leap_month(1975) == leap_month(2026) == 0

    @settings(max_examples=300)
    @given(lunar_days())
    def test_from_moon_to_sun_and_back_nothing_is_lost(self, lunar):
        assert solar_to_lunar(lunar_to_solar(*lunar)) == lunar

    @settings(max_examples=300)
    @given(days)
    def test_from_sun_to_moon_and_back_nothing_is_lost(self, day):
        assert lunar_to_solar(*solar_to_lunar(day)) == day

    @given(days)
    def test_the_moon_goes_on_day_by_day(self, day):
        today, tomorrow = solar_to_lunar(day), solar_to_lunar(day + timedelta(days=1))
        assert tomorrow[2] == today[2] + 1 or (
            tomorrow[2] == 1 and today[2] == month_length(today[0], today[1], today[3])
        )


class TestPrecision:
    def test_a_day_is_one_day(self):
        when = Anniversary("solar", 1975, 1, 19)
        assert (when.precision, when.earliest, when.latest, when.solar) == (
            "day",
            date(1975, 1, 19),
            date(1975, 1, 19),
            date(1975, 1, 19),
        )

    @pytest.mark.parametrize(
        ("when", "earliest", "latest"),
        [
            (Anniversary("solar", 1976, 2), date(1976, 2, 1), date(1976, 2, 29)),
            (Anniversary("solar", 1976, 12), date(1976, 12, 1), date(1976, 12, 31)),
            (Anniversary("solar", 1976), date(1976, 1, 1), date(1976, 12, 31)),
            (Anniversary("lunar", 1974, 12), date(1975, 1, 12), date(1975, 2, 10)),
            (Anniversary("lunar", 1974), date(1974, 1, 23), date(1975, 2, 10)),
            (Anniversary("lunar", 2020, 4, leap=True), date(2020, 5, 23), date(2020, 6, 20)),
        ],
    )
    def test_a_month_or_year_is_a_span_without_a_day_to_reckon_with(self, when, earliest, latest):
        assert (when.earliest, when.latest, when.solar) == (earliest, latest, None)
        assert when.precision == ("month" if when.month else "year")

    def test_a_rule_can_say_yes_no_or_cannot_tell(self):
        cutoff = date(2026, 10, 18)
        assert Anniversary("lunar", 1976, 9, 9).years_on(cutoff) == (49, 49)
        assert Anniversary("solar", 1976, 10, 18).years_on(cutoff) == (50, 50)
        assert Anniversary("solar", 1976, 10).years_on(cutoff) == (49, 50)
        assert Anniversary("solar", 1976, 9).years_on(cutoff) == (50, 50)
        assert Anniversary("solar", 1976).years_on(cutoff) == (49, 50)
        assert Anniversary("solar", 2026, 11, 1).years_on(cutoff) == (-1, -1)

    @given(lunar_days())
    def test_what_is_known_less_exactly_spans_what_is_known_better(self, lunar):
        year, month, day, leap = lunar
        exact, vague, vaguest = (
            Anniversary("lunar", *lunar),
            Anniversary("lunar", year, month, leap=leap),
            Anniversary("lunar", year),
        )
        assert vaguest.earliest <= vague.earliest <= exact.earliest == exact.latest <= vague.latest <= vaguest.latest


class TestSaying:
    @pytest.mark.parametrize(
        ("when", "words"),
        [
            (Anniversary("lunar", 1974, 12, 8), "农历一九七四年十二月初八（公历1975年1月19日）"),
            (Anniversary("lunar", 2020, 4, 21, leap=True), "农历二〇二〇年闰四月廿一（公历2020年6月12日）"),
            (Anniversary("lunar", 1974, 1), "农历一九七四年正月（公历1974年1月23日至1974年2月21日）"),
            (Anniversary("lunar", 1974), "农历一九七四年（公历1974年1月23日至1975年2月10日）"),
            (Anniversary("solar", 1975, 1, 19), "1975年1月19日"),
            (Anniversary("solar", 1975, 1), "1975年1月"),
            (Anniversary("solar", 1975), "1975年"),
        ],
    )
    def test_it_is_said_as_elders_say_it_with_the_solar_day_beside(self, when, words):
        assert when.say() == words

    def test_days_of_the_moon_have_their_names(self):
        assert [day_words(day) for day in (1, 9, 10, 11, 19, 20, 21, 29, 30)] == [
            "初一",
            "初九",
            "初十",
            "十一",
            "十九",
            "二十",
            "廿一",
            "廿九",
            "三十",
        ]


class TestRefusal:
    @pytest.mark.parametrize(
        ("args", "words"),
        [
            (("lunar", 2020, 4, 30, True), "闰四月只有29天"),
            (("lunar", 2020, 5, 1, True), "那年是闰四月"),
            (("lunar", 2021, 5, 1, True), "没有闰月"),
            (("lunar", 1975, 1, 31), "1到30"),
            (("lunar", 1975, 1, 0), "1到30"),
            (("solar", 1975, 2, 29), "没有29日"),
            (("solar", 1975, 2, 30), "请选农历"),
            (("solar", 1975, 2, 1, True), "公历没有闰月"),
            (("solar", 1975, 13, 1), "1到12"),
            (("solar", 1975, None, 1), "就要填月份"),
            (("lunar", 1975, None, None, True), "就要填月份"),
            (("solar", 1899), "1900到2100"),
            (("solar", 19750), "1900到2100"),
            (("moon", 1975), "公历或农历"),
            (("solar", "1975"), "请填数字"),
            (("solar", 1975, True, 1), "请填数字"),
            (("solar", 1975, 1, 1.0), "请填数字"),
            (("solar", None), "1900到2100"),
            (("solar", 1975, 1, 1, False, "字" * 101), "不完整"),
        ],
    )
    def test_a_day_that_cannot_be_is_refused_in_words(self, args, words):
        with pytest.raises(ValueError, match=words):
            Anniversary(*args)

    @given(st.integers(1920, 2060), st.integers(1, 12), st.integers(1, 30), st.booleans())
    def test_a_lunar_day_is_refused_exactly_when_no_solar_day_bears_it(self, year, month, day, leap):
        try:
            when = Anniversary("lunar", year, month, day, leap)
        except ValueError:
            assert leap and leap_month(year) != month or day > month_length(year, month, leap)
        else:
            assert solar_to_lunar(when.earliest) == (year, month, day, leap)


class TestAtRest:
    @given(lunar_days(), st.text(max_size=20))
    def test_it_comes_back_from_json_as_it_went(self, lunar, said):
        when = Anniversary("lunar", *lunar, said)
        assert Anniversary.from_dict(json.loads(json.dumps(when.to_dict()))) == when

    def test_missing_parts_are_unknown_parts(self):
        assert Anniversary.from_dict({"calendar": "solar", "year": 1975}).precision == "year"

    def test_what_a_form_sends_is_read(self):
        sent = {"calendar": "lunar", "year": "２０２０", "month": "4", "day": " 3 ", "leap": "on", "said": ""}
        assert Anniversary.from_dict(sent) == Anniversary("lunar", 2020, 4, 3, leap=True)
        assert Anniversary.from_dict(
            {"calendar": "solar", "year": "1975", "month": "", "day": "", "leap": ""}
        ) == Anniversary("solar", 1975)

    @pytest.mark.parametrize(
        "odd",
        [
            {"year": "去年"},
            {"year": "1" * 5000},
            {"month": [1]},
            {"day": {}},
            {"leap": []},
            {"leap": 2},
            {"calendar": []},
            {"said": 3},
            {"year": ""},
        ],
    )
    def test_odd_parts_are_refused(self, odd):
        with pytest.raises(ValueError, match="请填|不完整|公历或农历"):
            Anniversary.from_dict({"calendar": "lunar", "year": 1975, "month": 1, **odd})

    @pytest.mark.parametrize("stored", [{}, {"calendar": "solar"}, {"calendar": "solar", "year": 1975, "hour": 3}])
    def test_other_shapes_are_refused(self, stored):
        with pytest.raises(ValueError, match="不完整"):
            Anniversary.from_dict(stored)


class TestCalendar:
    @pytest.mark.parametrize(("day", "words"), FEASTS.items())
    def test_feasts_are_named(self, day, words):
        assert lunar_day_words(day) == festival(day) == words

    def test_other_days_have_their_number_and_first_days_their_month(self):
        assert lunar_day_words(date(2026, 9, 11)) == "八月"
        assert lunar_day_words(date(2026, 9, 12)) == "初二"
        assert lunar_day_words(date(2020, 5, 23)) == "闰四月"

    def test_a_feast_is_not_kept_twice_in_a_leap_year(self):
        """2025 has a leap sixth month and 1968 a leap seventh: 七夕 is in the first of the two."""
        seventh = [day for day in (date(1968, 1, 1) + timedelta(days=n) for n in range(366)) if festival(day) == "七夕"]
        assert seventh == [lunar_to_solar(1968, 7, 7)]

    @pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(2101, 1, 1), date.max])
    def test_a_calendar_far_away_has_no_moon(self, day):
        assert lunar_day_words(day) == ""
        assert festival(day) is None
