"""Couples and honours of the roll: written down, read in, known again blind."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from eventsvc.core.errors import NotFound
from eventsvc.core.lunar import Anniversary
from eventsvc.infra import vault
from eventsvc.infra.db import db
from eventsvc.people import couples, honours, service
from eventsvc.people.couples import Given, One
from eventsvc.people.errors import BadList, OnTheRollAlready
from eventsvc.people.honours import Spouse, Two
from eventsvc.people.models import Couple, Honour
from eventsvc.people.pairs import read_pairs
from eventsvc.people.sheets import lines_of
from tests.clients import form_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.people import a_household, an_xlsx, office
from tests.factories.registrations import an_id_number

MARRIED = Anniversary("lunar", 1974, 12, 8, said="1974年腊月初八")
GIVEN = Given(One("张建国", "13805931234", date(1950, 3, 12)), One("李秀英", "", date(1952, 6, 1)), MARRIED)
HEAD = ("丈夫姓名", "丈夫身份证号", "丈夫出生日期", "丈夫电话", "妻子姓名", "妻子出生日期", "结婚日期", "户编号")


def honoured_rows():
    return db.session.scalar(select(func.count()).select_from(Honour))


class TestACouple:
    def test_is_kept_as_it_was_said_and_only_the_years_stand_open(self, app):
        tree = a_tree()
        household = a_household(tree.village)
        couples.add_couple(household, GIVEN, actor=office(tree.village), now=NOW)
        (one,) = couples.couples_of(household)
        assert replace(one.given, number="") == GIVEN and one.given.married.said == "1974年腊月初八"
        row = db.session.scalar(select(Couple))
        assert (row.wed_from, row.wed_to) == (1975, 1975)

    def test_stands_once_in_its_household(self, app):
        tree = a_tree()
        household = a_household(tree.village)
        couples.add_couple(household, GIVEN, actor=office(tree.village), now=NOW)
        with pytest.raises(OnTheRollAlready):
            couples.add_couple(household, GIVEN, actor=office(tree.village), now=NOW)

    def test_of_a_special_family_is_its_leaders_alone(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.group)
        household = a_household(tree.village, leader, special=True)
        with pytest.raises(NotFound):
            couples.add_couple(household, GIVEN, actor=office(tree.village), now=NOW)

    def test_is_out_of_reach_for_the_neighbour(self, app):
        tree = a_tree()
        household = a_household(tree.village)
        with pytest.raises(NotFound):
            couples.add_couple(household, GIVEN, actor=office(a_sibling_village(tree)), now=NOW)

    def test_is_forgotten_with_its_household(self, app):
        tree = a_tree()
        household = a_household(tree.village)
        couples.add_couple(household, GIVEN, actor=office(tree.village), now=NOW)
        service.close_household(household, actor=office(tree.village), now=NOW)
        vault.purge(NOW.date() + service.KEPT_CLOSED + timedelta(days=1))
        assert couples.couples_of(household) == []

    def test_is_written_down_changed_and_ended_on_the_pages(self, app):
        tree = a_tree()
        household = a_household(tree.village)
        browser = logged_in(app, a_user("organiser", tree.village))
        path = f"/households/{household}/couples/new"
        browser.get(path)
        told = {"husband_name": "张建国", "wife_name": "李秀英", "married_on.calendar": "lunar", "married_on.year": "1974", "married_on.month": "12"}
        assert "没有三十" in browser.post(path, {**told, "married_on.month": "3", "married_on.day": "30"}, status=422).text
        browser.post(path, told, status=303)
        assert "张建国、李秀英" in browser.get(f"/households/{household}").text
        couple = db.session.scalar(select(Couple.id))
        sent = form_of(browser.get(f"/couples/{couple}/edit").text, action="/edit")
        assert sent["married_on.calendar"] == "lunar" and sent["husband_name"] == "张建国"
        browser.post(f"/couples/{couple}/edit", {**sent.to_dict(), "wife_phone": "13805935678"}, status=303)
        assert couples.couples_of(household)[0].given.wife.phone == "13805935678"
        browser.post(f"/couples/{couple}/end", status=303)
        assert "张建国、李秀英" not in browser.get(f"/households/{household}").text


class TestReading:
    def test_a_list_is_read_as_people_write_it(self):
        pairs = read_pairs(lines_of(an_xlsx(("观洋村夫妇名单",), HEAD, ("张建国", "", "1950-03-12", "13805931234", "李秀英", "农历1952.6.1", "1974年腊月初八", 7))), NOW.date())
        (one,) = pairs
        assert (one.names, one.married, one.faults, one.row) == ("张建国、李秀英", MARRIED, (), 3)
        assert one.wife.born_on == date(1952, 7, 22) and one.more["number"] == "7"

    def test_every_fault_is_named_by_row_and_column(self):
        rows = an_xlsx(HEAD, ("张建国", "35098219480312001", "", "123", "", "1952-02-30", "记不得"))
        (one,) = read_pairs(lines_of(rows), NOW.date())
        assert {(fault.row, str(fault.column)) for fault in one.faults} == {
            (2, "丈夫身份证号"), (2, "丈夫电话"), (2, "妻子姓名"), (2, "妻子出生日期"), (2, "结婚日期")}  # fmt: skip

    def test_three_columns_need_no_heading(self):
        (one,) = read_pairs([(1, ["张建国", "李秀英", "74年"])], NOW.date())
        assert one.married == Anniversary("solar", 1974, said="74年")

    def test_other_columns_without_a_heading_are_no_list(self):
        with pytest.raises(BadList, match="丈夫姓名"):
            read_pairs([(1, ["张建国", "李秀英"])], NOW.date())


class TestTheList:
    def test_twice_changes_nothing_and_lacking_households_are_written_down(self, app):
        tree = a_tree()
        a_household(tree.village, number="7")
        rows = [replace(GIVEN, number="7"), Given(One("林福生"), One("陈阿梅"), Anniversary("solar", 1966))]
        would = couples.import_couples(tree.village.id, rows, actor=office(tree.village), now=NOW, dry_run=True)
        assert (would.added, db.session.scalar(select(func.count()).select_from(Couple))) == (2, 0)
        couples.import_couples(tree.village.id, rows, actor=office(tree.village), now=NOW)
        again = couples.import_couples(tree.village.id, rows, actor=office(tree.village), now=NOW)
        assert (again.added, again.changed, again.same) == (0, 0, 2)
        phoned = [replace(rows[1], wife=One("陈阿梅", "13805935678"))]
        assert couples.import_couples(tree.village.id, phoned, actor=office(tree.village), now=NOW).changed == 1

    def test_is_looked_through_and_then_taken_in_on_the_page(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("organiser", tree.village))
        path = f"/organisations/{tree.village.id}/couples/import"
        browser.get(path)
        wrong = browser.post(path, {"file": [(io.BytesIO(an_xlsx(HEAD, ("张建国", "", "", "", "李秀英", "", "1975-02-30"))), "名单.xlsx")]}, content_type="multipart/form-data", status=422)
        assert "第2行" in wrong.text and "没有30日" in wrong.text
        right = browser.post(path, {"file": [(io.BytesIO(an_xlsx(HEAD, ("张建国", "", "", "", "李秀英", "", "74年"))), "名单.xlsx")]}, content_type="multipart/form-data")
        assert "新增1对" in right.text
        browser.post(path, {"list": form_of(right.text, action="/couples/import")["list"]}, status=303)
        assert db.session.scalar(select(func.count()).select_from(Couple)) == 1


class TestHonours:
    two = Two(Spouse("张建国", date(1950, 3, 12), an_id_number()), Spouse("李秀英", date(1952, 6, 1), an_id_number("female")), frozenset({1974, 1975}))

    @pytest.mark.parametrize(("asked", "sure"), [
        (two, True), (Two(Spouse(id_number=two.wife.id_number), Spouse(id_number=two.husband.id_number)), True),
        (Two(Spouse("张 建国", date(1950, 3, 12)), Spouse("李秀英", date(1952, 6, 1))), True),
        (Two(Spouse("张建国"), Spouse("李秀英"), frozenset({1975})), False),
        (Two(Spouse("张建国", date(1950, 3, 13)), Spouse("李秀英", date(1952, 6, 1))), None),
        (Two(Spouse("张建国"), Spouse("李秀英"), frozenset({1966})), None), (Two(Spouse("张建国"), Spouse()), None),
    ])  # fmt: skip
    def test_a_couple_is_known_again_by_any_of_its_keys(self, app, asked, sure):
        honours.honour(a_tree().village.id, self.two, 50, date(2025, 10, 29), now=NOW)
        found = honours.known(asked)
        assert [(one.year, one.milestone, one.sure) for one in found] == ([] if sure is None else [(2025, 50, sure)])

    def test_many_are_asked_for_in_one_statement(self, app, statements):
        unit = a_tree().village.id
        honours.honour(unit, self.two, 50, date(2025, 10, 29), now=NOW)
        statements.clear()
        found = honours.known_all([self.two, Two(Spouse("甲乙"), Spouse("丙丁"), frozenset({1970}))] * 500)
        assert [len(one) for one in found[:2]] == [1, 0] and sum("honour_keys" in one for one in statements) == 1

    def test_the_old_roll_is_read_in_once_and_holds_no_name(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("organiser", tree.township))
        path = f"/organisations/{tree.township.id}/honours"
        assert "名册还是空的" in browser.get(path).text
        head = ("丈夫", "妻子", "结婚日期", "表彰年份", "表彰婚龄")
        wrong = browser.post(path, {"file": [(io.BytesIO(an_xlsx(head, ("张建国", "李秀英", "", "1899", "55"))), "名册.xlsx")]}, content_type="multipart/form-data", status=422)
        assert "1980到" in wrong.text and "请填50、60或70" in wrong.text
        lines = an_xlsx(head, ("张建国", "李秀英", "1966年", "2016年", ""), ("林福生", "陈阿梅", "农历1955.3.3", "2016", "60"))
        for added in (2, 0):
            right = browser.post(path, {"file": [(io.BytesIO(lines), "名册.xlsx")]}, content_type="multipart/form-data")
            assert f"新增{added}对" in right.text
            browser.post(path, {"list": form_of(right.text, action="/honours")["list"]}, status=303)
            assert honoured_rows() == 2
        shown = browser.get(path).text
        assert "2016年" in shown and "满60年" in shown and "张建国" not in shown
