"""Why a party must be looked at: kept as codes with facts, said again in the reader's language."""

import json
from collections.abc import Iterable

from eventsvc.core.errors import DomainError
from eventsvc.core.words import N_, Words
from eventsvc.kinds import KINDS

LONGEST = 300
"""What the column holds."""
_SAID: dict[str, type[DomainError]] = {
    said.code: said for kind in KINDS.values() for rule in kind.rules for said in rule.says
}  # fmt: skip


def kept(doubts: Iterable[DomainError]) -> str:
    """Return doubts as they are stored: codes and facts, never a name; what does not fit any more is left out whole."""
    rows: list[list[object]] = []
    for doubt in doubts:
        tried: list[list[object]] = [*rows, [doubt.code, doubt.facts]]
        if len(_json(tried)) > LONGEST:
            break
        rows = tried
    return _json(rows) if rows else ""


def _json(rows: list[list[object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def told(stored: str) -> str:
    """Return what is stored as words; what staff wrote stays as they wrote it."""
    if not stored.startswith('[["'):
        return stored
    try:
        words = [Words(_SAID[code].words, **facts) for code, facts in json.loads(stored)]
    except (ValueError, KeyError, TypeError):
        return stored
    said = words[0]
    for more in words[1:]:
        said = Words(N_("{one}；{other}"), one=said, other=more)
    return said
