"""The API's sign-up part as its own OpenAPI tells of it: thousands of bodies made from the schema, and bodies that break it."""

import json
import warnings
from secrets import token_hex

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from eventsvc.core import clock
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import couple_body

EXAMPLES = 60
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


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60) | st.sampled_from(["\0", "\ud800", "\u202e", "1975-02-29", "３５０９８２", "𬭎·䶮"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3), max_leaves=4,
)  # fmt: skip


def test_a_right_body_with_one_wrong_answer_is_taken_or_refused_in_words(app):
    """Bodies made from a schema are hardly ever right: here one answer of a right one is anything at all."""
    slug, seen = an_activity(places=1_000).slug, set()
    spots = [("people", role, name) for role in ("husband", "wife") for name in ("name", "phone", "born_on", "id_number", "meal")]
    spots += [("answers", name) for name in ("married_on", "residence", "address", "companions", "story")] + [("proxy",), ("consent", "photo"), ("village",)]

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(spot=st.sampled_from(spots), value=ANYTHING)
    def walk(spot, value):
        body = couple_body(**{"__".join(spot): value})
        sent = json.dumps(body).encode("utf-8", "surrogatepass")
        answer = app.test_client().post(
            f"/api/v1/activities/{slug}/registrations", data=sent, content_type="application/json", headers={"Idempotency-Key": token_hex(8)}
        )
        seen.add(answer.status_code)
        assert answer.status_code in (201, 400, 409, 422), (spot, value, answer.text[:200])
        assert answer.status_code == 201 or (answer.json["code"] and answer.json["message"])

    walk()
    assert {201, 422} <= seen
