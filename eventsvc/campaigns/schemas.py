"""What is asked about a campaign."""

from eventsvc.core.words import N_
from eventsvc.declare import Choice, Date, Field, LongText, Text, schema_of
from eventsvc.kinds import KINDS

QUESTIONS: tuple[Field, ...] = (
    Text("title", N_("名称"), longest=100, help=N_("例如：2027年“5·29”会员活动日系列活动")),
    Text("theme", N_("主题"), required=False, longest=200),
    Text("doc_number", N_("文号"), required=False, longest=50, help=N_("例如：鼎计生协〔2027〕5号")),
    Choice("kind", N_("活动类型"), required=False, of=tuple((code, kind.label) for code, kind in KINDS.items()),
           help=N_("不选就是哪类都行")),
    Date("starts_on", N_("开始日期")),
    Date("ends_on", N_("结束日期")),
    Date("due_on", N_("报告截止日期"), required=False),
    LongText("notice", N_("要求"), required=False, longest=5000, rows=8, help=N_("哪些单位要开展、各做几场、要报送什么")),
)  # fmt: skip

CampaignSchema = schema_of(QUESTIONS, "campaign")
