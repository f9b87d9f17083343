"""青年联谊: unmarried young people meet; as many women as men, looked at or drawn by lot, known on the day by a number."""

from datetime import date, timedelta
from typing import Any

from eventsvc.core.errors import Conflict
from eventsvc.core.lunar import lunar_to_solar
from eventsvc.core.periods import full_years
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    BudgetLine,
    Choice,
    Choices,
    Counter,
    Date,
    Document,
    Indicator,
    LongText,
    Number,
    Personal,
    ScheduleLine,
    Single,
    Task,
    Text,
    YesNo,
    per_registration,
)
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.declare.rule import HOLDS, Plan, Rule, Told, Verdict, refuses

PARTS = (
    ("games", N_("破冰游戏")),
    ("talk", N_("分组交谈")),
    ("outdoor", N_("户外徒步或采摘")),
    ("handicraft", N_("手工、做茶")),
    ("dinner", N_("集体用餐")),
    ("lecture", N_("婚恋讲座")),
)
EDUCATION = (
    ("secondary", N_("高中、中专及以下")),
    ("college", N_("大专")),
    ("bachelor", N_("本科")),
    ("master", N_("研究生")),
)
MARITAL = (("never", N_("未婚")), ("divorced", N_("离异")), ("widowed", N_("丧偶")))


class NotThisAge(Conflict):
    """The meeting is for people of another age."""

    code = "not_this_age"
    words = N_("这次联谊面向{fewest}到{most}岁的单身青年，到活动那天您{years}岁；欢迎参加其他场次")


def _of_age(plan: Plan, told: Told) -> Verdict:
    """Refuse who is younger or older on the day than those whom the organiser invites."""
    fewest, most = int(plan.get("youngest") or 20), int(plan.get("oldest") or 45)
    day = plan["counted_on"] if isinstance(plan["counted_on"], date) else date.fromisoformat(plan["counted_on"])
    for person in (one for one in told["people"] if one.get("born_on")):
        years = full_years(person["born_on"], day)
        if not fewest <= years <= most:
            facts: dict[str, Any] = {"fewest": fewest, "most": most, "years": max(years, 0)}
            return refuses(NotThisAge(**facts, fields={f"people.{person['role']}.born_on": [NotThisAge(**facts).said]}))
    return HOLDS


def title(unit: str, day: date) -> str:
    """Name the meeting after the unit and the day."""
    return f"{unit}{day.year}年{day.month}月青年联谊活动"


def double_seventh(today: date) -> date:
    """Give the next 七夕 that leaves three weeks to prepare."""
    days = (lunar_to_solar(year, 7, 7) for year in (today.year, today.year + 1))
    return next(day for day in days if day >= today + timedelta(days=21))


