"""Every door of the service, walked by everybody who should not get in. New doors are included by themselves.

A status says too little: an answer about somebody else's thing must not differ from that about a thing that is not there by
a single byte.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask, url_for
from sqlalchemy import true
from werkzeug.test import TestResponse

from eventsvc.core.actor import IMPLIED, Role
from eventsvc.infra import policy
from eventsvc.infra.policy import Policy
from eventsvc.organisations import queries as organisations
from tests.clients import Browser
from tests.factories.accounts import a_token, a_user, logged_in
from tests.factories.organisations import a_tree, another_county
from tests.house.worlds import MODELS, WORDS, World, a_world

SAFE = {"GET": "get", "POST": "post", "PUT": "put", "PATCH": "patch", "DELETE": "delete"}
MISSING = {name: UUID(int=0x7000_8000_0000_0000_0000 + at) for at, name in enumerate(["organisation_id", *MODELS])}
UNSEEN = (404, 409, 422)
"""Besides 404: the door read the (empty) form first (422) or has nothing to take back (409), and says the same of both."""
NOT_READY = {"documents.file", "documents.page", "documents_api.file"}
"""Doors behind which there is nothing to show yet: a paper that no worker has drawn."""


@pytest.fixture
def here(app) -> World:
    return a_world(a_tree().village)


def doors(app: Flask) -> Iterator[tuple[object, str, Policy]]:
    """Every address and method that is not public, with what it asks for."""
    asked = policy.table(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint in asked and not asked[rule.endpoint].public:
            for method in sorted(rule.methods & set(SAFE)):
                yield rule, method, asked[rule.endpoint]


def address(app: Flask, rule, given: dict) -> str:
    with app.test_request_context():
        return url_for(rule.endpoint, **given)


class Visitor:
    """Somebody at a door: with a session on pages, with a token on the API."""

    def __init__(self, app: Flask, actor=None, scopes: tuple[str, ...] | None = None) -> None:
        self.browser = logged_in(app, actor) if actor else Browser(app)
        self.browser.get("/me" if actor else "/log-in")
        self.headers = a_token(actor, *(policy.scopes() if scopes is None else scopes)) if actor else {}

    def knock(self, path: str, method: str) -> TestResponse:
        if path.startswith("/api/"):
            body = {"json": {}} if method != "GET" else {}
            return getattr(self.browser.app.test_client(), SAFE[method])(path, headers=self.headers, **body)
        if method == "POST":
            return self.browser.post(path)
        return self.browser.client.open(path, method=method)


def told(rule, method: str, answer: TestResponse) -> str:
    return f"{method} {rule.rule}: {answer.status_code}"


def strangers_let_in(app: Flask, world: World) -> list[str]:
    """Doors that do not send somebody unknown to log in (pages) or refuse with 401 (API)."""
    nobody, wrong = Visitor(app), []
    for rule, method, _ in doors(app):
        path = address(app, rule, world.fill(rule))
        answer = nobody.knock(path, method)
        api = path.startswith("/api/")
        sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/log-in")
        if not (answer.status_code == 401 and answer.json["code"] == "not_logged_in" if api else sent_away):
            wrong.append(told(rule, method, answer))
    return wrong


def wrong_roles_let_in(app: Flask, world: World) -> list[str]:
    """Doors that open to a role that they do not name, held at the very unit."""
    visitors = {role: Visitor(app, a_user(role, world.unit)) for role in Role}
    wrong = []
    for rule, method, asked in doors(app):
        for role in Role:
            if not asked.roles or asked.roles & IMPLIED[role]:
                continue
            answer = visitors[role].knock(address(app, rule, world.fill(rule)), method)
            if answer.status_code != 403:
                wrong.append(f"{role}: {told(rule, method, answer)}")
    return wrong


def neighbours_let_in(app: Flask, here: World, far: World) -> list[str]:
    """Doors that answer a neighbour with every role about a thing here otherwise than about a thing that is not there."""
    neighbour, wrong = Visitor(app, far.everybody), []
    for rule, method, _ in doors(app):
        for name in sorted(rule.arguments - set(WORDS)):
            theirs, hers = here.fill(rule), far.fill(rule)
            hidden = neighbour.knock(address(app, rule, hers | {name: theirs[name]}), method)
            missing = neighbour.knock(address(app, rule, hers | {name: MISSING[name]}), method)
            same = (hidden.status_code, hidden.data) == (missing.status_code, missing.data)
            if not same or hidden.status_code not in UNSEEN:
                wrong.append(f"{name}: {told(rule, method, hidden)}, of a missing one {missing.status_code}")
    return wrong


class TestEveryDoor:
    def test_has_a_policy_and_every_door_of_the_api_a_scope(self, app):
        asked = policy.table(app)
        api = {r.endpoint for r in app.url_map.iter_rules() if r.rule.startswith("/api/")}
        assert [e for e in api if not asked[e].public and not asked[e].scope] == []
        assert [e for e, p in asked.items() if p.scope and e not in api] == []

    def test_has_an_address_that_these_tests_can_fill_in(self, app):
        known = {"organisation_id", *MODELS, *WORDS}
        assert {n for rule, _, _ in doors(app) for n in rule.arguments if n not in known} == set()

    def test_opens_to_those_it_is_for(self, app, here):
        """Without this the tests below would pass on addresses that lead nowhere."""
        somebody, shut = Visitor(app, here.everybody), []
        for rule, method, _ in doors(app):
            if method == "GET" and rule.endpoint not in NOT_READY:
                answer = somebody.knock(address(app, rule, here.fill(rule)), method)
                if answer.status_code not in (200, 302, 303):
                    shut.append(told(rule, method, answer))
        assert shut == []

    def test_is_shut_to_strangers(self, app, here):
        assert strangers_let_in(app, here) == []

    def test_is_shut_to_other_roles(self, app, here):
        assert wrong_roles_let_in(app, here) == []

    def test_hides_from_neighbours_what_is_here(self, app, here):
        assert "\n".join(neighbours_let_in(app, here, a_world(another_county()))) == ""

    def test_of_the_api_is_shut_to_tokens_without_its_scope_and_to_cookies(self, app, here):
        scopes = policy.scopes()
        for rule, method, asked in doors(app):
            if not asked.scope:
                continue
            path = address(app, rule, here.fill(rule))
            other = tuple(scopes - {asked.scope}) or None
            if other:
                refused = Visitor(app, here.everybody, other).knock(path, method)
                assert (refused.status_code, refused.json["code"]) == (403, "no_scope"), told(rule, method, refused)
            by_cookie = logged_in(app, here.everybody).client.open(path, method=method, json={})
            assert by_cookie.status_code in (400, 401), told(rule, method, by_cookie)


class TestTheseTestsCanFail:
    """Negative controls: with a guard switched off, the walk finds the open door."""

    def test_a_door_that_asks_for_nothing_is_found(self, app, here, monkeypatch):
        monkeypatch.setitem(app.extensions["eventsvc_policies"], "activities.edit", Policy())
        assert any("GET /activities/<uuid:activity_id>/edit: 200" in found for found in wrong_roles_let_in(app, here))
        monkeypatch.setitem(app.extensions["eventsvc_policies"], "organisations.index", Policy(public=True))
        monkeypatch.setitem(app.view_functions, "organisations.index", policy.policy()(lambda: "everything"))
        assert strangers_let_in(app, here) == ["GET /organisations: 200"]

    def test_a_query_without_its_scope_is_found(self, app, here, monkeypatch):
        far = a_world(another_county())
        monkeypatch.setattr(organisations, "within", lambda actor, column, role="viewer": true())
        monkeypatch.setattr(organisations, "_reach", lambda actor: true())
        found = neighbours_let_in(app, here, far)
        assert any("/organisations/<uuid:organisation_id>: 200" in line for line in found)
