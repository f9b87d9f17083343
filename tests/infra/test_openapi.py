"""The API is described from what it is, and its page asks no foreign host."""

import pytest
from flask import Flask
from openapi_spec_validator import validate

from eventsvc.infra import policy
from tests.clients import Browser


@pytest.fixture
def described(browser: Browser) -> dict:
    return browser.get("/api/v1/openapi.json").json


def operations(described: dict) -> dict[tuple[str, str], dict]:
    return {(path, method): o for path, of in described["paths"].items() for method, o in of.items() if isinstance(o, dict)}


def test_it_is_sound(described: dict):
    validate(described)
    assert described["openapi"] == "3.1.0"


def test_every_door_of_the_api_is_described_and_no_other(app: Flask, described: dict):
    rules = {r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/api/v1/") and r.endpoint.split(".")[0] != "api_docs"}
    assert len(described["paths"]) == len(rules)
    assert all(path.startswith("/api/v1/") for path in described["paths"])


def test_each_says_which_scope_its_token_needs(app: Flask, described: dict):
    with app.app_context():
        known = policy.scopes()
    asked = {scope for o in operations(described).values() for need in o["security"] for scopes in need.values() for scope in scopes}
    assert asked == known


def test_each_says_what_it_does_and_how_it_refuses(described: dict):
    for name, operation in operations(described).items():
        assert operation.get("summary"), name
        assert operation["responses"]["default"], name
    refusal = described["components"]["schemas"]["Refusal"]
    assert set(refusal["properties"]) == {"code", "message", "fields"}


def test_the_page_and_its_files_come_from_here(browser: Browser):
    page = browser.get("/api/docs").text
    assert "//" not in page.replace("<!doctype", "").replace("</", "")
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        assert browser.get(f"/api/docs/{name}").data


@pytest.mark.parametrize("name", ["index.html", "swagger-initializer.js", "../app.py", "..%2f..%2fapp.py", "oauth2-redirect.html"])
def test_nothing_else_of_that_package_is_served(browser: Browser, name: str):
    browser.get(f"/api/docs/{name}", status=404)
