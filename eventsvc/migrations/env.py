"""How migrations run: on the application's own engine, in one transaction each."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app

from eventsvc.infra.db import UtcDateTime

migrate = current_app.extensions["migrate"]
metadata = migrate.db.metadata


def render(kind: str, thing: Any, autogen: Any) -> str | bool:
    """Write our own column types as what they are in the database, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def same_type(_context: Any, _column: Any, _meta: Any, inspected: Any, wanted: Any) -> bool | None:
    """Compare our own types by what they are in the database."""
    if isinstance(wanted, UtcDateTime):
        return False if "TIMESTAMP" in str(inspected).upper() or "DATETIME" in str(inspected).upper() else None
    return None


@contextmanager
def _tables_may_be_made_anew(connection: Any) -> Iterator[None]:
    """Let SQLite drop a table that others refer to and put the new one in its place; check all references afterwards.

    The pragma does nothing inside a transaction, so it goes past SQLAlchemy, which would begin one.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
    if broken := raw.execute("PRAGMA foreign_key_check").fetchall():
        raise SystemExit(f"the migration left {len(broken)} rows that refer to nothing, in: {sorted({row[0] for row in broken})}")


def run() -> None:
    """Bring the database to the revision asked for."""
    options = {**migrate.configure_args, "compare_type": same_type, "render_item": render}
    with migrate.db.engine.connect() as connection, _tables_may_be_made_anew(connection):
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
