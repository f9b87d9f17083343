"""What machines are told of places: what is left of each part, and where one's own party stands. Nobody's name."""

import hashlib

import pytest

from eventsvc.registrations import service
from eventsvc.registrations.models import Admission, Promotion
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import SEED, arranged, signed_up


@pytest.fixture
def by(app, at_now):
    return a_user("organiser", a_tree().township)


@pytest.fixture
def event(by):
    return an_activity(unit=a_tree().township, by=by, places=3)


@pytest.fixture
def ask(app):
    return app.test_client()


def standing(ask, receipt):
    return ask.post("/api/v1/registrations/standing", json={"secret": receipt.secret})


def test_each_part_says_what_is_left(ask, event, by):
    arranged(event, by, each_village=2)
    village = a_tree().village
    signed_up(event, village=str(village.id))
    told = ask.get(f"/api/v1/activities/{event.slug}/places").json
    assert (told["admission"], told["open"], told["seed_sha256"]) == ("first_come", True, "")
    pools = {one["kind"]: (one["label"], one["cap"], one["left"]) for one in told["pools"]}
    assert pools["main"] == ("", 3, 2)
    assert pools[f"unit:{village.id.hex}"] == ("观洋村委会", 2, 1)


def test_the_seed_is_told_as_its_hash_only(ask, event, by):
    arranged(event, by, admission=Admission.LOTTERY)
    answer = ask.get(f"/api/v1/activities/{event.slug}/places")
    assert answer.json["seed_sha256"] == hashlib.sha256(SEED.encode()).hexdigest()
    assert SEED not in answer.text


def test_a_party_asks_for_its_place_with_its_secret(ask, event, by):
    arranged(event, by, promotion=Promotion.OFFER)
    receipts = [signed_up(event) for _ in range(5)]
    assert standing(ask, receipts[4]).json["place"] == 2
    service.withdraw(receipts[0].id, now=NOW)
    told = standing(ask, receipts[3]).json
    assert (told["standing"], told["place"], told["code"]) == ("offered", None, receipts[3].code)
    assert told["offer_until"].startswith("2027-05-02T02:00")


@pytest.mark.parametrize("body", [{}, {"secret": ""}, {"secret": "x" * 43}, {"secret": 3}, {"secret": "x" * 200}, {"secret": "x", "more": 1}, []])
def test_without_it_nothing_is_told(ask, event, body):
    answer = ask.post("/api/v1/registrations/standing", json=body)
    assert answer.status_code in (404, 422)
    assert "standing" not in answer.json


def test_of_a_link_that_is_none_nothing_is_told(ask, event):
    assert ask.get("/api/v1/activities/nothing/places").status_code == 404
