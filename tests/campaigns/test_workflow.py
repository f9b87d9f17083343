"""The two tables: every state × action × role × relation of units, as the tables say and no other way; also through HTTP."""

import itertools

import pytest
from sqlalchemy import update

from eventsvc.campaigns import queries, service
from eventsvc.campaigns.errors import AlreadyHandedOn, CampaignIsClosed, NothingToRemind
from eventsvc.campaigns.models import CampaignState, Duty, DutyState
from eventsvc.campaigns.rules import Deed
from eventsvc.campaigns.workflow import BY_HAND, CAMPAIGN, DUTY
from eventsvc.core.actor import IMPLIED, SYSTEM, Role
from eventsvc.core.errors import DomainError, NotAllowed, NotFound, WrongMoment
from eventsvc.infra.db import db, writing
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.campaigns import ASKED, duty_of, issued
from tests.factories.organisations import a_sibling_village, a_tree, another_county

STATUS = {None: 303, NotFound: 404, NotAllowed: 403, WrongMoment: 409, CampaignIsClosed: 409}


@pytest.fixture
def tree(app):
    return a_tree()


def actors_by(relations):
    return {(relation, role): a_user(role, unit) for relation, unit in relations.items() for role in Role}


def refusal(act):
    """Do it; return the kind of refusal, or None when it was done."""
    try:
        act()
    except DomainError as no:
        return type(no)
    return None


def put(duty, state):
    """Let a duty stand in a state."""
    mine = (Duty.root_id == duty.root_id, Duty.organisation_id == duty.organisation_id)
    with writing():
        db.session.execute(update(Duty).where(*mine).values(state=state, seen_version=1))
        db.session.commit()


class TestDuties:
    """What a village was asked by its county: by itself, its township, one of its groups, the village beside it, strangers."""

    @pytest.fixture
    def campaign(self, tree):
        return issued(tree.county)

    @pytest.fixture
    def actors(self, tree):
        return actors_by({"own": tree.village, "above": tree.township, "below": tree.group, "beside": a_sibling_village(tree),
                          "stranger": another_county(tree)})  # fmt: skip

    def outcome(self, step, state, relation, role):
        """Say what the table promises."""
        if relation not in ("own", "above"):
            return NotFound
        if step.action not in BY_HAND or state not in step.sources:
            return WrongMoment
        return None if step.by in IMPLIED[role] else NotAllowed

    def test_by_hand_only_what_the_table_says_and_only_by_whom_it_says(self, tree, campaign, actors):
        duty, wrong = duty_of(campaign, tree.village), []
        for state, step, (who, actor) in itertools.product(DutyState, DUTY.steps, actors.items()):
            put(duty, state)
            came = refusal(lambda: service.answer(campaign.id, tree.village.id, step.action, actor=actor, now=NOW, note="合办"))  # noqa: B023
            expected, now = self.outcome(step, state, *who), duty_of(campaign, tree.village).state
            if (came, now) != (expected, state if expected else step.target):
                wrong.append((state, step.action, who, came, now))
        assert not wrong

    def test_read_only_by_who_serves_at_the_very_unit(self, tree, campaign, actors):
        duty, wrong = duty_of(campaign, tree.village), []
        step = DUTY.step(DutyState.ASKED, "read")
        for state, (who, actor) in itertools.product(DutyState, actors.items()):
            put(duty, state)
            refusal(lambda: service.read(campaign.id, actor=actor, now=NOW))  # noqa: B023
            reads = state in step.sources and who[0] == "own" and step.by in IMPLIED[who[1]]
            if duty_of(campaign, tree.village).state is not (step.target if reads else state):
                wrong.append((state, who))
        assert not wrong

    def test_the_house_itself_follows_activities_from_every_state_as_the_table_says(self, tree, campaign):
        duty, wrong = duty_of(campaign, tree.village), []
        ways = {"plan": DutyState.PLANNED, "hold": DutyState.HELD, "report": DutyState.REPORTED, "drop": None}
        for state, (action, reached) in itertools.product(DutyState, ways.items()):
            put(duty, state)
            deeds = [Deed(campaign.id, True, reached)] if reached else []
            service.follow(tree.village.id, deeds, now=NOW)
            step = next(one for one in DUTY.steps if one.action == action)
            expected = step.target if state in step.sources else state
            if (now := duty_of(campaign, tree.village).state) is not expected:
                wrong.append((state, action, now))
        assert not wrong

    def test_through_http(self, app, tree, campaign, actors):
        duty, wrong = duty_of(campaign, tree.village), []
        browsers = {who: logged_in(app, actor) for who, actor in actors.items()}
        for browser in browsers.values():
            browser.get("/me")
        for state, action, (who, browser) in itertools.product(DutyState, sorted(BY_HAND), browsers.items()):
            put(duty, state)
            path = f"/campaigns/{campaign.id}/units/{tree.village.id}/{action}"
            came = browser.post(path, {"note": "合办"}).status_code
            expected = STATUS[self.outcome(DUTY.step(*one_source(action)), state, *who)]
            # The door asks for an organiser anywhere before it looks what for: so it says 403 where the command would say 404.
            expected = expected if Role.ORGANISER in IMPLIED[who[1]] else 403
            if came != expected:
                wrong.append((state, action, who, came, expected))
        assert not wrong


