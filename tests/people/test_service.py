"""The roll of households: numbers, what stays, what is hidden, what is stored."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from eventsvc.audit.models import AuditRow
from eventsvc.core.actor import SYSTEM, Grant, Role
from eventsvc.core.errors import Invalid, NotAllowed, NotFound
from eventsvc.core.periods import day_of
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.people import queries, service
from eventsvc.people.errors import NumberTaken, StaysSpecial
from eventsvc.people.models import Household
from eventsvc.people.rules import Sight
from eventsvc.people.schemas import Given
from tests.conftest import NOW
from tests.factories.accounts import a_user
from tests.factories.organisations import a_sibling_village, a_tree, another_county
from tests.factories.people import a_household

LATER = NOW + timedelta(days=1)


class TestNumbers:
    def test_a_household_without_a_number_gets_the_next_one(self, app):
        village = a_tree().village
        a_household(village, number="007")
        made = a_household(village)
        assert db.session.get(Household, made).number == "008"

    def test_two_households_of_a_village_do_not_share_a_number(self, app):
        village = a_tree().village
        a_household(village, number="7")
        with pytest.raises(NumberTaken, match="7"):
            a_household(village, number="7")
        assert db.session.scalar(select(func.count()).select_from(Household)) == 1

    def test_two_villages_may_use_the_same_number(self, app):
        tree = a_tree()
        a_household(tree.village, number="7")
        a_household(a_sibling_village(tree), number="7")

    def test_ten_at_once_get_ten_numbers(self, app):
        tree = a_tree()
        actor = a_user("organiser", tree.village)

        def write():
            with app.app_context():
                service.add_household(tree.village.id, head="陈阿梅", actor=actor, now=NOW)

        threads = [threading.Thread(target=write) for _ in range(10)]
        [t.start() for t in threads]
        [t.join() for t in threads]
        db.session.rollback()
        assert len(set(db.session.scalars(select(Household.number)))) == 10


class TestWhoMayWrite:
    def test_a_neighbour_sees_nothing_to_write_to(self, app):
        tree = a_tree()
        stranger = a_user("organiser", another_county(tree))
        with pytest.raises(NotFound):
            a_household(tree.village, by=stranger)

    def test_a_viewer_may_not_write(self, app):
        tree = a_tree()
        with pytest.raises(NotAllowed):
            a_household(tree.village, by=a_user("viewer", tree.village))

    def test_a_leader_from_elsewhere_cannot_be_assigned(self, app):
        tree = a_tree()
        stranger = a_user("group_leader", another_county(tree))
        with pytest.raises(Invalid) as no:
            a_household(tree.village, stranger)
        assert "leader_id" in no.value.fields


class TestSight:
    def test_the_village_sees_all_the_township_no_phone_the_county_no_name(self, app):
        tree = a_tree()
        made = a_household(tree.village, head="陈阿梅", phone="13950000001", address="福鼎市点头镇观洋村3组12号")
        village, _ = queries.household(made, within=a_user("organiser", tree.village))
        township, _ = queries.household(made, within=a_user("viewer", tree.township))
        county, _ = queries.household(made, within=a_user("organiser", tree.county))
        assert (village.head, village.phone, village.sight) == ("陈阿梅", "13950000001", Sight.WHOLE)
        assert (township.head, township.phone, township.address) == ("陈阿梅", "139****0001", "福鼎市点头镇观洋村***")
        assert (county.head, county.phone) == ("陈*梅", "139****0001")

    def test_a_special_family_is_a_number_to_all_but_its_leader(self, app):
        tree = a_tree()
        leader = a_user("organiser", tree.village, "王秀兰")
        colleague = a_user("organiser", tree.village)
        made = a_household(tree.village, leader, special=True, head="吴志强", situation="独子三年前去世")
        hidden, _ = queries.household(made, within=colleague)
        seen, _ = queries.household(made, within=leader)
        assert (hidden.head, hidden.phone, hidden.situation, hidden.sight) == ("", "", "", Sight.NUMBER)
        assert (seen.head, seen.situation) == ("吴志强", "独子三年前去世")

    def test_a_special_family_is_not_found_by_name(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        a_household(tree.village, special=True, head="吴志强", number="9")
        assert queries.households(tree.village.id, within=organiser, q="吴志强").total == 0
        assert queries.households(tree.village.id, within=organiser, q="9").total == 1

    def test_the_roll_of_another_village_is_missing(self, app):
        tree = a_tree()
        made = a_household(tree.village)
        stranger = a_user("organiser", a_sibling_village(tree))
        with pytest.raises(NotFound):
            queries.household(made, within=stranger)
        with pytest.raises(NotFound):
            queries.households(tree.village.id, within=stranger)


class TestFinding:
    @pytest.mark.parametrize("q", ["金花", "linjinhua", "ljh", "8888", "21"])
    def test_by_name_sound_phone_and_number(self, app, q):
        tree = a_tree()
        a_household(tree.village, head="林金花", phone="13955558888", number="021")
        a_household(tree.village, head="王福生", phone="13955551111", number="3")
        found = queries.households(tree.village.id, within=a_user("organiser", tree.village), q=q)
        assert [one.head for one in found.rows] == ["林金花"]

    def test_numbers_are_in_the_order_of_people(self, app):
        tree = a_tree()
        for number in ("10", "2", "甲1", "1"):
            a_household(tree.village, number=number)
        found = queries.households(tree.village.id, within=a_user("organiser", tree.village))
        assert [one.number for one in found.rows] == ["1", "2", "10", "甲1"]

    def test_a_list_costs_the_same_however_long_it_is(self, app, statements):
        tree = a_tree()
        organiser, village_id = a_user("organiser", tree.village), tree.village.id

        def cost():
            db.session.rollback()
            db.session.expire_all()
            statements.clear()
            queries.households(village_id, within=organiser)
            return list(statements)

        a_household(tree.village)
        first = cost()
        for _ in range(12):
            a_household(tree.village)
        again = cost()
        assert len(again) == len(first) <= 6, again


class TestChanging:
    def test_a_change_replaces_what_was_known(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village, head="林金花", number="5")
        service.change_household(made, Given(head="林金华", address="新楼2号"), actor=organiser, now=LATER)
        now, _ = queries.household(made, within=organiser)
        assert (now.number, now.head, now.phone, now.address) == ("5", "林金华", "", "新楼2号")
        assert queries.households(tree.village.id, within=organiser, q="金华").total == 1

    def test_what_its_writer_cannot_see_stays(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.village, "王秀兰")
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village, leader, special=True, head="吴志强", phone="13955550000")
        service.change_household(made, Given(number="88", special=True, leader_id=leader.id), actor=organiser, now=LATER)
        row = service.queries.opened([made])[made]
        assert (row["head"], row["phone"]) == ("吴志强", "13955550000")

    def test_what_the_county_cannot_see_stays(self, app):
        tree = a_tree()
        made = a_household(tree.village, head="陈阿梅", phone="13950000001", address="观洋村3组12号")
        service.change_household(made, Given(number="88"), actor=a_user("organiser", tree.county), now=LATER)
        now, _ = queries.household(made, within=a_user("organiser", tree.village))
        assert (now.number, now.head, now.phone, now.address) == ("88", "陈阿梅", "13950000001", "观洋村3组12号")

    def test_only_its_leader_says_that_a_special_family_is_none(self, app):
        tree = a_tree()
        leader, colleague = a_user("organiser", tree.village), a_user("organiser", tree.village)
        made = a_household(tree.village, leader, special=True, head="吴志强")
        with pytest.raises(StaysSpecial) as no:
            service.change_household(made, Given(leader_id=leader.id), actor=colleague, now=LATER)
        assert "special" in no.value.fields
        assert queries.household(made, within=colleague)[0].sight is Sight.NUMBER
        service.change_household(made, Given(head="吴志强", leader_id=leader.id), actor=leader, now=LATER)
        assert queries.household(made, within=colleague)[0].head == "吴志强"

    def test_whoever_gives_a_family_to_another_leader_leaves_a_line(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village, special=True, head="吴志强")
        service.change_household(made, Given(special=True, leader_id=organiser.id), actor=organiser, now=LATER)
        rows = select(AuditRow.facts).where(AuditRow.subject_id == made, AuditRow.action == "people.household_changed")
        assert [facts["what"] for facts in db.session.scalars(rows)] == ["assigned"]

    def test_whoever_goes_round_no_more_sees_no_special_family(self, app):
        tree = a_tree()
        was_leader = a_user("group_leader", tree.village, "王秀兰")
        made = a_household(tree.village, was_leader, special=True, head="吴志强")
        viewer = replace(was_leader, grants=(Grant(Role.VIEWER, tree.village.id),))
        assert queries.household(made, within=viewer)[0].sight is Sight.NUMBER

    def test_a_household_that_left_is_forgotten_a_month_later(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village)
        service.close_household(made, actor=organiser, now=NOW)
        assert queries.households(tree.village.id, within=organiser).total == 0
        assert vault.purge(day_of(NOW) + timedelta(days=30)) == 0
        assert vault.purge(day_of(NOW) + timedelta(days=31)) == 2

    def test_nobody_is_found_by_a_name_that_was_forgotten(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        a_household(tree.village, head="林金花")
        assert service.forget_unkept(LATER) == 0
        vault.purge(day_of(NOW) + timedelta(days=3 * 365 + 1))
        db.session.commit()
        assert service.forget_unkept(LATER) == 1
        assert queries.households(tree.village.id, within=organiser, q="ljh").total == 0

    def test_a_household_may_come_back(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village, head="林金花")
        service.close_household(made, actor=organiser, now=NOW)
        service.reopen_household(made, actor=organiser, now=LATER)
        assert queries.households(tree.village.id, within=organiser, q="ljh").total == 1
        assert vault.purge(day_of(NOW) + timedelta(days=40)) == 0


def test_nothing_personal_lies_open_in_the_database(app):
    tree = a_tree()
    a_household(tree.village, head="林金花", phone="13955558888", address="石桥头往里第二家", situation="卧床两年", special=True)
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
            stored = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
            for canary in ("林金花", "13955558888", "石桥头", "卧床"):
                assert canary.encode() not in stored, table.name


def test_the_system_can_be_asked_for_leaders(app):
    tree = a_tree()
    near, far = a_user("group_leader", tree.group, "王秀兰"), a_user("group_leader", another_county(tree), "郑远")
    above = a_user("organiser", tree.township, "陈镇")
    found = {user_id for user_id, _, _ in queries.leaders(tree.village.id)}
    assert {near.id, above.id} <= found and far.id not in found and SYSTEM.id not in found
