"""The draw: who comes first when more want to come than there is room for. Pure, and the same for everybody who computes it again.

How it is checked, with nothing but what the public page shows (the seed, and the codes):

    import hashlib
    codes.sort(key=lambda code: hashlib.sha256(f"{seed}:{code}".encode()).hexdigest())

Or without a program: put `seed:code` into any page that computes SHA-256, for two codes; the smaller text of digits came
first. The seed is made before the first sign-up and its own SHA-256 is published there and then, so that nobody can choose
a seed that suits them once the codes are known.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID


def digest(text: str) -> str:
    """Return the SHA-256 of a text as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def order(seed: str, codes: Iterable[str]) -> list[str]:
    """Return the codes in the order of the draw: by the SHA-256 of `seed:code`, the smallest first."""
    return sorted(codes, key=lambda code: digest(f"{seed}:{code}"))


@dataclass(frozen=True)
class Entry:
    """One party in the draw: what it is known by, and what it would take."""

    code: str
    wants: Mapping[UUID, int]
    """Pool → places, of every pool that it must have a place in."""
    years: int = 0
    """Full years of marriage on the day that counts; 0 where everybody has the same chance."""
    id: UUID = field(default=UUID(int=0))


def ranked(seed: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries in order: whoever has been married for more years first, of equal years by the draw."""
    return sorted(entries, key=lambda one: (-one.years, digest(f"{seed}:{one.code}")))


def given(entries: Sequence[Entry], room: Mapping[UUID, int]) -> list[bool]:
    """Say of each entry, in this order, whether it gets its places: a party whole or not at all, none more than a pool has left.

    One whose own pool is full waits, and the next whose pool has room comes in: that is what a quota means.
    """
    left, got = dict(room), []
    for one in entries:
        fits = all(left.get(pool, 0) >= n for pool, n in one.wants.items())
        if fits:
            for pool, n in one.wants.items():
                left[pool] -= n
        got.append(fits)
    return got
