"""Links, codes, PINs, and who is in by them. Their instants are real time, in a virtual database, too."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from caseflow.engine.access import Session
from caseflow.engine.links import CodeAsk, Link, Pin

LINK = "l.id, l.scheme_id, l.purpose, l.stream_id, l.person"
LIVE = "(NOT l.ended AND l.expires_at > clock_timestamp())"
ADD = sa.text("""
    INSERT INTO links (scheme_id, id, purpose, stream_id, person, digest, made_at, expires_at)
    VALUES (:scheme, :id, :purpose, :stream, :person, :digest, clock_timestamp(),
            clock_timestamp() + CAST(:lasts AS interval))""")
FIND = sa.text(f"SELECT {LINK}, {LIVE} AS live FROM links l WHERE l.digest = :digest")
END = sa.text("UPDATE links SET ended = true WHERE scheme_id = :scheme AND stream_id = :stream AND NOT ended")
OUT = sa.text("""
    DELETE FROM guests g USING links l
     WHERE g.scheme_id = :scheme AND l.scheme_id = g.scheme_id AND l.id = g.link_id AND l.stream_id = :stream""")

LOCK = sa.text("SELECT 1 FROM links WHERE scheme_id = :scheme AND id = :link FOR UPDATE")
ASK = sa.text("""
    INSERT INTO link_codes (scheme_id, id, link_id, browser, asked_at)
    SELECT :scheme, :id, :link, :browser, clock_timestamp()
     WHERE (SELECT count(*) FROM link_codes
             WHERE scheme_id = :scheme AND link_id = :link
               AND asked_at > clock_timestamp() - CAST(:within AS interval)) < :most""")
SEAL = sa.text("UPDATE link_codes SET sealed = trim(sealed || ' ' || :sealed) WHERE scheme_id = :scheme AND id = :ask")
WAITING = sa.text(f"""
    SELECT c.id AS ask, {LINK}, {LIVE} AS live
      FROM link_codes c JOIN links l ON l.scheme_id = c.scheme_id AND l.id = c.link_id
     WHERE c.browser = :browser AND c.asked_at > clock_timestamp() - CAST(:lasts AS interval)
     ORDER BY c.asked_at DESC LIMIT 1""")
TRY = sa.text("""
    UPDATE link_codes SET tries = tries + 1
     WHERE scheme_id = :scheme AND id = :ask AND sealed <> '' AND tries < :most
       AND asked_at > clock_timestamp() - CAST(:lasts AS interval)
    RETURNING sealed""")
USED = sa.text("UPDATE link_codes SET sealed = '' WHERE scheme_id = :scheme AND id = :ask")

COME = [
    sa.text("DELETE FROM guests WHERE started_at < clock_timestamp() - CAST(:keep AS interval)"),
    sa.text("""
        INSERT INTO guests (scheme_id, id, link_id, digest, agent, started_at, seen_at)
        VALUES (:scheme, :id, :link, :digest, :agent, clock_timestamp(), clock_timestamp())"""),
]
GUEST = sa.text(f"""
    SELECT g.id AS guest, g.agent, g.started_at, g.seen_at, {LINK},
           g.seen_at < clock_timestamp() - interval '1 minute' AS stale
      FROM guests g JOIN links l ON l.scheme_id = g.scheme_id AND l.id = g.link_id AND NOT l.ended
     WHERE g.digest = :digest AND g.started_at > clock_timestamp() - CAST(:longest AS interval)
       AND g.seen_at > clock_timestamp() - CAST(:idle AS interval)""")
TOUCH = sa.text("UPDATE guests SET seen_at = clock_timestamp() WHERE digest = :digest")
GO = sa.text("DELETE FROM guests WHERE scheme_id = :scheme AND id = :session")

SET_PIN = sa.text("""
    INSERT INTO pins (scheme_id, stream_id, secret, made_by, made_at)
    VALUES (:scheme, :stream, :secret, :by, clock_timestamp())
        ON CONFLICT (scheme_id, stream_id) DO UPDATE
       SET secret = excluded.secret, made_by = excluded.made_by, made_at = excluded.made_at, wrong = 0""")
PIN = sa.text("SELECT secret, wrong FROM pins WHERE scheme_id = :scheme AND stream_id = :stream")
TRY_PIN = sa.text("""
    UPDATE pins SET wrong = wrong + 1 WHERE scheme_id = :scheme AND stream_id = :stream AND wrong < :most
    RETURNING secret""")
RIGHT_PIN = sa.text("UPDATE pins SET wrong = 0 WHERE scheme_id = :scheme AND stream_id = :stream")

KEEP = [
    sa.text("DELETE FROM return_drafts WHERE kept_at < clock_timestamp() - interval '60 days'"),
    sa.text("""
        INSERT INTO return_drafts (scheme_id, stream_id, body, kept_at)
        VALUES (:scheme, :stream, CAST(:body AS jsonb), clock_timestamp())
            ON CONFLICT (scheme_id, stream_id) DO UPDATE SET body = excluded.body, kept_at = excluded.kept_at"""),
]
THROW = sa.text("DELETE FROM return_drafts WHERE scheme_id = :scheme AND stream_id = :stream")
DRAFT = sa.text("SELECT body::text, kept_at FROM return_drafts WHERE scheme_id = :scheme AND stream_id = :stream")
SURVEY = sa.text("INSERT INTO surveys (scheme_id, period, answers) VALUES (:scheme, :period, CAST(:answers AS jsonb))")

# Who is in by a link or has a code of it holds it; after these times nobody does any more.
TIDY_CODES = sa.text("DELETE FROM link_codes WHERE asked_at < clock_timestamp() - CAST(:codes AS interval)")
TIDY_GUESTS = sa.text("""
    DELETE FROM guests g USING links l
     WHERE l.scheme_id = g.scheme_id AND l.id = g.link_id AND l.expires_at < clock_timestamp() - CAST(:links AS interval)
       AND g.seen_at < clock_timestamp() - CAST(:codes AS interval)""")
TIDY_LINKS = sa.text("""
    DELETE FROM links l USING (
        SELECT o.scheme_id, o.id FROM links o
         WHERE o.expires_at < clock_timestamp() - CAST(:links AS interval)
           AND NOT EXISTS (SELECT FROM link_codes c WHERE c.scheme_id = o.scheme_id AND c.link_id = o.id)
           AND NOT EXISTS (SELECT FROM guests g WHERE g.scheme_id = o.scheme_id AND g.link_id = o.id)
         LIMIT :most FOR UPDATE SKIP LOCKED) old
     WHERE l.scheme_id = old.scheme_id AND l.id = old.id""")


class PostgresLinks:
    """The part of a unit that knows who comes without an account (engine.links.LinkUnit)."""

    __slots__ = ()
    connection: sa.Connection

    # ── links ──
    def add_links(self, links: Sequence[tuple[Link, str]], lasts: timedelta) -> None:
        for one, digest in links:
            self.connection.execute(ADD, {
                "scheme": one.scheme, "id": one.id, "purpose": one.purpose, "stream": one.stream, "person": one.person,
                "digest": digest, "lasts": lasts,
            })  # fmt: skip

    def link(self, digest: str) -> Link | None:
        row = self.connection.execute(FIND, {"digest": digest}).one_or_none()
        return None if row is None else _link(row, live=row.live)

    def tidy_links(self, codes_kept: timedelta, links_kept: timedelta, most: int) -> int:
        times = {"codes": codes_kept, "links": links_kept}
        codes = self.connection.execute(TIDY_CODES, times).rowcount
        self.connection.execute(TIDY_GUESTS, times)
        return codes + self.connection.execute(TIDY_LINKS, {**times, "most": most}).rowcount

    def end_links(self, scheme: str, stream: str) -> None:
        for statement in (END, OUT):
            self.connection.execute(statement, {"scheme": scheme, "stream": stream})

    # ── codes ──
    def ask_code(self, ask: CodeAsk, browser: str, most: int, within: timedelta) -> bool:
        values = {"scheme": ask.scheme, "id": ask.id, "link": ask.link, "browser": browser}
        self.connection.execute(LOCK, {"scheme": ask.scheme, "link": ask.link})  # two at once are counted both
        return self.connection.execute(ASK, {**values, "most": most, "within": within}).rowcount > 0

    def set_code(self, scheme: str, ask: str, sealed: str) -> None:
        self.connection.execute(SEAL, {"scheme": scheme, "ask": ask, "sealed": sealed})

    def waiting_code(self, browser: str, lasts: timedelta) -> tuple[CodeAsk, Link] | None:
        row = self.connection.execute(WAITING, {"browser": browser, "lasts": lasts}).one_or_none()
        if row is None or not row.live:
            return None
        return CodeAsk(row.ask, row.scheme_id, row.id), _link(row)

    def try_code(self, scheme: str, ask: str, most: int, lasts: timedelta) -> str | None:
        values = {"scheme": scheme, "ask": ask, "most": most, "lasts": lasts}
        found: str | None = self.connection.execute(TRY, values).scalar()
        return found

    def use_link_code(self, scheme: str, ask: str) -> None:
        self.connection.execute(USED, {"scheme": scheme, "ask": ask})

    # ── who is in ──
    def begin_guest(self, session: Session, digest: str, keep: timedelta) -> None:
        values = {
            "scheme": session.scheme, "id": session.id, "link": session.account, "digest": digest,
            "agent": session.agent, "keep": keep,
        }  # fmt: skip
        for statement in COME:
            self.connection.execute(statement, values)

    def guest(self, digest: str, idle: timedelta, longest: timedelta) -> tuple[Session, Link] | None:
        values = {"digest": digest, "idle": idle, "longest": longest}
        row = self.connection.execute(GUEST, values).one_or_none()
        if row is None:
            return None
        if row.stale:
            self.connection.execute(TOUCH, {"digest": digest})
        return Session(row.guest, row.scheme_id, row.id, row.started_at, row.seen_at, row.agent), _link(row)

    def end_guest(self, scheme: str, session: str) -> None:
        self.connection.execute(GO, {"scheme": scheme, "session": session})

    # ── PINs ──
    def set_pin(self, scheme: str, stream: str, secret: str, by: str) -> None:
        self.connection.execute(SET_PIN, {"scheme": scheme, "stream": stream, "secret": secret, "by": by})
        self.connection.execute(OUT, {"scheme": scheme, "stream": stream})

    def pin(self, scheme: str, stream: str) -> Pin | None:
        row = self.connection.execute(PIN, {"scheme": scheme, "stream": stream}).one_or_none()
        return None if row is None else Pin(row.secret, row.wrong)

    def try_pin(self, scheme: str, stream: str, most: int) -> str | None:
        values = {"scheme": scheme, "stream": stream, "most": most}
        found: str | None = self.connection.execute(TRY_PIN, values).scalar()
        return found

    def right_pin(self, scheme: str, stream: str) -> None:
        self.connection.execute(RIGHT_PIN, {"scheme": scheme, "stream": stream})

    # ── what is filled in ──
    def keep_return_draft(self, scheme: str, stream: str, body: Mapping[str, Any] | None) -> None:
        values = {"scheme": scheme, "stream": stream}
        if body is None:
            self.connection.execute(THROW, values)
            return
        for statement in KEEP:
            self.connection.execute(statement, {**values, "body": msgspec.json.encode(dict(body)).decode()})

    def return_draft(self, scheme: str, stream: str) -> tuple[Mapping[str, Any], datetime] | None:
        row = self.connection.execute(DRAFT, {"scheme": scheme, "stream": stream}).one_or_none()
        return None if row is None else (msgspec.json.decode(row.body), row.kept_at)

    def add_survey(self, scheme: str, period: str, answers: Mapping[str, str]) -> None:
        written = msgspec.json.encode(dict(answers)).decode()
        self.connection.execute(SURVEY, {"scheme": scheme, "period": period, "answers": written})


def _link(row: Any, *, live: bool = True) -> Link:
    return Link(row.id, row.scheme_id, row.purpose, row.stream_id, row.person, live)
