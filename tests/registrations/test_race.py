"""500 people press the button at the same moment, for 200 places. And what happens when the guard is gone."""

import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.infra.forms import flatten
from eventsvc.registrations import nonces, openings, service
from eventsvc.registrations.models import POOLS as P
from eventsvc.registrations.models import Pool, Registration, Seat, Standing
from eventsvc.registrations.service import places
from tests.factories.activities import NOW, an_activity
from tests.factories.registrations import couple_body

PEOPLE, PLACES, AT_ONCE = 500, 200, 32


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def storm(app, slug: str, number: int = PEOPLE) -> Counter:
    """Let so many people send their forms, all waiting for the same signal; return what they were answered."""
    answers: list[int] = []
    bodies = iter([{**dict(flatten(couple_body())), "_nonce": nonces.draw(slug, NOW - timedelta(minutes=1))} for _ in range(number)])
    ready, lock = threading.Barrier(AT_ONCE), threading.Lock()

    def person() -> None:
        client = app.test_client()
        ready.wait()
        while True:
            with lock:
                body = next(bodies, None)
            if body is None:
                return
            status = client.post(f"/s/{slug}", data=body).status_code
            with lock:
                answers.append(status)

    threads = [threading.Thread(target=person) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(answers)


def a_slug(**plan) -> str:
    """Return the link of an activity, with no transaction left open that would see the past."""
    slug = an_activity(**plan).slug
    db.session.rollback()
    return slug


def counted(standing: Standing) -> int:
    return db.session.scalar(select(func.count()).select_from(Registration).where(Registration.standing == standing))


def test_exactly_two_hundred_get_in_and_the_rest_wait_in_order(app):
    answers = storm(app, a_slug(places=PLACES))
    assert answers == {303: PEOPLE}
    pool = db.session.scalar(select(Pool))
    assert (pool.taken, pool.waiting, counted(Standing.PLACED), counted(Standing.WAITING)) == (PLACES, PEOPLE - PLACES, PLACES, PEOPLE - PLACES)
    assert db.session.scalar(select(func.sum(Seat.n))) == PLACES
    numbers = db.session.scalars(select(Registration.seq).where(Registration.standing == Standing.WAITING).order_by(Registration.seq)).all()
    assert numbers == list(range(1, PEOPLE - PLACES + 1))


def test_without_a_waiting_list_the_rest_are_refused_and_leave_nothing(app):
    answers = storm(app, a_slug(places=PLACES, waiting_list=False))
    assert answers == {303: PLACES, 409: PEOPLE - PLACES}
    assert db.session.scalar(select(func.count()).select_from(Registration)) == PLACES
    assert db.session.scalar(select(Pool.taken)) == PLACES


def test_with_the_guard_gone_too_many_get_in(app, monkeypatch):
    """The negative control: look whether there is room, then write, as one does without thinking.

    If this sold no place twice, the storms above would prove nothing.
    """
    sign_up = service.sign_up

    def look_then_write(slug, parties, **how):
        seen = openings.opening(slug)
        time.sleep(0.005)
        return sign_up(seen, parties, **how)

    def write(opening, party, n, *_, **__):
        db.session.execute(update(P).where(P.c.id == opening.pool_id).values(taken=P.c.taken + n))
        db.session.execute(places.SEAT, {"registration_id": party, "pool_id": opening.pool_id, "n": n})
        return Standing.PLACED, None

    monkeypatch.setattr(service, "sign_up", look_then_write)
    monkeypatch.setattr(places, "take", write)
    answers = storm(app, a_slug(places=3, waiting_list=False), 60)
    sold = db.session.scalar(select(func.sum(Seat.n)))
    assert sold > 3
    assert answers[303] == sold
