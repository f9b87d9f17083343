"""How Chinese names sound: to find people at the door by a few letters, and to sort a list of them.

The readings of single characters come from pypinyin's own table, read without importing it: its phrases cost 170 ms and
58 MB for each web process and say nothing about names. Reading the table costs about 20 ms and 8 MB, at the first name.
"""

import json
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

from eventsvc.core.names import name_key
from eventsvc.core.phones import last_four
from eventsvc.core.surnames import COMPOUND, LONGEST, SINGLE

_MOST_READINGS = 32
_RUNS = re.compile(r"[a-zü']+|[0-9]+|[^\sa-zü'0-9]+")

Syllables = list[tuple[str, ...]]
"""For each character of a name its readings without tones (ü is v), the likeliest first."""


def pinyin_readings(name: str) -> list[str]:
    """List how a name may be read, the likeliest first: 曾长 → zengchang, zengzhang. At most 32."""
    return list(dict.fromkeys("".join(one) for one in islice(product(*syllables(name)), _MOST_READINGS)))


def initials(name: str) -> str:
    """Give the first letters of the likeliest reading: 曾秀英 → zxy."""
    return "".join(readings[0][0] for readings in syllables(name))


def sort_key(name: str) -> tuple[tuple[str, str], ...]:
    """Order names as a Chinese list does: by the sound of each character (surnames read right), then by character."""
    return tuple((readings[0], char) for readings, char in zip(syllables(name), name_key(name), strict=True))


def search_text(name: str, phone: str = "") -> str:
    """Put all that a person may be found by at check-in into one string: name|syllables|last four digits.

    Each syllable carries all its readings (`zeng you,xiu ying`), so every combination and its initials are in it. It is
    personal data: encrypt it at rest. Only `matches` reads it.
    """
    sounds = " ".join(",".join(_spellings(readings)) for readings in syllables(name))
    return "|".join((name_key(name), sounds, last_four(phone)))


class Heard(NamedTuple):
    """One person's search text, taken apart once for many looks."""

    name: str
    spelled: Syllables
    digits: str
    sounds: str
    """As it was stored: lists are sorted by it."""


class Run(NamedTuple):
    """One run of Hanzi, letters or digits of what was typed."""

    text: str
    plain: str
    sound: str


def heard(searched: str) -> Heard:
    """Take a search text apart."""
    name, sounds, digits = searched.split("|")
    return Heard(name, [tuple(syllable.split(",")) for syllable in sounds.split()], digits, sounds)


def runs_of(query: str) -> list[Run]:
    """Take apart what was typed."""
    runs = _RUNS.findall(unicodedata.normalize("NFKC", query).casefold())
    return [Run(run, name_key(run), run.replace("ü", "v").replace("'", "")) for run in runs]


def means(runs: list[Run], person: Heard) -> bool:
    """Say whether a person is meant: every run fits. Nothing typed means nobody."""
    return bool(runs) and all(_fits(run, person) for run in runs)


def matches(searched: str, query: str) -> bool:
    """Say whether a person is meant by what was typed: part of the name, pinyin, initials, or last digits of the phone.

    Each run of Hanzi, letters and digits in the query must fit (`曾 5678`). Letters may be whole syllables, their
    beginnings or initials, from any syllable on: zengxy, zxy, xiuying. An empty query means nobody.
    """
    return means(runs_of(query), heard(searched))


def syllables(name: str) -> Syllables:
    """Give the readings of each character of `name_key(name)`; a character without any reads as itself.

    A surname is read as surnames are; one that the table does not know has its commonest reading alone.
    """
    key = name_key(name)
    surname = next((key[:size] for size in range(LONGEST, 1, -1) if key[:size] in COMPOUND), None)
    if surname and len(key) > len(surname):
        head: Syllables = [(reading,) for reading in COMPOUND[surname]]
    else:
        head = [SINGLE.get(key[:1]) or _readings(key[:1])[:1]] if key else []
    return head + [_readings(char) for char in key[len(head) :]]


def _fits(run: Run, person: Heard) -> bool:
    if run.text.isdigit():
        return bool(person.digits) and (run.text in person.digits or (len(run.text) > 4 and run.text.endswith(person.digits)))
    if not run.plain:
        return False
    if run.plain in person.name or not run.sound.isascii():
        return run.plain in person.name
    spelled = person.spelled
    return any(_sounds_like(run.sound, spelled[at:]) for at in range(len(spelled)))


def _sounds_like(letters: str, spelled: Syllables) -> bool:
    """Say whether the letters can be dealt out as beginnings of one syllable after the other."""
    if not letters:
        return True
    for reading in spelled[0] if spelled else ():
        for size in range(1, min(len(letters), len(reading)) + 1):
            if letters[size - 1] != reading[size - 1]:
                break
            if _sounds_like(letters[size:], spelled[1:]):
                return True
    return False


def _spellings(readings: tuple[str, ...]) -> list[str]:
    """Add to ü, kept as v, the other ways it is typed: lv is also lu and lyu, lve also lue."""
    ways = [(one, one.replace("v", "u"), one.replace("v", "yu")) if "v" in one else (one,) for one in readings]
    return list(dict.fromkeys(spelling for way in ways for spelling in way))


def _readings(char: str) -> tuple[str, ...]:
    toned = _table().get(char, "")
    return tuple(dict.fromkeys(_without_tone(reading) for reading in toned.split(",") if reading)) or (char,)


@cache
def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in letters if letter.isascii())


@cache
def _table() -> dict[str, str]:
    package = find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pypinyin is not installed", name="pypinyin")
    stored = json.loads(Path(package.origin).with_name("pinyin_dict.json").read_text("utf-8"))
    return {chr(int(point)): readings for point, readings in stored.items()}
