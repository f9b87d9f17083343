"""Reports: begun when the day has come, saved at any point, sent up whole, judged by somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from eventsvc.activities import queries as activities
from eventsvc.activities.models import State
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed, NotFound, Stale, WrongMoment
from eventsvc.infra.db import db, transactional
from eventsvc.infra.storage import StoredFile, root
from eventsvc.registrations.models import Participant
from eventsvc.reports import service
from eventsvc.reports.errors import (
    NoPhotosHere,
    NotBegun,
    NotComplete,
    NoteNeeded,
    NothingToReport,
    NotOver,
    OwnReport,
    PhotoTwice,
    TooManyPhotos,
)
from eventsvc.reports.models import ReportMove, ReportPhoto, ReportState
from eventsvc.reports.service import hash_of
from eventsvc.reports.workflow import WORKFLOW
from eventsvc.statistics import service as statistics
from eventsvc.statistics.models import Contribution, FigureSum, IndicatorDefinition
from eventsvc.statistics.service import fold
from tests.conftest import NOW
from tests.factories.accounts import a_user, also
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree, another_county
from tests.factories.registrations import signed_up
from tests.factories.reports import GIVEN, a_photo, a_report, a_told


@pytest.fixture(autouse=True)
def tree(app):
    return a_tree()


@transactional
def came(activity, people: int) -> None:
    """Check in the first so many people, as check-in does."""
    rows = db.session.scalars(
        select(Participant).where(Participant.activity_id == activity.id).order_by(Participant.id).limit(people)
    )
    for one in rows:
        one.attended = True


class TestBeginning:
    def test_beginning_after_the_day_makes_the_activity_held(self):
        written = a_report("drafting")
        assert activities.activity(written.activity.id, within=SYSTEM).state is State.HELD
        assert written.report.state is ReportState.DRAFTING

    def test_beginning_twice_gives_the_same_report(self):
        written = a_report("drafting")
        again = service.start(written.activity.id, actor=written.by, now=written.now)
        assert again == written.report.id

    def test_before_the_day_there_is_nothing_to_report(self):
        activity = an_activity("member_day")
        with pytest.raises(NotBegun):
            service.start(activity.id, actor=a_user("organiser", activity.organisation_id), now=NOW)

    @pytest.mark.parametrize("state", ["draft", "submitted", "approved", "cancelled", "archived"])
    def test_only_what_was_published_can_be_reported(self, state):
        activity = an_activity("member_day", state)
        after = activity.starts_at + timedelta(days=2)
        with pytest.raises(NothingToReport):
            service.start(activity.id, actor=a_user("organiser", activity.organisation_id), now=after)

    def test_during_the_activity_one_may_write_but_not_send(self):
        activity = an_activity("member_day")
        organiser = a_user("organiser", activity.organisation_id)
        noon = activity.starts_at + timedelta(minutes=5)
        service.start(activity.id, actor=organiser, now=noon)
        assert activities.activity(activity.id, within=SYSTEM).state is State.PUBLISHED
        service.save(activity.id, a_told(activity), version=1, actor=organiser, now=noon)
        with pytest.raises(NotOver):
            service.move(activity.id, "submit", actor=organiser, now=noon)

    def test_a_neighbour_does_not_find_it_and_a_viewer_may_not_begin(self, tree):
        activity = an_activity("member_day")
        after = activity.starts_at + timedelta(days=2)
        with pytest.raises(NotFound):
            service.start(activity.id, actor=a_user("organiser", another_county(tree)), now=after)
        with pytest.raises(NotAllowed):
            service.start(activity.id, actor=a_user("viewer", tree.village), now=after)


class TestFigures:
    def test_what_check_in_knows_stands_there(self):
        activity = an_activity("golden_wedding")
        for _ in range(3):
            signed_up(activity)
        came(activity, 4)
        written = a_report("drafting", "golden_wedding", activity=activity)
        computed = {f.code: f.computed for f in written.report.figures}
        assert (computed["couples_registered"], computed["couples"]) == (3, 2)
        assert (computed["activities_held"], computed["person_times"]) == (1, 4)
        assert computed["certificates"] is None and computed["spending"] is None

    def test_another_value_stands_beside_what_is_known_with_its_reason(self):
        written = a_report("drafting", "golden_wedding")
        written.save(couples={"value": 12, "reason": "当天按纸质签到"})
        couples = next(f for f in written.report.figures if f.code == "couples")
        assert (couples.computed, couples.given, couples.reason, couples.value) == (0, 12, "当天按纸质签到", 12)

    def test_the_same_value_as_what_is_known_is_no_other_value(self):
        written = a_report("drafting", "golden_wedding")
        written.save(couples={"value": 0, "reason": "顺手填的"})
        couples = next(f for f in written.report.figures if f.code == "couples")
        assert (couples.given, couples.reason) == (None, "")

    def test_spending_by_line_becomes_the_figure(self):
        written = a_report("drafting")
        lines = written.report.activity.budget
        spent = [{"id": str(lines[0].id), "actual": "1,200.55"}, {"id": str(lines[1].id)}]
        written.save({"spending": spent, "unplanned": [{"item": "雨衣", "actual": "30"}]})
        assert written.values()["spending"] == 123055
        assert [line.item for line in written.report.activity.budget][-1] == "雨衣"

    def test_a_line_that_nobody_planned_goes_when_it_is_emptied(self):
        written = a_report("drafting")
        written.save({"unplanned": [{"item": "雨衣", "actual": "30"}]})
        before = len(written.report.activity.budget)
        written.save({"spending": [{"id": str(line.id)} for line in written.report.activity.budget]})
        assert len(written.report.activity.budget) == before - 1

    def test_a_line_of_another_activity_is_not_touched(self):
        other = a_report("drafting")
        line = other.report.activity.budget[0]
        a_report("drafting").save({"spending": [{"id": str(line.id), "actual": "9"}]})
        db.session.expire_all()
        assert line.actual_fen is None

    def test_late_check_ins_count_until_the_report_goes_up(self):
        activity = an_activity("golden_wedding")
        signed_up(activity)
        written = a_report("drafting", "golden_wedding", activity=activity)
        written.save()
        came(activity, 2)
        written.move("submit")
        assert written.values()["couples"] == 1


class TestSaving:
    def test_over_a_newer_version_is_stale(self):
        written = a_report("drafting")
        first = written.report.version
        written.save()
        with pytest.raises(Stale):
            written.save(version=first)

    @pytest.mark.parametrize("state", ["submitted", "accepted", "locked"])
    def test_what_went_up_is_not_written_any_more(self, state):
        written = a_report(state)
        with pytest.raises(WrongMoment):
            written.save()
        with pytest.raises(WrongMoment):
            service.add_photo(written.activity.id, a_photo(), actor=written.by, now=written.now)

    def test_a_returned_report_is_written_again(self):
        written = a_report("returned")
        written.save(boards=7)
        assert written.values()["boards"] == 7


class TestSending:
    def test_gaps_are_named_by_their_questions(self):
        written = a_report("drafting")
        written.save({"figures": {}, "words": {}, "spending": []})
        with pytest.raises(NotComplete) as no:
            written.move("submit")
        assert {"figures.boards.value", "figures.spending.value", "words.overview", "words.effect"} <= set(
            no.value.fields
        )
        assert written.report.state is ReportState.DRAFTING

    def test_an_override_without_a_reason_does_not_go_up(self):
        written = a_report("drafting", "golden_wedding")
        written.save(couples={"value": 12})
        with pytest.raises(NotComplete) as no:
            written.move("submit")
        assert set(no.value.fields) == {"figures.couples.reason"}

    def test_a_step_back_needs_words(self):
        written = a_report("submitted")
        with pytest.raises(NoteNeeded):
            service.move(written.activity.id, "send_back", actor=written.reviewer, now=written.now, note="  ")

    def test_who_accepts_one_version_does_not_accept_another(self):
        written = a_report("submitted")
        seen = written.report.version
        written.move("withdraw")
        written.save(boards=99)
        written.move("submit")
        with pytest.raises(Stale):
            written.move("accept", version=seen)

    def test_a_photo_added_meanwhile_is_another_version(self):
        written = a_report("submitted")
        seen = written.report.version
        written.move("withdraw")
        service.add_photo(written.activity.id, a_photo(), actor=written.by, now=written.now)
        written.move("submit")
        with pytest.raises(Stale):
            written.move("accept", version=seen)


class TestJudging:
    def test_nobody_accepts_their_own_even_with_every_role(self, tree):
        everything = also(also(a_user("organiser", tree.village), "approver", tree.county), "admin", tree.province)
        written = a_report("submitted", by=everything)
        for action in ("accept", "send_back"):
            with pytest.raises(OwnReport):
                written.move(action, actor=everything)

    @pytest.mark.parametrize("role", ["organiser", "admin", "approver"])
    def test_the_office_above_accepts(self, tree, role):
        assert a_report("submitted").move("accept", actor=a_user(role, tree.township)) is ReportState.ACCEPTED

    def test_an_approver_of_the_same_office_who_did_not_send_it_accepts(self, tree):
        assert a_report("submitted").move("accept", actor=a_user("approver", tree.village)) is ReportState.ACCEPTED

    @pytest.mark.parametrize("role", ["organiser", "admin", "viewer", "group_leader"])
    def test_another_of_the_same_office_does_not(self, tree, role):
        with pytest.raises(NotAllowed if role != "group_leader" else (NotAllowed, NotFound)):
            a_report("submitted").move("accept", actor=a_user(role, tree.village))

    def test_every_step_from_every_state(self):
        allowed = {(s.action, source) for s in WORKFLOW.steps for source in s.sources}
        for state in ReportState:
            written = a_report(state.value)
            for step in WORKFLOW.steps:
                if (step.action, state) not in allowed:
                    with pytest.raises(WrongMoment):
                        written.move(step.action)
            assert written.report.state is state

    def test_each_step_leaves_a_line_of_history(self):
        written = a_report("accepted")
        written.move("reopen", note="对数算错了")
        lines = [(m.action, m.source.value, m.target.value) for m in written.report.moves]
        assert lines == [
            ("submit", "drafting", "submitted"),
            ("accept", "submitted", "accepted"),
            ("reopen", "accepted", "returned"),
        ]
        assert written.report.moves[-1].note == "对数算错了"

    def test_what_was_accepted_is_frozen_and_its_hash_tells_a_change(self):
        written = a_report("accepted")
        kept = written.report.snapshot
        assert written.report.snapshot_hash == hash_of(kept)
        assert {f["code"] for f in kept["figures"]} >= {"leaflets", "boards", "spending"}
        kept["figures"][0]["computed"] = 99
        assert hash_of(kept) != written.report.snapshot_hash

    def test_a_refused_step_leaves_nothing(self, monkeypatch):
        written = a_report("submitted")
        monkeypatch.setattr(statistics, "definitions_of", lambda found: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            written.move("accept")
        db.session.expire_all()
        assert written.report.state is ReportState.SUBMITTED
        assert db.session.scalar(select(func.count()).select_from(ReportMove)) == 1


class TestClimbing:
    def test_what_is_accepted_stands_at_the_province_after_one_fold(self, tree):
        written = a_report("accepted", boards=6, condolence_money="1200.50")
        fold(written.now)
        found = self.at(tree.province)
        assert (found["boards"], found["condolence_money"], found["activities_held"]) == (6, 120050, 1)
        assert found["spending"] == 100_00 * len(written.report.activity.budget)

    def test_a_correction_takes_everything_back_and_the_next_acceptance_counts_anew(self, tree):
        written = a_report("accepted", boards=6)
        fold(written.now)
        written.move("reopen")
        fold(written.now)
        assert not any(self.at(tree.province).values())
        assert written.report.snapshot is None
        written.save(boards=5)
        written.move("submit")
        written.move("accept")
        fold(written.now)
        assert self.at(tree.village)["boards"] == 5

    def test_households_are_counted_in_their_report_and_never_summed(self):
        written = a_report("accepted", "home_visit")
        assert "households_due" in written.values()
        counted = select(IndicatorDefinition.code).join(
            Contribution, Contribution.definition_id == IndicatorDefinition.id
        )
        codes = set(db.session.scalars(counted))
        assert "visits" in codes and not codes & {"households_due", "households_seen"}

    @staticmethod
    def at(unit) -> dict[str, int]:
        codes = {row.id: row.code for row in db.session.scalars(select(IndicatorDefinition))}
        rows = db.session.execute(
            select(FigureSum.definition_id, FigureSum.amount).where(FigureSum.organisation_id == unit.id)
        )
        return {codes[definition]: amount for definition, amount in rows}


class TestPhotos:
    def test_the_same_picture_is_taken_once(self):
        written = a_report("drafting")
        service.add_photo(written.activity.id, a_photo(), actor=written.by, now=written.now)
        with pytest.raises(PhotoTwice):
            service.add_photo(written.activity.id, a_photo(), actor=written.by, now=written.now)
        assert len(written.report.photos) == 1

    def test_captions_order_and_consent_are_written_and_one_is_taken_away_whole(self):
        written = a_report("drafting")
        ids = [
            str(service.add_photo(written.activity.id, a_photo(c), actor=written.by, now=written.now))
            for c in ("red", "green", "blue")
        ]
        gone = root() / written.report.photos[1].file.path
        assert gone.exists()
        said = [
            {"id": ids[0], "caption": "观洋村会员清点资料", "consent": True, "position": 2},
            {"id": ids[1], "remove": True},
            {"id": ids[2], "position": 1},
        ]
        written.save({"photos": said})
        db.session.expire_all()
        assert [(str(p.id), p.caption, p.consent) for p in written.report.photos] == [
            (ids[2], "", False),
            (ids[0], "观洋村会员清点资料", True),
        ]
        assert not gone.exists()
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 2

    def test_a_report_holds_twelve(self):
        written = a_report("drafting")
        for n in range(12):
            service.add_photo(
                written.activity.id, a_photo(f"#{n * 20:02x}{255 - n * 20:02x}80"), actor=written.by, now=written.now
            )
        with pytest.raises(TooManyPhotos):
            service.add_photo(written.activity.id, a_photo("white"), actor=written.by, now=written.now)

    def test_families_that_are_visited_are_not_photographed(self):
        written = a_report("drafting", "home_visit")
        with pytest.raises(NoPhotosHere):
            service.add_photo(written.activity.id, a_photo(), actor=written.by, now=written.now)
        assert db.session.scalar(select(func.count()).select_from(ReportPhoto)) == 0


def test_the_factory_gives_every_figure_that_only_people_know():
    for kind in GIVEN:
        assert a_report("submitted", kind).report.state is ReportState.SUBMITTED
