"""The API is described from the same schemas, validly, and the page that shows it asks no foreign host."""

import re
from uuid import uuid4

import pytest
from openapi_spec_validator import validate

from eventsvc.infra import policy
from tests.factories.accounts import a_token, a_user
from tests.factories.organisations import a_tree


class TestDescription:
    def test_it_is_valid_openapi_3_1(self, app, browser):
        described = browser.get("/api/v1/openapi.json").json
        assert described["openapi"] == "3.1.0"
        validate(described)

    def test_every_api_route_is_described_with_the_scope_its_policy_asks_for(self, app, browser):
        described = browser.get("/api/v1/openapi.json").json
        scopes = 0
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            if not path.startswith("/api/v1/") or path.endswith("openapi.json"):
                continue
            asked = policy.of(app, rule.endpoint)
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                operation = described["paths"][path][method.lower()]
                wanted = [] if asked.public else [{"token": [asked.scope] if asked.scope else []}]
                assert operation["security"] == wanted, (path, method)
                scopes += bool(asked.scope)
        assert scopes >= 10

    def test_every_refusal_looks_the_same(self, app, browser):
        for path, status in (("/api/v1/none", 404), ("/api/v1/activities", 401)):
            answer = browser.get(path, status=status)
            assert set(answer.json) == {"code", "message", "fields"}


class TestBodies:
    @pytest.mark.parametrize("body", ["[" * 100_000, '{"id":' * 5_000 + "1" + "}" * 5_000, '{"id": ' + "9" * 5_000 + "}", "{", "\xff"])
    def test_what_no_json_reader_should_be_sent_is_a_bad_form(self, app, body: str):
        token = a_token(a_user("organiser", a_tree().village), "checkin:write")
        path = f"/api/v1/activities/{uuid4()}/check-ins"
        answer = app.test_client().post(path, data=body, headers=token, content_type="application/json")
        assert answer.status_code in (400, 422), answer.text


class TestPage:
    def test_it_asks_no_foreign_host(self, app, browser):
        page = browser.get("/api/docs").text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
        for file in re.findall(r'(?:src|href)="(/api/docs/[^"]+)"', page):
            browser.get(file)

    def test_only_the_files_it_needs_are_served(self, app, browser):
        browser.get("/api/docs/index.html", status=404)
        browser.get("/api/docs/../openapi.py", status=404)
