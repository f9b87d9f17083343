"""Sign-up for machines."""

import json

import pytest
from sqlalchemy import func, select

from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.registrations.models import Registration
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import couple_body, signed_up


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def post(app, slug, body, key="key-1"):
    headers = {"Idempotency-Key": key} if key else {}
    return app.test_client().post(f"/api/v1/activities/{slug}/registrations", json=body, headers=headers)


def test_a_machine_signs_a_couple_up_and_may_say_it_twice(app):
    slug, body = an_activity().slug, couple_body()
    first, again = post(app, slug, body), post(app, slug, body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.json["standing"] == "placed"
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    opened = app.test_client().get(first.json["link"].removeprefix("http://localhost"))
    assert opened.location == f"/r/{first.json['code']}"


def test_another_body_with_the_same_key_is_refused(app):
    slug = an_activity().slug
    post(app, slug, couple_body())
    no = post(app, slug, couple_body())
    assert (no.status_code, no.json["code"]) == (422, "another_body")


def test_without_a_key_nothing_is_written(app):
    no = post(app, an_activity().slug, couple_body(), key="")
    assert (no.status_code, no.json["code"]) == (422, "idempotency_key_missing")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (couple_body(surprise=1), "surprise"),
        (couple_body(people__husband__name=None), "people.husband.name"),
        (couple_body(people__husband__phone="", consent={"contact": True}), "people.husband.phone"),
        (couple_body(consent={}), "consent.contact"),
        (couple_body(answers__married_on={"calendar": "solar", "year": 1990}), "answers.married_on"),
    ],
)
def test_refusals_name_code_words_and_field(app, body, field):
    no = post(app, an_activity().slug, body)
    assert no.status_code in (409, 422)
    assert set(no.json) == {"code", "message", "fields"}
    assert field in no.json["fields"]


@pytest.mark.parametrize("raw", ["", "[]", "null", '"x"', "{", "[" * 3000, "{}"])
def test_what_is_no_object_is_refused_in_words(app, raw):
    slug = an_activity().slug
    no = app.test_client().post(
        f"/api/v1/activities/{slug}/registrations", data=raw, headers={"Idempotency-Key": "k", "Content-Type": "application/json"}
    )
    assert no.status_code == 422
    assert no.json["message"]


def test_full_says_so_with_a_stable_code(app):
    slug = an_activity(places=1, waiting_list=False).slug
    post(app, slug, couple_body(), "a")
    no = post(app, slug, couple_body(), "b")
    assert (no.status_code, no.json["code"]) == (409, "activity_full")


def test_no_such_link_is_not_found(app):
    assert post(app, "nosuchlink", couple_body()).status_code == 404


def test_a_token_with_the_scope_reads_its_own_activity_masked(app):
    tree = a_tree()
    activity = an_activity(unit=tree.village)
    signed_up(activity, people__husband__phone="13812345678", people__husband__name="曾秀英")
    path = f"/api/v1/activities/{activity.id}/registrations"
    reader = a_token(a_user("organiser", tree.village), "registrations:read")
    answer = app.test_client().get(path, headers=reader)
    assert answer.json["total"] == 1
    assert answer.json["items"][0]["people"][0]["phone"] == "138****5678"
    for q, total in (("zxy", 1), ("5678", 1), ("nobody", 0)):
        assert app.test_client().post(f"{path}/search", json={"q": q}, headers=reader).json["total"] == total
    assert app.test_client().get(f"{path}?q=nobody", headers=reader).json["total"] == 1  # an address says nothing of whom
    assert app.test_client().get(f"{path}?standing=odd", headers=reader).status_code == 422
    assert app.test_client().get(path).status_code == 401


def test_a_token_of_elsewhere_sees_nothing(app):
    tree = a_tree()
    activity = an_activity(unit=tree.village)
    path = f"/api/v1/activities/{activity.id}/registrations"
    assert app.test_client().get(path, headers=a_token(a_user("organiser", tree.group), "registrations:read")).status_code == 404
    assert app.test_client().get(path, headers=a_token(a_user("admin", tree.county), "registrations:read")).status_code == 403


def test_the_grammar_is_described(app):
    described = app.extensions["eventsvc_openapi"]
    operation = described["paths"]["/api/v1/activities/{slug}/registrations"]["post"]
    assert "golden_wedding" in json.dumps(operation["requestBody"])
    assert operation["security"] == []
