"""Servers, databases and applications for tests. Every test that asks for `app` runs on SQLite and on PostgreSQL."""

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, request_started
from flask_migrate import upgrade
from hypothesis import settings as trying
from hypothesis.configuration import set_hypothesis_home_dir
from sqlalchemy import event, text

from eventsvc.app import create_app
from eventsvc.config import Settings
from eventsvc.infra.db import db
from tests import servers
from tests.clients import Browser

VAR = Path(__file__).resolve().parent.parent / "var" / "test"
DATABASES = os.environ.get("EVENTSVC_TEST_DATABASES", "sqlite,postgresql").split(",")
set_hypothesis_home_dir(VAR.parent / "hypothesis")
trying.register_profile("house", deadline=None, max_examples=60)
trying.load_profile("house")
NOW = datetime(2027, 5, 1, 2, 0, tzinfo=UTC)


ALONE = ("tests/serve/", "tests/workers/", "tests/browser/", "tests/journeys/test_without_redis")
"""Tests that start whole services and hold them to times: they run after the others, one by one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs alone."""
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker("alone")


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run for files and databases."""
    VAR.mkdir(parents=True, exist_ok=True)
    folder = VAR / f"run-{os.getpid()}-{secrets.token_hex(3)}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A private PostgreSQL for this process."""
    with servers.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Any]:
    """A private Redis for this process."""
    with servers.redis_server() as server:
        yield server


@pytest.fixture(scope="session", params=DATABASES)
def database_url(request: pytest.FixtureRequest, home: Path) -> str:
    """The address of an empty database, one for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{home}/test.db"
    server = request.getfixturevalue("postgres")
    name = f"t{secrets.token_hex(4)}"
    server.create(name)
    return str(server.url(name))


@pytest.fixture(scope="session")
def settings(database_url: str, home: Path, redis_server: Any) -> Settings:
    """The settings of the application under test."""
    return Settings(
        secret_key="test-" + "k" * 32,
        database_url=database_url,
        redis_url=redis_server.url,
        var_dir=home,
        base_url="http://localhost",
        argon2_memory_kib=64,
        argon2_time=1,
        rate_limits=False,
        testing=True,
    )


@pytest.fixture(scope="session")
def whole_app(settings: Settings) -> Flask:
    """The application with its tables, once for each database."""
    app = create_app(settings)
    request_started.connect(_forget_the_request_before, app)
    with app.app_context():
        make_tables(app)
    return app


def _forget_the_request_before(_app: Flask, **_: object) -> None:
    """Empty `g`: tests hold one application context, and requests inside it would share who is acting."""
    g.__dict__.clear()


def make_tables(app: Flask) -> None:
    """Make the tables as the migrations say: what people run is what is tested."""
    upgrade()


@pytest.fixture
def app(whole_app: Flask) -> Iterator[Flask]:
    """The application inside its context, on tables that are empty again afterwards."""
    with whole_app.app_context():
        with written_tables() as written:
            yield whole_app
        db.session.rollback()
        db.session.remove()
        empty(written)


class written_tables:  # noqa: N801 (reads as a phrase)
    """Remember which tables statements write to."""

    pattern = re.compile(r"\s*(?:INSERT INTO|insert into)\s+\"?(\w+)")

    def __enter__(self) -> set[str]:
        self.found: set[str] = set()
        event.listen(db.engine, "before_cursor_execute", self._see)
        return self.found

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._see)

    def _see(self, _conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if found := self.pattern.match(statement):
            self.found.add(found[1])


def empty(tables: set[str] | None = None) -> None:
    """Delete all rows of these tables (None: of every table)."""
    known = {t.name for t in db.metadata.tables.values()}
    wanted = known if tables is None else tables & known
    if not wanted:
        return
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            for name in wanted:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            for name in wanted:
                connection.execute(text(f'DELETE FROM "{name}"'))
        connection.commit()


@pytest.fixture
def scrub(app: Flask) -> Iterator[None]:
    """Empty every table afterwards: for tests where other processes write."""
    yield
    db.session.remove()
    empty(None)


@pytest.fixture
def now() -> datetime:
    """A fixed moment: 1 May 2027, ten in the morning in Shanghai."""
    return NOW


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A visitor without an account."""
    return Browser(app)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Collect the SQL statements that run while a test runs; clear it to count from there."""
    found: list[str] = []

    def see(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    yield found
    event.remove(db.engine, "before_cursor_execute", see)
