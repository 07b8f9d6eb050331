"""What channels say became of messages, kept as it came: repeats are harmless, and what nobody knows is not lost."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """The receipts; those that no notice was found for wait, and are few."""
    op.create_table(
        "receipts",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("ref", sa.Text(collation="C"), nullable=False),
        sa.Column("provider_ref", sa.Text(collation="C"), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("arrived_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("repeats", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'noted')", name=op.f("receipts_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("receipts_pk")),
    )
    op.create_index("receipts_waiting", "receipts", ["arrived_at", "id"], postgresql_where=sa.text("state = 'waiting'"))
