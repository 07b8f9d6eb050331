"""Webhooks: receivers by name, and how far each case's facts have gone to each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Two new tables; an older program on this database writes no feeds, and `webhooks replay --since` fills them."""
    op.create_table(
        "endpoints",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("disabled", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "name", name=op.f("endpoints_pk")),
    )
    op.create_table(
        "feeds",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("endpoint", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("sent_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lease_by", sa.Text(collation="C"), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_failed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("parked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id", "endpoint"], ["endpoints.scheme_id", "endpoints.name"], name=op.f("feeds_endpoints_fk")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("feeds_streams_fk")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "endpoint", "stream_id", name=op.f("feeds_pk")),
        postgresql_with={
            "fillfactor": "85",
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "20000",
            "autovacuum_vacuum_cost_delay": "0",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index(
        "feeds_due",
        "feeds",
        ["scheme_id", "endpoint", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "feeds_parked", "feeds", ["scheme_id", "endpoint"], unique=False, postgresql_where=sa.text("parked")
    )


def downgrade() -> None:
    """Facts are untouched; how far they have gone is forgotten."""
    op.drop_table("feeds")
    op.drop_table("endpoints")
