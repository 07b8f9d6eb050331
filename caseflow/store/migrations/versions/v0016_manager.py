"""A scheme's manager may sign in: figures, policies and messages, and nobody's case."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """One more word for what somebody is. The version before this one never writes it, and reads the others as it did."""
    op.drop_constraint(op.f("accounts_part_known"), "accounts", type_="check")
    op.create_check_constraint(
        op.f("accounts_part_known"),
        "accounts",
        "part IN ('officer', 'navigator', 'supervisor', 'manager', 'provider', 'participant', 'administrator', 'auditor')",
    )
