"""The door: one standing check-in a person, whoever taps and however often."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from eventsvc.activities import service as activities
from eventsvc.activities.models import State
from eventsvc.checkin import queries, service
from eventsvc.checkin.errors import AnotherUse, DoorShut, NobodyChosen, NoPlaceLeft, NotOnTheList, NotTheDay
from eventsvc.checkin.models import CheckIn, Method
from eventsvc.checkin.schemas import WalkInSchema
from eventsvc.core.errors import DomainError, NotAllowed, NotFound
from eventsvc.infra.db import db
from eventsvc.kinds import KINDS
from eventsvc.registrations import service as sign_up
from eventsvc.registrations.errors import AlreadySignedUp, AnotherBody, HasCome
from eventsvc.registrations.models import Participant, Registration
from tests.factories.accounts import a_user
from tests.factories.activities import an_activity
from tests.factories.checkin import a_day
from tests.factories.organisations import a_sibling_village, a_tree, another_county
from tests.factories.registrations import a_name, a_phone, signed_up


def standing(undone: bool = False) -> int:
    db.session.rollback()
    query = select(func.count()).select_from(CheckIn)
    return db.session.scalar(query.where(CheckIn.undone_at.is_not(None) if undone else CheckIn.undone_at.is_(None)))


def attended() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Participant).where(Participant.attended))


def at_once(app, n, what):
    """Do something n times at once; return what each gave."""
    found = []

    def one(k):
        with app.app_context():
            try:
                found.append(what(k))
            except DomainError as no:
                found.append(no)

    threads = [threading.Thread(target=one, args=(k,)) for k in range(n)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return found


class TestCheckIn:
    def test_a_couple_with_one_tap_and_one_person_alone(self, app):
        day = a_day(2)
        assert service.check_in(day.activity.id, day.people(0), actor=day.staff, now=day.now) == 2
        assert service.check_in(day.activity.id, day.people(1)[:1], method=Method.QR, actor=day.staff, now=day.now) == 1
        assert queries.attendance(day.activity.id) == queries.Attendance(2, 1, 4, 3)
        assert attended() == standing() == 3

    def test_the_same_couple_twice_is_one_check_in(self, app):
        day = a_day(1)
        assert [service.check_in(day.activity.id, day.people(), actor=day.staff, now=day.now) for _ in range(2)] == [2, 0]
        assert standing() == 2

    def test_two_phones_check_in_the_same_couple_at_once(self, app):
        day = a_day(1)
        people = day.people()
        other = a_user("group_leader", day.tree.village, "王秀兰")
        came = at_once(app, 10, lambda k: service.check_in(day.activity.id, people, actor=(day.staff, other)[k % 2], now=day.now, id=uuid4()))
        assert sorted(came) == [0] * 9 + [2]
        assert attended() == standing() == 2

    def test_husband_here_wife_there_at_once(self, app):
        day = a_day(1)
        people = day.people()
        came = at_once(app, 8, lambda k: service.check_in(day.activity.id, [people[k % 2]], actor=day.staff, now=day.now))
        assert sum(came) == 2 and attended() == standing() == 2

    def test_without_the_guard_the_database_still_refuses_a_second_one(self, app):
        day = a_day(1)
        one = day.people()[0]
        service.check_in(day.activity.id, [one], actor=day.staff, now=day.now)
        db.session.add(CheckIn(activity_id=day.activity.id, participant_id=one, method=Method.LIST, at=day.now, by=day.staff.id))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()

    def test_check_in_and_undo_at_once_leave_both_in_step(self, app):
        day = a_day(1)
        people = day.people()

        def either(k):
            act = service.undo if k % 2 else service.check_in
            return act(day.activity.id, people, actor=day.staff, now=day.now)

        at_once(app, 12, either)
        assert attended() == standing()

    def test_nobody_chosen(self, app):
        day = a_day(1)
        with pytest.raises(NobodyChosen):
            service.check_in(day.activity.id, [], actor=day.staff, now=day.now)

    def test_somebody_of_another_activity_is_not_on_the_list(self, app):
        day, other = a_day(1), a_day(1)
        with pytest.raises(NotOnTheList):
            service.check_in(day.activity.id, other.people(), actor=day.staff, now=day.now)

    def test_who_withdrew_cannot_come_and_who_came_cannot_withdraw(self, app):
        day = a_day(2)
        gone, here = day.people(0), day.people(1)
        sign_up.withdraw(day.parties[0], now=day.now, actor=day.staff)
        with pytest.raises(NotOnTheList):
            service.check_in(day.activity.id, gone, actor=day.staff, now=day.now)
        service.check_in(day.activity.id, here, actor=day.staff, now=day.now)
        with pytest.raises(HasCome):
            sign_up.withdraw(day.parties[1], now=day.now, actor=day.staff)

    def test_withdrawing_and_checking_in_at_once_never_do_both(self, app):
        day = a_day(1)
        people, party = day.people(), day.parties[0]

        def either(k):
            if k % 2:
                return service.check_in(day.activity.id, people, actor=day.staff, now=day.now)
            return sign_up.withdraw(party, now=day.now, actor=day.staff)

        at_once(app, 6, either)
        db.session.rollback()
        withdrawn = db.session.get(Registration, party, populate_existing=True).withdrawn_at is not None
        assert withdrawn != (attended() == 2)


class TestTheSameId:
    def test_a_repeat_does_nothing_even_after_an_undo(self, app):
        day, id = a_day(1), uuid4()
        for _ in range(2):
            service.check_in(day.activity.id, day.people(), actor=day.staff, now=day.now, id=id)
        service.undo(day.activity.id, day.people(), actor=day.staff, now=day.now)
        assert service.check_in(day.activity.id, day.people(), actor=day.staff, now=day.now, id=id) == 0
        assert attended() == 0

    def test_for_somebody_else_it_is_refused(self, app):
        day, id = a_day(2), uuid4()
        service.check_in(day.activity.id, day.people(0)[:1], actor=day.staff, now=day.now, id=id)
        with pytest.raises(AnotherUse):
            service.check_in(day.activity.id, day.people(1)[:1], actor=day.staff, now=day.now, id=id)
        assert standing() == 1


class TestUndo:
    def test_it_is_dated_not_deleted_and_they_may_come_again(self, app):
        day = a_day(1)
        service.check_in(day.activity.id, day.people(), actor=day.staff, now=day.now)
        assert service.undo(day.activity.id, day.people(), actor=day.staff, now=day.now) == 2
        assert service.undo(day.activity.id, day.people(), actor=day.staff, now=day.now) == 0
        assert (standing(), standing(undone=True), attended()) == (0, 2, 0)
        service.check_in(day.activity.id, day.people(), actor=day.staff, now=day.now)
        assert standing() == attended() == 2


class TestAllCame:
    def test_everybody_who_is_missing(self, app):
        day = a_day(3)
        service.check_in(day.activity.id, day.people(0), actor=day.staff, now=day.now)
        sign_up.withdraw(day.parties[2], now=day.now, actor=day.staff)
        assert service.all_came(day.activity.id, actor=day.staff, now=day.now) == 2
        assert service.all_came(day.activity.id, actor=day.staff, now=day.now) == 0
        assert queries.attendance(day.activity.id) == queries.Attendance(2, 2, 4, 4)

    def test_a_paper_sheet_in_one_save(self, app):
        day = a_day(2)
        service.check_in(day.activity.id, day.people(0), actor=day.staff, now=day.now)
        later = day.now + timedelta(days=3)
        assert service.catch_up(day.activity.id, day.people(1), day.people(0)[:1], actor=day.staff, now=later) == (2, 1)
        assert attended() == 3


class TestWhen:
    @pytest.mark.parametrize("state", sorted(set(State) - {State.PUBLISHED, State.HELD}))
    def test_only_published_or_held(self, app, state):
        activity = an_activity(state=state)
        staff = a_user("organiser", activity.organisation)
        with pytest.raises(DoorShut, match="不能签到"):
            service.all_came(activity.id, actor=staff, now=activity.starts_at)

    @pytest.mark.parametrize("shift, opens", [(-2, False), (-1, True), (0, True), (30, True), (31, False)])
    def test_from_the_day_before_until_a_month_after(self, app, shift, opens):
        day = a_day(1)
        at = day.now + timedelta(days=shift)
        if opens:
            assert service.all_came(day.activity.id, actor=day.staff, now=at) == 2
        else:
            with pytest.raises(NotTheDay, match="5月29日"):
                service.all_came(day.activity.id, actor=day.staff, now=at)

    def test_after_it_was_held(self, app):
        day = a_day(1)
        activities.move(day.activity.id, "hold", actor=day.staff, now=day.now)
        assert service.all_came(day.activity.id, actor=day.staff, now=day.now) == 2


class TestWho:
    def test_the_hosts_group_leaders_and_the_township_may(self, app):
        day = a_day(1)
        leader, above = a_user("group_leader", day.tree.village), a_user("organiser", day.tree.township)
        service.check_in(day.activity.id, day.people()[:1], actor=leader, now=day.now)
        service.check_in(day.activity.id, day.people()[1:], actor=above, now=day.now)
        assert attended() == 2

    def test_the_county_sees_figures_only(self, app):
        day = a_day(1)
        with pytest.raises(NotAllowed):
            service.all_came(day.activity.id, actor=a_user("organiser", day.tree.county), now=day.now)

    def test_to_a_neighbour_there_is_no_such_activity(self, app):
        day = a_day(1)
        for unit in (a_sibling_village(day.tree), another_county(day.tree)):
            with pytest.raises(NotFound):
                service.all_came(day.activity.id, actor=a_user("organiser", unit), now=day.now)


def a_walk_in(husband: str = "", **more):
    body = {"people": {"husband": {"name": husband or a_name(), "phone": a_phone()}, "wife": {"name": a_name()}}, "agreed": True} | more
    return WalkInSchema.asking(KINDS["golden_wedding"], {}).load(body)[0]


class TestWalkIn:
    def test_written_down_and_checked_in(self, app):
        day = a_day(1)
        service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now)
        assert queries.attendance(day.activity.id) == queries.Attendance(2, 1, 4, 2, 1)

    def test_over_the_cap_only_when_told_so(self, app):
        day = a_day(1, places=1)
        with pytest.raises(NoPlaceLeft, match="1个"):
            service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now)
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
        service.walk_in(day.activity.id, a_walk_in(), over=True, actor=day.staff, now=day.now)
        assert queries.attendance(day.activity.id).walk_ins == 1

    def test_whoever_waits_is_not_passed_by_unnoticed(self, app):
        day = a_day(1, places=2)
        signed_up(day.activity)
        signed_up(day.activity)
        sign_up.withdraw(day.parties[0], now=day.now, actor=day.staff)
        with pytest.raises(NoPlaceLeft):
            service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now)

    def test_one_last_place_and_ten_at_the_door(self, app):
        day = a_day(0, places=1)
        parties = [a_walk_in() for _ in range(10)]
        found = at_once(app, 10, lambda k: service.walk_in(day.activity.id, parties[k], actor=day.staff, now=day.now, id=uuid4()))
        assert sum(isinstance(one, NoPlaceLeft) for one in found) == 9
        assert attended() == 2

    def test_a_double_tap_is_one_party(self, app):
        day, id, party = a_day(0), uuid4(), a_walk_in()
        made = at_once(app, 6, lambda _: service.walk_in(day.activity.id, party, actor=day.staff, now=day.now, id=id))
        assert len(set(made)) == 1 and attended() == 2
        with pytest.raises(AnotherBody):
            service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now, id=id)

    def test_somebody_who_is_on_the_list_already_is_not_written_down_again(self, app):
        day = a_day(0)
        name, phone = a_name(), a_phone()
        signed_up(day.activity, people__husband__name=name, people__husband__phone=phone)
        party = WalkInSchema.asking(KINDS["golden_wedding"], {}).load(
            {"people": {"husband": {"name": name, "phone": phone}, "wife": {"name": a_name()}}, "agreed": True}
        )[0]
        with pytest.raises(AlreadySignedUp):
            service.walk_in(day.activity.id, party, actor=day.staff, now=day.now)
        assert attended() == 0

    def test_taken_back_its_place_is_free_again(self, app):
        day = a_day(0, places=1)
        made = service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now)
        service.undo_walk_in(day.activity.id, made, actor=day.staff, now=day.now)
        assert attended() == 0
        service.walk_in(day.activity.id, a_walk_in(), actor=day.staff, now=day.now)

    def test_a_party_that_signed_up_is_not_taken_out_by_that_button(self, app):
        day = a_day(1)
        with pytest.raises(NotOnTheList):
            service.undo_walk_in(day.activity.id, day.parties[0], actor=day.staff, now=day.now)


class TestReading:
    @pytest.mark.parametrize("q", ["欧建国", "oujg", "ojg", "5678", "建国 5678"])
    def test_a_party_is_found_by_either_person(self, app, q):
        day = a_day(1)
        meant = signed_up(day.activity, people__husband__name="欧建国", people__husband__phone="13812345678").id
        assert [party.id for party in queries.door_list(day.activity.id, q)] == [meant]

    def test_by_the_code_that_is_read_out(self, app):
        day = a_day(2)
        assert [party.id for party in queries.door_list(day.activity.id, day.code(1).lower().replace("-", ""))] == [day.parties[1]]

    def test_only_those_who_are_missing(self, app):
        day = a_day(2)
        service.check_in(day.activity.id, [*day.people(0), day.people(1)[0]], actor=day.staff, now=day.now)
        assert [party.id for party in queries.door_list(day.activity.id, only_missing=True)] == [day.parties[1]]

    def test_the_list_and_the_sums_cost_the_same_however_long(self, app, statements):
        day = a_day(1)
        activity_id = day.activity.id

        def cost():
            found = []
            for ask in (lambda: queries.attendance(activity_id), lambda: queries.door_list(activity_id, "zjg"), lambda: queries.tallies(activity_id)):
                db.session.rollback()
                statements.clear()
                ask()
                found.append(len([s for s in statements if not s.startswith("BEGIN")]))
            return found

        first = cost()
        for _ in range(5):
            signed_up(day.activity)
        assert cost() == first == [1, 3, 1]

    def test_an_activity_without_sign_up_has_nobody(self, app):
        a_tree()
        assert queries.attendance(an_activity("home_visit").id) == queries.Attendance()
