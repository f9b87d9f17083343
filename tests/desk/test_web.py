"""What waits for me, and the calendar."""

import pytest

from tests.clients import text_of
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.reports import a_report


class TestHome:
    def test_an_approver_sees_the_plans_that_wait_and_nobody_elses(self, app):
        tree = a_tree()
        waiting = an_activity(state="submitted", unit=tree.village, title="柏柳的金婚庆典")
        an_activity(state="submitted", unit=a_sibling_village(), title="邻村的金婚庆典")
        seen = text_of(logged_in(app, a_user("approver", tree.village)).get("/").text)
        assert waiting.title in seen and "等您审批的方案" in seen
        assert "邻村" not in seen

    def test_nobody_is_asked_to_approve_their_own(self, app):
        tree = a_tree()
        both = a_user("approver", tree.village)
        mine = a_user("organiser", tree.village)
        an_activity(state="submitted", unit=tree.village, by=mine, title="我写的方案")
        assert "等您审批的方案" in text_of(logged_in(app, both).get("/").text)
        assert "等您审批的方案" not in text_of(logged_in(app, mine).get("/").text)

    @pytest.mark.parametrize(
        ("state", "heading"),
        [("returned", "退回来要改的方案"), ("approved", "还没发布的活动"), ("held", "还没交报告的活动"), ("draft", "没写完的草稿")],
    )
    def test_an_organiser_sees_the_next_thing_to_do(self, app, state, heading):
        tree = a_tree()
        me = a_user("organiser", tree.village)
        activity = an_activity(state=state, unit=tree.village, by=me)
        seen = text_of(logged_in(app, me).get("/").text)
        assert heading in seen and activity.title in seen

    def test_a_report_sent_up_waits_for_the_level_above(self, app):
        tree = a_tree()
        a_report("submitted", unit=tree.village)
        assert "等您审核的报告" in text_of(logged_in(app, a_user("approver", tree.township)).get("/").text)

    def test_an_empty_desk_says_so(self, app):
        assert "眼下没有等您办的事" in text_of(logged_in(app, a_user("organiser", a_tree().village)).get("/").text)

    def test_a_group_leader_goes_straight_to_the_visits(self, app):
        leader = logged_in(app, a_user("group_leader", a_tree().village))
        assert leader.get("/", status=302, follow=False).location.endswith("/visits")

    def test_it_takes_few_statements_however_much_waits(self, app, statements):
        tree = a_tree()
        me, office = a_user("organiser", tree.village), a_user("approver", tree.county)
        for state in ("submitted", "approved", "published", "held", "returned", "submitted", "approved"):
            an_activity(state=state, unit=tree.village, by=me)
        client = logged_in(app, office)
        client.get("/")
        statements.clear()
        client.get("/")
        assert len([s for s in statements if s.startswith("SELECT")]) <= 10


class TestCalendar:
    def test_a_month_shows_its_activities_with_lunar_days_and_feasts(self, app):
        tree = a_tree()
        activity = an_activity(unit=tree.village)
        seen = text_of(logged_in(app, a_user("viewer", tree.township)).get("/calendar?month=2027-05").text)
        assert activity.title in seen and "廿" in seen
        assert "重阳" in text_of(logged_in(app, a_user("viewer", tree.township)).get("/calendar?month=2027-10").text)

    @pytest.mark.parametrize("month", ["2027-13", "x", "9999-01", "0000-00", "2027-05-01", "%20"])
    def test_a_month_that_makes_no_sense_is_this_one(self, app, month):
        logged_in(app, a_user("viewer", a_tree().village)).get(f"/calendar?month={month}")

    def test_a_neighbour_is_not_seen(self, app):
        tree = a_tree()
        activity = an_activity(unit=tree.village)
        page = logged_in(app, a_user("viewer", a_sibling_village())).get("/calendar?month=2027-05")
        assert activity.title not in page.text
