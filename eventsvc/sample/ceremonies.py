"""Golden weddings of the sample, one or more in every state."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from eventsvc.registrations import service as registrations
from eventsvc.sample.couples import invite
from eventsvc.sample.parties import Body, Couples, both_pairs
from eventsvc.sample.plans import ceremony, helpers, opening
from eventsvc.sample.stage import Stage
from eventsvc.sample.story import Story
from eventsvc.sample.telling import Telling

KIND = "golden_wedding"
PROXIES = ("child", "", "child", "village_staff", "", "grandchild", "")
MOMENTS = {"longest_years": 61, "average_years": 54, "oldest_age": 88,
           "moments": "一位老人把年轻时的合影揣在怀里带来，翻拍时两人不约而同摆出了当年的姿势。",
           "media": "福鼎新闻网：执手半世纪，茶乡庆金婚"}  # fmt: skip


def stories(stage: Stage) -> Iterator[Story]:
    """Give the ceremonies, the oldest first."""
    double_ninth, last_double_ninth = stage.last(9, 9, lunar=True), stage.last(9, 9, years=1, lunar=True)
    seventh = stage.last(7, 7, lunar=True)
    told = (
        ("太姥山镇", "taimushan", f"太姥山镇{last_double_ninth.year}年重阳金婚庆典", last_double_ninth, archived),
        ("柏柳村", "boliu", f"柏柳村{seventh.year}年七夕金婚礼", seventh, accepted),
        ("点头镇", "diantou", f"点头镇{double_ninth.year}年重阳金婚庆典", double_ninth, accepted_with_papers),
        ("白琳镇", "two-units", f"白琳镇{stage.day(-20).year}年“茶香情长”金婚庆典", stage.day(-20), report_returned),
        ("硖门畲族乡", "xiamen-she", f"硖门畲族乡{stage.day(-6).year}年畲家金婚庆典", stage.day(-6), report_in_drafting),
        ("瑞云村", "ruiyun", f"瑞云村{stage.day(6).year}年金婚夫妇座谈合影", stage.day(6), cancelled),
        ("太姥山镇", "taimushan", f"太姥山镇{stage.today.year}年“山海为盟”金婚庆典", stage.today, today),
        ("点头镇", "diantou", f"点头镇{stage.day(25).year}年“白茶情·金婚礼”", stage.day(25), open_and_full),
        ("白琳镇", "two-units", f"白琳镇{stage.day(10).year}年金婚夫妇集体庆典", stage.day(10), postponed),
        ("桐城街道", "tongcheng", f"桐城街道{stage.day(55).year}年社区金婚庆典", stage.day(55), not_open_yet),
        ("硖门畲族乡", "xiamen-she", f"硖门畲族乡{stage.day(45).year}年金婚敬老庆典", stage.day(45), approved),
        ("柏柳村", "boliu", f"柏柳村{stage.day(50).year}年金婚庆典", stage.day(50), submitted),
        ("观洋村", "diantou", f"观洋村{stage.day(48).year}年金婚庆典", stage.day(48), returned),
        ("福鼎市", "fuding", f"福鼎市{stage.day(70).year}年“百对金婚”集体庆典", stage.day(70), approved_on_paper),
        ("太姥山镇", "taimushan", f"太姥山镇{stage.day(62).year}年渔家金婚庆典", stage.day(62), draft),
    )  # fmt: skip
    yield from (Story(KIND, *one) for one in told)


def bodies(telling: Telling, number: int, *, villages: tuple[str, ...] = ()) -> list[Body]:
    """Return so many couples, signed up by themselves, by children, by the village."""
    couples = Couples(telling.people, telling.day)
    places: list[UUID | None] = [telling.units[name] for name in villages] or [None]
    return [couples.body(places[at % len(places)], proxy=PROXIES[at % len(PROXIES)]) for at in range(number)]


def _ceremony(telling: Telling, couples: int, present: int, venue: str) -> None:
    """Take a ceremony from its plan to the evening of its day."""
    telling.on_stage(ceremony(telling.day, venue, couples + 2, partners=helpers(telling.unit)))
    telling.sign_up(bodies(telling, couples), telling.before(35, 19))
    telling.check_in(telling.before(0, 8, 10), all_but=couples - present)
    telling.count(telling.before(0, 10, 30), companions=present * 2 + 3, clinic=present + 9, audience=present * 14)
    telling.hold()


def accepted(telling: Telling) -> None:
    """Held, reported, accepted: its figures stand at the province."""
    _ceremony(telling, 6, 6, "村文化礼堂")
    telling.reported(MOMENTS, certificates=6, makeup_shoots=0, media=1)


def accepted_with_papers(telling: Telling) -> None:
    """The same in a town, with a walk-in, somebody who could not come, and papers asked for."""
    villages = ("柏柳村", "观洋村", "大坪村", "翁溪村")
    telling.on_stage(ceremony(telling.day, "点头镇文化广场（镇政府东侧）", 16, partners=("点头镇老人协会", "点头中心卫生院", "点头镇茶业协会")))
    couples = telling.sign_up(bodies(telling, 13, villages=villages), telling.before(36, 19))
    doubtful = Couples(telling.people, telling.day).body(years=50, told="year")
    (asked,) = telling.sign_up([doubtful], telling.before(21, 19))
    registrations.reject(asked, "户口簿上的结婚日期是年底，到庆典还差两个月，欢迎明年再来。", actor=telling.organiser, now=telling.before(19))
    extra = bodies(telling, 2)
    telling.add(extra[0], telling.before(20))
    telling.walk_in(extra[1], telling.before(0, 8, 40))
    telling.check_in(telling.before(0, 8, 50), all_but=2)
    telling.count(telling.before(0, 10, 30), companions=31, clinic=46, audience=320)
    telling.hold()
    telling.reported(MOMENTS | {"absent": "两对没有到场，已约好下周上门补拍。"}, certificates=15, makeup_shoots=2, media=2)
    telling.ask_for("summary", telling.after(6))
    telling.ask_for("sign_in", telling.after(6))
    telling.ask_for("certificate", telling.after(6), couples[2])


def archived(telling: Telling) -> None:
    """Of last year, put away for good."""
    _ceremony(telling, 9, 8, "太姥山镇秦屿码头渔家广场")
    telling.reported(MOMENTS, certificates=9, makeup_shoots=1, media=1)
    telling.archive(telling.after(60))


def report_returned(telling: Telling) -> None:
    """Its report came back with words."""
    _ceremony(telling, 7, 6, "翠郊古民居前埕")
    telling.report(telling.after(2), MOMENTS, certificates=7, makeup_shoots=0, media=0)
    telling.report_move("submit", telling.after(4, 16))
    telling.report_move("send_back", telling.after(6), note="证书7份，到场6对，请写一句会后送证的情况；另补一张颁证的照片。")


def report_in_drafting(telling: Telling) -> None:
    """Held last week; somebody has begun to write."""
    telling.on_stage(ceremony(telling.day, "瑞云村畲族文化广场", 8, partners=("畲族文化研究会",)))
    telling.sign_up(bodies(telling, 5, villages=("瑞云村", "柏洋村")), telling.before(30, 19))
    telling.walk_in(bodies(telling, 1)[0], telling.before(0, 8))
    telling.check_in(telling.before(0, 8, 20))
    telling.count(telling.before(0, 10, 30), companions=13, clinic=22, audience=150)
    telling.hold()
    telling.report(telling.after(2), certificates=6, makeup_shoots=0, media=0)


def today(telling: Telling) -> None:
    """It is being held today: half of the couples are there."""
    telling.on_stage(ceremony(telling.day, "太姥山镇文体中心一楼大厅", 12, partners=("太姥山镇卫生院", "海警志愿服务队")))
    telling.sign_up(bodies(telling, 10, villages=("方家山村", "秦屿村", "潋城村")), telling.before(33, 19))
    telling.check_in(telling.before(0, 8, 15), all_but=5)
    telling.count(telling.before(0, 9, 5), companions=12, clinic=7)


def open_and_full(telling: Telling) -> None:
    """Sign-up is open, all places are taken: a waiting list, one to review, one who went, both pairs of parents."""
    villages = ("柏柳村", "观洋村", "后井村", "龙田村", "马洋村")
    telling.on_stage(ceremony(telling.day, "点头镇妈祖宫前广场", 12, partners=("点头镇妇联", "点头中心卫生院", "点头镇茶业协会")))
    couples = Couples(telling.people, telling.day)
    places = [telling.units[name] for name in villages]
    doubtful = couples.body(places[4], years=50, told="year", proxy="child")
    pair = both_pairs(couples.body(places[0], proxy="child"), couples.body(places[1], proxy="child"))
    single = [couples.body(places[at % 5], proxy=PROXIES[at % len(PROXIES)]) for at in range(13)]
    done = telling.sign_up([*single[:6], doubtful, pair, *single[6:]], telling.before(36, 19))
    registrations.withdraw(done[2], now=telling.stage.at(-1, 20))
    invite(telling, telling.stage.at(-1, 21), most=6, decline=True)


def postponed(telling: Telling) -> None:
    """Published, signed up for, then given another day."""
    telling.on_stage(ceremony(telling.day, "白琳镇老街戏台", 10, partners=("白琳镇老人协会",)))
    telling.sign_up(bodies(telling, 5, villages=("翠郊村", "康山村")), telling.before(30, 19))
    another = telling.stage.at(telling.day + timedelta(days=14))
    telling.postpone(another, telling.stage.at(-1, 11), "天气预报那几天有大风大雨，为老人安全改期。")


def not_open_yet(telling: Telling) -> None:
    """Published, sign-up begins in five days."""
    times = opening(telling.stage.at(5), telling.before(10, 18))
    telling.draft(ceremony(telling.day, "桐城街道流美社区文化中心", 20, partners=("流美社区", "桐城街道卫生服务中心"), **times), telling.stage.at(-14))
    telling.approve(telling.stage.at(-12))
    telling.publish(telling.stage.at(-2, 15))


def cancelled(telling: Telling) -> None:
    """Called off, with people on its list who must be told."""
    telling.on_stage(ceremony(telling.day, "瑞云村文化礼堂", 6))
    telling.sign_up(bodies(telling, 3), telling.before(30, 19))
    telling.move("cancel", telling.stage.at(-2, 16), note="进村道路塌方，预计一个月内修不好，今年不再举办。")


def approved(telling: Telling) -> None:
    """Approved by click, not published yet."""
    telling.draft(ceremony(telling.day, "硖门畲族乡文化站", 10), telling.stage.at(-6))
    telling.approve(telling.stage.at(-4))


def submitted(telling: Telling) -> None:
    """Waits for the town's approval."""
    telling.draft(ceremony(telling.day, "柏柳村文化礼堂", 8), telling.stage.at(-4))
    invite(telling, telling.stage.at(-3), most=9)
    telling.submit(telling.stage.at(-1))


def returned(telling: Telling) -> None:
    """Came back with words."""
    telling.draft(ceremony(telling.day, "观洋村小学操场", 10), telling.stage.at(-8))
    telling.submit(telling.stage.at(-5))
    telling.move("send_back", telling.stage.at(-3), actor=telling.approver, note="操场没有遮雨的地方，请先和村里商定雨天的去处，再报上来。")


def approved_on_paper(telling: Telling) -> None:
    """The chair signed on paper; the office entered it with a photo of the page."""
    plan = ceremony(telling.day, "福鼎市体育馆", 100, partners=("福鼎市卫生健康局", "福鼎市妇联", "福鼎市医院", "福鼎市文化馆"))
    telling.draft(plan, telling.stage.at(-9))
    telling.approve_on_paper(telling.stage.at(-1, 15), telling.stage.day(-2))


def draft(telling: Telling) -> None:
    """Begun, and left for another day: hardly more than a title."""
    telling.draft({"safety": ""}, telling.stage.at(-1, 17))
