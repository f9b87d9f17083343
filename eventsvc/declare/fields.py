"""The questions a kind of activity may ask, each declared once."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from marshmallow import Schema, fields

from eventsvc.core.names import clean_name
from eventsvc.core.phones import clean_phone
from eventsvc.core.words import N_, Label
from eventsvc.declare import marshal
from eventsvc.declare.personal import Personal


@dataclass(frozen=True)
class Field:
    """One question: its name in data, its label for people, and all that follows from its kind."""

    name: str
    label: Label
    required: bool = True
    help: Label = ""
    personal: Personal | None = None
    """The class of personal data of the answer; None: not personal, may be read in lists and exports."""
    default: Any = None
    retired: bool = False
    """No longer asked, still read in old answers. A published field is never renamed."""

    widget: ClassVar[str] = "text"

    def metadata(self) -> dict[str, Any]:
        """Return what a page needs to draw this question."""
        return {"label": self.label, "help": self.help, "widget": self.widget, "personal": self.personal, "prefill": self.default}

    def options(self) -> dict[str, Any]:
        """Return the arguments every marshmallow field takes."""
        required = self.required and not self.retired
        missing = {} if required else {"load_default": None, "allow_none": True}
        return {"required": required, "metadata": self.metadata(), **missing}

    def marshal(self) -> fields.Field[Any]:
        """Return the marshmallow field that reads and writes the answer."""
        raise TypeError(f"{type(self).__name__} does not say how it is read")

    def __hash__(self) -> int:
        return hash((type(self), self.name, str(self.label), self.required))


@dataclass(frozen=True, eq=True)
class Text(Field):
    """One line of text."""

    longest: int = 100
    autocomplete: str = ""
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"maxlength": self.longest, "autocomplete": self.autocomplete}

    def marshal(self) -> fields.Field[Any]:
        return marshal.Str(longest=self.longest, **self.options())


@dataclass(frozen=True, eq=True)
class LongText(Text):
    """Several lines."""

    longest: int = 2000
    rows: int = 4
    widget: ClassVar[str] = "textarea"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"rows": self.rows}

    def marshal(self) -> fields.Field[Any]:
        return marshal.Str(longest=self.longest, multiline=True, **self.options())


@dataclass(frozen=True, eq=True)
class Name(Text):
    """A person's name: 50 characters, U+00B7 kept, rare characters welcome."""

    longest: int = 50
    autocomplete: str = "name"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.Str(longest=80, reader=clean_name, **self.options())


@dataclass(frozen=True, eq=True)
class Phone(Text):
    """A phone number, mobile or landline. It may be shared and is never an identity by itself."""

    longest: int = 30
    autocomplete: str = "tel"
    widget: ClassVar[str] = "tel"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.Str(longest=30, reader=clean_phone, **self.options())


@dataclass(frozen=True, eq=True)
class IdNumber(Text):
    """An ID number; its checksum and birth date are checked against the day of asking by the rules above."""

    longest: int = 30
    widget: ClassVar[str] = "id_number"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.IdText(longest=30, **self.options())


@dataclass(frozen=True, eq=True)
class Number(Field):
    """A whole number."""

    min: int = 0
    max: int = 1_000_000
    unit: Label = ""
    widget: ClassVar[str] = "number"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"min": self.min, "max": self.max, "unit": self.unit}

    def marshal(self) -> fields.Field[Any]:
        return marshal.Whole(least=self.min, most=self.max, **self.options())


@dataclass(frozen=True, eq=True)
class Money(Field):
    """An amount: written in yuan, kept in whole fen."""

    widget: ClassVar[str] = "money"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"unit": N_("元")}

    def marshal(self) -> fields.Field[Any]:
        return marshal.Fen(**self.options())


@dataclass(frozen=True, eq=True)
class Date(Field):
    """A day."""

    earliest: date = date(1900, 1, 1)
    latest: date = date(2100, 12, 31)
    widget: ClassVar[str] = "date"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"min": self.earliest.isoformat(), "max": self.latest.isoformat()}

    def marshal(self) -> fields.Field[Any]:
        return marshal.Day(earliest=self.earliest, latest=self.latest, **self.options())


@dataclass(frozen=True, eq=True)
class Time(Field):
    """A time of day."""

    widget: ClassVar[str] = "time"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.Clock(**self.options())


@dataclass(frozen=True, eq=True)
class Moment(Field):
    """A day and a time on Shanghai's clock, as a browser's datetime-local writes it; kept as an aware UTC moment."""

    widget: ClassVar[str] = "datetime"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.LocalMoment(**self.options())


@dataclass(frozen=True, eq=True)
class YesNo(Field):
    """A box to tick."""

    required: bool = False
    widget: ClassVar[str] = "yesno"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        if self.required and not self.retired:
            return marshal.Yes(required=True, metadata=self.metadata())
        return marshal.Yes(load_default=False, metadata=self.metadata())


@dataclass(frozen=True, eq=True)
class Choice(Field):
    """One of a few; `options_` are (code, label) pairs."""

    of: tuple[tuple[str, Label], ...] = ()
    widget: ClassVar[str] = "radio"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        widget = "select" if len(self.of) > 5 else "radio"
        return super().metadata() | {"choices": list(self.of), "widget": widget}

    def marshal(self) -> fields.Field[Any]:
        return marshal.OneOf(codes=tuple(code for code, _ in self.of), **self.options())


@dataclass(frozen=True, eq=True)
class Choices(Choice):
    """Any of a few."""

    required: bool = False
    widget: ClassVar[str] = "checkboxes"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"widget": "checkboxes"}

    def marshal(self) -> fields.Field[Any]:
        one = marshal.OneOf(codes=tuple(code for code, _ in self.of))
        if self.required and not self.retired:
            return marshal.Many(one, required=True, metadata=self.metadata())
        return marshal.Many(one, load_default=list, metadata=self.metadata())


@dataclass(frozen=True, eq=True)
class AnniversaryField(Field):
    """A wedding date: lunar or solar, to the day, month or year, kept as said and as converted."""

    widget: ClassVar[str] = "anniversary"
    __hash__ = Field.__hash__

    def marshal(self) -> fields.Field[Any]:
        return marshal.WeddingDay(**self.options())


@dataclass(frozen=True, eq=True)
class Rows(Field):
    """A small table: schedule, budget, division of work. Rows left blank are dropped."""

    of: tuple[Field, ...] = ()
    most: int = 60
    required: bool = False
    widget: ClassVar[str] = "rows"
    __hash__ = Field.__hash__

    def metadata(self) -> dict[str, Any]:
        return super().metadata() | {"fields": self.of, "max": self.most}

    def row(self) -> type[Schema]:
        """Return the schema of one row."""
        return Schema.from_dict({f.name: f.marshal() for f in self.of}, name=f"{self.name}_row")

    def marshal(self) -> fields.Field[Any]:
        return marshal.Table(fields.Nested(self.row()), most=self.most, load_default=list, metadata=self.metadata())
