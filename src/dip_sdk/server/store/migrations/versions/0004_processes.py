"""Processes that share the database, the sessions they hold, and who runs a query."""

import sqlalchemy as sa
from alembic import op

from dip_sdk.server.store.base import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "processes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
    )
    op.create_table(
        "leases",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("process_id", sa.Uuid(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_leases"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_leases_session_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["process_id"], ["processes.id"], name="fk_leases_process_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_leases_process_id", "leases", ["process_id"])
    op.add_column("queries", sa.Column("process_id", sa.Uuid(), nullable=True))
    op.add_column(
        "queries", sa.Column("stopping", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.drop_column("queries", "stopping")
    op.drop_column("queries", "process_id")
    op.drop_table("leases")
    op.drop_table("processes")
