"""What every story of the sample stands on: a day, the units, and the people who act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from eventsvc.core.actor import Actor
from eventsvc.core.lunar import lunar_to_solar
from eventsvc.core.periods import at_local
from eventsvc.sample.units import Units


@dataclass
class Stage:
    """The day that all dates hang on, and who and what there is."""

    today: date
    now: datetime
    """This moment: nothing in the sample happens later."""
    units: Units
    actors: Mapping[str, Actor]

    def day(self, offset: int) -> date:
        """Give the day so many days from today."""
        return self.today + timedelta(days=offset)

    def at(self, day: int | date, hour: int = 9, minute: int = 0) -> datetime:
        """Give a moment on a clock in China, on a day or so many days from today; never after now when the day is past."""
        day = self.day(day) if isinstance(day, int) else day
        moment = at_local(day, time(hour, minute))
        return min(moment, self.now) if day <= self.today else moment

    def last(self, month: int, day: int, *, years: int = 0, lunar: bool = False) -> date:
        """Give the last 5·29 (or, lunar, 九月初九) that is at least ten days ago, or the one so many years before."""
        latest = self.today - timedelta(days=10)
        year = self.today.year
        while (found := _day_of(year, month, day, lunar)) > latest:
            year -= 1
        return _day_of(year - years, month, day, lunar) if years else found

    def next(self, month: int, day: int, *, lunar: bool = False) -> date:
        """Give the next such day that is at least twenty days ahead."""
        found = _day_of(self.today.year, month, day, lunar)
        return found if found >= self.day(20) else _day_of(self.today.year + 1, month, day, lunar)


def _day_of(year: int, month: int, day: int, lunar: bool) -> date:
    return lunar_to_solar(year, month, day) if lunar else date(year, month, day)
