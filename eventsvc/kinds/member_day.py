"""“5·29”会员活动日: a day in the open with stalls, shows and a free clinic; counted, not named."""

from datetime import date, timedelta

from eventsvc.core.periods import FIRST_MEMBER_DAY, member_day_ordinal
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    BudgetLine,
    Choice,
    Choices,
    Counter,
    Document,
    Indicator,
    LongText,
    Number,
    Personal,
    ScheduleLine,
    Single,
    Task,
    Text,
)
from eventsvc.declare.kind import SHARED_INDICATORS

PARTS = (
    ("square", N_("广场宣传")),
    ("show", N_("文艺演出")),
    ("quiz", N_("有奖竞答")),
    ("clinic", N_("义诊")),
    ("lecture", N_("健康讲座")),
    ("condolence", N_("走访慰问")),
    ("honours", N_("表彰先进")),
    ("talk", N_("座谈会")),
)
ROLES = (("volunteer", N_("志愿者")), ("performer", N_("演出人员")), ("clinic", N_("义诊医护")))


def title(unit: str, day: date) -> str:
    """Name the day by its year and its number: 1999 was the first."""
    if day.year < FIRST_MEMBER_DAY:
        return f"{day.year}年“5·29”会员活动日"
    return f"{day.year}年“5·29”第{member_day_ordinal(day.year)}个会员活动日"


def may_29(today: date) -> date:
    """Give the next 29 May that leaves two weeks to prepare."""
    days = (date(year, 5, 29) for year in (today.year, today.year + 1))
    return next(day for day in days if day >= today + timedelta(days=14))


KIND = ActivityKind(
    code="member_day",
    label=N_("“5·29”会员活动日"),
    about=N_("5月29日前后的广场宣传、演出、义诊和慰问：现场点数，不逐个登记；需要志愿者时可以开放报名。"),
    can=frozenset({"sign_up", "counters"}),
    sign_up_optional=True,
    title=title,
    theme="会员在行动 健康进家庭",
    purpose="宣传优化生育政策和健康知识，展示会员风采，把服务送到群众身边。",
    capacity=30,
    party=Single(
        Choice("role", N_("报名做什么"), of=ROLES, default="volunteer", personal=Personal.CONTACT),
        Text("unit", N_("单位或村（社区）"), required=False, personal=Personal.CONTACT),
        label=N_("报名人"),
    ),
    plan=(
        Choices("parts_of_day", N_("活动内容"), of=PARTS, required=True),
        Number("stalls", N_("摊位"), required=False, max=200, unit=N_("个")),
        LongText("stall_plan", N_("摊位和分区安排"), required=False, longest=1000),
        Text("rain_plan", N_("遇雨怎么办"), required=False, longest=200, help=N_("如：移到村文化活动中心")),
    ),
    plan_defaults=lambda day: {"parts_of_day": ["square", "clinic"]},
    sign_up=(Text("skill", N_("特长或节目"), required=False, longest=100, help=N_("如：会量血压、闽剧清唱")),),
    bring=(N_("穿方便走动的鞋"), N_("义诊医护请带工作证和常用器具"), N_("演出人员请自带服装道具")),
    schedule=(
        ScheduleLine(-60, "搭摊位、挂横幅、调音响", "后勤组"),
        ScheduleLine(0, "启动仪式", "主办单位"),
        ScheduleLine(20, "文艺演出、有奖竞答", "宣传组"),
        ScheduleLine(20, "义诊、咨询、发放资料", "医疗组、宣传组"),
        ScheduleLine(150, "清点数字，收摊清场", "全体"),
    ),
    budget=(
        BudgetLine("横幅、展板与资料印刷", 300_000),
        BudgetLine("义诊耗材", 100_000),
        BudgetLine("竞答奖品", 150_000),
        BudgetLine("舞台音响", 200_000),
    ),
    tasks=(
        Task(-20, N_("定内容、定场地，联系卫生院和参加单位")),
        Task(-14, N_("印资料、做展板和横幅")),
        Task(-7, N_("分工到人，落实志愿者和节目")),
        Task(-1, N_("看天气，搭台布展")),
        Task(0, N_("现场用手机点数，收摊前核对一遍")),
        Task(5, N_("上报数字、照片和总结")),
    ),
    counters=(
        Counter("leaflets", N_("发放宣传资料"), N_("份"), steps=(10, 50, 100)),
        Counter("consulted", N_("接受咨询"), N_("人次"), steps=(1, 5, 10)),
        Counter("clinic", N_("义诊"), N_("人次"), steps=(1, 5, 10)),
        Counter("audience", N_("现场群众"), N_("人次"), steps=(10, 50, 100)),
        Counter("supplies", N_("发放药具"), N_("盒"), steps=(1, 10)),
        Counter("condolence", N_("慰问家庭"), N_("户"), steps=(1, 5)),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("leaflets", N_("宣传资料"), N_("份"), of="counter:leaflets", task=N_("宣传教育")),
        Indicator("consulted", N_("咨询"), N_("人次"), of="counter:consulted", task=N_("生殖健康")),
        Indicator("clinic", N_("义诊"), N_("人次"), of="counter:clinic", task=N_("生殖健康")),
        Indicator("audience", N_("现场群众"), N_("人次"), of="counter:audience", task=N_("宣传教育")),
        Indicator("supplies", N_("药具"), N_("盒"), of="counter:supplies", task=N_("生殖健康")),
        Indicator("condolence", N_("慰问家庭"), N_("户次"), of="counter:condolence", task=N_("家庭帮扶")),
        Indicator("volunteers", N_("到场志愿者等报名人员"), N_("人次"), of="people_present"),
        Indicator("condolence_money", N_("慰问金和物资折价"), N_("元"), measure="money", task=N_("家庭帮扶")),
        Indicator("boards", N_("展板"), N_("块"), task=N_("宣传教育")),
        Indicator("banners", N_("横幅标语"), N_("条"), task=N_("宣传教育")),
        Indicator("shows", N_("文艺演出"), N_("场"), task=N_("宣传教育")),
        Indicator("media", N_("媒体报道"), N_("篇"), task=N_("宣传教育")),
    ),
    documents=(
        Document("summary", N_("活动总结"), "documents/summary.html", after="held"),
        Document("sign_in", N_("签到表"), "documents/sign_in_sheet.html", help=N_("开放报名后才有名单；没有名单时印空白表")),
    ),
    report_questions=(
        LongText("highlights", N_("特色做法"), required=False, longest=1000, help=N_("一是……二是……三是……")),
        Text("guests", N_("参加的领导和单位"), required=False, longest=300),
        LongText("voices", N_("群众反映"), required=False, longest=500),
        Text("media", N_("媒体报道"), required=False, longest=300, help=N_("媒体名称、标题、日期")),
    ),
    extra={"usual_day": may_29, "lasts": timedelta(hours=3)},
)
