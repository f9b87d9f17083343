"""The page on which an organiser writes questions: what was typed there, from and to a definition. Pure: nothing is saved here.

Everything stands in one form, so that each step (add, move, delete, look) works without a script and loses nothing.
A condition is a line of two boxes: what is asked ("own_k3m9x2|eq|o_y"), and, where it is compared with something written, that.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from eventsvc.core.words import N_, Label, Words
from eventsvc.declare.asked import MOST_QUESTIONS, TYPES, source_of
from eventsvc.declare.conditions import HOW, Source

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SPARE_LINES = 2
WRITTEN = {"eq": N_("是……"), "ne": N_("不是……"), "contains": N_("里有……"), "lt": N_("小于……"), "le": N_("不超过……"), "gt": N_("大于……"), "ge": N_("是……或以上")}
DATED = {"eq": N_("就是……这天"), "ne": N_("不是……这天"), "lt": N_("早于……"), "le": N_("不晚于……"), "gt": N_("晚于……"), "ge": N_("不早于……")}


@dataclass
class Line:
    """One question on the page, as typed."""

    id: str
    type: str
    label: str = ""
    help: str = ""
    required: bool = False
    per: str = "party"
    options: str = ""
    """One a line."""
    options_were: list[dict[str, str]] = field(default_factory=list)
    min: str = ""
    max: str = ""
    longest: str = ""
    join: str = "all"
    turned: bool = False
    """The condition is turned around: asked unless it holds."""
    conditions: list[tuple[str, str]] = field(default_factory=list)
    whole: str = ""
    """A condition that these boxes cannot show, as JSON: kept as it is until it is taken away."""

    @property
    def options_known(self) -> str:
        """Return the options as they were, for the page to send back."""
        return json.dumps(self.options_were, ensure_ascii=False)


def new_id(kind: str) -> str:
    """Return an id that nobody has."""
    return f"{kind}_{''.join(secrets.choice(ALPHABET) for _ in range(8))}"


# -- from a definition ---------------------------------------------------------------------------------------------------


def lines_of(definition: Sequence[Mapping[str, Any]], known: Mapping[str, Source]) -> list[Line]:
    """Return a definition as lines of the page; `known` is what the kind asks."""
    sources = {**known, **{question["id"]: source_of(question) for question in definition}}
    return [_line(question, sources) for question in definition]


def _line(q: Mapping[str, Any], sources: Mapping[str, Source]) -> Line:
    line = Line(q["id"], q["type"], q["label"], q["help"], bool(q["required"]), q["per"])
    line.options_were = [dict(option) for option in q["options"]]
    line.options = "\n".join(option["label"] for option in line.options_were)
    line.min, line.max, line.longest = ("" if q[name] is None else str(q[name]) for name in ("min", "max", "longest"))
    _show_condition(line, q["shown_when"], sources)
    return line


def _show_condition(line: Line, tree: Mapping[str, Any] | None, sources: Mapping[str, Source]) -> None:
    if tree is None:
        return
    inner = tree.get("not", tree)
    join = "any" if "any" in inner else "all"
    flat = inner.get(join) or [inner]
    if any("question" not in one for one in flat):
        line.whole = json.dumps(tree, ensure_ascii=False)
        return
    line.join, line.turned = join, "not" in tree
    line.conditions = [_boxes(leaf, sources) for leaf in flat]


def _boxes(leaf: Mapping[str, Any], sources: Mapping[str, Source]) -> tuple[str, str]:
    ref, how, value = leaf["question"], leaf["is"], leaf["value"]
    source = sources.get(ref)
    if isinstance(value, bool):
        return f"{ref}|{how}|{'1' if value else '0'}", ""
    return (f"{ref}|{how}|{value}", "") if source and source.options else (f"{ref}|{how}|", str(value))


# -- from what was typed -------------------------------------------------------------------------------------------------


def typed_lines(typed: MultiDict[str, str]) -> list[Line]:
    """Return the lines of a form that was sent, in their order."""
    numbers = sorted({int(name.split(".")[1]) for name in typed if name.startswith("q.") and name.split(".")[1].isdecimal() and len(name) < 40})
    return [_typed_line(typed, f"q.{at}.") for at in numbers[: MOST_QUESTIONS + 1] if typed.get(f"q.{at}.id")]


def _typed_line(typed: MultiDict[str, str], at: str) -> Line:
    got: dict[str, Any] = {name: typed.get(at + name, "") for name in ("id", "type", "label", "help", "per", "options", "min", "max", "longest", "join", "whole")}
    line = Line(**{**got, "per": got["per"] or "party", "join": "any" if got["join"] == "any" else "all"})
    line.required, line.turned = bool(typed.get(f"{at}required")), bool(typed.get(f"{at}turned"))
    line.options_were = _known_options(typed.get(f"{at}options_were", ""))
    line.options_were = _options(line)  # what was just written has its id from now on: a condition may ask about it
    if typed.get(f"{at}whole_off"):
        line.whole = ""
    whats, values = typed.getlist(f"{at}what"), typed.getlist(f"{at}value")
    line.conditions = [(what, value) for what, value in zip(whats, values, strict=False) if what]
    return line


def _known_options(text: str) -> list[dict[str, str]]:
    try:
        known = json.loads(text or "[]")
        return [{"id": str(o["id"]), "label": str(o["label"])} for o in known if isinstance(o, dict)][:100]
    except (ValueError, KeyError, TypeError):
        return []


def definition_of(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return the definition that lines say, yet to be checked."""
    return [_question(line) for line in lines]


