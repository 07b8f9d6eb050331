"""Facts keep the keyed digest of the free text they name, so that a text that was changed afterwards is found out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Empty for facts without a text, and for those from before."""
    op.add_column("events", sa.Column("text_mac", sa.Text(), server_default=sa.text("''"), nullable=False))
