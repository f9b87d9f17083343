"""The organiser's own questions: a definition kept as JSON, read strictly, and turned into the fields that kinds are made of.

A definition is a list of questions, in the order in which they are asked:
{id, type, label, help, required, per: "party"|"person", options: [{id, label}], min, max, longest, shown_when: tree|null}.
The id is made by us once and never changes, so an answer outlives a new wording; a version that asks otherwise is a new one.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import ValidationError, fields

from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Label, Words
from eventsvc.declare import marshal
from eventsvc.declare.conditions import BadCondition, Source, checked, circle, leaves, say
from eventsvc.declare.fields import (
    AnniversaryField,
    Choice,
    Choices,
    Date,
    Field,
    IdNumber,
    LongText,
    Number,
    Phone,
    Rows,
    Text,
    YesNo,
)
from eventsvc.declare.kind import ActivityKind
from eventsvc.declare.personal import Personal
from eventsvc.declare.schema import StrictSchema

TYPES: dict[str, Label] = {
    "text": N_("一行文字"), "long_text": N_("几行文字"), "number": N_("数字"), "date": N_("日期"), "choice": N_("单选"), "choices": N_("多选"),
    "phone": N_("电话"), "id_number": N_("身份证号"), "division": N_("住址（选村社区再写门牌）"), "upload": N_("上传照片或文件"),
}  # fmt: skip
READ_AS = {"text": "text", "long_text": "text", "number": "number", "date": "date", "choice": "choice", "choices": "choices"}
MOST_QUESTIONS, MOST_OPTIONS = 40, 30
OWN_ID = re.compile(r"own_[a-z0-9]{2,12}", re.ASCII)
_OPTION_ID = re.compile(r"o_[a-z0-9]{2,12}", re.ASCII)
CORE_OF_PERSON = ("name", "sex", "born_on", "id_number")


# -- two fields that kinds do not have ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=True)
class Division(Choice):
    """An address: a village of the host, and the rest in words. `of` are the villages (id, name)."""

    widget: ClassVar[str] = "division"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"widget": "division"}

    def marshal(self) -> fields.Field[Any]:
        return Place(villages=dict(self.of), **self.options())


@dataclass(frozen=True, eq=True)
class Upload(Field):
    """A file: the answer is the id of what was kept."""

    widget: ClassVar[str] = "upload"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return Kept(**self.options())


class Place(fields.Field[Any]):
    """{village: id, street: text}; kept with the village's name, so that it reads the same when the village is no more."""

    def __init__(self, *, villages: Mapping[str, Label], **kw: Any) -> None:
        self.villages = villages
        super().__init__(**kw)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> dict[str, str]:
        if not isinstance(value, Mapping) or set(value) - {"village", "street", "name"}:
            raise self.make_error("invalid")
        village, street = value.get("village") or "", value.get("street") or ""
        if not isinstance(village, str) or not isinstance(street, str) or not (village or street.strip()):
            raise self.make_error("invalid")
        kept = isinstance(value.get("name"), str) and value["name"]
        if village and village not in self.villages and not kept:
            raise ValidationError([Words(N_("请从列出的选项中选择"))])
        try:
            return {"village": village, "name": str(self.villages.get(village, kept or "")), "street": clean_text(street, 100)}
        except ValueError as wrong:
            raise marshal.from_value_error(wrong) from wrong


