"""Commands: whole or not at all, heard of only after the commit, tried again when the database was busy."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, event, func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from eventsvc.core.errors import Conflict
from eventsvc.declare import Personal
from eventsvc.infra import db as database
from eventsvc.infra.db import after_commit, changed, clash_means, db, in_command, transactional, writing
from eventsvc.infra.storage import StoredFile
from eventsvc.infra.vault import VaultRow
from tests.conftest import NOW

DAY = date(2028, 1, 1)


class Refused(Conflict):
    """A refusal for these tests."""


def a_row(owner: UUID | None = None) -> UUID:
    """Write one row, inside whatever transaction is open."""
    owner = owner or uuid4()
    db.session.add(VaultRow(owner_id=owner, personal=Personal.CONTACT, blob=b"-", purge_on=DAY))
    db.session.flush()
    return owner


def rows() -> int:
    """Count rows as anybody else sees them: by a connection of its own, that only reads."""
    return copy_context().run(_count)


def _count() -> int:
    database._writing.set(False)
    with db.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(VaultRow)).scalar_one())


class TestWholeOrNotAtAll:
    def test_what_a_command_writes_is_there_for_everybody(self, app: Flask):
        transactional(a_row)()
        assert rows() == 1

    @pytest.mark.parametrize("trouble", [Refused, ValueError, KeyboardInterrupt])
    def test_a_command_that_raises_leaves_nothing(self, app: Flask, trouble: type[BaseException]):
        @transactional
        def half() -> None:
            a_row()
            raise trouble

        with pytest.raises(trouble):
            half()
        assert rows() == 0
        assert not in_command()

    def test_a_command_inside_another_goes_with_it(self, app: Flask):
        @transactional
        def outer(refuse: bool) -> None:
            transactional(a_row)()
            assert rows() == 0, "nothing is seen before the outermost commit"
            a_row()
            if refuse:
                raise Refused

        with pytest.raises(Refused):
            outer(True)
        assert rows() == 0
        outer(False)
        assert rows() == 2

    def test_an_inner_refusal_that_is_swallowed_leaves_no_trace_of_the_inner_command(self, app: Flask):
        heard: list[str] = []

        @transactional
        def inner() -> None:
            a_row()
            after_commit(lambda: heard.append("inner"))
            raise Refused

        @transactional
        def outer() -> None:
            a_row()
            after_commit(lambda: heard.append("outer"))
            with pytest.raises(Refused):
                inner()
            a_row()

        outer()
        assert rows() == 2
        assert heard == ["outer"]

    def test_after_a_clash_inside_the_outer_command_can_go_on(self, app: Flask):
        """PostgreSQL refuses every statement after a failed one, unless there is a savepoint to go back to."""

        @transactional
        def twice(owner: UUID) -> None:
            with clash_means(Refused()):
                a_row(owner)

        @transactional
        def outer() -> None:
            owner = a_row()
            with pytest.raises(Refused):
                twice(owner)
            a_row()

        outer()
        assert rows() == 2

    def test_only_a_double_is_a_clash_and_a_mistake_of_ours_stays_one(self, app: Flask):
        @transactional
        def broken() -> None:
            with clash_means(Refused()):
                db.session.execute(text("INSERT INTO vault (owner_id, personal, blob) VALUES (:owner, 'contact', 'x')"), {"owner": uuid4().hex})

        with pytest.raises(IntegrityError):
            broken()

    def test_a_write_outside_any_command_is_never_committed(self, app: Flask):
        a_row()
        transactional(lambda: None)()
        assert rows() == 0

    def test_writing_does_not_cut_an_open_command_in_two(self, app: Flask):
        @transactional
        def command() -> None:
            a_row()
            with writing():
                pass

        with pytest.raises(RuntimeError):
            command()
        assert rows() == 0

    def test_a_command_keeps_its_name_and_its_answer(self, app: Flask):
        @transactional
        def named(left: int, *, right: int) -> int:
            """Add."""
            return left + right

        assert named(1, right=2) == 3
        assert named.__name__ == "named"
        assert named.__doc__ == "Add."


class TestAfterTheCommit:
    def test_it_happens_after_the_outermost_commit_in_order(self, app: Flask):
        heard: list[tuple[str, int, bool]] = []

        def hear(what: str) -> Callable[[], None]:
            return lambda: heard.append((what, rows(), in_command()))

        @transactional
        def inner() -> None:
            a_row()
            after_commit(hear("inner"))

        @transactional
        def outer() -> None:
            after_commit(hear("first"))
            inner()
            assert heard == []
            after_commit(hear("last"))

        outer()
        assert heard == [("first", 1, False), ("inner", 1, False), ("last", 1, False)]

    def test_it_never_happens_after_a_refusal(self, app: Flask):
        heard: list[str] = []

        @transactional
        def refused() -> None:
            after_commit(lambda: heard.append("no"))
            raise Refused

        with pytest.raises(Refused):
            refused()
        transactional(lambda: None)()
        assert heard == []

    def test_it_never_happens_when_the_commit_itself_fails(self, app: Flask, monkeypatch: pytest.MonkeyPatch):
        heard: list[str] = []

        def no(_connection: Any) -> None:
            raise RuntimeError("the disk is full")

        event.listen(db.engine, "commit", no)
        try:
            with pytest.raises(RuntimeError, match="disk is full"):
                transactional(lambda: (a_row(), after_commit(lambda: heard.append("no"))))()
        finally:
            event.remove(db.engine, "commit", no)
        assert heard == []
        assert rows() == 0

    def test_one_that_fails_does_not_stop_the_next_nor_the_answer(self, app: Flask):
        heard: list[str] = []

        @transactional
        def command() -> str:
            after_commit(lambda: 1 / 0)
            after_commit(lambda: heard.append("next"))
            return "done"

        assert command() == "done"
        assert heard == ["next"]

    def test_it_may_run_a_command_of_its_own(self, app: Flask):
        transactional(lambda: after_commit(lambda: transactional(a_row)() and None))()
        assert rows() == 1

    def test_outside_a_command_it_is_an_error_not_silence(self, app: Flask):
        with pytest.raises(RuntimeError):
            after_commit(lambda: None)


def busy(kind: str, app: Flask) -> OperationalError:
    """Build the trouble that a driver reports."""
    if kind == "busy":
        return OperationalError("x", {}, sqlite3.OperationalError("database is locked"))
    orig = type("Trouble", (Exception,), {"sqlstate": {"deadlock": "40P01", "serialization": "40001", "syntax": "42601"}[kind]})()
    return OperationalError("x", {}, orig)


class TestTriesAgain:
    @pytest.mark.parametrize("kind", ["busy", "deadlock", "serialization"])
    def test_it_starts_again_from_the_start_with_nothing_left_over(self, app: Flask, kind: str):
        tries: list[int] = []
        heard: list[int] = []

        @transactional
        def unlucky_twice() -> int:
            tries.append(rows())
            a_row()
            after_commit(partial(heard.append, len(tries)))
            if len(tries) < 3:
                raise busy(kind, app)
            return len(tries)

        assert unlucky_twice() == 3
        assert tries == [0, 0, 0]
        assert rows() == 1
        assert heard == [3], "what was promised by the tries that failed is forgotten"

    def test_three_times_and_no_more(self, app: Flask):
        tries: list[None] = []

        @transactional
        def always() -> None:
            tries.append(None)
            raise busy("busy", app)

        with pytest.raises(OperationalError):
            always()
        assert len(tries) == 3
        assert rows() == 0

    @pytest.mark.parametrize("trouble", ["syntax", "clash", "refusal"])
    def test_what_time_does_not_heal_is_not_tried_again(self, app: Flask, trouble: str):
        tries: list[None] = []
        raised = {"syntax": busy("syntax", app), "clash": IntegrityError("x", {}, Exception("unique")), "refusal": Refused()}[trouble]

        @transactional
        def hopeless() -> None:
            tries.append(None)
            raise raised

        with pytest.raises(type(raised)):
            hopeless()
        assert len(tries) == 1

    def test_inside_another_command_the_outermost_starts_again(self, app: Flask):
        tries: list[str] = []

        @transactional
        def inner() -> None:
            tries.append("inner")
            if len(tries) < 4:
                raise busy("deadlock", app)

        @transactional
        def outer() -> None:
            tries.append("outer")
            inner()

        outer()
        assert tries == ["outer", "inner"] * 2

    def test_two_that_lock_each_other_both_get_through(self, app: Flask, scrub: None):
        """A real deadlock: each holds one row and wants the other's. SQLite lets only one write at a time."""
        one, two = transactional(a_row)(), transactional(a_row)()
        met = threading.Barrier(2, timeout=2)
        tries: list[str] = []

        def both(first: UUID, second: UUID, name: str) -> None:
            tries.append(name)
            touch(first)
            if db.engine.dialect.name == "postgresql" and tries.count(name) == 1:
                met.wait()
            touch(second)

        in_threads(app, lambda: transactional(both)(one, two, "a"), lambda: transactional(both)(two, one, "b"))
        assert len(tries) == (3 if db.engine.dialect.name == "postgresql" else 2)
        with db.engine.connect() as connection:
            assert set(connection.execute(select(VaultRow.purge_on)).scalars()) == {DAY + timedelta(days=1)}