def _question(line: Line) -> dict[str, Any]:
    chooses = line.type in ("choice", "choices")
    return {
        "id": line.id, "type": line.type, "label": line.label, "help": line.help, "required": line.required, "per": line.per,
        "options": line.options_were if chooses else [], "min": line.min or None, "max": line.max or None,
        "longest": line.longest or None, "shown_when": _tree(line),
    }  # fmt: skip


def _options(line: Line) -> list[dict[str, str]]:
    """Give each line its option's id again: by its words, else, reworded, by its place; what is new gets a new one."""
    words = [word.strip() for word in line.options.splitlines() if word.strip()]
    by_words = {option["label"]: option["id"] for option in line.options_were}
    free = [option["id"] if option["label"] not in words else "" for option in line.options_were]
    found = []
    for at, word in enumerate(words):
        reworded = free[at] if at < len(free) else ""
        found.append({"id": by_words.get(word) or reworded or new_id("o"), "label": word})
    return found


def _tree(line: Line) -> Any:
    if line.whole:
        try:
            return json.loads(line.whole)
        except ValueError:
            return {}
    said = [_leaf(what, value) for what, value in line.conditions]
    if not said:
        return None
    tree = said[0] if len(said) == 1 else {line.join: said}
    return {"not": tree} if line.turned else tree


def _leaf(what: str, value: str) -> dict[str, Any]:
    ref, how, chosen = (*what.split("|"), "", "")[:3]
    if how == "answered" or chosen in ("0", "1"):
        return {"question": ref, "is": how, "value": chosen != "0"}
    return {"question": ref, "is": how, "value": chosen or value}


# -- what a condition may be about, as choices of a box -----------------------------------------------------------------


def choices(sources: Mapping[str, Source], lines: Sequence[Line], before: int) -> list[tuple[Label, list[tuple[str, Label]]]]:
    """Return the choices of a condition's first box: groups by question, those asked earlier only."""
    own = [source_of(question) for question in definition_of(lines[:before])]
    return [(source.label or source.ref, list(_ways(source))) for source in (*own, *sources.values())]


def _ways(source: Source) -> Iterator[tuple[str, Label]]:
    for how in HOW[source.type]:
        if how == "answered":
            yield f"{source.ref}|answered|1", Words(N_("“{label}”填了"), label=source.label)
            yield f"{source.ref}|answered|0", Words(N_("“{label}”没填"), label=source.label)
        elif source.type == "yesno":
            yield f"{source.ref}|{how}|1", Words(N_("“{label}”勾选了") if how == "eq" else N_("“{label}”没勾选"), label=source.label)
        elif source.options:
            for code, words in source.options:
                yield f"{source.ref}|{how}|{code}", Words(N_("“{label}”不是“{value}”") if how == "ne" else N_("“{label}”是“{value}”"), label=source.label, value=words)
        else:
            said = (DATED if source.type == "date" else WRITTEN)[how]
            yield f"{source.ref}|{how}|", Words(N_("“{label}”{how}"), label=source.label, how=Words(said))


# -- steps on the page ---------------------------------------------------------------------------------------------------


def stepped(lines: list[Line], action: str, kind: str) -> list[Line]:
    """Return the lines after one step: "add", "up-3", "down-3", "delete-3"; an unknown one changes nothing."""
    if action == "add" and kind in TYPES:
        return [*lines, Line(new_id("own"), kind)]
    word, _, number = action.partition("-")
    at = int(number) if number.isdecimal() and len(number) < 4 else -1
    if not 0 <= at < len(lines):
        return lines
    if word == "delete":
        return [line for place, line in enumerate(lines) if place != at]
    other = at + {"up": -1, "down": 1}.get(word, 0)
    if 0 <= other < len(lines):
        lines[at], lines[other] = lines[other], lines[at]
    return lines


def joined(lines: list[Line], template: Sequence[Mapping[str, Any]], known: Mapping[str, Source]) -> list[Line]:
    """Return the lines with those of a template behind them; what is there already is not asked twice."""
    there = {line.id for line in lines}
    return [*lines, *(line for line in lines_of(template, known) if line.id not in there)]
