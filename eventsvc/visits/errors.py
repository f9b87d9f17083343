"""How a round of visits says no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class RoundNotOn(Conflict):
    """The round has not begun, or is over."""

    code = "round_not_on"
    words = N_("这一轮访视现在是“{state}”状态，不能记录；发布以后、归档以前可以记")


class NoRound(Conflict):
    """This activity has no visits."""

    code = "no_round"
    words = N_("这个活动不是入户访视")


class TargetGone(Conflict):
    """The household cannot be taken off: it was visited."""

    code = "target_visited"
    words = N_("这户已经有访视记录，不能从名单上拿掉；记错了请先撤销那次记录")


class AnotherVisit(Conflict):
    """The same id came with another visit."""

    code = "another_visit"
    words = N_("这次访视已经记过，这回的内容不一样；要改请先撤销那一次，再重新记")


class NobodyMet(Invalid):
    """A visit that found somebody says whom."""

    code = "nobody_met"
    words = N_("有些内容需要改一下")


class ProblemSettled(Conflict):
    """There is no open problem in this visit."""

    code = "problem_settled"
    words = N_("这次访视没有待办的问题，可能别人刚刚办结；请刷新看最新情况")


class NothingChosen(Invalid):
    """No household was ticked."""

    code = "nothing_chosen"
    words = N_("请先勾选家庭")