def touch(owner: UUID) -> None:
    """Write to one row."""
    day = DAY + timedelta(days=1)
    assert changed(db.session.execute(update(VaultRow).where(VaultRow.owner_id == owner).values(purge_on=day))) == 1


def in_threads(app: Flask, *works: Callable[[], object]) -> None:
    """Run each in a thread with an application context of its own; raise the first failure."""
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            with app.app_context():
                work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if failures:
        raise failures[0]


def add_one() -> None:
    """Read, then write in a command: what a view does."""
    owner = db.session.scalars(select(VaultRow.owner_id)).one()
    transactional(one_more)(owner)


def one_more(owner: UUID) -> None:
    row = db.session.scalars(select(VaultRow).where(VaultRow.owner_id == owner).with_for_update()).one()
    row.purge_on = row.purge_on + timedelta(days=1)


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


@contextmanager
def as_command() -> Iterator[None]:
    """Begin transactions as a command does."""
    token = database._writing.set(True)
    try:
        yield
    finally:
        database._writing.reset(token)


class Never:
    """Says that no command is open."""

    def get(self) -> bool:
        return False

    def set(self, _value: bool) -> None: ...

    def reset(self, _token: object) -> None: ...


def only_on(name: str) -> None:
    """Skip on the other database."""
    if db.engine.dialect.name != name:
        pytest.skip(f"concerns {name}")


