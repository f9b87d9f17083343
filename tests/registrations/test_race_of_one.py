"""One couple signs up by the link, by staff and by a machine in the same moment: it stands there once. And without the claims, more than once."""

import threading

import pytest
from sqlalchemy import delete, func, select

from eventsvc.core import clock
from eventsvc.core.errors import DomainError
from eventsvc.infra.db import db
from eventsvc.registrations import service
from eventsvc.registrations.errors import AlreadySignedUp
from eventsvc.registrations.models import Channel, Claim, Pool, Registration
from eventsvc.registrations.service import arrival, rows
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import a_party, an_id_number

ROUNDS = 8


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tree = a_tree()
    by = a_user("organiser", tree.village)
    activity = an_activity(unit=tree.village, by=by, places=50)
    return activity.id, activity.slug, by


def the_same_couple():
    """The same two people, whatever else is told: at one door by phone, at another by number of the card and birth date."""
    he = {"people__husband__name": "陈建国", "people__husband__born_on": "1948-03-12"}
    return [
        a_party(**he, people__husband__phone="13800001111"),
        a_party(**he, people__husband__phone="13900002222", people__wife__name="吴玉珠"),
        a_party(**he, people__husband__id_number=an_id_number("male", "19480312", 7), people__wife__name="林秀英", consent={"contact": True, "identity": True}),
    ]  # fmt: skip


def come_all_at_once(app, activity_id, slug, by, turn=0) -> list[str]:
    """Let the three doors open in the same moment, several times; return what each was answered."""
    answers: list[str] = []
    link, staff, machine = the_same_couple()
    ways = [
        lambda at: service.sign_up(slug, (link,), nonce=f"link-{turn}-{at}", now=NOW),
        lambda at: service.add_by_staff(activity_id, staff, channel=Channel.STAFF, nonce=f"staff-{turn}-{at}", actor=by, now=NOW),
        lambda at: service.sign_up(slug, (machine,), nonce=f"api:{turn}-{at}", now=NOW, channel=Channel.API),
    ]
    ready = threading.Barrier(len(ways) * 2)

    def person(way, at) -> None:
        with app.app_context():
            ready.wait()
            try:
                way(at)
                answers.append("in")
            except AlreadySignedUp:
                answers.append("already")
            except DomainError as no:
                answers.append(no.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=person, args=(way, at)) for at in range(2) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def start_afresh() -> None:
    for model in (Claim,):
        db.session.execute(delete(model))
    db.session.commit()


def test_whoever_is_first_stands_there_once(app, world):
    activity_id, slug, by = world
    for round_ in range(1, ROUNDS + 1):
        db.session.rollback()
        answers = come_all_at_once(app, activity_id, slug, by, round_)
        assert sorted(answers) == ["already"] * 5 + ["in"], answers
        assert db.session.scalar(select(func.count()).select_from(Registration)) == round_
        assert db.session.scalar(select(Pool.taken)) == round_
        start_afresh()


def test_without_claims_it_stands_there_more_than_once(app, world, monkeypatch):
    """The negative control."""
    activity_id, slug, by = world
    monkeypatch.setattr(rows, "claims_of", lambda *_: [])
    assert arrival.rows_of.__module__ == rows.__name__
    db.session.rollback()
    come_all_at_once(app, activity_id, slug, by)
    assert db.session.scalar(select(func.count()).select_from(Registration)) > 1
