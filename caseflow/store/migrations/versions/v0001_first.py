"""The first database: streams, facts, timers, notices, tasks, inbox, people, and the clock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything, and the one row of a live clock."""
    op.create_table(
        "clock",
        sa.Column("one", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("virtual", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("one", name=op.f("clock_single")),
        sa.CheckConstraint("virtual = (at IS NOT NULL)", name=op.f("clock_at_if_virtual")),
        sa.PrimaryKeyConstraint("one", name=op.f("clock_pk")),
    )
    op.create_table(
        "counters",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "year", name=op.f("counters_pk")),
    )
    op.create_table(
        "inbox",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("command_id", sa.Text(collation="C"), nullable=False),
        sa.Column("place", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=True),
        sa.Column("arrived_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("code", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("words", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("repeats", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused', 'parked')", name=op.f("inbox_state_known")),
        sa.PrimaryKeyConstraint("scheme_id", "command_id", name=op.f("inbox_pk")),
        postgresql_with={
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "20000",
            "autovacuum_vacuum_cost_delay": "0",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index("inbox_waiting", "inbox", ["place"], unique=False, postgresql_where=sa.text("state = 'waiting'"))
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("marks_pk")),
    )
    op.create_table(
        "parked",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("what", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("released_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", "scheme_id", name=op.f("parked_pk")),
    )
    op.create_index(
        "parked_open",
        "parked",
        ["scheme_id", "stream_id", "what"],
        unique=True,
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_table(
        "persons",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(collation="C"), nullable=False),
        sa.Column("date_of_birth", sa.Date(), nullable=True),
        sa.Column("moved_to", sa.Text(collation="C"), nullable=True),
        sa.Column("phone", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("extra", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("persons_pk")),
    )
    op.create_index("persons_same", "persons", ["scheme_id", "folded", "date_of_birth"], unique=False)
    op.create_table(
        "policies",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("version", sa.Text(collation="C"), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("published_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "version", name=op.f("policies_pk")),
    )
    op.create_table(
        "streams",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("disposal", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("participant", sa.Text(collation="C"), nullable=True),
        sa.Column("owner", sa.Text(collation="C"), nullable=True),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reacted", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("react_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("wake_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("retry_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("parked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('case', 'provider_return', 'digest')", name=op.f("streams_kind_known")),
        sa.CheckConstraint("reacted <= seq", name=op.f("streams_reacted_within")),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("streams_pk")),
        postgresql_with={
            "fillfactor": "85",
            "toast_tuple_target": "8160",
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "20000",
            "autovacuum_vacuum_cost_delay": "0",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index("streams_participant", "streams", ["scheme_id", "participant"], unique=False)
    op.create_index(
        "streams_react",
        "streams",
        ["react_at", "id"],
        unique=False,
        postgresql_where=sa.text("react_at IS NOT NULL AND NOT parked"),
    )
    op.create_index("streams_ref", "streams", ["scheme_id", "kind", "ref"], unique=True)
    op.create_index(
        "streams_wake",
        "streams",
        ["wake_at", "id"],
        unique=False,
        postgresql_where=sa.text("wake_at IS NOT NULL AND NOT parked"),
    )
    op.create_table(
        "texts",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), server_default=sa.text("uuid_send(gen_random_uuid())"), nullable=False),
        sa.Column("erased_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("texts_pk")),
    )
    op.create_index("texts_person", "texts", ["scheme_id", "person"], unique=False)
    op.create_table(
        "addresses",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("person_id", sa.Text(collation="C"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(collation="C"), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('text', 'email', 'letter')", name=op.f("addresses_channel_known")),
        sa.CheckConstraint(
            "status IN ('unconfirmed', 'confirmed', 'shared', 'seized', 'blocked')", name=op.f("addresses_status_known")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id", "person_id"], ["persons.scheme_id", "persons.id"], name=op.f("addresses_persons_fk")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("addresses_pk")),
    )
    op.create_index("addresses_person", "addresses", ["scheme_id", "person_id"], unique=False)
    op.create_index("addresses_value", "addresses", ["scheme_id", "channel", "value"], unique=False)
    op.create_table(
        "digest_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("officer", sa.Text(collation="C"), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("notice_key", sa.Text(collation="C"), nullable=True),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("digest_items_streams_fk")
        ),
        sa.PrimaryKeyConstraint("id", "scheme_id", name=op.f("digest_items_pk")),
    )
    op.create_index(
        "digest_items_taken",
        "digest_items",
        ["scheme_id", "notice_key"],
        unique=False,
        postgresql_where=sa.text("notice_key IS NOT NULL"),
    )
    op.create_index(
        "digest_items_waiting",
        "digest_items",
        ["scheme_id", "officer"],
        unique=False,
        postgresql_where=sa.text("notice_key IS NULL"),
    )
    op.create_table(
        "events",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Text(), nullable=False),
        sa.Column("caused_by", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("events_seq_from_one")),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("events_streams_fk")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "stream_id", "seq", name=op.f("events_pk")),
    )
    op.create_index("events_recorded", "events", ["recorded_at"], unique=False, postgresql_using="brin")
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("expectation", sa.Text(collation="C"), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("rung", sa.Text(collation="C"), nullable=False),
        sa.Column("purpose", sa.Text(collation="C"), nullable=False),
        sa.Column("recipient", sa.Text(collation="C"), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'ready'"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tried", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("send_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("retry_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lease_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lost", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("repeats", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("channel IN ('text', 'email', 'letter')", name=op.f("notices_channel_known")),
        sa.CheckConstraint(
            "kind IN ('reminder', 'chase', 'decision', 'service', 'officer', 'provider')",
            name=op.f("notices_kind_known"),
        ),
        sa.CheckConstraint("lane IN ('people', 'others')", name=op.f("notices_lane_known")),
        sa.CheckConstraint(
            "state IN ('ready', 'leased', 'calling', 'sent', 'failed', 'unknown', 'void', 'dropped')",
            name=op.f("notices_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("notices_streams_fk")
        ),
        sa.PrimaryKeyConstraint("id", "scheme_id", name=op.f("notices_pk")),
        sa.UniqueConstraint("scheme_id", "key", name=op.f("notices_key")),
        sa.UniqueConstraint(
            "scheme_id",
            "stream_id",
            "expectation",
            "cycle",
            "rung",
            "purpose",
            "recipient",
            name=op.f("notices_identity"),
        ),
        postgresql_with={
            "fillfactor": "85",
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "20000",
            "autovacuum_vacuum_cost_delay": "0",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_index(
        "notices_budget",
        "notices",
        ["scheme_id", "recipient", "sent_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL AND lane = 'people'"),
    )
    op.create_index(
        "notices_calling", "notices", ["lease_until", "id"], unique=False, postgresql_where=sa.text("state = 'calling'")
    )
    op.create_index(
        "notices_ready",
        "notices",
        ["lane", "send_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('ready', 'leased')"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(collation="C"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expectation", sa.Text(collation="C"), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("rung", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name=op.f("tasks_state_known")),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("tasks_streams_fk")
        ),
        sa.PrimaryKeyConstraint("id", "scheme_id", name=op.f("tasks_pk")),
    )
    op.create_index(
        "tasks_open_due",
        "tasks",
        ["scheme_id", "owner", "due"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "tasks_open_key",
        "tasks",
        ["scheme_id", "stream_id", "key"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "timers",
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("stream_id", sa.Text(collation="C"), nullable=False),
        sa.Column("expectation", sa.Text(collation="C"), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("due", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("local_due", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"], name=op.f("timers_streams_fk")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "stream_id", "expectation", name=op.f("timers_pk")),
        postgresql_with={
            "fillfactor": "85",
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "20000",
            "autovacuum_vacuum_cost_delay": "0",
            "autovacuum_analyze_scale_factor": "0.02",
        },
    )
    op.create_table(
        "attempts",
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("scheme_id", sa.Text(collation="C"), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(collation="C"), nullable=True),
        sa.Column("detail", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("calling_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('calling', 'accepted', 'failed', 'unknown', 'void', 'dropped')",
            name=op.f("attempts_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["notice_id", "scheme_id"], ["notices.id", "notices.scheme_id"], name=op.f("attempts_notices_fk")
        ),
        sa.PrimaryKeyConstraint("notice_id", "scheme_id", "no", name=op.f("attempts_pk")),
    )
    op.create_index(
        "attempts_provider_ref",
        "attempts",
        ["scheme_id", "provider_ref"],
        unique=False,
        postgresql_where=sa.text("provider_ref IS NOT NULL"),
    )
    op.execute("INSERT INTO clock DEFAULT VALUES")


def downgrade() -> None:
    """There is nothing before the first database."""
    raise NotImplementedError("There is nothing before the first database: drop it instead.")
