"""What an organiser says in a report: one grammar for the form and the API."""

from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from marshmallow import Schema, fields, post_load

from eventsvc.core.words import N_
from eventsvc.declare import ActivityKind, Indicator, StrictSchema, schema_of
from eventsvc.declare.marshal import Fen, Str, Table, Whole, Yes
from eventsvc.reports.rules import SECTIONS, indicators

Parts = dict[str, fields.Field[Any]]

LONGEST = 3000
MOST = 10**9
MOST_LINES = 60
MOST_PHOTOS = 12


@dataclass(frozen=True)
class Said:
    """One figure as the organiser says it."""

    value: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Spent:
    """What was really spent on one line of the budget."""

    id: UUID
    actual: int | None = None


@dataclass(frozen=True)
class Unplanned:
    """Money that was spent on something the budget did not name."""

    item: str
    actual: int


@dataclass(frozen=True)
class PhotoSaid:
    """What is said of a photo that is there already."""

    id: UUID
    caption: str = ""
    consent: bool = False
    remove: bool = False
    position: int | None = None


@dataclass(frozen=True)
class Told:
    """A whole report as it was typed: figures, spending, words, the kind's own answers, photos."""

    figures: dict[str, Said] = field(default_factory=dict)
    spending: tuple[Spent, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    words: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    photos: tuple[PhotoSaid, ...] = ()


def _optional(label: str, **more: Any) -> dict[str, Any]:
    return {"required": False, "load_default": None, "allow_none": True, "metadata": {"label": label, **more}}


def _text(label: str, longest: int, **more: Any) -> Str:
    about = {"label": label, "maxlength": longest, **more}
    return Str(longest=longest, multiline="rows" in more, load_default="", metadata=about)


class SpentSchema(StrictSchema):
    """One line of the budget."""

    id = fields.UUID(required=True, metadata={"widget": "hidden"})
    actual = Fen(**_optional(N_("实际支出"), widget="money"))

    @post_load
    def _as_spent(self, data: dict[str, Any], **_: Any) -> Spent:
        return Spent(**data)


class UnplannedSchema(StrictSchema):
    """One line more."""

    item = Str(longest=100, required=True, metadata={"label": N_("用在什么上"), "maxlength": 100})
    actual = Fen(required=True, metadata={"label": N_("实际支出"), "widget": "money"})

    @post_load
    def _as_unplanned(self, data: dict[str, Any], **_: Any) -> Unplanned:
        return Unplanned(**data)


class PhotoSchema(StrictSchema):
    """One photo that is there already."""

    id = fields.UUID(required=True, metadata={"widget": "hidden"})
    caption = _text(N_("照片说明"), 100)
    consent = Yes(load_default=False, metadata={"label": N_("照片里的人同意公开使用"), "widget": "checkbox"})
    remove = Yes(load_default=False, metadata={"label": N_("删除这张"), "widget": "checkbox"})
    position = Whole(least=1, most=99, **_optional(N_("排第几"), widget="number"))

    @post_load
    def _as_said(self, data: dict[str, Any], **_: Any) -> PhotoSaid:
        return PhotoSaid(**data)


class _Report(StrictSchema):
    spending = Table(fields.Nested(SpentSchema), most=MOST_LINES, load_default=list)
    unplanned = Table(fields.Nested(UnplannedSchema), most=10, load_default=list,
                      metadata={"label": N_("预算以外的支出"), "widget": "rows", "fields": ("item", "actual"), "max": 10})  # fmt: skip
    photos = Table(fields.Nested(PhotoSchema), most=MOST_PHOTOS, load_default=list)

    @post_load
    def _as_told(self, data: dict[str, Any], **_: Any) -> Told:
        answers = cast(fields.Nested, self.fields["answers"]).schema.dump(data.get("answers") or {})
        lists = {name: tuple(data[name]) for name in ("spending", "unplanned", "photos")}
        return Told(data.get("figures") or {}, words=data.get("words") or {}, answers=dict(answers), **lists)


def report_schema(kind: ActivityKind) -> _Report:
    """Return the schema of a report of this kind: its indicators, the five sections, its own questions."""
    figures: Parts = {one.code: fields.Nested(_figure(one), load_default=None) for one in indicators(kind)}
    words: Parts = {name: _text(label, LONGEST, widget="textarea", rows=5) for name, label in SECTIONS}
    asked = [question for question in kind.report_questions if not question.retired]
    parts: Parts = {
        "figures": fields.Nested(_Figures.from_dict(figures, name=f"{kind.code}_figures"), load_default=dict),
        "words": fields.Nested(StrictSchema.from_dict(words, name="report_words"), load_default=dict),
        "answers": fields.Nested(_lenient(schema_of(asked, f"{kind.code}_report")), load_default=dict),
    }
    found: _Report = _Report.from_dict(parts, name=f"{kind.code}_whole_report")()  # type: ignore[assignment]
    return found


class _Figures(StrictSchema):
    @post_load
    def _only_said(self, data: dict[str, Any], **_: Any) -> dict[str, Said]:
        return {code: said for code, said in data.items() if said is not None}


class _Figure(StrictSchema):
    @post_load
    def _as_said(self, data: dict[str, Any], **_: Any) -> Said:
        return Said(data["value"], data["reason"])


def _figure(one: Indicator) -> type[Schema]:
    about = _optional(
        str(one.label), unit=one.unit, help=one.help, widget="money" if one.measure == "money" else "number"
    )
    value = Fen(**about) if one.measure == "money" else Whole(least=0, most=MOST, **about)
    parts: Parts = {"value": value, "reason": _text(N_("为什么不同"), 200)}
    return _Figure.from_dict(parts, name=f"figure_{one.code}")


def _lenient(schema: type[Schema]) -> Schema:
    """Let a draft be saved with gaps: what is required is asked for when the report goes up."""
    return schema(partial=True)
