"""What the doors of accounts ask for."""

from marshmallow import fields

from eventsvc.accounts.rules import LONGEST, TOKEN_DAYS, clean_user_name
from eventsvc.core.actor import Role
from eventsvc.core.names import clean_name
from eventsvc.core.phones import clean_phone
from eventsvc.core.words import N_
from eventsvc.declare import StrictSchema, marshal


class Secret(fields.String):
    """A password: taken as it was typed, never cleaned; only its length is bounded."""

    def _deserialize(self, value: object, attr: object, data: object, **kw: object) -> str:
        if not isinstance(value, str) or not value:
            raise self.make_error("required")
        if len(value) > LONGEST:
            raise marshal.refuse(N_("最多{most}个字符"), most=LONGEST)
        return value


def _password(label: str, fill: str, help_: str = "") -> Secret:
    return Secret(required=True, metadata={"label": label, "widget": "password", "autocomplete": fill, "help": help_})


class LogInSchema(StrictSchema):
    """Name and password."""

    login = marshal.Str(longest=60, required=True, metadata={"label": N_("用户名或手机号"), "autocomplete": "username"})
    password = _password(N_("密码"), "current-password")
    long = marshal.Yes(load_default=False, metadata={
        "label": N_("这是我自己的手机，半年内不用再登录"), "widget": "checkbox", "help": N_("管理员和审批人不适用")})  # fmt: skip


class PasswordSchema(StrictSchema):
    """The present password, and the new one twice."""

    present = _password(N_("现在的密码"), "current-password")
    password = _password(N_("新密码"), "new-password", N_("至少8个字符；几个不相干的词连起来，好记又难猜"))
    again = _password(N_("再输一遍新密码"), "new-password")


class NewUserSchema(StrictSchema):
    """Somebody new at a unit."""

    name = marshal.Str(longest=80, reader=clean_name, required=True, metadata={"label": N_("姓名"), "autocomplete": "off", "maxlength": 50})
    user_name = marshal.Str(longest=50, reader=clean_user_name, required=True, metadata={
        "label": N_("用户名"), "help": N_("登录用；汉字、拼音、数字都可以"), "autocomplete": "off", "maxlength": 50})  # fmt: skip
    phone = marshal.Str(longest=30, reader=clean_phone, load_default=None, metadata={
        "label": N_("手机号"), "help": N_("填了以后也可以用手机号登录"), "widget": "tel", "autocomplete": "off"})  # fmt: skip
    role = marshal.OneOf(codes=tuple(Role), required=True, metadata={
        "label": N_("角色"), "widget": "select", "choices": Role.choices()})  # fmt: skip


class GrantSchema(StrictSchema):
    """Somebody who has an account already gets a role here too."""

    login = marshal.Str(longest=60, required=True, metadata={"label": N_("对方的用户名或手机号"), "autocomplete": "off"})
    as_role = marshal.OneOf(codes=tuple(Role), required=True, metadata={
        "label": N_("角色"), "widget": "select", "choices": Role.choices()})  # fmt: skip


class TokenSchema(StrictSchema):
    """A new token for machines."""

    name = marshal.Str(longest=100, required=True, metadata={"label": N_("用途"), "help": N_("例如：县卫健局数据交换"), "maxlength": 100})
    scopes = marshal.Many(marshal.Str(longest=50), required=True, metadata={"label": N_("权限"), "widget": "checkboxes"})
    days = marshal.Whole(least=1, most=366, load_default=TOKEN_DAYS, metadata={
        "label": N_("有效天数"), "widget": "number", "unit": N_("天"), "default": TOKEN_DAYS})  # fmt: skip
