"""One marshmallow schema drives the HTML form, the POST, the JSON body and OpenAPI.

A browser sends flat names: `people.0.name`, `answers.married_on.year`. They are folded into the nested shape
that the API sends, loaded by the same schema, and whatever was typed is kept for the page that says what is wrong.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from eventsvc.core.errors import DomainError, Invalid
from eventsvc.core.words import N_, Words
from eventsvc.infra.i18n import say

R = TypeVar("R")
CONTROL = frozenset({"csrf_token", "_nonce", "_action", "_next", "_step", "_version", "_override", "website"})
"""Names of a form that belong to the page, not to the question."""
MOST_NAMES = 3000
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}(\.(\d{1,3}|[a-z_][a-z0-9_]{0,63})){0,6}", re.ASCII)


class BadForm(Invalid):
    """The names in a form make no sense: not sent by our page."""

    code = "bad_form"
    words = N_("表单内容的格式不对，请刷新页面再填一次")


def fold(flat: MultiDict[str, str]) -> dict[str, Any]:
    """Fold flat names into nested dicts and lists; empty strings become missing answers."""
    folded = _lists(_tree(flat))
    return folded if isinstance(folded, dict) else {}


def _tree(flat: MultiDict[str, str]) -> dict[str, Any]:
    if len(flat) > MOST_NAMES:
        raise BadForm
    root: dict[str, Any] = {}
    for name in flat:
        if name in CONTROL:
            continue
        if not _NAME.fullmatch(name):
            raise BadForm
        values = [v for v in flat.getlist(name) if v.strip() != ""]
        if values:
            _put(root, name.split("."), values[0] if len(values) == 1 else values)
    return root


def _put(node: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            raise BadForm
    if isinstance(node.get(path[-1]), dict):
        raise BadForm
    node[path[-1]] = value


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(key.isdigit() for key in node):
        return [_lists(node[key]) for key in sorted(node, key=int)]
    return {key: _lists(value) for key, value in node.items()}


def _as_typed(name: str, tree: Any) -> str:
    """Return the name under which an answer was typed: rows left blank were dropped, and the ones behind them moved up."""
    parts = []
    for part in name.split("."):
        rows = sorted(tree, key=int) if isinstance(tree, dict) and tree and all(k.isdigit() for k in tree) else []
        if part.isdigit() and int(part) < len(rows):
            part = rows[int(part)]
        parts.append(part)
        tree = tree.get(part) if isinstance(tree, dict) else None
    return ".".join(parts)


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Give the flat names and strings of a dumped object, to fill a form in with."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flatten(inner, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(value, list | tuple):
        if all(isinstance(v, str) for v in value):
            yield from ((prefix, v) for v in value)
        else:
            for i, inner in enumerate(value):
                yield from flatten(inner, f"{prefix}.{i}")
    elif isinstance(value, bool):
        yield prefix, "1" if value else ""
    elif value is not None:
        yield prefix, str(value)


@dataclass
class Form:
    """A schema, what was typed, and what is wrong with it. `status` is what the page answers with."""

    schema: Schema
    typed: MultiDict[str, str]
    wrongs: dict[str, list[str]] = field(default_factory=dict)
    refusal: str = ""
    code: str = ""
    status: int = 200
    value: Any = None

    def __init__(self, schema: Schema, typed: MultiDict[str, str] | None = None, *, filled: Mapping[str, Any] | None = None) -> None:
        """Take the schema and either what a browser typed or values (as dumped) to fill the form in with."""
        self.schema = schema
        self.typed = typed if typed is not None else MultiDict(list(flatten(filled or {})))
        self.wrongs, self.refusal, self.code, self.status, self.value = {}, "", "", 200, None

    def load(self) -> Any:
        """Return the validated value, or raise Invalid with every fault by its field."""
        tree = _tree(self.typed)
        try:
            return self.schema.load(_lists(tree))
        except ValidationError as wrong:
            raise Invalid(fields={_as_typed(name, tree): told for name, told in _faults(wrong.messages)}) from wrong

    def run(self, command: Callable[..., R], *args: Any, **kwargs: Any) -> R | None:
        """Validate, then run the command with the value last; None when either said no, and the page says why."""
        try:
            self.value = self.load()
            return command(*args, self.value, **kwargs)
        except DomainError as no:
            self.refuse(no)
            return None

    def refuse(self, no: DomainError) -> None:
        """Take over a refusal: its words, its fields, its status."""
        self.refusal, self.code, self.status = say(no), no.code, no.status
        self.wrongs = {name: [say(w) for w in words] for name, words in no.fields.items()}

    # What a page asks for -------------------------------------------------------------------------------------

    def question(self, name: str) -> fields.Field[Any]:
        """Return the marshmallow field behind a dotted name."""
        node: Any = self.schema
        found: fields.Field[Any] | None = None
        for part in name.split("."):
            if part.isdigit():
                node = _inside(found)
                continue
            found = node.fields[part]
            node = _inside(found)
        if found is None:
            raise KeyError(name)
        return found

    def names(self, prefix: str = "") -> list[str]:
        """Return the dotted names of the questions directly below `prefix` ("" or "answers" or "people.0")."""
        node: Any = self.schema if not prefix else _inside_of(self, prefix)
        inner = [n for n, f in node.fields.items() if not f.dump_only and f.metadata.get("label")]
        return [f"{prefix}.{n}" if prefix else n for n in inner]

    def wrong(self, name: str) -> list[str]:
        """Return what is wrong with one question, in the reader's language."""
        found = self.wrongs.get(name, [])
        below = [w for key, words in self.wrongs.items() if key.startswith(f"{name}.") for w in words]
        return list(dict.fromkeys([*found, *below])) if _is_leaf(self, name) else found

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Return (name, label, words) of every fault, for the summary on top of the page."""
        return [(name, self._label(name), say(w)) for name, words in self.wrongs.items() for w in words]

    def _label(self, name: str) -> str:
        try:
            return say(self.question(name).metadata.get("label", ""))
        except (KeyError, AttributeError):
            return ""


def _inside(found: fields.Field[Any] | None) -> Any:
    while isinstance(found, fields.List):
        found = found.inner
    return found.schema if isinstance(found, fields.Nested) else None


def _inside_of(form: Form, prefix: str) -> Any:
    parts = prefix.split(".")
    name = ".".join(parts if not parts[-1].isdigit() else parts[:-1])
    return _inside(form.question(name))


def _is_leaf(form: Form, name: str) -> bool:
    try:
        return _inside(form.question(name)) is None
    except (KeyError, AttributeError):
        return False


def faults(messages: Any) -> dict[str, list[str]]:
    """Return marshmallow's messages by dotted name."""
    return dict(_faults(messages))


def _faults(messages: Any, prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = prefix if key == "_schema" else (f"{prefix}.{key}" if prefix else str(key))
            yield from _faults(inner, name)
    else:
        yield prefix, [m if isinstance(m, Words) else str(m) for m in (messages if isinstance(messages, list) else [messages])]


def load(schema: Schema, body: Any) -> Any:
    """Validate a JSON body with the same grammar, or raise Invalid with every fault by its field."""
    try:
        return schema.load(body)
    except ValidationError as wrong:
        raise Invalid(fields=faults(wrong.messages)) from wrong
