"""How campaigns say no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class DatesCrossed(Invalid):
    """It would end before it begins."""

    code = "dates_crossed"
    words = N_("结束日期早于开始日期，请核对")


class DeadlinePassed(Invalid):
    """A deadline lies in the past: nobody could keep it."""

    code = "deadline_passed"
    words = N_("截止日期已经过了，下级单位来不及办，请改成今天或以后")


class LaterThanAbove(Invalid):
    """A unit below gives more time than it has itself."""

    code = "later_than_above"
    words = N_("转发的期限不能晚于上级的期限，请改早一些")


class TargetBelowZero(Invalid):
    """Nobody can do less than nothing."""

    code = "target_below_zero"
    words = N_("目标数不能小于0，请核对")


class NoSuchFigure(Invalid):
    """A target for a figure that no kind of activity counts."""

    code = "no_such_figure"
    words = N_("没有这个指标，或者同一个指标填了两次，请重新选")


class OutsideSubtree(Invalid):
    """Asked of a unit that does not stand below the one that asks."""

    code = "outside_subtree"
    words = N_("只能布置给本单位的下级单位，请核对选定的单位")


class NobodyAsked(Invalid):
    """Nobody stands below who could be asked."""

    code = "nobody_asked"
    words = N_("没有单位会收到：下面没有这样的单位，请改“谁参加”")


class AlreadyHandedOn(Conflict):
    """The unit handed this one on before."""

    code = "already_handed_on"
    words = N_("本单位已经转发过“{title}”，要改期限或要求请到转发的那一份里修改")


class DoesNotFit(Conflict):
    """The campaign asks for another kind, another time, or was not handed down to this unit."""

    code = "campaign_does_not_fit"
    words = N_("这个活动不能挂到这项行动：请核对活动类型、日期，以及行动是否还在进行")


class CampaignIsClosed(Conflict):
    """It was ended already."""

    code = "campaign_closed"
    words = N_("“{title}”已经结束，不能再修改、转发、提醒或挂活动")


class ReasonNeeded(Invalid):
    """Who does not take part says why."""

    code = "reason_needed"
    words = N_("请写明不参加的原因，上级才知道怎么办")

    def __init__(self) -> None:
        super().__init__(fields={"note": [self.words]})


class NothingToRemind(Conflict):
    """Nobody is missing, or all who are were reminded today."""

    code = "nothing_to_remind"
    words = N_("没有要提醒的单位：都已完成，或者今天已经提醒过")
