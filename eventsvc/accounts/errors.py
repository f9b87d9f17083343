"""How accounts say no."""

from eventsvc.core.errors import Conflict, Invalid, NotAllowed
from eventsvc.core.words import N_


class WrongLogin(Invalid):
    """No such name, or another password: the same words for both."""

    code = "wrong_login"
    words = N_("用户名、手机号或密码不对，请核对后再试；忘记密码请找本单位管理员重置")


class WeakPassword(Invalid):
    """A password that is guessed first."""

    code = "weak_password"
    words = N_("这个密码太容易被猜到，请换一个")


class WrongPassword(Invalid):
    """The present password, asked before it is changed, is not this one."""

    code = "wrong_password"
    words = N_("现在的密码不对，请核对")


class NameTaken(Conflict):
    """Another account has this user name or this phone."""

    code = "name_taken"
    words = N_("这个用户名或手机号已经有账号，请换一个，或给已有账号授权")


class NoSuchAccount(Invalid):
    """No account in use has this user name."""

    code = "no_such_account"
    words = N_("没有这个用户名的账号，请核对")


class ServesElsewhere(NotAllowed):
    """The account also serves where this administrator has no say."""

    code = "serves_elsewhere"
    words = N_("这个账号还在别的单位任职，请由共同的上级管理员办理")


class NotYourself(Conflict):
    """Nobody shuts themselves out by accident."""

    code = "not_yourself"
    words = N_("不能重置、停用自己的账号或收回自己的管理员权限：密码在“我的账号”里改，其他请由另一位管理员办理")


class AlreadySetUp(Conflict):
    """The service has accounts already."""

    code = "already_set_up"
    words = N_("这个服务已经有账号，不能再次初始化；忘记密码请用 flask accounts reset-password")


class UnknownScope(Invalid):
    """A token asked for something that no door of the API gives."""

    code = "unknown_scope"
    words = N_("没有这项接口权限：{scope}")
