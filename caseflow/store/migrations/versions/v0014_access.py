"""Accounts that sign in to the pages, their sessions, and the log of who has read whose record."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    """New tables only. The log takes no change: a trigger refuses it, whoever asks."""
    op.create_table(
        "accounts",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False),
        sa.Column("secret", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("change", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("added_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "part IN ('officer', 'navigator', 'supervisor', 'provider', 'participant', 'administrator', 'auditor')",
            name=op.f("accounts_part_known"),
        ),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("accounts_pk")),
        sa.UniqueConstraint("login", name=op.f("accounts_login")),
        sa.UniqueConstraint("subject", name=op.f("accounts_subject")),
    )
    op.create_table(
        "sessions",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("sessions_pk")),
        sa.UniqueConstraint("digest", name=op.f("sessions_digest")),
        sa.ForeignKeyConstraint(
            ["scheme_id", "account_id"], ["accounts.scheme_id", "accounts.id"], name=op.f("sessions_accounts_fk")
        ),
    )
    op.create_index("sessions_of_account", "sessions", ["scheme_id", "account_id"])
    op.create_table(
        "reading_log",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), server_default=sa.text("''"), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("reading_log_pk")),
    )
    op.create_index("reading_log_of_stream", "reading_log", ["scheme_id", "stream_id", "id"])
    op.execute("""
        CREATE FUNCTION reading_log_stays() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the reading log is only added to'; END $$""")
    op.execute("""
        CREATE TRIGGER reading_log_stays BEFORE UPDATE OR DELETE ON reading_log
           FOR EACH ROW EXECUTE FUNCTION reading_log_stays()""")
