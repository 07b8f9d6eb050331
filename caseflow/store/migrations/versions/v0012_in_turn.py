"""An index that leads to what else waits for a person, so that one person's messages go one after another."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Workers of the version before this one use the table as they did."""
    with op.get_context().autocommit_block():
        op.create_index(
            "notices_in_turn",
            "notices",
            ["scheme_id", "recipient"],
            unique=False,
            postgresql_where=sa.text("lane = 'people' AND state IN ('ready', 'leased', 'calling')"),
            postgresql_concurrently=True,
        )
