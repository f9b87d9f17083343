"""The list of an activity as a workbook: every declared question a column, masked unless somebody said why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eventsvc.core.lunar import Anniversary
from eventsvc.core.masking import mask_address, mask_id_number, mask_name, mask_phone
from eventsvc.core.periods import local
from eventsvc.core.words import N_
from eventsvc.declare import (
    ActivityKind,
    AnniversaryField,
    Choice,
    Choices,
    Field,
    IdNumber,
    LongText,
    Name,
    PartyShape,
    Person,
    Personal,
    Phone,
    Text,
    YesNo,
)
from eventsvc.declare.asked import Division, Upload
from eventsvc.infra.i18n import say
from eventsvc.infra.workbooks import Cell, Head, Sheet, workbook
from eventsvc.registrations.own import is_own
from eventsvc.registrations.queries import PartyRow, PersonRow
from eventsvc.registrations.questionnaires import Versions
from eventsvc.registrations.schemas import RELATIONS, asked_of, asked_of_party

SECRET = (Personal.HEALTH, Personal.STORY)
HIDDEN = "***"


def roster_workbook(title: str, kind: ActivityKind, versions: Versions, parties: Sequence[PartyRow], *, full: bool) -> bytes:
    """Return the xlsx of these parties. Everything is text, so an ID number keeps its eighteen digits and `=1+1` stays a name."""
    note = N_("本表含完整个人信息，只限本次活动使用，用后删除") if full else N_("个人信息已遮盖；需要完整内容请在系统里写明理由后导出")
    rows = [list(row) for at, party in enumerate(parties, start=1) for row in _rows(kind, versions, at, party, full)]
    return workbook(Sheet(say(N_("报名名单")), title, list(_heads(kind, versions)), rows, notes=(say(note),)))


def _heads(kind: ActivityKind, versions: Versions) -> Iterator[Head]:
    assert kind.party
    yield from (Head(say(words), width=width) for words, width in ((N_("序号"), 6), (N_("编号"), 12), (N_("状态"), 10), (N_("村（社区）"), 16)))
    for person in _columns(kind.party):
        yield from (Head(say(f.label), group=say(person.label)) for f in (*asked_of(person), *versions.columns("person")))
    yield from (Head(say(f.label)) for f in (*asked_of_party(kind), *versions.columns("party")))
    yield from (Head(say(words), group=say(N_("代报人"))) for words in (N_("姓名"), N_("关系"), N_("电话")))
    yield Head(say(N_("报名时间")), width=18)


def _columns(shape: PartyShape) -> tuple[Person, ...]:
    """Return the parts that have columns of their own; one that several play has them once, and each who plays it a row."""
    return (*shape.people, *((shape.more,) if shape.more else ()))


def _rows(kind: ActivityKind, versions: Versions, at: int, party: PartyRow, full: bool) -> Iterator[Iterator[Cell]]:
    """Give the rows of a party: one, or one for each of those who play the same part."""
    shape = kind.party
    assert shape
    fixed = {person.role: person for person in party.people if shape.more is None or person.role in {p.role for p in shape.people}}
    several: list[PersonRow | None] = [person for person in party.people if person.role not in fixed] if shape.more else [None]
    for person in several:
        mine = fixed | ({shape.more.role: person} if shape.more and person else {})
        yield _row(kind, versions, at, party, mine, full)


def _row(kind: ActivityKind, versions: Versions, at: int, party: PartyRow, people: Mapping[str, PersonRow], full: bool) -> Iterator[Cell]:
    assert kind.party
    yield from (str(at), party.code, say(party.standing.label), party.village)
    for part in _columns(kind.party):
        person = people.get(part.role)
        yield from (shown(f, _answer(person, f), full=full) for f in asked_of(part))
        yield from (_own(f, versions, party, person.extra if person else {}, "person", full) for f in versions.columns("person"))
    yield from (shown(f, party.answers.get(f.name), full=full) for f in asked_of_party(kind))
    yield from (_own(f, versions, party, party.answers, "party", full) for f in versions.columns("party"))
    proxy = party.proxy or {}
    yield from (_name(proxy.get("name"), full), say(RELATIONS.get(proxy.get("relation", ""), "")), _phone(proxy.get("phone"), full))
    yield f"{local(party.created_at):%Y-%m-%d %H:%M}"


@dataclass(frozen=True)
class Told:
    """What a party told us, in words: (label, answer) pairs by whose they are."""

    names: str
    proxy: str
    village: str
    people: list[tuple[str, list[tuple[str, str]]]]
    together: list[tuple[str, str]]


def _own(column: Field, versions: Versions, party: PartyRow, answers: Mapping[str, Any], per: str, full: bool) -> str:
    """Say an own answer, in the column that bears the words in which this party was asked."""
    asked = versions.asked(party.form_version, per, answers)
    return next((shown(f, answers.get(f.name), full=full) for f in asked if (f.name, f.label) == (column.name, column.label)), "")


def told(kind: ActivityKind, versions: Versions, party: PartyRow, *, full: bool) -> Told:
    """Say what one party told us, masked unless `full`."""
    assert kind.party
    by_role = {person.role: person for person in party.people}
    people = [
        (say(part.label), [(say(f.label), shown(f, _answer(by_role[part.role], f), full=full)) for f in (*asked_of(part), *_own_of(by_role[part.role], party, versions))])
        for part in kind.party.everyone
        if part.role in by_role
    ]
    asked = (*asked_of_party(kind), *versions.asked(party.form_version, "party", party.answers))
    together = [(say(f.label), shown(f, party.answers.get(f.name), full=full)) for f in asked]
    return Told(party.names, _proxy_words(party.proxy or {}, full), party.village, people, together)


def _own_of(person: PersonRow, party: PartyRow, versions: Versions) -> list[Field]:
    return versions.asked(party.form_version, "person", person.extra)


def _proxy_words(proxy: Mapping[str, Any], full: bool) -> str:
    if not proxy:
        return ""
    relation = say(RELATIONS.get(proxy["relation"], ""))
    return f"{_name(proxy['name'], full)}（{relation}）{_phone(proxy['phone'], full)}"


def _answer(person: PersonRow | None, question: Field) -> Any:
    if person is None:
        return None
    return getattr(person, question.name) if question.name in ("name", "sex", "phone", "born_on") else person.extra.get(question.name)


def shown(question: Field, value: Any, *, full: bool) -> str:
    """Say an answer as people read it: labels for codes, and masked unless `full`."""
    if value in (None, "", []):
        return ""
    if not full and (hidden := _masked(question, value)) is not None:
        return hidden
    if isinstance(question, Division):
        return f"{value.get('name', '')}{value.get('street', '')}"
    if isinstance(question, Upload):
        return say(N_("已上传，见附件"))
    if isinstance(question, AnniversaryField):
        return Anniversary.from_dict(value).say()
    if isinstance(question, Choices):
        return "、".join(_label(question, one) for one in value)
    if isinstance(question, Choice):
        return _label(question, value)
    if isinstance(question, YesNo):
        return say(N_("是")) if value else say(N_("否"))
    return str(value)


def _masked(question: Field, value: Any) -> str | None:
    """Return the answer masked, or None when it may be shown as it is. In a free answer anything may stand: it is hidden."""
    if isinstance(question, IdNumber):
        return mask_id_number(value)
    if isinstance(question, Phone):
        return mask_phone(value)
    if isinstance(question, Name) and question.name != "name":
        return mask_name(value)
    if isinstance(question, Division):
        return mask_address(f"{value.get('name', '')}{value.get('street', '')}")
    if question.name == "address":
        return mask_address(value)
    if question.name == "born_on":
        return f"{str(value)[:4]}-**-**"
    if is_own(question.name) and type(question) is Text:
        return HIDDEN
    return HIDDEN if question.personal in SECRET or (question.personal and isinstance(question, LongText)) else None


def _label(question: Choice, code: str) -> str:
    return say(dict(question.of).get(code, code))


def _name(name: str | None, full: bool) -> str:
    return "" if not name else name if full else mask_name(name)


def _phone(phone: str | None, full: bool) -> str:
    return "" if not phone else phone if full else mask_phone(phone)
