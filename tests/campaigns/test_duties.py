"""What a campaign becomes for the units it asks: handed on, changed, followed, merged, closed, refused."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from eventsvc.activities import service as activities
from eventsvc.activities.models import ActivityPart, Part
from eventsvc.campaigns import progress, queries, rules, service
from eventsvc.campaigns.errors import (
    CampaignIsClosed,
    DatesCrossed,
    DeadlinePassed,
    LaterThanAbove,
    NobodyAsked,
    NoSuchFigure,
    NothingToRemind,
    OutsideSubtree,
    ReasonNeeded,
    TargetBelowZero,
)
from eventsvc.campaigns.models import DutyState
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import DomainError, Stale
from eventsvc.infra.db import db, transactional
from eventsvc.organisations import service as organisations
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.activities import a_plan, an_activity
from tests.factories.campaigns import ASKED, asked_units, duty_of, handed_down, issued
from tests.factories.organisations import TODAY, a_group, a_sibling_village, a_tree, another_county
from tests.factories.reports import a_report

S = DutyState


@pytest.fixture
def tree(app):
    return a_tree()


@pytest.fixture
def boss(tree):
    """Who organises everywhere."""
    return a_user("organiser", tree.province)


def planned(campaign, unit, state="published", **plan):
    """Plan an activity of a unit under a campaign."""
    by = a_user("organiser", unit)
    activity = an_activity("member_day", state, unit=unit, by=by, **plan)
    activities.put_under(activity.id, campaign.id, actor=by, now=NOW)
    return activity


def again(campaign):
    db.session.rollback()
    db.session.expire_all()
    return queries.campaign(campaign.id, within=SYSTEM)[0]


def counted(campaign, unit):
    db.session.rollback()
    return progress.progress(again(campaign), unit, TODAY)


def changed(campaign, by=SYSTEM, **asked):
    campaign = again(campaign)
    said = {name: getattr(campaign, name) for name in ("title", "theme", "doc_number", "notice", "starts_on", "ends_on", "plan_by", "due_on")}
    rows = [{"code": code, "amount": amount} for code, amount in queries.targets(campaign.id).items()]
    return service.change(campaign.id, said | {"targets": rows} | asked, version=campaign.version, actor=by, now=NOW)


class TestReach:
    def test_all_below_are_asked_but_neither_the_issuer_nor_member_groups(self, tree):
        assert set(asked_units(issued(tree.county))) == {tree.township.id, tree.village.id}
        assert set(asked_units(issued(tree.village))) == {tree.group.id}

    def test_a_level_or_chosen_units_alone(self, tree):
        assert asked_units(issued(tree.province, reach="level", reach_level="county")) == [tree.county.id]
        assert asked_units(issued(tree.province, reach="chosen", units=[str(tree.city.id)])) == [tree.city.id]

    def test_a_unit_opened_later_joins_at_the_nearest_and_by_the_top_up(self, tree):
        first = issued(tree.county)
        nearer = issued(tree.township, parent=first)
        late = organisations.open_unit(tree.township.id, "新村委会", tree.village.level, code="350982107209", actor=SYSTEM, now=NOW)
        assert queries.duty(first.id, late).campaign_id == nearer.id
        imported = a_sibling_village(tree)
        assert imported.id not in asked_units(first)
        assert service.top_up(NOW) == 1
        handed_down(first.id)
        assert imported.id in asked_units(first)
        assert service.top_up(NOW) == 0

    def test_a_member_group_opened_later_is_asked_by_its_own_village_alone(self, tree):
        county, village = issued(tree.county), issued(tree.village)
        group = a_group(tree.village.id, "第二会员小组")
        assert group.id not in asked_units(county)
        assert group.id in asked_units(village)


class TestHandingOn:
    def test_each_unit_has_it_once_however_often_it_is_handed_on(self, tree):
        first = issued(tree.province)
        second = issued(tree.county, parent=first, due_on=date(2027, 6, 8))
        third = issued(tree.township, parent=second, due_on=date(2027, 6, 5))
        units = asked_units(first)
        assert len(units) == len(set(units)) == 4
        nearest = {unit: duty_of(first, unit).campaign_id for unit in (tree.city, tree.county, tree.township, tree.village)}
        assert list(nearest.values()) == [first.id, first.id, second.id, third.id]
        assert [duty_of(first, unit).handed_on for unit in nearest] == [False, True, True, False]
        assert [one.deadline for one in queries.asked_of(a_user("organiser", tree.village), TODAY)] == [date(2027, 5, 15)]

    def test_ended_by_who_handed_it_on_it_goes_back_to_who_began_it(self, tree):
        first = issued(tree.county)
        second = issued(tree.township, parent=first)
        service.close(second.id, actor=SYSTEM, now=NOW)
        assert duty_of(first, tree.village).campaign_id == first.id
        assert not duty_of(first, tree.township).handed_on
        service.close(first.id, actor=SYSTEM, now=NOW)
        assert queries.asked_of(a_user("organiser", tree.village), TODAY) == []


REFUSED = [
    ({"ends_on": date(2027, 4, 30)}, DatesCrossed, "ends_on"),
    ({"starts_on": date(2027, 3, 1), "due_on": date(2027, 4, 30), "plan_by": None}, DeadlinePassed, "due_on"),
    ({"starts_on": date(2027, 3, 1), "plan_by": date(2027, 4, 30)}, DeadlinePassed, "plan_by"),
    ({"starts_on": date(2027, 3, 1), "ends_on": date(2027, 3, 31), "plan_by": None, "due_on": None}, DeadlinePassed, "ends_on"),
    ({"plan_by": date(2027, 6, 11)}, DatesCrossed, "plan_by"),
    ({"starts_on": date(2027, 6, 11), "plan_by": None}, DatesCrossed, "due_on"),
    ({"targets": [{"code": "activities_held", "amount": -1}]}, TargetBelowZero, "targets.0.amount"),
    ({"targets": [{"code": "leaflets_of_the_moon", "amount": 1}]}, NoSuchFigure, "targets.0.code"),
    ({"targets": 2 * [{"code": "activities_held", "amount": 1}]}, NoSuchFigure, "targets.1.code"),
    ({"reach": "level"}, NobodyAsked, "reach_level"),
    ({"reach": "level", "reach_level": "province"}, NobodyAsked, "reach_level"),
    ({"reach": "chosen"}, NobodyAsked, "units"),
]


class TestRefusals:
    @pytest.mark.parametrize(("asked", "error", "field"), REFUSED)
    def test_what_cannot_be_kept_is_refused_at_its_field_and_nothing_is_written(self, tree, asked, error, field):
        with pytest.raises(error) as no:
            issued(tree.county, **asked)
        assert field in no.value.fields
        assert queries.campaigns(within=SYSTEM) == []

    @pytest.mark.parametrize("day", ["plan_by", "due_on", "ends_on"])
    def test_a_lower_deadline_is_never_later_than_the_upper_one(self, tree, day):
        first = issued(tree.county)
        issued(tree.township, parent=first)
        other = issued(tree.county)
        with pytest.raises(LaterThanAbove) as no:
            issued(tree.township, parent=other, **{day: ASKED[day] + timedelta(days=1)}, **({"plan_by": None} if day == "due_on" else {}))
        assert day in no.value.fields

    def test_no_deadline_at_all_is_later_than_any(self, tree):
        with pytest.raises(LaterThanAbove):
            issued(tree.township, parent=issued(tree.county), due_on=None)

    def test_nobody_is_asked_outside_the_issuers_subtree(self, tree):
        far = another_county(tree)
        with pytest.raises(OutsideSubtree):
            issued(tree.county, reach="chosen", units=[far.id])
        with pytest.raises(OutsideSubtree):
            issued(tree.county, reach="chosen", units=[tree.county.id])
        with pytest.raises(OutsideSubtree):
            issued(far, parent=issued(tree.county))
        with pytest.raises(OutsideSubtree):
            issued(tree.county, parent=issued(tree.county))

    def test_an_activity_under_a_closed_campaign_is_refused_with_a_code(self, tree, boss):
        campaign = issued(tree.county)
        service.close(campaign.id, actor=SYSTEM, now=NOW)
        with pytest.raises(DomainError) as no:
            activities.draft("member_day", tree.village.id, a_plan("member_day"), actor=boss, now=NOW, campaign_id=campaign.id)
        assert no.value.code == "campaign_does_not_fit"
        for act in (lambda: issued(tree.township, boss, parent=campaign), lambda: changed(campaign, notice="x"),
                    lambda: service.remind(campaign.id, actor=SYSTEM, now=NOW),
                    lambda: service.answer(campaign.id, tree.village.id, "decline", actor=boss, now=NOW, note="x")):  # fmt: skip
            with pytest.raises(CampaignIsClosed):
                act()

    def test_who_declines_says_why(self, tree):
        campaign, helper = issued(tree.county), a_user("organiser", tree.village)
        with pytest.raises(ReasonNeeded):
            service.answer(campaign.id, tree.village.id, "decline", actor=helper, now=NOW, note="  ")
        assert service.answer(campaign.id, tree.village.id, "decline", actor=helper, now=NOW, note="与邻村合办") is S.DECLINED
        assert duty_of(campaign, tree.village).reason == "与邻村合办"


class TestFollowing:
    def test_the_duty_follows_the_activity_up_and_down(self, tree, boss):
        campaign = issued(tree.county)
        activity = planned(campaign, tree.village, "draft")
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.begun, duty.activities) == (S.ASKED, 1, 0)
        activities.move(activity.id, "submit", actor=boss, now=NOW)
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.begun, duty.activities) == (S.PLANNED, 0, 1)
        activities.put_under(activity.id, None, actor=boss, now=NOW)
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.activities) == (S.READ, 0)
        activities.put_under(activity.id, campaign.id, actor=boss, now=NOW)
        activities.move(activity.id, "cancel", actor=boss, now=NOW, note="台风")
        assert duty_of(campaign, tree.village).activities == 0

    def test_a_report_that_went_up_is_reported_and_one_taken_back_is_held(self, tree):
        campaign = issued(tree.county)
        activity = planned(campaign, tree.village)
        written = a_report("submitted", unit=tree.village, activity=activity)
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.held, duty.reported) == (S.REPORTED, 1, 1)
        written.move("withdraw")
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.held, duty.reported) == (S.HELD, 1, 0)

    def test_a_co_hosted_activity_answers_for_both_and_counts_once(self, tree, boss):
        campaign, beside = issued(tree.county), a_sibling_village(tree)
        service.top_up(NOW)
        handed_down(campaign.id)
        activity = planned(campaign, tree.village, "draft")
        helps(activity, beside)
        activities.move(activity.id, "submit", actor=boss, now=NOW)
        assert (duty_of(campaign, tree.village).state, duty_of(campaign, beside).state) == (S.PLANNED, S.PLANNED)
        far = counted(campaign, tree.county)
        assert (far.whole.activities, far.whole.reached(S.PLANNED)) == (1, 2)

    def test_what_counts_for_the_nearest_counts_for_the_whole_chain(self, tree):
        first = issued(tree.province)
        second = issued(tree.township, parent=first)
        planned(second, tree.village)
        assert counted(first, tree.province).whole.activities == 1


@transactional
def helps(activity, unit):
    """Give a unit a part in an activity."""
    db.session.add(ActivityPart(activity_id=activity.id, part=Part.IMPLEMENTER, organisation_id=unit.id, name=unit.name, position=9))


class TestChanges:
    def test_a_changed_deadline_is_pushed_down_and_shown_until_seen(self, tree):
        helper = a_user("organiser", tree.village)
        first = issued(tree.county)
        second = issued(tree.township, parent=first)
        service.read(second.id, actor=helper, now=NOW)
        assert [one.changed for one in queries.asked_of(helper, TODAY)] == [False]
        changed(first, due_on=date(2027, 6, 6), targets=[{"code": "activities_held", "amount": 2}])
        assert again(second).due_on == date(2027, 6, 6)
        assert queries.targets(second.id) == {"activities_held": 2}
        assert {one.name for one in queries.changes(second.id)} == {"due_on", "target.activities_held"}
        assert [one.changed for one in queries.asked_of(helper, TODAY)] == [True]
        service.read(second.id, actor=helper, now=NOW)
        assert [one.changed for one in queries.asked_of(helper, TODAY)] == [False]

    def test_a_units_own_earlier_deadline_and_own_target_stay(self, tree):
        first = issued(tree.county)
        second = issued(tree.township, parent=first, due_on=date(2027, 6, 1), targets=[{"code": "activities_held", "amount": 5}])
        changed(first, due_on=date(2027, 6, 20), targets=[{"code": "activities_held", "amount": 2}])
        assert again(second).due_on == date(2027, 6, 1)
        assert queries.targets(second.id) == {"activities_held": 5}

    def test_a_change_over_a_newer_version_is_stale(self, tree):
        first = issued(tree.county)
        changed(first, notice="每村两场")
        with pytest.raises(Stale):
            service.change(first.id, ASKED, version=1, actor=SYSTEM, now=NOW)

    def test_nothing_changed_is_no_new_version(self, tree):
        assert changed(issued(tree.county)) == 1


class TestReminding:
    def test_only_who_is_missing_is_reminded_and_once_a_day(self, tree):
        campaign, beside = issued(tree.county), a_sibling_village(tree)
        handed_down(campaign.id)
        planned(campaign, tree.village)
        issued(tree.township, parent=campaign)
        assert service.remind(campaign.id, actor=SYSTEM, now=NOW) == 1
        assert duty_of(campaign, beside).reminded_on == TODAY
        assert duty_of(campaign, tree.village).reminded_on is None
        with pytest.raises(NothingToRemind):
            service.remind(campaign.id, actor=SYSTEM, now=NOW)
        assert service.remind(campaign.id, actor=SYSTEM, now=NOW + timedelta(days=1)) == 1
        assert duty_of(campaign, beside).reminders == 2

    def test_near_the_deadline_of_reports_who_owes_one_is_reminded_too(self, tree):
        campaign = issued(tree.county)
        planned(campaign, tree.village)
        assert service.remind(campaign.id, actor=SYSTEM, now=NOW + timedelta(days=39)) == 2


class TestMerging:
    """A village is merged into its neighbour in the middle of a campaign."""

    def test_its_duty_passes_and_nothing_is_counted_twice(self, tree):
        beside = a_sibling_village(tree)
        campaign = issued(tree.county)
        activity = planned(campaign, beside)
        planned(campaign, tree.village)
        before = counted(campaign, tree.county).whole
        organisations.merge(beside.id, tree.village.id, TODAY, actor=SYSTEM, now=NOW)
        after = counted(campaign, tree.county).whole
        assert (before.asked, after.asked) == (3, 2)
        assert before.activities == after.activities == 2
        assert beside.id not in asked_units(campaign)
        a_report("submitted", unit=beside, activity=activity)
        duty = duty_of(campaign, tree.village)
        assert (duty.state, duty.activities, duty.reported) == (S.REPORTED, 2, 1)

    def test_what_the_successor_was_not_asked_passes_as_it_is(self, tree, boss):
        beside = a_sibling_village(tree)
        campaign = issued(tree.township, reach="chosen", units=[beside.id])
        service.answer(campaign.id, beside.id, "decline", actor=boss, now=NOW, note="换届")
        organisations.merge(beside.id, tree.village.id, TODAY, actor=SYSTEM, now=NOW)
        assert asked_units(campaign) == [tree.village.id]
        assert duty_of(campaign, tree.village).state is S.DECLINED

    def test_closed_figures_do_not_move(self, tree):
        beside = a_sibling_village(tree)
        campaign = issued(tree.county)
        planned(campaign, beside)
        service.close(campaign.id, actor=SYSTEM, now=NOW)
        before = counted(campaign, tree.township)
        later = NOW + timedelta(days=5)
        organisations.merge(beside.id, tree.village.id, later.date(), actor=SYSTEM, now=later)
        after = counted(campaign, tree.township)
        assert (before.whole, [one.id for one in before.units]) == (after.whole, [one.id for one in after.units])
        assert beside.id in asked_units(campaign)


class TestCounting:
    def test_by_level_and_by_the_next_units_below(self, tree, boss):
        beside = a_sibling_village(tree)
        campaign = issued(tree.province)
        service.answer(campaign.id, beside.id, "decline", actor=boss, now=NOW, note="换届")
        planned(campaign, tree.village)
        far = counted(campaign, tree.township)
        assert {one.name: one.own.state for one in far.units if one.own} == {"观洋村委会": S.PLANNED, "龙田村委会": S.DECLINED}
        whole = counted(campaign, tree.province)
        assert {level.value: count.asked for level, count in whole.levels} == {"city": 1, "county": 1, "township": 1, "village": 2}
        (city,) = whole.units
        assert (city.under.asked, city.under.reached(S.PLANNED), city.under.reached(S.DECLINED), city.under.reached(S.READ)) == (4, 1, 1, 2)

    @pytest.mark.parametrize(("day", "late"), [(date(2027, 5, 15), 0), (date(2027, 5, 16), 2), (date(2027, 6, 11), 3)])
    def test_late_is_who_let_a_deadline_pass(self, tree, day, late):
        campaign = issued(tree.city)
        planned(campaign, tree.village)
        assert progress.progress(again(campaign), tree.city, day).whole.late == late

    def test_who_declined_or_handed_on_is_not_late(self):
        dates = type("Dates", (), {"starts_on": TODAY, "ends_on": TODAY, "plan_by": TODAY, "due_on": TODAY})
        after = TODAY + timedelta(days=9)
        assert not rules.is_late(S.DECLINED, False, dates, after)
        assert not rules.is_late(S.READ, True, dates, after)
        assert rules.is_late(S.READ, False, dates, after)


class TestWords:
    @pytest.mark.parametrize(("typed", "kept"), [
        ("鼎计生协[2027]5号", "鼎计生协〔2027〕5号"), ("鼎计生协（2027） 5", "鼎计生协〔2027〕5号"), ("鼎计生协【2027】5号", "鼎计生协〔2027〕5号"),
        ("〔2027〕", "〔2027〕"), ("便函", "便函"), ("", ""),
    ])  # fmt: skip
    def test_a_number_is_written_with_hexagonal_brackets(self, typed, kept):
        assert rules.doc_number(typed) == kept

    def test_the_next_number_is_offered_and_a_new_year_begins_at_one(self):
        assert rules.next_number("鼎计生协〔2027〕5号", 2027) == "鼎计生协〔2027〕6号"
        assert rules.next_number("鼎计生协〔2027〕5号", 2028) == "鼎计生协〔2028〕1号"
        assert rules.next_number("便函", 2028) == ""

    @pytest.mark.parametrize(("today", "year", "ordinal"), [(date(2027, 5, 29), 2027, 29), (date(2027, 5, 30), 2028, 30), (date(2026, 11, 24), 2027, 29)])
    def test_the_member_day_is_offered_with_its_number(self, today, year, ordinal):
        first = rules.offered(today)
        assert first["title"] == f"{year}年“5·29”第{ordinal}个会员活动日系列活动"
        rules.check_dates(first, today)


def test_without_the_guard_a_unit_is_reminded_twice(tree):
    """Negative control: the guard of the reminder is the day on the row."""
    campaign = issued(tree.county)
    service.remind(campaign.id, actor=SYSTEM, now=NOW)
    forget_day(campaign)
    assert service.remind(campaign.id, actor=SYSTEM, now=NOW) == 2


@transactional
def forget_day(campaign):
    db.session.execute(update(queries.Duty).where(queries.Duty.root_id == campaign.id).values(reminded_on=None))
