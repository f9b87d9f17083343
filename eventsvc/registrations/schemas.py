"""What a party tells us at the door: one grammar for the web form and the API.

`PartySchema.asking(kind, plan).load(body)` gives a tuple of parties: one, or two when both pairs of parents are
signed up in one go. The schema knows no today and no database; what needs them is asked by `rules` and `service`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from eventsvc.core.words import N_
from eventsvc.declare import (
    PROXY_RELATIONS,
    ActivityKind,
    Choice,
    Field,
    LongText,
    Name,
    Person,
    Personal,
    Phone,
    StrictSchema,
    schema_of,
)
from eventsvc.declare.marshal import Str, Yes
from eventsvc.registrations.consent import asked_by

SELF = "self"
FOR_WHOM = ((SELF, N_("为自己报名（我是其中一位）")), *((code, label) for code, label in PROXY_RELATIONS))
UNCHANGEABLE = frozenset({"name", "sex", "born_on", "id_number"})
"""Who somebody is: corrected by the office, not by whoever holds the link."""
PROXY: tuple[Field, ...] = (
    Choice("relation", N_("您为谁报名？"), of=FOR_WHOM, personal=Personal.CONTACT, help=N_("替父母、亲友报名的，请选您和他们的关系")),
    Name("name", N_("您的姓名"), required=False, personal=Personal.CONTACT, help=N_("替别人报名时填写")),
    Phone("phone", N_("您的电话"), required=False, personal=Personal.CONTACT, help=N_("替别人报名时填写；有变动先打给您")),
)


@dataclass(frozen=True, repr=False)
class PersonAnswers:
    """One person of a party, as told."""

    role: str
    answers: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Give an answer by its name (None when it was not given): `person.phone`."""
        if name.startswith("__"):
            raise AttributeError(name)
        return self.answers.get(name)

    def __repr__(self) -> str:
        return f"PersonAnswers({self.role})"


@dataclass(frozen=True, repr=False)
class Proxy:
    """Whoever signs somebody else up."""

    relation: str
    name: str
    phone: str

    def __repr__(self) -> str:
        return f"Proxy({self.relation})"


@dataclass(frozen=True)
class Consent:
    """What was agreed to, by purpose."""

    contact: bool = False
    identity: bool = False
    health: bool = False
    photo: bool = False

    def purposes(self) -> tuple[str, ...]:
        """Return the purposes agreed to."""
        return tuple(name for name in ("contact", "identity", "health", "photo") if getattr(self, name))


@dataclass(frozen=True, repr=False)
class Party:
    """Who comes together, and what they told us. Its repr says nothing of them."""

    people: tuple[PersonAnswers, ...]
    answers: Mapping[str, Any] = field(default_factory=dict)
    proxy: Proxy | None = None
    village: UUID | None = None
    village_name: str = ""
    consent: Consent = Consent(contact=True)

    def person(self, role: str) -> PersonAnswers:
        """Return the person with this part."""
        return next(p for p in self.people if p.role == role)

    def __repr__(self) -> str:
        return f"Party({len(self.people)})"


def own_questions(plan: Mapping[str, Any]) -> tuple[Field, ...]:
    """Return what the organiser asks besides; free answers count as personal."""
    asked = plan.get("questions") or ()
    return tuple(
        LongText(f"own_{at}", str(row["label"])[:100], required=bool(row.get("required")), longest=300, rows=2, personal=Personal.CONTACT)
        for at, row in enumerate(asked)
        if isinstance(row, Mapping) and row.get("label")
    )


class PartySchema(StrictSchema):
    """A party, whole. Built for one kind by `asking`; never used bare."""

    village = fields.UUID(load_default=None, allow_none=True, metadata={"label": N_("所在村（社区）"), "widget": "select"})
    village_name = Str(longest=50, load_default="", metadata={"label": N_("上面没有的，请写村（社区）名"), "maxlength": 50})

    @classmethod
    def asking(cls, kind: ActivityKind, plan: Mapping[str, Any] | None = None) -> Schema:
        """Return the grammar of a sign-up of this kind, with the organiser's own questions; made once, used by all threads."""
        return _made_once(cls, kind, own_questions(plan or {}), _grammar)

    @classmethod
    def changing(cls, kind: ActivityKind, plan: Mapping[str, Any] | None = None) -> Schema:
        """Return the grammar of a change by the party itself: all but who they are."""
        return _made_once(cls, kind, own_questions(plan or {}), _grammar_of_change)

    @pre_load
    def _open_rooms(self, data: Any, **_: Any) -> Any:
        """Let what is missing be named where it is missing: `people.wife.name`, not `people`."""
        if not isinstance(data, dict):
            return data
        data = {**data, "people": data.get("people", {}), "consent": data.get("consent", {})}
        if isinstance(data["people"], dict):
            data["people"] = {**dict.fromkeys(_roles(self), {}), **data["people"]}
        if "answers" in self.fields:
            data["answers"] = data.get("answers", {})
        if "another" in data and _is_untouched(data["another"]):
            del data["another"]
        return data

    @post_load
    def _as_parties(self, data: dict[str, Any], **_: Any) -> tuple[Party, ...]:
        proxy, consent = data.get("proxy"), data["consent"]
        first, other = _party(data, proxy, consent), data.get("another")
        return (first,) if other is None else (first, _party(other, proxy, consent))


