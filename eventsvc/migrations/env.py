"""How migrations run: on the application's own engine, in one transaction each."""

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


def run() -> None:
    """Bring the database to the revision asked for."""
    options = {**migrate.configure_args, "compare_type": same_type, "render_item": render}
    with migrate.db.engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
