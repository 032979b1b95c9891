"""What the questions of a user cost, by day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("usd", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "day", name="pk_spending"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name="fk_spending_user_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("spending")
