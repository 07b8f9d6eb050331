"""Texts that came in, kept before anybody knows whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """A new table alone: older workers do not look at it."""
    op.create_table(
        "inbound",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kept_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'new'"), nullable=False),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=True),
        sa.Column("person_id", sa.Text(collation="C"), nullable=True),
        sa.Column("dealt_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("dealt_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("read_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("read_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("repeats", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('new', 'matched', 'queued', 'dealt')", name=op.f("inbound_state_known")),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("inbound_pk")),
    )
    op.create_index("inbound_new", "inbound", ["place"], postgresql_where=sa.text("state = 'new'"))
    op.create_index("inbound_queued", "inbound", ["scheme_id", "place"], postgresql_where=sa.text("state = 'queued'"))
    op.create_index("inbound_number", "inbound", ["scheme_id", "number"])
    op.create_index("inbound_person", "inbound", ["scheme_id", "person_id"])


def downgrade() -> None:
    """What people wrote is not thrown away by a program."""
    raise NotImplementedError("The texts that came in are the only record of them: keep the table.")
