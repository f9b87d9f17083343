"""The API's sign-up part as its own OpenAPI tells of it: thousands of bodies made from the schema, and bodies that break it."""

import warnings

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from eventsvc.core import clock
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree

EXAMPLES = 150
PARTS = (("POST", "/api/v1/activities/{slug}/registrations"), ("GET", "/api/v1/activities/{activity_id}/registrations"),
         ("POST", "/api/v1/activities/{activity_id}/registrations/search"))  # fmt: skip


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def told(app):
    """The description that machines read."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.mark.parametrize(("method", "path"), PARTS)
def test_whatever_is_sent_is_answered_as_described(app, told, method, path):
    tree = a_tree()
    organiser = a_user("organiser", tree.village)
    activity = an_activity(unit=tree.village, by=organiser, places=5)
    known = {"slug": str(activity.slug), "activity_id": str(activity.id)}
    headers = a_token(organiser, "registrations:read")
    asked = told[path][method]
    seen: set[int] = set()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
              phases=(Phase.explicit, Phase.generate))  # fmt: skip
    @given(case=asked.as_strategy())
    def walk(case):
        case.path_parameters = {name: known[name] for name in case.path_parameters or {}} or known
        answer = case.call(headers={**headers, **(dict(case.headers or {}) if path.endswith("{slug}/registrations") else {})})
        seen.add(answer.status_code)
        case.validate_response(answer, checks=(not_a_server_error, status_code_conformance))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walk()
    assert seen & {200, 201, 400, 409, 422}, seen
