"""Many at the database at once: nobody is locked out, no change is lost, everybody reads what is there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from eventsvc.declare import Personal
from eventsvc.infra import db as database
from eventsvc.infra.db import db, transactional
from eventsvc.infra.vault import VaultRow
from tests.infra.vault_rows import DAY, a_row, an_engine, as_command, in_threads, one_more, only_on, rows, touch


def add_one() -> None:
    """Read, then write in a command: what a view does."""
    owner = db.session.scalars(select(VaultRow.owner_id)).one()
    transactional(one_more)(owner)


class TestManyAtOnce:
    def test_reading_before_a_command_ends_in_no_locked_database_and_no_lost_update(self, app: Flask, scrub: None):
        transactional(a_row)()
        in_threads(app, *[lambda: [add_one() for _ in range(40)]] * 2)
        with db.engine.connect() as connection:
            assert connection.execute(select(VaultRow.purge_on)).scalar_one() == DAY + timedelta(days=80)

    def test_with_a_deferred_begin_the_same_hammering_fails(self, app: Flask, scrub: None, monkeypatch: pytest.MonkeyPatch):
        """The negative control: a transaction that began by reading cannot become a writing one while others write."""
        only_on("sqlite")
        transactional(a_row)()
        monkeypatch.setattr(database, "_writing", Never())
        monkeypatch.setattr(database, "_worth_another_try", lambda trouble: False)
        with pytest.raises(OperationalError, match="locked"):
            in_threads(app, *[lambda: [add_one() for _ in range(200)]] * 4)

    def test_a_database_that_stays_busy_says_so_and_works_again_afterwards(
        self, app: Flask, scrub: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ):
        only_on("sqlite")
        monkeypatch.setattr(database, "SQLITE_PRAGMAS", ("journal_mode=WAL", "busy_timeout=20"))
        engine = an_engine(tmp_path)
        engine.connect().close()
        with an_engine(tmp_path).connect() as holder:
            holder.exec_driver_sql("CREATE TABLE held (n INTEGER)")
            with as_command(), pytest.raises(OperationalError) as trouble:
                engine.connect().exec_driver_sql("SELECT 1")
            assert database._worth_another_try(trouble.value)
        with as_command(), engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")

    def test_a_reader_is_not_kept_waiting_by_a_command(self, app: Flask, scrub: None):
        transactional(a_row)()
        seen: list[int] = []

        @transactional
        def slow() -> None:
            a_row()
            in_threads(app, lambda: seen.append(db.session.scalar(select(func.count()).select_from(VaultRow)) or 0))

        slow()
        assert seen == [1]


class TestFreshness:
    def test_what_was_read_before_a_command_is_read_again_after_it(self, app: Flask, scrub: None):
        owner = transactional(a_row)()
        held = db.session.get_one(VaultRow, (owner, Personal.CONTACT))
        assert held.purge_on == DAY
        in_threads(app, lambda: transactional(touch)(owner))
        transactional(lambda: None)()
        assert held.purge_on == DAY + timedelta(days=1)

    def test_a_command_decides_on_what_is_there_not_on_what_a_page_read(self, app: Flask, scrub: None):
        owner = transactional(a_row)()
        db.session.get_one(VaultRow, (owner, Personal.CONTACT))
        in_threads(app, lambda: transactional(touch)(owner))
        transactional(one_more)(owner)
        with db.engine.connect() as connection:
            assert connection.execute(select(VaultRow.purge_on)).scalar_one() == DAY + timedelta(days=2)

    def test_the_session_reads_what_its_own_command_wrote(self, app: Flask):
        owner = transactional(a_row)()
        transactional(touch)(owner)
        assert db.session.get_one(VaultRow, (owner, Personal.CONTACT)).purge_on == DAY + timedelta(days=1)


class Never:
    """Says that no command is open."""

    def get(self) -> bool:
        return False

    def set(self, _value: bool) -> None: ...

    def reset(self, _token: object) -> None: ...


@pytest.fixture
def begins(app: Flask) -> Iterator[list[str]]:
    """Collect how transactions begin."""
    found: list[str] = []

    def see(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    yield found
    event.remove(db.engine, "before_cursor_execute", see)


class TestSettings:
    def test_every_sqlite_connection_is_careful(self, app: Flask, tmp_path: Path):
        only_on("sqlite")
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15000}
        for engine in (db.engine, an_engine(tmp_path)):
            connections = [engine.connect() for _ in range(3)]
            for connection in connections:
                found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
                assert found == wanted
            for connection in connections:
                connection.close()

    def test_many_processes_may_open_a_new_file_at_once(self, app: Flask, tmp_path: Path):
        only_on("sqlite")
        engines = [an_engine(tmp_path) for _ in range(8)]
        in_threads(app, *[lambda engine=engine: engine.connect().close() for engine in engines])

    def test_only_a_command_takes_the_write_lock(self, app: Flask, begins: list[str]):
        only_on("sqlite")
        db.session.scalars(select(VaultRow)).all()
        assert begins == ["BEGIN"]
        begins.clear()
        transactional(a_row)()
        assert begins == ["BEGIN IMMEDIATE"]
        begins.clear()
        db.session.scalars(select(VaultRow)).all()
        assert begins == ["BEGIN"]

    def test_postgresql_waits_neither_for_ever_nor_in_a_zone_of_its_own(self, app: Flask):
        only_on("postgresql")
        wanted = {"lock_timeout": "5s", "statement_timeout": "30s", "TimeZone": "UTC"}
        assert {name: db.session.execute(text(f"SHOW {name}")).scalar_one() for name in wanted} == wanted

    def test_a_connection_that_died_while_it_waited_is_replaced(self, app: Flask):
        only_on("postgresql")
        db.session.execute(text("SELECT 1"))
        db.session.remove()
        with create_engine(app.config["SQLALCHEMY_DATABASE_URI"]).connect() as other:
            other.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"))
        transactional(a_row)()
        assert rows() == 1

    def test_parameters_are_in_no_error(self, app: Flask):
        with pytest.raises(Exception) as trouble:  # noqa: B017, PT011
            db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "canary"})
        assert "canary" not in str(trouble.value)
