"""Months, years and the clock of China: what is stored in UTC is counted and shown in Asia/Shanghai."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventsvc.core.words import N_

SHANGHAI = ZoneInfo("Asia/Shanghai")

FIRST_MEMBER_DAY = 1999
"""The first 会员活动日 was held in 1999, so that of year Y is the (Y − 1998)th; checked on eight years' reports."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def local(moment: datetime) -> datetime:
    """Give a moment as a clock in China shows it; a moment without a zone is a mistake of ours (ValueError)."""
    if moment.utcoffset() is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(SHANGHAI)


def at_local(day: date, at: time) -> datetime:
    """Give the moment, in UTC, at which a clock in China shows this day and time.

    In 1986–1991 (and before 1950) summer time made an hour happen twice or never: of two the first is meant, and an hour
    that never was is refused (ValueError).
    """
    if at.tzinfo is not None:
        raise ValueError("the time on a wall has no time zone")
    moment = datetime.combine(day, at, SHANGHAI).astimezone(UTC)
    if moment.astimezone(SHANGHAI).replace(tzinfo=None) != datetime.combine(day, at):
        raise ValueError(N_("那天改用夏令时，没有这个时刻"))
    return moment


def day_of(moment: datetime | date) -> date:
    """Give the day in China on which a moment falls; a plain date is that day."""
    return local(moment).date() if isinstance(moment, datetime) else moment


def month_of(moment: datetime | date) -> str:
    """Give the month in China, `2026-05`, in which a moment falls."""
    day = day_of(moment)
    return f"{day.year:04d}-{day.month:02d}"


def year_of(moment: datetime | date) -> int:
    """Give the year in China in which a moment falls."""
    return day_of(moment).year


def month_days(month: str) -> tuple[date, date]:
    """Give the first day of a month and the first day of the next."""
    first = _first_day(month)
    return first, _first_day(next_month(month))


def month_span(month: str) -> tuple[datetime, datetime]:
    """Give the half-open span [start, end) of a month in China, in UTC, for queries."""
    first, after = month_days(month)
    return at_local(first, time()), at_local(after, time())


def day_span(day: date) -> tuple[datetime, datetime]:
    """Give the half-open span [start, end) of a day in China, in UTC."""
    return at_local(day, time()), at_local(day + timedelta(days=1), time())


def year_span(year: int) -> tuple[datetime, datetime]:
    """Give the half-open span [start, end) of a year in China, in UTC."""
    return at_local(date(year, 1, 1), time()), at_local(date(year + 1, 1, 1), time())


def previous_month(month: str) -> str:
    """Give the month before: 2026-01 → 2025-12."""
    return month_of(_first_day(month) - timedelta(days=1))


def next_month(month: str) -> str:
    """Give the month after: 2025-12 → 2026-01."""
    return month_of(_first_day(month) + timedelta(days=31))


def months_between(first: str, last: str) -> list[str]:
    """List the months from first to last, both included; none when last lies before first."""
    months = []
    while first <= last:
        months.append(first)
        first = next_month(first)
    return months


def member_day_ordinal(year: int) -> int:
    """Say which 会员活动日 a year holds: 2026 → the 28th. Before 1999 there was none (ValueError)."""
    if year < FIRST_MEMBER_DAY:
        raise ValueError(N_("会员活动日从1999年开始"))
    return year - FIRST_MEMBER_DAY + 1


def full_years(start: date, on: date) -> int:
    """Count the years completed from start to a day, the anniversary itself included; negative when start lies after it.

    What began on 29 February completes its year on 28 February where there is no 29th: 民法典 art. 202 ends a period
    without a corresponding day on the last day of the month (not on 1 March).
    """
    anniversary = (start.month, start.day)
    if anniversary == (2, 29) and not _is_leap(on.year):
        anniversary = (2, 28)
    return on.year - start.year - ((on.month, on.day) < anniversary)


def full_months(start: date, on: date) -> int:
    """Return how many whole months lie between two days, as babies' ages are told; negative before the first one begins."""
    return (on.year - start.year) * 12 + on.month - start.month - (on.day < start.day)


def _first_day(month: str) -> date:
    found = _MONTH.fullmatch(month)
    if not found or found[1] == "0000":
        raise ValueError(N_("月份请写成 2026-05 的样子"))
    return date(int(found[1]), int(found[2]), 1)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
