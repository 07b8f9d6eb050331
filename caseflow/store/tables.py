"""The one definition of the database: every table, constraint and index. Migrations must arrive at exactly this.

Every row belongs to a scheme, and every foreign key carries it, so that no row can point into another force's data.
Ids are text under the "C" collation (compared byte by byte, whatever the server's locale). Kinds and states are text
with a CHECK: a native enum cannot lose a word again. Columns ending in `_at` are UTC instants of *scheme time*, except
`retry_at`, `lease_until`, those of `feeds`, `accounts`, `sessions`, `drafts`, `clients`, `reading_log`, `links`,
`link_codes`, `guests`, `pins` and `return_drafts`, which are machine time (the server's real clock, never the virtual one).
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(referred_table_name)s_fk",
        "ck": "%(table_name)s_%(constraint_name)s",
        "uq": "%(table_name)s_%(constraint_name)s",
    }
)

# Hot tables are vacuumed by count, not by share: a share of a million rows is too late (docs: the claim scans dead heads).
BUSY = {
    "autovacuum_vacuum_scale_factor": "0",
    "autovacuum_vacuum_threshold": "20000",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_scale_factor": "0.02",
}


def _id() -> sa.Text:
    return sa.Text(collation="C")


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=null)


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    given = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text, nullable=False, server_default=given)


def _key(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, _id(), nullable=null)


def _count(name: str, default: int = 0) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, server_default=sa.text(str(default)))


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False)


def _one_of(column: str, words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _of_stream() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["scheme_id", "stream_id"], ["streams.scheme_id", "streams.id"])


clock = sa.Table(
    "clock",
    metadata,
    sa.Column("one", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    sa.Column("virtual", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _moment("at", null=True),
    sa.Column("turns", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.CheckConstraint("virtual OR NOT turns", name="turns_if_virtual"),
    sa.CheckConstraint("one", name="single"),
    sa.CheckConstraint("virtual = (at IS NOT NULL)", name="at_if_virtual"),
)
"""One row. A live database has no `at`: its scheme time is the server's clock."""

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("name", _id(), primary_key=True),
    _moment("seen_at"),
)
"""Signs of life of the machinery, such as beat's; `seen_at` is real time."""

home = sa.Table(
    "home",
    metadata,
    sa.Column("one", sa.Boolean, primary_key=True, server_default=sa.text("true")),
    sa.Column("system", sa.BigInteger, nullable=False),
    sa.Column("database", sa.BigInteger, nullable=False),
    sa.Column("written_by", sa.BigInteger, nullable=False),
    _moment("paused_at", null=True),
    _text("why", ""),
    _moment("backup_at", null=True),
    _moment("resumed_at", null=True),
    _moment("look_until", null=True),
    sa.CheckConstraint("one", name="single"),
    sa.CheckConstraint("backup_at IS NULL OR paused_at IS NOT NULL", name="paused_if_restored"),
)
"""One row: where this database lives (store/home.py), and whether it is paused. `backup_at`, `look_until` are real time."""

policies = sa.Table(
    "policies",
    metadata,
    _key("scheme_id"),
    _key("version"),
    _text("sha256"),
    _text("canonical"),
    _moment("published_at"),
    sa.PrimaryKeyConstraint("scheme_id", "version"),
)

