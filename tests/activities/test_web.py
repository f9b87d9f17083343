"""The pages of activities, as people use them."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from werkzeug.datastructures import FileStorage

from eventsvc.activities import queries, service
from eventsvc.activities.models import State
from eventsvc.core import clock
from eventsvc.core.actor import SYSTEM
from tests.activities.pictures import jpeg
from tests.clients import form_of, text_of
from tests.factories.accounts import a_user, also, logged_in
from tests.factories.activities import DAY, NOW, an_activity
from tests.factories.organisations import a_sibling_village, a_tree


@pytest.fixture(autouse=True)
def the_clock_stands_still(monkeypatch):
    """Doors read the clock; here it is 1 May 2027."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def tree(app):
    return a_tree()


@pytest.fixture
def me(tree):
    return a_user("organiser", tree.village)


@pytest.fixture
def office(app, me):
    return logged_in(app, me)


@pytest.fixture
def boss(app, tree):
    return logged_in(app, a_user("approver", tree.township, name="陈建国"))


def state_of(activity):
    return queries.activity(activity.id, within=SYSTEM).state


class TestTheWholeWay:
    def test_from_choosing_a_kind_to_a_poster(self, office, boss):
        chosen = office.get("/activities/new")
        assert "金婚庆典" in chosen.text
        create = re.search(r'href="(/activities/new/golden_wedding[^"]*)"', chosen.text)[1].replace("&amp;", "&")
        page = office.get(create)
        form = form_of(page.text, number=-1)
        assert form["title"] == "观洋村委会2027年金婚庆典"
        assert form["starts_at"] == "2027-10-08T09:00", "重阳节"

        made = office.post(create, form, status=303)
        show = office.get(made.location)
        assert "方案还差3项" in text_of(show.text)
        edit = made.location + "/edit"
        form = form_of(office.get(edit).text, number=-1)
        form["venue"], form["contact_phone"], form["safety"] = "村文化中心", "0593-7851234", "医生到场"
        office.post(edit, form, status=303)

        office.post(made.location + "/move/submit", form_of(office.get(made.location).text, action="/move/submit"), status=303)
        assert "批准" in text_of(boss.get(made.location).text)
        boss.post(made.location + "/move/approve", form_of(boss.get(made.location).text, action="/move/approve"), status=303)
        assert "已批准" in text_of(office.get(made.location + "/preview").text)
        office.post(made.location + "/move/publish", form_of(office.get(made.location).text, action="/move/publish"), status=303)

        show = office.get(made.location)
        link = re.search(r"http://localhost/s/[a-z0-9]{10}", show.text)[0]
        assert "不会用手机的，打电话给林小芳：0593-7851234" in show.text
        poster = office.get(made.location + "/poster")
        assert link in poster.text
        code = office.client.get(made.location + "/qr.svg")
        assert (code.status_code, code.mimetype) == (200, "image/svg+xml")
        assert code.data.startswith(b"<?xml")

    def test_a_returned_plan_shows_why_at_the_top(self, office, boss, me):
        activity = an_activity("golden_wedding", "submitted", by=me)
        here = f"/activities/{activity.id}"
        sent = form_of(boss.get(here).text, action="/move/approve")
        answer = boss.post(f"{here}/move/send_back", sent, status=422)
        assert "请写明原因" in text_of(answer.text)
        sent["note"] = "预算里没有保险"
        boss.post(f"{here}/move/send_back", sent, status=303)
        shown = text_of(office.get(here).text)
        assert re.search("退回的意见 ?预算里没有保险", shown), shown.split("下一步")[1][:300]


