"""Which sign-ups look like one: pure. Exact doubles cannot exist (claims); these are told in other words.

Only parties that share something are compared: each leaves keys (how a name sounds, a birth date, a phone …), those under the
same key meet. Five thousand parties are done in seconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any
from uuid import UUID

from eventsvc.core.words import N_
from eventsvc.registrations import likeness
from eventsvc.registrations.likeness import Likeness

ENOUGH_FOR_ONE, ENOUGH_FOR_TWO = 7.0, 9.0
"""From how many points on a pair is shown: of parties of one person, of two and more."""
CROWD = 120
"""A key that more parties share says nothing: the phone of somebody who signs up a whole village."""
CROWD_OF_A_PHONE = 12


@dataclass(frozen=True, slots=True, repr=False)
class Someone:
    """One person, as far as it matters here."""

    name: str
    sex: str = ""
    born_on: str = ""
    phone: str = ""
    id_number: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """One party, as far as it matters here."""

    id: UUID
    people: tuple[Someone, ...]
    proxy_phone: str = ""
    village: str = ""
    address: str = ""
    married_on: Any = field(default=None, hash=False)

    @property
    def phones(self) -> set[str]:
        """Return every phone that was given, whoever's."""
        return {phone for phone in (self.proxy_phone, *(person.phone for person in self.people)) if phone}


@dataclass(frozen=True)
class Pair:
    """Two parties that look like one, and why, in words for people; the likeliest have the most points."""

    left: UUID
    right: UUID
    points: float
    why: tuple[str, ...]


def likely(parties: Iterable[Facts]) -> list[Pair]:
    """Return the pairs that look like one party, the likeliest first."""
    known = list(parties)
    found = [pair for at, other in _candidates(known) if (pair := compare(known[at], known[other]))]
    return sorted(found, key=lambda pair: (-pair.points, pair.left, pair.right))


def compare(one: Facts, other: Facts) -> Pair | None:
    """Return two parties as a pair when they look like one, else None."""
    told = _everything(one, other)
    points = sum(each for each, _ in told)
    if points < (ENOUGH_FOR_ONE if min(len(one.people), len(other.people)) == 1 else ENOUGH_FOR_TWO):
        return None
    left, right = sorted((one.id, other.id))
    return Pair(left, right, round(points, 1), tuple(dict.fromkeys(words for _, words in told if words)))


def _everything(one: Facts, other: Facts) -> list[Likeness]:
    return [
        *_people(one, other),
        likeness.phones(one.phones, other.phones),
        likeness.weddings(one.married_on, other.married_on),
        likeness.places(one.address, other.address),
        _villages(one.village, other.village),
    ]


def _people(one: Facts, other: Facts) -> list[Likeness]:
    """Compare the people of both: in their order, and two also the other way round (each written in the other's place)."""
    straight = [told for pair in zip(one.people, other.people, strict=False) for told in _persons(*pair)]
    if len(one.people) != 2 or len(other.people) != 2:
        return straight
    crossed = [told for pair in zip(one.people, reversed(other.people), strict=False) for told in _persons(*pair, sexes=False)]
    crossed.append((-1.0, N_("两人的位置写反了")))
    return max(straight, crossed, key=lambda told: sum(points for points, _ in told))


def _persons(one: Someone, other: Someone, sexes: bool = True) -> Iterator[Likeness]:
    yield likeness.names(one.name, other.name)
    yield likeness.births(one.born_on, other.born_on)
    yield likeness.id_numbers(one.id_number, other.id_number)
    if sexes and one.sex and other.sex and one.sex != other.sex:
        yield -4.0, ""


def _villages(one: str, other: str) -> Likeness:
    if not one or not other:
        return likeness.NOTHING
    return (1.0, N_("同一个村（社区）")) if one == other else (-2.0, "")


# -- who meets whom -----------------------------------------------------------------------------------------------------


def _candidates(parties: Sequence[Facts]) -> Iterator[tuple[int, int]]:
    """Yield the pairs (by place) worth comparing, each once."""
    under: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, party in enumerate(parties):
        for key in set(_keys(party)):
            under[key].append(at)
    seen: set[int] = set()
    size = len(parties)
    for key, places in under.items():
        if 1 < len(places) <= (CROWD_OF_A_PHONE if key[0] == "phone" else CROWD):
            for left, right in combinations(places, 2):
                if (both := left * size + right) not in seen:
                    seen.add(both)
                    yield left, right


def _keys(party: Facts) -> Iterator[tuple[str, ...]]:
    for phone in party.phones:
        yield "phone", phone
    heard = [likeness.sounds(person.name) for person in party.people]
    for person, sound in zip(party.people, heard, strict=True):
        yield "name", *sorted(sound)
        if person.born_on:
            yield "born", person.born_on, sound[0] if sound else ""
            yield "birthday", person.born_on[5:], *sorted(sound)[:2]
        if person.id_number:
            yield from (("id", person.id_number[at : at + 6]) for at in (6, 12))
    yield from _keys_of_two(heard)


def _keys_of_two(heard: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Of a couple: one's whole surname and parts of both given names, whatever one of them may have lost."""
    if len(heard) != 2 or not all(heard):
        return
    first, second = heard
    for one in _partly(first):
        for other in _partly(second):
            yield "two", *sorted(("".join(one), "".join(other)))


def _partly(sound: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len(sound) < 3:
        return [sound]
    return [sound[:at] + sound[at + 1 :] for at in range(1, len(sound))]
