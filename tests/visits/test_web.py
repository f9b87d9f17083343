"""The leader's phone and the organiser's round."""

import re

import pytest
from sqlalchemy import select, update

from eventsvc.accounts.models import RoleGrant
from eventsvc.audit.models import AuditRow
from eventsvc.core import clock
from eventsvc.infra.db import db
from eventsvc.visits import queries, rounds
from tests.clients import form_of, text_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.checkin import a_day
from tests.factories.organisations import another_county
from tests.factories.people import a_household
from tests.factories.visits import a_round, target_of, visited


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The doors' clock stands at NOW."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


class TestTheLeadersPhone:
    def test_who_is_due_tap_to_call_and_one_tap_for_nobody_home(self, app):
        a = a_round(0)
        made = a_household(a.tree.village, a.leader, head="林金花", phone="13955558888")
        on_the_list(a, [made])
        browser = logged_in(app, a.leader)
        shown = browser.get("/visits").text
        assert "林金花" in shown and 'href="tel:13955558888"' in shown
        sent = form_of(shown, action="/nobody-home").to_dict()
        for _ in range(2):
            browser.post(f"/visits/{target_of(a.activity, made)}/nobody-home", sent, status=303)
        assert "上次无人" in browser.get("/visits").text
        assert len(queries.history(queries.mine(a.leader, today=NOW.date())[0])) == 1

    def test_a_visit_is_written_down_and_read_again(self, app):
        a = a_round(1)
        browser = logged_in(app, a.leader)
        path = f"/visits/{a.targets[0]}"
        sent = form_of(browser.get(path).text, action=path)
        assert sent["visited_on"] == "2027-05-01" and sent["outcome"] == "seen"
        sent.update({"met": "mother", "problems": "宝宝夜里哭闹", "leaflets": "2"})
        sent.setlist("topics", ["sleep", "feeding"])
        browser.post(path, sent, status=303)
        shown = text_of(browser.get(path).text)
        assert "母亲" in shown and "睡眠、喂养" in shown and "宝宝夜里哭闹" in shown and "发放资料 2" in shown and "有问题待办" in shown

    def test_what_was_typed_stays(self, app):
        a = a_round(1)
        browser = logged_in(app, a.leader)
        path = f"/visits/{a.targets[0]}"
        sent = form_of(browser.get(path).text, action=path).to_dict() | {"problems": "宝宝夜里哭闹", "next_on": "2027-04-01"}
        answer = browser.post(path, sent, status=422)
        assert "宝宝夜里哭闹" in answer.text and "请选见到了谁" in answer.text and "下次访视应在这次之后" in answer.text

    def test_undo_and_settle_from_the_page(self, app):
        a = a_round(1)
        made = visited(a.targets[0], a.leader, has_problem=True)
        browser = logged_in(app, a.leader)
        browser.get(f"/visits/{a.targets[0]}")
        browser.post(f"/visits/records/{made}/solved", status=303)
        assert "问题已办结" in browser.get(f"/visits/{a.targets[0]}").text
        browser.post(f"/visits/records/{made}/undo", status=303)
        assert "已有的访视" not in browser.get(f"/visits/{a.targets[0]}").text

    def test_a_household_that_was_on_no_list(self, app):
        a = a_round(0)
        browser = logged_in(app, a.leader)
        path = re.search(r'href="(/activities/[^"]+/unplanned)"', browser.get("/visits").text)[1]
        sent = form_of(browser.get(path).text, action="/unplanned").to_dict()
        assert sent["organisation_id"] == str(a.tree.group.id)
        sent |= {"head": "赖新来", "phone": "13955557777", "met": "self"}
        for _ in range(2):
            browser.post(path, sent, status=303)
        shown = browser.get("/visits").text
        assert shown.count("赖新来") == 1 and "名单外" in shown

    def test_another_leaders_household_is_missing(self, app):
        a = a_round(1)
        made = visited(a.targets[0], a.leader, has_problem=True)
        browser = logged_in(app, a_user("group_leader", a.tree.group, "陈玉英"))
        browser.get("/visits")
        browser.get(f"/visits/{a.targets[0]}", status=404)
        for path in (f"/visits/{a.targets[0]}/nobody-home", f"/visits/records/{made}/undo", f"/visits/records/{made}/solved"):
            browser.post(path, {"_nonce": str(made)}, status=404)

    def test_a_leader_who_left_finds_nothing_of_the_household(self, app):
        a = a_round(1)
        made = visited(a.targets[0], a.leader, has_problem=True)
        elsewhere = another_county(a.tree)
        db.session.execute(update(RoleGrant).where(RoleGrant.user_id == a.leader.id).values(organisation_id=elsewhere.id))
        db.session.commit()
        browser = logged_in(app, a.leader)
        assert str(a.targets[0]) not in browser.get("/visits").text
        browser.get(f"/visits/{a.targets[0]}", status=404)
        for path in (f"/visits/{a.targets[0]}/nobody-home", f"/visits/records/{made}/undo", f"/visits/records/{made}/solved"):
            browser.post(path, {"_nonce": str(made)}, status=404)

    def test_a_form_that_is_not_ours_is_refused(self, app):
        a = a_round(1)
        browser = logged_in(app, a.leader)
        browser.get("/visits")
        browser.post(f"/visits/{a.targets[0]}/nobody-home", {"_nonce": "x"}, status=422)


    def test_the_door_of_these_days_is_one_tap_away(self, app, monkeypatch):
        day = a_day(1)
        leader = a_user("group_leader", day.tree.village, "王秀兰")
        assert "这两天的活动" not in logged_in(app, leader).get("/visits").text
        monkeypatch.setattr(clock, "now", lambda: day.now)
        browser = logged_in(app, leader)
        assert f'href="/activities/{day.activity.id}/check-in"' in browser.get("/visits").text
        browser.get(f"/activities/{day.activity.id}/check-in")


