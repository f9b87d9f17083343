"""How offices write the headings and the ticks of their lists: data that is recognised, not words that are shown."""

from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("户编号", "编号", "户号", "序号", "number"),
    "head": ("户主姓名", "户主", "姓名", "head"),
    "phone": ("联系电话", "电话", "手机", "手机号", "联系方式", "phone"),
    "address": ("住址", "地址", "家庭住址", "address"),
    "leader": ("小组长", "联系的小组长", "会员小组长", "联系人", "leader"),
    "special": ("特殊家庭", "是否特殊家庭", "special"),
    "situation": ("家庭情况", "备注", "情况", "situation"),
}
YES, NO = {"是", "有", "√", "✓", "1", "y", "yes", "true"}, {"", "否", "无", "×", "0", "n", "no", "false"}
PAIR_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "husband_name": ("丈夫姓名", "丈夫", "男方姓名", "男方", "夫", "夫姓名", "老伴（男）"),
    "husband_id": ("丈夫身份证号", "丈夫身份证", "男方身份证号", "男方身份证", "夫身份证号"),
    "husband_born": ("丈夫出生日期", "丈夫生日", "男方出生日期", "夫出生日期", "男方出生年月日"),
    "husband_phone": ("丈夫电话", "男方电话", "夫电话", "电话", "联系电话"),
    "wife_name": ("妻子姓名", "妻子", "女方姓名", "女方", "妻", "妻姓名", "老伴（女）"),
    "wife_id": ("妻子身份证号", "妻子身份证", "女方身份证号", "女方身份证", "妻身份证号"),
    "wife_born": ("妻子出生日期", "妻子生日", "女方出生日期", "妻出生日期", "女方出生年月日"),
    "wife_phone": ("妻子电话", "女方电话", "妻电话"),
    "married": ("结婚日期", "结婚时间", "结婚年月", "结婚年份", "结婚登记日期", "婚期"),
    "number": ("户编号", "户号"),
    "address": ("住址", "地址", "家庭住址"),
    "year": ("表彰年份", "表彰年度", "参加年份", "年份", "年度"),
    "milestone": ("表彰婚龄", "婚龄", "届别"),
    "residence": ("户籍和居住", "户籍", "居住"),
    "before": ("以前参加过", "参加过", "是否参加过"),
}
"""Lists of couples: one row a couple."""
SAID_YES, SAID_NO = frozenset("是有参加过1yYＹ√"), frozenset("否无没不0nN×")
"""First letters of yes and no."""
RESIDENCE_SHORT = (
    ("外", "elsewhere"), ("双方", "both_registered"), ("两人", "both_registered"), ("都", "both_registered"), ("一", "one_registered"),
    ("长住", "living"), ("常住", "living"), ("居住", "living"), ("本地", "one_registered"), ("本村", "one_registered"),
)  # fmt: skip
"""How lists say for short where a couple lives."""
