"""How an event reads as a row, how a row is sealed, and what a broken chain looks like."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

LONGEST = 300
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Row(Protocol):
    """What is sealed of a row."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    action: str
    subject_id: UUID
    organisation_id: UUID | None
    facts: dict[str, Any]
    seq: int | None
    seal: bytes | None


def read(event: Any) -> dict[str, Any] | None:
    """Give the row of an event: what was done (`registrations.signed_up`), to what, by whom; None when it has no moment.

    The subject is the event's first id, the actor its `actor_id` (or, of a log-in, the user).
    """
    given = {one.name: getattr(event, one.name) for one in fields(event)}
    at = given.pop("at", None)
    subject = next((name for name, value in given.items() if isinstance(value, UUID)), None)
    if at is None or subject is None:
        return None
    subject_id = given[subject] if subject == "organisation_id" else given.pop(subject)
    actor_id = given.pop("actor_id", subject_id if subject == "user_id" else None)
    return {"at": at, "actor_id": actor_id, "action": action_of(type(event)), "subject_id": subject_id,
            "organisation_id": given.pop("organisation_id", None), "facts": {k: plain(v) for k, v in given.items()}}  # fmt: skip


def action_of(kind: type) -> str:
    """Name what an event says was done: its room and its name."""
    return f"{kind.__module__.split('.')[1]}.{_HUMP.sub('_', kind.__name__).lower()}"


def plain(value: Any) -> Any:
    """Turn a fact into what JSON and both databases give back unchanged."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in value]
    return str(value)[:LONGEST]


def canonical(number: int, row: Row) -> str:
    """Write all that a row says in one way, the same on every database."""
    said = [number, str(row.id), row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.action, str(row.subject_id),
            str(row.actor_id or ""), str(row.organisation_id or ""), row.facts]  # fmt: skip
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Fault:
    """One place where the chain is broken."""

    seq: int
    what: str
    """"altered" (or slipped in) or "missing"."""
    row_id: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found."""

    rows: int
    faults: tuple[Fault, ...]
    unsealed: int


@dataclass
class Walk:
    """A walk along the chain, row by row."""

    link: Callable[[bytes | None, int, Any], bytes]
    faults: list[Fault] = field(default_factory=list)
    rows: int = 0
    last: int = 0
    before: bytes | None = b""

    def step(self, row: Row) -> None:
        """Look at the next row: is one missing before it, does its seal fit?"""
        assert row.seq is not None
        self.rows += 1
        gap = range(self.last + 1, row.seq)
        self.faults += [Fault(number, "missing") for number in gap]
        # Behind a gap the seal cannot be recomputed: the walk goes on from what is stored.
        if not gap and (row.seal is None or self.link(self.before, row.seq, row) != row.seal):
            self.faults.append(Fault(row.seq, "altered", row.id))
        self.last, self.before = row.seq, row.seal

    def end(self, remembered: tuple[int, str] | None) -> None:
        """Compare with the head that was written down outside the database: is the chain shorter, or another?"""
        if remembered is None:
            return
        number, seal = remembered
        if number == self.last and seal != (self.before or b"").hex() and not self.faults:
            self.faults.append(Fault(number, "altered"))
        self.faults += [Fault(lost, "missing") for lost in range(self.last + 1, number + 1)]

    def verdict(self, unsealed: int) -> Verdict:
        """Sum up."""
        return Verdict(self.rows, tuple(self.faults), unsealed)
