"""亲子活动: a session for babies of nought to three and whoever looks after them; small, in time slots, gentle."""

from datetime import date, timedelta
from typing import Any

from eventsvc.core.errors import Conflict
from eventsvc.core.periods import full_months
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    BudgetLine,
    Choice,
    Choices,
    Counter,
    Date,
    Document,
    Family,
    Indicator,
    LongText,
    Number,
    Personal,
    ScheduleLine,
    Task,
    Text,
    YesNo,
)
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.declare.rule import HOLDS, Plan, Rule, Told, Verdict, refuses

THEMES = (
    ("reading", N_("亲子阅读")),
    ("music", N_("音乐律动")),
    ("handicraft", N_("手工和绘画")),
    ("sports", N_("爬行和运动")),
    ("class", N_("家长课堂")),
    ("clinic", N_("义诊咨询")),
)
CARERS = (
    ("mother", N_("妈妈")),
    ("father", N_("爸爸")),
    ("grandparent", N_("祖辈")),
    ("relative", N_("其他亲属")),
    ("nanny", N_("保姆或育儿嫂")),
)


class NotThisAge(Conflict):
    """The session is for babies of another age."""

    code = "not_this_age"
    words = N_("这场活动适合{fewest}到{most}个月的宝宝，到活动那天您的宝宝{months}个月；欢迎参加其他场次")


def _of_age(plan: Plan, told: Told) -> Verdict:
    """Refuse a baby that is younger or older on the day than the session is made for."""
    baby = next((person for person in told["people"] if person["role"] == "baby"), None)
    if baby is None or not baby.get("born_on"):
        return HOLDS
    fewest, most = int(plan.get("youngest_months") or 0), int(plan.get("oldest_months") or 36)
    day = plan["counted_on"] if isinstance(plan["counted_on"], date) else date.fromisoformat(plan["counted_on"])
    months = full_months(baby["born_on"], day)
    if fewest <= months <= most:
        return HOLDS
    facts: dict[str, Any] = {"fewest": fewest, "most": most, "months": max(months, 0)}
    return refuses(NotThisAge(**facts, fields={"people.baby.born_on": [NotThisAge(**facts).said]}))


def title(unit: str, day: date) -> str:
    """Name a session after the unit and the month: there are many in a year."""
    return f"{unit}{day.year}年{day.month}月“向日葵亲子小屋”活动"


def next_saturday(today: date) -> date:
    """Give the Saturday after the next two weeks: families come when the parents are at home."""
    day = today + timedelta(days=14)
    return day + timedelta(days=(5 - day.weekday()) % 7)


