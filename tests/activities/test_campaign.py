"""An activity stands under what was asked of its unit."""

import pytest

from eventsvc.activities import queries, service
from eventsvc.campaigns import service as campaigns
from eventsvc.campaigns.errors import DoesNotFit
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed
from tests.campaigns.test_campaigns import ASKED, opened
from tests.clients import form_of, text_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import a_plan, an_activity
from tests.factories.organisations import a_tree, another_county


class TestPutUnder:
    def test_an_activity_is_put_under_what_fits_and_taken_out(self, app):
        tree = a_tree()
        planner = a_user("organiser", tree.village)
        activity = an_activity("member_day", "draft", by=planner)
        made = opened(tree.county, a_user("organiser", tree.county))
        service.put_under(activity.id, made, actor=planner, now=NOW)
        assert queries.activity(activity.id, within=SYSTEM).campaign_id == made
        service.put_under(activity.id, None, actor=planner, now=NOW)
        assert queries.activity(activity.id, within=SYSTEM).campaign_id is None

    def test_what_does_not_fit_is_refused(self, app):
        tree, far = a_tree(), another_county()
        planner, boss = a_user("organiser", tree.village), a_user("organiser", tree.county)
        activity = an_activity("member_day", "draft", by=planner)
        other_kind, ended = opened(tree.county, boss, kind="home_visit"), opened(tree.county, boss)
        campaigns.close(ended, actor=boss, now=NOW)
        for wrong in (other_kind, ended, opened(far, a_user("organiser", far))):
            with pytest.raises(DoesNotFit):
                service.put_under(activity.id, wrong, actor=planner, now=NOW)
        with pytest.raises(NotAllowed):
            service.put_under(activity.id, None, actor=a_user("viewer", tree.village), now=NOW)

    def test_a_draft_that_does_not_fit_is_not_written(self, app):
        tree = a_tree()
        planner = a_user("organiser", tree.village)
        wrong = opened(tree.county, a_user("organiser", tree.county), kind="home_visit")
        with pytest.raises(DoesNotFit):
            service.draft("member_day", tree.village.id, a_plan("member_day"), actor=planner, now=NOW, campaign_id=wrong)
        assert queries.activities(within=planner).total == 0

    def test_by_the_page(self, app):
        tree = a_tree()
        planner = a_user("organiser", tree.village)
        activity = an_activity("member_day", "draft", by=planner)
        made = campaigns.open_campaign(tree.county.id, ASKED, actor=a_user("organiser", tree.county), now=NOW)
        browser = logged_in(app, planner)
        path = f"/activities/{activity.id}/campaign"
        form = form_of(browser.get(path).text, action="/campaign")
        form["campaign_id"] = str(made)
        browser.post(path, form, status=303)
        assert "5·29系列活动" in text_of(browser.get(f"/activities/{activity.id}").text)
        form["campaign_id"] = "nonsense"
        browser.post(path, form, status=422)
