"""How the house says no: a stable code, words in Chinese, the facts."""

from typing import Any, ClassVar

from eventsvc.core.words import N_, Words


class DomainError(Exception):
    """A refusal that a person can act on. Never an accident: accidents are ordinary exceptions."""

    code: ClassVar[str] = "refused"
    words: ClassVar[str] = N_("这一步现在不能做")
    status: ClassVar[int] = 409

    def __init__(self, *, fields: dict[str, list[str]] | None = None, **facts: Any) -> None:
        self.facts = facts
        self.fields = fields or {}
        self.said = Words(self.words, **facts)
        super().__init__(self.said)


class Conflict(DomainError):
    """The world is not as the caller thought: full, closed, already done."""


class Invalid(DomainError):
    """What was sent cannot be understood; `fields` says where."""

    code = "invalid"
    words = N_("有些内容需要改一下")
    status = 422


class NotFound(DomainError):
    """No such thing, or none that you may see: the same words for both."""

    code = "not_found"
    words = N_("没有找到您要的内容")
    status = 404


class NotAllowed(DomainError):
    """You can see it, but this step belongs to someone else."""

    code = "not_allowed"
    words = N_("您的账号没有做这一步的权限，请联系上级管理员")
    status = 403


class NotLoggedIn(DomainError):
    """We do not know who you are."""

    code = "not_logged_in"
    words = N_("请先登录")
    status = 401


class WrongMoment(Conflict):
    """The workflow has no such step from here."""

    code = "wrong_moment"
    words = N_("现在是“{state}”状态，不能{action}；请刷新页面看最新情况")


class Stale(Conflict):
    """Somebody else saved first."""

    code = "stale"
    words = N_("别人刚刚改过这一页，您填的内容还在；请核对后再保存")
