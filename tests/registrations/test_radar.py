"""Anniversaries ahead: who is on the list, who sees how much, and inviting them."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select

from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.core.lunar import Anniversary
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import db
from eventsvc.messages.models import Message, MessageState
from eventsvc.people import couples, honours, radar
from eventsvc.people.couples import Given, One
from eventsvc.registrations import inviting, service
from eventsvc.registrations.errors import CannotInvite
from eventsvc.registrations.models import Invitation
from tests.clients import Browser
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import _step, an_activity
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.people import a_couple, a_household, office
from tests.factories.registrations import a_party

DAY = date(2028, 12, 31)


def names(found):
    return {row.names for row in found.rows}


def wed(*parts, calendar="solar"):
    return Anniversary(calendar, *parts)


class TestWhoIsOnIt:
    @pytest.mark.parametrize(("married", "milestone", "sure"), [
        (wed(1978, 12, 31), 50, True), (wed(1979, 1, 1), None, None), (wed(1978), 50, True), (wed(1979), None, None),
        (wed(1968, 5, 1), 60, True), (wed(1958), 70, True), (wed(1969), 50, True), (wed(1978, calendar="lunar"), 50, False),
        (wed(1978, 12, calendar="lunar"), 50, False),
    ])  # fmt: skip
    def test_whoever_reaches_a_milestone_by_the_day(self, app, married, milestone, sure):
        tree = a_tree()
        a_couple(tree.village, married=married)
        found = radar.reaching(tree.village.id, DAY, within=office(tree.village)).rows
        assert [(one.milestone, one.sure) for one in found] == ([] if milestone is None else [(milestone, sure)])

    @pytest.mark.parametrize(("was", "stays"), [(50, True), (60, False), (70, False)])
    def test_not_who_was_honoured_for_it_already(self, app, was, stays):
        tree = a_tree()
        household = a_household(tree.village)
        a_couple(tree.village, household, married=wed(1967))
        two = couples.couples_of(household)[0].two
        honours.honour(tree.village.id, two, was, date(2018, 1, 1), now=NOW)
        found = radar.reaching(tree.village.id, DAY, within=office(tree.village)).rows
        assert [(one.milestone, one.before[0].milestone) for one in found] == ([(60, was)] if stays else [])

    def test_who_has_gone_is_not_called(self, app):
        tree = a_tree()
        couple = a_couple(tree.village)
        couples.end_couple(couple, actor=office(tree.village), now=NOW)
        assert radar.reaching(tree.village.id, DAY, within=office(tree.village)).rows == ()


class TestWhoSeesHowMuch:
    def test_the_village_all_the_town_names_the_county_masked(self, app):
        tree = a_tree()
        a_couple(tree.village, husband=One("张建国", "13805931234"), wife=One("李秀英"))
        (own,) = radar.reaching(tree.village.id, DAY, within=office(tree.village)).rows
        (above,) = radar.reaching(tree.township.id, DAY, within=office(tree.township)).rows
        (far,) = radar.reaching(tree.county.id, DAY, within=office(tree.county)).rows
        assert (own.names, own.phones) == ("张建国、李秀英", (("张建国", "13805931234"),))
        assert above.names == "张建国、李秀英" and above.phones[0][1] == "138****1234"
        assert far.names == "张*国、李*英" and far.married is None

    def test_a_group_leader_only_her_own(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.group, "王秀兰")
        mine = a_household(tree.village, leader)
        a_couple(tree.village, mine, husband=One("张建国"), wife=One("李秀英"))
        a_couple(tree.village)
        assert names(radar.reaching(tree.village.id, DAY, within=leader)) == {"张建国、李秀英"}

    def test_a_special_family_is_a_number_to_all_but_its_leader(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.village)
        a_couple(tree.village, a_household(tree.village, leader, special=True), by=leader)
        (seen,) = radar.reaching(tree.village.id, DAY, within=office(tree.village)).rows
        assert (seen.names, seen.phones, seen.married) == ("", (), None)
        assert radar.reaching(tree.village.id, DAY, within=leader).rows[0].names != ""

    def test_the_neighbour_nothing(self, app):
        tree = a_tree()
        with pytest.raises(NotFound):
            radar.reaching(tree.village.id, DAY, within=office(a_sibling_village(tree)))

    def test_two_thousand_couples_take_twelve_statements_at_most(self, app, statements):
        tree = a_tree()
        rows = [Given(One(f"张建{chr(0x4E00 + at)}"), One(f"李秀{chr(0x4E00 + at)}"), wed(1960 + at % 18, 5, 1)) for at in range(2_000)]
        couples.import_couples(tree.village.id, rows, actor=office(tree.village), now=NOW)
        browser = logged_in(app, a_user("organiser", tree.village))
        path = f"/organisations/{tree.village.id}/anniversaries?by=2028-12-31"
        browser.get(path)
        db.session.expire_all()
        statements.clear()
        page = browser.get(path).text
        asked = [one for one in statements if one.lstrip().upper().startswith("SELECT")]
        assert len(asked) <= 12, asked
        assert page.count('name="couple"') in (0, 2_000) and "张建一、李秀一" in page

    def test_the_paper_of_one_leader_has_no_others(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.group, "王秀兰")
        a_couple(tree.village, a_household(tree.village, leader), husband=One("张建国"), wife=One("李秀英"))
        a_couple(tree.village, husband=One("林福生"), wife=One("陈阿梅"))
        browser = logged_in(app, a_user("organiser", tree.village))
        paper = browser.get(f"/organisations/{tree.village.id}/anniversaries?by=2028-12-31&paper=1&leader=王秀兰").text
        assert "张建国、李秀英" in paper and "林福生" not in paper


class TestInviting:
    def test_from_the_list_to_the_receipt(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser)
        couple = a_couple(tree.village, husband=One("张建国", "13805931234"), wife=One("李秀英"))
        browser = logged_in(app, organiser)
        listed = browser.get(f"/organisations/{tree.village.id}/anniversaries?by=2028-12-31").text
        assert activity.title in listed
        browser.post(f"/organisations/{tree.village.id}/anniversaries/invite", {"couple": str(couple), "activity": str(activity.id)}, status=303)
        calls = browser.get(f"/activities/{activity.id}/messages").text
        assert "张建国、李秀英" in calls and "邀请参加" in calls and "13805931234" in calls
        link = re.search(r"http://localhost(/i/[\w-]{43})", browser.get(f"/activities/{activity.id}/invitations").text)[1]
        phone = Browser(app)
        before = db.session.execute(select(Invitation.declined_at, Invitation.registration_id)).all()
        moved = phone.client.get(link)
        assert moved.status_code == 303 and "Secure" not in moved.headers["Set-Cookie"] and f"Path=/s/{activity.slug}" in moved.headers["Set-Cookie"]
        form = phone.get(moved.headers["Location"])
        assert db.session.execute(select(Invitation.declined_at, Invitation.registration_id)).all() == before, "looking changes nothing"
        assert 'value="张建国"' in form.text and 'value="李秀英"' in form.text and 'value="1974"' in form.text
        assert link.split("/")[-1] not in form.text
        secret = link.split("/")[-1]
        receipt = self.come(activity, secret)
        assert db.session.scalar(select(Invitation.registration_id)) == receipt
        shown = browser.get(f"/activities/{activity.id}/invitations").text
        assert "已报名" in shown
        assert db.session.scalar(select(Message.state).where(Message.topic == "invited")) is MessageState.DROPPED

    @staticmethod
    def come(activity, secret):
        receipt = service.sign_up(activity.slug, (a_party(),), nonce="n" * 20, now=NOW)
        assert inviting.answer(secret, activity.slug, receipt.id, now=NOW)
        assert not inviting.answer(secret, activity.slug, None, now=NOW), "a sign-up is not undone by a no"
        return receipt.id

    def test_saying_no_is_a_post_and_takes_the_call_away(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser)
        inviting.invite(activity.id, [a_couple(tree.village)], actor=organiser, now=NOW)
        secret = keys().secret("invitation", db.session.scalar(select(Invitation.id)), 1)
        phone = Browser(app)
        assert phone.client.get(f"/i/{secret}").status_code == 303
        assert "不参加" in phone.post(f"/s/{activity.slug}/decline", {}).text
        assert db.session.scalar(select(Invitation.declined_at)) is not None
        assert db.session.scalar(select(Message.state)) is MessageState.DROPPED

    def test_a_link_that_is_none_opens_nothing(self, app):
        activity = an_activity()
        Browser(app).get("/i/" + "x" * 43, status=403)
        Browser(app).post(f"/s/{activity.slug}/decline", {}, status=403)

    def test_a_drafts_invitations_wait_until_it_is_published(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser, state="approved")
        done = inviting.invite(activity.id, [a_couple(tree.village), a_couple(tree.village)], actor=organiser, now=NOW)
        assert done.invited == 2 and db.session.scalar(select(func.count()).select_from(Message)) == 0
        secret = keys().secret("invitation", db.session.scalars(select(Invitation.id)).first(), 1)
        Browser(app).get(f"/i/{secret}", status=403)
        _step(activity.id, "publish", organiser, None, tree.village)
        assert db.session.scalar(select(func.count()).select_from(Message).where(Message.topic == "invited")) == 2
        assert Browser(app).client.get(f"/i/{secret}").status_code == 303

    def test_twice_invites_once_and_who_was_honoured_is_passed_over(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser)
        household = a_household(tree.village)
        honoured, fresh = a_couple(tree.village, household), a_couple(tree.village)
        honours.honour(tree.village.id, couples.couples_of(household)[0].two, 50, date(2020, 1, 1), now=NOW)
        done = inviting.invite(activity.id, [honoured, fresh], actor=organiser, now=NOW)
        again = inviting.invite(activity.id, [honoured, fresh], actor=organiser, now=NOW)
        assert (done.invited, done.passed) == (1, 1) and (again.invited, again.before) == (0, 1)

    def test_who_has_not_the_years_on_that_day_is_not_invited_to_be_refused(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser)
        late, perhaps = a_couple(tree.village, married=wed(1977, 10, 1)), a_couple(tree.village, married=wed(1977))
        done = inviting.invite(activity.id, [late, perhaps], actor=organiser, now=NOW)
        assert (done.invited, done.passed) == (1, 1) and db.session.scalar(select(Invitation.couple_id)) == perhaps

    def test_only_those_one_may_see_only_to_a_ceremony_only_by_its_organiser(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        activity = an_activity(unit=tree.village, by=organiser)
        elsewhere = a_couple(a_sibling_village(tree))
        assert inviting.invite(activity.id, [elsewhere], actor=organiser, now=NOW).invited == 0
        with pytest.raises((NotFound, NotAllowed)):
            inviting.invite(activity.id, [elsewhere], actor=office(a_sibling_village(tree)), now=NOW)
        with pytest.raises(CannotInvite):
            inviting.invite(an_activity("member_day", unit=tree.village, by=organiser).id, [], actor=organiser, now=NOW)
