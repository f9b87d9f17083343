"""Commands: whole or not at all, heard of only after the commit, tried again when the database was busy."""

import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from eventsvc.infra.db import after_commit, clash_means, db, in_command, transactional, writing
from eventsvc.infra.storage import StoredFile
from eventsvc.infra.vault import VaultRow
from tests.conftest import NOW
from tests.infra.vault_rows import DAY, Refused, a_row, in_threads, rows, touch


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
