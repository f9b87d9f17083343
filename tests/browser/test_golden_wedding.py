"""金婚庆典, the whole way: a village plans, the township decides, a daughter signs her parents up, the province sees a figure."""

import io
import time
from uuid import UUID

from openpyxl import load_workbook
from playwright.sync_api import Locator
from pypdf import PdfReader

from tests.activities.pictures import jpeg
from tests.browser.person import Person
from tests.browser.town import COUNTY, TOWN, VILLAGE, Town

TITLE = "柏柳村金婚庆典"
TAPS, SECONDS = 15, 120
"""A daughter signs her parents up with fewer taps than these, besides typing, and in less time."""


def test_a_golden_wedding_goes_from_a_village_to_the_province(town: Town) -> None:
    place = planned_returned_and_approved(town)
    link = published(town)
    a_daughter_signs_up_her_parents(town, link)
    second = a_couple_signs_up(town, link, "吴德茂", "李䶮", "13900020002")
    third = a_couple_signs_up(town, link, "周海生", "蔡月娥", "13900030003", waits=True)
    one_withdraws_and_the_next_moves_up(town, second, third)
    a_lost_link_is_found_again(town, link, "周海生", "13900030003", third)
    the_day_at_the_door(town, place, third)
    town.live.it_is_over(UUID(place))
    reported_returned_and_accepted(town)
    papers_are_made(town)
    the_province_sees_it(town)
    town.finds_every_link_alive()


# -- before ------------------------------------------------------------------------------------------------------


def planned_returned_and_approved(town: Town) -> str:
    """Plan with what is suggested, save a draft, send it up, mend it, have it approved; returns the activity's id."""
    village, township = town["cunli"], town["zhenpi"]
    village.follows("^今天$").picture("organiser-home-empty-1280").follows("新建活动").picture("choose-1280").follows("金婚庆典")
    assert village.says("title").endswith("年金婚庆典") and "执手五十载" in village.says("theme")
    village.picture("plan-new-1280").presses("^保存$").sees("草稿已保存").sees("方案还差")
    village.picture("plan-gaps-1280")
    activity = village.page.url.rsplit("/", 1)[1]
    village.follows("修改方案").fills(
        title=TITLE, venue="柏柳村文化礼堂一楼", contact_phone="0593-7810001", capacity="2", eligibility="结婚满五十年的夫妇",
        safety="请点头镇卫生院派医生到场；备车一辆；下雨改到村小学。",
    )  # fmt: skip
    village.presses("^保存$").presses("提交审批").sees("已提交，等上级审批").picture("plan-submitted-1280")

    township.follows("^今天$").sees("等您审批的方案").picture("approver-home-1280").follows(TITLE).picture("plan-to-approve-1280")
    with township.may_be_refused(422):
        township.presses("退回修改").sees("原因|意见")
    township.fills(note="请写明老人怎么来、怎么回").presses("退回修改").sees("已退回")

    village.follows("^今天$").sees("退回来要改的方案").follows(TITLE).sees("请写明老人怎么来、怎么回").picture("plan-returned-1280")
    village.follows("修改方案").fills(plan__pick_up="8:00从各村民小组路口发车，办完送回").presses("^保存$").presses("提交审批")
    township.follows("^今天$").follows(TITLE).sees("8:00从各村民小组路口发车").fills(note="同意").presses("^批准$").sees("已批准")
    return activity


def published(town: Town) -> str:
    """Preview, publish, look at the poster; returns the public link."""
    village = town["cunli"]
    village.follows("^今天$").follows(TITLE).follows("预览报名页").picture("preview-1280")
    village.page.go_back()
    village.presses("^发布$").sees("已发布").sees("报名链接").picture("published-1280")
    link = village.page.locator(".link-kit__address a").inner_text()
    assert link.startswith(town.live.url)
    village.follows("打印海报").sees("柏柳村文化礼堂一楼").picture("poster-1280")
    assert village.page.locator(".poster__code img").evaluate("e => e.complete && e.naturalWidth > 100")
    village.page.go_back()
    return link


# -- sign-up -----------------------------------------------------------------------------------------------------


