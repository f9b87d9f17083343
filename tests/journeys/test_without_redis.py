"""Redis gone, or there and silent: a sign-up is answered within two seconds all the same, and so is whoever asks for a paper."""

import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.infra.forms import flatten
from eventsvc.infra.jobs.models import Job, JobState
from eventsvc.registrations import nonces
from tests import servers
from tests.clients import Browser, form_of, text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import couple_body

AT_MOST = 2.0


@pytest.fixture(params=["gone", "silent"])
def house(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> Iterator[Flask]:
    """The service, limits on, whose own Redis has just been stopped, or hangs."""
    with servers.redis_server() as redis:
        made = create_app(replace(settings, redis_url=redis.url, rate_limits=True))
        Browser(made).get("/log-in")  # it worked before
        if request.param == "gone":
            redis.stop()
        else:
            redis.process.send_signal(signal.SIGSTOP)
        yield made
        if request.param == "silent":
            redis.process.send_signal(signal.SIGCONT)


def within_two_seconds(do: Any, *args: Any, **kw: Any) -> Any:
    """Return what this returns; fail when it takes longer."""
    begun = time.monotonic()
    done = do(*args, **kw)
    assert time.monotonic() - begun < AT_MOST
    return done


def test_a_sign_up_is_answered_and_its_paper_is_promised(house: Flask) -> None:
    village = a_tree().village
    organiser = a_user("organiser", village)
    day = max(clock.now(), NOW) + timedelta(days=60)
    activity = an_activity(unit=village, by=organiser, starts_at=day, cutoff_date=day.date())

    couple = Browser(house)
    empty = within_two_seconds(couple.get, f"/s/{activity.slug}")
    typed = form_of(empty.text)
    for name, value in flatten({**couple_body(), "proxy": {"relation": "self"}}):
        typed.setlist(name, [value])
    time.sleep(nonces.QUICKEST.total_seconds() + 1)  # who reads the page needs as long
    receipt = within_two_seconds(couple.post, f"/s/{activity.slug}", typed, follow=True)
    assert "报名成功" in text_of(receipt.text)

    staff = logged_in(house, organiser)
    papers = staff.get(f"/activities/{activity.id}/documents")
    assert papers.status_code == 200
    waits = within_two_seconds(staff.post, f"/activities/{activity.id}/documents/sign_in", status=303)
    assert "排队中" in text_of(staff.get(waits.location).text)
    db.session.rollback()
    assert set(db.session.scalars(select(Job.state).where(Job.name == "render"))) == {JobState.DUE}
