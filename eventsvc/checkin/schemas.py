"""What is asked of a party that comes without a sign-up: as little as will do, in the kind's own shape."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    AnniversaryField,
    Choice,
    Field,
    Person,
    Personal,
    StrictSchema,
    YesNo,
    schema_of,
)
from eventsvc.declare.marshal import Yes
from eventsvc.registrations.schemas import Consent, Party, PersonAnswers

ASKED = ("name", "sex", "phone")
"""Of each person; a phone is never insisted on at the door."""


class WalkInSchema(StrictSchema):
    """A party at the door. Built for one kind by `asking`; gives the party and whether the cap may be passed."""

    @classmethod
    def asking(cls, kind: ActivityKind, villages: Mapping[UUID, str]) -> Schema:
        """Return the grammar; `villages` are those of the host to choose from."""
        assert kind.party
        people: dict[str, Any] = {p.role: fields.Nested(schema_of(asked_of(p), f"{kind.code}_{p.role}_at_door"), required=True,
                                        metadata={"label": p.label}) for p in kind.party.needed}  # fmt: skip
        rooms: dict[str, Any] = {"people": fields.Nested(StrictSchema.from_dict(people, name=f"{kind.code}_people_at_door"), required=True)}
        if own := [_optional(f) for f in kind.sign_up if isinstance(f, AnniversaryField)]:
            rooms["answers"] = fields.Nested(schema_of(own, f"{kind.code}_answers_at_door"), load_default=dict)
        village = Choice("village", N_("所在村（社区）"), required=False, of=tuple((str(i), name) for i, name in villages.items()))
        agreed = YesNo("agreed", N_("已当面说明用途，本人同意登记姓名和电话"), required=True)
        over = YesNo("over", N_("超出名额也登记"))
        rooms |= {"village": village.marshal(), "over": over.marshal()}
        rooms["agreed"] = Yes(required=True, metadata=agreed.metadata() | {"widget": "checkbox"}, validate=_must_agree)
        return cls.from_dict(rooms, name=f"{kind.code}_walk_in")()

    @pre_load
    def _forget_dates_that_only_have_a_calendar(self, data: Any, **_: Any) -> Any:
        """A form always says which calendar; without a year nothing was said."""
        if not isinstance(data, dict) or not isinstance(answers := data.get("answers"), dict):
            return data
        said = {k: v for k, v in answers.items() if not (isinstance(v, dict) and set(v) <= {"calendar"})}
        return {**data, "answers": said}

    @post_load
    def as_party(self, data: dict[str, Any], **_: Any) -> tuple[Party, bool]:
        people = tuple(PersonAnswers(role, {k: v for k, v in told.items() if v is not None}) for role, told in data["people"].items())
        answers = {name: value for name, value in data.get("answers", {}).items() if value is not None}
        village = UUID(data["village"]) if data.get("village") else None
        return Party(people, answers, village=village, consent=Consent(contact=True)), data["over"]


def asked_of(person: Person) -> tuple[Field, ...]:
    """Return the questions put to one person at the door: the few, and whatever has a sensible answer already."""
    plain = (None, Personal.CONTACT)
    needed = (f for f in person.fields() if f.name in ASKED or (f.required and f.default and f.personal in plain))
    return tuple(_at_door(f) for f in needed if not f.retired)


def _at_door(question: Field) -> Field:
    return _optional(question) if question.name == "phone" else question


def _optional(question: Field) -> Field:
    return replace(question, required=False)


def _must_agree(agreed: bool) -> None:
    if not agreed:
        raise ValidationError(N_("请先向本人说明并征得同意，再勾选"))
