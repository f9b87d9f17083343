"""Who may come and why not: on the form, over a list, and set aside with a reason."""

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import func, select

from eventsvc.audit.models import AuditRow
from eventsvc.core.errors import NotAllowed, NotFound
from eventsvc.infra.db import db
from eventsvc.infra.forms import flatten
from eventsvc.kinds.golden_wedding.rules import NotGoldenYet
from eventsvc.people import honours
from eventsvc.people.honours import Spouse, Two
from eventsvc.registrations import queries, service
from eventsvc.registrations.errors import SayWhy
from eventsvc.registrations.models import Channel, Registration, Standing
from eventsvc.registrations.schemas import Party, PersonAnswers
from eventsvc.registrations.service.change import as_sent, correcting, party_of
from tests.clients import form_of
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.activities import an_activity
from tests.factories.organisations import a_tree
from tests.factories.people import an_xlsx
from tests.factories.registrations import couple_body, entered, signed_up

LATE = {"calendar": "solar", "year": 1990, "month": 1, "day": 1}
UNSURE = {"calendar": "solar", "year": 1977}


@pytest.fixture
def world(app):
    tree = a_tree()
    organiser = a_user("organiser", tree.village)
    return tree, organiser, an_activity(unit=tree.village, by=organiser, residence="lives")


def on_the_roll(tree, **spouses):
    two = Two(Spouse("张建国", **spouses.get("husband", {})), Spouse("李秀英", **spouses.get("wife", {})), frozenset({1974, 1975}))
    honours.honour(tree.village.id, two, 50, date(2025, 10, 29), now=NOW)


class TestTheRoll:
    born = {"people__husband__name": "张建国", "people__wife__name": "李秀英", "people__husband__born_on": "1950-03-12", "people__wife__born_on": "1952-06-01"}

    def test_refuses_whom_it_knows_for_sure_whatever_they_say(self, world):
        tree, _, activity = world
        on_the_roll(tree, husband={"born_on": date(1950, 3, 12)}, wife={"born_on": date(1952, 6, 1)})
        with pytest.raises(Exception, match="表彰名册上已有两位（2025年，结婚满50年）") as no:
            signed_up(activity, **self.born)
        assert no.value.code == "already_honoured" and db.session.scalar(select(func.count()).select_from(Registration)) == 0

    def test_lets_namesakes_be_looked_at_and_keeps_codes_not_words(self, world):
        tree, _, activity = world
        on_the_roll(tree)
        record = queries.by_id(signed_up(activity, **self.born).id)
        assert record.standing is Standing.TO_REVIEW and "同名" in record.doubts
        stored = db.session.scalar(select(Registration.review_reason))
        assert stored == '[["perhaps_on_the_roll",{"year":2025}]]'

    def test_is_not_asked_where_anybody_may_come_again(self, app, statements):
        activity = an_activity(once_only=False)
        statements.clear()
        signed_up(activity, **self.born)
        assert not any("honour" in one for one in statements)

    def test_is_asked_in_one_statement(self, world, statements):
        statements.clear()
        signed_up(world[2])
        assert sum("honour" in one for one in statements) == 1


class TestEveryRefusalAtOnce:
    def test_on_the_form(self, app, world):
        from_form = {"answers__married_on": LATE, "answers__residence": "elsewhere", "answers__honoured_before": "yes"}
        with pytest.raises(NotGoldenYet) as no:
            signed_up(world[2], **from_form)
        assert set(no.value.fields) == {"answers.married_on", "answers.residence", "answers.honoured_before"}


class TestOverride:
    def test_needs_a_reason_stays_with_the_party_and_in_the_audit(self, app, world):
        _, organiser, activity = world
        party = {"answers__married_on": LATE, "answers__residence": "elsewhere"}
        with pytest.raises(NotGoldenYet):
            entered(activity, organiser, **party)
        with pytest.raises(SayWhy):
            entered(activity, organiser, override="好", **party)
        own = entered(activity, organiser, override="县里特批，补办婚礼", **party)
        assert queries.by_id(own).overridden == {"married_long": True, "lives_here": True}
        row = db.session.scalar(select(AuditRow).where(AuditRow.action == "registrations.rules_set_aside"))
        assert row.facts["reason"] == "县里特批，补办婚礼" and set(row.facts["rules"]) == {"married_long", "lives_here"} and row.actor_id == organiser.id
        page = logged_in(app, organiser).get(f"/activities/{activity.id}/registrations/{own}").text
        assert "经说明理由放宽的条件" in page and "婚龄、户籍和居住" in page

    def test_is_for_organisers(self, world):
        tree, _, activity = world
        with pytest.raises((NotAllowed, NotFound)):
            entered(activity, a_user("group_leader", tree.village), override="县里特批", answers__married_on=LATE)

    def test_the_public_cannot_say_it(self, app, world):
        activity = world[2]
        with pytest.raises(Exception, match="."):
            signed_up(activity, override="县里特批", answers__married_on=LATE)
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 0

    def test_what_stands_aside_stays_aside_when_the_party_is_corrected(self, app, world):
        _, organiser, activity = world
        own = entered(activity, organiser, override="县里特批", answers__married_on=LATE)
        record = queries.by_id(own)
        sent = as_sent(party_of(record))
        sent["people"]["wife"]["phone"] = "13805935678"
        service.correct(own, correcting(record).load(sent), actor=organiser, now=NOW)

    def test_who_came_to_be_on_the_roll_is_admitted_only_with_a_reason(self, world):
        tree, organiser, activity = world
        own = signed_up(activity, **(TestTheRoll.born | {"answers__married_on": UNSURE})).id
        on_the_roll(tree, husband={"born_on": date(1950, 3, 12)}, wife={"born_on": date(1952, 6, 1)})
        with pytest.raises(Exception, match="表彰名册上已有"):
            service.let_in(own, actor=organiser, now=NOW)
        assert service.let_in(own, override="名册记错了人", actor=organiser, now=NOW) is Standing.PLACED
        assert queries.by_id(own).overridden == {"never_honoured": True}

    def test_the_office_page_offers_it_after_a_refusal(self, app, world):
        _, organiser, activity = world
        browser = logged_in(app, organiser)
        path = f"/activities/{activity.id}/registrations/new"
        drawn = browser.get(path).text
        assert "确实要收" not in drawn
        nonce = re.search(r'name="_nonce" value="([^"]+)"', drawn)[1]
        told = dict(flatten(couple_body(answers__married_on=LATE))) | {"_nonce": nonce, "proxy.relation": "self"}
        again = browser.post(path, told, status=409)
        assert "确实要收" in again.text
        browser.post(path, {**told, "_override": "县里特批，补办婚礼"}, status=303)


