"""入户访视: a round of visits to families, by their own group leader. No sign-up, no link, no faces."""

from datetime import date, timedelta
from typing import Any

from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, BudgetLine, Document, Indicator, ScheduleLine, Task
from eventsvc.declare.kind import SHARED_INDICATORS
from eventsvc.kinds.home_visit import questions


def title(unit: str, day: date) -> str:
    """Give a neutral title: it never says what sort of families are visited."""
    return f"{unit}{day.year}年{day.month}月入户访视"


def defaults(day: date) -> dict[str, Any]:
    """Suggest a month for the round, one visit each, and what young families ask about most."""
    return {
        "visit_kind": "care_0_3", "due_on": day + timedelta(days=30), "visits_each": 1,
        "focus": ["feeding", "responsive"], "consent_at_door": True,
    }  # fmt: skip


KIND = ActivityKind(
    code="home_visit",
    label=N_("入户访视"),
    about=N_("小组长上门看望联系的家庭：0–3岁科学养育指导，或暖心慰问。没有报名，按名单走访，手机上记。"),
    can=frozenset({"round"}),
    title=title,
    theme="把关心送到家门口",
    purpose="了解家庭的需要，送去科学养育知识和关心，发现问题及时帮助转介。",
    plan=questions.PLAN,
    plan_defaults=defaults,
    schedule=(
        ScheduleLine(0, "集中培训：访视要点和礼节", "家庭健康指导员"),
        ScheduleLine(90, "分片领取名单和资料，开始入户", "小组长"),
    ),
    budget=(
        BudgetLine("宣传资料与书籍", 200_000),
        BudgetLine("慰问品", 300_000),
        BudgetLine("小组长交通补贴", 100_000),
    ),
    tasks=(
        Task(-14, N_("核对名单：新出生、迁入迁出、联系小组长")),
        Task(-7, N_("培训小组长，准备资料")),
        Task(0, N_("开始入户")),
        Task(15, N_("看进度，家中无人的换时间再去")),
        Task(30, N_("汇总问题和转介，逐件跟进")),
        Task(35, N_("写小结上报")),
    ),
    indicators=(
        *SHARED_INDICATORS,
        Indicator("households_due", N_("应访家庭"), N_("户"), of="households_due", measure="distinct"),
        Indicator("households_seen", N_("已访家庭"), N_("户"), of="households_seen", measure="distinct", task=N_("优生优育")),
        Indicator("visits", N_("入户访视"), N_("户次"), of="visits_made", task=N_("优生优育")),
        Indicator("problems", N_("发现问题"), N_("件"), of="problems", task=N_("家庭帮扶")),
        Indicator("referrals", N_("转介"), N_("人次"), of="referrals", task=N_("优生优育")),
        Indicator("materials", N_("发放资料"), N_("份"), of="materials", task=N_("优生优育")),
        Indicator("condolence_money", N_("慰问金和物资折价"), N_("元"), measure="money", task=N_("家庭帮扶")),
    ),
    documents=(Document("summary", N_("活动总结"), "documents/summary.html", after="held"),),
    report_questions=questions.REPORT,
    dignified=True,
    extra={"visit": questions.VISIT, "sealed": questions.SEALED, "lasts": timedelta(days=30, hours=8)},
)
