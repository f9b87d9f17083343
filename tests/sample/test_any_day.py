"""The sample hangs on the day of its loading: it must come out right on any day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.registrations.models import Participant
from eventsvc.sample import service
from eventsvc.sample.stage import Stage
from eventsvc.sample.units import Units


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2028, 2, 1)])
def test_on_whatever_day_it_is_loaded_no_two_activities_of_a_unit_have_one_title(start: date) -> None:
    for offset in range(366):
        day = start + timedelta(days=offset)
        told = service.stories(Stage(day, datetime(day.year, day.month, day.day, 4, tzinfo=UTC), Units(), {}))
        assert len({(story.unit, story.title) for story in told}) == len(told), day


def test_show_is_silent_where_there_is_no_sample(app: Flask) -> None:
    shown = app.test_cli_runner().invoke(args=["sample", "show"])
    assert (shown.exit_code, shown.output) == (0, "")


@pytest.mark.soak
@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2027, 5, 29), date(2027, 6, 9), date(2028, 2, 29), date(2027, 10, 8)])
@pytest.mark.parametrize("hour", [0, 8, 15])
def test_it_loads_on_any_day_at_any_hour(app: Flask, day: date, hour: int) -> None:
    moment = datetime(day.year, day.month, day.day, hour, 1, tzinfo=UTC)
    assert service.load(now=moment) == len(service.stories(Stage(day, moment, Units(), {})))
    assert db.session.scalar(select(func.count()).select_from(Participant)) > 100
