"""How the roll says no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class NumberTaken(Conflict):
    """Two households of one village cannot share a number."""

    code = "number_taken"
    words = N_("本村已有“{number}”号的家庭；请换一个户编号，或留空由系统编号")


class HouseholdClosed(Conflict):
    """It left the roll."""

    code = "household_closed"
    words = N_("这户已经移出名单；需要时请先恢复")


class StaysSpecial(Conflict):
    """Only whoever looks after a special family says that it is none."""

    code = "stays_special"
    words = N_("特殊家庭的标记只有联系这户的小组长能取消；确实标错了，请先把这户指派给自己")


class BadList(Invalid):
    """A list that cannot be read at all."""

    code = "bad_list"
    words = N_("这份名单读不出来：{why}")


class OnTheRollAlready(Conflict):
    """A household has each couple once."""

    code = "couple_known"
    words = N_("这一户已经登记过这对夫妇；要改资料请点他们旁边的“修改”")
