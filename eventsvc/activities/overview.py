"""What the page of one activity says: how far it is, what comes next, what its plan lacks, its words for a group chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from eventsvc.activities import queries, rules, schemas
from eventsvc.activities.models import Activity, State
from eventsvc.activities.workflow import WORKFLOW
from eventsvc.campaigns import queries as campaigns
from eventsvc.core.actor import Actor
from eventsvc.core.periods import local
from eventsvc.core.words import N_, Words
from eventsvc.core.workflow import Step
from eventsvc.declare import ActivityKind
from eventsvc.infra.forms import Form
from eventsvc.infra.i18n import say

LIFE = (
    (State.DRAFT, N_("拟写方案")), (State.SUBMITTED, N_("送审批")), (State.APPROVED, N_("批准")),
    (State.PUBLISHED, N_("发布")), (State.HELD, N_("举办")), (State.ARCHIVED, N_("归档")),
)  # fmt: skip
PLACE = {state: place for place, (state, _) in enumerate(LIFE)} | {State.RETURNED: 0}

DONE = {
    "submit": N_("已提交，等上级审批。批准或退回后，这里会写明。"),
    "recall": N_("已撤回，可以接着改。"),
    "approve": N_("已批准，主办单位可以发布了。"),
    "send_back": N_("已退回，主办单位会看到您写的原因。"),
    "approve_on_paper": N_("纸面审批已登记，可以发布了。"),
    "publish": N_("已发布。"),
    "unpublish": N_("已撤回发布，链接暂时打不开报名；报过名的人都还在。"),
    "pause": N_("报名已暂停，链接还能打开，但不能报名。"),
    "resume": N_("报名已恢复。"),
    "postpone": N_("时间已改，报名的人都保留；要告知的人列在“通知”里。"),
    "hold": N_("已记为举办。接下来请填写活动报告。"),
    "cancel": N_("活动已取消；要告知的人列在“通知”里。"),
}  # fmt: skip
"""What is said once a step was taken."""


@dataclass(frozen=True)
class Overview:
    """Everything that the page shows beside the activity itself."""

    life: list[dict[str, Any]]
    steps: dict[str, Step]
    """The steps that this person can take now, by action."""
    gaps: list[tuple[str, str, str]]
    """(name, label, words) of what the plan still lacks."""
    sign_up: rules.SignUp
    own: bool
    """Whether this person wrote the plan or sent it up, and so cannot decide on it."""
    next_words: str
    history: list[dict[str, Any]]
    plan: dict[str, Any]
    asked: list[tuple[str, Any]]
    """The kind's own planning answers: (label, value as people read it)."""
    campaign: str
    """The title of the campaign that it was put under."""
    may_plan: bool


def overview(activity: Activity, kind: ActivityKind, me: Actor, now: datetime) -> Overview:
    """Gather what the page of one activity shows to this person."""
    may = queries.steps_for(me, queries.lineage(activity))
    own = me.id in (activity.created_by, activity.submitted_by)
    steps = {s.action: s for s in WORKFLOW.from_here(activity.state, may) if not _in_vain(s, activity, own, now)}
    gaps = gaps_of(kind, activity, now) if {"submit", "publish", "approve_on_paper"} & set(steps) else []
    return Overview(
        life=life(activity), steps=steps, gaps=gaps, sign_up=rules.sign_up_state(activity, now), own=own,
        next_words=next_words(activity, kind, steps, len(gaps), now), history=history(activity),
        plan=schemas.plan_of(kind, activity), asked=own_answers(kind, activity.plan),
        campaign=campaigns.title(activity.campaign_id), may_plan=may("organiser"),
    )  # fmt: skip


def life(activity: Activity) -> list[dict[str, Any]]:
    """Return the way of an activity with what is done, where it stands and what is to come."""
    came = {move.target: move.at for move in activity.moves}
    stopped = activity.state is State.CANCELLED
    last = activity.moves[-1].source if stopped and activity.moves else activity.state
    place = PLACE.get(last, 0)
    return [
        {"label": label, "state": _mark(i, place, stopped), "at": _short(came.get(state)) if i <= place else ""}
        for i, (state, label) in enumerate(LIFE)
    ]


