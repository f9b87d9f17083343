"""入户访视, the whole way: a list from a spreadsheet, a round, a leader's phone, a report, the province; a special family stays hidden."""

import io
from datetime import timedelta
from uuid import UUID

from openpyxl import Workbook

from eventsvc.core import clock
from eventsvc.core.periods import day_of
from tests.browser.town import VILLAGE, Town

TITLE = "柏柳村入户访视"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOUSEHOLDS = (
    ("1", "雷小凤", "13900050001", "柏柳村8号", "陈阿妹", "否", "宝宝五个月"),
    ("2", "蓝秀英", "13900050002", "柏柳村12号", "陈阿妹", "否", "双胞胎"),
    ("3", "钟秘密", "13900050003", "柏柳村15号", "陈阿妹", "是", "独生子女去世"),
)


def test_a_round_of_home_visits_goes_from_a_village_to_the_province(town: Town) -> None:
    assert town["zuzhang"], "the leader stands in the list by her name"
    the_list_is_read_in(town)
    activity = a_round_is_planned(town)
    households_are_assigned(town)
    town.live.the_day_comes(UUID(activity))
    the_leader_walks_her_round(town)
    the_special_family_is_hidden(town)
    town.live.it_is_over(UUID(activity))
    reported_and_accepted(town)
    the_province_sees_it(town)
    town.finds_every_link_alive()


def the_list_is_read_in(town: Town) -> None:
    """Import the village's own spreadsheet: checked first, then taken in."""
    village = town["cunli"]
    village.follows("^单位$").follows(VILLAGE).follows("^家庭$").sees("名单还是空的").picture("households-empty-1280").follows("导入名单")
    wrong = [*HOUSEHOLDS[:2], ("3", "钟秘密", "不知道", "", "陈阿妹", "是", "")]
    for rows, seen in ((wrong, "一户都没有导入"), (HOUSEHOLDS, "检查通过")):
        village.page.set_input_files('[name="file"]', {"name": "名单.xlsx", "mimeType": SHEET, "buffer": sheet(rows)})
        with village.may_be_refused(422):
            village.presses("检查名单").sees(seen)
        village.picture(f"import-{len(rows)}-{seen == '检查通过'}-1280")
    village.presses("导入这3户").sees("雷小凤").sees("特殊家庭").misses("钟秘密").misses("独生子女").picture("households-1280")


def sheet(rows: object) -> bytes:
    """Return a spreadsheet as a village office keeps it."""
    book = Workbook()
    for row in (("户编号", "户主姓名", "电话", "住址", "小组长", "特殊家庭", "家庭情况"), *rows):  # type: ignore[misc]
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_round_is_planned(town: Town) -> str:
    """Plan with what is suggested; the township approves; publish: no link, no poster."""
    village, township = town["cunli"], town["zhenpi"]
    village.follows("^今天$").follows("新建活动").follows("入户访视")
    village.fills(title=TITLE, venue="柏柳村全村", contact_phone="0593-7810001").presses("^保存$").presses("提交审批").sees("已提交")
    activity = village.page.url.rsplit("/", 1)[1]
    township.follows("^今天$").follows(TITLE).presses("^批准$").sees("已批准")
    village.follows("^今天$").follows(TITLE).presses("^发布$").sees("已发布").misses("报名二维码").misses("打印海报")
    return activity


def households_are_assigned(town: Town) -> None:
    """Take the whole roll into the round; each goes to its own leader; the first is due yesterday."""
    village = town["cunli"]
    village.follows("^访视$").sees("还没有选人家").picture("round-empty-1280").follows("从名单里加家庭").picture("round-add-1280")
    village.presses("全部加入").sees("名单上新增3户")
    yesterday = (day_of(clock.now()) - timedelta(days=1)).isoformat()
    village.page.get_by_role("row", name="雷小凤").get_by_role("checkbox").check()
    village.picks(leader_id=str(_leader(town))).fills(due_on=yesterday).presses("指派勾选的家庭").sees("已指派1户")
    village.misses("钟秘密").picture("round-1280")


