"""How organisations say no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class BadTree(Invalid):
    """A file of units has faults; nothing of it was taken."""

    code = "bad_tree"
    words = N_("这份单位表有{count}处不对，一个单位也没有导入。第一处在第{line}行：{first}")


class BadHeader(Invalid):
    """The first line of a file of units is not the one we know."""

    code = "bad_header"
    words = N_("第1行应是表头 code,name,parent_code,level；现在缺少：{missing}")


class UnreadableFile(Invalid):
    """A file is no text in an encoding that offices here use."""

    code = "unreadable_file"
    words = N_("文件不是UTF-8或GBK编码的CSV，请另存为CSV后再试")


class NoPlaceForIt(Invalid):
    """A unit of this level or kind cannot stand below this one."""

    code = "no_place_for_it"
    words = N_("“{parent}”下面不能设{level}，请核对上级单位和层级")


class CodeNeeded(Invalid):
    """An ordinary unit needs its own twelve-digit code."""

    code = "code_needed"
    words = N_("请填写这个单位的12位区划代码")


class AlreadyThere(Conflict):
    """There is such a unit already."""

    code = "already_there"
    words = N_("已经有这个单位：{name}（{code}），不必再设")


class UnitClosed(Conflict):
    """The unit has been merged into another."""

    code = "unit_closed"
    words = N_("“{name}”已经撤并，请到它并入的单位办理")


class CannotMerge(Conflict):
    """These two cannot become one."""

    code = "cannot_merge"
    words = N_("不能把“{source}”并入“{into}”：{why}")
