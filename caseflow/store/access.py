"""Accounts, sessions and the reading log. Their instants are real time, in a virtual database, too."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from caseflow.engine.access import DRAFTS_LAST, Account, Client, Draft, ReadingLine, ReadingNote, Session
from caseflow.store.arrays import Rows
from caseflow.store.links import PostgresLinks

ACCOUNT = (
    "a.id, a.scheme_id, a.login, a.name, a.part, a.person, a.secret, a.subject, a.change, a.disabled, a.seen_at, a.totp"
)
ADD = sa.text("""
    INSERT INTO accounts (scheme_id, id, login, name, part, person, secret, subject, change, totp, added_at)
    VALUES (:scheme, :id, :login, :name, :part, :person, :secret, nullif(:subject, ''), :change, :totp, clock_timestamp())""")
LIST = sa.text(f"SELECT {ACCOUNT} FROM accounts a WHERE a.scheme_id = :scheme ORDER BY a.login")
BY_LOGIN = sa.text(f"SELECT {ACCOUNT} FROM accounts a WHERE a.login = :key")
BY_SUBJECT = sa.text(f"SELECT {ACCOUNT} FROM accounts a WHERE a.subject = :key")
SET_SECRET = sa.text(
    "UPDATE accounts SET secret = :secret, change = :change WHERE scheme_id = :scheme AND id = :account"
)
SET_KEY = sa.text("UPDATE accounts SET totp = :totp, totp_step = 0 WHERE scheme_id = :scheme AND id = :account")
USE_CODE = sa.text(
    "UPDATE accounts SET totp_step = :step WHERE scheme_id = :scheme AND id = :account AND totp_step < :step"
)
STRENGTHEN = sa.text("UPDATE sessions SET strong_at = clock_timestamp() WHERE scheme_id = :scheme AND id = :session")
DISABLE = sa.text("UPDATE accounts SET disabled = true WHERE scheme_id = :scheme AND id = :account")

OLD_DRAFTS = sa.text("DELETE FROM drafts WHERE begun_at <= clock_timestamp() - CAST(:last AS interval)")
KEEP_DRAFT = sa.text("""
    INSERT INTO drafts AS d (scheme_id, id, account_id, key, answers, begun_at)
    VALUES (:scheme, :id, :account, :key, CAST(:answers AS jsonb), clock_timestamp())
        ON CONFLICT (scheme_id, id) DO UPDATE SET answers = excluded.answers WHERE d.account_id = excluded.account_id""")
DRAFTS = sa.text("""
    SELECT id, scheme_id, account_id, key, CAST(answers AS text) AS answers, begun_at FROM drafts
     WHERE scheme_id = :scheme AND account_id = :account AND (CAST(:id AS text) IS NULL OR id = :id)
       AND begun_at > clock_timestamp() - CAST(:last AS interval)
     ORDER BY begun_at DESC, id DESC""")
DROP_DRAFT = sa.text("DELETE FROM drafts WHERE scheme_id = :scheme AND account_id = :account AND id = :id")

BEGIN = [
    sa.text("DELETE FROM sessions WHERE started_at < clock_timestamp() - CAST(:keep AS interval)"),
    sa.text("""
        INSERT INTO sessions (scheme_id, id, account_id, digest, agent, started_at, seen_at, strong_at)
        VALUES (:scheme, :id, :account, :digest, :agent, clock_timestamp(), clock_timestamp(),
                CASE WHEN :strong THEN clock_timestamp() END)"""),
    sa.text("UPDATE accounts SET seen_at = clock_timestamp() WHERE scheme_id = :scheme AND id = :account"),
]
SESSION = "s.id, s.scheme_id, s.account_id, s.started_at, s.seen_at, s.agent"
LIVE = """s.started_at > clock_timestamp() - CAST(:longest AS interval)
      AND s.seen_at > clock_timestamp() - CAST(:idle AS interval)"""
COME = sa.text(f"""
    SELECT {SESSION}, {ACCOUNT.replace("a.id", "a.id AS who", 1).replace("a.seen_at", "a.seen_at AS last")},
           s.seen_at < clock_timestamp() - interval '1 minute' AS stale,
           coalesce(s.strong_at > clock_timestamp() - CAST(:recent AS interval), false) AS strong
      FROM sessions s JOIN accounts a ON a.scheme_id = s.scheme_id AND a.id = s.account_id AND NOT a.disabled
     WHERE s.digest = :digest AND {LIVE}""")
TOUCH = sa.text("UPDATE sessions SET seen_at = clock_timestamp() WHERE digest = :digest")
SESSIONS = sa.text(f"""
    SELECT {SESSION} FROM sessions s WHERE s.scheme_id = :scheme AND s.account_id = :account AND {LIVE}
     ORDER BY s.started_at DESC, s.id DESC""")
END = sa.text("""
    DELETE FROM sessions WHERE scheme_id = :scheme AND account_id = :account
       AND (CAST(:ids AS text[]) IS NULL OR id = ANY(CAST(:ids AS text[])))""")

CLIENT = "id, scheme_id, name, digest, scopes, speaks_for, disabled, seen_at"
ADD_CLIENT = sa.text("""
    INSERT INTO clients (scheme_id, id, name, digest, scopes, speaks_for, added_at)
    VALUES (:scheme, :id, :name, :digest, CAST(:scopes AS text[]), CAST(:speaks_for AS text[]), clock_timestamp())""")
CLIENTS = sa.text(f"SELECT {CLIENT} FROM clients WHERE scheme_id = :scheme ORDER BY name, added_at, id")
COMES = sa.text(f"""
    SELECT {CLIENT}, seen_at IS NULL OR seen_at < clock_timestamp() - interval '1 minute' AS stale
      FROM clients WHERE digest = :digest AND NOT disabled""")
SEEN = sa.text("UPDATE clients SET seen_at = clock_timestamp() WHERE scheme_id = :scheme AND id = :id")
DISABLE_CLIENT = sa.text(
    "UPDATE clients SET disabled = true WHERE scheme_id = :scheme AND name = :name AND NOT disabled"
)

_note = Rows(scheme="text", account="text", part="text", person="text", what="text", stream="text")
NOTE = sa.text(f"""
    INSERT INTO reading_log (scheme_id, account_id, part, person, what, stream_id, at)
    SELECT scheme, account, part, person, what, stream, clock_timestamp() FROM {_note.source}""")
LOG = sa.text("""
    SELECT l.id, l.at, l.account_id, coalesce(a.name, c.name, '') AS name, l.part, l.person, l.stream_id,
           coalesce(s.ref, '') AS ref, l.what
      FROM reading_log l
      LEFT JOIN accounts a ON a.scheme_id = l.scheme_id AND a.id = l.account_id
      LEFT JOIN clients c ON c.scheme_id = l.scheme_id AND c.id = l.account_id
      LEFT JOIN streams s ON s.scheme_id = l.scheme_id AND s.id = l.stream_id
     WHERE l.scheme_id = :scheme AND (:stream = '' OR l.stream_id = :stream)
       AND (CAST(:before AS bigint) = 0 OR l.id < CAST(:before AS bigint))
     ORDER BY l.id DESC LIMIT :limit""")


class PostgresAccess(PostgresLinks):
    """The part of a unit that knows who comes in: with an account (engine.access.AccessUnit) or by a link."""

    __slots__ = ()
    connection: sa.Connection

    def add_account(self, account: Account) -> None:
        self.connection.execute(ADD, {
            "scheme": account.scheme, "id": account.id, "login": account.login, "name": account.name,
            "part": account.part, "person": account.person, "secret": account.secret, "subject": account.subject,
            "change": account.change, "totp": account.totp,
        })  # fmt: skip

    def accounts(self, scheme: str) -> list[Account]:
        return [_account(row) for row in self.connection.execute(LIST, {"scheme": scheme})]

    def account_of(self, login: str = "", subject: str = "") -> Account | None:
        if not login and not subject:
            return None
        statement, key = (BY_LOGIN, login.casefold()) if login else (BY_SUBJECT, subject)
        row = self.connection.execute(statement, {"key": key}).one_or_none()
        return _account(row) if row else None

    def set_secret(self, scheme: str, account: str, secret: str, *, change: bool) -> None:
        values = {"scheme": scheme, "account": account, "secret": secret, "change": change}
        self.connection.execute(SET_SECRET, values)
        self.end_sessions(scheme, account)

    def set_key(self, scheme: str, account: str, totp: str) -> None:
        self.connection.execute(SET_KEY, {"scheme": scheme, "account": account, "totp": totp})

    def use_code(self, scheme: str, account: str, step: int) -> bool:
        return self.connection.execute(USE_CODE, {"scheme": scheme, "account": account, "step": step}).rowcount > 0

    def strengthen(self, scheme: str, session: str) -> None:
        self.connection.execute(STRENGTHEN, {"scheme": scheme, "session": session})

    def disable_account(self, scheme: str, account: str) -> None:
        self.connection.execute(DISABLE, {"scheme": scheme, "account": account})
        self.end_sessions(scheme, account)

    def begin_session(self, session: Session, digest: str, keep: timedelta) -> None:
        values = {
            "scheme": session.scheme, "id": session.id, "account": session.account, "digest": digest,
            "agent": session.agent, "keep": keep, "strong": session.strong,
        }  # fmt: skip
        for statement in BEGIN:
            self.connection.execute(statement, values)
        self.connection.execute(OLD_DRAFTS, {"last": DRAFTS_LAST})

    def session(
        self, digest: str, idle: timedelta, longest: timedelta, recent: timedelta = timedelta(0)
    ) -> tuple[Session, Account] | None:
        values = {"digest": digest, "idle": idle, "longest": longest, "recent": recent}
        row = self.connection.execute(COME, values).one_or_none()
        if row is None:
            return None
        if row.stale:
            self.connection.execute(TOUCH, {"digest": digest})
        return replace(_session(row), strong=row.strong), Account(
            row.who, row.scheme_id, row.login, row.name, row.part, row.person, row.secret, row.subject or "",
            row.change, row.disabled, row.last, row.totp,
        )  # fmt: skip

    def sessions(self, scheme: str, account: str, idle: timedelta, longest: timedelta) -> list[Session]:
        values = {"scheme": scheme, "account": account, "idle": idle, "longest": longest}
        return [_session(row) for row in self.connection.execute(SESSIONS, values)]

    def end_sessions(self, scheme: str, account: str, ids: Sequence[str] | None = None) -> int:
        values = {"scheme": scheme, "account": account, "ids": None if ids is None else list(ids)}
        return self.connection.execute(END, values).rowcount

    def keep_draft(self, draft: Draft) -> None:
        self.connection.execute(OLD_DRAFTS, {"last": DRAFTS_LAST})
        self.connection.execute(KEEP_DRAFT, {
            "scheme": draft.scheme, "id": draft.id, "account": draft.account, "key": draft.key,
            "answers": msgspec.json.encode(dict(draft.answers)).decode(),
        })  # fmt: skip

    def draft(self, scheme: str, account: str, draft: str) -> Draft | None:
        found = self._drafts(scheme, account, draft)
        return found[0] if found else None

    def drafts(self, scheme: str, account: str) -> list[Draft]:
        return self._drafts(scheme, account, None)

    def _drafts(self, scheme: str, account: str, draft: str | None) -> list[Draft]:
        values = {"scheme": scheme, "account": account, "id": draft, "last": DRAFTS_LAST}
        return [
            Draft(row.id, row.scheme_id, row.account_id, row.key, msgspec.json.decode(row.answers), row.begun_at)
            for row in self.connection.execute(DRAFTS, values)
        ]

    def drop_draft(self, scheme: str, account: str, draft: str) -> None:
        self.connection.execute(DROP_DRAFT, {"scheme": scheme, "account": account, "id": draft})

    def add_client(self, client: Client) -> None:
        self.connection.execute(ADD_CLIENT, {
            "scheme": client.scheme, "id": client.id, "name": client.name, "digest": client.digest,
            "scopes": list(client.scopes), "speaks_for": list(client.speaks_for),
        })  # fmt: skip

    def clients(self, scheme: str) -> list[Client]:
        return [_client(row) for row in self.connection.execute(CLIENTS, {"scheme": scheme})]

    def client_of(self, digest: str) -> Client | None:
        row = self.connection.execute(COMES, {"digest": digest}).one_or_none()
        if row is None:
            return None
        if row.stale:
            self.connection.execute(SEEN, {"scheme": row.scheme_id, "id": row.id})
        return _client(row)

    def disable_client(self, scheme: str, name: str) -> bool:
        return self.connection.execute(DISABLE_CLIENT, {"scheme": scheme, "name": name}).rowcount > 0

    def note_readings(self, notes: Sequence[ReadingNote]) -> None:
        if notes:
            self.connection.execute(NOTE, _note.bind([astuple(one) for one in notes]))

    def readings_log(self, scheme: str, *, stream: str = "", before: str = "", limit: int = 50) -> list[ReadingLine]:
        values = {"scheme": scheme, "stream": stream, "before": int(before or 0), "limit": limit}
        return [
            ReadingLine(
                str(row.id), row.at, row.account_id, row.name, row.part, row.person, row.stream_id, row.ref, row.what
            )
            for row in self.connection.execute(LOG, values)
        ]


def _account(row: Any) -> Account:
    return Account(
        row.id, row.scheme_id, row.login, row.name, row.part, row.person, row.secret, row.subject or "", row.change,
        row.disabled, row.seen_at, row.totp,
    )  # fmt: skip


def _session(row: Any) -> Session:
    return Session(row.id, row.scheme_id, row.account_id, row.started_at, row.seen_at, row.agent)


def _client(row: Any) -> Client:
    return Client(
        row.id, row.scheme_id, row.name, row.digest, tuple(row.scopes), tuple(row.speaks_for), row.disabled, row.seen_at
    )
