"""Places by village, by session, by sex, with a reserve for the door; offers; walls that move. Each party whole, nobody passed by."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from eventsvc.checkin import service as checkin
from eventsvc.checkin.errors import NoPlaceLeft
from eventsvc.core.errors import Invalid
from eventsvc.infra.db import db, transactional
from eventsvc.registrations import queries, service
from eventsvc.registrations.errors import NoRoomThere, OfferGone, PoolFull, PoolInUse
from eventsvc.registrations.models import Channel, Pool, Promotion, Registration, Seat, SignUpRules, Standing
from eventsvc.registrations.schemas import Party, PersonAnswers
from eventsvc.registrations.service import PoolPlan, places, set_pools, waiting
from eventsvc.registrations.service.change import party_of
from tests.factories.accounts import a_user
from tests.factories.activities import NOW, an_activity
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.registrations import a_name, a_phone

LATER = NOW + timedelta(hours=25)
PLACED, WAITING, OFFERED = Standing.PLACED, Standing.WAITING, Standing.OFFERED


class Course:
    """A course for which units name people, with pools as a test wants them."""

    def __init__(self, main: int, *more: PoolPlan, promotion: Promotion = Promotion.AT_ONCE, k: int = 3, waiting_list: bool = True) -> None:
        tree = a_tree()
        self.villages = [tree.village.id, a_sibling_village(tree).id]
        self.by = a_user("organiser", tree.township)
        activity = an_activity("training", unit=tree.township, by=self.by, places=main, waiting_list=waiting_list)
        self.id, self.slug, self.starts_at, self.numbers = activity.id, activity.slug, activity.starts_at, iter(range(10_000))
        db.session.add(SignUpRules(activity_id=self.id, promotion=promotion, most_passed=k, changed_at=NOW))
        db.session.commit()
        if more:
            self.walls(main, *more)

    def walls(self, main: int, *more: PoolPlan) -> list:
        return set_pools(self.id, [PoolPlan("main", "", main), *more], actor=self.by, now=NOW)

    def village(self, at: int, cap: int) -> PoolPlan:
        return PoolPlan(f"unit:{self.villages[at].hex}", f"村{at}", cap, at)

    def come(self, n: int = 1, village: int = 0, slot: str = "", sexes: str = ""):
        return service.sign_up(self.slug, (self.party(n, village, slot, sexes),), nonce=f"n{next(self.numbers)}", now=NOW)

    def party(self, n: int = 1, village: int | None = 0, slot: str = "", sexes: str = "") -> Party:
        people = tuple(
            PersonAnswers(f"member_{at}", {"name": a_name(), "phone": a_phone(), "sex": "male" if sexes[at - 1:at] == "m" else "female",
                                           "post": "officer"})
            for at in range(1, n + 1)
        )  # fmt: skip
        return Party(people, {"unit_name": "点头镇计生协"}, None, None if village is None else self.villages[village], slot=slot)

    def walk_in(self, n: int = 1):
        return service.add_by_staff(self.id, self.party(n), channel=Channel.WALK_IN, nonce=f"w{next(self.numbers)}", actor=self.by, now=NOW)

    def stands(self, *receipts) -> list[Standing]:
        return [queries.by_id(one.id).standing for one in receipts]

    def counts(self) -> dict[str, tuple[int, int]]:
        db.session.expire_all()
        rows = db.session.scalars(select(Pool).where(Pool.activity_id == self.id))
        return {row.kind: (row.taken, row.waiting) for row in rows}


class TestSeveralPools:
    def test_each_village_has_its_own_and_holds_up_no_other(self, app):
        course = Course(9, PoolPlan("category:male", "男", 99))
        course.walls(9, course.village(0, 2), course.village(1, 2))
        made = [course.come(village=0), course.come(village=0), course.come(village=0), course.come(village=1)]
        assert course.stands(*made) == [PLACED, PLACED, WAITING, PLACED]

    def test_a_freed_place_goes_to_who_waits_in_the_same_village(self, app):
        course = Course(9)
        course.walls(9, course.village(0, 1), course.village(1, 1))
        first, second, other, third = course.come(village=0), course.come(village=0), course.come(village=1), course.come(village=1)
        service.withdraw(other.id, now=NOW)
        assert course.stands(first, second, third) == [PLACED, WAITING, PLACED]

    def test_a_party_without_a_village_is_asked_for_it(self, app):
        course = Course(9)
        course.walls(9, course.village(0, 1))
        with pytest.raises(Invalid) as no:
            service.sign_up(course.slug, (course.party(village=None),), nonce="n", now=NOW)
        assert "village" in no.value.fields

    def test_a_session_is_chosen_and_runs_out_by_itself(self, app):
        course = Course(9, PoolPlan("slot:1", "上午场", 1), PoolPlan("slot:2", "下午场", 1))
        made = [course.come(slot="1"), course.come(slot="1"), course.come(slot="2")]
        assert course.stands(*made) == [PLACED, WAITING, PLACED]
        for nonsense in ("", "9"):
            with pytest.raises(Invalid) as no:
                course.come(slot=nonsense)
            assert "slot" in no.value.fields

    def test_men_and_women_are_counted_one_by_one(self, app):
        course = Course(9, PoolPlan("category:male", "男", 2), PoolPlan("category:female", "女", 2))
        made = [course.come(3, sexes="mmf"), course.come(1, sexes="m"), course.come(1, sexes="f"), course.come(2, sexes="ff")]
        assert course.stands(*made) == [PLACED, WAITING, PLACED, WAITING]
        assert course.counts() == {"main": (4, 2), "category:male": (2, 1), "category:female": (2, 1)}

    def test_without_a_list_it_is_said_that_this_part_is_full(self, app):
        course = Course(9, PoolPlan("slot:1", "上午场", 1), PoolPlan("slot:2", "下午场", 1), waiting_list=False)
        course.come(slot="1")
        with pytest.raises(PoolFull):
            course.come(slot="1")
        assert db.session.query(Registration).count() == 1
        assert course.stands(course.come(slot="2")) == [PLACED]


class TestPassedOver:
    def test_two_places_go_to_smaller_parties_k_times_and_then_are_kept(self, app):
        course = Course(4, k=2)
        big, one, *rest = course.come(3), course.come(2), course.come(1), course.come(1), course.come(1)
        assert course.stands(big, one, *rest) == [PLACED, WAITING, PLACED, WAITING, WAITING]
        service.withdraw(rest[0].id, now=NOW)
        assert course.stands(one, *rest[1:]) == [WAITING, PLACED, WAITING]
        assert queries.by_id(one.id).passed == 2
        service.withdraw(rest[1].id, now=NOW)
        assert course.stands(one, rest[2]) == [WAITING, WAITING]
        assert course.stands(course.come(1)) == [WAITING]
        service.withdraw(big.id, now=NOW)
        assert course.stands(one, rest[2]) == [PLACED, PLACED]

    def test_who_gets_smaller_moves_up(self, app):
        course = Course(2)
        first, second = course.come(1), course.come(2)
        _shrink(second.id, 1)
        assert course.stands(first, second) == [PLACED, PLACED]


@transactional
def _shrink(party, n):
    record = places.locked(party)
    places.shrink(record, n, {})
    waiting.move_up(record.opening, NOW)


class TestTheDoor:
    def test_who_comes_to_the_door_sits_in_the_reserve_first(self, app):
        course = Course(1, PoolPlan("reserve", "现场预留", 2))
        course.come()
        course.walk_in(2)
        assert course.counts() == {"main": (1, 0), "reserve": (2, 0)}
        course.walk_in()
        assert course.counts() == {"main": (2, 0), "reserve": (2, 0)}

    def test_the_door_says_when_even_the_reserve_is_gone(self, app):
        course = Course(1, PoolPlan("reserve", "现场预留", 1))
        course.come()
        day = course.starts_at
        checkin.walk_in(course.id, course.party(), actor=course.by, now=day)
        with pytest.raises(NoPlaceLeft):
            checkin.walk_in(course.id, course.party(), actor=course.by, now=day)

    def test_taken_back_the_reserve_is_free_again(self, app):
        course = Course(1, PoolPlan("reserve", "现场预留", 1))
        service.withdraw(course.walk_in(), actor=course.by, now=NOW)
        assert course.counts() == {"main": (0, 0), "reserve": (0, 0)}


class TestOffers:
    @pytest.fixture
    def offered(self, app):
        course = Course(1, promotion=Promotion.OFFER)
        first, second, third = course.come(), course.come(), course.come()
        service.withdraw(first.id, now=NOW)
        assert course.stands(second, third) == [OFFERED, WAITING]
        return course, second, third

    def test_said_yes_the_place_is_theirs(self, offered):
        course, second, third = offered
        service.accept_offer(second.id, now=NOW)
        service.accept_offer(second.id, now=NOW)
        assert course.stands(second, third) == [PLACED, WAITING]
        assert service.lapse_offers(LATER) == 0

    def test_said_no_the_next_is_asked(self, offered):
        course, second, third = offered
        service.decline_offer(second.id, now=NOW)
        assert course.stands(second, third) == [Standing.LAPSED, OFFERED]
        with pytest.raises(OfferGone):
            service.accept_offer(second.id, now=NOW)

    def test_said_nothing_the_next_is_asked_when_time_is_over(self, offered):
        course, second, third = offered
        assert service.lapse_offers(NOW + timedelta(hours=23)) == 0
        assert service.lapse_offers(LATER) == 1
        assert course.stands(second, third) == [Standing.LAPSED, OFFERED]
        assert course.counts() == {"main": (1, 0)}

    def test_of_yes_and_too_late_exactly_one_wins(self, app, offered):
        """At the last moment: one hand says yes, another lets it lapse."""
        course, second, third = offered
        db.session.rollback()
        said, ready = [], threading.Barrier(2)

        def hand(what) -> None:
            with app.app_context():
                ready.wait()
                try:
                    said.append(what())
                except OfferGone:
                    said.append("gone")

        until = NOW + timedelta(hours=24)
        hands = [threading.Thread(target=hand, args=(what,)) for what in (
            lambda: service.accept_offer(second.id, now=until - timedelta(seconds=1)) or "yes", lambda: service.lapse_offers(until))]
        for one in hands:
            one.start()
        for one in hands:
            one.join()
        lapsed = course.stands(second) == [Standing.LAPSED]
        assert sorted(map(str, said)) == sorted(["gone", "1"] if lapsed else ["yes", "0"])
        assert course.stands(third) == [OFFERED if lapsed else WAITING]
        assert course.counts()["main"][0] == 1


class TestWallsMove:
    def test_raised_those_who_wait_move_up_cut_nobody_goes(self, app):
        course = Course(2)
        made = [course.come() for _ in range(4)]
        course.walls(3)
        assert course.stands(*made) == [PLACED, PLACED, PLACED, WAITING]
        course.walls(1)
        assert course.stands(*made) == [PLACED, PLACED, PLACED, WAITING]
        service.withdraw(made[0].id, now=NOW)
        assert course.stands(*made[1:]) == [PLACED, PLACED, WAITING]

    def test_a_village_that_gets_its_own_places_later_counts_who_is_there(self, app):
        course = Course(3)
        made = [course.come(village=0), course.come(village=1), course.come(village=0)]
        course.walls(3, course.village(0, 1), course.village(1, 3))
        assert course.stands(*made) == [PLACED, PLACED, PLACED]
        assert db.session.query(Seat).count() == 6
        assert course.stands(course.come(village=0)) == [WAITING]
        service.withdraw(made[1].id, now=NOW)
        assert course.stands(course.come(village=1)) == [PLACED]

    def test_a_session_with_people_in_it_is_not_taken_away(self, app):
        course = Course(3, PoolPlan("slot:1", "上午场", 1), PoolPlan("slot:2", "下午场", 1))
        course.come(slot="1")
        with pytest.raises(PoolInUse, match="上午场"):
            course.walls(3, PoolPlan("slot:2", "下午场", 1))
        course.walls(3, PoolPlan("slot:1", "上午场", 1))

    def test_another_session_where_there_is_room_and_the_old_one_where_there_is_none(self, app):
        course = Course(9, PoolPlan("slot:1", "上午场", 1), PoolPlan("slot:2", "下午场", 1))
        first, second, third = course.come(slot="1"), course.come(slot="1"), course.come(slot="2")
        with pytest.raises(NoRoomThere):
            _choose(course, first, "2")
        service.withdraw(third.id, now=NOW)
        _choose(course, first, "2")
        assert course.stands(first, second) == [PLACED, PLACED]
        assert party_of(queries.by_id(first.id)).slot == "2"

    def test_the_capacity_is_the_plans_too(self, app):
        course = Course(2)
        course.walls(5)
        service.hear_plan(type("Planned", (), {"activity_id": course.id}))
        assert db.session.scalar(select(Pool.cap).where(Pool.activity_id == course.id)) == 5


def _choose(course: Course, receipt, slot: str) -> None:
    old = party_of(queries.by_id(receipt.id))
    told = Party(old.people, old.answers, old.proxy, old.village, old.village_name, old.consent, old.asked, slot)
    service.correct(receipt.id, (told,), actor=course.by, now=NOW)


def test_what_is_written_is_refused_by_the_database_below_nought(app):
    course = Course(2)
    with pytest.raises(Exception, match="not_negative"):
        db.session.execute(update(Pool).where(Pool.activity_id == course.id).values(taken=-1))
