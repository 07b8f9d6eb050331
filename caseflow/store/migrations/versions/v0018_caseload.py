"""Indexes that lists of cases are read by: whose desk, newest, ended, on hold, what is due soonest, and people by name."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Only indexes: workers of the version before this one use the tables as they did."""
    with op.get_context().autocommit_block():
        _index("streams_number", "streams", ["scheme_id", sa.text("reverse(ref)")], "kind = 'case'")
        _index("streams_desk", "streams", ["scheme_id", "owner", "state"], "kind = 'case'")
        _index("streams_since", "streams", ["scheme_id", "since", "id"], "kind = 'case' AND ended_at IS NULL")
        _index("streams_ended", "streams", ["scheme_id", "ended_at", "id"], "kind = 'case' AND ended_at IS NOT NULL")
        _index("timers_hold", "timers", ["scheme_id", "due", "stream_id"], "ladder = 'hold'")
        _index("tasks_soonest", "tasks", ["scheme_id", "due", "stream_id", "id"], "state = 'open'")
        name = ["scheme_id", sa.text('family COLLATE "C"'), sa.text('given COLLATE "C"'), "id"]
        _index("persons_by_name", "persons", name, "kind = 'participant'")
        _index("persons_backwards", "persons", ["scheme_id", sa.text("reverse(folded)")], "kind = 'participant'")
        family = ["scheme_id", sa.text("lower(family) text_pattern_ops")]
        _index("persons_family", "persons", family, "kind = 'participant'")


def _index(name: str, table: str, columns: Sequence[Any], where: str) -> None:
    op.create_index(
        name, table, columns, unique=False, postgresql_where=sa.text(where), postgresql_concurrently=True
    )  # fmt: skip
