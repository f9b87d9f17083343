"""Dates as elders tell them: by the sun or the moon, to the day, the month or only the year.

Lunar reckoning is lunar-python's (GB/T 33661-2017 in effect), from 1900 to 2100. It takes some milliseconds a date, so what
is asked again and again is remembered.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal, Self

from lunar_python import LunarMonth, LunarYear, Solar

from eventsvc.core.periods import full_years
from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Words

Calendar = Literal["solar", "lunar"]
Precision = Literal["day", "month", "year"]

FIRST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_SAID = 100

_DIGITS = "〇一二三四五六七八九"
_MONTHS = ("正月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月")
_FESTIVALS = {
    (1, 1): N_("春节"), (1, 15): N_("元宵节"), (2, 2): N_("龙抬头"), (3, 3): N_("三月三"), (5, 5): N_("端午节"),
    (7, 7): N_("七夕"), (7, 15): N_("中元节"), (8, 15): N_("中秋节"), (9, 9): N_("重阳节"), (12, 8): N_("腊八节"),
}  # fmt: skip
_TICKED = {"": False, "0": False, "false": False, "1": True, "on": True, "true": True}
_FEW_DIGITS = re.compile(r"\d{1,4}", re.ASCII)
_TERMS = {"清明": N_("清明"), "冬至": N_("冬至")}


@dataclass(frozen=True)
class Anniversary:
    """A day that people remember, as exactly as they remember it; one that cannot be is refused (ValueError).

    `year` of a lunar date is the lunar year: 1974年十二月初八 lies in January 1975. `leap` means a leap month (闰四月). `said`
    keeps the words it was told in.
    """

    calendar: Calendar
    year: int
    month: int | None = None
    day: int | None = None
    leap: bool = False
    said: str = ""

    def __post_init__(self) -> None:
        _refuse_odd_shapes(self)
        if self.calendar == "solar":
            _refuse_impossible_solar(self)
        else:
            _refuse_impossible_lunar(self)

    @property
    def precision(self) -> Precision:
        """Say how exactly it is known."""
        return "year" if self.month is None else "month" if self.day is None else "day"

    @cached_property
    def earliest(self) -> date:
        """Give the first solar day that it can have been."""
        month, day = self.month or 1, self.day or 1
        if self.calendar == "solar":
            return date(self.year, month, day)
        return lunar_to_solar(self.year, month, day, self.leap)

    @cached_property
    def latest(self) -> date:
        """Give the last solar day that it can have been."""
        if self.precision == "day":
            return self.earliest
        if self.calendar == "lunar":
            return self._last_lunar_day()
        after = (self.year + 1, 1) if self.month in (None, 12) else (self.year, self.month + 1)
        return date(*after, 1) - timedelta(days=1)

    @property
    def solar(self) -> date | None:
        """Give the solar day to reckon with, or None when the day is not known."""
        return self.earliest if self.precision == "day" else None

    def years_on(self, cutoff: date) -> tuple[int, int]:
        """Give the fewest and the most full years that can have passed by a day.

        A rule compares both: fewest ≥ 50 is yes, most < 50 is no, between them lies "can't tell". Negative before the event.
        """
        return full_years(self.latest, cutoff), full_years(self.earliest, cutoff)

    def say(self) -> str:
        """Say it in Chinese, a lunar date with its solar one: 农历一九七四年十二月初八（公历1975年1月19日）."""
        if self.calendar == "solar":
            return _say_solar(self)
        words = f"农历{''.join(_DIGITS[int(digit)] for digit in str(self.year))}年"
        words += _month_words(self.month, self.leap) if self.month else ""
        words += day_words(self.day) if self.day else ""
        until = "" if self.precision == "day" else f"至{_solar_words(self.latest)}"
        return f"{words}（公历{_solar_words(self.earliest)}{until}）"

    def to_dict(self) -> dict[str, Any]:
        """Give it as JSON holds it at rest; `from_dict` gives back the same."""
        return {
            "calendar": self.calendar,
            "year": self.year,
            "month": self.month,
            "day": self.day,
            "leap": self.leap,
            "said": self.said,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote, or a form sent, and check it again; keys that it does not know are refused.

        A form sends words: digits are read as numbers, an empty part is one that is not known.
        """
        known = {"calendar", "year", "month", "day", "leap", "said"}
        if not {"calendar", "year"} <= set(stored) <= known:
            raise ValueError(N_("日期的内容不完整，请重新填写"))
        numbers = {part: _number(stored.get(part)) for part in ("year", "month", "day")}
        return cls(stored["calendar"], **numbers, leap=_ticked(stored.get("leap")), said=stored.get("said") or "")

    def _last_lunar_day(self) -> date:
        if self.month is None:
            return lunar_to_solar(self.year + 1, 1, 1) - timedelta(days=1)
        return lunar_to_solar(self.year, self.month, month_length(self.year, self.month, self.leap), self.leap)


def lunar_to_solar(year: int, month: int, day: int, leap: bool = False) -> date:
    """Give the solar date of a lunar one that exists."""
    return _first_of_month(year, month, leap) + timedelta(days=day - 1)


