"""The search texts of an activity's people, opened: kept a minute by the process that shows its list, and nowhere else.

Opening ten thousand blobs takes longer than all the rest of a page. What is kept are the texts that a search needs (name,
pinyin, four digits of a phone), of four activities at most, a minute at most; a party that changed is opened anew at once.
See docs/decisions/0014-a-list-kept-a-minute.md.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from eventsvc.core.pinyin import Heard, heard
from eventsvc.infra.db import db
from eventsvc.registrations import queries

KEPT_FOR, MOST, FEW = 60.0, 4, 200
Texts = dict[Any, list[Heard]]
_kept: dict[tuple[int, UUID], tuple[float, dict[Any, tuple[Any, list[Heard]]]]] = {}


def texts(activity_id: UUID, parties: Iterable[tuple[Any, Any, str, Any]]) -> Texts:
    """Return the texts of these parties' people; `parties` are lines of the list: (id, …, …, changed)."""
    changed = {own: at for own, _, _, at in parties}
    held = _held(activity_id)
    missing = [own for own, at in changed.items() if own not in held or held[own][0] != at]
    if missing:
        found = queries.blobs_of(activity_id, missing if len(missing) <= FEW else None)
        held.update({own: (changed[own], _open(found.get(own, ()))) for own in missing})
    return {own: held[own][1] for own in changed}


def _held(activity_id: UUID) -> dict[Any, tuple[Any, list[Heard]]]:
    now, key = time.monotonic(), (id(db.engine), activity_id)
    for old in [one for one, (begun, _) in list(_kept.items()) if now - begun > KEPT_FOR]:
        _kept.pop(old, None)
    if key not in _kept:
        while len(_kept) >= MOST:
            _kept.pop(next(iter(_kept)), None)
        _kept[key] = (now, {})
    return _kept[key][1]


def _open(people: Sequence[tuple[UUID, bytes | None]]) -> list[Heard]:
    return [heard(queries.search_of(person, blob)) for person, blob in people]