class AnotherSchema(PartySchema):
    """The second couple of a form: the same people sign up and agree for both."""

    @pre_load
    def _open_rooms(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        people = data.get("people", {})
        if isinstance(people, dict):
            people = {**dict.fromkeys(_roles(self), {}), **people}
        return {**data, "people": people, **({"answers": data.get("answers", {})} if "answers" in self.fields else {})}

    @post_load
    def _as_parties(self, data: dict[str, Any], **_: Any) -> Any:
        return data


class ProxySchema(StrictSchema):
    """Whoever signs somebody else up; `relation` "self" means nobody does."""

    @post_load
    def _whole(self, data: dict[str, Any], **_: Any) -> Proxy | None:
        given = {name: data.get(name) for name in ("name", "phone")}
        if data["relation"] == SELF:
            if any(given.values()):
                raise ValidationError({"relation": [N_("您填了代报人的姓名或电话，请在这里选您和报名人的关系；为自己报名的请把它们清空")]})
            return None
        faults = {name: [N_("替别人报名，请留下您的姓名和电话")] for name, value in given.items() if not value}
        if faults:
            raise ValidationError(faults)
        return Proxy(data["relation"], str(given["name"]), str(given["phone"]))


class ConsentSchema(StrictSchema):
    """What is agreed to, by purpose; which of them are needed depends on what was told."""

    @post_load
    def _whole(self, data: dict[str, Any], **_: Any) -> Consent:
        return Consent(**data)


def _roles(schema: Schema) -> list[str]:
    people: Any = schema.fields["people"]
    return list(people.schema.fields)


def _party(data: Mapping[str, Any], proxy: Proxy | None, consent: Consent) -> Party:
    people = tuple(PersonAnswers(role, answers) for role, answers in data["people"].items())
    return Party(people, data.get("answers", {}), proxy, data["village"], data["village_name"] or "", consent)


def _is_untouched(value: Any) -> bool:
    """Say whether nothing was filled in: a calendar is always chosen, defaults come with the page."""
    if isinstance(value, Mapping):
        return all(key in ("calendar", "mobility") or _is_untouched(inner) for key, inner in value.items())
    return value in (None, "", [], "0")


@lru_cache(maxsize=256)
def asked_of(person: Person) -> tuple[Field, ...]:
    """Return the questions put to a person that are still asked."""
    return tuple(f for f in person.fields() if not f.retired)


def asked_of_party(kind: ActivityKind, plan: Mapping[str, Any] | None = None) -> tuple[Field, ...]:
    """Return the questions put to the party as a whole that are still asked."""
    return tuple(f for f in (*kind.sign_up, *own_questions(plan or {})) if not f.retired)


Own = tuple[Field, ...]
_made: dict[Any, tuple[ActivityKind, Schema]] = {}


def _made_once(cls: type[PartySchema], kind: ActivityKind, own: Own, make: Callable[..., Schema]) -> Schema:
    """Building a schema takes milliseconds: the same questions are built once a process."""
    key = (make, kind.code, kind.version, own)
    found = _made.get(key)
    if found is None or found[0] is not kind:
        if len(_made) > 500:
            _made.clear()
        found = _made[key] = (kind, make(cls, kind, own))
    return found[1]


def _grammar(cls: type[PartySchema], kind: ActivityKind, own: Own) -> Schema:
    rooms = _rooms(kind, own, frozenset())
    if kind.party and kind.party.proxy and len(kind.party.people) > 1:
        asked: dict[str, Any] = {name: rooms[name] for name in ("people", "answers") if name in rooms}
        other = AnotherSchema.from_dict(asked, name=f"{kind.code}_another")
        rooms["another"] = fields.Nested(other, load_default=None, allow_none=True)
    return cls.from_dict(rooms, name=f"{kind.code}_party")()


def _grammar_of_change(cls: type[PartySchema], kind: ActivityKind, own: Own) -> Schema:
    return cls.from_dict(_rooms(kind, own, UNCHANGEABLE), name=f"{kind.code}_change")()


def _rooms(kind: ActivityKind, own: Own, without: frozenset[str]) -> dict[str, Any]:
    assert kind.party, f"{kind.code} has no sign-up"
    people: dict[str, Any] = {p.role: _nested((f for f in asked_of(p) if f.name not in without), f"{kind.code}_{p.role}", p.label) for p in kind.party.people}
    rooms: dict[str, Any] = {"people": fields.Nested(StrictSchema.from_dict(people, name=f"{kind.code}_people"), required=True)}
    if asked := [f for f in (*kind.sign_up, *own) if not f.retired]:
        rooms["answers"] = _nested(asked, f"{kind.code}_answers")
    if kind.party.proxy:
        rooms["proxy"] = fields.Nested(
            ProxySchema.from_dict({f.name: f.marshal() for f in PROXY}, name="proxy"), load_default=None, allow_none=True
        )
    agreed: dict[str, Any] = {t.purpose: Yes(load_default=False, metadata={"label": t.words, "widget": "checkbox"}) for t in asked_by(kind)}
    rooms["consent"] = fields.Nested(ConsentSchema.from_dict(agreed, name=f"{kind.code}_consent"), required=True)
    return rooms


def _nested(asked: Any, name: str, label: Any = "") -> fields.Nested:
    return fields.Nested(schema_of(asked, name), required=True, metadata={"label": label} if label else {})