streams = sa.Table(
    "streams",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _text("kind"),
    _key("ref"),
    _text("state"),
    _text("policy_version"),
    _text("disposal", ""),
    _key("participant", null=True),
    _key("owner", null=True),  # whose desk it is on: navigator, provider or officer
    _moment("since", null=True),
    _moment("ended_at", null=True),
    _count("seq"),
    _count("reacted"),
    _moment("react_at", null=True),
    _moment("wake_at", null=True),
    _moment("retry_at", null=True),
    _count("failures"),
    sa.Column("parked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _text("snapshot"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    _one_of("kind", "case provider_return digest"),
    sa.CheckConstraint("reacted <= seq", name="reacted_within"),
    sa.Index("streams_react", "react_at", "id", postgresql_where=sa.text("react_at IS NOT NULL AND NOT parked")),
    sa.Index("streams_wake", "wake_at", "id", postgresql_where=sa.text("wake_at IS NOT NULL AND NOT parked")),
    sa.Index("streams_ref", "scheme_id", "kind", "ref", unique=True),
    sa.Index("streams_participant", "scheme_id", "participant"),
    # Lists of cases (store/caseload.py); a rung changes none of what these hold.
    sa.Index("streams_number", "scheme_id", sa.text("reverse(ref)"), postgresql_where=sa.text("kind = 'case'")),
    sa.Index("streams_desk", "scheme_id", "owner", "state", postgresql_where=sa.text("kind = 'case'")),
    sa.Index(
        "streams_since", "scheme_id", "since", "id", postgresql_where=sa.text("kind = 'case' AND ended_at IS NULL")
    ),
    sa.Index(
        "streams_ended",
        "scheme_id",
        "ended_at",
        "id",
        postgresql_where=sa.text("kind = 'case' AND ended_at IS NOT NULL"),
    ),
    # Snapshots of some kilobytes stay in their row, uncompressed: an update is a quarter cheaper, a claim no dearer.
    postgresql_with={"fillfactor": "85", "toast_tuple_target": "8160", **BUSY},
)
"""The one lock. `react_at`: facts wait for their reactions; `wake_at`: the earliest timer. `snapshot` is the stream's value."""

events = sa.Table(
    "events",
    metadata,
    _key("scheme_id"),
    _key("stream_id"),
    sa.Column("seq", sa.Integer, nullable=False),
    _text("kind"),
    sa.Column("version", sa.SmallInteger, nullable=False),
    sa.Column("body", JSONB, nullable=False),
    _moment("occurred_at"),
    _moment("recorded_at"),
    _text("actor"),
    _text("role"),
    _text("origin"),
    _text("command_id"),
    _text("caused_by", ""),
    _text("text_mac", ""),
    sa.PrimaryKeyConstraint("scheme_id", "stream_id", "seq"),
    _of_stream(),
    sa.CheckConstraint("seq > 0", name="seq_from_one"),
    sa.Index("events_recorded", "recorded_at", postgresql_using="brin"),
    sa.Index(
        "events_feed",
        "scheme_id",
        "recorded_at",
        "stream_id",
        "seq",
        postgresql_where=sa.text(
            "kind NOT IN ('rung_fired', 'expectation_opened', 'expectation_closed', 'delivery_noted')"
        ),
    ),
    # Which cases an officer plays a part in: at the referral, and where the part was given to them since.
    sa.Index(
        "events_referred_by",
        sa.text("(body -> 'parties') jsonb_path_ops"),
        postgresql_using="gin",
        postgresql_where=sa.text("kind = 'referred'"),
    ),
    sa.Index(
        "events_officer",
        "scheme_id",
        sa.text("(body ->> 'person')"),
        postgresql_where=sa.text("kind = 'officer_changed'"),
    ),
)

timers = sa.Table(
    "timers",
    metadata,
    _key("scheme_id"),
    _key("stream_id"),
    _key("expectation"),
    sa.Column("cycle", sa.Integer, nullable=False),
    _text("ladder"),
    _text("rung"),
    sa.Column("subject", sa.Text),
    _moment("due"),
    _text("local_due"),  # the civil intent; `due` is derived from it
    sa.PrimaryKeyConstraint("scheme_id", "stream_id", "expectation"),
    _of_stream(),
    sa.Index("timers_hold", "scheme_id", "due", "stream_id", postgresql_where=sa.text("ladder = 'hold'")),
    postgresql_with={"fillfactor": "85", **BUSY},
)
"""Live timers only: one for each open expectation. What fired is in the events."""

notices = sa.Table(
    "notices",
    metadata,
    _number(),
    _key("scheme_id"),
    _key("stream_id"),
    _key("key"),
    _key("expectation"),
    sa.Column("cycle", sa.Integer, nullable=False),
    _key("rung"),
    _key("purpose"),
    _key("recipient"),
    _text("lane"),
    _text("kind"),
    _text("state", "ready"),
    _text("channel"),
    sa.Column("tried", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
    sa.Column("body", JSONB, nullable=False),
    _moment("created_at"),
    _moment("send_at"),
    _moment("sent_at", null=True),
    _moment("retry_at", null=True),
    _moment("lease_until", null=True),
    sa.Column("lease_by", sa.Text),
    _count("attempts"),
    _count("lost"),  # leases and calls that died with their worker
    _count("repeats"),  # how often the same notice was asked for again, and not made twice
    _text("reason", ""),
    sa.PrimaryKeyConstraint("id", "scheme_id"),
    _of_stream(),
    sa.UniqueConstraint(
        "scheme_id", "stream_id", "expectation", "cycle", "rung", "purpose", "recipient", name="identity"
    ),
    sa.UniqueConstraint("scheme_id", "key", name="key"),
    _one_of("lane", "people others"),
    _one_of("kind", "reminder chase decision service officer provider"),
    _one_of("state", "ready leased calling sent failed unknown void dropped"),
    _one_of("channel", "text email letter"),
    sa.Index("notices_ready", "lane", "send_at", "id", postgresql_where=sa.text("state IN ('ready', 'leased')")),
    sa.Index(
        "notices_fair", "lane", "scheme_id", "send_at", "key", postgresql_where=sa.text("state IN ('ready', 'leased')")
    ),
    sa.Index("notices_calling", "lease_until", "id", postgresql_where=sa.text("state = 'calling'")),
    sa.Index(
        "notices_budget",
        "scheme_id",
        "recipient",
        "sent_at",
        postgresql_where=sa.text("sent_at IS NOT NULL AND lane = 'people'"),
    ),
    sa.Index(
        "notices_in_turn",
        "scheme_id",
        "recipient",
        postgresql_where=sa.text("lane = 'people' AND state IN ('ready', 'leased', 'calling')"),
    ),
    postgresql_with={"fillfactor": "85", **BUSY},
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("notice_id", sa.BigInteger, nullable=False),
    _key("scheme_id"),
    sa.Column("no", sa.Integer, nullable=False),
    _text("channel"),
    _key("address"),
    _text("state"),
    _text("worker"),
    sa.Column("provider_ref", _id()),
    _text("detail", ""),
    _moment("calling_at", null=True),
    _moment("ended_at", null=True),
    sa.PrimaryKeyConstraint("notice_id", "scheme_id", "no"),
    sa.ForeignKeyConstraint(["notice_id", "scheme_id"], ["notices.id", "notices.scheme_id"]),
    _one_of("state", "calling accepted failed unknown void dropped"),
    sa.Index(
        "attempts_provider_ref", "scheme_id", "provider_ref", postgresql_where=sa.text("provider_ref IS NOT NULL")
    ),
)

receipts = sa.Table(
    "receipts",
    metadata,
    _key("id"),
    _key("ref"),
    _key("provider_ref"),
    _text("receipt"),
    _moment("at"),
    _text("detail", ""),
    _moment("arrived_at"),
    _text("state", "waiting"),
    _count("repeats"),
    sa.PrimaryKeyConstraint("id"),
    _one_of("state", "waiting noted"),
    sa.Index("receipts_waiting", "arrived_at", "id", postgresql_where=sa.text("state = 'waiting'")),
)

tallies = sa.Table(
    "tallies",
    metadata,
    _key("name"),
    sa.Column("value", sa.BigInteger, nullable=False),
    _moment("seen_at"),
    sa.PrimaryKeyConstraint("name"),
)

tasks = sa.Table(
    "tasks",
    metadata,
    _number(),
    _key("scheme_id"),
    _key("stream_id"),
    _key("key"),
    _text("kind"),
    _text("owner"),
    _key("person", null=True),
    _text("title"),
    _moment("due", null=True),
    _key("expectation", null=True),
    sa.Column("subject", sa.Text),
    _text("rung", ""),
    _text("state", "open"),
    _text("reason", ""),
    _moment("opened_at"),
    _moment("closed_at", null=True),
    sa.PrimaryKeyConstraint("id", "scheme_id"),
    _of_stream(),
    _one_of("state", "open done dropped"),
    sa.Index(
        "tasks_open_key", "scheme_id", "stream_id", "key", unique=True, postgresql_where=sa.text("state = 'open'")
    ),
    sa.Index("tasks_of_stream", "scheme_id", "stream_id", "id"),  # done ones, too: a case is shown with all of them
    sa.Index("tasks_open_person", "scheme_id", "person", "id", postgresql_where=sa.text("state = 'open'")),
    sa.Index("tasks_open_due", "scheme_id", "owner", "due", postgresql_where=sa.text("state = 'open'")),
    sa.Index("tasks_soonest", "scheme_id", "due", "stream_id", "id", postgresql_where=sa.text("state = 'open'")),
)

inbox = sa.Table(
    "inbox",
    metadata,
    _key("scheme_id"),
    _key("command_id"),
    sa.Column("place", sa.BigInteger, sa.Identity(always=True), nullable=False),
    _key("stream_id"),
    _text("state"),
    sa.Column("body", JSONB),  # what waits; a command answered at once leaves only its answer
    _moment("arrived_at"),
    _count("seq"),
    _text("code", ""),
    _text("words", ""),
    _count("repeats"),
    sa.PrimaryKeyConstraint("scheme_id", "command_id"),
    _one_of("state", "waiting done refused parked"),
    sa.Index("inbox_waiting", "place", postgresql_where=sa.text("state = 'waiting'")),
    postgresql_with=BUSY,
)
"""Every command id with what came of it, and the commands from other streams and channels that still wait."""

digest_items = sa.Table(
    "digest_items",
    metadata,
    _number(),
    _key("scheme_id"),
    _key("stream_id"),
    _key("officer"),
    _text("period"),
    _text("ref"),
    _text("line"),
    _text("detail", ""),
    _moment("at"),
    _key("notice_key", null=True),
    sa.PrimaryKeyConstraint("id", "scheme_id"),
    _of_stream(),
    sa.Index("digest_items_of_stream", "scheme_id", "stream_id"),  # the same line is said once
    sa.Index("digest_items_waiting", "scheme_id", "officer", postgresql_where=sa.text("notice_key IS NULL")),
    sa.Index("digest_items_taken", "scheme_id", "notice_key", postgresql_where=sa.text("notice_key IS NOT NULL")),
)

parked = sa.Table(
    "parked",
    metadata,
    _number(),
    _key("scheme_id"),
    _key("stream_id"),
    _key("what"),
    _text("reason"),
    _moment("at"),
    _moment("released_at", null=True),
    sa.PrimaryKeyConstraint("id", "scheme_id"),
    sa.Index(
        "parked_open", "scheme_id", "stream_id", "what", unique=True, postgresql_where=sa.text("released_at IS NULL")
    ),
)

persons = sa.Table(
    "persons",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _text("kind"),
    _text("given"),
    _text("family"),
    _key("folded"),
    sa.Column("date_of_birth", sa.Date),
    _key("moved_to", null=True),
    _text("phone", ""),
    sa.Column("extra", JSONB, nullable=False, server_default=sa.text("'{}'")),
    _moment("erased_at", null=True),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.Index("persons_at_work", "scheme_id", "kind", "id", postgresql_where=sa.text("kind <> 'participant'")),
    sa.Index("persons_same", "scheme_id", "folded", "date_of_birth"),
    sa.Index(
        "persons_by_name",
        "scheme_id",
        sa.text('family COLLATE "C"'),
        sa.text('given COLLATE "C"'),
        "id",
        postgresql_where=sa.text("kind = 'participant'"),
    ),
    sa.Index(
        "persons_backwards",
        "scheme_id",
        sa.text("reverse(folded)"),
        postgresql_where=sa.text("kind = 'participant'"),
    ),
    sa.Index(
        "persons_family",
        "scheme_id",
        sa.text("lower(family) text_pattern_ops"),
        postgresql_where=sa.text("kind = 'participant'"),
    ),
)

addresses = sa.Table(
    "addresses",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("person_id"),
    _text("channel"),
    _key("value"),
    _text("status"),
    _moment("seen_at"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.ForeignKeyConstraint(["scheme_id", "person_id"], ["persons.scheme_id", "persons.id"]),
    _one_of("channel", "text email letter"),
    _one_of("status", "unconfirmed confirmed shared seized blocked"),
    sa.Index("addresses_person", "scheme_id", "person_id"),
    sa.Index("addresses_value", "scheme_id", "channel", "value"),
)

texts = sa.Table(
    "texts",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("person", null=True),
    _text("body"),
    sa.Column("nonce", sa.LargeBinary, nullable=False, server_default=sa.text("uuid_send(gen_random_uuid())")),
    _moment("erased_at", null=True),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.Index("texts_person", "scheme_id", "person"),
)

inbound = sa.Table(
    "inbound",
    metadata,
    _key("scheme_id"),
    _key("id"),  # the gateway's own
    sa.Column("place", sa.BigInteger, sa.Identity(always=True), nullable=False),
    _key("number"),
    _text("destination"),
    _moment("received_at"),
    _moment("kept_at"),
    _text("state", "new"),
    _text("why", ""),
    _key("stream_id", null=True),
    _key("person_id", null=True),
    _text("dealt_by", ""),
    _moment("dealt_at", null=True),
    _text("read_by", ""),  # who last looked at the words in the queue
    _moment("read_at", null=True),
    _count("repeats"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    _one_of("state", "new matched queued dealt"),
    sa.Index("inbound_new", "place", postgresql_where=sa.text("state = 'new'")),
    sa.Index("inbound_queued", "scheme_id", "place", postgresql_where=sa.text("state = 'queued'")),
    sa.Index("inbound_number", "scheme_id", "number"),
    sa.Index("inbound_person", "scheme_id", "person_id"),
)
"""Texts that came in. The words are in `texts` under ``inbound:<id>``; erasing a person erases both."""

counters = sa.Table(
    "counters",
    metadata,
    _key("scheme_id"),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("last", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("scheme_id", "year"),
)
"""The last case number given out in each year."""

endpoints = sa.Table(
    "endpoints",
    metadata,
    _key("scheme_id"),
    _key("name"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.text("true")),
    _text("disabled", ""),
    sa.PrimaryKeyConstraint("scheme_id", "name"),
)
"""Receivers of webhooks by name; address and secrets stay in the configuration. `active`: the file names it.

`disabled` says why nothing is posted to it (it answered 410 Gone); its feeds fill up meanwhile.
"""

feeds = sa.Table(
    "feeds",
    metadata,
    _key("scheme_id"),
    _key("endpoint"),
    _key("stream_id"),
    _count("sent_seq"),
    _count("last_seq"),
    _moment("due_at", null=True),
    _key("lease_by", null=True),
    _count("attempts"),
    _moment("first_failed_at", null=True),
    sa.Column("parked", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _text("reason", ""),
    sa.PrimaryKeyConstraint("scheme_id", "endpoint", "stream_id"),
    sa.ForeignKeyConstraint(["scheme_id", "endpoint"], ["endpoints.scheme_id", "endpoints.name"]),
    _of_stream(),
    sa.Index("feeds_due", "scheme_id", "endpoint", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
    sa.Index("feeds_parked", "scheme_id", "endpoint", postgresql_where=sa.text("parked")),
    postgresql_with={"fillfactor": "85", **BUSY},
)
"""How far each case's facts have gone to each receiver: (sent_seq, last_seq] waits. All instants are machine time.

`due_at` is null when nothing waits, or it is parked; a lease moves it to its own end. `last_seq` is written by whoever
writes the facts, in the same transaction, so that no order of commits can hide one.
"""

accounts = sa.Table(
    "accounts",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _text("login"),
    _text("name"),
    _text("part"),
    sa.Column("person", _id(), nullable=False, server_default=sa.text("''")),
    _text("secret", ""),
    sa.Column("subject", sa.Text, nullable=True),
    sa.Column("change", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _moment("added_at"),
    _moment("seen_at", null=True),
    _text("totp", ""),
    sa.Column("totp_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.UniqueConstraint("login", name="login"),
    sa.UniqueConstraint("subject", name="subject"),
    _one_of("part", "officer navigator supervisor manager provider participant administrator auditor"),
)
"""Who may sign in (engine/access.py). A login leads to one scheme, so it is unique over all of them."""

sessions = sa.Table(
    "sessions",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("account_id"),
    _key("digest"),
    _text("agent", ""),
    _moment("started_at"),
    _moment("seen_at"),
    _moment("strong_at", null=True),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.UniqueConstraint("digest", name="digest"),
    sa.ForeignKeyConstraint(["scheme_id", "account_id"], ["accounts.scheme_id", "accounts.id"]),
    sa.Index("sessions_of_account", "scheme_id", "account_id"),
)
"""Who is signed in. `digest` is the token's SHA-256: whoever reads this table cannot come in with it."""

drafts = sa.Table(
    "drafts",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("account_id"),
    _text("key"),
    sa.Column("answers", JSONB, nullable=False),
    _moment("begun_at"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.ForeignKeyConstraint(["scheme_id", "account_id"], ["accounts.scheme_id", "accounts.id"]),
    sa.Index("drafts_of_account", "scheme_id", "account_id"),
    sa.Index("drafts_begun", "begun_at"),
)
"""Referrals that are being written (engine/access.py): who is meant stands in `answers`, for a day at most."""

clients = sa.Table(
    "clients",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _text("name"),
    _key("digest"),
    sa.Column("scopes", ARRAY(sa.Text), nullable=False),
    sa.Column("speaks_for", ARRAY(sa.Text), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.text("false")),
    _moment("added_at"),
    _moment("seen_at", null=True),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.UniqueConstraint("digest", name="digest"),
    sa.Index("clients_active", "scheme_id", "name", unique=True, postgresql_where=sa.text("NOT disabled")),
)
"""Other systems that use the API (engine/access.py). Whoever reads this table cannot come in with it."""

reading_log = sa.Table(
    "reading_log",
    metadata,
    _key("scheme_id"),
    _number(),
    _moment("at"),
    _key("account_id"),
    _text("part"),
    _key("person"),
    sa.Column("stream_id", _id(), nullable=False, server_default=sa.text("''")),
    _text("what"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.Index("reading_log_of_stream", "scheme_id", "stream_id", "id"),
)
"""Who read whose record, when. Without foreign keys: it outlives what it speaks of. A trigger refuses every change."""

links = sa.Table(
    "links",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _text("purpose"),
    _key("stream_id"),
    _key("person"),
    _key("digest"),
    _moment("made_at"),
    _moment("expires_at"),
    sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.text("false")),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.UniqueConstraint("digest", name="digest"),
    _of_stream(),
    _one_of("purpose", "return appointments"),
    sa.Index("links_of_stream", "scheme_id", "stream_id"),
)
"""Links that bring somebody without an account to one page (engine/links.py). Whoever reads this table cannot use them."""


def _of_link() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["scheme_id", "link_id"], ["links.scheme_id", "links.id"])


link_codes = sa.Table(
    "link_codes",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("link_id"),
    _key("browser"),
    _text("sealed", ""),
    _count("tries"),
    _moment("asked_at"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    _of_link(),
    sa.Index("link_codes_of_browser", "browser", "asked_at"),
    sa.Index("link_codes_of_link", "scheme_id", "link_id"),
)
"""Codes that were asked for: by which browser (a digest), and what the codes were (slow to find out), "" until one is drawn."""

guests = sa.Table(
    "guests",
    metadata,
    _key("scheme_id"),
    _key("id"),
    _key("link_id"),
    _key("digest"),
    _text("agent", ""),
    _moment("started_at"),
    _moment("seen_at"),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
    sa.UniqueConstraint("digest", name="digest"),
    _of_link(),
    sa.Index("guests_of_link", "scheme_id", "link_id"),
)
"""Who is in by a link, as `sessions` has who is signed in."""

pins = sa.Table(
    "pins",
    metadata,
    _key("scheme_id"),
    _key("stream_id"),
    _text("secret"),
    _count("wrong"),
    _key("made_by"),
    _moment("made_at"),
    sa.PrimaryKeyConstraint("scheme_id", "stream_id"),
    _of_stream(),
)
"""The PIN that a navigator gave a participant in person: its Argon2 hash, which account made it, and wrong tries since."""

return_drafts = sa.Table(
    "return_drafts",
    metadata,
    _key("scheme_id"),
    _key("stream_id"),
    sa.Column("body", JSONB, nullable=False),
    _moment("kept_at"),
    sa.PrimaryKeyConstraint("scheme_id", "stream_id"),
    _of_stream(),
)
"""What a provider has filled in and not sent. It is thrown away when the return is sent, and after sixty days."""

surveys = sa.Table(
    "surveys",
    metadata,
    _key("scheme_id"),
    _number(),
    _text("period"),
    sa.Column("answers", JSONB, nullable=False),
    sa.PrimaryKeyConstraint("scheme_id", "id"),
)
"""What participants answered at the end. No case, no person, no instant: only the month ("2022-05")."""
