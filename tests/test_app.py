"""The roof: the service starts whole or not at all."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Blueprint, Flask

from eventsvc import app as roof
from eventsvc.config import Settings
from eventsvc.infra import policy
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db
from eventsvc.infra.events import announce
from eventsvc.infra.policy import NoPolicy


@pytest.fixture
def small(tmp_path) -> Settings:
    return Settings(secret_key="s" * 32, database_url=f"sqlite:///{tmp_path}/x.db", redis_url=f"unix://{tmp_path}/none.sock", var_dir=tmp_path,
                    base_url="http://localhost", rate_limits=False, testing=True)  # fmt: skip


def test_every_route_has_a_policy(app: Flask):
    found = policy.table(app)
    assert {r.endpoint for r in app.url_map.iter_rules()} - set(found) == {"static"}


def test_a_route_without_one_stops_the_start(small: Settings, monkeypatch: pytest.MonkeyPatch):
    """The guard's negative control, on the whole service."""
    careless = Blueprint("careless", __name__)
    careless.add_url_rule("/everything", "everything", lambda: "all of it")
    monkeypatch.setattr(roof, "DOORS", (*roof.DOORS, careless))
    with pytest.raises(NoPolicy, match="careless.everything"):
        roof.create_app(small)


def test_doors_that_change_something_are_not_opened_by_a_link(app: Flask):
    """What an image or a link can ask for by GET must change nothing; what only POST can is guarded by a token."""
    verbs = {"move", "withdraw", "pause", "log_out", "told", "undo", "delete", "merge", "hold", "request"}
    loose = [r.endpoint for r in app.url_map.iter_rules() if r.endpoint.split(".")[-1] in verbs and "GET" in r.methods]
    assert loose == []


def test_it_starts_without_redis_and_without_tables(small: Settings):
    client = roof.create_app(small).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_two_services_in_one_process_do_not_share_keys_or_settings(small: Settings):
    one, other = roof.create_app(small), roof.create_app(replace(small, secret_key="t" * 32, base_url="https://other.example"))
    with one.app_context():
        mine = keys().blind("x", "1")
    with other.app_context():
        assert keys().blind("x", "1") != mine
    assert one.config["SESSION_COOKIE_NAME"] != other.config["SESSION_COOKIE_NAME"]


def test_every_table_belongs_to_a_room_of_the_roof(app: Flask):
    named = {m.__name__ for m in roof.TABLES}
    models = {mapper.class_.__module__ for mapper in db.Model.registry.mappers}
    assert {m for m in models if m.startswith("eventsvc.")} == named


def test_sql_parameters_are_never_shown(app: Flask):
    assert db.engine.hide_parameters


class TestEvents:
    def test_what_is_announced_is_heard_in_the_order_of_the_table(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        heard: list[tuple[str, object]] = []
        first, second = (lambda e, n=n: heard.append((n, e)) for n in ("first", "second"))
        monkeypatch.setitem(app.extensions, "eventsvc_subscribers", {int: (first, second), str: (second,)})
        announce(7)
        announce(1.5)
        assert heard == [("first", 7), ("second", 7)]

    def test_who_hears_everything_hears_it_last(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        heard: list[str] = []
        table = {object: (lambda e: heard.append(f"all {e}"),), int: (lambda e: heard.append(f"one {e}"),)}
        monkeypatch.setitem(app.extensions, "eventsvc_subscribers", table)
        announce(7)
        announce("x")
        assert heard == ["one 7", "all 7", "all x"]

    def test_a_handler_that_fails_fails_the_command(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setitem(app.extensions, "eventsvc_subscribers", {int: (lambda e: 1 / e,)})
        with pytest.raises(ZeroDivisionError):
            announce(0)

    def test_nobody_hears_only_what_it_said_itself(self, app: Flask):
        assert roof.SUBSCRIBERS
        for event, handlers in roof.SUBSCRIBERS.items():
            for handler in handlers:
                assert room(handler) != room(event) or event is object


def room(thing: Any) -> str:
    """Return the room that something lives in."""
    return thing.__module__.removeprefix("eventsvc.").split(".")[0]
