"""A list is held against the rules of an activity, and nothing is written: the current sign-ups, or couples from a file or a paste."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from eventsvc.core.masking import mask_name
from eventsvc.core.words import N_, Label, Words
from eventsvc.declare import Choice
from eventsvc.declare.rule import needed
from eventsvc.infra.workbooks import Head, Sheet, workbook
from eventsvc.people import honours
from eventsvc.people.honours import Known
from eventsvc.people.pairs import LABELS, Pair, honoured_before, read_pairs, residence_code
from eventsvc.people.sheets import Fault, Line
from eventsvc.registrations.eligibility import Judged, two_of, weighed
from eventsvc.registrations.openings import Opening
from eventsvc.registrations.queries import PartyRow, PersonRow
from eventsvc.registrations.schemas import Party, PersonAnswers, asked_of, asked_of_party
from eventsvc.registrations.service.change import typed

OUTCOMES: Mapping[str, tuple[Label, str]] = {
    "holds": (N_("符合"), "good"), "refuses": (N_("不符合"), "stop"), "cant_tell": (N_("要核实"), "wait"), "unread": (N_("看不懂"), "stop"),
}  # fmt: skip
"""What is said of a row, and how its sign looks."""


@dataclass(frozen=True, repr=False)
class Told:
    """What the rules say of one row."""

    row: int
    names: str
    outcome: str
    said: tuple[tuple[Label, str], ...]
    """(rule or column, words)."""
    set_aside: tuple[str, ...] = ()

    @property
    def sign(self) -> tuple[Label, str]:
        """Return the outcome's word and how it looks."""
        return OUTCOMES[self.outcome]


def counted(rows: Iterable[Told]) -> dict[str, int]:
    """Count the rows by outcome."""
    found = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        found[row.outcome] += 1
    return found


def over_parties(opening: Opening, parties: list[PartyRow], overridden: Mapping[Any, Iterable[str]]) -> list[Told]:
    """Hold the current sign-ups against the rules, names masked; `overridden` are the rules set aside by party."""
    told = [_party(opening, one) for one in parties]
    known = _known(opening, told)
    found = []
    for at, (row, party, stands) in enumerate(zip(parties, told, known, strict=True), start=1):
        aside = tuple(overridden.get(row.id, ()))
        judged = weighed(opening.kind, opening.plan, party, stands, set_aside=aside)
        names = "、".join(mask_name(person.name) for person in row.people if person.name)
        found.append(replace(_told(at, names, judged), set_aside=aside))
    return found


def over_lines(opening: Opening, lines: list[Line], today: date) -> list[Told]:
    """Hold couples of a list against the rules; a row that cannot be read says where."""
    pairs = read_pairs(lines, today)
    readable = [pair for pair in pairs if not _faults(pair)]
    told = [_couple(opening, pair) for pair in readable]
    judged = {pair.row: weighed(opening.kind, opening.plan, party, stands)
              for pair, party, stands in zip(readable, told, _known(opening, told), strict=True)}  # fmt: skip
    return [_told(p.row, p.names, judged[p.row]) if p.row in judged else _unread(p) for p in pairs]


def as_workbook(title: str, rows: Iterable[Told]) -> bytes:
    """Return the table as a workbook."""
    heads = (Head(N_("行"), "number", width=8), Head(N_("姓名"), width=24), Head(N_("结果"), width=12), Head(N_("哪一条、为什么"), width=70))
    lines = [(one.row, one.names, str(one.sign[0]), "\n".join(Words(N_("{one}：{other}"), one=label, other=words) for label, words in one.said)) for one in rows]
    heading = Words(N_("{title} 资格核对"), title=title)
    return workbook(Sheet(N_("资格核对"), heading, heads, lines, notes=(N_("本表只供核对，系统里没有写入任何内容。"),)))


def _known(opening: Opening, parties: list[Party]) -> list[list[Known]]:
    if "honours" not in needed(opening.kind.rules, opening.plan):
        return [[] for _ in parties]
    return honours.known_all(two_of(party) for party in parties)


def _told(row: int, names: str, judged: Judged) -> Told:
    said = tuple((f.rule.label, f.verdict.said.said) for f in judged.findings if f.verdict.said)
    return Told(row, names, judged.outcome, said)


def _faults(pair: Pair) -> list[Fault]:
    if pair.married is None and not any(fault.column == LABELS["married"] for fault in pair.faults):
        return [*pair.faults, Fault(pair.row, LABELS["married"], N_("请填写结婚日期，至少填年份"))]
    return list(pair.faults)


def _unread(pair: Pair) -> Told:
    said = tuple((Words(N_("第{row}行“{column}”"), row=fault.row, column=Words(fault.column)), fault.words) for fault in _faults(pair))
    return Told(pair.row, pair.names, "unread", said)


def _party(opening: Opening, row: PartyRow) -> Party:
    kind = opening.kind
    assert kind.party
    people = tuple(PersonAnswers(p.role, typed(asked_of(kind.party.person(p.role)), _held(p))) for p in row.people)
    return Party(people, typed(asked_of_party(kind), row.answers))


def _held(person: PersonRow) -> dict[str, Any]:
    return {**person.extra, "name": person.name, "sex": person.sex, "phone": person.phone, "born_on": person.born_on or None}


def _couple(opening: Opening, pair: Pair) -> Party:
    both = (("husband", pair.husband), ("wife", pair.wife))
    people = tuple(PersonAnswers(role, {"name": one.name, "born_on": one.born_on, "id_number": one.id_number}) for role, one in both)
    answers = {"married_on": pair.married, "residence": _residence(opening, pair.more["residence"]), "honoured_before": honoured_before(pair.more["before"])}
    return Party(people, answers)


def _residence(opening: Opening, said: str) -> str | None:
    """Read where they live: the form's own words, or what offices write for short."""
    asked = next((f for f in opening.kind.sign_up if f.name == "residence"), None)
    if not said or not isinstance(asked, Choice):
        return None
    if code := next((code for code, label in asked.of if said in (code, str(label))), None):
        return code
    return residence_code(said)
