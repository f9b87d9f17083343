"""会员活动日, the whole way: approval on paper, volunteers by the link, a typhoon, counters on a phone; on SQLite and on PostgreSQL."""

from datetime import timedelta
from uuid import UUID

import pytest

from eventsvc.core import clock
from eventsvc.core.periods import local
from tests.activities.pictures import jpeg
from tests.browser.test_golden_wedding import words_of
from tests.browser.town import Town

TITLE = "柏柳村会员活动日"


@pytest.fixture(params=["town", "town_on_postgresql"])
def either_town(request: pytest.FixtureRequest) -> Town:
    """A town on each database."""
    found: Town = request.getfixturevalue(request.param)
    return found


def test_a_member_day_goes_from_a_village_to_the_province(either_town: Town) -> None:
    activity = planned_and_approved_on_paper(either_town)
    link = a_volunteer_signs_up(either_town)
    it_is_postponed(either_town, link)
    either_town.live.the_day_comes(UUID(activity))
    counted_on_a_phone(either_town, activity)
    either_town.live.it_is_over(UUID(activity))
    reported_and_accepted(either_town)
    the_paper_says_what_was_counted(either_town)
    the_province_sees_it(either_town)


def planned_and_approved_on_paper(town: Town) -> str:
    """Plan with sign-up for volunteers opened; the organiser herself enters the approval with a scan; publish."""
    village = town["cunli"]
    village.follows("^今天$").follows("新建活动").follows("会员活动日")
    assert "“5·29”第" in village.says("title") and not village.named("sign_up").first.is_checked()
    soon = local(clock.now() + timedelta(days=20)).strftime("%Y-%m-%dT09:00")
    closes = local(clock.now() + timedelta(days=19)).strftime("%Y-%m-%dT18:00")
    village.fills(title=TITLE, starts_at=soon, ends_at=soon.replace("T09", "T11"), venue="柏柳村广场", contact_phone="0593-7810001",
                  capacity="10", closes_at=closes, safety="卫生院派医生；雷雨改到祠堂。")  # fmt: skip
    village.picks(sign_up="1").presses("^保存$").sees("草稿已保存").follows("登记纸面审批").picture("approve-on-paper-1280")
    signed = local(clock.now()).date().isoformat()
    village.fills(approver="李镇长", approved_on=signed)
    village.page.set_input_files('[name="scan"]', {"name": "签字页.jpg", "mimeType": "image/jpeg", "buffer": jpeg((900, 1200))})
    village.presses("登记并批准").sees("纸面审批已登记").sees("李镇长")
    assert village.fetches(village.linked("看签字页"))[:2] == b"\xff\xd8"
    village.presses("^发布$").sees("已发布").picture("member-day-published-1280")
    return village.page.url.rsplit("/", 1)[1]


def a_volunteer_signs_up(town: Town) -> str:
    """Sign up as one person, on a phone."""
    link = town["cunli"].page.locator(".link-kit__address a").inner_text()
    helper = town.somebody(phone=True)
    helper.goes(link).picture("sign-up-volunteer-390")
    helper.fills(people__participant__name="林志强", people__participant__phone="13900040004", answers__skill="会量血压")
    helper.picks(people__participant__sex="male", people__participant__role="clinic", consent__contact="1")
    helper.presses("提交报名").sees("报名成功").sees("义诊医护请带工作证").picture("receipt-volunteer-390")
    return link


def it_is_postponed(town: Town, link: str) -> None:
    """Give it another day; the page shows both, and whoever signed up is on the call list."""
    village = town["cunli"]
    later = local(clock.now() + timedelta(days=27)).strftime("%Y-%m-%dT09:00")
    village.follows("延期或改期").fills(starts_at=later, note="台风").presses("改到这个时间").sees("时间已改").picture("postponed-1280")
    village.follows("^通知$").sees("林志强").sees("时间或地点改了").picture("call-list-postponed-1280").presses("已通知")
    visitor = town.somebody(phone=True)
    visitor.goes(link).sees("时间改了").sees("原定").picture("sign-up-postponed-390")


def counted_on_a_phone(town: Town, activity: str) -> None:
    """Count with the thumb; take the last back; check the volunteer in."""
    phone = town.on_a_phone("cunli")
    phone.goes(f"/activities/{activity}/counters")
    leaflets, consulted = (phone.page.get_by_role("region", name=name) for name in ("发放宣传资料", "接受咨询"))
    for so_far in ("100", "200", "300"):
        phone.taps_button("加100", within=leaflets)
        leaflets.get_by_text(so_far, exact=True).wait_for()
    phone.taps_button("加10$", within=consulted)
    consulted.get_by_text("10", exact=True).wait_for()
    phone.taps_button("撤销", within=consulted)
    consulted.get_by_text("0", exact=True).wait_for()
    consulted.locator('[name="typed"]').fill("47")
    phone.taps_button("加上", within=consulted)
    consulted.get_by_text("47", exact=True).wait_for()
    phone.looks().picture("counters-390").follows("签到名单").taps_button("^签到$").sees("1/1")


def reported_and_accepted(town: Town) -> None:
    """Find what was counted in the report; say one figure otherwise, with the reason; have it accepted."""
    village, township = town["cunli"], town["zhenpi"]
    village.follows("^活动$").follows(TITLE).presses("活动已举办").follows("^活动报告$").presses("开始写报告")
    assert village.page.locator("tr", has_text="宣传资料").locator("strong").first.inner_text() == "300"
    village.fills(figures__banners__value="4", figures__consulted__value="50", spending__0__actual="1200", words__effect="晴天，来的人多。")
    village.fills_the_rest_with_nothing()
    with village.may_be_refused(409, 422):
        village.presses("保存并提交审核").sees("为什么不同|原因").picture("report-no-reason-1280")
    village.fills(figures__consulted__reason="收摊前又来了三位").presses("保存并提交审核").sees("已提交").picture("report-member-day-1280")
    township.follows("^今天$").follows(TITLE).sees("收摊前又来了三位").presses("审核通过").sees("报告已审核通过")


def the_paper_says_what_was_counted(town: Town) -> None:
    """Open the summary and find the figures in it."""
    village = town["cunli"]
    village.follows("^活动$").follows(TITLE).follows("^文件$").presses("^生成$", within=village.page.locator("#paper-of-summary"))
    village.page.locator(".pictures--pages img").first.wait_for(timeout=30_000)
    words = words_of(village.fetches(village.linked("下载PDF")))
    assert all(known in words for known in ("柏柳村会员活动日", "宣传资料", "300", "50")), words[:500]
    assert "林志强" not in words, "a summary names nobody who signed up"
    village.picture("summary-member-day-1280")


def the_province_sees_it(town: Town) -> None:
    """Find the leaflets at the province, within five seconds."""
    province = town["sheng"]
    province.follows("^数字$").picks(kind="member_day").presses("筛选").sees_soon(province.page.locator(".figures", has_text="300"))
    province.sees("宣传资料").sees("^300$").picture("figures-member-day-1280")
