"""What a party tells us at the door: one grammar for the web form and the API.

`PartySchema.asking(kind, own).load(body)` gives a tuple of parties: one, or two when both pairs of parents are
signed up in one go. The schema knows no today and no database; what needs them is asked by `rules` and `service`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, post_load, pre_load

from eventsvc.core.names import clean_name
from eventsvc.core.words import N_
from eventsvc.declare import (
    PROXY_RELATIONS,
    UNIT_CONTACT,
    ActivityKind,
    Choice,
    Field,
    Name,
    PartyShape,
    Person,
    Personal,
    Phone,
    StrictSchema,
    schema_of,
)
from eventsvc.declare.asked import NOTHING, Asked
from eventsvc.declare.marshal import Str, Yes
from eventsvc.registrations.consent import GUARDIAN, asked_by
from eventsvc.registrations.own import any_own, flat, own_room, program_for, pruned

SELF = "self"
Roles = tuple[str, ...] | None
FOR_WHOM = ((SELF, N_("为自己报名（我是其中一位）")), *((code, label) for code, label in PROXY_RELATIONS))
UNCHANGEABLE = frozenset({"name", "sex", "born_on", "id_number"})
"""Who somebody is: corrected by the office, not by whoever holds the link."""
RELATIONS = dict((*PROXY_RELATIONS, UNIT_CONTACT))
"""How whoever signs somebody up may be related to them, in words."""
PROXY: tuple[Field, ...] = (
    Choice("relation", N_("您为谁报名？"), of=FOR_WHOM, personal=Personal.CONTACT, help=N_("替父母、亲友报名的，请选您和他们的关系")),
    Name("name", N_("您的姓名"), required=False, personal=Personal.CONTACT, help=N_("替别人报名时填写")),
    Phone("phone", N_("您的电话"), required=False, personal=Personal.CONTACT, help=N_("替别人报名时填写；有变动先打给您")),
)
UNIT_PROXY: tuple[Field, ...] = (
    Choice("relation", N_("谁来报名？"), of=(UNIT_CONTACT, (SELF, N_("参加的人自己报名"))), default=UNIT_CONTACT[0], personal=Personal.CONTACT),
    Name("name", N_("经办人姓名"), required=False, personal=Personal.CONTACT, help=N_("单位派人参加的，请留经办人")),
    Phone("phone", N_("经办人电话"), required=False, personal=Personal.CONTACT, help=N_("有变动先打给经办人")),
)
"""Who signs up where a unit names its people."""


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
    guardian: bool = False
    guardian_name: str = field(default="", repr=False)
    """Who agrees for a child below fourteen."""

    def purposes(self) -> tuple[str, ...]:
        """Return the purposes agreed to."""
        return tuple(name for name in ("contact", "identity", "health", "photo", "guardian") if getattr(self, name))


@dataclass(frozen=True, repr=False)
class Party:
    """Who comes together, and what they told us. Its repr says nothing of them."""

    people: tuple[PersonAnswers, ...]
    answers: Mapping[str, Any] = field(default_factory=dict)
    proxy: Proxy | None = None
    village: UUID | None = None
    village_name: str = ""
    consent: Consent = Consent(contact=True)
    asked: Asked = NOTHING
    """The organiser's own questions as this party was asked them; the answers stand among the others, by their ids."""
    slot: str = ""
    """Which session it chose, by its key, where there are sessions."""
    override: str = ""
    """Why staff lets it in although a rule says no. No form and no body can say it: `add_by_staff` does."""

    def person(self, role: str) -> PersonAnswers:
        """Return the person with this part."""
        return next(p for p in self.people if p.role == role)

    def __repr__(self) -> str:
        return f"Party({len(self.people)})"


class PartySchema(StrictSchema):
    """A party, whole. Built for one kind by `asking`; never used bare."""

    own: Asked = NOTHING
    program: Mapping[str, Any] = {}
    """What decides which of the own questions are shown."""
    village = fields.UUID(load_default=None, allow_none=True, metadata={"label": N_("所在村（社区）"), "widget": "select"})
    village_name = Str(longest=50, load_default="", metadata={"label": N_("上面没有的，请写村（社区）名"), "maxlength": 50})
    slot = Str(longest=6, load_default="", metadata={"widget": "radio", "description": "Which session, by its key, where there are sessions."})

    @classmethod
    def asking(cls, kind: ActivityKind, own: Asked | None = None, roles: Roles = None) -> Schema:
        """Return the grammar of a sign-up of this kind, with the organiser's own questions (`opening.asked`); made once, used by all threads.

        With `roles`, that of a party that stands already: of exactly these people.
        """
        return _made_once(cls, kind, own or NOTHING, _grammar, roles)

    @classmethod
    def changing(cls, kind: ActivityKind, own: Asked | None = None, known: Mapping[str, Any] | None = None, roles: Roles = None) -> Schema:
        """Return the grammar of a change by the party itself: all but who they are. `known`: what conditions need of that, by role."""
        made = _made_once(cls, kind, own or NOTHING, _grammar_of_change, roles)
        if not own or not known:
            return made
        mine: Any = type(made)()
        mine.program = {**mine.program, "known": known}
        return cast(Schema, mine)

    @classmethod
    def described(cls, kind: ActivityKind) -> Schema:
        """Return the grammar as documentation shows it: own questions differ from activity to activity."""
        return _made_once(cls, kind, NOTHING, _grammar_described, None)

    @pre_load
    def _open_rooms(self, data: Any, **_: Any) -> Any:
        """Let what is missing be named where it is missing: `people.wife.name`, not `people`."""
        if not isinstance(data, dict):
            return data
        data = {**data, "people": data.get("people", {}), "consent": data.get("consent", {})}
        data["people"] = _people_told(self, data["people"])
        if "answers" in self.fields:
            data["answers"] = data.get("answers", {})
        if "another" in data and _is_untouched(data["another"]):
            del data["another"]
        return pruned(self.own, self.program, data)

    @post_load
    def _as_parties(self, data: dict[str, Any], **_: Any) -> tuple[Party, ...]:
        proxy, consent = data.get("proxy"), data["consent"]
        first, other = _party(data, proxy, consent, self.own), data.get("another")
        return (first,) if other is None else (first, _party({**other, "slot": other["slot"] or first.slot}, proxy, consent, self.own))


