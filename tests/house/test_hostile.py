"""Whatever is written into an address, a form or a body: an answer, never an accident. New doors are included by themselves."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from eventsvc.infra import policy
from tests.clients import Browser
from tests.factories.accounts import a_token, logged_in
from tests.factories.organisations import a_tree
from tests.house.worlds import World, a_world

ROOT = Path(__file__).resolve().parents[2]
ASKED = re.compile(r"""args(?:\.get|\.getlist|\[)?[(\[]\s*["'](\w+)["']""")
VALUES = ["-1", "99999999999999999999", "²", "9999-99", "{x}%s%(y)s'\"><script>\u202e" + "甲" * 300, "\ud800", "9999-12-31", "2027-02-30", str(UUID(int=0))]
"""One after the other, under every name that some door asks for."""
WORDS = ["{x}", "%s", "..", "a" * 2000, "<b>", "１２", "\u202e", "%00", "0", "-1", "a.b", "ÿ" * 64, "%ED%A0%80", "'--", "\\"]
NUMBERS = ["0", "1", "99999999999999999999", "00"]
FORMS: list[dict[str, str]] = [
    {}, {"a..b": "x"}, {"version": "x", "note": "{x}%s", "reason": "\0", "name": "\u202e", "title": "甲" * 3000, "phone": "1", "code": "{x}", "q": "%"},
    {"version": "99999999999999999999", "amount": "-1", "number": "1e999", "people": "x", "title.x.0": "1", "answers": "x", "plan": "x", "rows.0": "x"},
    {"user_id": "x", "organisation_id": "x", "leader_id": "0", "unit": "x", "place": "\x7f", "day": "2027-02-30", "starts_at": "9999-12-31T23:59:59-14:00"},
]  # fmt: skip
BODIES = [b"", b"[]", b"null", b"{", b'{"a": 1}', b"[" * 5000, b'{"version": 1e999, "people": {}, "answers": [], "note": null, "standing": 1, "id": "x"}',
          b'{"id": "\\ud800", "participants": [1], "participant_ids": "x", "counter": {}, "amount": 99999999999999999999, "method": []}']  # fmt: skip


@pytest.fixture
def world(app: Flask) -> World:
    return a_world(a_tree().village)


class Attacker:
    """Somebody with every role and every scope, who means no good."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.browser = logged_in(app, world.everybody)
        self.browser.get("/me")
        self.token = a_token(world.everybody, *policy.scopes())
        self.fell: list[str] = []

    def ask(self, path: str, method: str = "GET", **sent: object) -> TestResponse:
        """Ask, and note what was an accident."""
        if path.startswith("/api/"):
            answer = self.app.test_client().open(path, method=method, headers=self.token, **sent)
        elif method == "POST":
            answer = self.browser.post(path, **sent)
        else:
            answer = self.browser.client.open(path, method=method, **sent)
        if answer.status_code >= 500:
            self.fell.append(f"{method} {path[:160]} {str(sent)[:120]}: {answer.status_code}")
        return answer

    def path(self, rule: Rule, **other: str) -> str:
        """Return an address of the world, some of its parts written by the attacker, just as they are."""
        given = {name: str(value) for name, value in self.world.fill(rule).items()} | other
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: given[found[1]], rule.rule)


@pytest.fixture
def attacker(app: Flask, world: World) -> Attacker:
    return Attacker(app, world)


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in rule.methods and rule.endpoint not in ("static", "accounts.log_out", "api_docs.file"):
            yield rule


def asked_names() -> list[str]:
    """Return every name that some door reads from an address."""
    doors = [p for p in (ROOT / "eventsvc").rglob("*.py") if p.stem in ("web", "api", "site", "listing", "queries", "period")]
    return sorted({name for p in doors for name in ASKED.findall(p.read_text(encoding="utf-8"))} | {"page", "q", "month", "unit", "next"})


class TestNothingIsAnAccident:
    def test_whatever_stands_behind_the_question_mark(self, app: Flask, attacker: Attacker):
        names = asked_names()
        assert len(names) > 5, names
        for rule in rules(app, "GET"):
            for value in VALUES:
                raw = quote(value.encode("utf-8", "surrogatepass"))
                attacker.ask(f"{attacker.path(rule)}?{'&'.join(f'{name}={raw}' for name in names)}")
        assert attacker.fell == []

    def test_whatever_stands_in_the_address_itself(self, app: Flask, attacker: Attacker):
        for method in ("GET", "POST", "PUT", "DELETE"):
            for rule in rules(app, method):
                for name in rule.arguments:
                    kind = type(rule._converters[name]).__name__
                    for word in {"UUIDConverter": [], "IntegerConverter": NUMBERS}.get(kind, WORDS):
                        raw = word if "%" in word and word != "%s" else quote(word)
                        sent = {"json": {}} if rule.rule.startswith("/api/") and method != "GET" else {}
                        attacker.ask(attacker.path(rule, **{name: raw}), method, **sent)
        assert attacker.fell == []

    def test_whatever_a_form_says(self, app: Flask, attacker: Attacker):
        for rule in rules(app, "POST"):
            if not rule.rule.startswith("/api/"):
                for form in FORMS:
                    attacker.ask(attacker.path(rule), "POST", data=form)
        assert attacker.fell == []

    def test_whatever_a_body_says(self, app: Flask, attacker: Attacker):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            for rule in rules(app, method):
                if rule.rule.startswith("/api/"):
                    for body in BODIES:
                        attacker.ask(attacker.path(rule), method, data=body, content_type="application/json")
        assert attacker.fell == []


def test_an_accident_would_be_seen(app: Flask, attacker: Attacker, monkeypatch: pytest.MonkeyPatch):
    """The negative control."""
    monkeypatch.setitem(app.view_functions, "site.health", lambda: 1 / 0)
    attacker.ask("/healthz")
    assert len(attacker.fell) == 1


def test_a_stranger_sees_no_accident_either(app: Flask, world: World):
    stranger = Browser(app)
    wrong = []
    for rule in rules(app, "GET"):
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: quote(str(world.fill(rule)[found[1]])), rule.rule)  # noqa: B023
        answer = stranger.client.get(f"{path}?page=x&month=0000-00&q=%25")
        if answer.status_code >= 500:
            wrong.append(f"{rule.rule}: {answer.status_code}")
    assert wrong == []
