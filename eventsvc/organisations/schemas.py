"""What the doors of organisations ask for."""

from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal
from eventsvc.organisations.rules import AssociationKind, Level


class NewUnitSchema(StrictSchema):
    """A unit to be opened below another."""

    name = marshal.Str(longest=100, required=True, metadata={"label": N_("名称"), "maxlength": 100, "autocomplete": "off"})
    level = marshal.OneOf(codes=tuple(Level)[1:], required=True, metadata={
        "label": N_("层级"), "widget": "select", "choices": Level.choices()[1:]})  # fmt: skip
    kind = marshal.OneOf(codes=tuple(AssociationKind), load_default=AssociationKind.TERRITORIAL.value, metadata={
        "label": N_("协会类型"), "widget": "select", "choices": AssociationKind.choices(), "default": AssociationKind.TERRITORIAL.value})  # fmt: skip
    code = marshal.Str(longest=12, load_default=None, metadata={
        "label": N_("区划代码"), "inputmode": "numeric", "maxlength": 12,
        "help": N_("新的乡镇、村（社区）填12位代码；会员小组和企业、流动人口、学校协会不用填，会自动编号")})  # fmt: skip
