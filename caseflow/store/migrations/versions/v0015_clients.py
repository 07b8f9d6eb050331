"""Other systems that use the API, and an index that their feed of facts is read by."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """A new table, and an index on the facts that people bring: the clock's own, which come by the thousand, are not in it."""
    op.create_table(
        "clients",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("speaks_for", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("clients_pk")),
        sa.UniqueConstraint("digest", name=op.f("clients_digest")),
    )
    op.create_index(
        "clients_active", "clients", ["scheme_id", "name"], unique=True, postgresql_where=sa.text("NOT disabled")
    )
    with op.get_context().autocommit_block():
        op.create_index(
            "events_feed",
            "events",
            ["scheme_id", "recorded_at", "stream_id", "seq"],
            unique=False,
            postgresql_where=sa.text(
                "kind NOT IN ('rung_fired', 'expectation_opened', 'expectation_closed', 'delivery_noted')"
            ),
            postgresql_concurrently=True,
        )
