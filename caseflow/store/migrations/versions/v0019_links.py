"""Links, codes, PINs and guests: who comes without an account; a provider's draft; answers to the survey."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"


def _key(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(collation="C"), nullable=False)


def _moment(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=False)


def _of(table: str, *columns: str, to: str) -> sa.ForeignKeyConstraint:
    there = [f"{to}.scheme_id", f"{to}.id"]
    return sa.ForeignKeyConstraint(list(columns), there, name=op.f(f"{table}_{to}_fk"))


def upgrade() -> None:
    """New tables only."""
    op.create_table(
        "links",
        _key("scheme_id"),
        _key("id"),
        sa.Column("purpose", sa.Text(), nullable=False),
        _key("stream_id"),
        _key("person"),
        _key("digest"),
        _moment("made_at"),
        _moment("expires_at"),
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("purpose IN ('return', 'appointments')", name=op.f("links_purpose_known")),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("links_pk")),
        sa.UniqueConstraint("digest", name=op.f("links_digest")),
        _of("links", "scheme_id", "stream_id", to="streams"),
    )
    op.create_index("links_of_stream", "links", ["scheme_id", "stream_id"])
    op.create_table(
        "link_codes",
        _key("scheme_id"),
        _key("id"),
        _key("link_id"),
        _key("browser"),
        sa.Column("sealed", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _moment("asked_at"),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("link_codes_pk")),
        _of("link_codes", "scheme_id", "link_id", to="links"),
    )
    op.create_index("link_codes_of_browser", "link_codes", ["browser", "asked_at"])
    op.create_index("link_codes_of_link", "link_codes", ["scheme_id", "link_id"])
    op.create_table(
        "guests",
        _key("scheme_id"),
        _key("id"),
        _key("link_id"),
        _key("digest"),
        sa.Column("agent", sa.Text(), server_default=sa.text("''"), nullable=False),
        _moment("started_at"),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("guests_pk")),
        sa.UniqueConstraint("digest", name=op.f("guests_digest")),
        _of("guests", "scheme_id", "link_id", to="links"),
    )
    op.create_index("guests_of_link", "guests", ["scheme_id", "link_id"])
    op.create_table(
        "pins",
        _key("scheme_id"),
        _key("stream_id"),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _key("made_by"),
        _moment("made_at"),
        sa.PrimaryKeyConstraint("scheme_id", "stream_id", name=op.f("pins_pk")),
        _of("pins", "scheme_id", "stream_id", to="streams"),
    )
    op.create_table(
        "return_drafts",
        _key("scheme_id"),
        _key("stream_id"),
        sa.Column("body", JSONB(), nullable=False),
        _moment("kept_at"),
        sa.PrimaryKeyConstraint("scheme_id", "stream_id", name=op.f("return_drafts_pk")),
        _of("return_drafts", "scheme_id", "stream_id", to="streams"),
    )
    op.create_table(
        "surveys",
        _key("scheme_id"),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "id", name=op.f("surveys_pk")),
    )
