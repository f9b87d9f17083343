"""Codes that people read, type and print, and the ids of rows. Chance comes in as bytes."""

import re
import secrets
import time
from uuid import UUID

from eventsvc.core.text import full_width_to_ascii
from eventsvc.core.words import N_

SLUG_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Without 0 and o, 1, i and l: they look alike on a poster."""

SLUG_LENGTH = 10

PRINTED_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTWXYZ"
"""31 characters, a prime, so that the check digit finds every single slip and every exchange of two."""

_PRINTED_DATA = 7
_READ_AS = str.maketrans("OILoil", "011011")
_SEPARATORS = re.compile(r"[\s\-_\u2010-\u2015\u2212.]+")


def new_slug(random_bytes: bytes) -> str:
    """Make the ten characters of a public link (49 bits) from at least ten random bytes."""
    return _spelled(random_bytes, SLUG_ALPHABET, SLUG_LENGTH)


def printed_code(raw: bytes) -> str:
    """Make `ABCD-EFGH` from at least ten bytes (random, or an HMAC): seven characters (34 bits) and a check digit.

    The same bytes always give the same code, so a paper can be printed again.
    """
    data = _spelled(raw, PRINTED_ALPHABET, _PRINTED_DATA)
    code = data + next(char for char in PRINTED_ALPHABET if _weighed(data + char) % len(PRINTED_ALPHABET) == 0)
    return f"{code[:4]}-{code[4:]}"


def read_printed_code(text: str) -> str:
    """Read a printed code as it was typed or said, or refuse (ValueError): no case, spaces or dashes, O is 0, I and L are 1."""
    code = _SEPARATORS.sub("", full_width_to_ascii(text)).translate(_READ_AS).upper()
    if len(code) != _PRINTED_DATA + 1:
        raise ValueError(N_("编码应是8位字母和数字，请核对"))
    if not set(code) <= set(PRINTED_ALPHABET):
        raise ValueError(N_("编码里只有字母和数字，没有U和V，请核对"))
    if _weighed(code) % len(PRINTED_ALPHABET):
        raise ValueError(N_("编码有一位不对，请逐位核对"))
    return f"{code[:4]}-{code[4:]}"


def new_id(now_ms: int | None = None, rand: bytes | None = None) -> UUID:
    """Make a UUIDv7 (RFC 9562): ids sort by the millisecond they were made in, then by chance.

    `rand` is ten bytes. Without arguments the machine's clock and entropy are used: an id is no fact about the world.
    """
    moment = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    if not 0 <= moment < 1 << 48:
        raise ValueError("the time of an id has 48 bits")
    chance = int.from_bytes(_ten(secrets.token_bytes(10) if rand is None else rand)[:10])
    high, low = chance >> 68, chance & (1 << 62) - 1
    return UUID(int=moment << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)


def _spelled(raw: bytes, alphabet: str, length: int) -> str:
    """Write bytes in an alphabet; ten bytes are so many more than needed that no character is likelier than another."""
    number, letters = int.from_bytes(_ten(raw)), []
    for _ in range(length):
        number, at = divmod(number, len(alphabet))
        letters.append(alphabet[at])
    return "".join(letters)


def _ten(raw: bytes) -> bytes:
    if len(raw) < 10:
        raise ValueError("ten bytes at least")
    return raw


def _weighed(code: str) -> int:
    return sum(place * PRINTED_ALPHABET.index(char) for place, char in enumerate(code, start=1))
