"""Shapes of a party: who stands in one registration, and how many places it takes."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from eventsvc.core.words import N_, Label, Words
from eventsvc.declare.fields import Choice, Date, Field, IdNumber, Name, Phone
from eventsvc.declare.personal import Personal

SEX = (("female", N_("女")), ("male", N_("男")))

PROXY_RELATIONS = (
    ("child", N_("子女")),
    ("grandchild", N_("孙辈")),
    ("relative", N_("亲属")),
    ("neighbour", N_("邻居")),
    ("village_staff", N_("村（社区）工作人员")),
    ("group_leader", N_("会员小组长")),
    ("other", N_("其他")),
)
UNIT_CONTACT = ("unit", N_("推荐单位经办人"))
"""Who signs up the people whom a unit names."""


@dataclass(frozen=True)
class Person:
    """One part in a party: husband, wife, volunteer … and what is asked of whoever plays it."""

    role: str
    label: Label
    sex: str | None = None
    """Given by the part (a husband is male), else asked."""
    asks: tuple[Field, ...] = ()
    phone_required: bool = False
    without: frozenset[str] = frozenset()
    """Core questions that make no sense for this part: a baby has no phone."""

    def fields(self) -> tuple[Field, ...]:
        """Return every question put to this person: the core, then the kind's own."""
        sex = () if self.sex else (Choice("sex", N_("性别"), of=SEX, personal=Personal.CONTACT),)
        core = (
            Name("name", N_("姓名"), personal=Personal.CONTACT),
            *sex,
            Date("born_on", N_("出生日期"), required=False, personal=Personal.CONTACT, help=N_("身份证上的日期；记不清可以不填")),
            Phone("phone", N_("手机或座机"), required=self.phone_required, personal=Personal.CONTACT,
                  help="" if self.phone_required else N_("老人没有电话可以不填")),
            IdNumber("id_number", N_("身份证号"), required=False, personal=Personal.IDENTITY, help=N_("只用于核对是否重复报名，活动结束90天后删除")),
        )
        asked = {f.name for f in self.asks} | self.without
        return (*(f for f in core if f.name not in asked), *self.asks)


@dataclass(frozen=True)
class PartyShape:
    """A party: its fixed people in order, then as many of `more` as come. `places_each` false means one place for all of them."""

    code: str
    label: Label
    unit: Label
    people: tuple[Person, ...]
    places_each: bool = True
    proxy: bool = True
    joint_rules: tuple[str, ...] = field(default=())
    more: Person | None = None
    """A part that several play: its roles are numbered, "member_1" to "member_<most>"."""
    least: int = 0
    """How many of `more` must come."""
    most: int = 0
    named_by_unit: bool = False
    """A unit names its people: whoever signs them up is its contact, and the unit's own name is asked first."""

    def __post_init__(self) -> None:
        if (self.more is None) != (self.most == 0) or not 0 <= self.least <= self.most or not (self.people or self.least):
            raise ValueError(f"the party {self.code} has nobody, or a part that several play without saying how many")

    @property
    def places(self) -> int:
        """How many places the smallest such party takes."""
        return self.places_of(len(self.people) + self.least)

    def places_of(self, n_people: int) -> int:
        """Return how many places a party of so many people takes."""
        return n_people if self.places_each else 1

    @cached_property
    def numbered(self) -> tuple[Person, ...]:
        """Return the numbered parts, each with its own role and label, as many as there may be."""
        return tuple(self._numbered(at) for at in range(1, self.most + 1))

    @cached_property
    def everyone(self) -> tuple[Person, ...]:
        """Return every part that may be played in such a party, fixed ones first."""
        return (*self.people, *self.numbered)

    @property
    def needed(self) -> tuple[Person, ...]:
        """Return the parts without which it is no such party."""
        return self.everyone[: len(self.people) + self.least]

    @property
    def alone(self) -> bool:
        """Say whether such a party is always one person."""
        return len(self.people) == 1 and self.more is None

    def person(self, role: str) -> Person:
        """Return the part with this role, numbered or not."""
        return next(p for p in self.everyone if p.role == role)

    def _numbered(self, at: int) -> Person:
        assert self.more
        return replace(self.more, role=f"{self.more.role}_{at}", label=Words(N_("第{n}位{label}"), n=at, label=self.more.label))


def Couple(*asks: Field) -> PartyShape:  # noqa: N802 (reads as a noun in a declaration)
    """Two people, one place, one certificate."""
    return PartyShape(
        "couple",
        N_("夫妇"),
        N_("对"),
        (Person("husband", N_("丈夫"), "male", asks), Person("wife", N_("妻子"), "female", asks)),
        places_each=False,
    )


def Family(*, baby: tuple[Field, ...] = (), carer: tuple[Field, ...] = ()) -> PartyShape:  # noqa: N802
    """A baby and whoever looks after it: one place for the two. Who brings the baby is whom we call."""
    return PartyShape(
        "family",
        N_("家庭"),
        N_("家"),
        (
            Person("baby", N_("宝宝"), None, baby, without=frozenset({"phone", "id_number"})),
            Person("carer", N_("带养人"), None, carer, phone_required=True, without=frozenset({"sex", "born_on", "id_number"})),
        ),
        places_each=False,
        proxy=False,
    )


def Delegation(*asks: Field, role: str = "member", label: Label = N_("参加人员"), most: int = 20) -> PartyShape:  # noqa: N802
    """One to `most` people whom a unit names, a place each; the unit's contact signs them up."""
    return PartyShape(
        "delegation", N_("单位推荐"), N_("人"), (), more=Person(role, label, None, asks, without=frozenset({"born_on", "id_number"})),
        least=1, most=most, named_by_unit=True,
    )  # fmt: skip


def Single(*asks: Field, role: str = "participant", label: Label = N_("报名人")) -> PartyShape:  # noqa: N802
    """One person, one place."""
    return PartyShape("single", N_("个人"), N_("人"), (Person(role, label, None, asks, phone_required=True),), proxy=False)
