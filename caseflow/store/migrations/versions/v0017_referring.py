"""Referrals that are being written, and indexes that lead from an officer to their cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """A new table, and two indexes on the few facts that say which officers a case has."""
    op.create_table(
        "drafts",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("account_id", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("drafts_pk")),
        sa.ForeignKeyConstraint(
            ["scheme_id", "account_id"], ["accounts.scheme_id", "accounts.id"], name=op.f("drafts_accounts_fk")
        ),
    )
    op.create_index("drafts_of_account", "drafts", ["scheme_id", "account_id"])
    op.create_index("drafts_begun", "drafts", ["begun_at"])
    with op.get_context().autocommit_block():
        op.create_index(
            "events_referred_by",
            "events",
            [sa.text("(body -> 'parties') jsonb_path_ops")],
            unique=False,
            postgresql_using="gin",
            postgresql_where=sa.text("kind = 'referred'"),
            postgresql_concurrently=True,
        )
        op.create_index(
            "events_officer",
            "events",
            ["scheme_id", sa.text("(body ->> 'person')")],
            unique=False,
            postgresql_where=sa.text("kind = 'officer_changed'"),
            postgresql_concurrently=True,
        )
