"""When a question is shown: one small tree, evaluated here and, with the same meaning, by `static/asked.js` in the browser.

A tree is {"all": [tree, …]}, {"any": [tree, …]}, {"not": tree} or a leaf {"question": ref, "is": how, "value": …}. What the
leaf asks of is an own question by its id ("own_k3m9x2"), a question of the kind put to the party ("party.residence") or to
each person ("person.mobility", "person.sex"), or a person's computed age on the activity's day ("person.age").

Meaning, for both languages (docs/decisions/0008-own-questions.md):
1. Answers are read as they were typed, before any other check. White space around a text (space, tab, line ends, U+00A0,
   U+3000) does not count, and NFC is compared, character by character. What cannot be read is as if it were not answered.
   A number is at most 15 digits with a sign, full-width ones too; a date is YYYY-MM-DD and exists.
2. A leaf about something not answered does not hold, whatever it compares with; `answered` compares with true or false.
   `not` turns that around. A box to tick is always answered: yes or no.
3. Questions are looked at in their order. The answer to a hidden question counts as not given.
4. From a question put to each person, "person." and own questions put to each person mean the same person. From a question
   put to the party they mean anybody: the leaf holds when it holds for one person at least.
   Of a part that several may play, only those are people of whom something was typed.
5. Age is full years as `core.periods.full_years` counts them: who was born on 29 February turns a year older on 28 February
   where there is no 29th (docs/decisions/0006). Without a birth date
   it follows from the ID number (18 or 15 digits); before birth there is none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from eventsvc.core.periods import full_years
from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_, Label, Words

DEEPEST, LARGEST = 5, 40
MOST_DIGITS = 15
EDGES = " \t\n\r\u00a0\u3000"
ORDERS = ("lt", "le", "gt", "ge")
HOW: dict[str, tuple[str, ...]] = {
    "text": ("eq", "ne", "contains", "answered"),
    "number": ("eq", "ne", *ORDERS, "answered"),
    "age": ("eq", "ne", *ORDERS, "answered"),
    "date": ("eq", "ne", *ORDERS, "answered"),
    "choice": ("eq", "ne", "answered"),
    "choices": ("contains", "answered"),
    "yesno": ("eq", "ne"),
    "given": ("answered",),
}
"""What may be asked of an answer, by how it is read. "given": only whether it is there (phone, ID number, file, address)."""
YES = (True, "1", "true", "on", "yes")
_NUMBER = re.compile(rf"[+-]?[0-9]{{1,{MOST_DIGITS}}}")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ID = re.compile(r"[0-9]{6}([0-9]{8})[0-9]{3}[0-9Xx]")
_OLD_ID = re.compile(r"[0-9]{6}([0-9]{6})[0-9]{3}")


@dataclass(frozen=True)
class Source:
    """Something that a condition may ask about."""

    ref: str
    label: Label
    type: str
    """How it is read: a key of HOW."""
    options: tuple[tuple[str, Label], ...] = ()
    per: str = "party"


class BadCondition(ValueError):
    """A condition that cannot be evaluated; its first argument says why."""


# -- reading what was typed ----------------------------------------------------------------------------------------------


def read(kind: str, raw: Any) -> Any:
    """Return an answer as conditions compare it, or None when there is none."""
    return _READERS[kind](raw)


def _text(raw: Any) -> str | None:
    return (unicodedata.normalize("NFC", raw).strip(EDGES) or None) if isinstance(raw, str) else None


def _number(raw: Any) -> int | None:
    if isinstance(raw, str):
        typed = full_width_to_ascii(raw).strip(EDGES)
        return int(typed) if _NUMBER.fullmatch(typed) else None
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw != raw or abs(raw) >= 10**MOST_DIGITS or raw != int(raw):
        return None
    return int(raw)


def _day(raw: Any) -> str | None:
    typed = raw.strip(EDGES) if isinstance(raw, str) else ""
    return typed if _real_day(typed) else None


def _real_day(typed: str) -> date | None:
    found = _DATE.fullmatch(typed)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _choice(raw: Any) -> str | None:
    return raw if isinstance(raw, str) and raw.strip(EDGES) else None


def _choices(raw: Any) -> list[str] | None:
    given = [raw] if isinstance(raw, str) else raw
    return ([one for one in given if _choice(one)] or None) if isinstance(given, list | tuple) else None


def _yes(raw: Any) -> bool:
    return raw is True or (isinstance(raw, str) and raw in YES)


def _given(raw: Any) -> bool | None:
    values = list(raw.values()) if isinstance(raw, Mapping) else raw if isinstance(raw, list | tuple) else [raw]
    return any(isinstance(one, str) and one.strip(EDGES) for one in values) or None


_READERS = {
    "text": _text, "number": _number, "age": _number, "date": _day, "choice": _choice, "choices": _choices, "yesno": _yes, "given": _given,
}  # fmt: skip


def age_of(person: Mapping[str, Any], day: str) -> int | None:
    """Return a person's full years on the day, from what they typed of their birth date or ID number."""
    on, born = _real_day(day), _real_day(_day(person.get("born_on")) or _born_by_id(person.get("id_number")))
    if on is None or born is None or born > on:
        return None
    return full_years(born, on)


