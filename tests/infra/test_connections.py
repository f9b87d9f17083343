"""PostgreSQL's connections: asked whether they live only when in doubt, and not made to forget what they prepared."""

import time
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import OperationalError

from eventsvc.declare import Personal
from eventsvc.infra import connections
from eventsvc.infra.db import db, glance, transactional
from eventsvc.infra.vault import VaultRow
from tests.infra.vault_rows import DAY, Refused, a_row, only_on

ONE = text("SELECT :n AS n")
PREPARED = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%vault%'")


@pytest.fixture
def pings(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every time that a connection is asked whether it lives."""
    only_on("postgresql")
    asked: list[Any] = []
    really = db.engine.dialect.do_ping
    monkeypatch.setattr(db.engine.dialect, "do_ping", lambda connection: asked.append(connection) or really(connection))
    db.session.execute(text("SELECT 1"))
    db.session.remove()
    asked.clear()
    return asked


def use_one() -> None:
    """Take a connection out of the pool and give it back."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))


class TestWhetherItLives:
    def test_one_that_was_used_a_moment_ago_is_not_asked(self, pings: list[Any]):
        use_one()
        assert not pings

    def test_one_that_has_rested_is_asked(self, pings: list[Any], monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(connections, "RESTED", 0.0)
        use_one()
        assert pings

    def test_one_to_which_the_server_said_farewell_is_asked_and_replaced(self, pings: list[Any]):
        end_every_other(db.engine.url.render_as_string(hide_password=False))
        use_one()
        assert len(pings) == 1, "the others are known to be gone"

    def test_a_lost_line_is_an_error_of_the_driver(self, app: Flask):
        only_on("postgresql")
        raw = db.engine.raw_connection()
        raw.cursor().execute("SELECT 1")
        end_every_other(db.engine.url.render_as_string(hide_password=False))
        with pytest.raises(psycopg.OperationalError):
            raw.driver_connection.rollback()
        raw.invalidate()


class TestALineThatIsLost:
    def test_a_command_that_lost_it_begins_again(self, app: Flask):
        only_on("postgresql")
        tries: list[int] = []

        @transactional
        def command() -> None:
            a_row()
            tries.append(1)
            if len(tries) == 1:
                end_every_other(db.engine.url.render_as_string(hide_password=False))
            a_row()

        command()
        assert len(tries) == 2
        assert len(glance(select(VaultRow.owner_id), {})) == 2

    def test_a_commit_that_lost_it_is_not_done_twice(self, app: Flask):
        only_on("postgresql")
        tries: list[int] = []

        @transactional
        def command() -> None:
            a_row()
            tries.append(1)
            end_every_other(db.engine.url.render_as_string(hide_password=False))

        with pytest.raises(OperationalError):
            command()
        assert len(tries) == 1

    def test_a_glance_that_lost_it_looks_again(self, app: Flask):
        only_on("postgresql")
        lost: list[Any] = []

        def lose(_connection: Any, cursor: Any, *_: Any) -> None:
            if not lost:
                lost.append(cursor)
                end_every_other(db.engine.url.render_as_string(hide_password=False))

        event.listen(db.engine, "before_cursor_execute", lose)
        try:
            assert glance(ONE, {"n": "7"})[0].n == "7"
        finally:
            event.remove(db.engine, "before_cursor_execute", lose)
        assert lost


def end_every_other(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
    time.sleep(0.1)


class TestPreparedStatements:
    def test_they_outlive_a_rollback(self, app: Flask):
        only_on("postgresql")
        with db.engine.connect() as connection:
            for _ in range(8):
                connection.execute(select(VaultRow.owner_id))
                connection.rollback()
            assert connection.execute(PREPARED).scalar_one() == 1

    def test_a_rollback_takes_back_what_was_written(self, app: Flask):
        only_on("postgresql")
        with db.engine.connect() as connection:
            connection.execute(insert(VaultRow), a_vault_row())
            connection.rollback()
            assert connection.execute(select(VaultRow.owner_id)).all() == []

    def test_after_an_error_the_connection_is_of_use_again(self, app: Flask):
        only_on("postgresql")
        with db.engine.connect() as connection:
            with pytest.raises(Exception, match="nowhere"):
                connection.execute(text("SELECT * FROM nowhere"))
            connection.rollback()
            assert connection.execute(text("SELECT 1")).scalar_one() == 1

    def test_the_rows_of_one_insert_go_in_one_statement(self, app: Flask):
        only_on("postgresql")
        sent: list[str] = []

        def see(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", see)
        transactional(lambda: db.session.execute(insert(VaultRow), [a_vault_row() for _ in range(3)]))()
        event.remove(db.engine, "before_cursor_execute", see)
        [statement] = [one for one in sent if one.startswith("INSERT")]
        assert statement.count("), (") == 2


def a_vault_row() -> dict[str, Any]:
    return {"owner_id": uuid4(), "personal": Personal.CONTACT, "blob": b"-", "purge_on": DAY}



class TestGlance:
    def test_it_leaves_no_transaction_open(self, app: Flask):
        assert glance(ONE, {"n": "7"})[0].n == "7"
        if db.engine.dialect.name == "postgresql":
            assert not db.session().in_transaction()

    def test_inside_a_command_it_sees_what_the_command_wrote_and_goes_with_it(self, app: Flask):
        @transactional
        def half() -> None:
            a_row()
            assert len(glance(select(VaultRow.owner_id), {})) == 1
            raise Refused

        with pytest.raises(Refused):
            half()
        assert glance(select(VaultRow.owner_id), {}) == []

    def test_a_connection_that_glanced_writes_whole_commands_afterwards(self, app: Flask):
        for _ in range(6):
            glance(ONE, {"n": "1"})
        db.session.remove()

        @transactional
        def refused() -> None:
            a_row()
            raise Refused

        with pytest.raises(Refused):
            refused()
        assert glance(select(VaultRow.owner_id), {}) == []
