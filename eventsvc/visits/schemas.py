"""What a leader writes down at the door: one grammar for the phone's form and the API."""

from typing import Any

from marshmallow import Schema, ValidationError, post_load, validates_schema

from eventsvc.core.enums import Labelled
from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, Choice, Date, Field, StrictSchema
from eventsvc.people.schemas import questions
from eventsvc.visits.models import Outcome, Way
from eventsvc.visits.rules import Visit, asked, visit_of


def _choices(enum: type[Labelled]) -> tuple[tuple[str, str], ...]:
    return tuple(enum.choices())


CORE: tuple[Field, ...] = (
    Choice("outcome", N_("访到了吗"), of=_choices(Outcome), default="seen"),
    Choice("way", N_("怎么访的"), of=_choices(Way), default="home"),
    Date("visited_on", N_("哪天访的")),
)


class VisitSchema(StrictSchema):
    """One visit; which questions, says the kind."""

    kind: ActivityKind

    @validates_schema
    def _somebody_was_met(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("outcome") == Outcome.SEEN and not data.get("met") and "met" in self.fields:
            raise ValidationError({"met": [N_("访到了，请选见到了谁")]})

    @validates_schema
    def _next_is_later(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("next_on") and data.get("visited_on") and data["next_on"] <= data["visited_on"]:
            raise ValidationError({"next_on": [N_("下次访视应在这次之后")]})

    @post_load
    def as_visit(self, data: dict[str, Any], **_: Any) -> Visit:
        return visit_of(self.kind, data)

    @classmethod
    def of(cls, kind: ActivityKind) -> Schema:
        """Return the schema of a visit of this kind."""
        return _made(cls, kind, (), f"{kind.code}_visit")


class UnplannedSchema(VisitSchema):
    """A household that was not on the list, and the visit that found it."""

    @post_load
    def as_visit(self, data: dict[str, Any], **_: Any) -> Any:
        household = {name: data.get(name) or "" for name in ("head", "phone", "address", "situation")}
        return household | {"organisation_id": data.get("organisation_id"), "special": data["special"]}, visit_of(self.kind, data)

    @classmethod
    def at(cls, kind: ActivityKind, places: list[tuple[str, str]]) -> Schema:
        """Return the schema, with the villages and groups in which the household may live."""
        where = Choice("organisation_id", N_("住在哪里"), of=tuple(places))
        household = tuple(f for f in questions(()) if f.name not in ("number", "leader_id"))
        return _made(cls, kind, (where, *household), f"{kind.code}_unplanned")


def _made(cls: type[VisitSchema], kind: ActivityKind, before: tuple[Field, ...], name: str) -> Schema:
    made = cls.from_dict({f.name: f.marshal() for f in (*before, *CORE, *asked(kind))}, name=name)
    made.kind = kind  # type: ignore[attr-defined]
    return made()
