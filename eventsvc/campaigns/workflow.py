"""What a campaign may go through, and how a unit answers what it was asked: the two tables of this room."""

from typing import Any

from eventsvc.core.actor import Role
from eventsvc.core.enums import Labelled
from eventsvc.core.errors import NotAllowed
from eventsvc.core.words import N_
from eventsvc.core.workflow import Step, Workflow, every, states


class CampaignState(Labelled):
    """Whether it is still asked."""

    OPEN = "open", N_("进行中")
    CLOSED = "closed", N_("已结束")


class DutyState(Labelled):
    """How far a unit is with what it was asked."""

    ASKED = "asked", N_("未阅")
    READ = "read", N_("已阅")
    PLANNED = "planned", N_("已计划")
    HELD = "held", N_("已举办")
    REPORTED = "reported", N_("已报告")
    DECLINED = "declined", N_("不参加")


C, D = CampaignState, DutyState
FURTHER = (D.ASKED, D.DECLINED, D.READ, D.PLANNED, D.HELD, D.REPORTED)
"""Of two duties that become one, the later in this order stays: who does it for both has done it."""


def at_home(duty: Any, actor: Any) -> None:
    """Refuse who does not serve at the very unit: a county that looks has not read it for its villages."""
    if not any(grant.organisation_id == duty.organisation_id for grant in actor.grants):
        raise NotAllowed


CAMPAIGN = Workflow(
    Step("edit", N_("修改"), states(C.OPEN), None, by=Role.ORGANISER, needs="plan"),
    Step("hand_on", N_("转发"), states(C.OPEN), None, by=Role.ORGANISER, needs="plan"),
    Step("remind", N_("提醒没有完成的单位"), states(C.OPEN), None, by=Role.ORGANISER),
    Step("close", N_("结束"), states(C.OPEN, C.CLOSED), C.CLOSED, by=Role.ORGANISER, danger=True),
)
"""Steps of a campaign, by whom at its unit (`hand_on`: at the unit below that hands on). Closed twice is closed once."""

DUTY = Workflow(
    Step("read", N_("看过"), states(D.ASKED), D.READ, by=Role.VIEWER, check=at_home),
    Step("decline", N_("说明不参加"), states(D.ASKED, D.READ), D.DECLINED, by=Role.ORGANISER, needs="note"),
    Step("take_up", N_("改为参加"), states(D.DECLINED), D.READ, by=Role.ORGANISER),
    Step("plan", N_("计划了活动"), every(D, but=(D.PLANNED,)), D.PLANNED, by="system"),
    Step("hold", N_("举办了活动"), every(D, but=(D.HELD,)), D.HELD, by="system"),
    Step("report", N_("交了报告"), every(D, but=(D.REPORTED,)), D.REPORTED, by="system"),
    Step("drop", N_("活动撤销了"), states(D.PLANNED, D.HELD, D.REPORTED), D.READ, by="system"),
)
"""Steps of a duty, by whom at its unit or above. What an activity says of it, the house itself writes down."""

BY_HAND = frozenset(step.action for step in DUTY.steps if step.by != "system" and step.action != "read")
"""Steps that one button takes."""
TOWARDS = {step.target: step.action for step in DUTY.steps if step.by == "system" and step.action != "drop"}