KIND = ActivityKind(
    code="youth_mixer",
    label=N_("青年联谊"),
    about=N_("单身青年交友联谊：男女名额分开，报名后审核或抽签，现场只认号码不公布个人资料。"),
    can=frozenset({"sign_up", "counters"}),
    title=title,
    theme="缘来有你 相约美好",
    purpose="为单身青年搭建真诚交友的平台，倡导文明健康的婚恋观和简约适度的婚俗新风。",
    capacity=40,
    party=Single(
        Date("born_on", N_("出生日期"), personal=Personal.CONTACT, help=N_("用来核对年龄，不公布")),
        Number("height", N_("身高"), required=False, min=100, max=230, unit=N_("厘米"), personal=Personal.CONTACT),
        Choice("education", N_("学历"), of=EDUCATION, personal=Personal.CONTACT),
        Text("work", N_("单位和职业"), required=False, longest=60, personal=Personal.CONTACT),
        Choice("marital", N_("婚姻状况"), of=MARITAL, default="never", personal=Personal.CONTACT),
        Text("wechat", N_("微信号"), required=False, longest=40, personal=Personal.CONTACT, help=N_("只在双方都愿意时由工作人员转告")),
        LongText("interests", N_("兴趣爱好"), required=False, longest=200, rows=2, personal=Personal.STORY),
        LongText("hopes", N_("希望遇到怎样的人"), required=False, longest=200, rows=2, personal=Personal.STORY),
        YesNo("single_pledge", N_("本人承诺目前单身，所填内容真实"), required=True, personal=Personal.CONTACT),
        label=N_("报名人"),
    ),
    plan=(
        Choices("parts_of_day", N_("活动内容"), of=PARTS, required=True),
        Date("counted_on", N_("年龄计算日"), help=N_("一般就是活动当天")),
        Number("youngest", N_("最小年龄"), required=False, min=18, max=80, default=20, unit=N_("岁")),
        Number("oldest", N_("最大年龄"), required=False, min=18, max=80, default=45, unit=N_("岁")),
        Text("co_hosts", N_("联合主办"), required=False, longest=200, help=N_("如：团委、总工会、妇联")),
    ),
    plan_defaults=lambda day: {"parts_of_day": ["games", "talk"], "counted_on": day, "youngest": 20, "oldest": 40},
    rules=(Rule("of_age", N_("年龄合适"), _of_age, says=(NotThisAge,)),),
    bring=(N_("身份证，只核对，不登记、不留存"), N_("舒适得体的衣服"), N_("现场只用号码牌，请不要拍别人的资料")),
    schedule=(
        ScheduleLine(-30, "签到，领号码牌", "接待组"),
        ScheduleLine(0, "开场，介绍规则", "主持人"),
        ScheduleLine(10, "破冰游戏", "主持人"),
        ScheduleLine(50, "分组交谈，每8分钟换一位", "主持人"),
        ScheduleLine(110, "自由交流、用茶点", "后勤组"),
        ScheduleLine(150, "填写意向卡，工作人员当场核对", "接待组"),
    ),
    budget=(BudgetLine("场地布置和音响", 150_000), BudgetLine("茶点和用餐", 200_000), BudgetLine("号码牌、意向卡和小礼品", 80_000), BudgetLine("保险", 40_000)),
    tasks=(
        Task(-21, N_("和团委、工会、妇联商定规模，分好男女名额")),
        Task(-18, N_("发布报名；定好先审核还是抽签")),
        Task(-7, N_("审核或抽签，通知入选和候补的人")),
        Task(-3, N_("电话确认来不来，空出的名额让给候补")),
        Task(-1, N_("印号码牌和意向卡，不印姓名")),
        Task(3, N_("双方都愿意的，分别转告联系方式")),
        Task(30, N_("满意度回访")),
    ),
    counters=(
        Counter("matched", N_("互选成功"), N_("对"), steps=(1,)),
        Counter("leaflets", N_("婚育新风资料"), N_("份"), steps=(1, 10)),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("registered", N_("入选人数"), N_("人"), of="parties_registered"),
        Indicator("people", N_("到场青年"), N_("人次"), of="people_present", task=N_("宣传教育")),
        Indicator("matched", N_("互选成功"), N_("对"), of="counter:matched", task=N_("宣传教育")),
        Indicator("leaflets", N_("宣传资料"), N_("份"), of="counter:leaflets", task=N_("宣传教育")),
        Indicator("satisfied", N_("回访满意"), N_("人"), help=N_("回访时说满意的人数")),
    ),
    documents=(
        Document("summary", N_("活动总结"), "documents/summary.html", after="held"),
        Document("sign_in", N_("签到表"), "documents/sign_in_sheet.html"),
        per_registration("badge", N_("号码牌"), "kinds/youth_mixer/badge.html", after="published", help=N_("只印号码，不印姓名")),
    ),
    report_questions=(
        LongText("highlights", N_("特色做法"), required=False, longest=1000),
        LongText("follow_up", N_("后续跟进"), required=False, longest=500, help=N_("不写个人姓名")),
        Text("media", N_("媒体报道"), required=False, longest=300, help=N_("媒体名称、标题、日期")),
    ),
    extra={"usual_day": double_seventh, "lasts": timedelta(hours=3)},
)
