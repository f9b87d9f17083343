"""Activities for machines: the same grammar, the same commands, the same refusals."""

import pytest

from eventsvc.activities import queries
from eventsvc.activities.models import State
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import NOW, a_plan, an_activity, sent
from tests.factories.organisations import a_sibling_village, a_tree

BASE = "/api/v1/activities"


@pytest.fixture(autouse=True)
def the_clock_stands_still(monkeypatch):
    """Doors read the clock; here it is 1 May 2027."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def me(app):
    return a_user("organiser", a_tree().village)


@pytest.fixture
def machine(app, me):
    """Return a caller with a token that may read and write."""
    headers = a_token(me, "activities:read", "activities:write")
    client = app.test_client()
    return lambda method, path, **kw: client.open(path, method=method, headers=headers, **kw)


def test_a_plan_goes_the_whole_way(app, machine, me):
    made = machine("POST", BASE, json={"kind": "golden_wedding", "organisation_id": str(a_tree().village.id), "plan": sent("golden_wedding", a_plan())})
    assert made.status_code == 201, made.json
    here = made.headers["Location"]
    shown = machine("GET", here).json
    assert (shown["state"], shown["version"], shown["unmet"]) == ("draft", 1, {})
    assert shown["plan"]["plan"]["cutoff_date"] == "2027-05-29"
    assert set(shown["actions"]) == {"edit", "submit", "approve_on_paper", "cancel"}

    saved = machine("PUT", here, json={"version": 1, "plan": {**shown["plan"], "venue": "镇影剧院"}})
    assert (saved.status_code, saved.json["version"], saved.json["plan"]["venue"]) == (200, 2, "镇影剧院")
    assert machine("POST", f"{here}/moves", json={"action": "submit"}).json["state"] == "submitted"

    boss = a_token(a_user("approver", a_tree().township), "activities:write")
    decided = app.test_client().post(f"{here}/moves", json={"action": "approve", "version": 2}, headers=boss)
    assert (decided.status_code, decided.json["state"]) == (200, "approved")
    published = machine("POST", f"{here}/moves", json={"action": "publish"}).json
    assert (published["sign_up_state"], len(published["slug"])) == ("open", 10)
    moved = machine("POST", f"{here}/postponements", json={"starts_at": "2027-06-20T09:00"}).json
    assert moved["starts_at"] == "2027-06-20T01:00:00+00:00"
    assert [m["action"] for m in moved["moves"]] == ["submit", "approve", "publish", "postpone"]


def test_a_stale_save_a_gap_and_a_wrong_moment_are_conflicts_with_stable_codes(machine, me):
    activity = an_activity("golden_wedding", "draft", by=me)
    here = f"{BASE}/{activity.id}"
    plan = sent("golden_wedding", a_plan())
    assert machine("PUT", here, json={"version": 7, "plan": plan}).json["code"] == "stale"
    machine("PUT", here, json={"version": 1, "plan": {"title": "金婚", "starts_at": "2027-10-08T09:00"}})
    refused = machine("POST", f"{here}/moves", json={"action": "submit"})
    assert (refused.status_code, refused.json["code"]) == (409, "not_ready")
    assert "venue" in refused.json["fields"]
    refused = machine("POST", f"{here}/moves", json={"action": "publish"})
    assert (refused.status_code, refused.json["code"]) == (409, "wrong_moment")
    refused = machine("POST", f"{here}/moves", json={"action": "edit"})
    assert (refused.status_code, refused.json["code"]) == (422, "form_needed")


@pytest.mark.parametrize(("body", "field"), [
    ({"venue": "x" * 201}, "venue"),
    ({"starts_at": "2027-02-30T09:00"}, "starts_at"),
    ({"title": None}, "title"),
    ({"title": 7}, "title"),
    ({"surprise": 1}, "surprise"),
    ({"capacity": 1.9}, "capacity"),
    ({"plan": {"cutoff_date": "someday"}}, "plan.cutoff_date"),
    ({"budget": [{"item": "蛋糕", "planned_fen": "1.234"}]}, "budget.0.planned_fen"),
    ({"venue": "a\u0000b"}, "venue"),
    ({"parts": [{"part": "boss", "name": "某单位"}]}, "parts.0.part"),
])  # fmt: skip
def test_bad_input_is_refused_by_the_name_of_its_field_and_nothing_is_written(machine, body, field):
    plan = sent("golden_wedding", a_plan()) | body
    answer = machine("POST", BASE, json={"kind": "golden_wedding", "organisation_id": str(a_tree().village.id), "plan": plan})
    assert (answer.status_code, field in answer.json["fields"]) == (422, True), answer.json
    assert queries.activities(within=SYSTEM).total == 0


@pytest.mark.parametrize("body", [{}, [], "x", {"kind": "bungee"}, {"kind": "golden_wedding", "organisation_id": "x", "plan": {}}, {"kind": []}])
def test_a_body_that_makes_no_sense_is_never_an_accident(machine, body):
    answer = machine("POST", BASE, json=body)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_the_list_is_within_reach_and_filtered(app, machine, me):
    mine = an_activity(by=me)
    an_activity("member_day", "draft", by=me)
    an_activity(unit=a_sibling_village(a_tree()))
    assert {a["title"] for a in machine("GET", BASE).json} == {mine.title, "2027年“5·29”第29个会员活动日"}
    assert [a["id"] for a in machine("GET", f"{BASE}?state=published&kind=golden_wedding&month=2027-05").json] == [str(mine.id)]
    assert machine("GET", f"{BASE}?state=flying").status_code == 422
    assert machine("GET", f"{BASE}?page=0").status_code == 422


def test_a_neighbours_activity_is_missing_and_a_token_without_the_scope_is_told(app, machine, me):
    other = an_activity(unit=a_sibling_village(a_tree()))
    for method, tail, body in (("GET", "", None), ("PUT", "", {"version": 1, "plan": {}}), ("POST", "/moves", {"action": "cancel", "note": "x"})):
        assert machine(method, f"{BASE}/{other.id}{tail}", json=body).status_code == 404
    reader = a_token(me, "activities:read")
    mine = an_activity("golden_wedding", "draft", by=me)
    answer = app.test_client().post(f"{BASE}/{mine.id}/moves", json={"action": "submit"}, headers=reader)
    assert (answer.status_code, answer.json["code"]) == (403, "no_scope")
    assert app.test_client().get(BASE).status_code == 401
    assert queries.activity(mine.id, within=SYSTEM).state is State.DRAFT
