"""A database knows where it lives, so that a copy of it is found out, and whether it is paused."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    """The database that is upgraded lives where it is; what it was restored from before this nobody can tell."""
    op.create_table(
        "home",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("system", sa.BigInteger(), nullable=False),
        sa.Column("database", sa.BigInteger(), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("backup_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("resumed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("look_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("home_single")),
        sa.CheckConstraint("backup_at IS NULL OR paused_at IS NOT NULL", name=op.f("home_paused_if_restored")),
        sa.PrimaryKeyConstraint("one", name=op.f("home_pk")),
    )
    op.execute("""
        INSERT INTO home (system, database, written_by)
        SELECT system_identifier, (SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = current_database()),
               CAST(CAST(CAST(pg_current_xact_id() AS xid) AS text) AS bigint)
          FROM pg_control_system()""")
