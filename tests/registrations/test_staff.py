"""What the office does with parties: decide, make room, enter paper forms, look at full data."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from eventsvc.activities import queries as plans
from eventsvc.activities import service as activities
from eventsvc.activities.schemas import PlanSchema, plan_of
from eventsvc.core.actor import SYSTEM
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.declare import Personal
from eventsvc.infra.db import db
from eventsvc.infra.vault import VaultRow
from eventsvc.kinds import KINDS
from eventsvc.messages.models import Message, MessageState
from eventsvc.registrations import queries, service
from eventsvc.registrations.errors import NotToReview, SayWhy
from eventsvc.registrations.models import Channel, Claim, Seat, Standing
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.registrations import NOW, entered, signed_up
from tests.registrations.counts import UNSURE, pool, rows, standing


class TestReview:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=1, unit=tree.village, by=by)

    def test_admitted_it_gets_the_place(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        assert service.admit(receipt.id, actor=by, now=NOW) == Standing.PLACED
        assert (pool(activity).taken, queries.by_id(receipt.id).placed_count) == (1, 1)

    def test_admitted_when_full_it_waits_with_the_number_it_came_with(self, office):
        by, activity = office
        doubtful = signed_up(activity, answers__married_on=UNSURE)
        placed, later = signed_up(activity), signed_up(activity)
        assert service.admit(doubtful.id, actor=by, now=NOW) == Standing.WAITING
        service.withdraw(placed.id, now=NOW)
        assert (standing(doubtful), standing(later)) == (Standing.PLACED, Standing.WAITING)

    def test_rejected_with_words_it_gives_its_names_back(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        with pytest.raises(SayWhy):
            service.reject(receipt.id, " ", actor=by, now=NOW)
        service.reject(receipt.id, "户口簿上的日期不到五十年", actor=by, now=NOW)
        assert standing(receipt) == Standing.REJECTED
        assert rows(Claim) == 0

    def test_nobody_decides_twice(self, office):
        by, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        service.admit(receipt.id, actor=by, now=NOW)
        with pytest.raises(NotToReview):
            service.reject(receipt.id, "不行不行", actor=by, now=NOW)

    def test_a_neighbours_organiser_decides_nothing(self, office):
        _, activity = office
        receipt = signed_up(activity, answers__married_on=UNSURE)
        stranger = a_user("organiser", a_tree().group)
        with pytest.raises((NotFound, NotAllowed)):
            service.admit(receipt.id, actor=stranger, now=NOW)


class TestCapacity:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=2, unit=tree.village, by=by)

    def give(self, by, activity, places: int) -> None:
        db.session.expire_all()
        kind, found = KINDS[activity.kind], plans.activity(activity.id, within=SYSTEM)
        plan = dict(PlanSchema.asking(kind).load(plan_of(kind, found)))
        activities.save(activity.id, plan | {"capacity": places}, version=found.version, actor=by, now=NOW)

    def test_raised_those_who_wait_move_up(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(5)]
        self.give(by, activity, 4)
        assert [standing(r) for r in receipts] == [Standing.PLACED] * 4 + [Standing.WAITING]

    def test_lowered_nobody_is_put_out_and_nobody_comes_in(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(3)]
        self.give(by, activity, 1)
        assert [standing(r) for r in receipts] == [Standing.PLACED] * 2 + [Standing.WAITING]
        service.withdraw(receipts[0].id, now=NOW)
        assert standing(receipts[2]) == Standing.WAITING
        assert (pool(activity).cap, pool(activity).taken) == (1, 1)

    def test_cancelled_it_frees_what_was_promised_and_everyone_is_told(self, office):
        by, activity = office
        receipts = [signed_up(activity) for _ in range(3)]
        activities.move(activity.id, "cancel", actor=by, now=NOW, note="台风")
        assert (pool(activity).taken, pool(activity).waiting, rows(Seat), rows(Claim)) == (0, 0, 0, 0)
        due = db.session.scalars(select(Message.registration_id).where(Message.state == MessageState.DUE, Message.topic == "cancelled"))
        assert set(due) == {r.id for r in receipts}

    def test_a_new_day_is_told_and_moves_the_day_of_purging(self, office):
        by, activity = office
        signed_up(activity)
        later = activity.starts_at + timedelta(days=10)
        activities.postpone(activity.id, later, actor=by, now=NOW, note="下雨")
        contact = db.session.scalar(select(VaultRow.purge_on).where(VaultRow.personal == Personal.CONTACT))
        assert contact == later.date() + timedelta(days=365)
        assert db.session.scalars(select(Message.topic).where(Message.state == MessageState.DUE)).all() == ["rescheduled"]


class TestStaff:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(places=1, unit=tree.village, by=by)

    def test_paper_forms_are_entered_after_the_deadline(self, office):
        by, activity = office
        entered(activity, by, now=activity.closes_at)
        assert pool(activity).taken == 1

    def test_when_it_is_full_they_wait_like_everyone(self, office):
        by, activity = office
        signed_up(activity)
        assert queries.by_id(entered(activity, by)).standing == Standing.WAITING

    def test_a_walk_in_finds_a_place_even_when_all_are_taken(self, office):
        by, activity = office
        signed_up(activity)
        walked_in = entered(activity, by, Channel.WALK_IN, now=activity.starts_at, people__husband__phone="")
        assert queries.by_id(walked_in).standing == Standing.PLACED
        assert (pool(activity).taken, pool(activity).cap) == (2, 1)

    def test_a_viewer_enters_nobody(self, office):
        _, activity = office
        viewer = a_user("viewer", activity.organisation_id)
        with pytest.raises(NotAllowed):
            entered(activity, viewer)

    def test_names_are_for_the_host_and_the_one_above(self, office):
        _, activity = office
        tree = a_tree()
        near = [a_user("viewer", unit) for unit in (tree.village, tree.township)]
        far = [a_user("viewer", unit) for unit in (tree.county, tree.city, tree.province)]
        assert [queries.sees_people(activity, one) for one in near] == [True, True]
        assert [queries.sees_people(activity, one) for one in far] == [False, False, False]


class TestLooking:
    @pytest.fixture
    def office(self, app):
        tree = a_tree()
        by = a_user("organiser", tree.village)
        return by, an_activity(unit=tree.village, by=by)

    def test_full_data_is_shown_to_whoever_says_why(self, office):
        by, activity = office
        receipt = signed_up(activity)
        with pytest.raises(SayWhy):
            service.unmask(activity.id, receipt.id, "", actor=by, now=NOW)
        assert service.unmask(activity.id, receipt.id, "电话核对", actor=by, now=NOW).id == receipt.id

    def test_a_party_of_another_activity_is_not_there(self, office):
        by, activity = office
        other = signed_up(an_activity(unit=activity.organisation))
        with pytest.raises(NotFound):
            service.unmask(activity.id, other.id, "电话核对", actor=by, now=NOW)

    def test_a_full_list_is_taken_away_only_with_a_reason(self, office):
        by, activity = office
        signed_up(activity)
        assert len(service.export(activity.id, full=False, actor=by, now=NOW)) == 1
        with pytest.raises(SayWhy):
            service.export(activity.id, full=True, actor=by, now=NOW)