class TestRefusals:
    def test_saving_over_a_newer_version_keeps_what_was_typed_and_shows_the_other(self, office, me):
        activity = an_activity("golden_wedding", "draft", by=me)
        here = f"/activities/{activity.id}/edit"
        mine, theirs = form_of(office.get(here).text, number=-1), form_of(office.get(here).text, number=-1)
        theirs["venue"] = "镇影剧院"
        office.post(here, theirs, status=303)
        mine["venue"] = "村祠堂前"
        answer = office.post(here, mine, status=409)
        assert form_of(answer.text, number=-1)["venue"] == "村祠堂前"
        assert "镇影剧院" in text_of(answer.text)
        office.post(here, form_of(answer.text, number=-1), status=303)
        assert queries.activity(activity.id, within=me).venue == "村祠堂前"

    def test_a_wrong_answer_names_its_field_and_loses_nothing(self, office):
        create = "/activities/new/member_day"
        form = form_of(office.get(create).text, number=-1)
        form["ends_at"], form["venue"], form["budget.0.planned_fen"] = "2027-05-01T08:00", "广场", "很多"
        answer = office.post(create, form, status=422)
        assert 'href="#budget-0-planned_fen"' in answer.text
        assert (form_of(answer.text, number=-1)["venue"], form_of(answer.text, number=-1)["budget.0.planned_fen"]) == ("广场", "很多")
        form["budget.0.planned_fen"] = "100"
        answer = office.post(create, form, status=422)
        assert 'href="#ends_at"' in answer.text

    def test_an_empty_page_needs_only_a_title_and_a_day(self, office):
        office.get("/activities/new/golden_wedding")
        answer = office.post("/activities/new/golden_wedding", {}, status=422)
        assert re.findall(r'href="#([\w-]+)"', answer.text.split("您填的内容都还在")[0])[-2:] == ["title", "starts_at"]

    def test_a_control_character_and_a_strange_name_are_refused(self, office):
        office.get("/activities/new/golden_wedding")
        office.post("/activities/new/golden_wedding", {"title": "金\u202e婚", "starts_at": "2027-10-08T09:00"}, status=422)
        office.post("/activities/new/golden_wedding", {"title": "金婚", "starts_at": "2027-10-08T09:00", "kind": "x"}, status=422)
        office.post("/activities/new/golden_wedding", {"title": "金婚", "starts_at": "2027-02-30T09:00"}, status=422)

    def test_nobody_sees_a_button_to_approve_their_own_and_a_click_is_refused(self, app, tree):
        both = also(a_user("organiser", tree.village), "approver", tree.village)
        activity = an_activity("golden_wedding", "submitted", by=both)
        browser = logged_in(app, both)
        page = browser.get(f"/activities/{activity.id}")
        assert "/move/approve" not in page.text
        answer = browser.post(f"/activities/{activity.id}/move/approve", {}, status=409)
        assert "登记纸面审批" in text_of(answer.text)
        assert state_of(activity) is State.SUBMITTED

    def test_a_step_that_is_no_more_possible_says_so(self, office, me):
        activity = an_activity(by=me)
        office.get(f"/activities/{activity.id}")
        answer = office.post(f"/activities/{activity.id}/move/submit", {}, status=409)
        assert "已发布" in text_of(answer.text)
        office.post(f"/activities/{activity.id}/move/fly", {}, status=409)

    @pytest.mark.parametrize("tail", ["", "/edit", "/preview", "/poster", "/qr.svg", "/postpone", "/approve-on-paper", "/papers/00000000-0000-4000-8000-000000000001"])
    def test_out_of_scope_looks_like_missing(self, app, tree, tail):
        neighbour = logged_in(app, a_user("admin", a_sibling_village(tree)))
        real = neighbour.get(f"/activities/{an_activity().id}{tail}", status=404)
        none = neighbour.get(f"/activities/{uuid4()}{tail}", status=404)
        strip = lambda text: re.sub(r"[0-9a-f-]{36}", "", re.sub(r'value="[^"]*"', "", text))  # noqa: E731
        assert strip(real.text) == strip(none.text)

    def test_a_kind_or_a_unit_that_is_none_is_missing(self, office, tree):
        office.get("/activities/new/bungee", status=404)
        office.get("/activities/new/golden_wedding?unit=nonsense", status=404)
        office.get(f"/activities/new/golden_wedding?unit={a_sibling_village(tree).id}", status=404)

    def test_a_stranger_is_asked_to_log_in(self, browser):
        assert "/log-in" in browser.get("/activities", status=302, follow=False).location


class TestPaper:
    def test_a_photo_of_the_signed_page_approves(self, office, me):
        activity = an_activity("golden_wedding", "draft", by=me)
        here = f"/activities/{activity.id}"
        office.get(f"{here}/approve-on-paper")
        form = {"approver": "王书记", "approved_on": "2027-04-30", "note": "同意", "scan": FileStorage(io.BytesIO(jpeg()), "签字.jpg")}
        answer = office.post(f"{here}/approve-on-paper", form, status=303)
        shown = office.get(answer.location)
        assert "王书记" in text_of(shown.text)
        scan = re.search(rf'href="({here}/papers/[^"]+)"', shown.text)[1]
        picture = office.client.get(scan)
        assert (picture.mimetype, b"SecretPhone" in picture.data) == ("image/jpeg", False)

    def test_without_a_file_or_with_a_wrong_one_the_words_stay(self, office, me):
        activity = an_activity("golden_wedding", "submitted", by=me)
        here = f"/activities/{activity.id}/approve-on-paper"
        office.get(here)
        form = {"approver": "王书记", "approved_on": "2027-05-09"}
        answer = office.post(here, form, status=422)
        assert 'href="#scan"' in answer.text
        answer = office.post(here, {**form, "scan": FileStorage(io.BytesIO(jpeg()), "a.jpg")}, status=422)
        assert "不能晚于今天" in answer.text
        assert form_of(answer.text, number=-1)["approver"] == "王书记"
        answer = office.post(here, {**form, "approved_on": "2027-05-01", "scan": FileStorage(io.BytesIO(b"MZ..."), "a.jpg")}, status=422)
        assert state_of(activity) is State.SUBMITTED


