"""A village's list is read as its office keeps it, every fault named by its row."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.people import queries, reading, sealed_list, service, sheets
from eventsvc.people.errors import BadList
from eventsvc.people.models import Household
from eventsvc.people.schemas import Given
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.organisations import a_sibling_village, a_tree
from tests.factories.people import a_household, an_xlsx

HEAD = ("户编号", "户主姓名", "联系电话", "住址", "小组长", "特殊家庭", "备注")


def faults(read):
    return {(f.row, f.column) for f in read.faults}


class TestReading:
    def test_a_workbook_with_a_title_above_the_headings(self):
        read = reading.read_list(an_xlsx(("观洋村家庭名单",), HEAD, (1, "林金花", 13955558888.0, "3组", None, "否", "")), [])
        assert read.faults == []
        assert read.rows == [Given("1", "林金花", "13955558888", "3组")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_csv_as_utf8_and_as_gbk(self, encoding):
        text = "姓名,电话\n林金花,139 5555 8888\n𬭎强盛,\n"
        read = reading.read_list(text.encode(encoding), [])
        assert [r.head for r in read.rows] == ["林金花", "𬭎强盛"] and read.faults == []

    def test_every_fault_is_named_by_its_row(self):
        read = reading.read_list(
            an_xlsx(HEAD, (1, "林金花", "123", "", "", "", ""), (2, "", "", "3组", "", "", ""), (1, "王福生", "", "", "张三丰", "大概", "")), []
        )
        assert faults(read) == {(2, "联系电话"), (3, "户主姓名"), (4, "小组长"), (4, "特殊家庭"), (4, "户编号")}

    def test_a_leader_is_known_by_name_unless_two_share_it(self, app):
        tree = a_tree()
        leader = a_user("group_leader", tree.group, "王秀兰")
        a_user("group_leader", tree.group, "林同名")
        a_user("group_leader", tree.group, "林同名")
        read = reading.read_list(
            an_xlsx(HEAD, ("", "林金花", "", "", "王秀兰", "", ""), ("", "王福生", "", "", "林同名", "", "")), queries.leaders(tree.village.id)
        )
        assert read.rows[0].leader_id == leader.id
        assert faults(read) == {(3, "小组长")}

    def test_blank_rows_and_a_sheet_formatted_to_its_end_are_no_households(self):
        read = reading.read_list(an_xlsx(HEAD, (1, "林金花"), *[("",)] * 300, (2, "王福生")), [])
        assert len(read.rows) == 1

    @pytest.mark.parametrize(
        "content",
        [b"", b"\x00\x01\x02", b"PK\x03\x04broken", "没有,表头\n1,2\n".encode(), "姓名,电话\n".encode(), b"\xff\xfe\x00", b"%PDF-1.7 \x81\x82"],
    )
    def test_what_is_no_list_is_refused_with_words(self, content):
        with pytest.raises(BadList, match="读不出来"):
            reading.read_list(content, [])

    def test_a_file_that_is_too_large_is_refused(self):
        with pytest.raises(BadList, match="5MB"):
            reading.read_list(b"a" * (reading.MOST_BYTES + 1), [])

    def test_a_bomb_is_refused_before_it_is_unpacked(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
            parts.writestr("xl/worksheets/sheet1.xml", b"0" * (sheets.UNPACKED + 1))
        with pytest.raises(BadList, match="太大"):
            reading.read_list(out.getvalue(), [])

    def test_a_workbook_with_entities_is_refused(self):
        whole, out = io.BytesIO(an_xlsx(HEAD, (1, "林金花"))), io.BytesIO()
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
            for entry in old.infolist():
                content = old.read(entry)
                if entry.filename.endswith("sheet1.xml"):
                    content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
                new.writestr(entry.filename, content)
        with pytest.raises(BadList):
            reading.read_list(out.getvalue(), [])


class TestTakingIn:
    def rows(self):
        return [Given("1", "林金花", "13955558888"), Given("2", "王福生", "13955551111"), Given("", "黄月英", "")]

    def test_twice_changes_nothing(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        first = service.import_households(tree.village.id, self.rows(), actor=organiser, now=NOW)
        again = service.import_households(tree.village.id, self.rows(), actor=organiser, now=NOW)
        assert (first.added, again.added, again.changed, again.same) == (3, 0, 0, 3)
        assert sorted(db.session.scalars(select(Household.number))) == ["003", "1", "2"]

    def test_a_dry_run_writes_nothing(self, app):
        tree = a_tree()
        would = service.import_households(tree.village.id, self.rows(), actor=a_user("organiser", tree.village), now=NOW, dry_run=True)
        assert would.added == 3
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0

    def test_an_empty_cell_wipes_nothing_out(self, app):
        tree = a_tree()
        organiser = a_user("organiser", tree.village)
        made = a_household(tree.village, number="001", head="林金花", phone="13955558888", address="3组")
        done = service.import_households(tree.village.id, [Given("1", "林金花", "13955559999")], actor=organiser, now=NOW)
        one, _ = queries.household(made, within=organiser)
        assert (done.changed, one.number, one.phone, one.address) == (1, "001", "13955559999", "3组")


class TestTheDoor:
    def test_check_first_then_import_without_a_second_upload(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("organiser", tree.village))
        path = f"/organisations/{tree.village.id}/households/import"
        browser.get(path)
        file = [(io.BytesIO(an_xlsx(HEAD, (1, "林金花", "13955558888", "3组", "", "", ""))), "名单.xlsx")]
        checked = browser.post(path, {"file": file}, status=200, content_type="multipart/form-data")
        assert "新增1户" in checked.text and "林金花" not in checked.text
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0
        held = checked.text.split('name="list" value="')[1].split('"')[0]
        browser.post(path, {"list": held}, status=303)
        assert "林金花" in browser.get(f"/organisations/{tree.village.id}/households").text

    def test_faults_come_back_as_422_and_nothing_is_written(self, app):
        tree = a_tree()
        browser = logged_in(app, a_user("organiser", tree.village))
        path = f"/organisations/{tree.village.id}/households/import"
        browser.get(path)
        file = [(io.BytesIO(an_xlsx(HEAD, (1, "林金花", "12", "", "", "", ""))), "名单.xlsx")]
        answer = browser.post(path, {"file": file}, status=422, content_type="multipart/form-data")
        assert "第2行" in answer.text
        assert browser.post(path, {"file": [(io.BytesIO(b"x"), "a.xlsx")]}, status=422, content_type="multipart/form-data")
        assert db.session.scalar(select(func.count()).select_from(Household)) == 0

    def test_a_list_that_was_checked_for_one_village_opens_in_no_other(self, app):
        tree = a_tree()
        held = sealed_list.sealed([Given("1", "林金花")], tree.village.id)
        with pytest.raises(BadList):
            sealed_list.opened(held, a_sibling_village(tree).id)
        assert sealed_list.opened(held, tree.village.id) == [Given("1", "林金花")]
