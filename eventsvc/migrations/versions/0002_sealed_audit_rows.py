"""Sealed audit rows are never changed: the database itself refuses.

On SQLite a later `batch_alter_table("audit_rows")` makes the table anew and loses the trigger: make it again there.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = """CREATE TRIGGER audit_rows_sealed BEFORE UPDATE ON audit_rows WHEN OLD.seal IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a sealed audit row is never changed'); END"""
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_rows_sealed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a sealed audit row is never changed'; END $$""",
    """CREATE TRIGGER audit_rows_sealed BEFORE UPDATE ON audit_rows
    FOR EACH ROW WHEN (OLD.seal IS NOT NULL) EXECUTE FUNCTION audit_rows_sealed()""",
)


def upgrade() -> None:
    """Hang the trigger on the table."""
    for statement in (SQLITE,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Take it off."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER audit_rows_sealed")
    else:
        op.execute("DROP TRIGGER audit_rows_sealed ON audit_rows")
        op.execute("DROP FUNCTION audit_rows_sealed()")
