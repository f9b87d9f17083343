"""The way of an activity: the one table from which buttons, API, diagram and test are read."""

from typing import Any

from eventsvc.activities.errors import OwnWork
from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.core.workflow import Step, Workflow, every, states


class State(Labelled):
    """Where an activity stands."""

    DRAFT = "draft", N_("草稿")
    SUBMITTED = "submitted", N_("待审批")
    RETURNED = "returned", N_("已退回")
    APPROVED = "approved", N_("已批准")
    PUBLISHED = "published", N_("已发布")
    HELD = "held", N_("已举办")
    ARCHIVED = "archived", N_("已归档")
    CANCELLED = "cancelled", N_("已取消")


S = State
EITHER = "organiser|approver"
"""A step that both may take: an office may have only one of them."""


def not_ones_own(activity: Any, actor: Any) -> None:
    """Refuse who wrote the plan or sent it up: four eyes, or paper."""
    if actor.id in (activity.created_by, activity.submitted_by):
        raise OwnWork


WORKFLOW = Workflow(
    Step("edit", N_("修改"), states(S.DRAFT, S.RETURNED, S.APPROVED, S.PUBLISHED), None, by="organiser", needs="plan"),
    Step("submit", N_("提交审批"), states(S.DRAFT, S.RETURNED), S.SUBMITTED, by="organiser"),
    Step("recall", N_("撤回提交"), states(S.SUBMITTED), S.DRAFT, by="organiser"),
    Step("approve", N_("批准"), states(S.SUBMITTED), S.APPROVED, by="approver", check=not_ones_own),
    Step("send_back", N_("退回修改"), states(S.SUBMITTED), S.RETURNED, by="approver", check=not_ones_own, needs="note"),
    Step("approve_on_paper", N_("登记纸面审批"), states(S.DRAFT, S.RETURNED, S.SUBMITTED), S.APPROVED, by=EITHER, needs="paper"),
    Step("publish", N_("发布"), states(S.APPROVED), S.PUBLISHED, by="organiser"),
    Step("unpublish", N_("撤回发布"), states(S.PUBLISHED), S.APPROVED, by="organiser", danger=True),
    Step("pause", N_("暂停报名"), states(S.PUBLISHED), None, by="organiser"),
    Step("resume", N_("恢复报名"), states(S.PUBLISHED), None, by="organiser"),
    Step("postpone", N_("延期或改期"), states(S.APPROVED, S.PUBLISHED), None, by="organiser", needs="date"),
    Step("hold", N_("活动已举办"), states(S.PUBLISHED), S.HELD, by="organiser"),
    Step("archive", N_("归档"), states(S.HELD), S.ARCHIVED, by="system"),
    Step("cancel", N_("取消活动"), every(S, but=(S.HELD, S.ARCHIVED, S.CANCELLED)), S.CANCELLED, by="organiser",
         needs="note", danger=True),
)  # fmt: skip

BY_ITSELF = frozenset(s.action for s in WORKFLOW.steps if s.needs in ("", "note"))
"""The steps that one button takes; the others have a form of their own."""


def roles(step: Step) -> tuple[str, ...]:
    """Return the roles of which one is enough for a step."""
    return tuple(step.by.split("|"))