class AnotherSchema(PartySchema):
    """The second couple of a form: the same people sign up and agree for both."""

    @pre_load
    def _open_rooms(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        people = _people_told(self, data.get("people", {}))
        opened = {**data, "people": people, **({"answers": data.get("answers", {})} if "answers" in self.fields else {})}
        return pruned(self.own, self.program, opened)

    @post_load
    def _as_parties(self, data: dict[str, Any], **_: Any) -> Any:
        return data


class ReplacementSchema(StrictSchema):
    """One person who comes instead of another: what is asked of that part, and what is agreed to."""

    own: Asked = NOTHING
    program: Mapping[str, Any] = {}

    @classmethod
    def asking(cls, kind: ActivityKind, own: Asked, role: str) -> Schema:
        """Return the grammar for one part of a party."""
        people = StrictSchema.from_dict(_people(kind, own, frozenset(), (role,)), name=f"{kind.code}_people_instead")
        rooms: dict[str, Any] = {"people": fields.Nested(people, required=True), "consent": _consents(kind, own)}
        return _with_own(cls.from_dict(rooms, name=f"{kind.code}_instead"), kind, own)()

    @pre_load
    def _open_rooms(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, dict):
            return data
        opened = {**data, "people": _people_told(self, data.get("people", {})), "consent": data.get("consent", {})}
        return {name: room for name, room in pruned(self.own, self.program, opened).items() if name != "answers"}

    @post_load
    def _as_told(self, data: dict[str, Any], **_: Any) -> tuple[PersonAnswers, Consent]:
        ((role, answers),) = data["people"].items()
        return PersonAnswers(role, flat(answers)), data["consent"]


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


def _people_told(schema: Schema, people: Any) -> Any:
    """Name everybody who must come, leave out those who may and of whom nothing was told."""
    if not isinstance(people, Mapping):
        return people
    rooms: Any = schema.fields["people"]
    asked: Mapping[str, Any] = rooms.schema.fields
    told = {role: one for role, one in people.items() if role not in asked or asked[role].required or not _as_drawn(asked[role].schema, one)}
    needed = [role for role, room in asked.items() if room.required]
    return {**dict.fromkeys(needed, {}), **told}


def _as_drawn(asked: Schema, told: Any) -> bool:
    """Say whether somebody's questions stand as the page was drawn: empty, or at what is usual."""
    if not isinstance(told, Mapping):
        return told in (None, "", [])
    usual = {name: question.metadata.get("prefill") for name, question in asked.fields.items()}
    return all(value == usual.get(name) or _is_untouched(value) for name, value in told.items())


def _party(data: Mapping[str, Any], proxy: Proxy | None, consent: Consent, own: Asked) -> Party:
    people = tuple(PersonAnswers(role, flat(answers)) for role, answers in data["people"].items() if answers is not None)
    return Party(people, flat(data.get("answers", {})), proxy, data["village"], data["village_name"] or "", consent, own, data["slot"] or "")


def _is_untouched(value: Any) -> bool:
    """Say whether nothing was filled in: a calendar is always chosen, defaults come with the page."""
    if isinstance(value, Mapping):
        return all(key in ("calendar", "mobility") or _is_untouched(inner) for key, inner in value.items())
    return value in (None, "", [], "0")


@lru_cache(maxsize=256)
def asked_of(person: Person) -> tuple[Field, ...]:
    """Return the questions put to a person that are still asked."""
    return tuple(f for f in person.fields() if not f.retired)


def asked_of_party(kind: ActivityKind) -> tuple[Field, ...]:
    """Return the questions that a kind puts to the party as a whole and that are still asked."""
    return tuple(f for f in kind.sign_up if not f.retired)


def proxy_questions(shape: PartyShape) -> tuple[Field, ...]:
    """Return what is asked of whoever signs somebody else up."""
    return UNIT_PROXY if shape.named_by_unit else PROXY


_made: dict[Any, tuple[ActivityKind, Schema]] = {}


def _made_once(cls: type[PartySchema], kind: ActivityKind, own: Asked, make: Callable[..., Schema], roles: Roles) -> Schema:
    """Building a schema takes milliseconds: the same questions are built once a process."""
    key = (make, kind.code, kind.version, own, roles)
    found = _made.get(key)
    if found is None or found[0] is not kind:
        if len(_made) > 500:
            _made.clear()
        found = _made[key] = (kind, make(cls, kind, own, roles))
    return found[1]


def _grammar(cls: type[PartySchema], kind: ActivityKind, own: Asked, roles: Roles) -> Schema:
    rooms = _rooms(kind, own, frozenset(), roles)
    if kind.party and kind.party.proxy and len(kind.party.people) > 1 and roles is None:
        asked: dict[str, Any] = {name: rooms[name] for name in ("people", "answers") if name in rooms}
        other = _with_own(AnotherSchema.from_dict(asked, name=f"{kind.code}_another"), kind, own)
        rooms["another"] = fields.Nested(other, load_default=None, allow_none=True)
    return _with_own(cls.from_dict(rooms, name=f"{kind.code}_party"), kind, own)()


def _with_own(made: type[Schema], kind: ActivityKind, own: Asked) -> type[Schema]:
    schema: Any = made
    schema.own, schema.program = own, program_for(own, kind)
    return made


def _grammar_described(cls: type[PartySchema], kind: ActivityKind, own: Asked, roles: Roles) -> Schema:
    return cls.from_dict(_rooms(kind, None, frozenset(), roles), name=f"{kind.code}_party")()


def _grammar_of_change(cls: type[PartySchema], kind: ActivityKind, own: Asked, roles: Roles) -> Schema:
    return _with_own(cls.from_dict(_rooms(kind, own, UNCHANGEABLE, roles), name=f"{kind.code}_change"), kind, own)()


def _rooms(kind: ActivityKind, own: Asked | None, without: frozenset[str], roles: Roles) -> dict[str, Any]:
    assert kind.party, f"{kind.code} has no sign-up"
    together = any_own() if own is None else own_room(own, "party")
    people = fields.Nested(StrictSchema.from_dict(_people(kind, own, without, roles), name=f"{kind.code}_people"), required=True)
    rooms: dict[str, Any] = {"people": people}
    if (asked := asked_of_party(kind)) or together:
        rooms["answers"] = _nested(asked, f"{kind.code}_answers", "", together)
    if kind.party.proxy:
        rooms["proxy"] = fields.Nested(
            ProxySchema.from_dict({f.name: f.marshal() for f in proxy_questions(kind.party)}, name=_proxy_name(kind.party)), load_default=None, allow_none=True
        )
    rooms["consent"] = _consents(kind, own)
    return rooms


def _consents(kind: ActivityKind, own: Asked | None) -> fields.Nested:
    agreed: dict[str, Any] = {t.purpose: Yes(load_default=False, metadata={"label": t.words, "widget": "checkbox"}) for t in asked_by(kind, own or NOTHING)}
    if GUARDIAN in agreed:
        agreed["guardian_name"] = Str(longest=80, load_default="", reader=clean_name, metadata={"label": N_("监护人姓名"), "maxlength": 50})
    return fields.Nested(ConsentSchema.from_dict(agreed, name=f"{kind.code}_consent"), required=True)


def _people(kind: ActivityKind, own: Asked | None, without: frozenset[str], roles: Roles) -> dict[str, Any]:
    """Return the rooms of everybody who may come; of a party that stands already, of those who are in it."""
    shape = kind.party
    assert shape
    each = any_own() if own is None else own_room(own, "person")
    parts = shape.everyone if roles is None else tuple(shape.person(role) for role in roles)
    needed = {p.role for p in (shape.needed if roles is None else parts)}
    numbered = {p.role: shape.more.role for p in shape.numbered if shape.more}
    rooms: dict[str, type[Schema]] = {}
    for p in parts:
        name = f"{kind.code}_{numbered.get(p.role, p.role)}"
        if name not in rooms:  # those who play the same part are asked the same
            rooms[name] = _room((f for f in asked_of(p) if f.name not in without), name, each)
    return {p.role: _inside(rooms[f"{kind.code}_{numbered.get(p.role, p.role)}"], p.label, p.role in needed) for p in parts}


def _proxy_name(shape: PartyShape) -> str:
    return "unit_proxy" if shape.named_by_unit else "proxy"


def _nested(asked: Any, name: str, label: Any = "", own: fields.Field[Any] | None = None) -> fields.Nested:
    return _inside(_room(asked, name, own), label)


def _room(asked: Any, name: str, own: fields.Field[Any] | None = None) -> type[Schema]:
    made = schema_of(asked, name)
    return made.from_dict({"own": own}, name=name) if own else made


def _inside(room: type[Schema], label: Any = "", needed: bool = True) -> fields.Nested:
    missing: dict[str, Any] = {"required": True} if needed else {"load_default": None, "allow_none": True}
    return fields.Nested(room, metadata={"label": label} if label else {}, **missing)
