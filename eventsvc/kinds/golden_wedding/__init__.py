"""金婚庆典: a place honours couples married for fifty years or more."""

from datetime import date, timedelta

from eventsvc.core.lunar import lunar_to_solar
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    BudgetLine,
    Counter,
    Couple,
    Document,
    Indicator,
    ScheduleLine,
    Task,
    per_registration,
)
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.kinds.golden_wedding import questions, rules


def title(unit: str, day: date) -> str:
    """Name the ceremony after the unit and the year."""
    return f"{unit}{day.year}年金婚庆典"


def double_ninth(today: date) -> date:
    """Give the next 重阳, the feast of the old, that leaves a month to prepare."""
    days = (lunar_to_solar(year, 9, 9) for year in (today.year, today.year + 1, today.year + 2))
    return next(day for day in days if day >= today + timedelta(days=30))


KIND = ActivityKind(
    code="golden_wedding",
    label=N_("金婚庆典"),
    about=N_("为结婚满50年的夫妇办一场集体庆典：夫妇报名、量衣拍照、证婚颁证、合影留念。"),
    can=frozenset({"sign_up", "counters"}),
    title=title,
    theme="执手五十载 家风代代传",
    purpose="弘扬敬老爱老、夫妻和睦的婚育新风，让携手半个世纪的老人受到尊敬，让年轻人看见家庭的样子。",
    capacity=20,
    party=Couple(*questions.EACH),
    plan=questions.PLAN,
    plan_defaults=lambda day: {"cutoff_date": day, "years": rules.YEARS, "residence": "any", "once_only": True},
    sign_up=questions.SIGN_UP,
    rules=rules.RULES,
    bring=(
        N_("双方身份证"),
        N_("结婚证或其他证明；没有也可以来，现场由村（社区）帮助核实"),
        N_("年轻时的合影一张，现场翻拍后当面归还"),
        N_("常用的药和老花镜"),
    ),
    schedule=(
        ScheduleLine(-60, "老人到场，量血压，更衣化妆", "医疗组、接待组"),
        ScheduleLine(-20, "引导入座，清点人数", "接待组"),
        ScheduleLine(0, "主持人开场，领导致辞", "主持人"),
        ScheduleLine(15, "金婚夫妇走红毯入场", "引导员"),
        ScheduleLine(35, "夫妇代表讲述相守故事", "主持人"),
        ScheduleLine(55, "颁发金婚纪念证书，切蛋糕", "主办单位"),
        ScheduleLine(75, "集体合影、全家福", "摄影组"),
        ScheduleLine(100, "吃长寿面，送老人返程", "后勤组"),
    ),
    budget=(
        BudgetLine("场地布置与音响", 300_000),
        BudgetLine("服装与化妆", 400_000),
        BudgetLine("证书、相框与摄影", 300_000),
        BudgetLine("蛋糕与午餐", 240_000),
        BudgetLine("接送车辆与保险", 160_000),
    ),
    tasks=(
        Task(-45, N_("请小组长摸底，列出结婚满50年的夫妇")),
        Task(-30, N_("发布通知，开始报名")),
        Task(-20, N_("逐户确认：夫妻双方都愿意参加")),
        Task(-14, N_("汇总服装尺码，订服装和证书")),
        Task(-10, N_("排好化妆摄影时间，逐对电话通知")),
        Task(-7, N_("核对姓名用字，确认医生、车辆和保险")),
        Task(-1, N_("布置会场，试音响，走一遍流程")),
        Task(3, N_("登记缺席夫妇，安排上门补拍")),
        Task(7, N_("送照片，写总结上报")),
    ),
    counters=(
        Counter("companions", N_("陪同家属"), N_("人"), steps=(1, 5)),
        Counter("clinic", N_("义诊（量血压等）"), N_("人次"), steps=(1, 5, 10)),
        Counter("audience", N_("到场观众"), N_("人"), steps=(1, 10, 50)),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("couples_registered", N_("报名夫妇"), N_("对"), of="parties_registered"),
        Indicator("couples", N_("到场金婚夫妇"), N_("对"), of="parties_present", task=N_("宣传教育")),
        Indicator("companions", N_("陪同家属"), N_("人次"), of="counter:companions"),
        Indicator("clinic", N_("义诊"), N_("人次"), of="counter:clinic", task=N_("生殖健康")),
        Indicator("certificates", N_("颁发证书"), N_("份"), help=N_("包括会后送到家的")),
        Indicator("makeup_shoots", N_("上门补拍"), N_("对")),
        Indicator("media", N_("媒体报道"), N_("篇"), task=N_("宣传教育")),
    ),
    documents=(
        Document("summary", N_("活动总结"), "documents/summary.html", after="held"),
        Document("sign_in", N_("签到表"), "documents/sign_in_sheet.html"),
        per_registration(
            "certificate", N_("金婚纪念证书"), "kinds/golden_wedding/certificate.html", after="published",
            help=N_("每对夫妇一份，印两人姓名和结婚年份"),
        ),
    ),
    report_questions=questions.REPORT,
    extra={"usual_day": double_ninth, "lasts": timedelta(hours=3), "honours": True},
)  # fmt: skip
