"""A scheme's manager may sign in; an administrator has a key for codes, and a session knows when one was given."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """One more word for what somebody is; the version before this one never writes it, and reads the others as it did."""
    op.drop_constraint(op.f("accounts_part_known"), "accounts", type_="check")
    op.create_check_constraint(
        op.f("accounts_part_known"),
        "accounts",
        "part IN ('officer', 'navigator', 'supervisor', 'manager', 'provider', 'participant', 'administrator', 'auditor')",
    )
    op.add_column("accounts", sa.Column("totp", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("accounts", sa.Column("totp_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("sessions", sa.Column("strong_at", sa.TIMESTAMP(timezone=True), nullable=True))
