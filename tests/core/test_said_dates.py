"""Dates as people write them on lists."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventsvc.core.lunar import Anniversary, day_words, leap_month, month_length
from eventsvc.core.said_dates import read_day, read_said

L, S = "lunar", "solar"
MONTHS = ("正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")


@pytest.mark.parametrize(("said", "calendar", "parts", "leap"), [
    ("1974年腊月初八", L, (1974, 12, 8), False), ("农历1974.12.8", L, (1974, 12, 8), False), ("农历1974年12月8日", L, (1974, 12, 8), False),
    ("一九七四年十二月初八", L, (1974, 12, 8), False), ("74年腊月初八", L, (1974, 12, 8), False), ("（农历）一九七四年腊月初八", L, (1974, 12, 8), False),
    ("甲寅年腊月初八", L, (1974, 12, 8), False), ("1974年腊八", L, (1974, 12, 8), False), ("阴历1974-12-08", L, (1974, 12, 8), False),
    ("1974年闰四月初一", L, (1974, 4, 1), True), ("农历1974年闰4月", L, (1974, 4, None), True), ("1974年六月廿三", L, (1974, 6, 23), False),
    ("1974年六月二十三", L, (1974, 6, 23), False), ("1974年冬月", L, (1974, 11, None), False), ("农历1974年", L, (1974, None, None), False),
    ("1974年春节", L, (1974, 1, 1), False), ("1973年除夕", L, (1973, 12, 30), False), ("1974年8月初十", L, (1974, 8, 10), False),
    ("1975-01-19", S, (1975, 1, 19), False), ("1975/1/19", S, (1975, 1, 19), False), ("1975.1.19", S, (1975, 1, 19), False),
    ("1975年1月19日", S, (1975, 1, 19), False), ("19750119", S, (1975, 1, 19), False), ("1975-01-19 00:00:00", S, (1975, 1, 19), False),
    ("一九七五年一月十九日", S, (1975, 1, 19), False), ("１９７５年１月１９号", S, (1975, 1, 19), False), ("75.1.19", S, (1975, 1, 19), False),
    ("74年", S, (1974, None, None), False), ("1974", S, (1974, None, None), False), ("1974年10月", S, (1974, 10, None), False),
    ("1974.10", S, (1974, 10, None), False), ("公历1974年国庆", S, (1974, 10, 1), False), ("民国38年", S, (1949, None, None), False),
    ("约1974年", S, (1974, None, None), False), ("一九七〇年五月二日", S, (1970, 5, 2), False),
])  # fmt: skip
def test_it_is_read_as_it_is_meant_and_kept_as_it_was_said(said, calendar, parts, leap):
    read = read_said(said)
    assert (read.calendar, (read.year, read.month, read.day), read.leap) == (calendar, parts, leap)
    assert read.said == said


def test_the_eighth_of_the_twelfth_month_is_a_day_of_the_next_year():
    assert read_said("1974年腊月初八").solar == date(1975, 1, 19)


@pytest.mark.parametrize(("said", "words"), [
    ("", "读不懂"), ("解放后第二年", "读不懂"), ("记不得了", "读不懂"), ("12年", "四位年份"), ("27413", "序号"), ("1975-02-29", "没有29日"),
    ("1974年闰五月初一", "没有闰五月"), ("1975年腊月三十一", "1到30"), ("1974年三月三十", "没有三十"), ("1975-13-01", "月份"), ("1875年", "1900"),
    ("公历1974年腊月初八", "一半像公历"), ("甲丑年", "干支"), ("1974-12", None), ("1974年12月8日或9日", "读不懂"), ("1" * 60, "最多"),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_words(said, words):
    if words is None:
        assert read_said(said).precision == "month"
        return
    with pytest.raises(ValueError, match=words):
        read_said(said)


@st.composite
def lunar(draw: st.DrawFn) -> Anniversary:
    year, month = draw(st.integers(1940, 1999)), draw(st.integers(1, 12))
    leap = leap_month(year) == month and draw(st.booleans())
    day = draw(st.none() | st.integers(1, month_length(year, month, leap)))
    return Anniversary("lunar", year, month, day, leap)


@given(lunar())
def test_every_lunar_date_is_read_back_from_words_and_from_numbers(told):
    leap, day = "闰" if told.leap else "", told.day
    in_words = f"{told.year}年{leap}{MONTHS[told.month - 1]}月{day_words(day) if day else ''}"
    in_numbers = f"农历{told.year}年{leap}{told.month}月{f'{day}日' if day else ''}"
    for said in ((f"农历{in_words}", in_numbers) if day is None else (in_words, in_numbers)):
        read = read_said(said)
        assert (read.calendar, read.year, read.month, read.day, read.leap) == ("lunar", told.year, told.month, day, told.leap), said
        assert (read.earliest, read.latest) == (told.earliest, told.latest)


@given(st.dates(date(1930, 1, 1), date(1999, 12, 31)), st.sampled_from(["{0}-{1:02d}-{2:02d}", "{0}.{1}.{2}", "{0}/{1}/{2}", "{0}年{1}月{2}日", "公历{0}年{1}月{2}号"]))
def test_every_solar_day_is_read_back(day, shape):
    assert read_day(shape.format(day.year, day.month, day.day)) == day


@given(st.text(max_size=50) | st.text("农公历年月日初十廿闰腊正一二三四〇0123456789.-/ 甲寅民国春节", max_size=14))
def test_nothing_is_an_accident(said):
    try:
        read = read_said(said)
    except ValueError as no:
        assert str(no)
    else:
        assert 1900 <= read.year <= 2100 and read.earliest <= read.latest


@given(lunar(), st.integers(1990, 2040), st.integers(1, 12), st.integers(1, 28))
def test_the_fewest_and_the_most_years_lie_one_apart_at_most_for_a_year_and_never_cross(told, year, month, day):
    fewest, most = told.years_on(date(year, month, day))
    assert fewest <= most <= fewest + (0 if told.precision == "day" else 1)
