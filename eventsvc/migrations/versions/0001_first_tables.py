"""First tables

The law: compatible with the release before; locks short; one change a file.

Revision: 0001, after , 2026-11-24 14:42:05.457527
"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table('audit_rows',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('action', sa.String(length=60), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('seal', sa.LargeBinary(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_rows')),
    sa.UniqueConstraint('seq', name=op.f('uq_audit_rows_seq'))
    )
    with op.batch_alter_table('audit_rows', schema=None) as batch_op:
        batch_op.create_index('ix_audit_rows_subject_id', ['subject_id'], unique=False)

    op.create_table('files',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('purpose', sa.String(length=32), nullable=False),
    sa.Column('media_type', sa.String(length=100), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('added_by', sa.Uuid(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_files')),
    sa.UniqueConstraint('path', name=op.f('uq_files_path'))
    )
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_files_owner_id'), ['owner_id'], unique=False)

    op.create_table('indicator_definitions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=100), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('measure', sa.String(length=16), nullable=False),
    sa.Column('scale', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator_definitions')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_indicator_definitions_code_version'))
    )
    op.create_table('jobs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('ref', sa.Uuid(), nullable=False),
    sa.Column('once', sa.String(length=80), nullable=True),
    sa.Column('state', sa.Enum('due', 'leased', 'done', 'dead', 'stopped', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_no', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('stage', sa.String(length=100), nullable=False),
    sa.Column('item', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs'))
    )
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_jobs_ref'), ['ref'], unique=False)
        batch_op.create_index('ix_jobs_state_due_at', ['state', 'due_at'], unique=False)
        batch_op.create_index('uq_jobs_once', ['once'], unique=True, sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))

    op.create_table('organisations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('division_code', sa.String(length=12), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('level', sa.Enum('province', 'city', 'county', 'township', 'village', 'group', name='level', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('kind', sa.Enum('territorial', 'enterprise', 'migrant', 'school', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('successor_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_organisations_dates')),
    sa.ForeignKeyConstraint(['parent_id'], ['organisations.id'], name=op.f('fk_organisations_parent_id_organisations')),
    sa.ForeignKeyConstraint(['successor_id'], ['organisations.id'], name=op.f('fk_organisations_successor_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisations')),
    sa.UniqueConstraint('code', name=op.f('uq_organisations_code'))
    )
    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisations_division_code'), ['division_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_organisations_parent_id'), ['parent_id'], unique=False)

    op.create_table('users',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_name', sa.String(length=50), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('phone_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
    sa.UniqueConstraint('phone_key', name=op.f('uq_users_phone_key')),
    sa.UniqueConstraint('user_name', name=op.f('uq_users_user_name'))
    )
    op.create_table('vault',
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('personal', sa.Enum('contact', 'identity', 'health', 'story', 'award', name='personal', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('blob', sa.LargeBinary(), nullable=False),
    sa.Column('purge_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('owner_id', 'personal', name=op.f('pk_vault'))
    )
    with op.batch_alter_table('vault', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vault_purge_on'), ['purge_on'], unique=False)

    op.create_table('activities',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('kind_version', sa.Integer(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('campaign_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('theme', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('draft', 'submitted', 'returned', 'approved', 'published', 'held', 'archived', 'cancelled', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('venue', sa.String(length=200), nullable=False),
    sa.Column('contact_name', sa.String(length=50), nullable=False),
    sa.Column('contact_phone', sa.String(length=30), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('expected_people', sa.Integer(), nullable=True),
    sa.Column('slug', sa.String(length=16), nullable=True),
    sa.Column('sign_up', sa.Boolean(), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closes_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused', sa.Boolean(), nullable=False),
    sa.Column('waiting_list', sa.Boolean(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.CheckConstraint('ends_at IS NULL OR ends_at >= starts_at', name=op.f('ck_activities_times')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_activities_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('slug', name=op.f('uq_activities_slug'))
    )
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activities_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index('ix_activities_organisation_id_state', ['organisation_id', 'state'], unique=False)
        batch_op.create_index('ix_activities_starts_at', ['starts_at'], unique=False)

    op.create_table('api_tokens',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('scopes', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_api_tokens_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_tokens')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_api_tokens_token_hash'))
    )
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_tokens_user_id'), ['user_id'], unique=False)

    op.create_table('campaigns',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('parent_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('theme', sa.String(length=200), nullable=False),
    sa.Column('doc_number', sa.String(length=50), nullable=False),
    sa.Column('notice', sa.String(length=5000), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_campaigns_dates')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_campaigns_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['parent_id'], ['campaigns.id'], name=op.f('fk_campaigns_parent_id_campaigns')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_campaigns_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('figure_sums',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('definition_id', sa.Uuid(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['definition_id'], ['indicator_definitions.id'], name=op.f('fk_figure_sums_definition_id_indicator_definitions')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_figure_sums_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('organisation_id', 'month', 'kind', 'definition_id', name=op.f('pk_figure_sums'))
    )
    op.create_table('households',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(length=30), nullable=False),
    sa.Column('leader_id', sa.Uuid(), nullable=True),
    sa.Column('special', sa.Boolean(), nullable=False),
    sa.Column('search_blob', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['leader_id'], ['users.id'], name=op.f('fk_households_leader_id_users')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_households_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_households')),
    sa.UniqueConstraint('organisation_id', 'number', name=op.f('uq_households_organisation_id_number'))
    )
    with op.batch_alter_table('households', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_households_leader_id'), ['leader_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_households_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('organisation_closure',
    sa.Column('ancestor_id', sa.Uuid(), nullable=False),
    sa.Column('descendant_id', sa.Uuid(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['ancestor_id'], ['organisations.id'], name=op.f('fk_organisation_closure_ancestor_id_organisations')),
    sa.ForeignKeyConstraint(['descendant_id'], ['organisations.id'], name=op.f('fk_organisation_closure_descendant_id_organisations')),
    sa.PrimaryKeyConstraint('ancestor_id', 'descendant_id', 'valid_from', name=op.f('pk_organisation_closure'))
    )
    with op.batch_alter_table('organisation_closure', schema=None) as batch_op:
        batch_op.create_index('ix_organisation_closure_descendant', ['descendant_id', 'ancestor_id'], unique=False)

    op.create_table('role_grants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Enum('admin', 'approver', 'organiser', 'group_leader', 'viewer', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('granted_by', sa.Uuid(), nullable=True),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_role_grants_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_role_grants_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grants')),
    sa.UniqueConstraint('user_id', 'organisation_id', 'role', name=op.f('uq_role_grants_user_id_organisation_id_role'))
    )
    with op.batch_alter_table('role_grants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_grants_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('sessions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('user_id', sa.Uuid(), nullable=False),
    sa.Column('device', sa.String(length=100), nullable=False),
    sa.Column('long', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sessions_token_hash'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sessions_user_id'), ['user_id'], unique=False)

    op.create_table('activity_moves',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('source', sa.Enum('draft', 'submitted', 'returned', 'approved', 'published', 'held', 'archived', 'cancelled', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('target', sa.Enum('draft', 'submitted', 'returned', 'approved', 'published', 'held', 'archived', 'cancelled', name='target', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('actor_name', sa.String(length=50), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_moves_activity_id_activities')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_moves'))
    )
    with op.batch_alter_table('activity_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_moves_activity_id'), ['activity_id'], unique=False)

    op.create_table('activity_parts',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Enum('host', 'implementer', 'partner', 'supporter', name='part', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_parts_activity_id_activities')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_activity_parts_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_parts'))
    )
    with op.batch_alter_table('activity_parts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_parts_activity_id'), ['activity_id'], unique=False)

    op.create_table('budget_items',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('item', sa.String(length=100), nullable=False),
    sa.Column('source', sa.String(length=50), nullable=False),
    sa.Column('planned_fen', sa.BigInteger(), nullable=False),
    sa.Column('actual_fen', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(length=200), nullable=False),
    sa.CheckConstraint('planned_fen >= 0 AND (actual_fen IS NULL OR actual_fen >= 0)', name=op.f('ck_budget_items_amounts')),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_budget_items_activity_id_activities')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_budget_items'))
    )
    with op.batch_alter_table('budget_items', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_budget_items_activity_id'), ['activity_id'], unique=False)

    op.create_table('contributions',
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('definition_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_contributions_activity_id_activities')),
    sa.ForeignKeyConstraint(['definition_id'], ['indicator_definitions.id'], name=op.f('fk_contributions_definition_id_indicator_definitions')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_contributions_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('activity_id', 'definition_id', name=op.f('pk_contributions'))
    )
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.create_index('ix_contributions_organisation_id_month', ['organisation_id', 'month'], unique=False)

    op.create_table('documents',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.String(length=100), nullable=False),
    sa.Column('state', sa.Enum('promised', 'rendering', 'ready', 'failed', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('trouble', sa.String(length=500), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_documents_activity_id_activities')),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_documents_file_id_files')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_documents_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_documents_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index('uq_documents_underway', ['activity_id', 'code', 'subject_id'], unique=True, sqlite_where=sa.text("state IN ('promised', 'rendering')"), postgresql_where=sa.text("state IN ('promised', 'rendering')"))

    op.create_table('figure_deltas',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('definition_id', sa.Uuid(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('month', sa.String(length=7), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_figure_deltas_activity_id_activities')),
    sa.ForeignKeyConstraint(['definition_id'], ['indicator_definitions.id'], name=op.f('fk_figure_deltas_definition_id_indicator_definitions')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_figure_deltas_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_deltas'))
    )
    op.create_table('persons',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('identity_key', sa.LargeBinary(length=32), nullable=True),
    sa.Column('spouse_id', sa.Uuid(), nullable=True),
    sa.Column('search_blob', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_persons_household_id_households')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_persons_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['spouse_id'], ['persons.id'], name=op.f('fk_persons_spouse_id_persons')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_persons'))
    )
    with op.batch_alter_table('persons', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_persons_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_persons_identity_key'), ['identity_key'], unique=False)
        batch_op.create_index(batch_op.f('ix_persons_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('pools',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('label', sa.String(length=100), nullable=False),
    sa.Column('cap', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('waiting', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.CheckConstraint('taken >= 0 AND waiting >= 0 AND cap >= 0', name=op.f('ck_pools_not_negative')),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_pools_activity_id_activities')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pools')),
    sa.UniqueConstraint('activity_id', 'kind', name=op.f('uq_pools_activity_id_kind'))
    )
    op.create_table('registrations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('standing', sa.Enum('placed', 'waiting', 'offered', 'to_review', 'withdrawn', 'rejected', name='standing', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('channel', sa.Enum('link', 'staff', 'walk_in', 'api', name='channel', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(length=32), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('secret_version', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=True),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('consents', sa.JSON(), nullable=False),
    sa.Column('by_proxy', sa.Boolean(), nullable=False),
    sa.Column('placed_count', sa.Integer(), nullable=False),
    sa.Column('review_reason', sa.String(length=300), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_registrations_activity_id_activities')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_registrations_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_registrations')),
    sa.UniqueConstraint('activity_id', 'nonce', name=op.f('uq_registrations_activity_id_nonce')),
    sa.UniqueConstraint('code', name=op.f('uq_registrations_code')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_registrations_secret_hash'))
    )
    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.create_index('ix_registrations_activity_id_standing_seq', ['activity_id', 'standing', 'seq'], unique=False)

    op.create_table('reports',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Enum('drafting', 'submitted', 'returned', 'accepted', 'locked', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('words', sa.JSON(), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('first_submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('snapshot', sa.JSON(), nullable=True),
    sa.Column('snapshot_hash', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_reports_activity_id_activities')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_reports_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('activity_id', name=op.f('uq_reports_activity_id'))
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reports_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('tallies',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('counter', sa.String(length=40), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.CheckConstraint('amount > 0', name=op.f('ck_tallies_positive')),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_tallies_activity_id_activities')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tallies'))
    )
    with op.batch_alter_table('tallies', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tallies_activity_id'), ['activity_id'], unique=False)

    op.create_table('visit_targets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('leader_id', sa.Uuid(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('unplanned', sa.Boolean(), nullable=False),
    sa.Column('last_outcome', sa.Enum('seen', 'nobody_home', 'declined', name='last_outcome', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_visit_targets_activity_id_activities')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_visit_targets_household_id_households')),
    sa.ForeignKeyConstraint(['leader_id'], ['users.id'], name=op.f('fk_visit_targets_leader_id_users')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_targets')),
    sa.UniqueConstraint('activity_id', 'household_id', name=op.f('uq_visit_targets_activity_id_household_id'))
    )
    with op.batch_alter_table('visit_targets', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_targets_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_targets_leader_id'), ['leader_id'], unique=False)

    op.create_table('claims',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=24), nullable=False),
    sa.Column('value', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_claims_activity_id_activities')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_claims_registration_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_claims')),
    sa.UniqueConstraint('activity_id', 'kind', 'value', name=op.f('uq_claims_activity_id_kind_value'))
    )
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_claims_registration_id'), ['registration_id'], unique=False)

    op.create_table('figures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('computed', sa.BigInteger(), nullable=True),
    sa.Column('given', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_figures_report_id_reports')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figures')),
    sa.UniqueConstraint('report_id', 'code', name=op.f('uq_figures_report_id_code'))
    )
    op.create_table('messages',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('due', 'told', 'no_answer', 'dropped', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('told_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_messages_activity_id_activities')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_messages_registration_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_messages')),
    sa.UniqueConstraint('registration_id', 'topic', 'key', name=op.f('uq_messages_registration_id_topic_key'))
    )
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.create_index('ix_messages_activity_id_state', ['activity_id', 'state'], unique=False)

    op.create_table('participants',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=24), nullable=False),
    sa.Column('search_blob', sa.LargeBinary(), nullable=True),
    sa.Column('attended', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_participants_activity_id_activities')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_participants_registration_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participants'))
    )
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participants_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_participants_registration_id'), ['registration_id'], unique=False)

    op.create_table('report_moves',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('action', sa.String(length=32), nullable=False),
    sa.Column('source', sa.Enum('drafting', 'submitted', 'returned', 'accepted', 'locked', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('target', sa.Enum('drafting', 'submitted', 'returned', 'accepted', 'locked', name='target', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=False),
    sa.Column('actor_name', sa.String(length=50), nullable=False),
    sa.Column('note', sa.String(length=1000), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_report_moves_report_id_reports')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_moves'))
    )
    with op.batch_alter_table('report_moves', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_moves_report_id'), ['report_id'], unique=False)

    op.create_table('report_photos',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('report_id', sa.Uuid(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('caption', sa.String(length=100), nullable=False),
    sa.Column('consent', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['files.id'], name=op.f('fk_report_photos_file_id_files')),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_report_photos_report_id_reports')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_photos'))
    )
    with op.batch_alter_table('report_photos', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_photos_report_id'), ['report_id'], unique=False)

    op.create_table('seats',
    sa.Column('registration_id', sa.Uuid(), nullable=False),
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.CheckConstraint('n > 0', name=op.f('ck_seats_positive')),
    sa.ForeignKeyConstraint(['pool_id'], ['pools.id'], name=op.f('fk_seats_pool_id_pools')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_seats_registration_id_registrations')),
    sa.PrimaryKeyConstraint('registration_id', 'pool_id', name=op.f('pk_seats'))
    )
    op.create_table('visit_records',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=False),
    sa.Column('visited_on', sa.Date(), nullable=False),
    sa.Column('outcome', sa.Enum('seen', 'nobody_home', 'declined', name='outcome', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('way', sa.Enum('home', 'phone', 'video', name='way', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('met', sa.String(length=40), nullable=False),
    sa.Column('topics', sa.JSON(), nullable=False),
    sa.Column('materials', sa.JSON(), nullable=False),
    sa.Column('referral', sa.String(length=40), nullable=False),
    sa.Column('has_problem', sa.Boolean(), nullable=False),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_visit_records_activity_id_activities')),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_visit_records_household_id_households')),
    sa.ForeignKeyConstraint(['target_id'], ['visit_targets.id'], name=op.f('fk_visit_records_target_id_visit_targets')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit_records'))
    )
    with op.batch_alter_table('visit_records', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_visit_records_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_records_household_id'), ['household_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_visit_records_target_id'), ['target_id'], unique=False)

    op.create_table('check_ins',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('participant_id', sa.Uuid(), nullable=False),
    sa.Column('method', sa.Enum('list', 'qr', 'walk_in', 'paper', name='method', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_check_ins_activity_id_activities')),
    sa.ForeignKeyConstraint(['participant_id'], ['participants.id'], name=op.f('fk_check_ins_participant_id_participants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_check_ins'))
    )
    with op.batch_alter_table('check_ins', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_check_ins_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_check_ins_participant_id'), ['participant_id'], unique=False)
        batch_op.create_index('uq_check_ins_standing', ['participant_id'], unique=True, sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))



def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table('check_ins', schema=None) as batch_op:
        batch_op.drop_index('uq_check_ins_standing', sqlite_where=sa.text('undone_at IS NULL'), postgresql_where=sa.text('undone_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_check_ins_participant_id'))
        batch_op.drop_index(batch_op.f('ix_check_ins_activity_id'))

    op.drop_table('check_ins')
    with op.batch_alter_table('visit_records', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_records_target_id'))
        batch_op.drop_index(batch_op.f('ix_visit_records_household_id'))
        batch_op.drop_index(batch_op.f('ix_visit_records_activity_id'))

    op.drop_table('visit_records')
    op.drop_table('seats')
    with op.batch_alter_table('report_photos', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_photos_report_id'))

    op.drop_table('report_photos')
    with op.batch_alter_table('report_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_moves_report_id'))

    op.drop_table('report_moves')
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_participants_registration_id'))
        batch_op.drop_index(batch_op.f('ix_participants_activity_id'))

    op.drop_table('participants')
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_index('ix_messages_activity_id_state')

    op.drop_table('messages')
    op.drop_table('figures')
    with op.batch_alter_table('claims', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_claims_registration_id'))

    op.drop_table('claims')
    with op.batch_alter_table('visit_targets', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_visit_targets_leader_id'))
        batch_op.drop_index(batch_op.f('ix_visit_targets_household_id'))

    op.drop_table('visit_targets')
    with op.batch_alter_table('tallies', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tallies_activity_id'))

    op.drop_table('tallies')
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reports_organisation_id'))

    op.drop_table('reports')
    with op.batch_alter_table('registrations', schema=None) as batch_op:
        batch_op.drop_index('ix_registrations_activity_id_standing_seq')

    op.drop_table('registrations')
    op.drop_table('pools')
    with op.batch_alter_table('persons', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_persons_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_persons_identity_key'))
        batch_op.drop_index(batch_op.f('ix_persons_household_id'))

    op.drop_table('persons')
    op.drop_table('figure_deltas')
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_index('uq_documents_underway', sqlite_where=sa.text("state IN ('promised', 'rendering')"), postgresql_where=sa.text("state IN ('promised', 'rendering')"))
        batch_op.drop_index(batch_op.f('ix_documents_activity_id'))

    op.drop_table('documents')
    with op.batch_alter_table('contributions', schema=None) as batch_op:
        batch_op.drop_index('ix_contributions_organisation_id_month')

    op.drop_table('contributions')
    with op.batch_alter_table('budget_items', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_budget_items_activity_id'))

    op.drop_table('budget_items')
    with op.batch_alter_table('activity_parts', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_activity_parts_activity_id'))

    op.drop_table('activity_parts')
    with op.batch_alter_table('activity_moves', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_activity_moves_activity_id'))

    op.drop_table('activity_moves')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_user_id'))

    op.drop_table('sessions')
    with op.batch_alter_table('role_grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_role_grants_organisation_id'))

    op.drop_table('role_grants')
    with op.batch_alter_table('organisation_closure', schema=None) as batch_op:
        batch_op.drop_index('ix_organisation_closure_descendant')

    op.drop_table('organisation_closure')
    with op.batch_alter_table('households', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_households_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_households_leader_id'))

    op.drop_table('households')
    op.drop_table('figure_sums')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_campaigns_organisation_id'))

    op.drop_table('campaigns')
    with op.batch_alter_table('api_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_tokens_user_id'))

    op.drop_table('api_tokens')
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.drop_index('ix_activities_starts_at')
        batch_op.drop_index('ix_activities_organisation_id_state')
        batch_op.drop_index(batch_op.f('ix_activities_campaign_id'))

    op.drop_table('activities')
    with op.batch_alter_table('vault', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vault_purge_on'))

    op.drop_table('vault')
    op.drop_table('users')
    with op.batch_alter_table('organisations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisations_parent_id'))
        batch_op.drop_index(batch_op.f('ix_organisations_division_code'))

    op.drop_table('organisations')
    with op.batch_alter_table('jobs', schema=None) as batch_op:
        batch_op.drop_index('uq_jobs_once', sqlite_where=sa.text("state = 'due'"), postgresql_where=sa.text("state = 'due'"))
        batch_op.drop_index('ix_jobs_state_due_at')
        batch_op.drop_index(batch_op.f('ix_jobs_ref'))

    op.drop_table('jobs')
    op.drop_table('indicator_definitions')
    with op.batch_alter_table('files', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_files_owner_id'))

    op.drop_table('files')
    with op.batch_alter_table('audit_rows', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_rows_subject_id')

    op.drop_table('audit_rows')