class Kept(fields.UUID):
    """The id of a kept file."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kw: Any) -> Any:
        try:
            return str(UUID(value)) if isinstance(value, str) else self._refuse()
        except ValueError:
            return self._refuse()

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kw: Any) -> Any:
        return value

    def _refuse(self) -> Any:
        raise ValidationError([Words(N_("文件没有传上来，请重新选一次"))])


# -- the definition -----------------------------------------------------------------------------------------------------


class OptionSchema(StrictSchema):
    """One thing to choose; its id is stable, its words may be made better."""

    id = marshal.Str(longest=14, required=True)
    label = marshal.Str(longest=60, required=True, metadata={"label": N_("选项")})


class QuestionSchema(StrictSchema):
    """One question, without what only shows among the others."""

    id = marshal.Str(longest=16, required=True)
    type = marshal.OneOf(codes=tuple(TYPES), required=True)
    label = marshal.Str(longest=100, required=True)
    help = marshal.Str(longest=200, load_default="")
    required = marshal.Yes(load_default=False)
    per = marshal.OneOf(codes=("party", "person"), load_default="party")
    options = fields.List(fields.Nested(OptionSchema), load_default=list)
    min = fields.Raw(load_default=None, allow_none=True)
    max = fields.Raw(load_default=None, allow_none=True)
    longest = marshal.Whole(least=1, most=2000, load_default=None, allow_none=True)
    shown_when = fields.Raw(load_default=None, allow_none=True)


def define(given: Any, kind: ActivityKind | None) -> list[dict[str, Any]]:
    """Return a definition in its normal form, or raise ValidationError with faults by the question's place.

    Refused are unknown keys, ids that are double or not ours, choices without options, conditions about what is asked later,
    in a circle, or not at all. Without a kind (a template) conditions may ask of any kind's questions only when they are own.
    """
    if not isinstance(given, list | tuple):
        raise ValidationError([Words(N_("内容的格式不对"))])
    if len(given) > MOST_QUESTIONS:
        raise ValidationError([Words(N_("最多{most}个问题"), most=MOST_QUESTIONS)])
    made: list[dict[str, Any]] = QuestionSchema(many=True).load(list(given))
    faults: dict[int, dict[str, list[str]]] = {}
    _refuse_circles(made, faults)
    known = sources_of(kind) if kind else {}
    seen: set[str] = set()
    for at, question in enumerate(made):
        for check in (_own_words, _options, _bounds):
            check(question, seen, faults.setdefault(at, {}))
        _condition(question, made[at:], known, faults[at])
        known[question["id"]] = source_of(question)
        seen.add(question["id"])
    if faults := {at: wrong for at, wrong in faults.items() if wrong}:
        raise ValidationError(faults)
    return made


def _refuse_circles(made: Sequence[Mapping[str, Any]], faults: dict[int, dict[str, list[str]]]) -> None:
    ring = circle({q["id"]: q["shown_when"] for q in made})
    for at, question in enumerate(made):
        if question["id"] in ring:
            others = "、".join(f"“{q['label']}”" for q in made if q["id"] in ring)
            faults[at] = {"shown_when": [Words(N_("这几个问题互相等着对方，谁也出不来：{others}"), others=others)]}


def _own_words(question: dict[str, Any], seen: set[str], wrong: dict[str, list[str]]) -> None:
    if not OWN_ID.fullmatch(question["id"]) or question["id"] in seen:
        wrong["id"] = [N_("问题的编号不对，请删掉这一题重新加")]


def _options(question: dict[str, Any], _seen: set[str], wrong: dict[str, list[str]]) -> None:
    ids = [option["id"] for option in question["options"]]
    if question["type"] not in ("choice", "choices"):
        question["options"] = []
    elif not 2 <= len(ids) <= MOST_OPTIONS:
        wrong["options"] = [Words(N_("请写2到{most}个选项，一行一个"), most=MOST_OPTIONS)]
    elif len(set(ids)) < len(ids) or not all(map(_OPTION_ID.fullmatch, ids)):
        wrong["options"] = [N_("选项的编号不对，请删掉这一题重新加")]
    elif len({option["label"] for option in question["options"]}) < len(ids):
        wrong["options"] = [N_("有两个选项一样，请改一个")]


def _bounds(question: dict[str, Any], _seen: set[str], wrong: dict[str, list[str]]) -> None:
    if question["type"] not in ("text", "long_text"):
        question["longest"] = None
    if question["type"] not in ("number", "date"):
        question["min"] = question["max"] = None
        return
    read: fields.Field[Any] = marshal.Whole(least=-(10**9), most=10**9) if question["type"] == "number" else marshal.Day()
    for name in ("min", "max"):
        try:
            if question[name] in ("", None):
                question[name] = None
            else:
                bound = read.deserialize(question[name])
                question[name] = bound.isoformat() if isinstance(bound, date) else bound
        except ValidationError as no:
            wrong[name] = list(no.messages)
    if not wrong and None not in (question["min"], question["max"]) and question["min"] > question["max"]:
        wrong["max"] = [N_("最大的比最小的还小，请核对")]


def _condition(question: dict[str, Any], later: Sequence[Mapping[str, Any]], known: Mapping[str, Source], wrong: dict[str, list[str]]) -> None:
    if question["shown_when"] is None or wrong.get("shown_when"):
        return
    behind = {other["id"]: other["label"] for other in later}
    if early := [behind[leaf["question"]] for leaf in leaves(question["shown_when"]) if leaf.get("question") in behind]:
        wrong["shown_when"] = [Words(N_("条件要看“{label}”，它得排在这一题前面，请先调整顺序"), label=early[0])]
        return
    try:
        question["shown_when"] = checked(question["shown_when"], known)
    except BadCondition as no:
        wrong["shown_when"] = [no.args[0]]


# -- what conditions may ask about ---------------------------------------------------------------------------------------


def source_of(question: Mapping[str, Any]) -> Source:
    """Return an own question as conditions see it."""
    options = tuple((o["id"], o["label"]) for o in question["options"])
    return Source(question["id"], question["label"], READ_AS.get(question["type"], "given"), options, question["per"])


def sources_of(kind: ActivityKind) -> dict[str, Source]:
    """Return what a kind itself asks, as conditions see it: of each person, their age and sex included, and of the party."""
    found: dict[str, Source] = {}
    if kind.party is None:
        return found
    sex = (("female", N_("女")), ("male", N_("男")))
    found["person.age"] = Source("person.age", N_("年龄（活动当天满几周岁）"), "age", per="person")
    found["person.sex"] = Source("person.sex", N_("性别"), "choice", sex, per="person")
    more = getattr(kind.party, "more", None)
    for person in (*kind.party.people, *([more] if more else [])):
        for asked in person.fields():
            if asked.name not in CORE_OF_PERSON and not asked.retired:
                found.setdefault(f"person.{asked.name}", _source(f"person.{asked.name}", asked, "person"))
    found |= {f"party.{asked.name}": _source(f"party.{asked.name}", asked, "party") for asked in kind.sign_up if not asked.retired}
    return found


def _source(ref: str, asked: Field, per: str) -> Source:
    options = tuple(asked.of) if isinstance(asked, Choice) else ()
    for declared, read_as in ((Choices, "choices"), (Choice, "choice"), (Number, "number"), (Date, "date"), (YesNo, "yesno"),
                              ((Phone, IdNumber, AnniversaryField, Rows), "given"), (Text, "text")):  # fmt: skip
        if isinstance(asked, declared):
            return Source(ref, asked.label, read_as, options, per)
    return Source(ref, asked.label, "given", options, per)


# -- as fields -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One version of an activity's own questions, ready to be asked. Equal when it asks the same."""

    version: int = 0
    text: str = "[]"
    day: date | None = None
    villages: tuple[tuple[str, str], ...] = ()
    questions: tuple[Mapping[str, Any], ...] = field(default=(), compare=False, repr=False)
    of_party: tuple[Field, ...] = field(default=(), compare=False, repr=False)
    of_person: tuple[Field, ...] = field(default=(), compare=False, repr=False)
    program: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What decides which of them are shown, but for the people: see `conditions.shown`."""
    hints: Mapping[str, Words] = field(default_factory=dict, compare=False, repr=False)
    """Question → when it is asked, in words."""

    def __bool__(self) -> bool:
        return bool(self.questions)

    @property
    def classes(self) -> set[Personal]:
        """Return the classes of personal data that the answers are."""
        return {f.personal for f in (*self.of_party, *self.of_person) if f.personal}

    @property
    def uploads(self) -> tuple[str, ...]:
        """Return the ids of the questions that are answered with a file."""
        return tuple(q["id"] for q in self.questions if q["type"] == "upload")


NOTHING = Asked()


def asked_by(kind: ActivityKind, questions: Iterable[Mapping[str, Any]], *, version: int, day: date | None,
             villages: Mapping[Any, str] | None = None) -> Asked:  # fmt: skip
    """Turn a stored definition into what is asked; the same definition gives the same object."""
    text = json.dumps(list(questions), ensure_ascii=False, sort_keys=True)
    if text == "[]":
        return NOTHING
    offered = tuple((str(key), name) for key, name in (villages or {}).items()) if '"division"' in text else ()
    return _asked(kind.code, kind.version, Box(kind), version, text, day, offered)


class Box:
    """Carries a kind past the cache: the code and the version are its key."""

    def __init__(self, kind: ActivityKind) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Box) and other.kind is self.kind

    def __hash__(self) -> int:
        return id(self.kind)


@lru_cache(maxsize=500)
def _asked(_code: str, _number: int, box: Box, version: int, text: str, day: date | None, villages: tuple[tuple[str, str], ...]) -> Asked:
    questions = json.loads(text)
    sources = sources_of(box.kind) | {q["id"]: source_of(q) for q in questions}
    made = {q["id"]: field_of(q, villages) for q in questions}
    hints = {q["id"]: say(q["shown_when"], sources) for q in questions if q["shown_when"]}
    of_party, of_person = (tuple(made[q["id"]] for q in questions if q["per"] == per) for per in ("party", "person"))
    return Asked(version, text, day, villages, tuple(questions), of_party, of_person, _program(questions, sources, day), hints)


def _program(questions: Sequence[Mapping[str, Any]], sources: Mapping[str, Source], day: date | None) -> dict[str, Any]:
    """Return what the browser gets: no more of the kind than the conditions ask about."""
    about = {leaf["question"] for q in questions for leaf in leaves(q["shown_when"])}
    return {
        "day": day.isoformat() if day else "",
        "sex": {},
        "each": [q["id"] for q in questions if q["per"] == "person"],
        "types": {ref: sources[ref].type for ref in sorted(about) if ref in sources},
        "questions": [{"id": q["id"], "per": q["per"], "when": q["shown_when"]} for q in questions],
    }


def needed(asked: Asked) -> dict[str, bool]:
    """Return, by id, whether a question must be answered when it is shown."""
    return {q["id"]: bool(q["required"]) for q in asked.questions}


def field_of(question: Mapping[str, Any], villages: tuple[tuple[str, str], ...] = ()) -> Field:
    """Return the declared field of one own question; that a hidden one is not missed, its grammar knows (registrations/own.py).

    Whatever an organiser asks counts as personal: nobody knows what will be written there.
    """
    personal = Personal.IDENTITY if question["type"] == "id_number" else Personal.CONTACT
    common: dict[str, Any] = {
        "name": question["id"], "label": question["label"], "help": question["help"], "personal": personal,
        "required": bool(question["required"]),
    }  # fmt: skip
    options = tuple((o["id"], o["label"]) for o in question["options"])
    low, high = question["min"], question["max"]
    makers: dict[str, Any] = {
        "text": lambda: Text(longest=question["longest"] or 100, **common),
        "long_text": lambda: LongText(longest=question["longest"] or 500, rows=3, **common),
        "number": lambda: Number(min=0 if low is None else low, max=1_000_000 if high is None else high, **common),
        "date": lambda: Date(**common, **_days(low, high)),
        "choice": lambda: Choice(of=options, **common),
        "choices": lambda: Choices(of=options, **common),
        "phone": lambda: Phone(**common),
        "id_number": lambda: IdNumber(**common),
        "division": lambda: Division(of=villages, **common),
        "upload": lambda: Upload(**common),
    }
    made: Field = makers[question["type"]]()
    return made


def _days(low: str | None, high: str | None) -> dict[str, Any]:
    return {name: date.fromisoformat(bound) for name, bound in (("earliest", low), ("latest", high)) if bound}
