"""The page of a campaign and the to-do, with the whole tree of Fujian and 20 campaigns asked of every unit, at every level.

    python -m bench.campaigns               SQLite
    python -m bench.campaigns postgresql    a private PostgreSQL
"""

import statistics
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, insert, select, text

from eventsvc.app import create_app
from eventsvc.campaigns.models import Campaign, Duty, DutyState
from eventsvc.config import Settings
from eventsvc.infra.db import db, transactional
from eventsvc.organisations import queries as organisations
from eventsvc.organisations.models import Level, Organisation
from eventsvc.sample import units
from tests import servers
from tests.clients import alone
from tests.conftest import NOW
from tests.factories.accounts import a_user, logged_in
from tests.factories.campaigns import issued

CAMPAIGNS, TIMES = 20, 15
AIM_MS, AIM_STATEMENTS = 150.0, 15
CHAIN = {"province": "350000000000", "city": "350900000000", "county": "350982000000", "township": "350982107000", "village": "350982107203"}
STATES = (DutyState.ASKED, DutyState.READ, DutyState.READ, DutyState.PLANNED, DutyState.HELD, DutyState.REPORTED, DutyState.DECLINED)


@dataclass
class Look:
    """What one page took, each time it was asked for."""

    times: list[tuple[float, float]]
    statements: int


def measure(database_url: str, folder: Path) -> dict[str, Look]:
    """Return milliseconds (elapsed, and of this process's CPU) and the number of statements of each look, the whole answer included."""
    settings = Settings(secret_key="r" * 40, database_url=database_url, redis_url="redis://127.0.0.1:9", var_dir=folder,
                        base_url="http://localhost", argon2_memory_kib=64, argon2_time=1, rate_limits=False)  # fmt: skip
    app = create_app(settings)
    with app.app_context():
        upgrade()
        units.plant(whole=True, today=date(2027, 4, 1), now=NOW)
        campaigns = _campaigns()
        found = _looks(app, campaigns[0])
        db.session.remove()
        db.engine.dispose()
    return found


def _campaigns() -> list[Campaign]:
    """Issue one by its command, the others as rows like it: what is measured is reading."""
    province = _unit("province")
    begun = time.perf_counter()
    first = issued(province, title="行动1")
    count = db.session.query(Duty).filter(Duty.root_id == first.id).count()
    print(f"handed down to {count} units in {time.perf_counter() - begun:.1f} s")
    others = [issued(province, title=f"行动{n}", reach="chosen", units=[_unit("city").id]) for n in range(2, CAMPAIGNS + 1)]
    _fill(first, others)
    return [first, *others]


@transactional
def _fill(first: Campaign, others: list[Campaign]) -> None:
    ids = list(db.session.scalars(select(Organisation.id).where(Organisation.level != Level.GROUP, Organisation.parent_id.is_not(None))))
    db.session.execute(text("DELETE FROM campaign_duties"))
    for campaign in (first, *others):
        rows = [_row(campaign, unit_id, at) for at, unit_id in enumerate(ids)]
        for at in range(0, len(rows), 1000):
            db.session.execute(insert(Duty), rows[at : at + 1000])


def _row(campaign: Campaign, unit_id: Any, at: int) -> dict[str, Any]:
    state = STATES[at % len(STATES)]
    return {"root_id": campaign.root_id, "campaign_id": campaign.id, "organisation_id": unit_id, "state": state, "handed_on": False, "begun": 0,
            "activities": 1, "held": 0, "reported": 0, "asked_at": NOW, "changed_at": NOW, "seen_version": 1, "reason": "", "reminders": 0}  # fmt: skip


def _unit(level: str) -> Organisation:
    found = organisations.by_code(CHAIN[level])
    assert found is not None
    return found


def _looks(app: Flask, campaign: Campaign) -> dict[str, Look]:
    found = {}
    if db.engine.dialect.name == "postgresql":
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    statements = _Statements()
    for level in CHAIN:
        client = logged_in(app, a_user("organiser", _unit(level)))
        for name, path in (("campaign", f"/campaigns/{campaign.id}"), ("list", "/campaigns"), ("to-do", "/")):
            client.get(path)
            statements.count = 0
            client.get(path)
            count = statements.count
            found[f"{level}: {name}"] = Look([_timed(client, path) for _ in range(TIMES)], count)
    return found


class _Statements:
    """Counts what is sent to the database."""

    def __init__(self) -> None:
        self.count = 0
        event.listen(db.engine, "before_cursor_execute", self._see)

    def _see(self, *_: Any) -> None:
        self.count += 1


def _timed(client: Any, path: str) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    assert alone(client.client.get, path).status_code == 200
    return (time.perf_counter() - begun) * 1000, (time.process_time() - worked) * 1000


def table(found: dict[str, Look]) -> str:
    """Say it as a table in Markdown."""
    lines = [f"| look, {CAMPAIGNS} campaigns | median ms | fastest ms | own CPU ms | statements | at most {AIM_MS:.0f} ms, {AIM_STATEMENTS} |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for name, look in found.items():
        elapsed, worked = [one[0] for one in look.times], [one[1] for one in look.times]
        middle = statistics.median(elapsed)
        met = middle <= AIM_MS and look.statements <= AIM_STATEMENTS
        lines.append(f"| {name} | {middle:.0f} | {min(elapsed):.0f} | {statistics.median(worked):.0f} | {look.statements} | {'met' if met else 'NOT met'} |")
    return "\n".join(lines)


def main(wanted: str = "sqlite") -> None:
    """Measure on the database asked for: sqlite or postgresql."""
    with TemporaryDirectory() as folder, servers.postgres_server() if wanted == "postgresql" else nullcontext() as server:
        url = server.create("campaigns") if server else f"sqlite:///{folder}/campaigns.db"
        print(f"On {wanted}:\n")
        print(table(measure(str(url), Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
