"""The database: one session, one way to write. Only this file commits."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CheckConstraint, DateTime, Dialect, Engine, Enum, Executable, MetaData, Row, TypeDecorator, event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase

from eventsvc.core.enums import Labelled
from eventsvc.core.errors import DomainError
from eventsvc.infra import connections

log = structlog.get_logger()
P = ParamSpec("P")
R = TypeVar("R")

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The root of all models."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; stored in UTC on every database. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(enum: type[Labelled], name: str) -> Enum:
    """Return a column type for a labelled enum: a short string with a CHECK, the same on both databases."""
    return Enum(
        enum,
        native_enum=False,
        create_constraint=True,
        name=name,
        length=24,
        values_callable=lambda members: [m.value for m in members],
        validate_strings=True,
    )


def check(condition: str, name: str) -> CheckConstraint:
    """Return a named CHECK constraint."""
    return CheckConstraint(condition, name=name)


_writing: ContextVar[bool] = ContextVar("writing", default=False)


@dataclass
class _Unit:
    after_commit: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=15000",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "cache_size=-16000",
    "secure_delete=ON",
)
POSTGRES_SETTINGS = "-c lock_timeout=5000 -c statement_timeout=30000 -c TimeZone=UTC"


def engine_options(url: str) -> dict[str, Any]:
    """Return the engine's options for a database address."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}}
    return {"pool_size": 5, "max_overflow": 10, "pool_recycle": 1800,
            "connect_args": {"options": POSTGRES_SETTINGS, "connect_timeout": 5}}  # fmt: skip


def prepare(engine: Engine) -> None:
    """Make SQLite say BEGIN itself: IMMEDIATE for a command, plain for a read. PostgreSQL's connections are watched."""
    if engine.dialect.name != "sqlite":
        connections.watch(engine)
        return

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


def transactional(command: Callable[P, R]) -> Callable[P, R]:
    """Make a function one command: one transaction, committed whole or not at all.

    Called from inside another command it joins that one; when it refuses and the other one goes on, it leaves no
    trace (a savepoint). What it told to happen after the commit happens after the outermost commit. Deadlocks and
    busy databases are tried again, three times, from the start; so is a line that was lost before the commit.
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if (unit := _unit.get()) is not None:
            return _joined(unit, command, *args, **kwargs)
        for attempt in range(3):
            try:
                return _run_once(command, *args, **kwargs)
            except (OperationalError, DBAPIError) as trouble:
                if attempt == 2 or not _worth_another_try(trouble):
                    raise
                time.sleep(random.uniform(0.01, 0.08) * (attempt + 1))  # noqa: S311 (jitter, not a secret)
        raise AssertionError("unreachable")

    return run


def _run_once(command: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    with writing() as unit:
        result = command(*args, **kwargs)
        db.session.commit()
    for told in unit.after_commit:
        try:
            told()
        except Exception:
            log.exception("after_commit_failed", what=getattr(told, "__qualname__", repr(told)))
    return result


def _joined(unit: _Unit, command: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    told = len(unit.after_commit)
    try:
        with db.session.begin_nested():
            return command(*args, **kwargs)
    except BaseException:
        del unit.after_commit[told:]
        raise


@contextmanager
def writing() -> Iterator[_Unit]:
    """Hold a write transaction open for the block; roll back if it raises. Commands use `transactional` instead."""
    if _unit.get() is not None:
        raise RuntimeError("a command is open already: it would be cut in two")
    # A read transaction cannot be turned into a writing one (SQLite would answer "locked" at once): end it first. Nothing
    # is kept of it: what is written outside a command is never committed.
    db.session.rollback()
    db.session.expire_all()
    unit = _Unit()
    unit_token, write_token = _unit.set(unit), _writing.set(True)
    try:
        yield unit
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(write_token)
        _unit.reset(unit_token)


def glance(statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Read once, for the pages that a whole county opens at the same time: on PostgreSQL without BEGIN and ROLLBACK around it.

    Where a transaction is open already, it reads what that one sees.
    """
    if _unit.get() is not None or db.session().in_transaction() or db.engine.dialect.name == "sqlite":
        return db.session.execute(statement, values).all()
    try:
        return _read_outside(statement, values)
    except DBAPIError as trouble:
        if not trouble.connection_invalidated:
            raise
        return _read_outside(statement, values)


def _read_outside(statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    with _outside(db.engine).connect() as connection:
        return connection.execute(statement, values).all()


@lru_cache(maxsize=8)
def _outside(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def after_commit(told: Callable[[], None]) -> None:
    """Do this once the command has committed; never if it is rolled back. Outside a command: an error."""
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("after_commit outside a command")
    unit.after_commit.append(told)


def in_command() -> bool:
    """Say whether a command's transaction is open."""
    return _unit.get() is not None


def _worth_another_try(trouble: DBAPIError) -> bool:
    if trouble.connection_invalidated:
        # The server went away. A statement that failed for it comes before the COMMIT: nothing was kept. Of a COMMIT (which
        # has no statement here) nobody knows.
        return trouble.statement is not None
    state = getattr(trouble.orig, "sqlstate", "")
    return state in ("40001", "40P01") or "database is locked" in str(trouble.orig)


@contextmanager
def clash_means(refusal: DomainError) -> Iterator[None]:
    """Say `refusal` when the block runs into a unique constraint."""
    try:
        yield
    except IntegrityError as clash:
        if not _is_double(clash):
            raise
        raise refusal from clash


def _is_double(clash: IntegrityError) -> bool:
    # A broken CHECK or a missing parent is a mistake of ours, and must not look like a refusal.
    name = getattr(clash.orig, "sqlite_errorname", "")
    return getattr(clash.orig, "sqlstate", "") == "23505" or name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


def changed(result: Any) -> int:
    """Return how many rows a guarded UPDATE or DELETE touched."""
    return int(result.rowcount)
