"""The memory store's accounts, sessions and reading log. Their instants are machine time, shown as if since 1970."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from caseflow.engine.access import DRAFTS_LAST, Account, Client, Draft, ReadingLine, ReadingNote, Session
from caseflow.engine.ports import Conflict
from caseflow.store.memory_rows import SessionRow, Tables

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class MemoryAccess:
    """The part of a unit that knows who comes in (engine.access.AccessUnit)."""

    tables: Tables
    _machine: float

    def add_account(self, account: Account) -> None:
        for known in self.tables.accounts.values():
            if known.login == account.login or (account.subject and known.subject == account.subject):
                raise Conflict(f"Somebody else wrote first: {account.login}.")
        self.tables.accounts[account.scheme, account.id] = account

    def accounts(self, scheme: str) -> list[Account]:
        found = [one for one in self.tables.accounts.values() if one.scheme == scheme]
        return sorted(found, key=lambda one: one.login)

    def account_of(self, login: str = "", subject: str = "") -> Account | None:
        for one in self.tables.accounts.values():
            if (login and one.login == login.casefold()) or (not login and subject and one.subject == subject):
                return one
        return None

    def set_secret(self, scheme: str, account: str, secret: str, *, change: bool) -> None:
        if known := self.tables.accounts.get((scheme, account)):
            self.tables.accounts[scheme, account] = replace(known, secret=secret, change=change)
        self.end_sessions(scheme, account)

    def set_key(self, scheme: str, account: str, totp: str) -> None:
        if known := self.tables.accounts.get((scheme, account)):
            self.tables.accounts[scheme, account] = replace(known, totp=totp)
            self.tables.codes.pop((scheme, account), None)

    def use_code(self, scheme: str, account: str, step: int) -> bool:
        if (scheme, account) not in self.tables.accounts or self.tables.codes.get((scheme, account), 0) >= step:
            return False
        self.tables.codes[scheme, account] = step
        return True

    def strengthen(self, scheme: str, session: str) -> None:
        if row := self.tables.sessions.get((scheme, session)):
            self.tables.sessions[scheme, session] = replace(row, strong_at=self._real())

    def disable_account(self, scheme: str, account: str) -> None:
        if known := self.tables.accounts.get((scheme, account)):
            self.tables.accounts[scheme, account] = replace(known, disabled=True)
        self.end_sessions(scheme, account)

    def begin_session(self, session: Session, digest: str, keep: timedelta) -> None:
        now = self._real()
        for key, row in list(self.tables.sessions.items()):
            if row.session.started_at < now - keep:
                del self.tables.sessions[key]
        self._drop_old_drafts()
        begun = replace(session, started_at=now, seen_at=now, strong=False)
        self.tables.sessions[session.scheme, session.id] = SessionRow(begun, digest, now if session.strong else None)
        if known := self.tables.accounts.get((session.scheme, session.account)):
            self.tables.accounts[session.scheme, session.account] = replace(known, seen_at=now)

    def session(
        self, digest: str, idle: timedelta, longest: timedelta, recent: timedelta = timedelta(0)
    ) -> tuple[Session, Account] | None:
        for key, row in self.tables.sessions.items():
            if row.digest == digest and self._live(row.session, idle, longest):
                account = self.tables.accounts[row.session.scheme, row.session.account]
                if row.session.seen_at < self._real() - MINUTE:
                    self.tables.sessions[key] = replace(row, session=replace(row.session, seen_at=self._real()))
                strong = row.strong_at is not None and row.strong_at > self._real() - recent
                return None if account.disabled else (replace(row.session, strong=strong), account)
        return None

    def sessions(self, scheme: str, account: str, idle: timedelta, longest: timedelta) -> list[Session]:
        found = [
            row.session
            for row in self.tables.sessions.values()
            if (row.session.scheme, row.session.account) == (scheme, account) and self._live(row.session, idle, longest)
        ]
        return sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)

    def end_sessions(self, scheme: str, account: str, ids: Sequence[str] | None = None) -> int:
        gone = [
            key
            for key, row in self.tables.sessions.items()
            if key[0] == scheme and row.session.account == account and (ids is None or row.session.id in ids)
        ]
        for key in gone:
            del self.tables.sessions[key]
        return len(gone)

    def keep_draft(self, draft: Draft) -> None:
        self._drop_old_drafts()
        known = self.tables.drafts.get((draft.scheme, draft.id))
        if known is None:
            self.tables.drafts[draft.scheme, draft.id] = replace(draft, begun_at=self._real())
        elif known.account == draft.account:
            self.tables.drafts[draft.scheme, draft.id] = replace(known, answers=dict(draft.answers))

    def draft(self, scheme: str, account: str, draft: str) -> Draft | None:
        return next((one for one in self.drafts(scheme, account) if one.id == draft), None)

    def drafts(self, scheme: str, account: str) -> list[Draft]:
        found = [
            one
            for one in self.tables.drafts.values()
            if (one.scheme, one.account) == (scheme, account) and one.begun_at > self._real() - DRAFTS_LAST
        ]
        return sorted(found, key=lambda one: (one.begun_at, one.id), reverse=True)

    def drop_draft(self, scheme: str, account: str, draft: str) -> None:
        if (known := self.tables.drafts.get((scheme, draft))) and known.account == account:
            del self.tables.drafts[scheme, draft]

    def _drop_old_drafts(self) -> None:
        for key, one in list(self.tables.drafts.items()):
            if one.begun_at <= self._real() - DRAFTS_LAST:
                del self.tables.drafts[key]

    def add_client(self, client: Client) -> None:
        for known in self.tables.clients.values():
            named = (known.scheme, known.name) == (client.scheme, client.name) and not known.disabled
            if named or known.digest == client.digest:
                raise Conflict(f"Somebody else wrote first: {client.name}.")
        self.tables.clients[client.scheme, client.id] = client

    def clients(self, scheme: str) -> list[Client]:
        return sorted((one for one in self.tables.clients.values() if one.scheme == scheme), key=lambda one: one.name)

    def client_of(self, digest: str) -> Client | None:
        for key, known in self.tables.clients.items():
            if known.digest == digest and not known.disabled:
                if known.seen_at is None or known.seen_at < self._real() - MINUTE:
                    self.tables.clients[key] = replace(known, seen_at=self._real())
                return known
        return None

    def disable_client(self, scheme: str, name: str) -> bool:
        found = [
            (key, one)
            for key, one in self.tables.clients.items()
            if (one.scheme, one.name) == (scheme, name) and not one.disabled
        ]
        for key, one in found:
            self.tables.clients[key] = replace(one, disabled=True)
        return bool(found)

    def note_readings(self, notes: Sequence[ReadingNote]) -> None:
        for note in notes:
            self.tables.reading_log[len(self.tables.reading_log) + 1] = (note, self._real())

    def readings_log(self, scheme: str, *, stream: str = "", before: str = "", limit: int = 50) -> list[ReadingLine]:
        found = [
            self._line(number, note, at)
            for number, (note, at) in sorted(self.tables.reading_log.items(), reverse=True)
            if note.scheme == scheme and stream in {"", note.stream} and (not before or number < int(before))
        ]
        return found[:limit]

    def _line(self, number: int, note: ReadingNote, at: datetime) -> ReadingLine:
        key = (note.scheme, note.account)
        account = self.tables.accounts.get(key) or self.tables.clients.get(key)
        row = self.tables.streams.get((note.scheme, note.stream))
        return ReadingLine(
            str(number), at, note.account, account.name if account else "", note.part, note.person, note.stream,
            row.stream.ref if row else "", note.what,
        )  # fmt: skip

    def _live(self, session: Session, idle: timedelta, longest: timedelta) -> bool:
        now = self._real()
        return session.started_at > now - longest and session.seen_at > now - idle

    def _real(self) -> datetime:
        return EPOCH + timedelta(seconds=self._machine)
