"""Sign-up deepened: pools beside the main one, admission by rules, own questions, couples on the roll, honours, merges.

`registrations.standing` gets two more values. SQLite cannot change a CHECK: the table is made anew.

Revision: 0003, after 0002
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


BEFORE = ("placed", "waiting", "offered", "to_review", "withdrawn", "rejected")
STANDINGS = (*BEFORE, "entered", "lapsed")


def among(column: str, values: tuple[str, ...]) -> str:
    """Write the condition that a column holds one of these values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


@contextmanager
def standings(values: tuple[str, ...]) -> Iterator[BatchOperations]:
    """Alter `registrations`, which from then on may stand in these ways."""
    name = op.f("ck_registrations_standing")
    with op.batch_alter_table("registrations") as batch_op:
        batch_op.drop_constraint(name, type_="check")
        yield batch_op
        batch_op.create_check_constraint(name, sa.text(among("standing", values)))


def upgrade() -> None:
    """Make the change."""
    op.create_table('honours',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=True),
    sa.Column('registration_id', sa.Uuid(), nullable=True),
    sa.Column('milestone', sa.Integer(), nullable=False),
    sa.Column('honoured_on', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_honours_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_honours')),
    sa.UniqueConstraint('registration_id', name=op.f('uq_honours_registration_id'))
    )
    with op.batch_alter_table('honours', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_honours_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_honours_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('question_templates',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_question_templates_organisation_id_organisations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_templates')),
    sa.UniqueConstraint('organisation_id', 'name', name=op.f('uq_question_templates_organisation_id_name'))
    )
    op.create_table('honour_keys',
    sa.Column('honour_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.LargeBinary(length=32), nullable=False),
    sa.ForeignKeyConstraint(['honour_id'], ['honours.id'], name=op.f('fk_honour_keys_honour_id_honours')),
    sa.PrimaryKeyConstraint('honour_id', 'value', name=op.f('pk_honour_keys'))
    )
    with op.batch_alter_table('honour_keys', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_honour_keys_value'), ['value'], unique=False)

    op.create_table('question_sets',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('questions', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_question_sets_activity_id_activities')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question_sets')),
    sa.UniqueConstraint('activity_id', 'version', name=op.f('uq_question_sets_activity_id_version'))
    )
    op.create_table('sign_up_rules',
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('admission', sa.Enum('first_come', 'review', 'lottery', 'rank', name='admission', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('promotion', sa.Enum('at_once', 'offer', name='promotion', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('offer_hours', sa.Integer(), nullable=False),
    sa.Column('names_public', sa.Boolean(), nullable=False),
    sa.Column('most_passed', sa.Integer(), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('drawn_by', sa.Uuid(), nullable=True),
    sa.Column('protocol', sa.JSON(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('offer_hours > 0 AND most_passed >= 0', name=op.f('ck_sign_up_rules_sensible')),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_sign_up_rules_activity_id_activities')),
    sa.PrimaryKeyConstraint('activity_id', name=op.f('pk_sign_up_rules'))
    )
    op.create_table('attachments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('registration_id', sa.Uuid(), nullable=True),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('question', sa.String(length=80), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_attachments_activity_id_activities')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_attachments_registration_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.create_index('ix_attachments_activity_id_nonce', ['activity_id', 'nonce'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_registration_id'), ['registration_id'], unique=False)

    op.create_table('couples',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('household_id', sa.Uuid(), nullable=True),
    sa.Column('husband_id', sa.Uuid(), nullable=False),
    sa.Column('wife_id', sa.Uuid(), nullable=False),
    sa.Column('wed_from', sa.Integer(), nullable=False),
    sa.Column('wed_to', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['households.id'], name=op.f('fk_couples_household_id_households')),
    sa.ForeignKeyConstraint(['husband_id'], ['persons.id'], name=op.f('fk_couples_husband_id_persons')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_couples_organisation_id_organisations')),
    sa.ForeignKeyConstraint(['wife_id'], ['persons.id'], name=op.f('fk_couples_wife_id_persons')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_couples')),
    sa.UniqueConstraint('husband_id', name=op.f('uq_couples_husband_id')),
    sa.UniqueConstraint('wife_id', name=op.f('uq_couples_wife_id'))
    )
    with op.batch_alter_table('couples', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_couples_household_id'), ['household_id'], unique=False)
        batch_op.create_index('ix_couples_organisation_id_wed_from', ['organisation_id', 'wed_from'], unique=False)

    op.create_table('merges',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('gone_id', sa.Uuid(), nullable=False),
    sa.Column('was', sa.Enum('placed', 'waiting', 'offered', 'to_review', 'entered', 'withdrawn', 'rejected', 'lapsed', name='was', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_merges_activity_id_activities')),
    sa.ForeignKeyConstraint(['gone_id'], ['registrations.id'], name=op.f('fk_merges_gone_id_registrations')),
    sa.ForeignKeyConstraint(['kept_id'], ['registrations.id'], name=op.f('fk_merges_kept_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merges_activity_id'), ['activity_id'], unique=False)

    op.create_table('told_apart',
    sa.Column('left_id', sa.Uuid(), nullable=False),
    sa.Column('right_id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_told_apart_activity_id_activities')),
    sa.ForeignKeyConstraint(['left_id'], ['registrations.id'], name=op.f('fk_told_apart_left_id_registrations')),
    sa.ForeignKeyConstraint(['right_id'], ['registrations.id'], name=op.f('fk_told_apart_right_id_registrations')),
    sa.PrimaryKeyConstraint('left_id', 'right_id', name=op.f('pk_told_apart'))
    )
    with op.batch_alter_table('told_apart', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_told_apart_activity_id'), ['activity_id'], unique=False)

    op.create_table('invitations',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('couple_id', sa.Uuid(), nullable=False),
    sa.Column('secret_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('secret_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('registration_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_invitations_activity_id_activities')),
    sa.ForeignKeyConstraint(['couple_id'], ['couples.id'], name=op.f('fk_invitations_couple_id_couples')),
    sa.ForeignKeyConstraint(['registration_id'], ['registrations.id'], name=op.f('fk_invitations_registration_id_registrations')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitations')),
    sa.UniqueConstraint('activity_id', 'couple_id', name=op.f('uq_invitations_activity_id_couple_id')),
    sa.UniqueConstraint('secret_hash', name=op.f('uq_invitations_secret_hash'))
    )
    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.add_column(sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table('pools', schema=None) as batch_op:
        batch_op.add_column(sa.Column('position', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('gates', sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True))

    with standings(STANDINGS) as batch_op:
        batch_op.add_column(sa.Column('wanted', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('wants', sa.JSON(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('passed', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('offer_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('rank', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('form_version', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('confirmed_how', sa.String(length=20), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('confirmed_by', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('overridden', sa.JSON(), nullable=False, server_default='{}'))

    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.add_column(sa.Column('invitation_id', sa.Uuid(), nullable=True))
        batch_op.alter_column('registration_id', existing_type=sa.Uuid(), nullable=True)
        batch_op.create_foreign_key(batch_op.f('fk_messages_invitation_id_invitations'), 'invitations', ['invitation_id'], ['id'])
        batch_op.create_unique_constraint(batch_op.f('uq_messages_invitation_id'), ['invitation_id'])



def downgrade() -> None:
    """Take it back."""
    op.execute("DELETE FROM messages WHERE registration_id IS NULL")
    with op.batch_alter_table('messages', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('uq_messages_invitation_id'), type_='unique')
        batch_op.drop_constraint(batch_op.f('fk_messages_invitation_id_invitations'), type_='foreignkey')
        batch_op.alter_column('registration_id', existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column('invitation_id')

    op.execute("UPDATE registrations SET standing = 'withdrawn' WHERE standing = 'lapsed'")
    op.execute("UPDATE registrations SET standing = 'to_review' WHERE standing = 'entered'")
    with standings(BEFORE) as batch_op:
        batch_op.drop_column('overridden')
        batch_op.drop_column('confirmed_by')
        batch_op.drop_column('confirmed_how')
        batch_op.drop_column('confirmed_at')
        batch_op.drop_column('form_version')
        batch_op.drop_column('rank')
        batch_op.drop_column('offer_until')
        batch_op.drop_column('passed')
        batch_op.drop_column('wants')
        batch_op.drop_column('wanted')

    with op.batch_alter_table('pools', schema=None) as batch_op:
        batch_op.drop_column('starts_at')
        batch_op.drop_column('gates')
        batch_op.drop_column('position')

    with op.batch_alter_table('participants', schema=None) as batch_op:
        batch_op.drop_column('gone_at')

    op.drop_table('invitations')
    with op.batch_alter_table('told_apart', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_told_apart_activity_id'))

    op.drop_table('told_apart')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merges_activity_id'))

    op.drop_table('merges')
    with op.batch_alter_table('couples', schema=None) as batch_op:
        batch_op.drop_index('ix_couples_organisation_id_wed_from')
        batch_op.drop_index(batch_op.f('ix_couples_household_id'))

    op.drop_table('couples')
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachments_registration_id'))
        batch_op.drop_index('ix_attachments_activity_id_nonce')

    op.drop_table('attachments')
    op.drop_table('sign_up_rules')
    op.drop_table('question_sets')
    with op.batch_alter_table('honour_keys', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_honour_keys_value'))

    op.drop_table('honour_keys')
    op.drop_table('question_templates')
    with op.batch_alter_table('honours', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_honours_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_honours_activity_id'))

    op.drop_table('honours')
