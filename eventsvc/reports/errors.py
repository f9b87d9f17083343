"""How this room says no."""

from typing import Any

from eventsvc.core.errors import Conflict, Invalid
from eventsvc.core.words import N_


class NothingToReport(Conflict):
    """Only what was published and has begun can be reported."""

    code = "nothing_to_report"
    words = N_("活动现在是“{state}”状态，还不能写报告；发布并开始以后再写")


class NotBegun(Conflict):
    """The day has not come."""

    code = "not_begun"
    words = N_("活动还没有开始，开始以后才能写报告")


class NotOver(Conflict):
    """A report goes up when its activity is over."""

    code = "not_over"
    words = N_("活动还没有结束，可以先写先存，结束以后再提交")


class OwnReport(Conflict):
    """Nobody accepts their own report."""

    code = "own_report"
    words = N_("自己提交的报告要由别人审核，请上一级或同单位的审批人来办")


class NotComplete(Conflict):
    """The report has gaps; `fields` names each."""

    code = "not_complete"
    words = N_("还差{count}项没有填好，填好后再提交")

    def __init__(self, gaps: list[tuple[str, Any]]) -> None:
        super().__init__(fields={name: [words] for name, words in gaps}, count=len(gaps))


class NoteNeeded(Invalid):
    """This step needs words: somebody else must know why."""

    code = "note_needed"
    words = N_("请写明原因，对方才知道怎么改")

    def __init__(self) -> None:
        super().__init__(fields={"note": [self.words]})


class PhotoTwice(Conflict):
    """The same picture is there already."""

    code = "photo_twice"
    words = N_("这张照片已经上传过了")


class TooManyPhotos(Conflict):
    """A report carries so many photos and no more."""

    code = "too_many_photos"
    words = N_("一份报告最多{most}张照片，请先删去几张")


class NoPhotosHere(Conflict):
    """A kind of activity whose families are not photographed."""

    code = "no_photos"
    words = N_("这类活动保护家庭隐私，报告里不放照片")
