"""Shapes of a party: who stands in one registration, and how many places it takes."""

from dataclasses import dataclass, field

from eventsvc.core.words import N_, Label
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


@dataclass(frozen=True)
class Person:
    """One part in a party: husband, wife, volunteer … and what is asked of whoever plays it."""

    role: str
    label: Label
    sex: str | None = None
    """Given by the part (a husband is male), else asked."""
    asks: tuple[Field, ...] = ()
    phone_required: bool = False

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
        asked = {f.name for f in self.asks}
        return (*(f for f in core if f.name not in asked), *self.asks)


@dataclass(frozen=True)
class PartyShape:
    """A party: its people in order. `places_each` false means one place for all of them."""

    code: str
    label: Label
    unit: Label
    people: tuple[Person, ...]
    places_each: bool = True
    proxy: bool = True
    joint_rules: tuple[str, ...] = field(default=())

    @property
    def places(self) -> int:
        """How many places one such party takes."""
        return len(self.people) if self.places_each else 1

    def person(self, role: str) -> Person:
        """Return the part with this role."""
        return next(p for p in self.people if p.role == role)


def Couple(*asks: Field) -> PartyShape:  # noqa: N802 (reads as a noun in a declaration)
    """Two people, one place, one certificate."""
    return PartyShape(
        "couple",
        N_("夫妇"),
        N_("对"),
        (Person("husband", N_("丈夫"), "male", asks), Person("wife", N_("妻子"), "female", asks)),
        places_each=False,
    )


def Single(*asks: Field, role: str = "participant", label: Label = N_("报名人")) -> PartyShape:  # noqa: N802
    """One person, one place."""
    return PartyShape("single", N_("个人"), N_("人"), (Person(role, label, None, asks, phone_required=True),), proxy=False)
