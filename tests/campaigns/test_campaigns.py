"""A theme is handed down: all below see it, neighbours do not."""

from datetime import date

import pytest

from eventsvc.campaigns import queries, service
from eventsvc.campaigns.errors import CampaignIsClosed, DatesCrossed
from eventsvc.core.errors import NotAllowed, NotFound
from tests.clients import form_of, text_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.campaigns import issued
from tests.factories.organisations import a_tree, another_county

ASKED = {"title": "5·29系列活动", "theme": "健康家庭", "doc_number": "", "kind": "member_day", "notice": "每村至少一场",
         "starts_on": date(2027, 5, 1), "ends_on": date(2027, 6, 30), "due_on": None}  # fmt: skip


def opened(unit, actor, **other):
    return service.open_campaign(unit.id, ASKED | other, actor=actor, now=NOW)


class TestScope:
    def test_all_below_and_above_see_it_and_a_neighbour_does_not(self, app):
        tree, far = a_tree(), another_county()
        made = opened(tree.county, a_user("organiser", tree.county))
        for unit in (tree.group, tree.village, tree.county, tree.city):
            assert queries.campaign(made, within=a_user("group_leader", unit))[1] == "福鼎市"
        for stranger in (a_user("admin", far), a_user(None)):
            with pytest.raises(NotFound):
                queries.campaign(made, within=stranger)
            assert queries.campaigns(within=stranger) == []

    def test_only_an_organiser_of_the_unit_hands_down_and_ends(self, app):
        tree = a_tree()
        with pytest.raises(NotAllowed):
            opened(tree.county, a_user("viewer", tree.county))
        with pytest.raises(NotFound):
            opened(tree.county, a_user("organiser", tree.village))
        made = opened(tree.county, a_user("organiser", tree.county))
        with pytest.raises(NotFound):
            service.close(made, actor=a_user("organiser", tree.village), now=NOW)

    def test_an_activity_can_be_put_under_what_is_asked_of_its_unit_on_that_day(self, app):
        tree = a_tree()
        boss = a_user("organiser", tree.county)
        made = opened(tree.county, boss)
        ask = lambda **kw: [one.id for one, _ in queries.open_for(tree.village.id, **kw)]  # noqa: E731
        assert ask(on=date(2027, 5, 29)) == ask(on=date(2027, 5, 29), kind="member_day") == [made]
        assert ask(on=date(2027, 7, 1)) == ask(on=date(2027, 5, 29), kind="home_visit") == []
        service.close(made, actor=boss, now=NOW)
        assert ask(on=date(2027, 5, 29)) == []

    def test_it_is_handed_on_while_it_runs(self, app):
        tree = a_tree()
        boss, helper = a_user("organiser", tree.county), a_user("organiser", tree.township)
        made = opened(tree.county, boss)
        inner = service.open_campaign(tree.township.id, ASKED, actor=helper, now=NOW, parent_id=made)
        assert [one.id for one, _ in queries.handed_on(made, within=boss)] == [inner]
        service.close(made, actor=boss, now=NOW)
        with pytest.raises(CampaignIsClosed):
            service.open_campaign(tree.township.id, ASKED, actor=helper, now=NOW, parent_id=made)

    def test_dates_must_not_cross(self, app):
        tree = a_tree()
        with pytest.raises(DatesCrossed):
            opened(tree.county, a_user("organiser", tree.county), ends_on=date(2027, 4, 1))


