"""The memory store's links, codes, PINs and guests. Their instants are machine time, shown as if since 1970."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from caseflow.engine.access import Session
from caseflow.engine.links import CodeAsk, Link, Pin
from caseflow.engine.ports import Conflict
from caseflow.store.memory_access import EPOCH, MINUTE
from caseflow.store.memory_rows import CodeRow, GuestRow, LinkRow, Tables

TWO_MONTHS = timedelta(days=60)


class MemoryLinks:
    """The part of a unit that knows who comes without an account (engine.links.LinkUnit)."""

    tables: Tables
    _machine: float

    # ── links ──
    def add_links(self, links: Sequence[tuple[Link, str]], lasts: timedelta) -> None:
        for one, digest in links:
            if self.link(digest) is not None:
                raise Conflict("Somebody else wrote first: a link.")
            self.tables.links[one.scheme, one.id] = LinkRow(one, digest, self._clock() + lasts)

    def link(self, digest: str) -> Link | None:
        return next((self._link(row) for row in self.tables.links.values() if row.digest == digest), None)

    def tidy_links(self, codes_kept: timedelta, links_kept: timedelta, most: int) -> int:
        now, tables = self._clock(), self.tables
        codes = [key for key, row in tables.link_codes.items() if row.asked_at < now - codes_kept]
        for key in codes:
            del tables.link_codes[key]
        over = {key for key, row in tables.links.items() if row.expires_at < now - links_kept}
        for key, guest in list(tables.guests.items()):
            if (guest.session.scheme, guest.session.account) in over and guest.session.seen_at < now - codes_kept:
                del tables.guests[key]
        held = {(one.ask.scheme, one.ask.link) for one in tables.link_codes.values()}
        held |= {(one.session.scheme, one.session.account) for one in tables.guests.values()}
        gone = sorted(over - held)[:most]
        for key in gone:
            del tables.links[key]
        return len(codes) + len(gone)

    def end_links(self, scheme: str, stream: str) -> None:
        for key, row in list(self.tables.links.items()):
            if (row.link.scheme, row.link.stream) == (scheme, stream):
                self.tables.links[key] = replace(row, ended=True)
        self._out(scheme, stream)

    # ── codes ──
    def ask_code(self, ask: CodeAsk, browser: str, most: int, within: timedelta) -> bool:
        since = self._clock() - within
        asked = [one for one in self.tables.link_codes.values() if one.ask.link == ask.link and one.asked_at > since]
        if len(asked) >= most:
            return False
        self.tables.link_codes[ask.scheme, ask.id] = CodeRow(ask, browser, self._clock())
        return True

    def set_code(self, scheme: str, ask: str, sealed: str) -> None:
        if row := self.tables.link_codes.get((scheme, ask)):
            self.tables.link_codes[scheme, ask] = replace(row, sealed=f"{row.sealed} {sealed}".strip())

    def waiting_code(self, browser: str, lasts: timedelta) -> tuple[CodeAsk, Link] | None:
        since = self._clock() - lasts
        mine = [one for one in self.tables.link_codes.values() if one.browser == browser and one.asked_at > since]
        if not mine:
            return None
        row = max(reversed(mine), key=lambda one: one.asked_at)
        link = self._link(self.tables.links[row.ask.scheme, row.ask.link])
        return (row.ask, link) if link.live else None

    def try_code(self, scheme: str, ask: str, most: int, lasts: timedelta) -> str | None:
        row = self.tables.link_codes.get((scheme, ask))
        if row is None or not row.sealed or row.tries >= most or row.asked_at <= self._clock() - lasts:
            return None
        self.tables.link_codes[scheme, ask] = replace(row, tries=row.tries + 1)
        return row.sealed

    def use_link_code(self, scheme: str, ask: str) -> None:
        if row := self.tables.link_codes.get((scheme, ask)):
            self.tables.link_codes[scheme, ask] = replace(row, sealed="")

    # ── who is in ──
    def begin_guest(self, session: Session, digest: str, keep: timedelta) -> None:
        now = self._clock()
        for key, row in list(self.tables.guests.items()):
            if row.session.started_at < now - keep:
                del self.tables.guests[key]
        begun = replace(session, started_at=now, seen_at=now)
        self.tables.guests[session.scheme, session.id] = GuestRow(begun, digest)

    def guest(self, digest: str, idle: timedelta, longest: timedelta) -> tuple[Session, Link] | None:
        now = self._clock()
        for key, row in self.tables.guests.items():
            session = row.session
            if row.digest != digest or session.started_at <= now - longest or session.seen_at <= now - idle:
                continue
            link = self.tables.links[session.scheme, session.account]
            if link.ended:
                return None
            if session.seen_at < now - MINUTE:
                self.tables.guests[key] = replace(row, session=replace(session, seen_at=now))
            return session, replace(link.link, live=True)
        return None

    def end_guest(self, scheme: str, session: str) -> None:
        if (scheme, session) in self.tables.guests:
            del self.tables.guests[scheme, session]

    def _out(self, scheme: str, stream: str) -> None:
        for key, row in list(self.tables.guests.items()):
            link = self.tables.links[row.session.scheme, row.session.account].link
            if (link.scheme, link.stream) == (scheme, stream):
                del self.tables.guests[key]

    # ── PINs ──
    def set_pin(self, scheme: str, stream: str, secret: str, by: str) -> None:
        del by
        self.tables.pins[scheme, stream] = Pin(secret, 0)
        self._out(scheme, stream)

    def pin(self, scheme: str, stream: str) -> Pin | None:
        return self.tables.pins.get((scheme, stream))

    def try_pin(self, scheme: str, stream: str, most: int) -> str | None:
        found = self.pin(scheme, stream)
        if found is None or found.wrong >= most:
            return None
        self.tables.pins[scheme, stream] = replace(found, wrong=found.wrong + 1)
        return found.secret

    def right_pin(self, scheme: str, stream: str) -> None:
        if found := self.pin(scheme, stream):
            self.tables.pins[scheme, stream] = replace(found, wrong=0)

    # ── what is filled in ──
    def keep_return_draft(self, scheme: str, stream: str, body: Mapping[str, Any] | None) -> None:
        key, now = (scheme, stream), self._clock()
        if body is None:
            if key in self.tables.return_drafts:
                del self.tables.return_drafts[key]
            return
        for old, (_, kept) in list(self.tables.return_drafts.items()):
            if kept < now - TWO_MONTHS:
                del self.tables.return_drafts[old]
        self.tables.return_drafts[key] = (dict(body), now)

    def return_draft(self, scheme: str, stream: str) -> tuple[Mapping[str, Any], datetime] | None:
        return self.tables.return_drafts.get((scheme, stream))

    def add_survey(self, scheme: str, period: str, answers: Mapping[str, str]) -> None:
        self.tables.surveys[len(self.tables.surveys) + 1] = (scheme, period, dict(answers))

    def _link(self, row: LinkRow) -> Link:
        return replace(row.link, live=not row.ended and row.expires_at > self._clock())

    def _clock(self) -> datetime:
        return EPOCH + timedelta(seconds=self._machine)
