"""Figures on their way up: what is accepted becomes contributions and signed deltas; deltas are folded into sums.

Nothing here counts anew: an acceptance appends, a correction appends the reverse, folding adds. `rebuild` computes
the same sums from the contributions alone, and a test holds the two against each other.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from eventsvc.core.codes import new_id
from eventsvc.core.periods import month_of
from eventsvc.infra.db import db, transactional
from eventsvc.infra.jobs.service import later
from eventsvc.organisations.events import UnitsMerged
from eventsvc.reports import queries as reports
from eventsvc.reports.events import ReportMoved
from eventsvc.statistics import lineages
from eventsvc.statistics.definitions import ADDITIVE, definitions_of
from eventsvc.statistics.models import Contribution, FigureDelta, FigureSum

FOLD, REBUILD = "fold", "rebuild_figures"
"""Names of the jobs promised here."""

BATCH = 2_000
ROWS = 500
"""How many rows one statement carries: five values each stay far below SQLite's limit of variables."""


@dataclass(frozen=True)
class Amount:
    """So much of one indicator, held by one unit on one day."""

    organisation_id: UUID
    held_on: date
    kind: str
    definition_id: UUID
    amount: int


def hear(event: ReportMoved) -> None:
    """Keep the figures in step with a report: accepted adds, reopened takes back. Part of the report's own transaction."""
    if event.action == "accept":
        settle(event.activity_id, _accepted(event.report_id), now=event.at)
    elif event.action == "reopen":
        settle(event.activity_id, (), now=event.at)


def hear_merged(event: UnitsMerged) -> None:
    """Compute the sums again where units were merged as of a day from which figures have already climbed."""
    since = select(Contribution.activity_id).where(Contribution.held_on >= event.on).limit(1)
    if db.session.scalar(since) is not None:
        later(REBUILD, event.into_id, now=event.at, once=REBUILD)


@transactional
def settle(activity_id: UUID, amounts: Iterable[Amount], *, now: datetime) -> None:
    """Make these the activity's contributions: what stood before is taken back, row by row, before the new is added."""
    wanted = list(amounts)
    before = _contributions(activity_id)
    if Counter(wanted) == Counter(before):
        return
    db.session.execute(delete(Contribution).where(Contribution.activity_id == activity_id))
    if wanted:
        db.session.execute(insert(Contribution), [_row(activity_id, one, one.amount) for one in wanted])
    signed = [(one, -one.amount) for one in before] + [(one, one.amount) for one in wanted]
    deltas = [_row(activity_id, one, n) | {"id": new_id(), "at": now} for one, n in signed if n]
    if deltas:
        db.session.execute(insert(FigureDelta), deltas)
        later(FOLD, activity_id, now=now, once=FOLD)


@transactional
def fold(now: datetime) -> int:
    """Add what waits to the sums of its unit and of all above it as of its day; return how many deltas that were.

    Deltas are taken by a DELETE that returns them, so each is added once however many fold at the same time.
    """
    folded = 0
    while taken := _take():
        _add(taken)
        folded += len(taken)
    return folded


@transactional
def rebuild() -> int:
    """Compute all sums anew from the contributions; return how many rows there are. Deltas that wait are part of them."""
    _hold_everything()
    db.session.execute(delete(FigureDelta))
    db.session.execute(delete(FigureSum))
    by = (Contribution.organisation_id, Contribution.held_on, Contribution.kind, Contribution.definition_id)
    query = select(*by, func.sum(Contribution.amount).label("amount")).group_by(*by)
    _add([Amount(*row[:4], int(row.amount)) for row in db.session.execute(query)])
    return db.session.scalar(select(func.count()).select_from(FigureSum)) or 0


@transactional
def remind(now: datetime) -> bool:
    """Promise a fold where deltas wait and none is promised; the sweeper asks this every few seconds.

    A fold that was claimed a moment before an acceptance committed has not seen its deltas.
    """
    waiting = db.session.scalar(select(FigureDelta.activity_id).limit(1))
    if waiting is not None:
        later(FOLD, waiting, now=now, once=FOLD)
    return waiting is not None


def _accepted(report_id: UUID) -> list[Amount]:
    found = reports.accepted(report_id)
    ids = definitions_of(value.indicator for value in found.values)
    return [
        Amount(
            found.organisation_id,
            found.held_on,
            found.kind,
            ids[value.indicator.code, value.indicator.version],
            value.amount,
        )
        for value in found.values
        if value.indicator.measure in ADDITIVE
    ]


def _contributions(activity_id: UUID) -> list[Amount]:
    columns = (
        Contribution.organisation_id,
        Contribution.held_on,
        Contribution.kind,
        Contribution.definition_id,
        Contribution.amount,
    )
    rows = db.session.execute(select(*columns).where(Contribution.activity_id == activity_id).with_for_update())
    return [Amount(*row) for row in rows]


def _row(activity_id: UUID, one: Amount, amount: int) -> dict[str, object]:
    return {
        "activity_id": activity_id, "organisation_id": one.organisation_id, "definition_id": one.definition_id,
        "held_on": one.held_on, "month": month_of(one.held_on), "kind": one.kind, "amount": amount,
    }  # fmt: skip


def _take() -> list[Amount]:
    first = select(FigureDelta.id).order_by(FigureDelta.id).limit(BATCH).with_for_update(skip_locked=True)
    columns = (
        FigureDelta.organisation_id,
        FigureDelta.held_on,
        FigureDelta.kind,
        FigureDelta.definition_id,
        FigureDelta.amount,
    )
    taken = db.session.execute(
        delete(FigureDelta).where(FigureDelta.id.in_(first.scalar_subquery())).returning(*columns),
        execution_options={"synchronize_session": False},
    )
    return [Amount(*row) for row in taken]


def _add(amounts: list[Amount]) -> None:
    """Add amounts to the sums, always in the same order of rows, so that two who add at once never wait in a circle."""
    above = lineages.of((one.organisation_id, one.held_on) for one in amounts)
    sums: Counter[tuple[UUID, str, str, UUID]] = Counter()
    for one in amounts:
        for unit in above[one.organisation_id, one.held_on]:
            sums[unit, month_of(one.held_on), one.kind, one.definition_id] += one.amount
    rows = [
        {"organisation_id": key[0], "month": key[1], "kind": key[2], "definition_id": key[3], "amount": amount}
        for key, amount in sorted(sums.items())
        if amount
    ]
    for at in range(0, len(rows), ROWS):
        _upsert(rows[at : at + ROWS])


def _upsert(rows: Sequence[Mapping[str, object]]) -> None:
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(FigureSum).values(rows)
    grown = {"amount": FigureSum.amount + adding.excluded.amount}
    key = [column.name for column in FigureSum.__table__.primary_key]
    db.session.execute(adding.on_conflict_do_update(index_elements=key, set_=grown))


def _hold_everything() -> None:
    """Keep acceptances and folds waiting while the sums are computed. SQLite's write lock does so by itself."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE contributions, figure_deltas, figure_sums IN SHARE ROW EXCLUSIVE MODE"))
