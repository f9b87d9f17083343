"""What a party must satisfy whatever its kind: contact, identity, consent. Pure: the day comes in as an argument."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from eventsvc.core.identity import IdNumber, parse_id_number
from eventsvc.core.names import name_key
from eventsvc.core.text import clean_text
from eventsvc.core.words import N_, Words
from eventsvc.declare import ActivityKind, Field
from eventsvc.registrations.consent import GUARDIAN, NO_GUARDIAN, asked_by, may_be_children, needs_guardian
from eventsvc.registrations.errors import SayWhy
from eventsvc.registrations.schemas import Party, PersonAnswers, asked_of, asked_of_party

Fault = tuple[str, str]
NOBODY_TO_CALL = N_("至少留一个电话：本人的、老伴的，或替他们报名的您的")
SEX = {"male": N_("男"), "female": N_("女")}


def reason(text: str, longest: int) -> str:
    """Return why somebody does something, in words that can be kept, or raise SayWhy."""
    try:
        said = clean_text(text, longest)
    except ValueError as wrong:
        raise SayWhy(fields={"reason": [wrong.args[0]]}) from wrong
    if len(said) < 2:
        raise SayWhy(fields={"reason": [SayWhy.words]})
    return said


def faults(kind: ActivityKind, party: Party, today: date, *, at_the_door: bool = False) -> dict[str, list[str]]:
    """Return what is wrong with a party, by the field's dotted name; empty when it may be written down.

    Whoever stands at the door need not be called: a walk-in may come without a phone.
    """
    found: dict[str, list[str]] = {}
    for name, words in _all(kind, party, today):
        if at_the_door and words == NOBODY_TO_CALL:
            continue
        found.setdefault(name, []).append(words)
    return found


def _all(kind: ActivityKind, party: Party, today: date) -> Iterator[Fault]:
    for person in party.people:
        yield from _about(kind, person, today)
    yield from _same_person_twice(party)
    yield from _nobody_to_call(party)
    yield from _not_agreed(kind, party, today)


def _about(kind: ActivityKind, person: PersonAnswers, today: date) -> Iterator[Fault]:
    at = f"people.{person.role}"
    if person.born_on and person.born_on > today:
        yield f"{at}.born_on", N_("出生日期还没有到，请核对")
    if not person.id_number:
        return
    try:
        paper = parse_id_number(person.id_number, today=today)
    except ValueError as wrong:
        yield f"{at}.id_number", wrong.args[0]
        return
    yield from _paper_disagrees(kind, person, paper, at)


def _paper_disagrees(kind: ActivityKind, person: PersonAnswers, paper: IdNumber, at: str) -> Iterator[Fault]:
    assert kind.party
    part = kind.party.person(person.role)
    sex = part.sex or person.sex
    if sex and sex != paper.sex:
        words = N_("这个身份证号是{sex}性的，是不是和另一位的填反了？")
        yield f"{at}.id_number", Words(words, sex=Words(SEX[paper.sex]))
    if person.born_on and person.born_on != paper.born:
        yield f"{at}.born_on", N_("出生日期和身份证号里的不一样，请核对；以身份证为准")


def _same_person_twice(party: Party) -> Iterator[Fault]:
    seen: set[str] = set()
    for person in party.people:
        if person.id_number and person.id_number in seen:
            yield f"people.{person.role}.id_number", N_("两个人的身份证号一样，请核对")
        seen.add(person.id_number or "")


def _nobody_to_call(party: Party) -> Iterator[Fault]:
    if party.proxy is None and not any(person.phone for person in party.people):
        yield f"people.{party.people[0].role}.phone", NOBODY_TO_CALL


def _not_agreed(kind: ActivityKind, party: Party, today: date) -> Iterator[Fault]:
    agreed, given = party.consent.purposes(), given_classes(kind, party)
    child = may_be_children(kind) and needs_guardian((_born(person, today) for person in party.people), today)
    if child and not party.consent.guardian_name:
        yield "consent.guardian_name", NO_GUARDIAN
    for text in asked_by(kind, party.asked):
        needed = child if text.purpose == GUARDIAN else text.purpose == "contact" or text.personal in given
        if needed and text.purpose not in agreed:
            yield f"consent.{text.purpose}", text.missing


def _born(person: PersonAnswers, today: date) -> date | None:
    """Return a birth date as told, or as the identity number says it."""
    if person.born_on or not person.id_number:
        return person.born_on if isinstance(person.born_on, date) else None
    try:
        return parse_id_number(person.id_number, today=today).born
    except ValueError:
        return None


def given_classes(kind: ActivityKind, party: Party) -> set[Any]:
    """Return the classes of personal data that the party gave of itself: an answer left at its default says nothing."""
    assert kind.party
    asked: list[tuple[tuple[Field, ...], Mapping[str, Any]]] = [
        ((*asked_of(kind.party.person(person.role)), *party.asked.of_person), person.answers) for person in party.people
    ]
    asked.append(((*asked_of_party(kind), *party.asked.of_party), party.answers))
    return {f.personal for questions, answers in asked for f in questions if f.personal and _said(f, answers.get(f.name))}


def _said(question: Field, value: Any) -> bool:
    return value not in (None, "", [], False) and value != question.default


def identity_keys(party: Party) -> list[tuple[str, str]]:
    """Return (kind of key, value) by which each person of the party is known: ID number, name with birth date, name with phone.

    Who gives no phone is known by the other's: couples share one. A proxy's phone is nobody's key, nor is any phone alone.
    """
    shared = [person.phone for person in party.people if person.phone]
    return sorted({key for person in party.people for key in _keys_of(person, shared)})


def _keys_of(person: PersonAnswers, shared: list[str]) -> Iterator[tuple[str, str]]:
    if person.id_number:
        yield "id_number", person.id_number
    if not person.name:
        return
    name = name_key(person.name)
    if person.born_on:
        yield "name_birth", f"{name}|{person.born_on.isoformat()}"
    for phone in [person.phone] if person.phone else shared:
        yield "name_phone", f"{name}|{phone}"
