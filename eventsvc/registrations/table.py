"""Paper sign-ups in a fast table: a party a row, a cell for every question that the public page has, each row read by itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from eventsvc.core.said_dates import read_said
from eventsvc.core.words import N_, Label
from eventsvc.declare import PartyShape
from eventsvc.infra.forms import BadForm
from eventsvc.infra.i18n import say
from eventsvc.registrations.doors import PartyForm

ROWS, MOST_ROWS = 10, 200
BEGINS_WITH = frozenset({"name", "sex", "phone"})
Choices = Sequence[tuple[str, str]]
YES_NO: Sequence[tuple[str, Label]] = (("1", N_("是")), ("0", N_("否")))
TICKED = frozenset({"1", "true", "on", "yes"})


@dataclass(frozen=True)
class Column:
    """One column: a question of the form, or a part of one."""

    name: str
    label: str
    group: str
    widget: str
    """text, day and said (dates as people write them), select, box, boxes."""
    required: bool = False
    choices: Sequence[tuple[str, Label]] = ()
    usual: str = ""
    longest: int = 0


@dataclass
class Row:
    """One row: what was typed, and what became of it."""

    number: int
    nonce: str
    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    code: str = ""
    standing: str = ""
    url: str = ""
    refusal: str = ""
    wrongs: Mapping[str, list[str]] = field(default_factory=dict)

    def value(self, column: Column) -> str:
        """Return what stands in a cell."""
        return str(self.typed.get(column.name, "" if self.typed else column.usual))

    def values(self, column: Column) -> list[str]:
        """Return what is ticked in a cell."""
        return self.typed.getlist(column.name) if self.typed else [column.usual]

    def wrong(self, column: Column) -> list[str]:
        """Return what is wrong in a cell; a date has its faults below its name."""
        return [words for name, told in self.wrongs.items() if name == column.name or name.startswith(f"{column.name}.") for words in told]

    def elsewhere(self, columns: Sequence[Column]) -> list[str]:
        """Return what is wrong where the table has no cell."""
        shown = {words for column in columns for words in self.wrong(column)}
        return [words for told in self.wrongs.values() for words in told if words not in shown]


# -- columns --------------------------------------------------------------------------------------------------------------


def columns(form: PartyForm, shape: PartyShape, people: int, villages: Choices, sessions: Choices, purposes: Sequence[str]) -> list[Column]:
    """Return the columns in the order in which they are typed: what every row needs first, then telephones, then what may be said besides."""
    parts: Any = form.question("people")
    roles = list(parts.schema.fields)[: max(people, len(shape.needed))]
    rooms = [(f"people.{role}", say(shape.person(role).label)) for role in roles] + [("answers", "")]
    found = [column for room, group in rooms for name in _names(form, room) for column in _columns(form, name, group)]
    found += _of_the_party(form, shape, villages, sessions)
    found += [Column(f"consent.{purpose}", say(form.question(f"consent.{purpose}").metadata["label"]), say(N_("同意")), "box") for purpose in purposes]
    if "guardian" in purposes:
        found += list(_columns(form, "consent.guardian_name", say(N_("同意"))))
    return sorted(found, key=_turn)


def _turn(column: Column) -> int:
    last = column.name.rsplit(".", 1)[-1]
    if column.name.startswith(("people.", "answers.")) and (last == "name" or (column.required and not column.usual)):
        return 0
    if (column.name.startswith("people.") and last in BEGINS_WITH) or column.name in ("village", "slot"):
        return 1
    return 3 if column.name.startswith("consent.") else 2


def _names(form: PartyForm, room: str) -> list[str]:
    if room == "answers" and "answers" not in form.schema.fields:
        return []
    return [*form.names(room), *form.own_names(room)]


def _of_the_party(form: PartyForm, shape: PartyShape, villages: Choices, sessions: Choices) -> Iterator[Column]:
    if sessions:
        yield Column("slot", say(N_("场次")), "", "select", required=True, choices=sessions)
    if villages:
        yield Column("village", say(form.question("village").metadata["label"]), "", "select", choices=villages)
    yield from _columns(form, "village_name", "")
    if shape.proxy:
        for name in form.names("proxy"):
            yield from _columns(form, name, say(N_("代报人")))


def _columns(form: PartyForm, name: str, group: str) -> Iterator[Column]:
    question = form.question(name)
    about = question.metadata
    label, widget = say(about["label"]), about.get("widget", "text")
    choices = tuple(about.get("choices") or ())
    usual = about.get("prefill")
    more: dict[str, Any] = {"required": question.required, "usual": "" if usual is None else str(usual)}
    if widget in ("upload", "photo", "file"):
        return
    if widget == "division":
        yield Column(f"{name}.village", label, group, "select", choices=choices)
        yield Column(f"{name}.street", f"{label}{say(N_('（详细）'))}", group, "text", longest=100)
    elif widget in ("radio", "select"):
        yield Column(name, label, group, "select", choices=choices, **more)
    elif widget == "checkboxes":
        yield Column(name, label, group, "boxes", choices=choices, **more)
    elif widget in ("yesno", "checkbox"):
        yield Column(name, label, group, "select" if question.required and widget == "yesno" else "box", choices=YES_NO, **more)
    else:
        yield Column(name, label, group, {"date": "day", "anniversary": "said"}.get(widget, "text"), longest=about.get("maxlength") or 0, **more)


# -- rows -----------------------------------------------------------------------------------------------------------------


def rows_sent(sent: MultiDict[str, str], least: int = ROWS, only: int | None = None) -> list[Row]:
    """Return the rows of a form, `rows.3.people.wife.name`; what was typed in each without the row's own prefix."""
    found: dict[int, Row] = {}
    for name, value in sent.items(multi=True):
        number, _, own = name.removeprefix("rows.").partition(".")
        if not name.startswith("rows.") or not number.isascii() or not number.isdecimal() or int(number) >= MOST_ROWS:
            continue
        row = found.setdefault(int(number), Row(int(number), ""))
        if own == "_nonce":
            row.nonce = value
        elif only in (None, row.number):
            row.typed.add(own, value)
    if only is not None and only not in found:
        raise BadForm
    return [found[at] for at in sorted(found)]


