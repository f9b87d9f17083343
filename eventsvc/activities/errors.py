"""How this room says no."""

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_, Words


class OwnWork(Conflict):
    """Nobody approves their own by click."""

    code = "own_work"
    words = N_("自己拟写或提交的方案要由别人审批；单位里只有您一人时，请领导在纸上签字后“登记纸面审批”")


class NotReady(Conflict):
    """The plan has gaps; `fields` names each."""

    code = "not_ready"
    words = N_("还差{count}项没有填好，填好后再{action}")

    def __init__(self, unmet: list[tuple[str, str]], action: str) -> None:
        super().__init__(fields={name: [words] for name, words in unmet}, count=len(unmet), action=Words(action))


class NoteNeeded(Invalid):
    """This step needs words: somebody else must know why."""

    code = "note_needed"
    words = N_("请写明原因，对方才知道怎么办")

    def __init__(self) -> None:
        super().__init__(fields={"note": [self.words]})


class OwnForm(Invalid):
    """The step cannot be taken by a bare click: it needs a date, a paper or a plan."""

    code = "form_needed"
    words = N_("{action}需要填写内容，请从页面上的按钮进入")


class TooEarly(Conflict):
    """It has not begun."""

    code = "too_early"
    words = N_("活动{day}才开始，还不能记为已举办；日期变了请先改期")


class NoSignUp(Conflict):
    """There is no sign-up to pause."""

    code = "no_sign_up"
    words = N_("这个活动没有开放报名")


class BadTimes(Invalid):
    """Times that cannot be; `fields` says which."""

    code = "bad_times"
    words = N_("时间的先后不对，请核对")


class BadPaper(Invalid):
    """What was said of the approval on paper cannot be."""

    code = "bad_paper"
    words = N_("纸面审批的内容要核对一下")


class NoSuchKind(Invalid):
    """No kind of activity has this code."""

    code = "no_such_kind"
    words = N_("没有这种活动")
