"""Tasks and digest lines are found by their case, tasks by whose they are, staff by what they are: not among everybody's."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Only indexes: workers of the version before this one use the tables as they did."""
    with op.get_context().autocommit_block():
        op.create_index("tasks_of_stream", "tasks", ["scheme_id", "stream_id", "id"], postgresql_concurrently=True)
        op.create_index(
            "tasks_open_person", "tasks", ["scheme_id", "person", "id"],
            postgresql_where=sa.text("state = 'open'"), postgresql_concurrently=True,
        )  # fmt: skip
        op.create_index(
            "digest_items_of_stream", "digest_items", ["scheme_id", "stream_id"], postgresql_concurrently=True
        )
        op.create_index(
            "persons_at_work", "persons", ["scheme_id", "kind", "id"],
            postgresql_where=sa.text("kind <> 'participant'"), postgresql_concurrently=True,
        )  # fmt: skip
