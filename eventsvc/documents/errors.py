"""How papers say no."""

from eventsvc.core.errors import Conflict
from eventsvc.core.words import N_


class TooEarly(Conflict):
    """The activity has not come so far that this paper makes sense."""

    code = "paper_too_early"
    words = N_("“{paper}”要等活动{state}以后才能生成")


class NoReport(Conflict):
    """There is nothing to print: nobody has begun the report."""

    code = "no_report"
    words = N_("还没有填写活动报告；请先在“报告”里填写，总结会自动用上里面的内容")


class Nobody(Conflict):
    """A paper for each party, and there is no party."""

    code = "nobody_placed"
    words = N_("还没有报名成功的名单，暂时没有可印的“{paper}”")


class NotReady(Conflict):
    """The file is asked for before it is there."""

    code = "paper_not_ready"
    words = N_("这份文件还没有生成好，请稍后再下载")
