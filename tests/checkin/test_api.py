"""The door by machine: a phone that was offline sends everything again."""

from uuid import uuid4

import pytest

from eventsvc.core import clock
from tests.factories.accounts import a_token, a_user
from tests.factories.checkin import a_day
from tests.factories.organisations import a_sibling_village


@pytest.fixture
def sending(app, monkeypatch):
    """Send JSON as a token's owner, on the day."""

    def send(day, path, body=None, *, who=None, scopes=("checkin:read", "checkin:write"), method="post"):
        monkeypatch.setattr(clock, "now", lambda: day.now)
        headers = a_token(who or day.staff, *scopes)
        return getattr(app.test_client(), method)(f"/api/v1/activities/{day.activity.id}/{path}", json=body, headers=headers)

    return send


def test_a_check_in_again_is_the_same_and_another_body_is_refused(app, sending):
    day = a_day(2)
    sent = {"id": str(uuid4()), "participant_id": str(day.people(0)[0])}
    first, again = sending(day, "check-ins", sent), sending(day, "check-ins", sent)
    assert (first.status_code, first.json["fresh"]) == (201, True)
    assert (again.status_code, again.json["fresh"]) == (201, False)
    other = sending(day, "check-ins", sent | {"participant_id": str(day.people(1)[0])})
    assert (other.status_code, other.json["code"]) == (409, "another_use")
    assert sending(day, "attendance", method="get").json["people_present"] == 1
    assert sending(day, "check-ins/undo", {"participant_id": sent["participant_id"]}).json == {"undone": 1}


def test_tallies(app, sending):
    day = a_day(0, "member_day")
    sent = {"id": str(uuid4()), "counter": "leaflets", "amount": 50}
    assert [sending(day, "tallies", sent).json["total"] for _ in range(2)] == [50, 50]
    assert sending(day, "tallies", sent | {"amount": 10}).json["code"] == "another_use"
    assert sending(day, "tallies", sent | {"id": str(uuid4()), "amount": 5}).json["total"] == 55
    assert sending(day, f"tallies/{sent['id']}/undo").status_code == 204
    assert sending(day, "attendance", method="get").json["tallies"] == {"leaflets": 5}


@pytest.mark.parametrize(
    "body",
    [{}, [], {"id": "x"}, {"id": None, "participant_id": None}, {"id": str(uuid4()), "participant_id": str(uuid4()), "more": 1},
     {"id": str(uuid4()), "participant_id": str(uuid4()), "method": "walk_in"}],
)  # fmt: skip
def test_a_wrong_body_is_422(app, sending, body):
    assert sending(a_day(1), "check-ins", body).status_code == 422


@pytest.mark.parametrize("amount", [0, -1, 1.5, "1e3", True, 10**9])
def test_a_wrong_amount_is_422(app, sending, amount):
    answer = sending(a_day(0, "member_day"), "tallies", {"id": str(uuid4()), "counter": "leaflets", "amount": amount})
    assert answer.status_code == 422 and "amount" in str(answer.json["fields"])


def test_out_of_scope_is_404_and_without_the_tokens_scope_403(app, sending):
    day = a_day(1)
    sent = {"id": str(uuid4()), "participant_id": str(day.people()[0])}
    stranger = a_user("organiser", a_sibling_village(day.tree))
    assert sending(day, "check-ins", sent, who=stranger).status_code == 404
    assert sending(day, "check-ins", sent, scopes=("checkin:read",)).status_code == 403
