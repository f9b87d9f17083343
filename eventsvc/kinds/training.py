"""会员培训: a course for group leaders and officers whom their units name; each of them has a place, a tick and a certificate."""

from datetime import date, timedelta

from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    BudgetLine,
    Choice,
    Choices,
    Delegation,
    Document,
    Indicator,
    LongText,
    Number,
    Personal,
    ScheduleLine,
    Task,
    Text,
    YesNo,
    per_registration,
)
from eventsvc.declare.kind import SHARED_INDICATORS

SUBJECTS = (
    ("policy", N_("优化生育政策")),
    ("care", N_("0—3岁科学养育")),
    ("family_health", N_("家庭健康")),
    ("visits", N_("入户访视方法")),
    ("law", N_("法律和权益维护")),
    ("writing", N_("信息写作和报表")),
)
POSTS = (
    ("group_leader", N_("会员小组长")),
    ("officer", N_("计生专干")),
    ("chair", N_("协会会长、副会长")),
    ("secretary", N_("秘书长")),
    ("instructor", N_("家庭健康指导员")),
    ("other", N_("其他")),
)
MEALS = (("any", N_("没有忌口")), ("vegetarian", N_("素食")), ("halal", N_("清真")), ("low_sugar", N_("少糖")))


def title(unit: str, day: date) -> str:
    """Name the course after the unit and the year."""
    return f"{unit}{day.year}年计生协骨干培训班"


def in_spring_or_autumn(today: date) -> date:
    """Give the next 15 April or 15 October that leaves a month to send the notice round."""
    days = sorted(date(year, month, 15) for year in (today.year, today.year + 1) for month in (4, 10))
    return next(day for day in days if day >= today + timedelta(days=30))


KIND = ActivityKind(
    code="training",
    label=N_("会员培训"),
    about=N_("会员小组长、专干等骨干的培训班：由各单位推荐人员，一张表报1到20人，每人一个名额。"),
    can=frozenset({"sign_up"}),
    title=title,
    theme="强本领 优服务",
    purpose="帮助基层计生协骨干掌握政策和方法，提高为家庭服务的本领。",
    capacity=60,
    party=Delegation(
        Choice("post", N_("职务"), of=POSTS, default="group_leader", personal=Personal.CONTACT),
        Choice("meal", N_("用餐"), required=False, of=MEALS, personal=Personal.HEALTH),
        YesNo("lodging", N_("需要住宿"), personal=Personal.CONTACT),
        label=N_("学员"),
    ),
    plan=(
        Choices("subjects", N_("培训内容"), of=SUBJECTS, required=True),
        Number("hours", N_("学时"), max=80, unit=N_("学时")),
        Text("teachers", N_("授课老师"), required=False, longest=200),
        Text("lodging_place", N_("食宿安排"), required=False, longest=200),
        YesNo("exam", N_("结业测试")),
    ),
    plan_defaults=lambda day: {"subjects": ["policy", "visits"], "hours": 6, "exam": True},
    sign_up=(
        Text("unit_name", N_("推荐单位"), longest=60, personal=Personal.CONTACT, help=N_("如：点头镇计生协、柏柳村计生协")),
        Text("arrival", N_("到达时间和交通"), required=False, longest=100, personal=Personal.CONTACT),
    ),
    bring=(N_("笔记本和笔"), N_("要住宿的请带身份证")),
    schedule=(
        ScheduleLine(-30, "报到，领资料", "会务组"),
        ScheduleLine(0, "开班动员", "主办单位"),
        ScheduleLine(20, "专题授课", "授课老师"),
        ScheduleLine(150, "午餐、休息", "会务组"),
        ScheduleLine(270, "分组讨论、案例演练", "授课老师"),
        ScheduleLine(360, "结业测试，颁发证书", "主办单位"),
    ),
    budget=(BudgetLine("授课费", 200_000), BudgetLine("资料印刷", 80_000), BudgetLine("学员用餐", 240_000), BudgetLine("场地租用", 100_000)),
    tasks=(
        Task(-30, N_("定课程、请老师，发通知和报名链接")),
        Task(-10, N_("催没有报名的单位，汇总食宿")),
        Task(-3, N_("印资料和签到表，确认老师行程")),
        Task(-1, N_("布置会场，试投影和话筒")),
        Task(0, N_("上下午各签到一次，收测试卷")),
        Task(5, N_("发结业证书，写总结上报")),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("units", N_("推荐单位"), N_("个"), of="parties_registered"),
        Indicator("trained", N_("参训人员"), N_("人次"), of="people_present", task=N_("组织建设")),
        Indicator("hours", N_("学时"), N_("学时"), task=N_("组织建设")),
        Indicator("passed", N_("测试合格"), N_("人"), help=N_("没有测试的填0"), task=N_("组织建设")),
    ),
    documents=(
        Document("summary", N_("活动总结"), "documents/summary.html", after="held"),
        Document("sign_in", N_("签到表"), "documents/sign_in_sheet.html"),
        per_registration("certificate", N_("结业证书"), "kinds/training/certificate.html", after="held", help=N_("到场学员每人一份")),
    ),
    report_questions=(
        LongText("course", N_("培训情况"), required=False, longest=1000),
        LongText("feedback", N_("学员反馈"), required=False, longest=500),
        Number("average_score", N_("测试平均分"), required=False, max=100, unit=N_("分")),
    ),
    extra={"usual_day": in_spring_or_autumn, "lasts": timedelta(hours=7)},
)
