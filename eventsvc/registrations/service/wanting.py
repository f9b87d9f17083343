"""What a party wants of which pool: places of the main one, and of further ones by its village, its people, its session."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from eventsvc.core.errors import Invalid
from eventsvc.core.words import N_
from eventsvc.registrations import queries
from eventsvc.registrations.openings import MAIN, RESERVE, Opening
from eventsvc.registrations.queries import Record
from eventsvc.registrations.schemas import Party

Wants = Mapping[str, int]
"""Pool id (hex) → places."""


def places_of(opening: Opening, party: Party) -> int:
    """Return how many places of the main pool a party takes."""
    shape = opening.kind.party
    return shape.places_of(len(party.people)) if shape else 1


def want(opening: Opening, party: Party, *, at_the_door: bool = False) -> tuple[int, dict[str, int]]:
    """Return what a party wants: places of the main pool, and of further gating pools (id in hex → number).

    Refuses a party that does not say what its place depends on: its village where places go by village, its session where
    there are sessions. At the door nobody is sent away for that.
    """
    n = places_of(opening, party)
    if not opening.more_pools:
        return n, {}
    rows = [row for row in queries.pools(opening.id) if row.gates and row.kind not in (MAIN, RESERVE)]
    if not at_the_door:
        _refuse_unsaid(rows, party)
    return n, wants_of(rows, party, n, _sexes(opening, party))


def wants_of(rows: Iterable[Any], party: Party, n: int, sexes: Sequence[str]) -> dict[str, int]:
    """Return how many places a party wants of each of these pools, those it wants nothing of left out."""
    told = {row.id.hex: _of_one(row.kind, party, n, sexes) for row in rows}
    return {pool: number for pool, number in told.items() if number}


def _of_one(kind: str, party: Party, n: int, sexes: Sequence[str]) -> int:
    what, _, key = kind.partition(":")
    if what == "unit":
        return n if party.village is not None and party.village.hex == key else 0
    if what == "slot":
        return n if chosen_slot(party) == key else 0
    if what == "category":
        return _of_category(key, party, sexes)
    return 0


def _of_category(key: str, party: Party, sexes: Sequence[str]) -> int:
    """Count the people of a category: by sex (`male`), or by what they, or their party, chose (`role=volunteer`)."""
    question, chose, value = key.partition("=")
    if not chose:
        return sum(sex == key for sex in sexes)
    said = [person.answers.get(question, party.answers.get(question)) for person in party.people]
    return sum(value in one if isinstance(one, list) else one == value for one in said)


def chosen_slot(party: Party) -> str:
    """Return the key of the session that a party chose, or nothing."""
    return party.slot


def slot_of(record: Record) -> str:
    """Return the key of the session that a party has, or waits for."""
    if not record.opening.more_pools:
        return ""
    mine = {row.kind for row in queries.pools(record.opening.id) if row.id.hex in record.wants}
    return next((kind.removeprefix("slot:") for kind in sorted(mine) if kind.startswith("slot:")), "")


def _sexes(opening: Opening, party: Party) -> list[str]:
    shape = opening.kind.party
    assert shape
    return [str(shape.person(one.role).sex or one.answers.get("sex") or "") for one in party.people]


def _refuse_unsaid(rows: Sequence[Any], party: Party) -> None:
    kinds = {row.kind for row in rows}
    slots = {kind.removeprefix("slot:") for kind in kinds if kind.startswith("slot:")}
    if slots and chosen_slot(party) not in slots:
        raise Invalid(fields={"slot": [N_("请选择参加哪一场")]})
    if party.village is None and any(kind.startswith("unit:") for kind in kinds):
        raise Invalid(fields={"village": [N_("名额是按村（社区）分的，请选择是哪个村的")]})


def ids(wants: Mapping[str, Any]) -> dict[UUID, int]:
    """Return stored wants with the pools' own ids, in the order in which pools are locked."""
    return {UUID(pool): int(n) for pool, n in sorted(wants.items()) if n}
