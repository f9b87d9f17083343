"""The span of time that a page of figures speaks of: a year or one of its months."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from eventsvc.core.errors import Invalid
from eventsvc.core.periods import month_days
from eventsvc.core.words import N_, Words

EARLIEST, LATEST = 2000, 2099


class BadPeriod(Invalid):
    """The address asks for a year or month that is none."""

    code = "bad_period"
    words = N_("年份请写成 2027 的样子，月份在 1 到 12 之间")


@dataclass(frozen=True)
class Period:
    """A year, or one month of it."""

    year: int
    month: int | None = None

    @classmethod
    def read(cls, year: str | None, month: str | None, today: date) -> Self:
        """Read what an address says; nothing said means the year of today."""
        if not re.fullmatch(r"(\d{4})?", year or "", re.ASCII) or not re.fullmatch(
            r"(\d{1,2})?", month or "", re.ASCII
        ):
            raise BadPeriod
        found = cls(int(year) if year else today.year, int(month) if month else None)
        if not EARLIEST <= found.year <= LATEST or found.month not in (None, *range(1, 13)):
            raise BadPeriod
        return found

    @property
    def first(self) -> str:
        """Return the first month, `2027-01`."""
        return f"{self.year}-{self.month or 1:02d}"

    @property
    def last(self) -> str:
        """Return the last month."""
        return f"{self.year}-{self.month or 12:02d}"

    @property
    def span(self) -> tuple[date, date]:
        """Return the first day and the first day after."""
        return month_days(self.first)[0], month_days(self.last)[1]

    @property
    def before(self) -> "Period":
        """Return the same span of the year before."""
        return Period(self.year - 1, self.month)

    def holds(self, month: str) -> bool:
        """Say whether a month belongs to it."""
        return self.first <= month <= self.last

    @property
    def said(self) -> Words:
        """Say it: 2027年, 2027年5月."""
        if self.month is None:
            return Words(N_("{year}年"), year=self.year)
        return Words(N_("{year}年{month}月"), year=self.year, month=self.month)
