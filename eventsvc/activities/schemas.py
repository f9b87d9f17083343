"""What a plan says: one grammar for the web form, the API and what is at rest."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from marshmallow import Schema, fields, pre_load

from eventsvc.activities.models import Activity, Part
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    Choice,
    Date,
    Field,
    LongText,
    Moment,
    Money,
    Name,
    Number,
    Phone,
    Rows,
    StrictSchema,
    Text,
    Time,
    YesNo,
    schema_of,
)
from eventsvc.kinds import SHARED_PLAN

BASICS: tuple[Field, ...] = (
    Text("title", N_("活动名称"), longest=100),
    Text("theme", N_("主题"), required=False, longest=200),
    Moment("starts_at", N_("开始时间")),
    Moment("ends_at", N_("结束时间")),
    Text("venue", N_("地点"), longest=200, help=N_("写清楚：哪个楼、几层、怎么走；入户访视写走访范围")),
    Name("contact_name", N_("联系人")),
    Phone("contact_phone", N_("联系电话"), help=N_("会印在海报和报名页上，请填办公电话")),
    Number("expected_people", N_("预计人数"), required=False, max=200_000, unit=N_("人")),
)
UNITS: tuple[Field, ...] = (
    Rows("parts", N_("参加单位"), most=40, of=(
        Choice("part", N_("分工"), of=tuple(Part.choices())),
        Text("name", N_("单位名称"), longest=100),
    )),
)  # fmt: skip
SIGN_UP: tuple[Field, ...] = (
    YesNo("sign_up", N_("开放报名（发布后生成报名链接和二维码）")),
    Number("capacity", N_("名额"), required=False, min=1, max=100_000, help=N_("开放报名时要填")),
    Moment("opens_at", N_("报名开始"), required=False, help=N_("不填就从发布时开始")),
    Moment("closes_at", N_("报名截止"), required=False, help=N_("开放报名时要填")),
    YesNo("waiting_list", N_("名额满后接受候补登记，按先后递补"), default=True),
    LongText("eligibility", N_("参加条件"), required=False, longest=500, rows=3, help=N_("报名页上给群众看的话")),
)
CONTENT: tuple[Field, ...] = (
    LongText("purpose", N_("活动目的"), longest=1000, rows=3),
    LongText("audience", N_("对象和规模"), required=False, longest=500, rows=2),
    Rows("schedule", N_("流程"), most=60, of=(
        Time("at", N_("时间"), required=False),
        Text("what", N_("内容"), longest=200),
        Text("who", N_("负责"), required=False, longest=100),
    )),
    Rows("duties", N_("分工"), most=40, of=(
        Text("task", N_("工作"), longest=200),
        Text("who", N_("负责人或小组"), required=False, longest=100),
        Date("by", N_("完成时间"), required=False),
    )),
    Rows("materials", N_("物资"), most=60, of=(
        Text("item", N_("名称"), longest=100),
        Text("amount", N_("数量"), required=False, longest=50),
        Text("who", N_("谁准备"), required=False, longest=100),
    )),
    Rows("budget", N_("预算"), most=60, of=(
        Text("item", N_("项目"), longest=100),
        Money("planned_fen", N_("金额"), required=False),
        Text("source", N_("来源"), required=False, longest=50),
    )),
    LongText("safety", N_("安全预案"), longest=1000, rows=3, help=N_("天气、医疗、疏散；老人多的活动写明医生和车辆")),
    Text("permit", N_("大型活动许可"), required=False, longest=200, help=N_("预计1000人以上才需要填")),
    LongText("publicity", N_("宣传安排"), required=False, longest=500, rows=2),
)  # fmt: skip
SHARED: tuple[Field, ...] = (*BASICS, *UNITS, *SIGN_UP, *CONTENT)
NEEDED_FOR_A_DRAFT = ("title", "starts_at")
IN_JSON = SHARED_PLAN
"""The shared answers that lie in the activity's `plan`; the others have columns or rows of their own."""


