"""How campaigns say no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class DatesCrossed(Invalid):
    """It would end before it begins."""

    code = "dates_crossed"
    words = N_("结束日期早于开始日期，请核对")


class DoesNotFit(Conflict):
    """The campaign asks for another kind, another time, or was not handed down to this unit."""

    code = "campaign_does_not_fit"
    words = N_("这个活动不能挂到这项行动：请核对活动类型、日期，以及行动是否还在进行")


class CampaignIsClosed(Conflict):
    """It was ended already."""

    code = "campaign_closed"
    words = N_("“{title}”已经结束，不能再转发或挂活动")