class TestAfterPublishing:
    def test_postponing_shows_old_and_new_and_why(self, office, me):
        activity = an_activity(by=me)
        here = f"/activities/{activity.id}"
        office.get(here + "/postpone")
        office.post(here + "/postpone", {"starts_at": "2027-06-20T14:30", "note": "台风"}, status=303)
        shown = text_of(office.get(here).text)
        assert "2027年6月20日14:30–17:30" in shown
        assert "台风" in shown
        answer = office.post(here + "/postpone", {"starts_at": "2020-06-20T14:30"}, status=422)
        assert "以后的时间" in answer.text

    def test_pausing_and_going_on(self, office, me):
        activity = an_activity(by=me)
        here = f"/activities/{activity.id}"
        office.get(here)
        office.post(here + "/pause", {"paused": "1"}, status=303)
        assert "报名暂停" in text_of(office.get(here).text)
        office.post(here + "/pause", {"paused": ""}, status=303)
        assert "报名中" in text_of(office.get(here).text)

    def test_cancelling_needs_a_reason(self, office, me):
        activity = an_activity(by=me)
        here = f"/activities/{activity.id}"
        office.get(here)
        answer = office.post(f"{here}/move/cancel", {"note": ""}, status=422)
        assert "<details class=\"confirm confirm--danger\" open" in answer.text
        office.post(f"{here}/move/cancel", {"note": "台风红色预警"}, status=303)
        assert state_of(activity) is State.CANCELLED

    def test_a_visit_round_has_no_link_no_code_and_its_own_room(self, office, me):
        activity = an_activity("home_visit", by=me)
        page = office.get(f"/activities/{activity.id}")
        assert "/s/" not in page.text
        office.get(f"/activities/{activity.id}/qr.svg", status=404)
        assert "报名链接" not in text_of(page.text)


class TestTheList:
    def test_it_filters_by_state_kind_unit_and_month(self, app, tree, me, office):
        shown = an_activity(by=me)
        an_activity("member_day", "draft", by=me, title="另一个活动")
        for query in ("state=published", "kind=golden_wedding", f"state=published&month=2027-05&unit={tree.village.id}"):
            text = text_of(office.get(f"/activities?{query}").text)
            assert shown.title in text
            assert "另一个活动" not in text.split("筛选")[-1] or query.startswith("month")
        for query in ("month=2026-01", "state=archived", "month=2027-13", f"unit={uuid4()}"):
            assert "没有符合条件的活动" in text_of(office.get(f"/activities?{query}").text), query
        office.get("/activities?unit=nonsense", status=404)
        office.get("/activities?page=-3")
        office.get("/activities?page=x&state=nonsense")
        for odd in ("page=99999999999999999999", "page=9223372036854775807", "month=9999-12", "month=0001-01", "month=2027-13"):
            office.get(f"/activities?{odd}")

    def test_a_township_sees_its_villages_and_a_village_not_its_neighbour(self, app, tree):
        an_activity(title="观洋的活动")
        an_activity(unit=a_sibling_village(tree), title="龙田的活动")
        above = text_of(logged_in(app, a_user("viewer", tree.township)).get("/activities").text)
        beside = text_of(logged_in(app, a_user("viewer", tree.village)).get("/activities").text)
        assert ("观洋的活动" in above, "龙田的活动" in above) == (True, True)
        assert ("观洋的活动" in beside, "龙田的活动" in beside) == (True, False)

    def test_twenty_a_page_and_the_filters_stay(self, office, me):
        for i in range(21):
            an_activity("member_day", "draft", by=me, title=f"活动{i:02d}", starts_at=NOW + timedelta(days=i + 1))
        page = office.get("/activities?kind=member_day")
        assert "共2页" in text_of(page.text)
        onward = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
        assert "kind=member_day" in onward
        assert "活动00" in text_of(office.get(onward).text)

    def test_one_page_costs_at_most_four_statements(self, office, me, statements):
        for _ in range(5):
            an_activity(by=me)
        office.get("/activities")
        statements.clear()
        office.get("/activities")
        asked = [s for s in statements if not s.startswith(("PRAGMA", "BEGIN", "SAVEPOINT"))]
        assert len(asked) <= 4, asked


def test_a_new_activity_can_be_planned_on_a_day_of_the_calendar(office):
    form = form_of(office.get(f"/activities/new/home_visit?day={DAY}").text, number=-1)
    assert form["starts_at"] == "2027-05-29T09:00"
    assert form["plan.due_on"] == "2027-06-28"


def test_the_service_is_asked_by_the_doors_not_the_other_way_round():
    assert not [name for name in dir(service) if name in ("request", "flash", "current_app")]
