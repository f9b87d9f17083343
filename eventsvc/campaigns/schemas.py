"""What is asked about a campaign, and of a unit that answers it."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema

from eventsvc.campaigns import rules
from eventsvc.campaigns.models import Campaign, Reach
from eventsvc.core.words import N_
from eventsvc.declare import Choice, Choices, Date, Field, LongText, Number, Rows, Text, schema_of
from eventsvc.kinds import KINDS
from eventsvc.organisations.models import ORDER, Level, Organisation

WORDS: tuple[Field, ...] = (
    Text("title", N_("名称"), longest=100, help=N_("例如：2027年“5·29”会员活动日")),
    Text("theme", N_("主题"), required=False, longest=200),
    Text("doc_number", N_("文号"), required=False, longest=50, help=N_("例如：鼎计生协〔2027〕5号；写成 [2027] 会自动换成〔2027〕")),
    Choices("kinds", N_("活动类型"), required=False, of=tuple((code, kind.label) for code, kind in KINDS.items()),
            help=N_("不选就是哪类都行")),
)  # fmt: skip
DAYS: tuple[Field, ...] = (
    Date("starts_on", N_("开始日期")),
    Date("ends_on", N_("结束日期")),
    Date("plan_by", N_("报计划的期限"), required=False),
    Date("due_on", N_("报告截止日期"), required=False),
)
WANTED: tuple[Field, ...] = (
    LongText("notice", N_("要求"), required=False, longest=5000, rows=8, help=N_("哪些单位要开展、各做几场、要报送什么")),
    Rows("targets", N_("每个单位的目标"), most=12, help=N_("不设目标就留空"), of=(
        Choice("code", N_("指标"), of=rules.figure_choices()),
        Number("amount", N_("不少于"), min=-1_000_000_000, max=1_000_000_000),
    )),
)  # fmt: skip
REACH_LEVELS = tuple((level.value, level.label) for level in ORDER[1:] if level is not Level.GROUP)


def new_campaign(unit: Organisation, children: Iterable[Organisation]) -> Schema:
    """Return the schema of a campaign that this unit issues: who takes part is chosen among what stands below it."""
    below = tuple((level.value, level.label) for level in ORDER[ORDER.index(unit.level) + 1 :] if level is not Level.GROUP)
    who: tuple[Field, ...] = (
        Choice("reach", N_("谁参加"), of=tuple(Reach.choices())),
        Choice("reach_level", N_("哪一级"), required=False, of=below or REACH_LEVELS, help=N_("选“某一级的单位”时填")),
        Choices("units", N_("哪些单位"), of=tuple((str(one.id), one.name) for one in children), help=N_("选“选定的单位”时勾选")),
    )
    return schema_of((*WORDS, *who, *DAYS, *WANTED), "campaign")()


class _Changed:
    """The questions that can be answered anew while it runs."""

    schema = schema_of((*WORDS[:3], *DAYS, *WANTED), "campaign_changed")


def changed_campaign() -> Schema:
    """Return the schema of a change: words, days, targets. Who was asked stays asked."""
    return _Changed.schema()


ReasonSchema = schema_of((LongText("note", N_("不参加的原因"), longest=500, rows=3, help=N_("例如：本村与邻村合办；正在换届")),), "reason")


def filled(campaign: Campaign, targets: Mapping[str, int], schema: Schema) -> dict[str, Any]:
    """Return a campaign as its form shows it."""
    known = ("title", "theme", "doc_number", "starts_on", "ends_on", "plan_by", "due_on", "notice")
    values = {name: getattr(campaign, name) for name in known} | {"kinds": campaign.kinds_wanted}
    rows = [{"code": code, "amount": amount} for code, amount in targets.items()]
    dumped: dict[str, Any] = schema.dump({**values, "targets": rows, "reach": "subtree"})
    return dumped
