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
