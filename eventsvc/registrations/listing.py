"""The office's list of an activity: searched in memory over sealed blobs, so no name ever meets a database's LIKE."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from eventsvc.core.codes import read_printed_code
from eventsvc.core.pinyin import Heard, means, runs_of
from eventsvc.registrations import queries, spoken
from eventsvc.registrations.models import Standing
from eventsvc.registrations.queries import PartyRow

PAGE = 50
FIRST = (Standing.TO_REVIEW, Standing.PLACED, Standing.OFFERED, Standing.ENTERED, Standing.WAITING, Standing.LAPSED, Standing.REJECTED, Standing.WITHDRAWN)
ORDER = {standing: at for at, standing in enumerate(FIRST)}
OUT = (Standing.WITHDRAWN, Standing.REJECTED, Standing.LAPSED)
LONGEST_SEARCH = 40
Line = tuple[Any, Standing, str, Any]
UNCONFIRMED = "unconfirmed"
"""Those whom somebody else signed up and who have not said themselves that they come."""


@dataclass(frozen=True)
class Found:
    """One page of the list."""

    parties: list[PartyRow]
    total: int
    number: int
    counts: Mapping[Standing, int]
    q: str
    standing: str

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


def page_of(activity_id: UUID, q: str = "", standing: str = "", page: str = "") -> Found:
    """Return a page of those meant by `q` (name, pinyin, initials, last digits, code), those to be reviewed first; three statements."""
    everybody = queries.lines(activity_id)
    counts = Counter(row[1] for row in everybody)
    wanted = _of_standing(activity_id, everybody, standing)
    texts = spoken.texts(activity_id, everybody)
    q = q.strip()[:LONGEST_SEARCH]
    if q:
        runs, code = runs_of(q), _code(q)
        wanted = [row for row in wanted if row[2] == code or any(means(runs, text) for text in texts[row[0]])]
    places = {row[0]: at for at, row in enumerate(wanted)}
    wanted.sort(key=lambda row: (ORDER[row[1]], places[row[0]] if row[1] == Standing.WAITING else 0, _sound(texts[row[0]])))
    number = min(max(int(page), 1) if page.isdecimal() and len(page) < 7 else 1, max(1, -(-len(wanted) // PAGE)))
    ids = [UUID(str(row[0])) for row in wanted[(number - 1) * PAGE : number * PAGE]]
    return Found(queries.parties(ids), len(wanted), number, counts, q, standing)


def _of_standing(activity_id: UUID, everybody: list[Line], standing: str) -> list[Line]:
    if standing == UNCONFIRMED:
        unsaid = set(queries.unconfirmed_ids(activity_id))
        return [row for row in everybody if UUID(str(row[0])) in unsaid]
    if standing in set(Standing):
        return [row for row in everybody if row[1] == standing]
    return [row for row in everybody if row[1] not in OUT]


def _code(q: str) -> str:
    try:
        return read_printed_code(q)
    except ValueError:
        return ""


def _sound(texts: Sequence[Heard]) -> str:
    return texts[0].sounds if texts else ""