class TestDignity:
    def test_only_the_leaders_own_page_names_a_special_family(self, app):
        a = a_round(0)
        made = a_household(a.tree.village, a.leader, number="9", head="吴志强", phone="13955558888", situation="独子去世", special=True)
        on_the_list(a, [made])
        own, office = logged_in(app, a.leader), logged_in(app, a.organiser)
        words = ("吴志强", "13955558888", "独子去世")
        page = f"/visits/{target_of(a.activity, made)}"
        for browser, path in ((own, "/visits"), (office, f"/activities/{a.activity.id}/visits"), (office, page)):
            shown = browser.get(path).text
            assert not any(word in shown for word in words), path
            assert "9" in shown
        shown = own.get(page).text
        assert all(word in shown for word in words) and "查阅记录" in shown
        db.session.rollback()
        looked = db.session.scalars(select(AuditRow).where(AuditRow.action == "people.special_family_seen")).all()
        assert [(row.subject_id, row.actor_id) for row in looked] == [(made, a.leader.id)]
        assert "吴志强" not in str(looked[0].facts)


class TestTheRound:
    def test_add_assign_follow_and_take_off(self, app):
        a = a_round(0)
        first, second = (a_household(a.tree.village, a.leader) for _ in range(2))
        other = a_user("group_leader", a.tree.group, "陈玉英")
        browser = logged_in(app, a.organiser)
        base = f"/activities/{a.activity.id}/visits"
        assert "还没有选人家" in browser.get(base).text
        browser.get(f"{base}/add")
        assert "请先勾选家庭" in browser.post(f"{base}/add", {"_action": "some"}, status=422).text
        browser.post(f"{base}/add", {"_action": "some", "household": str(first)}, status=303)
        browser.post(f"{base}/add", {"_action": "all"}, status=303)
        target = target_of(a.activity, second)
        browser.post(f"{base}/assign", {"_action": "assign", "target": str(target), "leader_id": str(other.id), "due_on": "2027-05-03"}, status=303)
        shown = text_of(browser.get(base).text)
        assert "陈玉英" in shown and "2027年5月3日" in shown
        visited(target_of(a.activity, first), a.leader)
        shown = text_of(browser.get(base).text)
        assert "覆盖率 50%" in shown
        only = text_of(browser.get(f"{base}?leader={other.id}").text)
        assert "名单上的家庭（1户）" in only
        refused = browser.post(f"{base}/assign", {"_action": "remove", "target": str(target_of(a.activity, first))}, status=409)
        assert "已经有访视记录" in refused.text
        browser.post(f"{base}/assign", {"_action": "remove", "target": str(target)}, status=303)

    def test_a_viewer_sees_and_cannot_change(self, app):
        a = a_round(1)
        browser = logged_in(app, a_user("viewer", a.tree.village))
        shown = browser.get(f"/activities/{a.activity.id}/visits").text
        assert "指派" not in shown
        browser.get(f"/activities/{a.activity.id}/visits/add", status=403)

    def test_a_neighbour_finds_nothing(self, app):
        a = a_round(1)
        browser = logged_in(app, a_user("organiser", another_county(a.tree)))
        for path in (f"/activities/{a.activity.id}/visits", f"/activities/{a.activity.id}/visits/add", f"/visits/{a.targets[0]}"):
            browser.get(path, status=404)


def on_the_list(a, households):
    """Put households on the round's list."""
    rounds.add_targets(a.activity.id, households, actor=a.organiser, now=NOW)
