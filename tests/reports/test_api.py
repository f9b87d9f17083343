"""Reports and figures for machines: the same commands, the same numbers."""

import pytest

from eventsvc.core import clock
from eventsvc.statistics.service import fold
from tests.factories.accounts import a_token, a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree, another_county
from tests.factories.reports import GIVEN, a_report

READ, WRITE = "reports:read", "reports:write"


@pytest.fixture(autouse=True)
def tree(app, monkeypatch):
    found = a_tree()
    after = an_activity("member_day", "draft").ends_at.replace(month=7)
    monkeypatch.setattr(clock, "now", lambda: after)
    return found


def asked(app, method, path, actor, body=None, *, scopes=(READ, WRITE)):
    answer = app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=a_token(actor, *scopes))
    return answer.status_code, answer.get_json()


class TestReport:
    def test_the_whole_way_by_json(self, app, tree):
        activity, organiser = an_activity("member_day"), a_user("organiser", tree.village)
        page = f"/activities/{activity.id}/report"
        status, report = asked(app, "POST", page, organiser)
        assert (status, report["state"]) == (201, "drafting")
        body = {
            "version": report["version"],
            "figures": {code: {"value": value} for code, value in GIVEN["member_day"].items()},
            "spending": [{"id": report["spending"][0]["id"], "actual": "1200.50"}],
            "words": {"overview": "如期举办。", "effect": "群众欢迎。"},
        }
        status, report = asked(app, "PUT", page, organiser, body)
        assert status == 200 and report["spending"][0]["actual_fen"] == 120050
        assert asked(app, "PUT", page, organiser, body)[1]["code"] == "stale"
        status, report = asked(app, "POST", f"{page}/move/submit", organiser, {})
        assert (status, report["state"]) == (200, "submitted")
        assert "accept" not in report["steps"]
        above = a_user("approver", tree.township)
        status, report = asked(app, "POST", f"{page}/move/accept", above, {"version": report["version"]})
        assert (status, report["state"]) == (200, "accepted") and len(report["snapshot_hash"]) == 64

    def test_each_figure_says_where_it_comes_from(self, app):
        written = a_report("submitted")
        _, report = asked(app, "GET", f"/activities/{written.activity.id}/report", written.by)
        leaflets = next(f for f in report["figures"] if f["code"] == "leaflets")
        assert leaflets == {
            "code": "leaflets",
            "label": "宣传资料",
            "unit": "份",
            "value": 0,
            "computed": 0,
            "given": None,
            "reason": "",
            "source": "现场计数",
        }

    @pytest.mark.parametrize("body, field", [
        ({}, "version"), ({"version": True}, "version"), ({"version": 1, "figures": {"nonsense": {}}}, "figures.nonsense"),
        ({"version": 1, "figures": {"boards": {"value": 1.5}}}, "figures.boards.value"),
        ({"version": 1, "figures": {"boards": 3}}, "figures.boards"), ({"version": 1, "extra": 1}, "extra"),
        ({"version": 1, "spending": [{"id": "x"}]}, "spending.0.id"), ({"version": 1, "words": {"overview": 5}}, "words.overview"),
    ])  # fmt: skip
    def test_bad_bodies_are_refused_by_field(self, app, body, field):
        written = a_report("drafting")
        status, answer = asked(app, "PUT", f"/activities/{written.activity.id}/report", written.by, body)
        assert status == 422 and field in answer["fields"], answer

    def test_out_of_reach_is_missing_and_a_reading_token_does_not_write(self, app, tree):
        written = a_report("submitted")
        page = f"/activities/{written.activity.id}/report"
        assert asked(app, "GET", page, a_user("organiser", another_county(tree)))[0] == 404
        assert asked(app, "POST", f"{page}/move/withdraw", written.by, {}, scopes=(READ,))[0] == 403


class TestFigures:
    def test_the_province_s_number_is_there_after_a_fold(self, app, tree):
        written = a_report("accepted", boards=6)
        fold(written.now)
        page = f"/organisations/{tree.province.id}/figures?year=2027"
        status, found = asked(app, "GET", page, a_user("viewer", tree.province), scopes=("statistics:read",))
        assert status == 200 and found["total"]["boards"] == 6
        assert found["children"][0]["amounts"] == found["total"]
        assert found["months"][4]["amounts"] == found["total"]
        assert {i["code"]: i["scale"] for i in found["indicators"]}["spending"] == 100

    @pytest.mark.parametrize("query", ["year=1", "month=13", "kind=nonsense"])
    def test_nonsense_is_refused(self, app, tree, query):
        page = f"/organisations/{tree.province.id}/figures?{query}"
        assert asked(app, "GET", page, a_user("viewer", tree.province), scopes=("statistics:read",))[0] == 422

    def test_out_of_reach_is_missing(self, app, tree):
        page = f"/organisations/{tree.province.id}/figures"
        assert asked(app, "GET", page, a_user("viewer", tree.village), scopes=("statistics:read",))[0] == 404
