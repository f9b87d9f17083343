"""At the moment at which an offer runs out, its party says yes: one of the two holds, never both."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from eventsvc.infra.db import db
from eventsvc.registrations import queries, service
from eventsvc.registrations.errors import OfferGone
from eventsvc.registrations.models import REGISTRATIONS as R
from eventsvc.registrations.models import Pool, Promotion, Registration, Seat, Standing
from eventsvc.registrations.service import offers
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import arranged, signed_up

UNTIL = NOW + timedelta(hours=24)
ROUNDS = 8


@pytest.fixture
def offered(app):
    """An activity with one place, offered to the second party; the third waits."""
    tree = a_tree()
    by = a_user("organiser", tree.village)

    def make():
        event = an_activity(unit=tree.village, by=by, places=1, title=f"第{len(made) + 1}次")
        arranged(event, by, promotion=Promotion.OFFER, offer_hours=24)
        receipts = [signed_up(event) for _ in range(3)]
        service.withdraw(receipts[0].id, now=NOW)
        db.session.rollback()
        made.append(event.id)
        return event.id, receipts[1].id, receipts[2].id

    made: list = []
    return make


def both(app, party):
    """Say yes just in time, and let it lapse just after, at the same moment; return whether the yes was heard."""
    ready, heard = threading.Barrier(2), []

    def yes():
        with app.app_context():
            ready.wait()
            try:
                service.accept_offer(party, now=UNTIL - timedelta(seconds=1))
                heard.append(True)
            except OfferGone:
                heard.append(False)

    def sweep():
        with app.app_context():
            ready.wait()
            service.lapse_offers(UNTIL + timedelta(seconds=1))

    threads = [threading.Thread(target=one) for one in (yes, sweep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    db.session.expire_all()
    return heard[0]


def standings(event) -> list[Standing]:
    return sorted(db.session.scalars(select(Registration.standing).where(Registration.activity_id == event)))


def add_up(event) -> bool:
    pool = db.session.scalar(select(Pool).where(Pool.activity_id == event))
    seats = db.session.scalar(select(func.sum(Seat.n)).where(Seat.pool_id == pool.id))
    held = db.session.scalar(select(func.sum(Registration.placed_count)).where(Registration.activity_id == event))
    return pool.taken == seats == held == 1


def test_a_yes_that_was_heard_is_kept_and_one_place_stays_one(app, offered):
    for _ in range(ROUNDS):
        event, party, next_one = offered()
        if both(app, party):
            assert queries.by_id(party).standing == Standing.PLACED
            assert queries.by_id(next_one).standing == Standing.WAITING
        else:
            assert queries.by_id(party).standing == Standing.LAPSED
            assert queries.by_id(next_one).standing == Standing.OFFERED
        assert add_up(event), standings(event)


def test_a_yes_written_without_looking_would_be_heard_twice(app, offered, monkeypatch):
    """The negative control: the lapse is over and the place with the next one, and still the yes is written down."""
    event, party, next_one = offered()
    service.lapse_offers(UNTIL + timedelta(seconds=1))

    def blind(registration_id, *, now, actor=None):
        db.session.execute(update(R).where(R.c.id == registration_id).values(standing=Standing.PLACED, placed_count=1))
        db.session.commit()

    monkeypatch.setattr(offers, "accept_offer", blind)
    offers.accept_offer(party, now=UNTIL)
    assert queries.by_id(next_one).standing == Standing.OFFERED
    assert not add_up(event)


def test_two_sweepers_let_it_lapse_once(app, offered):
    event, party, next_one = offered()
    done = []

    def sweep():
        with app.app_context():
            done.append(service.lapse_offers(UNTIL + timedelta(seconds=1)))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sum(done) == 1
    assert queries.by_id(next_one).standing == Standing.OFFERED
    assert add_up(event)
