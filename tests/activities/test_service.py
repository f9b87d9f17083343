"""Planning and moving activities."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from eventsvc.activities import events, queries, service
from eventsvc.activities.errors import (
    BadPaper,
    BadTimes,
    NoSignUp,
    NoSuchKind,
    NoteNeeded,
    NotReady,
    OwnForm,
    OwnWork,
    TooEarly,
)
from eventsvc.activities.models import Part, State
from eventsvc.activities.schemas import PlanSchema, plan_of
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed, NotFound, Stale, WrongMoment
from eventsvc.infra.db import db, writing
from eventsvc.infra.images import BadPicture, BadScan
from eventsvc.kinds import KINDS
from tests.activities.pictures import jpeg
from tests.factories.accounts import a_user, also
from tests.factories.activities import DAY, NOW, a_plan, an_activity
from tests.factories.organisations import a_sibling_village, a_tree

pytestmark = pytest.mark.usefixtures("app")
LATER = datetime(2027, 6, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def heard(app):
    """Collect what the room announces."""
    found = []
    before = dict(app.extensions["eventsvc_subscribers"])
    known = (events.ActivityPlanned, events.ActivityMoved, events.ActivityChanged)
    app.extensions["eventsvc_subscribers"] = {kind: [found.append] for kind in known}
    yield found
    app.extensions["eventsvc_subscribers"] = before


def again(activity):
    return queries.activity(activity.id, within=SYSTEM, lock=False)


def kinds_of(heard):
    return [type(event).__name__ for event in heard]


class TestPlanning:
    @pytest.mark.parametrize("kind", sorted(KINDS))
    @pytest.mark.parametrize("state", list(State))
    def test_every_kind_reaches_every_state(self, kind, state):
        assert an_activity(kind, state).state is state

    def test_a_draft_needs_only_a_title_and_a_day(self):
        tree = a_tree()
        me = a_user("organiser", tree.village)
        plan = {"title": "金婚", "starts_at": NOW + timedelta(days=40)}
        activity = queries.activity(service.draft("golden_wedding", tree.village.id, plan, actor=me, now=NOW), within=me)
        assert (activity.state, activity.version, activity.venue) == (State.DRAFT, 1, "")
        assert [(p.part, p.name, p.organisation_id) for p in activity.parts] == [(Part.HOST, "观洋村委会", tree.village.id)]
        assert activity.plan["cutoff_date"] == "2027-06-10", "the years are counted on the day itself"

    def test_what_is_planned_comes_back_as_it_was_sent(self):
        plan = a_plan(
            parts=[{"part": "host", "name": "观洋村委会"}, {"part": "supporter", "name": "点头镇卫生院"}],
            budget=[{"item": "蛋糕", "planned_fen": 123_45, "source": "赞助"}], residence="lives",
        )  # fmt: skip
        activity = an_activity("golden_wedding", "draft", **{**plan, **plan["plan"]})
        back = plan_of(KINDS["golden_wedding"], activity)
        assert back["parts"][1] == {"part": "supporter", "name": "点头镇卫生院"}
        assert back["budget"] == [{"item": "蛋糕", "planned_fen": "123.45", "source": "赞助"}]
        assert (back["plan"]["residence"], back["venue"], back["starts_at"]) == ("lives", "村文化活动中心一楼", "2027-05-29T09:00")

    def test_a_budget_line_keeps_what_was_spent_when_its_plan_changes(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "draft", by=me)
        kept = activity.budget[0].item
        with writing():
            again(activity).budget[0].actual_fen = 777
            db.session.commit()
        rows = [{"item": "新的一项", "planned_fen": 5, "source": ""}, {"item": kept, "planned_fen": 9, "source": ""}]
        service.save(activity.id, a_plan(budget=rows), version=1, actor=me, now=NOW)
        assert [(b.item, b.planned_fen, b.actual_fen) for b in again(activity).budget] == [("新的一项", 5, None), (kept, 9, 777)]

    def test_a_neighbour_cannot_plan_here_and_sees_nothing(self):
        neighbour = a_user("organiser", a_sibling_village(a_tree()))
        with pytest.raises(NotFound):
            service.draft("golden_wedding", a_tree().village.id, a_plan(), actor=neighbour, now=NOW)
        with pytest.raises(NotFound):
            queries.activity(an_activity().id, within=neighbour)

    def test_a_viewer_sees_but_does_not_plan(self):
        viewer = a_user("viewer", a_tree().township)
        activity = an_activity("golden_wedding", "draft")
        assert queries.activity(activity.id, within=viewer).id == activity.id
        with pytest.raises(NotAllowed):
            service.save(activity.id, a_plan(), version=1, actor=viewer, now=NOW)
        with pytest.raises(NotAllowed):
            service.draft("golden_wedding", a_tree().village.id, a_plan(), actor=viewer, now=NOW)

    def test_an_unknown_kind_is_refused_by_name(self):
        with pytest.raises(NoSuchKind):
            service.draft("bungee", a_tree().village.id, a_plan(), actor=a_user("organiser", a_tree().village), now=NOW)

    @pytest.mark.parametrize(("wrong", "field"), [
        ({"ends_at": datetime(2027, 5, 28, tzinfo=UTC)}, "ends_at"),
        ({"closes_at": datetime(2027, 5, 30, tzinfo=UTC)}, "closes_at"),
        ({"opens_at": datetime(2027, 5, 28, 2, tzinfo=UTC)}, "opens_at"),
    ])  # fmt: skip
    def test_times_in_the_wrong_order_name_their_field(self, wrong, field):
        with pytest.raises(BadTimes) as no:
            service.draft("golden_wedding", a_tree().village.id, a_plan(**wrong), actor=a_user("organiser", a_tree().village), now=NOW)
        assert list(no.value.fields) == [field]


class TestSaving:
    def test_saving_over_a_newer_version_is_stale_and_changes_nothing(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "draft", by=me)
        assert service.save(activity.id, a_plan(venue="新地点"), version=1, actor=me, now=NOW) == 2
        with pytest.raises(Stale):
            service.save(activity.id, a_plan(venue="旧页面的地点"), version=1, actor=me, now=NOW)
        assert (again(activity).venue, again(activity).version) == ("新地点", 2)

    @pytest.mark.parametrize("state", ["submitted", "held", "archived", "cancelled"])
    def test_a_plan_that_others_decide_on_or_that_is_over_cannot_be_edited(self, state):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", state, by=me)
        with pytest.raises(WrongMoment):
            service.save(activity.id, a_plan(), version=activity.version, actor=me, now=NOW)

    def test_another_place_after_publishing_is_announced_with_before_and_after(self, heard):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        heard.clear()
        service.save(activity.id, plan_typed(activity, venue="镇影剧院"), version=1, actor=me, now=NOW)
        change = next(e for e in heard if isinstance(e, events.ActivityChanged))
        assert (change.facts["before"]["venue"], change.facts["after"]["venue"]) == ("村文化活动中心一楼", "镇影剧院")
        assert change.facts["after"]["when"] == "2027年5月29日9:00–12:00"
        assert kinds_of(heard) == ["ActivityMoved", "ActivityChanged", "ActivityPlanned"]
        line = again(activity).moves[-1]
        assert (line.action, line.facts["fields"]) == ("edit", ["venue"])

    def test_another_budget_after_publishing_leaves_a_line_but_tells_nobody(self, heard):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        heard.clear()
        service.save(activity.id, plan_typed(activity, budget=[]), version=1, actor=me, now=NOW)
        assert kinds_of(heard) == ["ActivityMoved", "ActivityPlanned"]

    def test_saving_a_published_plan_unchanged_leaves_no_line(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        service.save(activity.id, plan_typed(activity), version=1, actor=me, now=NOW)
        assert again(activity).moves[-1].action == "publish"

    def test_a_published_plan_cannot_lose_what_it_needs(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        with pytest.raises(NotReady) as no:
            service.save(activity.id, plan_typed(activity, venue=None), version=1, actor=me, now=NOW)
        assert list(no.value.fields) == ["venue"]
        assert again(activity).venue == "村文化活动中心一楼"

    def test_sign_up_opened_after_publishing_gets_its_link(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("member_day", by=me)
        assert activity.slug is None
        opened = {"sign_up": True, "capacity": 12, "closes_at": activity.starts_at - timedelta(days=2)}
        service.save(activity.id, plan_typed(activity, **opened), version=1, actor=me, now=NOW)
        assert again(activity).slug
        assert queries.by_slug(again(activity).slug).id == activity.id


class TestMoving:
    def test_what_is_missing_is_listed_field_by_field(self):
        tree = a_tree()
        me = a_user("organiser", tree.village)
        made = service.draft("golden_wedding", tree.village.id, {"title": "金婚", "starts_at": NOW + timedelta(days=40), "sign_up": True}, actor=me, now=NOW)
        with pytest.raises(NotReady) as no:
            service.move(made, "submit", actor=me, now=NOW)
        assert {"venue", "contact_phone", "purpose", "schedule", "safety", "capacity", "closes_at"} <= set(no.value.fields)
        assert queries.activity(made, within=me).state is State.DRAFT

    def test_nobody_approves_what_they_wrote(self):
        both = also(a_user("organiser", a_tree().village), "approver", a_tree().village)
        activity = an_activity("golden_wedding", "submitted", by=both)
        for action in ("approve", "send_back"):
            with pytest.raises(OwnWork):
                service.move(activity.id, action, actor=both, now=NOW, note="同意")

    def test_nobody_approves_what_they_sent_up(self):
        writer = a_user("organiser", a_tree().village)
        sender = also(a_user("organiser", a_tree().village), "approver", a_tree().village)
        activity = an_activity("golden_wedding", "draft", by=writer)
        service.move(activity.id, "submit", actor=sender, now=NOW)
        with pytest.raises(OwnWork):
            service.move(activity.id, "approve", actor=sender, now=NOW)

    def test_sending_back_needs_words_and_they_stand_in_the_history(self):
        boss = a_user("approver", a_tree().township, name="陈建国")
        activity = an_activity("golden_wedding", "submitted")
        with pytest.raises(NoteNeeded):
            service.move(activity.id, "send_back", actor=boss, now=NOW, note="  ")
        assert service.move(activity.id, "send_back", actor=boss, now=NOW, note="预算再细一点") is State.RETURNED
        line = again(activity).moves[-1]
        assert (line.actor_name, line.note, line.source, line.target) == ("陈建国", "预算再细一点", State.SUBMITTED, State.RETURNED)

    def test_who_approves_a_version_that_changed_meanwhile_is_told(self):
        me = a_user("organiser", a_tree().village)
        boss = a_user("approver", a_tree().township)
        activity = an_activity("golden_wedding", "submitted", by=me)
        service.move(activity.id, "recall", actor=me, now=NOW)
        service.save(activity.id, a_plan(venue="别处"), version=1, actor=me, now=NOW)
        service.move(activity.id, "submit", actor=me, now=NOW)
        with pytest.raises(Stale):
            service.move(activity.id, "approve", actor=boss, now=NOW, version=1)
        assert service.move(activity.id, "approve", actor=boss, now=NOW, version=2) is State.APPROVED

    def test_publishing_gives_a_link_that_stays_when_it_is_published_again(self, heard):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        slug = activity.slug
        assert len(slug) == 10
        service.move(activity.id, "unpublish", actor=me, now=NOW)
        service.move(activity.id, "publish", actor=me, now=NOW)
        assert again(activity).slug == slug, "posters hang already"

    @pytest.mark.parametrize("kind", ["home_visit", "member_day"])
    def test_a_kind_without_open_sign_up_is_published_without_a_link(self, kind):
        activity = an_activity(kind)
        assert (activity.sign_up, activity.slug, activity.capacity) == (False, None, None)

    def test_a_link_that_would_be_closed_from_the_start_is_not_published(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "approved", by=me)
        with pytest.raises(NotReady) as no:
            service.move(activity.id, "publish", actor=me, now=LATER)
        assert set(no.value.fields) == {"starts_at", "closes_at"}

    def test_it_cannot_have_been_held_before_its_day(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        with pytest.raises(TooEarly):
            service.move(activity.id, "hold", actor=me, now=NOW)
        assert service.move(activity.id, "hold", actor=me, now=activity.starts_at) is State.HELD
        assert again(activity).held_on == DAY

    def test_a_report_that_goes_up_says_it_was_held_and_may_do_so_twice(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        for _ in range(2):
            service.hold_by_report(activity.id, actor=me, now=LATER)
        assert [m.action for m in again(activity).moves].count("hold") == 1
        with pytest.raises(WrongMoment):
            service.hold_by_report(an_activity("golden_wedding", "approved", by=me).id, actor=me, now=LATER)

    def test_only_the_house_archives(self):
        me = a_user("admin", a_tree().province)
        activity = an_activity("golden_wedding", "held")
        with pytest.raises(NotAllowed):
            service.move(activity.id, "archive", actor=me, now=LATER)
        service.archive(activity.id, now=LATER)
        assert again(activity).state is State.ARCHIVED

    @pytest.mark.parametrize("action", ["edit", "postpone", "approve_on_paper"])
    def test_a_step_with_a_form_is_not_taken_by_a_bare_click(self, action):
        me = a_user("organiser", a_tree().village)
        state = "submitted" if action == "approve_on_paper" else "approved"
        with pytest.raises(OwnForm):
            service.move(an_activity("golden_wedding", state, by=me).id, action, actor=me, now=NOW)

    def test_a_pause_stops_sign_up_until_it_is_taken_back(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        service.set_paused(activity.id, True, actor=me, now=NOW)
        assert again(activity).paused
        service.set_paused(activity.id, False, actor=me, now=NOW)
        assert not again(activity).paused
        assert [m.action for m in again(activity).moves][-2:] == ["pause", "resume"]

    def test_what_has_no_sign_up_cannot_be_paused(self):
        me = a_user("organiser", a_tree().village)
        with pytest.raises(NoSignUp):
            service.set_paused(an_activity("home_visit", by=me).id, True, actor=me, now=NOW)

    def test_an_unknown_activity_is_missing(self):
        with pytest.raises(NotFound):
            service.move(uuid4(), "submit", actor=a_user("admin", a_tree().province), now=NOW)


class TestPostponing:
    def test_another_time_keeps_its_length_and_the_cut_off_follows_the_day(self, heard):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        heard.clear()
        service.postpone(activity.id, LATER, actor=me, now=NOW, note="台风")
        moved = again(activity)
        assert (moved.starts_at, moved.ends_at, moved.version) == (LATER, LATER + timedelta(hours=3), 2)
        assert moved.plan["cutoff_date"] == "2027-06-20"
        line = moved.moves[-1]
        assert (line.action, line.note, line.target) == ("postpone", "台风", State.PUBLISHED)
        assert kinds_of(heard) == ["ActivityMoved", "ActivityChanged", "ActivityPlanned"]
        assert line.facts["after"]["when"] == "2027年6月20日9:00–12:00"

    def test_a_cut_off_that_was_chosen_stays(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me, cutoff_date=date(2027, 12, 31))
        service.postpone(activity.id, LATER, actor=me, now=NOW)
        assert again(activity).plan["cutoff_date"] == "2027-12-31"

    def test_an_earlier_day_closes_sign_up_no_later_than_it_begins(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity(by=me)
        sooner = NOW + timedelta(days=3)
        service.postpone(activity.id, sooner, actor=me, now=NOW)
        assert again(activity).closes_at == sooner

    def test_a_postponement_before_publishing_tells_nobody(self, heard):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "approved", by=me)
        service.postpone(activity.id, LATER, actor=me, now=NOW)
        assert "ActivityChanged" not in kinds_of(heard)

    @pytest.mark.parametrize("wrong", [NOW - timedelta(days=1), datetime(2027, 5, 29, 1, tzinfo=UTC)])
    def test_into_the_past_or_to_the_same_time_is_refused(self, wrong):
        me = a_user("organiser", a_tree().village)
        with pytest.raises(BadTimes):
            service.postpone(an_activity(by=me).id, wrong, actor=me, now=NOW)


class TestApprovalOnPaper:
    def test_the_organiser_enters_it_and_the_history_shows_who_signed(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "draft", by=me)
        state = service.approve_on_paper(activity.id, "王书记", date(2027, 4, 30), jpeg(), actor=me, now=NOW, note="同意")
        line = again(activity).moves[-1]
        assert (state, line.facts["approver"], line.facts["approved_on"]) == (State.APPROVED, "王书记", "2027-04-30")
        from_disk = queries.paper_of(activity.id, file_id(line), within=me)
        assert (from_disk.media_type, from_disk.purpose) == ("image/jpeg", "approval")

    def test_the_paper_is_out_of_reach_of_neighbours_and_of_other_activities(self):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "submitted", by=me)
        service.approve_on_paper(activity.id, "王书记", NOW.date(), jpeg(), actor=me, now=NOW)
        paper = file_id(again(activity).moves[-1])
        with pytest.raises(NotFound):
            queries.paper_of(activity.id, paper, within=a_user("admin", a_sibling_village(a_tree())))
        with pytest.raises(NotFound):
            queries.paper_of(an_activity(by=me).id, paper, within=me)

    @pytest.mark.parametrize(("approver", "day", "field"), [
        ("王书记", date(2027, 5, 2), "approved_on"),
        ("王书记", date(2017, 5, 1), "approved_on"),
        ("  ", date(2027, 5, 1), "approver"),
    ])  # fmt: skip
    def test_what_cannot_be_names_its_field(self, approver, day, field):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "submitted", by=me)
        with pytest.raises(BadPaper) as no:
            service.approve_on_paper(activity.id, approver, day, jpeg(), actor=me, now=NOW)
        assert list(no.value.fields) == [field]
        assert again(activity).state is State.SUBMITTED

    @pytest.mark.parametrize("scan", [b"GIF89a....", b"%PDF-1.7 but not really", b"\xff\xd8\xff cut off", b"MZ\x90"])
    def test_a_scan_that_is_none_changes_nothing(self, scan):
        me = a_user("organiser", a_tree().village)
        activity = an_activity("golden_wedding", "submitted", by=me)
        with pytest.raises((BadPicture, BadScan)):
            service.approve_on_paper(activity.id, "王书记", NOW.date(), scan, actor=me, now=NOW)
        assert again(activity).state is State.SUBMITTED

    def test_a_plan_with_gaps_is_not_approved_on_paper_either(self):
        tree = a_tree()
        me = a_user("organiser", tree.village)
        made = service.draft("golden_wedding", tree.village.id, {"title": "金婚", "starts_at": LATER}, actor=me, now=NOW)
        with pytest.raises(NotReady):
            service.approve_on_paper(made, "王书记", NOW.date(), jpeg(), actor=me, now=NOW)


def plan_typed(activity, **changed):
    """Return a stored plan as the schema loads it, with changes."""
    kind = KINDS[activity.kind]
    schema = PlanSchema.asking(kind)
    return {**schema.load(plan_of(kind, activity)), **changed}


def file_id(line):
    """Return the id of the file that a move names."""
    return UUID(line.facts["file"])