def a_daughter_signs_up_her_parents(town: Town, link: str) -> None:
    """Sign up by the link, on a phone, a lunar wedding day, few taps."""
    daughter = town.somebody(phone=True)
    begun = time.monotonic()
    daughter.goes(link).picture("sign-up-390")
    daughter.taps = 0
    daughter.picks(proxy__relation="child").fills(proxy__name="钟小燕", proxy__phone="13900010001")
    daughter.fills(people__husband__name="钟大山", people__wife__name="林水仙", people__wife__phone="0593-7812345")
    daughter.picks(answers__married_on__calendar="lunar").fills(answers__married_on__year="1972")
    daughter.picks(answers__married_on__month="8", answers__married_on__day="15", answers__marriage_proof="own_word")
    daughter.picks(answers__residence="both_registered", answers__honoured_before="no")
    with daughter.may_be_refused(422):
        daughter.presses("提交报名").sees("不同意登记姓名和联系方式").picture("sign-up-refused-390")
    assert daughter.says("people.husband.name") == "钟大山", "what was typed is kept"
    daughter.picks(consent__contact="1").presses("提交报名").sees("报名成功").picture("receipt-390")
    assert daughter.taps - 1 < TAPS, f"{daughter.taps} taps"
    assert time.monotonic() - begun < SECONDS
    daughter.sees("钟大山、林水仙").sees("0593-7810001").sees("要带什么")
    daughter.context.grant_permissions(["clipboard-read", "clipboard-write"])
    daughter.page.get_by_role("button", name="复制链接").click()
    daughter.sees("已复制")
    assert daughter.page.evaluate("navigator.clipboard.readText()") == daughter.page.locator("#private-link").inner_text()
    assert b"BEGIN:VEVENT" in daughter.fetches(daughter.linked("加入手机日历"))
    daughter.page.reload()
    daughter.sees("报名成功")


def a_couple_signs_up(town: Town, link: str, husband: str, wife: str, phone: str, *, waits: bool = False) -> Person:
    """Sign up for themselves; the third couple of two places waits."""
    couple = town.somebody(phone=True)
    couple.goes(link).picks(proxy__relation="self")
    couple.fills(people__husband__name=husband, people__husband__phone=phone, people__wife__name=wife)
    couple.fills(answers__married_on__year="1970").picks(answers__marriage_proof="certificate", answers__residence="one_registered")
    couple.picks(answers__honoured_before="no", consent__contact="1")
    if waits:
        couple.sees("已满").presses("登记候补").sees("已登记候补").sees("您现在是候补第1位").picture("receipt-waiting-390")
    else:
        couple.presses("提交报名").sees("报名成功")
    return couple


def one_withdraws_and_the_next_moves_up(town: Town, leaves: Person, moves_up: Person) -> None:
    """Withdraw by the private link on another phone; the next has the place, and the organiser a call to make."""
    elsewhere = town.somebody(phone=True)
    elsewhere.goes(leaves.page.locator("#private-link").inner_text()).sees("吴德茂").follows("修改或取消").picture("manage-390")
    elsewhere.opens("取消这份报名").presses("确定取消").sees("报名已取消").picture("receipt-withdrawn-390")
    moves_up.page.reload()
    moves_up.sees("报名成功")

    village = town["cunli"]
    village.follows("^今天$").sees("要打电话通知的人").picture("organiser-home-1280").follows(TITLE).sees("周海生").sees("有空位了")
    assert village.linked("13900030003") == "tel:13900030003"
    village.picture("call-list-1280").presses("已通知").sees("没有要通知的人")
    village.follows("^报名$").sees("钟大山").picture("registrations-1280").misses("13900030003")
    village.follows("钟大山").picture("registration-1280")


def a_lost_link_is_found_again(town: Town, link: str, name: str, phone: str, had_it: Person) -> None:
    """Find a sign-up again without its link: two facts, both right."""
    code = code_of(had_it)
    lost = town.somebody(phone=True)
    with lost.may_be_refused(403):
        lost.goes(f"/r/{code}").sees("请用专用链接打开").misses(name).picture("locked-390")
    lost.goes(link).follows("找回我的报名").fills(name=name, phone="13900000000")
    with lost.may_be_refused(422):
        lost.presses("找一找").sees("没有找到两项都对得上的报名").picture("find-390")
    lost.fills(phone=phone).presses("找一找").sees("报名成功")
    assert code_of(lost) == code


def code_of(person: Person) -> str:
    """Return the code on a receipt."""
    return person.page.locator(".receipt-code strong").inner_text()


# -- the day -----------------------------------------------------------------------------------------------------


def the_day_at_the_door(town: Town, activity: str, scanned: Person) -> None:
    """Check in by search and by the receipt's code, write down who came without a sign-up, take one back, all came."""
    town.live.the_day_comes(UUID(activity))
    door = town.on_a_phone("cunli")
    door.goes(f"/activities/{activity}/check-in").picture("check-in-390").fills(q="zds").taps_button("查找").sees("钟大山").misses("周海生")
    door.taps_button("两人都到了").sees("1/2").picture("check-in-searched-390")

    door.goes(f"/c/{code_of(scanned)}").sees("周海生").picture("check-in-scanned-390").presses("只到了周海生").sees("到了1人")
    stranger = town.somebody(phone=True)
    stranger.goes(f"/c/{code_of(scanned)}").sees("这是签到用的二维码").misses("周海生").picture("scan-stranger-390")

    door.follows("回到名单").follows("现场补登").picture("walk-in-390")
    door.fills(people__husband__name="何天福", people__wife__name="郑阿凤").picks(agreed="1", over="1").presses("登记并签到").sees("已补登并签到")
    door.opens("全部到齐").presses("确定，全部到了").sees("已为1人签到").sees("3/3").picture("check-in-all-390")
    door.taps_button("撤销签到", within=door.page.locator("li", has_text="周海生")).sees("2/3")
    door.taps_button("两人都到了", within=door.page.locator("li", has_text="周海生")).sees("3/3")
    door.follows("^计数$")
    companions = door.page.get_by_role("region", name="陪同家属")
    door.taps_button("加5", within=companions).sees("5").picture("counters-golden-390")


