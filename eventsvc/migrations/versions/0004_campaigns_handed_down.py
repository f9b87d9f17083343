"""Campaigns handed down: who takes part, deadlines, targets, what changed, and a duty for each unit asked.

Everything is added: the release before goes on with what it knows. Chains of campaigns get their root.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

REACHES = ("subtree", "level", "chosen")
STATES = ("asked", "read", "planned", "held", "reported", "declined")
DEEPEST = 8
"""A chain of campaigns is as long as the tree is deep, at most."""


def upgrade() -> None:
    """Make the change."""
    _whole_subtrees()
    _columns()
    _roots()
    _targets_and_units()
    _changes()
    _duties()


def _whole_subtrees() -> None:
    """What stands below a unit is read from the index alone: a province has eighteen thousand units."""
    with op.batch_alter_table('organisation_closure', schema=None) as batch_op:
        batch_op.create_index('ix_organisation_closure_below', ['ancestor_id', 'valid_to', 'depth', 'descendant_id'], unique=False)


def _columns() -> None:
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.add_column(sa.Column('root_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('kinds', sa.String(length=400), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('reach', sa.String(length=24), nullable=False, server_default='subtree'))
        batch_op.add_column(sa.Column('reach_level', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('plan_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.create_check_constraint(op.f('ck_campaigns_reach'), sa.text(f"reach IN ({', '.join(map(repr, REACHES))})"))
        batch_op.create_index(batch_op.f('ix_campaigns_root_id'), ['root_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_campaigns_parent_id'), ['parent_id'], unique=False)


def _roots() -> None:
    op.execute("UPDATE campaigns SET root_id = id WHERE parent_id IS NULL")
    for _ in range(DEEPEST):
        op.execute(
            "UPDATE campaigns SET root_id = (SELECT above.root_id FROM campaigns AS above WHERE above.id = campaigns.parent_id)"
            " WHERE root_id IS NULL"
        )
    op.execute("UPDATE campaigns SET kinds = ',' || kind || ',' WHERE kind <> ''")


def _targets_and_units() -> None:
    op.create_table('campaign_targets',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount >= 0', name=op.f('ck_campaign_targets_amount')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_targets_campaign_id_campaigns')),
    sa.PrimaryKeyConstraint('campaign_id', 'code', name=op.f('pk_campaign_targets'))
    )
    op.create_table('campaign_units',
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_units_campaign_id_campaigns')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_campaign_units_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('campaign_id', 'organisation_id', name=op.f('pk_campaign_units'))
    )


def _changes() -> None:
    op.create_table('campaign_changes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('before', sa.String(length=200), nullable=False),
    sa.Column('after', sa.String(length=200), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_changes_campaign_id_campaigns')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_changes'))
    )
    with op.batch_alter_table('campaign_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaign_changes_campaign_id'), ['campaign_id'], unique=False)


def _duties() -> None:
    op.create_table('campaign_duties',
    sa.Column('root_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('handed_on', sa.Boolean(), nullable=False),
    sa.Column('begun', sa.Integer(), nullable=False),
    sa.Column('activities', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('reported', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_version', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.Column('reminders', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('activities >= 0 AND held >= 0 AND reported >= 0 AND begun >= 0', name=op.f('ck_campaign_duties_numbers')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_duties_campaign_id_campaigns')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_campaign_duties_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['root_id'], ['campaigns.id'], name=op.f('fk_campaign_duties_root_id_campaigns')),
    sa.PrimaryKeyConstraint('root_id', 'organisation_id', name=op.f('pk_campaign_duties'))
    )
    with op.batch_alter_table('campaign_duties', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_duties_campaign_id', ['campaign_id'], unique=False)
        batch_op.create_index('ix_campaign_duties_organisation_id', ['organisation_id'], unique=False)


def downgrade() -> None:
    """Take it back."""
    for table in ('campaign_duties', 'campaign_changes', 'campaign_units', 'campaign_targets'):
        op.drop_table(table)
    with op.batch_alter_table('organisation_closure', schema=None) as batch_op:
        batch_op.drop_index('ix_organisation_closure_below')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_parent_id'))
        batch_op.drop_index(batch_op.f('ix_campaigns_root_id'))
        batch_op.drop_constraint(op.f('ck_campaigns_reach'), type_='check')
        for column in ('version', 'plan_by', 'reach_level', 'reach', 'kinds', 'root_id'):
            batch_op.drop_column(column)
