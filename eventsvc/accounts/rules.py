"""What a user name and a password must be like, and how long a session lasts."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from eventsvc.accounts.errors import WeakPassword
from eventsvc.core.actor import Role
from eventsvc.core.phones import clean_phone
from eventsvc.core.text import clean_text, full_width_to_ascii
from eventsvc.core.words import N_, Words

SHORTEST, LONGEST = 8, 128
COMMON = frozenset({
    "password", "passw0rd", "p@ssw0rd", "12345678", "123456789", "1234567890", "87654321", "11111111", "88888888",
    "66666666", "00000000", "12341234", "qwertyui", "qwerty123", "1qaz2wsx", "abc12345", "abcd1234", "a1234567",
    "a12345678", "aa123456", "admin123", "admin888", "woaini1314", "5201314520", "iloveyou", "13145200", "jsx12345",
    "jishengxie",
})  # fmt: skip
_USER_NAME = re.compile(r"[\w.-]{2,50}")


@dataclass(frozen=True)
class Span:
    """How long a session lasts: in all, and unused."""

    absolute: timedelta
    idle: timedelta


DESK = Span(timedelta(hours=12), timedelta(hours=3))
LONG = Span(timedelta(days=180), timedelta(days=60))
"""A group leader's own phone."""
AT_A_DESK = frozenset({Role.ADMIN, Role.APPROVER})
"""Roles that are never left open for months on a phone that may be lost."""
SEEN_EVERY = timedelta(minutes=5)
TOKEN_DAYS = 90


def clean_user_name(text: str) -> str:
    """Give back a user name in the one way it is stored, or refuse it (ValueError)."""
    name = full_width_to_ascii(clean_text(text, 50)).casefold()
    if not _USER_NAME.fullmatch(name):
        raise ValueError(N_("用户名用2到50个汉字、字母、数字，中间可以有点和横线"))
    if _is_phone(name):
        raise ValueError(N_("用户名不要用手机号；手机号另填，登录时两个都能用"))
    return name


def one_spelling(login: str) -> str:
    """Give what was typed to log in by as it is looked up, whatever its spaces, dashes, width and case."""
    for clean in (clean_phone, clean_user_name):
        with suppress(ValueError):
            return clean(login)
    return login.casefold()


def _is_phone(text: str) -> bool:
    try:
        return bool(clean_phone(text))
    except ValueError:
        return False


def check_password(password: str, *, besides: tuple[str, ...] = ()) -> None:
    """Refuse a password that is too short, too common, or only repeats the names of its owner (WeakPassword)."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise _weak(Words(N_("密码应有{shortest}到{longest}个字符"), shortest=SHORTEST, longest=LONGEST))
    plain = password.casefold()
    if plain in COMMON or len(set(plain)) < 4 or _is_run(plain):
        raise _weak(N_("这个密码太常见，请换一个，比如几个不相干的词连起来"))
    if any(len(name) > 2 and name.casefold() in plain for name in besides):
        raise _weak(N_("密码里不要有用户名或手机号"))


def _weak(words: str) -> WeakPassword:
    return WeakPassword(fields={"password": [words]})


def _is_run(text: str) -> bool:
    steps = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)}
    return steps in ({1}, {-1})


def is_over(*, now: datetime, last_seen_at: datetime, expires_at: datetime, long: bool) -> bool:
    """Say whether a session has ended by its age or by not being used."""
    return now >= expires_at or now - last_seen_at > (LONG if long else DESK).idle


def same_again() -> WeakPassword:
    """Refuse a new password that is the old one."""
    return _weak(N_("新密码不能和现在的一样"))


def check_again(password: str, again: str) -> None:
    """Refuse a new password that was typed two ways."""
    if password != again:
        raise WeakPassword(fields={"again": [N_("两次输入的新密码不一样")]})


_SYSTEMS = (("MicroMessenger", N_("微信")), ("HarmonyOS", N_("鸿蒙设备")), ("Android", N_("安卓手机")), ("iPhone", N_("苹果手机")),
            ("iPad", N_("苹果平板")), ("Windows", N_("Windows电脑")), ("Mac OS", N_("苹果电脑")), ("Linux", N_("Linux电脑")))  # fmt: skip


def device_of(user_agent: str) -> str:
    """Name a device so that its owner knows it again; nothing that tells it from others is kept."""
    return next((words for sign, words in _SYSTEMS if sign in user_agent), N_("其他设备"))


_ABOUT = {"read": N_("查看{what}"), "write": N_("修改{what}")}
_WHAT = {
    "organisations": N_("单位"), "activities": N_("活动"), "registrations": N_("报名"), "checkin": N_("签到"), "visits": N_("访视"),
    "reports": N_("报告"), "statistics": N_("统计"), "documents": N_("文件"), "people": N_("家庭"), "messages": N_("通知"),
    "campaigns": N_("专项行动"),
}  # fmt: skip


def scope_choices(scopes: Iterable[str]) -> list[tuple[str, str]]:
    """Give scopes with words for people: activities:read → 查看活动."""
    def words(scope: str) -> str:
        what, _, deed = scope.partition(":")
        return Words(_ABOUT[deed], what=Words(_WHAT[what])) if what in _WHAT and deed in _ABOUT else scope

    return [(scope, words(scope)) for scope in sorted(scopes)]
