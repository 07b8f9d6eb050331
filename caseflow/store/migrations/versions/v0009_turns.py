"""A virtual database may be played in turns, so that the same seed leads to the same end however work is shared out."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
# Three kinds of fact have a new version (answer_received, delivery_noted, rung_fired): an older program cannot read them.
compatible_from = "0009"


def upgrade() -> None:
    """Off, as ever, unless whoever makes the virtual database asks for it."""
    op.add_column("clock", sa.Column("turns", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("clock_turns_if_virtual"), "clock", "virtual OR NOT turns")
