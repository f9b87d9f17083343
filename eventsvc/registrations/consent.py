"""What a party agrees to: one sentence a purpose, each with the version that is stored with the consent."""

from dataclasses import dataclass

from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, Personal
from eventsvc.declare.asked import NOTHING, Asked


@dataclass(frozen=True)
class ConsentText:
    """One thing to agree to. A changed sentence gets a new version; the old one stays in what was stored."""

    purpose: str
    personal: Personal
    version: str
    words: str
    missing: str


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "contact", Personal.CONTACT, "2026-11",
        N_("我同意主办单位登记以上姓名和联系方式，只用于组织这次活动（核对、通知、签到）"),
        N_("不同意登记姓名和联系方式，就没有办法报名；也可以打电话给主办单位"),
    ),
    ConsentText(
        "identity", Personal.IDENTITY, "2026-11",
        N_("我单独同意使用身份证号，只用于核对是否重复报名，活动结束90天后删除"),
        N_("填写了身份证号，请在这里单独勾选同意；不愿意就把身份证号清空"),
    ),
    ConsentText(
        "health", Personal.HEALTH, "2026-11",
        N_("我单独同意使用健康和行动情况，只用于当天照顾，活动结束7天后删除"),
        N_("填写了健康或行动情况，请在这里单独勾选同意；不愿意就把它清空"),
    ),
    ConsentText(
        "photo", Personal.STORY, "2026-11",
        N_("我单独同意把填写的故事和照片用于这次活动的主持和宣传"),
        N_("填写了故事，请在这里单独勾选同意；不愿意就把它清空"),
    ),
)  # fmt: skip


def asked_by(kind: ActivityKind, own: Asked = NOTHING) -> tuple[ConsentText, ...]:
    """Return what a sign-up of this kind asks to agree to: contact always, the rest as its questions and the organiser's own need."""
    people = kind.party.people if kind.party else ()
    classes = {f.personal for f in (*kind.sign_up, *(f for person in people for f in person.fields()))}
    return tuple(text for text in TEXTS if text.personal in classes | own.classes | {Personal.CONTACT})
