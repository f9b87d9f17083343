"""What a round of visits asks of the organiser, at the door, and afterwards."""

from eventsvc.core.words import N_
from eventsvc.declare import Choice, Choices, Date, Field, LongText, Number, Personal, Text, YesNo

VISIT_KINDS = (("care_0_3", N_("0–3岁科学养育")), ("warm", N_("暖心慰问")))
TOPICS = (
    ("feeding", N_("喂养")),
    ("sleep", N_("睡眠")),
    ("responsive", N_("回应性照护")),
    ("play", N_("交流玩耍")),
    ("vaccines", N_("疫苗接种")),
    ("check_ups", N_("体检")),
    ("safety", N_("安全")),
    ("teeth", N_("口腔")),
    ("health", N_("身体和就医")),
    ("spirit", N_("心情和陪伴")),
    ("livelihood", N_("生活和生产")),
    ("policy", N_("政策和保险")),
)
MET = (
    ("mother", N_("母亲")),
    ("father", N_("父亲")),
    ("grandparent", N_("祖辈")),
    ("self", N_("本人")),
    ("spouse", N_("配偶")),
    ("other", N_("其他家人")),
)
REFERRALS = (
    ("none", N_("不需要")),
    ("clinic", N_("乡镇卫生院")),
    ("hospital", N_("上级医院")),
    ("guidance_centre", N_("优生优育指导中心")),
    ("nursery", N_("托育机构")),
    ("civil_affairs", N_("民政")),
    ("other", N_("其他部门")),
)

PLAN: tuple[Field, ...] = (
    Choice("visit_kind", N_("访视类别"), of=VISIT_KINDS),
    Date("due_on", N_("完成时限"), help=N_("这一天前走访完名单上的家庭")),
    Number("visits_each", N_("每户访视次数"), min=1, max=12, unit=N_("次")),
    Choices("focus", N_("访视重点"), of=TOPICS),
    Text("materials_to_give", N_("准备发放的资料和物品"), required=False, longest=200),
    YesNo("consent_at_door", N_("上门先说明来意，对方同意再进门登记"), default=True),
)

VISIT: tuple[Field, ...] = (
    Choice("met", N_("见到了谁"), required=False, of=MET, help=N_("访到了就要填")),
    Choices("topics", N_("谈了什么"), of=TOPICS),
    YesNo("has_problem", N_("发现需要帮助的问题")),
    LongText("problems", N_("问题和诉求"), required=False, longest=500, rows=3, personal=Personal.HEALTH,
             help=N_("只写办事需要的；加密保存，只有联系人和主办单位能看")),
    LongText("condition", N_("身体和精神状态"), required=False, longest=300, rows=2, personal=Personal.HEALTH),
    LongText("advice", N_("当场给的指导"), required=False, longest=300, rows=2, personal=Personal.HEALTH),
    Choice("referral", N_("转介到哪里"), required=False, of=REFERRALS),
    Number("leaflets", N_("发放资料"), required=False, max=500, unit=N_("份")),
    Number("books", N_("赠送书籍"), required=False, max=100, unit=N_("册")),
    Number("goods", N_("慰问品"), required=False, max=100, unit=N_("份")),
    Date("next_on", N_("下次访视日期"), required=False),
)  # fmt: skip
"""Asked at the door, a few taps; words about the family are sealed."""

SEALED: tuple[str, ...] = tuple(f.name for f in VISIT if f.personal)
"""The answers that go to the vault, owned by the visit."""

REPORT: tuple[Field, ...] = (
    LongText("findings", N_("普遍的需要"), required=False, longest=1000, help=N_("不写哪一家的情况")),
    LongText("solved", N_("帮助解决了什么"), required=False, longest=1000),
    LongText("next_steps", N_("还要跟进的"), required=False, longest=500),
)