def _leader(town: Town) -> str:
    options = town["cunli"].page.locator('[name="leader_id"] option').filter(has_text="陈阿妹")
    return str(options.first.get_attribute("value"))


def the_leader_walks_her_round(town: Town) -> None:
    """See who is due; call; nobody home in one tap; a whole visit; a household that was on no list."""
    leader = town["zuzhang"]
    leader.goes("/").sees("名单上3户").sees("已逾期").picture("leader-390")
    first = leader.page.locator("li.listing__item", has_text="雷小凤")
    assert first.get_by_role("link", name="打电话").get_attribute("href") == "tel:13900050001"
    leader.taps = 0
    leader.taps_button("家中无人", within=first).sees("已记下家中无人").sees("上次无人")
    assert leader.taps == 1, "nobody home is one tap"
    leader.picture("leader-nobody-home-390")

    leader.opens("以后再访").follows("^蓝秀英").sees("双胞胎").picture("visit-new-390")
    with leader.may_be_refused(422):
        leader.picks(outcome="seen", way="home").presses("保存这次访视").sees("请选见到了谁").picture("visit-refused-390")
    leader.picks(met="mother", topics="feeding", has_problem="1", referral="clinic").fills(
        problems="孩子湿疹，想问怎么护理", leaflets="2", books="1", next_on=(day_of(clock.now()) + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    leader.presses("保存这次访视").sees("已记下这次访视").picture("leader-after-390")

    leader.follows("登记名单外的家庭").picture("visit-unplanned-390").fills(head="吴新来", phone="13900050009", address="柏柳村20号")
    leader.picks(outcome="seen", way="home", met="grandparent", topics="safety").presses("登记这户并保存访视").sees("已登记这一户")
    leader.picture("leader-done-390")


def the_special_family_is_hidden(town: Town) -> None:
    """Let only the leader see who lives there; the office and the township see a number."""
    leader, village, township = town["zuzhang"], town["cunli"], town["zhenpi"]
    leader.opens("以后再访").sees("3号家庭").misses("钟秘密").follows("3号家庭").sees("钟秘密").sees("只有您能看到是谁").picture("visit-special-390")
    leader.follows("返回")
    for other in (village, township):
        other.follows("^活动$").follows(TITLE).follows("^访视$").sees("特殊家庭").misses("钟秘密").misses("独生子女").misses("13900050003")
    village.picture("round-seen-1280")
    township.picture("round-from-above-1280")


def reported_and_accepted(town: Town) -> None:
    """Find the visits in the report; have it accepted."""
    village, township = town["cunli"], town["zhenpi"]
    village.follows("^概况$").presses("活动已举办").follows("^活动报告$").presses("开始写报告")
    known = {name: village.page.locator("tr", has_text=name).locator("strong").first.inner_text() for name in ("应访家庭", "已访家庭", "转介")}
    assert known == {"应访家庭": "4", "已访家庭": "2", "转介": "1"}
    village.misses("new_photos").fills(spending__0__actual="600", words__effect="两户见到了人，一户转介。")
    village.fills_the_rest_with_nothing().presses("保存并提交审核").sees("已提交")
    village.misses("湿疹").picture("report-visits-1280")
    township.follows("^报告$").follows(TITLE).presses("审核通过").sees("报告已审核通过")


def the_province_sees_it(town: Town) -> None:
    """Find the visits at the province; households are counted in each report alone, for two rounds may see the same ones."""
    province = town["sheng"]
    visits = province.page.locator(".figure", has_text="入户访视")
    province.follows("^数字$").picks(kind="home_visit").presses("筛选").sees_soon(visits)
    assert "2" in visits.inner_text().split()
    province.picture("figures-visits-1280").misses("钟秘密").misses("雷小凤")