def an_engine(folder: Path) -> Engine:
    """Build an engine on a new SQLite file, as the application does."""
    url = f"sqlite:///{folder}/own.db"
    engine = create_engine(url, **database.engine_options(url))
    database.prepare(engine)
    return engine


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


class TestColumns:
    def test_a_moment_comes_back_aware_and_in_utc(self, app: Flask):
        there = datetime(2027, 5, 1, 10, 0, tzinfo=timezone(timedelta(hours=8)))
        file = transactional(a_file)(there)
        db.session.expire_all()
        found = db.session.get_one(StoredFile, file).added_at
        assert found == there
        assert found.tzinfo is UTC or found.utcoffset() == timedelta(0)

    def test_a_moment_without_a_zone_is_refused(self, app: Flask):
        with pytest.raises(StatementError, match="time zone"):
            transactional(a_file)(NOW.replace(tzinfo=None))

    def test_a_value_outside_an_enumeration_is_refused_by_the_database_itself(self, app: Flask):
        values = {"owner": uuid4().hex, "day": "2028-01-01"}
        with pytest.raises(IntegrityError):
            db.session.execute(text("INSERT INTO vault (owner_id, personal, blob, purge_on) VALUES (:owner, 'secret', 'x', :day)"), values)


def a_file(at: datetime) -> UUID:
    row = StoredFile(owner_id=uuid4(), purpose="test", media_type="x", path=str(uuid4()), size=1, sha256="-", added_at=at)
    db.session.add(row)
    db.session.flush()
    return row.id