class TestDryRun:
    HEAD = ("丈夫姓名", "丈夫出生日期", "妻子姓名", "妻子出生日期", "结婚日期", "户籍和居住", "以前参加过")

    def test_over_a_paste_each_row_says_which_rule_and_why_and_nothing_is_written(self, app, world):
        tree, organiser, activity = world
        on_the_roll(tree, husband={"born_on": date(1950, 3, 12)}, wife={"born_on": date(1952, 6, 1)})
        browser = logged_in(app, organiser)
        path = f"/activities/{activity.id}/registrations/eligibility"
        browser.get(path)
        rows = (self.HEAD, ("张建国", "1950-03-12", "李秀英", "1952-06-01", "1974年腊月初八", "长住", ""), ("林福生", "", "陈阿梅", "", "农历1974.12.8", "长住", "否"),
                ("王大山", "", "赵小兰", "", "1990-01-19", "外地", "是"), ("周文龙", "", "吴金花", "", "77年", "", ""), ("郑明", "", "许丽", "", "1975-02-30", "", ""))  # fmt: skip
        before = db.session.scalar(select(func.count()).select_from(Registration))
        shown = browser.post(path, {"pasted": "\n".join("\t".join(row) for row in rows)}).text
        for words in ("表彰名册上已有两位（2025年，结婚满50年）", "结婚37年", "面向本地夫妇", "没有参加过", "结婚日期只知道大概", "没有写户籍", "第6行“结婚日期”", "没有30日"):
            assert words in shown, words
        assert db.session.scalar(select(func.count()).select_from(Registration)) == before
        sealed = form_of(shown, action="/eligibility")["list"]
        file = browser.post(path, {"list": sealed, "as": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
        cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows(min_row=3, max_row=7)]
        assert [row[2] for row in cells] == ["不符合", "符合", "不符合", "要核实", "看不懂"]
        assert cells[2][3].count("：") >= 3

    def test_over_a_workbook(self, app, world):
        _, organiser, activity = world
        browser = logged_in(app, organiser)
        path = f"/activities/{activity.id}/registrations/eligibility"
        browser.get(path)
        file = [(io.BytesIO(an_xlsx(self.HEAD, ("林福生", "", "陈阿梅", "", "1975/1/19", "长住", ""))), "名单.xlsx")]
        assert "符合" in browser.post(path, {"file": file}, content_type="multipart/form-data").text
        assert "请选一个文件" in browser.post(path, {"pasted": ""}, status=422).text
        assert "没有找到表头" in browser.post(path, {"pasted": "一整行看不懂的话"}, status=422).text

    def test_over_the_current_list_names_are_masked(self, app, world):
        tree, organiser, activity = world
        signed_up(activity, **TestTheRoll.born)
        on_the_roll(tree, husband={"born_on": date(1950, 3, 12)}, wife={"born_on": date(1952, 6, 1)})
        shown = logged_in(app, organiser).get(f"/activities/{activity.id}/registrations/eligibility").text
        assert "张*国、李*英" in shown and "张建国" not in shown and "表彰名册上已有两位" in shown

    def test_whoever_came_to_the_door_without_a_date_is_looked_at_and_breaks_nothing(self, app, world):
        _, by, activity = world
        party = Party((PersonAnswers("husband", {"name": "蓝金水"}), PersonAnswers("wife", {"name": "雷凤英"})))
        service.add_by_staff(activity.id, party, channel=Channel.WALK_IN, nonce="door", actor=by, now=NOW)
        assert "没有写结婚日期" in logged_in(app, by).get(f"/activities/{activity.id}/registrations/eligibility").text