class TestPages:
    def test_from_the_county_to_the_village(self, app):
        tree = a_tree()
        county, village = logged_in(app, a_user("organiser", tree.county)), logged_in(app, a_user("organiser", tree.village))
        path = f"/organisations/{tree.county.id}/campaigns/new"
        form = form_of(county.get(path).text, action="/campaigns/new")
        form["title"], form["starts_on"], form["ends_on"] = "5·29系列活动", "2027-05-01", "2027-04-01"
        wrong = county.post(path, form, status=422)
        assert "结束日期早于开始日期" in text_of(wrong.text)
        assert "5·29系列活动" in wrong.text
        form["ends_on"], form["notice"] = "2027-06-30", "每村至少一场"
        where = county.post(path, form, status=303).headers["Location"]
        assert "5·29系列活动" in text_of(village.get("/campaigns").text)
        assert "每村至少一场" in text_of(village.get(where).text)
        handing = f"/organisations/{tree.village.id}/campaigns/new?parent={where.rsplit('/', 1)[1]}"
        inner = village.post(handing, form_of(village.get(handing).text, action="/campaigns/new"), status=303)
        assert "5·29系列活动" in text_of(village.get(inner.headers["Location"]).text)
        county.get(where)
        county.post(f"{where}/close", status=303)
        assert "5·29系列活动" in text_of(county.get("/campaigns?closed=1").text)
        village.get("/campaigns/new?parent=nonsense", status=404)

    def test_the_county_sees_who_is_missing_and_reminds_them_in_one_click(self, app):
        tree = a_tree()
        campaign = issued(tree.county)
        county, village = logged_in(app, a_user("organiser", tree.county)), logged_in(app, a_user("organiser", tree.village))
        path = f"/campaigns/{campaign.id}"
        words = text_of(village.get("/").text)
        assert "布置给我们的" in words and "5·29系列活动" in words and "未阅" in words
        village.get(path)
        seen = county.get(path).text
        assert "已阅" in text_of(seen) and "还有2个单位没有报计划" in seen
        assert "观洋村委会" not in seen.split("group-text")[1].split("</pre>")[0], "the words for the group name nobody"
        county.post(f"{path}/remind", form_of(seen, action="/remind"), status=303)
        assert "今天提醒过" not in text_of(village.get("/campaigns?closed=1").text)
        assert "提醒过" in text_of(village.get("/").text)
        assert "没有要提醒的单位" in text_of(county.post(f"{path}/remind", form_of(seen, action="/remind"), status=409).text)
        assert "观洋村委会" in text_of(county.get(f"{path}?unit={tree.township.id}").text)
        county.get(f"{path}?unit={another_county(tree).id}", status=404)
        county.get(f"{path}?unit=nonsense", status=404)

    def test_the_village_declines_with_a_reason_and_takes_it_up_again(self, app):
        tree = a_tree()
        campaign = issued(tree.county)
        village, county = logged_in(app, a_user("organiser", tree.village)), logged_in(app, a_user("organiser", tree.county))
        path = f"/campaigns/{campaign.id}"
        declining = f"{path}/units/{tree.village.id}/decline"
        village.get(path)
        assert "请写明不参加的原因" in text_of(village.post(declining, {"note": " "}, status=422).text)
        village.post(declining, {"note": "与邻村合办"}, status=303)
        assert "与邻村合办" in text_of(county.get(f"{path}?unit={tree.township.id}").text)
        village.post(declining, {"note": "又来"}, status=409)
        village.post(f"{path}/units/{tree.village.id}/take_up", {}, status=303)
        village.post(f"{path}/units/{tree.village.id}/report", {}, status=409)

    def test_a_change_is_shown_until_it_was_seen(self, app):
        tree = a_tree()
        campaign = issued(tree.county)
        village, county = logged_in(app, a_user("organiser", tree.village)), logged_in(app, a_user("organiser", tree.county))
        path = f"/campaigns/{campaign.id}"
        village.get(path)
        form = form_of(county.get(f"{path}/edit").text, action="/edit")
        form["due_on"] = "2027-06-01"
        county.post(f"{path}/edit", form, status=303)
        stale = county.post(f"{path}/edit", form, status=409)
        assert "别人刚刚改过" in text_of(stale.text)
        assert "有变动" in text_of(village.get("/").text)
        assert "2027年6月1日" in text_of(village.get(path).text).split("有变动")[1].split("的任务")[0]
        assert "有变动" not in text_of(village.get("/").text)
        village.get(f"{path}/edit", status=404)
