"""What is written down of a household: one grammar for the form, the list that is read in, and the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import Schema, post_load

from eventsvc.core.words import N_, Words
from eventsvc.declare import (
    AnniversaryField,
    Choice,
    Date,
    Field,
    IdNumber,
    LongText,
    Name,
    Personal,
    Phone,
    StrictSchema,
    Text,
    YesNo,
)


@dataclass(frozen=True)
class Given:
    """A household as somebody wrote it down."""

    number: str = ""
    head: str = ""
    phone: str = ""
    address: str = ""
    leader_id: UUID | None = None
    special: bool = False
    situation: str = ""


def questions(leaders: Iterable[tuple[str, str]], *, head_required: bool = True) -> tuple[Field, ...]:
    """Return what is asked; `leaders` are (id, name) of those who may be assigned."""
    return (
        Name("head", N_("户主姓名"), required=head_required, personal=Personal.CONTACT),
        Phone("phone", N_("联系电话"), required=False, personal=Personal.CONTACT, help=N_("手机或座机；没有可以不填")),
        Text("address", N_("住址"), required=False, personal=Personal.CONTACT, help=N_("如：3组12号，石桥头往里第二家")),
        Text("number", N_("户编号"), required=False, longest=30, help=N_("纸质名单上的编号；不填由系统编号")),
        Choice("leader_id", N_("联系的小组长"), required=False, of=tuple(leaders)),
        YesNo("special", N_("特殊家庭（失独、伤残等）"), help=N_("勾选后只有联系的小组长能看到是谁，其他人只看到户编号")),
        LongText("situation", N_("家庭情况"), required=False, longest=1000, personal=Personal.HEALTH, rows=3,
                 help=N_("需要小组长知道的情况，如行动不便、婴幼儿月龄；加密保存")),
    )  # fmt: skip


def _spouse(role: str, label: str) -> tuple[Field, ...]:
    return (
        Name(f"{role}_name", Words(N_("{who}姓名"), who=Words(label)), personal=Personal.CONTACT),
        Date(f"{role}_born_on", Words(N_("{who}出生日期"), who=Words(label)), required=False, personal=Personal.CONTACT),
        Phone(f"{role}_phone", Words(N_("{who}电话"), who=Words(label)), required=False, personal=Personal.CONTACT),
        IdNumber(f"{role}_id_number", Words(N_("{who}身份证号"), who=Words(label)), required=False, personal=Personal.IDENTITY),
    )  # fmt: skip


COUPLE: tuple[Field, ...] = (
    *_spouse("husband", N_("丈夫")), *_spouse("wife", N_("妻子")),
    AnniversaryField("married_on", N_("结婚日期"), personal=Personal.AWARD, help=N_("记得多少填多少；农历也可以")),
)  # fmt: skip


def couple_schema() -> Schema:
    """Return the schema of one couple of the roll."""
    return StrictSchema.from_dict({f.name: f.marshal() for f in COUPLE}, name="roll_couple")()


class _HouseholdSchema(StrictSchema):
    @post_load
    def as_given(self, data: dict[str, Any], **_: Any) -> Given:
        leader = data.get("leader_id")
        text = {name: data.get(name) or "" for name in ("number", "head", "phone", "address", "situation")}
        return Given(leader_id=UUID(leader) if leader else None, special=bool(data.get("special")), **text)


def household_schema(leaders: Iterable[tuple[str, str]] = (), *, head_required: bool = True) -> Schema:
    """Return the schema of one household."""
    asked = questions(leaders, head_required=head_required)
    return _HouseholdSchema.from_dict({f.name: f.marshal() for f in asked}, name="household")()