class PlanSchema(StrictSchema):
    """A plan. It can be saved at any point: title and day are enough; what is needed later is asked by `rules.unmet`."""

    @pre_load
    def _leave_out_what_is_empty(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        kept = {name: value for name, value in data.items() if value not in (None, "")}
        if isinstance(kept.get("plan"), dict):
            kept["plan"] = {name: value for name, value in kept["plan"].items() if value not in (None, "")}
        return kept

    @classmethod
    def asking(cls, kind: ActivityKind) -> Schema:
        """Return the schema of a plan of this kind: the shared questions and, under `plan`, the kind's own."""
        later = tuple(_later(kind))
        return _class_of(kind.code, kind.version, tuple(shared(kind)), kind.plan)(partial=later)


def shared(kind: ActivityKind) -> tuple[Field, ...]:
    """Return the shared questions that make sense for a kind: no sign-up where there is none, no safety plan for a round."""
    asked = SHARED if kind.has("sign_up") else tuple(f for f in SHARED if f not in SIGN_UP)
    return tuple(replace(f, required=False) if f.name == "safety" and kind.has("round") else f for f in asked)


def _later(kind: ActivityKind) -> list[str]:
    """Name the questions that must be answered before the plan goes up, but not to save a draft."""
    own = [f"plan.{f.name}" for f in kind.plan if f.required and not isinstance(f, Rows)]
    return [f.name for f in shared(kind) if f.required and f.name not in NEEDED_FOR_A_DRAFT] + own


@lru_cache(maxsize=64)
def _class_of(code: str, version: int, asked: tuple[Field, ...], own: tuple[Field, ...]) -> type[Schema]:
    inner = fields.Nested(schema_of(own, f"{code}_plan"), load_default=dict)
    return PlanSchema.from_dict({**{f.name: f.marshal() for f in asked}, "plan": inner}, name=f"{code}_planning")


def plan_of(kind: ActivityKind, activity: Activity) -> dict[str, Any]:
    """Return an activity's plan as JSON, in the shape in which a plan is sent."""
    typed = {f.name: getattr(activity, f.name) for f in shared(kind) if hasattr(activity, f.name)}
    typed["parts"] = [{"part": part.part.value, "name": part.name} for part in activity.parts]
    typed["budget"] = [{"item": b.item, "planned_fen": b.planned_fen, "source": b.source} for b in activity.budget]
    dumped = dict(PlanSchema.asking(kind).dump(typed))
    at_rest = activity.plan
    own = {f.name: at_rest[f.name] for f in kind.plan if f.name in at_rest}
    return dumped | {name: at_rest[name] for name in IN_JSON if name in at_rest} | {"plan": own}


def at_rest(kind: ActivityKind, plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a typed plan lies in the activity's `plan` column: the shared answers and the kind's own, side by side."""
    dumped = PlanSchema.asking(kind).dump(plan)
    return {name: dumped[name] for name in IN_JSON if name in dumped} | dict(dumped.get("plan") or {})


class MoveSchema(StrictSchema):
    """What comes with a step: words, and the version of the plan that was seen."""

    note = LongText("note", N_("意见或原因"), required=False, longest=1000, rows=3).marshal()
    version = fields.Integer(load_default=None, strict=False)


class CampaignChoice(StrictSchema):
    """The campaign that an activity is put under; empty: none."""

    campaign_id = fields.UUID(load_default=None, metadata={"label": N_("专项行动"), "widget": "select", "help": N_("不选就是不挂")})


class PostponeSchema(StrictSchema):
    """Another time."""

    starts_at = Moment("starts_at", N_("新的开始时间")).marshal()
    ends_at = Moment("ends_at", N_("新的结束时间"), required=False, help=N_("不填就按原来的时长")).marshal()
    note = LongText("note", N_("改期的原因"), required=False, longest=500, rows=2, help=N_("会写进给报名人的通知，如：台风")).marshal()


class PaperSchema(StrictSchema):
    """An approval that was given on paper; `scan` stands for the file that came with the form."""

    approver = Name("approver", N_("审批人"), autocomplete="off", help=N_("在纸上签字的领导")).marshal()
    approved_on = Date("approved_on", N_("签字日期")).marshal()
    scan = fields.String(required=True, metadata={
        "label": N_("签字页"), "widget": "file", "help": N_("拍一张照片，或用扫描的PDF"),
    })  # fmt: skip
    note = Text("note", N_("批示内容"), required=False, longest=500, help=N_("如：同意。注意老人安全")).marshal()