def one_source(action):
    step = next(one for one in DUTY.steps if one.action == action)
    return next(iter(step.sources)), action


class TestCampaigns:
    """What the county asks: by itself, its city, its township, the county beside it."""

    @pytest.fixture
    def actors(self, tree):
        return actors_by({"own": tree.county, "above": tree.city, "below": tree.township, "stranger": another_county(tree)})

    def take(self, step, campaign, tree, actor):
        """Take a step in whichever way it is taken; `hand_on` at the township."""
        if step.action == "edit":
            service.change(campaign.id, ASKED | {"notice": "改了"}, version=campaign.version, actor=actor, now=NOW)
        elif step.action == "hand_on":
            service.open_campaign(tree.township.id, ASKED, actor=actor, now=NOW, parent_id=campaign.id)
        elif step.action == "remind":
            service.remind(campaign.id, actor=actor, now=NOW)
        else:
            service.close(campaign.id, actor=actor, now=NOW)

    def outcome(self, step, state, relation, role):
        """Say what the table promises; where it stands decides whether one sees it at all, then the role, then the state."""
        near = ("own", "above", "below") if step.action == "hand_on" else ("own", "above")
        if relation not in near:
            return NotFound
        if step.by not in IMPLIED[role]:
            return NotAllowed
        return None if state in step.sources else CampaignIsClosed

    def test_only_what_the_table_says_and_only_by_whom_it_says(self, tree, actors):
        wrong = []
        for state, step, (who, actor) in itertools.product(CampaignState, CAMPAIGN.steps, actors.items()):
            campaign = self.fresh(tree, state)
            came = refusal(lambda: self.take(step, queries.campaign(campaign.id, within=SYSTEM)[0], tree, actor))  # noqa: B023
            if came is not self.outcome(step, state, *who):
                wrong.append((state, step.action, who, came))
        assert not wrong

    def fresh(self, tree, state):
        campaign = issued(tree.county)
        if state is CampaignState.CLOSED:
            service.close(campaign.id, actor=SYSTEM, now=NOW)
        return campaign

    def test_through_http(self, app, tree, actors):
        wrong = []
        browsers = {who: logged_in(app, actor) for who, actor in actors.items() if who[1] in (Role.ADMIN, Role.ORGANISER, Role.APPROVER)}
        for browser in browsers.values():
            browser.get("/me")
        ways = {"close": "close", "remind": "remind"}
        for state, action, (who, browser) in itertools.product(CampaignState, ways, browsers.items()):
            campaign = self.fresh(tree, state)
            came = browser.post(f"/campaigns/{campaign.id}/{action}").status_code
            step = next(one for one in CAMPAIGN.steps if one.action == action)
            expected = STATUS[self.outcome(step, state, *who)] if Role.ORGANISER in IMPLIED[who[1]] else 403
            if came != expected:
                wrong.append((state, action, who, came, expected))
        assert not wrong

    def test_handed_on_twice_and_reminded_twice_a_day_are_refused(self, tree):
        campaign = issued(tree.county)
        issued(tree.township, parent=campaign)
        assert refusal(lambda: issued(tree.township, parent=campaign)) is AlreadyHandedOn
        assert service.remind(campaign.id, actor=SYSTEM, now=NOW) == 1
        assert refusal(lambda: service.remind(campaign.id, actor=SYSTEM, now=NOW)) is NothingToRemind


def test_every_state_is_reached_by_some_step_and_has_a_way_on():
    reached = {step.target for step in DUTY.steps}
    assert set(DutyState) - reached == {DutyState.ASKED}
    assert all(any(state in step.sources and step.target is not state for step in DUTY.steps) for state in DutyState)
