"""The tasks and digest lines of a case are found by it, and staff by what they are, not by going through everybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Only indexes: workers of the version before this one use the tables as they did."""
    with op.get_context().autocommit_block():
        op.create_index("tasks_of_stream", "tasks", ["scheme_id", "stream_id", "id"], postgresql_concurrently=True)
        op.create_index(
            "digest_items_of_stream", "digest_items", ["scheme_id", "stream_id"], postgresql_concurrently=True
        )
        op.create_index(
            "persons_at_work", "persons", ["scheme_id", "kind", "id"],
            postgresql_where=sa.text("kind <> 'participant'"), postgresql_concurrently=True,
        )  # fmt: skip
