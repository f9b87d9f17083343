"""How the door says no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class DoorShut(Conflict):
    """Nobody is checked in to an activity in this state."""

    code = "door_shut"
    words = N_("活动现在是“{state}”状态，不能签到和计数；发布以后、归档以前可以")


class NotTheDay(Conflict):
    """The activity is on another day."""

    code = "not_the_day"
    words = N_("活动{day}举行；前一天起可以签到和计数，结束30天后不能再补")


class NotOnTheList(Conflict):
    """Somebody has no place (any more)."""

    code = "not_on_the_list"
    words = N_("有人不在名单上，可能刚刚取消了报名；请刷新名单看最新情况")


class NobodyChosen(Invalid):
    """No person was named."""

    code = "nobody_chosen"
    words = N_("请先选要签到的人")


class AnotherUse(Conflict):
    """The same id came with something else."""

    code = "another_use"
    words = N_("这一次已经记过，这回的内容不一样；请刷新页面再记")


class NothingToUndo(Conflict):
    """There is nothing of one's own to take back."""

    code = "nothing_to_undo"
    words = N_("没有可以撤销的：这一笔已经撤销过，或不是您记的")


class NoList(Conflict):
    """The activity has no sign-up, so nobody can be written down."""

    code = "no_list"
    words = N_("这个活动没有开放报名，没有名单可签；现场人数请用计数")


class NoPlaceLeft(Conflict):
    """All places are taken; staff may decide to take them in all the same."""

    code = "no_place_left"
    words = N_("名额已满（共{capacity}个）；确定让他们进来的，请勾选“超出名额也登记”")


class NoCode(Invalid):
    """The picture shows no code of ours."""

    code = "no_code"
    words = N_("照片里没有认出报名二维码；请把二维码拍清楚、拍完整，或直接在名单里找人")
