"""The organiser's own questions in the grammar of a party: `answers.own.<id>` and `people.<role>.own.<id>`.

Which of them are shown is decided here too, on what was sent, before anything else is read: what stands in a hidden question
is dropped, and only a question that is shown must be answered. Afterwards their answers stand among the others, by their ids.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from eventsvc.declare import ActivityKind, Field, StrictSchema
from eventsvc.declare.asked import Asked, needed
from eventsvc.declare.conditions import shown

OWN = "own"


def own_room(own: Asked, per: str) -> fields.Nested | None:
    """Return the room of the own questions put to the party, or to each person; None when there are none."""
    asked = [f for f in (own.of_party if per == "party" else own.of_person) if not f.retired]
    if not asked:
        return None
    made = StrictSchema.from_dict({f.name: _marshal(own, f) for f in asked}, name=f"own_{per}_{own.version}")
    return fields.Nested(made, load_default=dict)


def any_own() -> fields.Dict:
    """Return the room of own questions as documentation shows it."""
    about = "The organiser's own questions by their ids, own_…; which there are differs from activity to activity."
    return fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": about})


def _marshal(own: Asked, asked: Field) -> fields.Field[Any]:
    """Return the marshmallow field of a question; one that may be hidden may be missing, but never blank."""
    made = asked.marshal()
    if asked.required and asked.name in own.hints:
        made.required, made.allow_none, made.load_default = False, False, None
    made.metadata = {**made.metadata, "needed": asked.required, "when": own.hints.get(asked.name, "")}
    return made


def program_for(own: Asked, kind: ActivityKind) -> dict[str, Any]:
    """Return what decides which own questions are shown to a party of this kind, as `conditions.shown` and the page take it."""
    parts = kind.party.everyone if kind.party else ()
    fixed = [p.role for p in kind.party.people] if kind.party else []
    return {**own.program, "sex": {p.role: p.sex or "" for p in parts}, "fixed": fixed} if own else {}


def pruned(own: Asked, program: Mapping[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without answers to hidden questions, and with None where a question that is shown was left blank though it must be answered."""
    if not own:
        return body
    open_, must = shown(program, body), needed(own)
    body = {**body, "answers": _told(own, body.get("answers", {}), "", open_, must, own.of_party)}
    if isinstance(body.get("people"), Mapping):
        body["people"] = {role: _told(own, told, role, open_, must, own.of_person) for role, told in body["people"].items()}
    return body


def _told(own: Asked, told: Any, role: str, open_: set[tuple[str, str]], must: Mapping[str, bool], asked: tuple[Field, ...]) -> Any:
    given = told.get(OWN, {}) if isinstance(told, Mapping) else None
    if not asked or not isinstance(given, Mapping):
        return told
    mine = {f.name for f in asked}
    kept = {name: value for name, value in given.items() if name not in mine or ((role, name) in open_ and not blank(value))}
    missing = {name: None for name in mine if must.get(name) and (role, name) in open_ and name not in kept}
    return {**told, OWN: {**kept, **missing}}


def blank(value: Any) -> bool:
    """Say whether nothing was answered."""
    if isinstance(value, Mapping):
        return all(map(blank, value.values()))
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


def flat(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers with the own ones among them."""
    own = {name: value for name, value in (answers.get(OWN) or {}).items() if not blank(value)}
    return {name: value for name, value in answers.items() if name != OWN} | own


def nested(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers in the shape in which they are sent: the reverse of `flat`."""
    own = {name: value for name, value in answers.items() if is_own(name)}
    return {name: value for name, value in answers.items() if not is_own(name)} | ({OWN: own} if own else {})


def is_own(name: str) -> bool:
    """Say whether an answer is one to an own question."""
    return name.startswith("own_")


def facts_known(people: Mapping[str, Mapping[str, Any]], own: Asked) -> dict[str, dict[str, Any]]:
    """Return what conditions need of who people are, where that is not in the form: their age and sex, by role."""
    return {role: {name: told[name] for name in ("age", "sex") if told.get(name) is not None} for role, told in people.items()} if own else {}


