"""Rows to write and threads to write them in, for tests of the database's hands."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, update

from eventsvc.core.errors import Conflict
from eventsvc.declare import Personal
from eventsvc.infra import db as database
from eventsvc.infra.db import changed, db
from eventsvc.infra.vault import VaultRow

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


def one_more(owner: UUID) -> None:
    row = db.session.scalars(select(VaultRow).where(VaultRow.owner_id == owner).with_for_update()).one()
    row.purge_on = row.purge_on + timedelta(days=1)


@contextmanager
def as_command() -> Iterator[None]:
    """Begin transactions as a command does."""
    token = database._writing.set(True)
    try:
        yield
    finally:
        database._writing.reset(token)


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
