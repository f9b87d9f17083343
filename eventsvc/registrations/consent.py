"""What a party agrees to: one sentence a purpose, each with the version that is stored with the consent.

A changed sentence gets a new version and its forerunner moves to OLDER: what somebody agreed to can be shown word for word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from eventsvc.core.periods import full_years
from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, Person, Personal
from eventsvc.declare.asked import NOTHING, Asked

GUARDIAN = "guardian"
OF_AGE = 14
"""Below it a guardian agrees (个人信息保护法第三十一条: 不满十四周岁未成年人的个人信息)."""
TAKEN_BACK = "_taken_back"
"""Where a party's consents keep those that were taken back: a list, so that history stays."""


@dataclass(frozen=True)
class ConsentText:
    """One thing to agree to. `personal` is the class of data that it covers, all of which goes when it is taken back."""

    purpose: str
    personal: Personal
    version: str
    words: str
    missing: str = ""


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "contact", Personal.CONTACT, "2026-12",
        N_("我同意主办单位登记以上姓名和联系方式，只用于组织这次活动（核对、通知、签到）；公示名单时姓名会遮盖"),
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
    ConsentText(
        GUARDIAN, Personal.CONTACT, "2026-12",
        N_("报名的有未满14周岁的孩子：我是孩子的监护人，同意登记孩子的信息，只用于组织这次活动"),
        N_("报名的有未满14周岁的孩子，要由监护人在这里勾选同意"),
    ),
)  # fmt: skip
OLDER: tuple[ConsentText, ...] = (
    ConsentText("contact", Personal.CONTACT, "2026-11", N_("我同意主办单位登记以上姓名和联系方式，只用于组织这次活动（核对、通知、签到）")),
)
WHOLE = frozenset({"contact", GUARDIAN})
"""Without these there is no sign-up: who takes one back goes."""
NO_GUARDIAN = N_("请填写监护人的姓名：报名的有未满14周岁的孩子")


def asked_by(kind: ActivityKind, own: Asked = NOTHING) -> tuple[ConsentText, ...]:
    """Return what a sign-up of this kind asks to agree to: contact always, the rest as its questions, its people and the organiser's own need."""
    people = kind.party.everyone if kind.party else ()
    classes = {f.personal for f in (*kind.sign_up, *(f for person in people for f in person.fields()))}
    return tuple(
        text for text in TEXTS
        if (may_be_children(kind) if text.purpose == GUARDIAN else text.personal in classes | own.classes | {Personal.CONTACT})
    )  # fmt: skip


def may_be_children(kind: ActivityKind) -> bool:
    """Say whether somebody below fourteen may be among those who sign up: whoever's sex the part gives is a husband or a wife."""
    return any(_may_be_a_child(person) for person in (kind.party.everyone if kind.party else ()))


def _may_be_a_child(person: Person) -> bool:
    return person.sex is None


def needs_guardian(born: Iterable[date | None], today: date) -> bool:
    """Say whether one of these is below fourteen on the day of signing up.

    The law asks for the guardian when the data is taken in hand, so the day of the sign-up counts, not that of the activity;
    from the fourteenth birthday on nobody asks (of somebody born on 29 February: from the 28th, as `full_years` counts).
    """
    return any(day is not None and full_years(day, today) < OF_AGE for day in born)


def text_of(purpose: str, version: str) -> ConsentText | None:
    """Return the sentence that was agreed to, an older one too."""
    return next((text for text in (*TEXTS, *OLDER) if (text.purpose, text.version) == (purpose, version)), None)


def current(purpose: str) -> ConsentText | None:
    """Return the sentence that is asked today."""
    return next((text for text in TEXTS if text.purpose == purpose), None)


# -- what is stored of them -----------------------------------------------------------------------------------------------


def standing(stored: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the consents that stand, by purpose."""
    return {purpose: said for purpose, said in stored.items() if not purpose.startswith("_")}


def taken_back(stored: Mapping[str, Any], purposes: Iterable[str], at: datetime, by: str) -> dict[str, Any]:
    """Return the consents after these were taken back: when and by whom stays, with what had been agreed to."""
    gone = set(purposes) & set(standing(stored))
    history = [*stored.get(TAKEN_BACK, ()), *({"purpose": p, **stored[p], "taken_back_at": at.isoformat(), "taken_back_by": by} for p in sorted(gone))]
    kept = {purpose: said for purpose, said in standing(stored).items() if purpose not in gone}
    return {**kept, TAKEN_BACK: history} if history else kept


def renewed(stored: Mapping[str, Any], given: Mapping[str, Any], at: datetime, by: str) -> dict[str, Any]:
    """Return the consents after a form was sent again: what is ticked stands as it stood, what no longer is was taken back."""
    left = taken_back(stored, standing(stored).keys() - given.keys(), at, by)
    return {**given, **left}


@dataclass(frozen=True)
class Agreed:
    """One consent as people see it: the very words, when, by whom, and whether it was taken back."""

    purpose: str
    words: str
    version: str
    at: datetime
    by: str
    taken_back_at: datetime | None = None


def history(stored: Mapping[str, Any]) -> list[Agreed]:
    """Return every consent that was given, those that stand first."""
    rows = [{"purpose": purpose, **said} for purpose, said in standing(stored).items()]
    return [_agreed(row) for row in (*rows, *stored.get(TAKEN_BACK, ()))]


def _agreed(row: Mapping[str, Any]) -> Agreed:
    text, gone = text_of(row["purpose"], row["version"]), row.get("taken_back_at")
    return Agreed(row["purpose"], text.words if text else row["purpose"], row["version"], datetime.fromisoformat(row["at"]),
                  str(row.get("by", "")), datetime.fromisoformat(gone) if gone else None)  # fmt: skip