def _born_by_id(raw: Any) -> str:
    typed = "".join(char for char in full_width_to_ascii(raw) if char not in EDGES) if isinstance(raw, str) else ""
    if found := _ID.fullmatch(typed):
        digits = found[1]
    else:
        found = _OLD_ID.fullmatch(typed)
        digits = f"19{found[1]}" if found else ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if digits else ""


# -- evaluation ----------------------------------------------------------------------------------------------------------


def shown(program: Mapping[str, Any], body: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return which own questions are shown, as (role or "" for the party, id), given what was typed so far.

    `program` is what the page gets too: {day, sex: {role: sex}, fixed: [roles that are always there], each: [ids asked of each person], types: {ref: kind of reading},
    questions: [{id, per, when}]},
    and perhaps known: {role: answers that are not in the form}. `body` is a party as it is sent.
    """
    found: set[tuple[str, str]] = set()
    told = body.get("people")
    roles = [role for role in program["sex"] if role in program["fixed"] or read("given", _at(told, role))]
    for question in program["questions"]:
        for role in roles if question["per"] == "person" else [""]:
            if question["when"] is None or _holds(question["when"], _Scope(program, body, roles, role, found)):
                found.add((role, question["id"]))
    return found


@dataclass(frozen=True)
class _Scope:
    """Where a condition is asked: of the party, or of one person."""

    program: Mapping[str, Any]
    body: Mapping[str, Any]
    roles: Sequence[str]
    role: str
    found: set[tuple[str, str]]

    def values(self, ref: str) -> list[Any]:
        """Return the answers that a leaf is about: one, or everybody's; None for what was not answered."""
        kind = self.program["types"].get(ref, "given")
        if ref.startswith("party."):
            return [read(kind, _at(self.body, "answers", ref[6:]))]
        if ref.startswith("person."):
            return [self._of_person(role, kind, ref[7:]) for role in self._people()]
        if ref in self.program["each"]:
            return [read(kind, _at(self.body, "people", role, "own", ref)) if (role, ref) in self.found else None for role in self._people()]
        return [read(kind, _at(self.body, "answers", "own", ref)) if ("", ref) in self.found else None]

    def _people(self) -> Sequence[str]:
        return [self.role] if self.role else self.roles

    def _of_person(self, role: str, kind: str, name: str) -> Any:
        told = _at(self.body, "people", role)
        person = {**self.program.get("known", {}).get(role, {}), **(told if isinstance(told, Mapping) else {})}
        if kind == "age" and "age" not in person:
            return age_of(person, self.program["day"])
        if name == "sex" and self.program["sex"][role]:
            return self.program["sex"][role]
        return read(kind, person.get(name))


def _at(node: Any, *path: str) -> Any:
    for part in path:
        node = node.get(part) if isinstance(node, Mapping) else None
    return node


def _holds(tree: Mapping[str, Any], scope: _Scope) -> bool:
    if "all" in tree:
        return all(_holds(inner, scope) for inner in tree["all"])
    if "any" in tree:
        return any(_holds(inner, scope) for inner in tree["any"])
    if "not" in tree:
        return not _holds(tree["not"], scope)
    return any(_leaf(tree["is"], value, tree.get("value")) for value in scope.values(tree["question"]))


def _leaf(how: str, value: Any, wanted: Any) -> bool:
    if how == "answered":
        return (value is not None) == (wanted is not False)
    if value is None:
        return False
    if how == "contains":
        return wanted in value
    same = value == wanted
    return {"eq": same, "ne": not same}[how] if how in ("eq", "ne") else _ordered(how, value, wanted)


def _ordered(how: str, value: Any, wanted: Any) -> bool:
    if how in ("lt", "ge"):
        return bool(value < wanted) == (how == "lt")
    return bool(value > wanted) == (how == "gt")


# -- what a condition may say --------------------------------------------------------------------------------------------


def leaves(tree: Any) -> Iterable[Mapping[str, Any]]:
    """Give the leaves of a tree."""
    if not isinstance(tree, Mapping):
        return
    inner = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    if inner:
        for one in inner:
            yield from leaves(one)
    elif "question" in tree:
        yield tree


def checked(tree: Any, sources: Mapping[str, Source], depth: int = 1) -> dict[str, Any]:
    """Return a tree in its normal form, or raise BadCondition: wrong shape, unknown question, wrong type, too deep, too large."""
    if depth > DEEPEST:
        raise BadCondition(Words(N_("条件套得太深，最多{most}层"), most=DEEPEST))
    if not isinstance(tree, Mapping):
        raise BadCondition(N_("条件的格式不对"))
    made = _checked_leaf(tree, sources) if "question" in tree else _checked_branch(tree, sources, depth)
    if depth == 1 and sum(1 for _ in leaves(made)) > LARGEST:
        raise BadCondition(Words(N_("条件太多，最多{most}条"), most=LARGEST))
    return made


def _checked_branch(tree: Mapping[str, Any], sources: Mapping[str, Source], depth: int) -> dict[str, Any]:
    ((word, inner),) = tree.items() if len(tree) == 1 else [("", None)]
    if word == "not":
        return {"not": checked(inner, sources, depth + 1)}
    if word not in ("all", "any") or not isinstance(inner, list) or not inner:
        raise BadCondition(N_("条件的格式不对"))
    if len(inner) > LARGEST:
        raise BadCondition(Words(N_("条件太多，最多{most}条"), most=LARGEST))
    return {word: [checked(one, sources, depth + 1) for one in inner]}


def _checked_leaf(leaf: Mapping[str, Any], sources: Mapping[str, Source]) -> dict[str, Any]:
    ref, how = leaf.get("question"), leaf.get("is")
    if set(leaf) - {"question", "is", "value"} or not isinstance(ref, str) or not isinstance(how, str):
        raise BadCondition(N_("条件的格式不对"))
    source = sources.get(ref)
    if source is None:
        raise BadCondition(N_("条件里的那个问题已经没有了，请重新选"))
    if how not in HOW[source.type]:
        raise BadCondition(Words(N_("对“{label}”不能这样比较"), label=source.label))
    return {"question": ref, "is": how, "value": _checked_value(source, how, leaf.get("value"))}


def _checked_value(source: Source, how: str, value: Any) -> Any:
    if how == "answered" or source.type == "yesno":
        if not isinstance(value, bool | None):
            raise BadCondition(Words(N_("请选“{label}”要和什么比较"), label=source.label))
        return value is not False
    read_as = "choice" if source.type == "choices" else source.type
    if isinstance(value, bool) or (found := read(read_as, value)) is None:
        raise BadCondition(Words(N_("请写明“{label}”要和什么比较"), label=source.label))
    if source.options and found not in dict(source.options):
        raise BadCondition(Words(N_("“{label}”没有这个选项了，请重新选"), label=source.label))
    return found


def circle(trees: Mapping[str, Any]) -> list[str]:
    """Return the ids of questions that wait for each other in a circle, or nothing."""
    waits = {name: [leaf["question"] for leaf in leaves(tree) if leaf.get("question") in trees] for name, tree in trees.items()}
    done: set[str] = set()
    for start in waits:
        if found := _walk(start, waits, done, []):
            return found
    return []


def _walk(name: str, waits: Mapping[str, list[str]], done: set[str], path: list[str]) -> list[str]:
    if name in path:
        return path[path.index(name) :]
    if name in done:
        return []
    for other in waits[name]:
        if found := _walk(other, waits, done, [*path, name]):
            return found
    done.add(name)
    return []


# -- in words ------------------------------------------------------------------------------------------------------------

_COMPARED = {
    "eq": N_("“{label}”是“{value}”"), "ne": N_("“{label}”不是“{value}”"), "contains": N_("“{label}”里有“{value}”"),
    "lt": N_("“{label}”小于{value}"), "le": N_("“{label}”不超过{value}"), "gt": N_("“{label}”大于{value}"), "ge": N_("“{label}”是{value}或以上"),
}  # fmt: skip
_DATED = {"lt": N_("“{label}”早于{value}"), "le": N_("“{label}”不晚于{value}"), "gt": N_("“{label}”晚于{value}"), "ge": N_("“{label}”不早于{value}")}


def say(tree: Mapping[str, Any], sources: Mapping[str, Source], top: bool = True) -> Words:
    """Say a condition in plain words, such as “年龄”是80或以上."""
    if "not" in tree:
        return Words(N_("不是（{inner}）"), inner=say(tree["not"], sources, True))
    inner = tree.get("all") or tree.get("any")
    if not inner:
        return _say_leaf(tree, sources)
    said = [say(one, sources, False) for one in inner]
    joined = said[0]
    for one in said[1:]:
        joined = Words(N_("{left}，并且{right}") if "all" in tree else N_("{left}，或者{right}"), left=joined, right=one)
    return joined if top or len(said) == 1 else Words(N_("（{inner}）"), inner=joined)


def _say_leaf(leaf: Mapping[str, Any], sources: Mapping[str, Source]) -> Words:
    source, how, value = sources[leaf["question"]], leaf["is"], leaf.get("value")
    if how == "answered":
        return Words(N_("“{label}”填了") if value is not False else N_("“{label}”没填"), label=source.label)
    if source.type == "yesno":
        return Words(N_("“{label}”勾选了") if (how == "eq") == bool(value) else N_("“{label}”没勾选"), label=source.label)
    words = (_DATED if source.type == "date" else _COMPARED).get(how) or _COMPARED[how]
    words = N_("“{label}”选了“{value}”") if source.type == "choices" else words
    return Words(words, label=source.label, value=dict(source.options).get(str(value), value))
