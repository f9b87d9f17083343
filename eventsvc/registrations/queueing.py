"""Who of those who wait moves up: first come first served, but nobody is held up for ever by a party that does not fit.

A party moves as a whole. One that does not fit may be passed over by later ones, `k` times at most; then it blocks the pools
that it lacks until it fits. It is *passed over* when a later party takes places in a pool which it lacks: whoever waits for
a seat of the village's own is not passed over by another village.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Party:
    """One party that waits: what it wants of each pool, and how often it was passed over."""

    id: UUID
    wants: Mapping[UUID, int]
    passed: int = 0


@dataclass
class Outcome:
    """Who moves up, in order, and the new number of each party that was passed over meanwhile."""

    promoted: list[Party] = field(default_factory=list)
    passed: dict[UUID, int] = field(default_factory=dict)


@dataclass
class _Skipped:
    id: UUID
    lacks: frozenset[UUID]
    passed: int


def scan(free: Mapping[UUID, int], waiting: Iterable[Party], k: int, *, everyone: UUID | None = None) -> Outcome:
    """Walk once along the list, first come first, and say who moves up.

    `free` is what each pool has left; of a pool that is not named there is no end. `everyone` names a pool of which
    everybody wants something: once it is empty or blocked, the rest of the list is not read.
    """
    left, blocked, skipped, done = dict(free), set[UUID](), list[_Skipped](), Outcome()
    if everyone is not None and left.get(everyone, 1) <= 0:
        return done
    for party in waiting:
        lacks = frozenset(pool for pool, n in party.wants.items() if pool in blocked or left.get(pool, n) < n)
        if lacks:
            skipped.append(_Skipped(party.id, lacks, party.passed))
            blocked |= lacks if party.passed >= k else frozenset()
        else:
            done.promoted.append(party)
            left |= {pool: left[pool] - n for pool, n in party.wants.items() if pool in left}
            blocked |= _pass_over(skipped, party, k, done)
        if everyone is not None and (left.get(everyone, 1) <= 0 or everyone in blocked):
            break
    return done


def _pass_over(skipped: Iterable[_Skipped], party: Party, k: int, done: Outcome) -> set[UUID]:
    """Count whom this party passes over; return the pools that are blocked from now on."""
    blocked: set[UUID] = set()
    for one in skipped:
        if not one.lacks.isdisjoint(party.wants):
            one.passed += 1
            done.passed[one.id] = one.passed
            if one.passed >= k:
                blocked |= one.lacks
    return blocked
