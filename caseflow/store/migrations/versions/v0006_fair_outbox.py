"""An index that leads to each scheme's oldest ready notice, so that a lease can share itself out among the schemes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"


def upgrade() -> None:
    """Beside the old index, which the clock and the figures read by time."""
    op.create_index(
        "notices_fair",
        "notices",
        ["lane", "scheme_id", "send_at", "key"],
        unique=False,
        postgresql_where=sa.text("state IN ('ready', 'leased')"),
    )