KIND = ActivityKind(
    code="parent_child",
    label=N_("亲子活动"),
    about=N_("0—3岁宝宝和带养人一起参加的小型活动：按场次限额报名，一个家庭一个名额。"),
    can=frozenset({"sign_up", "counters"}),
    title=title,
    theme="科学养育 快乐成长",
    purpose="把科学养育知识和亲子陪伴的方法带给家庭，让带养人学得会、用得上，让宝宝玩得开心。",
    capacity=15,
    party=Family(
        baby=(
            Date("born_on", N_("宝宝出生日期"), personal=Personal.CONTACT, help=N_("用来核对月龄")),
            Text("allergies", N_("过敏和健康提示"), required=False, longest=200, personal=Personal.HEALTH,
                 help=N_("如：对鸡蛋过敏。只给现场老师看，活动后7天删除")),
        ),
        carer=(Choice("relation", N_("和宝宝的关系"), of=CARERS, personal=Personal.CONTACT),),
    ),
    plan=(
        Choices("themes", N_("活动内容"), of=THEMES, required=True),
        Date("counted_on", N_("月龄计算日"), help=N_("一般就是活动当天")),
        Number("youngest_months", N_("最小月龄"), required=False, max=72, default=0, unit=N_("个月")),
        Number("oldest_months", N_("最大月龄"), required=False, max=72, default=36, unit=N_("个月")),
        Text("teacher", N_("带班老师"), required=False, longest=60),
        Text("disinfection", N_("消毒和通风安排"), required=False, longest=200),
    ),
    plan_defaults=lambda day: {
        "themes": ["reading"], "counted_on": day, "youngest_months": 6, "oldest_months": 36, "disinfection": "活动前一天玩具、垫子消毒，当天开窗通风30分钟",
    },
    sign_up=(
        LongText("wishes", N_("最想了解的育儿问题"), required=False, longest=300, rows=2, personal=Personal.CONTACT),
        YesNo("stroller", N_("会推婴儿车来")),
        YesNo("portrait_consent", N_("同意拍照，照片可用于活动宣传")),
    ),
    rules=(Rule("of_age", N_("宝宝月龄合适"), _of_age, says=(NotThisAge,)),),
    bring=(N_("宝宝的水杯、尿不湿和替换衣服"), N_("防滑袜，进活动室要脱鞋"), N_("发热、咳嗽的宝宝请先在家休息，打电话改期")),
    schedule=(
        ScheduleLine(-30, "通风、消毒，摆好垫子和教具", "后勤组"),
        ScheduleLine(-10, "签到、测体温、换鞋", "接待组"),
        ScheduleLine(0, "认识新朋友，手指操", "带班老师"),
        ScheduleLine(10, "主题活动", "带班老师"),
        ScheduleLine(40, "点心和喝水", "后勤组"),
        ScheduleLine(50, "家长交流、答疑", "科学养育指导员"),
        ScheduleLine(70, "整理教具，送别", "全体"),
    ),
    budget=(BudgetLine("教具和绘本", 80_000), BudgetLine("老师课酬", 60_000), BudgetLine("点心和饮水", 20_000), BudgetLine("消毒用品和保险", 15_000)),
    tasks=(
        Task(-14, N_("定主题和带班老师，发报名链接")),
        Task(-7, N_("检查玩具和教具，准备绘本")),
        Task(-2, N_("提醒家长带的东西，确认来不来；空出的名额让给候补")),
        Task(-1, N_("消毒、通风，检查插座和桌角")),
        Task(0, N_("写活动记录：目标、过程、宝宝的反应")),
        Task(3, N_("回访没来的家庭，上报数字和照片")),
    ),
    counters=(
        Counter("consulted", N_("育儿咨询"), N_("人次"), steps=(1, 5)),
        Counter("books", N_("借出、发放绘本和资料"), N_("册"), steps=(1, 5, 10)),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("families_registered", N_("报名家庭"), N_("户次"), of="parties_registered"),
        Indicator("families", N_("到场家庭"), N_("户次"), of="parties_present", task=N_("优生优育")),
        Indicator("people", N_("到场宝宝和带养人"), N_("人次"), of="people_present", task=N_("优生优育")),
        Indicator("consulted", N_("育儿咨询"), N_("人次"), of="counter:consulted", task=N_("优生优育")),
        Indicator("books", N_("绘本和资料"), N_("册"), of="counter:books", task=N_("优生优育")),
        Indicator("home_visits_after", N_("转入户指导"), N_("户次"), help=N_("活动中发现需要、约好上门的")),
    ),
    documents=(
        Document("summary", N_("活动总结"), "documents/summary.html", after="held"),
        Document("sign_in", N_("签到表"), "documents/sign_in_sheet.html"),
    ),
    report_questions=(
        LongText("course", N_("活动过程"), required=False, longest=1000, help=N_("目标、做了什么、宝宝和家长的反应")),
        LongText("reflection", N_("反思和改进"), required=False, longest=500),
        LongText("voices", N_("家长反映"), required=False, longest=500, help=N_("不写家庭的姓名和病情")),
    ),
    extra={"usual_day": next_saturday, "lasts": timedelta(minutes=80)},
)  # fmt: skip
