"""Visits by machine."""

from uuid import uuid4

import pytest

from eventsvc.core import clock
from eventsvc.visits import rounds
from tests.conftest import NOW
from tests.factories.accounts import a_token, a_user
from tests.factories.people import a_household
from tests.factories.visits import a_round, target_of

VISIT = {"outcome": "seen", "way": "home", "visited_on": "2027-05-01", "met": "mother", "topics": ["sleep"], "problems": "夜里哭闹"}


@pytest.fixture
def sending(app, monkeypatch):
    """Send JSON as a token's owner, at NOW."""
    monkeypatch.setattr(clock, "now", lambda: NOW)

    def send(who, path, body=None, method="post"):
        return getattr(app.test_client(), method)(f"/api/v1/visits{path}", json=body, headers=a_token(who, "visits:read", "visits:write"))

    return send


def test_again_is_the_same_and_another_body_is_refused(app, sending):
    a = a_round(1)
    sent = VISIT | {"id": str(uuid4())}
    path = f"/{a.targets[0]}/records"
    assert [sending(a.leader, path, sent).status_code for _ in range(2)] == [201, 201]
    other = sending(a.leader, path, sent | {"problems": "发烧"})
    assert (other.status_code, other.json["code"]) == (409, "another_visit")
    due = sending(a.leader, "", method="get").json
    assert (due[0]["turn"], due[0]["visits"]) == ("seen", 1)
    assert sending(a.leader, f"/records/{sent['id']}/undo").status_code == 204


@pytest.mark.parametrize("wrong", [{"id": "x"}, {"id": None}, {"outcome": "gone"}, {"visited_on": "2027-02-30"}, {"met": None}, {"more": 1}, {"topics": "x"}])
def test_a_wrong_body_is_422(app, sending, wrong):
    a = a_round(1)
    assert sending(a.leader, f"/{a.targets[0]}/records", {"id": str(uuid4())} | VISIT | wrong).status_code == 422


def test_another_leaders_household_is_404(app, sending):
    a = a_round(1)
    other = a_user("group_leader", a.tree.group, "陈玉英")
    assert sending(other, f"/{a.targets[0]}/records", VISIT | {"id": str(uuid4())}).status_code == 404
    assert sending(other, "", method="get").json == []


def test_a_special_family_has_no_name_on_the_list(app, sending):
    a = a_round(0)
    made = a_household(a.tree.village, a.leader, number="9", head="吴志强", phone="13955558888", special=True)
    rounds.add_targets(a.activity.id, [made], actor=a.organiser, now=NOW)
    answer = sending(a.leader, "", method="get")
    assert answer.json[0]["number"] == "9" and answer.json[0]["id"] == str(target_of(a.activity, made))
    assert "吴志强" not in answer.text and "13955558888" not in answer.text