def gaps_of(kind: ActivityKind, activity: Activity, now: datetime) -> list[tuple[str, str, str]]:
    """Return what the plan lacks, each with the label of its question."""
    form = Form(schemas.PlanSchema.asking(kind))
    late = rules.late(activity, now) if activity.state is State.APPROVED else []
    for name, words in [*rules.unmet(kind, activity), *late]:
        form.wrongs.setdefault(name, []).append(words)
    return form.errors


def next_words(activity: Activity, kind: ActivityKind, steps: Mapping[str, Step], gaps: int, now: datetime) -> str:
    """Say in plain words what to do next, or who is expected to."""
    if gaps:
        return Words(N_("方案还差{gaps}项，补上以后就能往下走。"), gaps=gaps)
    if activity.state is State.PUBLISHED and activity.starts_at <= now:
        return N_("活动办完以后，请点“活动已举办”，再填报告。")
    if activity.state is State.PUBLISHED and activity.sign_up:
        return N_("把链接或海报发出去；报名的人会出现在“报名”里。")
    words = {
        State.DRAFT: N_("方案填好了，可以提交审批。") if "submit" in steps else N_("主办单位正在拟方案。"),
        State.RETURNED: N_("按退回的意见改好后，再提交一次。"),
        State.SUBMITTED: N_("请看完方案，批准或者退回。") if "approve" in steps else N_("已经送审，等上级决定。领导在纸上签了字的，可以登记纸面审批。"),
        State.APPROVED: _publish_words(kind, activity) if "publish" in steps else N_("已批准，等主办单位发布。"),
        State.PUBLISHED: N_("小组长已经能看到；到了日子按方案进行。"),
        State.HELD: N_("请填写活动报告：人数、花费、照片和几句话。"),
        State.ARCHIVED: N_("这次活动已经归档，数字已进入汇总。"),
        State.CANCELLED: N_("这次活动已取消。"),
    }  # fmt: skip
    return words[activity.state]


def own_answers(kind: ActivityKind, plan: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the kind's own planning answers as people read them."""
    return [(str(f.label), _readable(f.metadata(), plan.get(f.name))) for f in kind.plan]


def history(activity: Activity) -> list[dict[str, Any]]:
    """Return the moves, the newest first, in words."""
    labels = {step.action: step.label for step in WORKFLOW.steps}
    return [
        {"at": move.at, "action": move.action, "words": labels.get(move.action, move.action), "who": move.actor_name, "note": move.note,
         "facts": move.facts, "state": move.target if move.target is not move.source else None}
        for move in reversed(activity.moves)
    ]  # fmt: skip


def _publish_words(kind: ActivityKind, activity: Activity) -> str:
    if activity.sign_up:
        return N_("已批准。先预览一下报名页，没问题就发布，发布后有链接、二维码和海报。")
    return N_("已批准。发布后小组长就能看到名单和安排。") if kind.has("round") else N_("已批准。发布后就可以照方案准备了。")


def _in_vain(step: Step, activity: Activity, own: bool, now: datetime) -> bool:
    """Say whether offering this step would only lead to a refusal."""
    if step.action in ("approve", "send_back"):
        return own
    if step.action in ("pause", "resume"):
        return not activity.sign_up or activity.paused == (step.action == "pause")
    return step.action == "hold" and local(now).date() < local(activity.starts_at).date()


def _mark(i: int, place: int, stopped: bool) -> str:
    if i < place:
        return "done"
    if i == place:
        return "stopped" if stopped else "now"
    return "todo"


def _short(moment: datetime | None) -> str:
    return "" if moment is None else say(rules.short_day(local(moment)))


def _readable(about: Mapping[str, Any], value: Any) -> Any:
    if value is True or value is False:
        return N_("是") if value else N_("否")
    if about.get("widget") == "date" and value:
        return rules.day_said(date.fromisoformat(value))
    choices = dict(about.get("choices", ()))
    if isinstance(value, list):
        return [choices.get(v, v) for v in value]
    return choices.get(value, value) if value is not None else ""
