"""What a golden wedding asks of the organiser, of each couple, of each person, and afterwards."""

from eventsvc.core.words import N_
from eventsvc.declare import (
    AnniversaryField,
    Choice,
    Date,
    Field,
    LongText,
    Name,
    Number,
    Personal,
    Phone,
    Text,
    YesNo,
)
from eventsvc.declare.party import PROXY_RELATIONS

PROOFS = (
    ("certificate", N_("结婚证")),
    ("reissued", N_("补领的结婚证")),
    ("archive", N_("档案证明")),
    ("household_book", N_("户口簿")),
    ("village_letter", N_("村（社区）证明")),
    ("two_witnesses", N_("两人见证")),
    ("own_word", N_("本人声明")),
)
"""Seven kinds of proof, all of equal worth at the door: certificates of the sixties are often lost."""

SIZES = tuple((size.lower(), size) for size in ("S", "M", "L", "XL", "2XL", "3XL", "4XL")) + (("unsure", N_("说不准，请上门量")),)
MOBILITY = (
    ("walks", N_("行走自如")),
    ("slow", N_("走得慢，要扶一把")),
    ("wheelchair", N_("坐轮椅")),
    ("at_home", N_("出不了门，希望上门补拍")),
)
MEALS = (
    ("any", N_("没有忌口")),
    ("soft", N_("软烂易嚼")),
    ("low_sugar", N_("少糖")),
    ("vegetarian", N_("素食")),
    ("halal", N_("清真")),
)
RESIDENCE = (
    ("both_registered", N_("两人户籍都在本地")),
    ("one_registered", N_("一人户籍在本地")),
    ("living", N_("户籍不在，但长住本地")),
    ("elsewhere", N_("户籍和居住都不在本地")),
)

PLAN: tuple[Field, ...] = (
    Date("cutoff_date", N_("婚龄计算截止日"), help=N_("到这一天结婚满下面的年数；一般就是庆典当天")),
    Number("years", N_("婚龄要求"), required=False, min=25, max=80, default=50, unit=N_("年"), help=N_("金婚是50年；办钻石婚、白金婚可改成60、70")),
    Choice("residence", N_("户籍要求"), of=(
        ("any", N_("不限")),
        ("lives", N_("长住本地即可")),
        ("one_registered", N_("夫妻至少一人户籍在本地")),
    )),
    YesNo("once_only", N_("只邀请首次参加的夫妇")),
    Text("makeup_place", N_("化妆、更衣地点"), required=False),
    Text("pick_up", N_("接送安排"), required=False, longest=200, help=N_("如：8:00 从各村委会门口发车")),
)  # fmt: skip

EACH: tuple[Field, ...] = (
    Choice("clothing_size", N_("服装尺码"), required=False, of=SIZES, personal=Personal.CONTACT),
    Choice("mobility", N_("行动情况"), of=MOBILITY, default="walks", personal=Personal.HEALTH),
    Text("health", N_("健康状况和用药"), required=False, longest=200, personal=Personal.HEALTH,
         help=N_("如：高血压，每天早上吃药。现场医生会看，活动后7天删除")),
    Choice("meal", N_("用餐"), required=False, of=MEALS, personal=Personal.HEALTH),
)  # fmt: skip
"""Asked of the husband and of the wife."""

SIGN_UP: tuple[Field, ...] = (
    AnniversaryField("married_on", N_("结婚日期"), personal=Personal.AWARD, help=N_("记得多少填多少；农历也可以")),
    Choice("marriage_proof", N_("能提供的证明"), of=PROOFS, help=N_("哪一种都行；证丢了不影响报名")),
    Choice("residence", N_("户籍和居住"), of=RESIDENCE),
    Choice("honoured_before", N_("以前参加过金婚庆典吗"), of=(("no", N_("没有")), ("yes", N_("参加过")), ("unsure", N_("记不清")))),
    Text("address", N_("住址"), required=False, longest=100, autocomplete="street-address", personal=Personal.CONTACT,
         help=N_("方便上门量衣和接送")),
    Number("companions", N_("陪同家属人数"), required=False, max=10, unit=N_("人"), default=0),
    Name("companion_name", N_("陪同人或紧急联系人"), required=False, personal=Personal.CONTACT),
    Choice("companion_relation", N_("与老人的关系"), required=False, of=PROXY_RELATIONS, personal=Personal.CONTACT),
    Phone("companion_phone", N_("陪同人电话"), required=False, personal=Personal.CONTACT),
    YesNo("needs_pick_up", N_("需要接送")),
    YesNo("will_speak", N_("愿意在台上讲讲两人的故事")),
    LongText("story", N_("两人的故事"), required=False, longest=1000, personal=Personal.STORY,
             help=N_("怎么认识的、怎么走过来的，几句话也好")),
    YesNo("portrait_consent", N_("同意拍照，照片可用于活动宣传")),
)  # fmt: skip

REPORT: tuple[Field, ...] = (
    Number("longest_years", N_("最长婚龄"), required=False, min=50, max=110, unit=N_("年")),
    Number("average_years", N_("平均婚龄"), required=False, min=50, max=110, unit=N_("年")),
    Number("oldest_age", N_("最年长者年龄"), required=False, min=60, max=125, unit=N_("岁")),
    LongText("moments", N_("动人的瞬间"), required=False, longest=1000, help=N_("一两个细节就好，写进总结和简报")),
    LongText("absent", N_("缺席与补拍安排"), required=False, longest=500, help=N_("不写具体病情")),
    Text("media", N_("媒体报道"), required=False, longest=300, help=N_("媒体名称、标题、日期")),
)
