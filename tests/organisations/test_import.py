"""A file of units is taken whole or not at all, and twice changes nothing."""

import csv
import io
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from eventsvc.infra.db import db
from eventsvc.organisations import queries, rules, service
from eventsvc.organisations.errors import BadHeader, BadTree, UnreadableFile
from eventsvc.organisations.models import Closure, Level, Organisation
from tests.factories.organisations import CHAIN, TODAY, a_tree, rows

SAMPLE = Path(__file__).parents[2] / "eventsvc" / "sample" / "fujian_divisions.csv"


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class TestTheRealTree:
    def test_all_of_fujian_comes_in_under_twenty_seconds_and_twice_changes_nothing(self, app):
        runner = app.test_cli_runner()
        started = time.monotonic()
        first = runner.invoke(args=["organisations", "import", str(SAMPLE)])
        took = time.monotonic() - started
        assert first.exit_code == 0, first.output
        assert "新增18760" in first.output
        assert took < 20

        closures = count(Closure)
        again = runner.invoke(args=["organisations", "import", str(SAMPLE)])
        assert "新增0，更新0，未变18760" in again.output
        assert count(Closure) == closures

        levels = Counter(db.session.scalars(select(Organisation.level)))
        assert levels == {Level.PROVINCE: 1, Level.CITY: 9, Level.COUNTY: 84, Level.TOWNSHIP: 1169, Level.VILLAGE: 17497}
        village = db.session.scalar(select(Organisation).where(Organisation.code == "350982107203"))
        assert [unit.name for unit in queries.path(village.id)][:4] == ["福建省", "宁德市", "福鼎市", "点头镇"]
        province = queries.by_code("350000000000")
        assert sum(queries.count_below(province.id).values()) == 18759
        # Every unit stands once below each of its ancestors and itself.
        assert closures == sum(n * depth for n, depth in ((1, 1), (9, 2), (84, 3), (1169, 4), (17497, 5)))

    def test_a_dry_run_writes_nothing(self, app):
        done = app.test_cli_runner().invoke(args=["organisations", "import", "--dry-run", str(SAMPLE)])
        assert "将新增18760" in done.output
        assert count(Organisation) == 0


BAD = {
    "missing parent": (("350982107999", "无主村", "350982999000", "village"), "没有找到上级单位350982999000"),
    "wrong level": (("350982107209", "倒置村", "350982107209", "township"), "不能设在"),
    "level unknown": (("350982107208", "某村", "350982107000", "hamlet"), "层级“hamlet”不认识"),
    "double code": (("350982107000", "又一个点头镇", "350982000000", "township"), "代码350982107000重复，第5行已经有了"),
    "short code": (("3509821", "短码村", "350982107000", "village"), "应是12位数字"),
    "no name": (("350982107204", " ", "350982107000", "village"), "没有单位名称"),
    "hidden character": (("350982107204", "观\u202e洋村", "350982107000", "village"), "第2个字是看不见的特殊符号"),
    "second root": (("360000000000", "江西省", "", "province"), "没有填上级代码"),
}


class TestBadFiles:
    @pytest.mark.parametrize(("line", "words"), BAD.values(), ids=BAD.keys())
    def test_a_fault_is_named_by_its_line_and_nothing_is_taken(self, app, line, words):
        with pytest.raises(BadTree) as refusal:
            service.import_tree(rows(*CHAIN[:4], line), today=TODAY)
        assert "第6行" in str(refusal.value)
        assert words in str(refusal.value)
        assert count(Organisation) == count(Closure) == 0

    def test_every_fault_of_a_file_is_named(self, app):
        lines = [line for line, _ in BAD.values()]
        with pytest.raises(BadTree) as refusal:
            service.import_tree(rows(*CHAIN[:4], *lines), today=TODAY)
        assert {f"line.{n}" for n in range(6, 6 + len(lines))} <= set(refusal.value.fields)

    def test_a_bad_header_is_said(self, app):
        with pytest.raises(BadHeader, match="parent_code"):
            service.import_tree(csv.DictReader(io.StringIO("代码,code,name,level\n1,2,3,4\n")), today=TODAY)

    def test_a_line_with_a_column_too_few_is_named(self, app):
        text = "code,name,parent_code,level\n350000000000,福建省,,province\n\n350900000000,宁德市\n"
        with pytest.raises(BadTree, match="第4行"):
            service.import_tree(csv.DictReader(io.StringIO(text)), today=TODAY)

    def test_a_level_already_known_is_not_changed(self, app):
        a_tree()
        with pytest.raises(BadTree, match="已登记为乡镇"):
            service.import_tree(rows(("350982107000", "点头镇", "350900000000", "county")), today=TODAY)

    def test_gbk_is_read_and_binary_refused(self, app, tmp_path):
        text = "code,name,parent_code,level\n350000000000,福建省,,province\n"
        (tmp_path / "gbk.csv").write_bytes(text.encode("gbk"))
        done = app.test_cli_runner().invoke(args=["organisations", "import", str(tmp_path / "gbk.csv")])
        assert done.exit_code == 0, done.output
        assert queries.by_code("350000000000").name == "福建省"
        with pytest.raises(UnreadableFile):
            rules.decode(b"\x89PNG\xff\xff\x00")

    def test_the_command_line_names_each_fault(self, app, tmp_path):
        (tmp_path / "bad.csv").write_text("code,name,parent_code,level\n1,福建省,,province\n", encoding="utf-8")
        done = app.test_cli_runner().invoke(args=["organisations", "import", str(tmp_path / "bad.csv")])
        assert done.exit_code == 1
        assert "bad_tree" in done.output
        assert "第2行：代码“1”应是12位数字" in done.output


class TestChanges:
    def test_a_new_name_is_taken_over(self, app):
        tree = a_tree()
        done = service.import_tree(rows(("350982107203", "观洋社区", "350982107000", "village")), today=TODAY)
        assert (done.added, done.changed, done.same) == (0, 1, 0)
        assert queries.organisation(tree.village.id).name == "观洋社区"

    def test_a_county_that_began_alone_gets_its_province_later(self, app):
        county = ("350982000000", "福鼎市", "", "county")
        service.import_tree(rows(county), today=TODAY)
        done = service.import_tree(rows(*CHAIN), today=date(2027, 6, 1))
        assert (done.added, done.changed) == (4, 1)
        names = [unit.name for unit in queries.path(queries.by_code("350982107203").id)]
        assert names == ["福建省", "宁德市", "福鼎市", "点头镇", "观洋村委会"]
        assert service.import_tree(rows(*CHAIN), today=TODAY).same == 5

    def test_a_unit_under_another_parent_is_moved_as_of_today_with_all_below(self, app):
        tree = a_tree()
        service.import_tree(rows(("350982105000", "磻溪镇", "350982000000", "township")), today=TODAY)
        service.import_tree(rows(("350982107203", "观洋村委会", "350982105000", "village")), today=date(2027, 6, 1))
        other = queries.by_code("350982105000")
        assert other.id in queries.lineage(tree.group.id)
        assert tree.township.id not in queries.lineage(tree.group.id)
        assert tree.township.id in queries.lineage(tree.group.id, on=date(2027, 5, 31))
        assert tree.township.id in queries.lineage(tree.village.id, on=date(1999, 1, 1))
        assert [u.id for u in queries.path(tree.village.id)] == [tree.province.id, tree.city.id, tree.county.id, other.id, tree.village.id]