@lru_cache(maxsize=4096)
def solar_to_lunar(day: date) -> tuple[int, int, int, bool]:
    """Give the lunar year, month, day and whether the month is a leap one."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR + 1:
        raise ValueError(Words(N_("年份请填{first}到{last}之间的四位数"), first=FIRST_YEAR, last=LAST_YEAR))
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    month = int(lunar.getMonth())
    return int(lunar.getYear()), abs(month), int(lunar.getDay()), month < 0


@lru_cache(maxsize=1024)
def leap_month(year: int) -> int:
    """Give the month that is doubled in a lunar year, or 0."""
    return int(LunarYear.fromYear(year).getLeapMonth())


def month_length(year: int, month: int, leap: bool = False) -> int:
    """Give how many days a lunar month has: 29 or 30."""
    return int(_month(year, month, leap).getDayCount())


def lunar_day_words(day: date) -> str:
    """Say what a calendar writes under a day: a feast (七夕, 重阳节, 除夕), the month on its first day, else 初八.

    清明 and 冬至, which go by the sun, count as feasts. Nothing outside 1900–2100.
    """
    if not FIRST_YEAR < day.year <= LAST_YEAR:
        return ""
    if feast := festival(day):
        return feast
    _, month, in_month, leap = solar_to_lunar(day)
    return _month_words(month, leap) if in_month == 1 else day_words(in_month)


@lru_cache(maxsize=4096)
def festival(day: date) -> str | None:
    """Name the traditional feast of a day, if it has one; a leap month has none, nor has a day outside 1900–2100."""
    if not FIRST_YEAR < day.year <= LAST_YEAR:
        return None
    _, month, in_month, leap = solar_to_lunar(day)
    if month == 12 and solar_to_lunar(day + timedelta(days=1))[1:] == (1, 1, False):
        return N_("除夕")
    term = Solar.fromYmd(day.year, day.month, day.day).getLunar().getJieQi()
    return None if leap and term not in _TERMS else _TERMS.get(term) or _FESTIVALS.get((month, in_month))


def day_words(day: int) -> str:
    """Say the day of a lunar month: 初一, 初十, 十五, 二十, 廿三, 三十."""
    if day in (10, 20, 30):
        return ("初十", "二十", "三十")[day // 10 - 1]
    return ("初", "十", "廿")[day // 10] + _DIGITS[day % 10]


def _month_words(month: int, leap: bool) -> str:
    return ("闰" if leap else "") + _MONTHS[month - 1]


def _solar_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _say_solar(when: Anniversary) -> str:
    words = f"{when.year}年"
    words += f"{when.month}月" if when.month else ""
    return words + (f"{when.day}日" if when.day else "")


def _number(value: Any) -> Any:
    """Read digits (full-width ones too) as a number and nothing as None; what else there is stays, to be refused."""
    if not isinstance(value, str):
        return value
    digits = full_width_to_ascii(value).strip()
    if not digits:
        return None
    return int(digits) if _FEW_DIGITS.fullmatch(digits) else value


def _ticked(value: Any) -> Any:
    """Read a tick box as yes or no; what else there is stays, to be refused."""
    return _TICKED.get(value or "", value) if value is None or isinstance(value, str) else value


def _refuse_odd_shapes(when: Anniversary) -> None:
    if when.calendar not in ("solar", "lunar"):
        raise ValueError(N_("请选公历或农历"))
    for number in (when.year, when.month, when.day):
        if number is not None and type(number) is not int:
            raise ValueError(N_("年月日请填数字"))
    if type(when.leap) is not bool or not isinstance(when.said, str) or len(when.said) > LONGEST_SAID:
        raise ValueError(N_("日期的内容不完整，请重新填写"))
    if type(when.year) is not int or not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(Words(N_("年份请填{first}到{last}之间的四位数"), first=FIRST_YEAR, last=LAST_YEAR))
    if when.month is not None and not 1 <= when.month <= 12:
        raise ValueError(N_("月份请填1到12"))
    if when.month is None and (when.day is not None or when.leap):
        raise ValueError(N_("填了日或闰月，就要填月份"))


def _refuse_impossible_solar(when: Anniversary) -> None:
    if when.leap:
        raise ValueError(N_("公历没有闰月；如果是农历，请选农历"))
    if when.day is None:
        return
    try:
        date(when.year, when.month or 1, when.day)
    except ValueError:
        words = N_("公历{year}年{month}月没有{day}日；如果是农历，请选农历")
        raise ValueError(Words(words, year=when.year, month=when.month, day=when.day)) from None


def _refuse_impossible_lunar(when: Anniversary) -> None:
    if when.month is None:
        return
    if when.leap and leap_month(when.year) != when.month:
        raise ValueError(_no_such_leap_month(when.year, when.month))
    if when.day is None:
        return
    length = month_length(when.year, when.month, when.leap)
    if not 1 <= when.day <= 30:
        raise ValueError(N_("农历的日子请填1到30"))
    if when.day > length:
        words = N_("农历{year}年{month}只有{length}天，没有三十")
        raise ValueError(Words(words, year=when.year, month=_month_words(when.month, when.leap), length=length))


def _no_such_leap_month(year: int, month: int) -> Words:
    asked, real = _month_words(month, True), leap_month(year)
    if not real:
        return Words(N_("农历{year}年没有闰月，也就没有{asked}"), year=year, asked=asked)
    return Words(N_("农历{year}年没有{asked}，那年是{real}"), year=year, asked=asked, real=_month_words(real, True))


@lru_cache(maxsize=4096)
def _first_of_month(year: int, month: int, leap: bool) -> date:
    first = Solar.fromJulianDay(_month(year, month, leap).getFirstJulianDay())
    return date(first.getYear(), first.getMonth(), first.getDay())


@lru_cache(maxsize=4096)
def _month(year: int, month: int, leap: bool) -> LunarMonth:
    found = LunarMonth.fromYm(year, -month if leap else month)
    if found is None:
        raise ValueError(_no_such_leap_month(year, month))
    return found
