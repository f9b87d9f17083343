"""The audit hears every event, writes a row in the command's own transaction, and seals the rows into a chain.

Rows are written unchained: a head row would make all sign-ups queue behind each other. A moment later the sealer gives each
row a number and an HMAC over the seal before and what the row says, so that no row can be altered, taken out or slipped in unseen.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import Table, bindparam, insert, select, text, update

from eventsvc.audit import queries, rules
from eventsvc.audit.models import AuditRow
from eventsvc.core.codes import new_id
from eventsvc.infra.crypto import keys
from eventsvc.infra.db import after_commit, db, transactional

ROWS = cast(Table, AuditRow.__table__)
SETTLED = timedelta(seconds=2)
"""How old a row must be: transactions that began before it have ended by then, so numbers follow time."""
AT_ONCE = 1000
LOCK = 0x6576_7361
"""One sealer at a time; on SQLite the writing transaction itself sees to it."""


def hear(event: Any) -> None:
    """Write down an event that has a moment; those without one are bookkeeping between rooms."""
    said = rules.read(event)
    if said is not None:
        db.session.execute(insert(ROWS), {"id": new_id(), "seq": None, "seal": None, **said})


@transactional
def seal(now: datetime) -> int:
    """Number and seal the rows that have settled, in one statement; return how many. Safe to run twice at once."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    query = select(AuditRow).where(AuditRow.seq.is_(None), AuditRow.at < now - SETTLED)
    rows = db.session.scalars(query.order_by(AuditRow.at, AuditRow.id).limit(AT_ONCE)).all()
    if rows:
        _write(_sealed(rows))
    return len(rows)


def _sealed(rows: Sequence[AuditRow]) -> list[dict[str, Any]]:
    last = queries.head()
    number, before = (last.seq or 0, last.seal or b"") if last else (0, b"")
    found = []
    for row in rows:
        number += 1
        before = link(before, number, row)
        found.append({"row_id": row.id, "number": number, "link": before})
    return found


def _write(links: list[dict[str, Any]]) -> None:
    numbered = update(ROWS).where(ROWS.c.id == bindparam("row_id"), ROWS.c.seq.is_(None))
    db.session.connection().execute(numbered.values(seq=bindparam("number"), seal=bindparam("link")), links)
    after_commit(lambda: _remember(links[-1]["number"], links[-1]["link"]))


def link(before: bytes | None, number: int, row: AuditRow) -> bytes:
    """Compute the seal of a row behind the seal before it."""
    return keys().blind("audit_chain", f"{(before or b'').hex()}\n{rules.canonical(number, row)}")


# The head outside the database ------------------------------------------------------------------------------------


def heads_file() -> Path:
    """Return the file that holds each batch's last number and seal: with it, rows missing at the end are noticed."""
    folder: Path = current_app.extensions["eventsvc_settings"].var_dir
    return folder / "audit-heads.txt"


def _remember(number: int, seal_: bytes) -> None:
    with heads_file().open("a", encoding="ascii") as file:
        file.write(f"{number} {seal_.hex()}\n")


def remembered_head() -> tuple[int, str] | None:
    """Return the last head that this machine's sealer wrote down."""
    if not heads_file().exists():
        return None
    lines = heads_file().read_text(encoding="ascii").split("\n")
    heads = [line.split() for line in lines if line.count(" ") == 1]
    return max(((int(number), seal_) for number, seal_ in heads), default=None)


def verify(*, now: datetime) -> rules.Verdict:
    """Walk the whole chain and name every row that was altered, taken out or slipped in."""
    walk = rules.Walk(link)
    for row in queries.chain():
        walk.step(row)
    walk.end(remembered_head())
    return walk.verdict(unsealed=queries.unsealed(before=now - timedelta(minutes=10)))