# -- after -------------------------------------------------------------------------------------------------------


def reported_returned_and_accepted(town: Town) -> None:
    """Write the report over what is known already, have it sent back, mend it, have it accepted."""
    village, township = town["cunli"], town["zhenpi"]
    village.follows("^活动$").follows(TITLE).sees("请点“活动已举办”").presses("活动已举办").picture("held-1280")
    village.follows("^今天$").sees("办完了、还没交报告的活动").follows(TITLE).presses("开始写报告").picture("report-new-1280")
    row = village.page.locator("tr", has_text="到场金婚夫妇")
    assert row.locator("strong").inner_text() == "3"
    village.fills(figures__certificates__value="3", spending__0__actual="2800.50", words__effect="三对老人领了证书，拍了合影。")
    village.fills_the_rest_with_nothing()
    village.page.set_input_files('[name="new_photos"]', {"name": "合影.jpg", "mimeType": "image/jpeg", "buffer": jpeg((1600, 1200))})
    village.presses("^保存$").sees("已保存").picture("report-photo-1280")
    village.fills(photos__0__caption="三对金婚夫妇合影").picks(photos__0__consent="1").presses("保存并提交审核").sees("已提交")
    village.picture("report-submitted-1280")

    township.follows("^今天$").sees("等您审核的报告").follows(TITLE).sees("三对老人领了证书").picture("report-to-review-1280")
    township.opens("退回修改").fills(note="请补一句老人的话").presses("退回修改").sees("已退回")
    village.follows("^今天$").follows(TITLE).sees("请补一句老人的话").follows("继续写")
    village.fills(answers__moments="钟大山说：路是两个人走出来的。").presses("保存并提交审核").sees("已提交")
    township.follows("^报告$").follows(TITLE).sees("路是两个人走出来的").presses("审核通过").sees("报告已审核通过").picture("report-accepted-1280")


def papers_are_made(town: Town) -> None:
    """Ask for the summary by its button; see it made; open it and find the figures; a certificate with a rare character's neighbour."""
    village = town["cunli"]
    village.follows("^活动$").follows(TITLE).follows("^文件$").picture("documents-1280")
    village.presses("^生成$", within=village.page.locator("#paper-of-summary"))
    village.page.locator(".job").first.wait_for()
    first = village.page.locator(".pictures--pages img").first
    first.wait_for(timeout=30_000)
    first.scroll_into_view_if_needed()
    village.page.wait_for_function("() => document.querySelector('.pictures--pages img').naturalWidth > 300")
    village.finds_no_barrier().picture("summary-1280")
    words = words_of(village.fetches(village.linked("下载PDF")))
    for known in (TITLE, "柏柳村文化礼堂一楼", "到场金婚夫妇", "三对老人领了证书", "2,800.50"):
        assert "".join(known.split()) in words, known

    village.follows("返回全部文件").presses("生成全部", within=village.page.locator("#paper-of-certificate"))
    village.page.locator(".pictures--pages img").nth(2).wait_for(timeout=30_000)
    village.picture("certificates-1280")
    certificates = words_of(village.fetches(village.linked("下载PDF")))
    assert all(name in certificates for name in ("钟大山", "林水仙", "周海生", "何天福")) and "吴德茂" not in certificates


def words_of(pdf: bytes) -> str:
    """Return the words of a paper without blanks."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def the_province_sees_it(town: Town) -> None:
    """Find the couples on the province's page within five seconds, walk down to the activity, find the same number in the workbook."""
    province = town["sheng"]
    province.follows("^数字$").picks(kind="golden_wedding").presses("筛选").sees_soon(couples(province, 3)).picture("figures-province-1280")
    book = load_workbook(io.BytesIO(province.fetches(province.linked("下载表格"))), data_only=True)
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert any("到场金婚夫妇" in str(cell) for cell in cells) and 3 in cells
    for unit in ("宁德市", COUNTY, TOWN, VILLAGE):
        province.follows(f"^{unit}$", within=province.page.get_by_role("region", name="各单位"))
        assert couples(province, 3).count(), unit
    province.picture("figures-village-1280").follows(TITLE).sees("三对老人领了证书").misses("钟大山、林水仙|13900010001")


def couples(person: Person, n: int) -> Locator:
    """Return the large figure that says that so many couples came."""
    return person.page.locator(".figure", has_text="到场金婚夫妇").filter(has=person.page.get_by_text(str(n), exact=True))