def is_blank(row: Row, shown: Sequence[Column]) -> bool:
    """Say whether nothing was typed in a row: a choice at its usual value, a village or a consent carried down say nothing."""
    typed = [c for c in shown if c.widget in ("text", "day", "said") and not c.name.startswith("proxy.")]
    return all(row.typed.get(c.name, "").strip() in ("", c.usual) for c in typed)


def as_typed_in_form(row: Row, shown: Sequence[Column]) -> tuple[MultiDict[str, str], dict[str, list[str]]]:
    """Return a row as its form would have been typed, and what cannot be read: dates are taken as people write them."""
    told: MultiDict[str, str] = MultiDict()
    faults: dict[str, list[str]] = {}
    known = {column.name: column for column in shown}
    for name, value in row.typed.items(multi=True):
        column = known.get(name)
        if column is None or not value.strip():
            continue
        try:
            for part, said in _read(column, value):
                told.add(part, said)
        except ValueError as wrong:
            faults[name] = [wrong.args[0]]
    return told, faults


def _read(column: Column, value: str) -> Iterator[tuple[str, str]]:
    if column.widget == "said":
        read = read_said(value)
        yield from ((f"{column.name}.{part}", str(said)) for part, said in read.to_dict().items() if said not in (None, "", False))
    elif column.widget == "day":
        day = read_said(value)
        if day.precision != "day" or day.calendar != "solar":
            raise ValueError(N_("请写公历的年月日，如 1950-03-01 或 19500301"))
        yield column.name, day.latest.isoformat()
    elif column.widget == "box":
        yield column.name, "1" if value.strip().lower() in TICKED else "0"
    else:
        yield column.name, value
