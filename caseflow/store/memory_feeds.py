"""The memory store's feeds: how far each case's facts have gone to each receiver, as in `feeds`."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from caseflow.domain.case import Case
from caseflow.engine.ports import Change
from caseflow.engine.webhooks import Feed, FeedSettled
from caseflow.store.feeds import FeedLine, moved
from caseflow.store.memory_rows import EndpointRow, FeedRow, Tables

Key = tuple[str, str, str]
"""(scheme, endpoint, stream)"""


class MemoryFeeds:
    """The part of a memory unit that webhooks need."""

    tables: Tables
    _machine: float
    _paused: bool

    def sync_endpoints(self, endpoints: Sequence[tuple[str, str]]) -> None:
        for key in {*self.tables.endpoints, *endpoints}:
            row = self.tables.endpoints.get(key, EndpointRow())
            self.tables.endpoints[key] = replace(row, active=key in endpoints)

    def save_feeds(self, changes: Sequence[Change]) -> None:
        """Mark the feeds of cases to which something happened."""
        for scheme, stream, before, last in moved(changes):
            for owner, name in [key for key, row in self.tables.endpoints.items() if row.active]:
                if owner == scheme:
                    key = (scheme, name, stream)
                    row = self.tables.feeds.get(key, FeedRow(before, last, None))
                    due = row.due_at if row.due_at is not None else self._machine
                    self.tables.feeds[key] = replace(row, last_seq=last, due_at=None if row.parked else due)

    def lease_feeds(
        self, endpoints: Sequence[tuple[str, str]], limit: int, facts: int, worker: str, hold_for: timedelta
    ) -> list[Feed]:
        found: list[Feed] = []
        if self._paused:
            return found
        for scheme, name in sorted(set(endpoints)):
            endpoint = self.tables.endpoints.get((scheme, name))
            if endpoint is None or not endpoint.active or endpoint.disabled:
                continue
            mine = [(row.due_at, key) for key, row in self.tables.feeds.items() if key[:2] == (scheme, name)]
            due = [(at, key) for at, key in mine if at is not None and at <= self._machine]
            for _, key in sorted(due)[:limit]:
                row = self.tables.feeds[key]
                self.tables.feeds[key] = replace(row, lease_by=worker, due_at=self._machine + hold_for.total_seconds())
                found.append(self._feed(key, row, facts))
        return found

    def _feed(self, key: Key, row: FeedRow, facts: int) -> Feed:
        scheme, endpoint, stream = key
        case = self.tables.streams[scheme, stream].stream
        assert isinstance(case, Case)
        recorded = self.tables.events[scheme, stream][row.sent_seq : row.sent_seq + facts]
        failing = timedelta(seconds=self._machine - row.first_failed_at) if row.first_failed_at is not None else None
        return Feed(
            scheme, endpoint, stream, case.ref, case.disposal, case.policy_version, row.sent_seq, recorded,
            row.attempts, failing or timedelta(0),
        )  # fmt: skip

    def settle_feeds(self, worker: str, settled: Sequence[FeedSettled]) -> int:
        ours = 0
        for one in settled:
            key = (one.scheme, one.endpoint, one.stream)
            row = self.tables.feeds.get(key)
            if row is None or row.lease_by != worker:
                continue
            ours += 1
            waits = not one.parked and row.last_seq > one.sent_seq
            moved_on = one.sent_seq > row.sent_seq
            attempts, first = row.attempts, row.first_failed_at
            if one.tried and not one.reason:
                attempts, first = 0, None
            elif one.tried:
                attempts = 1 if moved_on else row.attempts + 1
                first = self._machine if moved_on or first is None else first
            self.tables.feeds[key] = replace(
                row,
                sent_seq=one.sent_seq,
                lease_by=None,
                parked=one.parked,
                due_at=self._machine + one.retry_in.total_seconds() if waits else None,
                reason=one.reason[:500] if one.tried else row.reason,
                attempts=attempts,
                first_failed_at=first,
            )
        return ours

    def disable_endpoint(self, scheme: str, name: str, reason: str) -> None:
        if (row := self.tables.endpoints.get((scheme, name))) is not None:
            self.tables.endpoints[scheme, name] = replace(row, disabled=reason)

    def enable_endpoint(self, scheme: str, name: str) -> int:
        self.disable_endpoint(scheme, name, "")
        waiting = [
            key
            for key, row in self.tables.feeds.items()
            if key[:2] == (scheme, name) and not row.parked and row.last_seq > row.sent_seq
        ]
        for key in waiting:
            row = self.tables.feeds[key]
            self.tables.feeds[key] = replace(row, due_at=self._machine, attempts=0, first_failed_at=None, lease_by=None)
        return len(waiting)

    def replay(
        self,
        scheme: str,
        *,
        endpoint: str | None = None,
        stream: str | None = None,
        parked: bool = False,
        since: datetime | None = None,
    ) -> int:
        found: dict[Key, FeedRow] = {}
        if parked:
            found = {
                key: row
                for key, row in self.tables.feeds.items()
                if row.parked and key[0] == scheme and endpoint in {None, key[1]} and stream in {None, key[2]}
            }
        else:
            for owner, name in [key for key, row in self.tables.endpoints.items() if row.active]:
                if owner == scheme and endpoint in {None, name}:
                    found |= self._from(scheme, name, stream, since)
        for key, row in found.items():
            self.tables.feeds[key] = FeedRow(row.sent_seq, row.last_seq, self._machine)
        return len(found)

    def _from(self, scheme: str, name: str, stream: str | None, since: datetime | None) -> dict[Key, FeedRow]:
        found = {}
        for (owner, one), facts in self.tables.events.items():
            case = self.tables.streams[owner, one].stream
            seqs = [fact.seq for fact in facts if since is None or fact.recorded_at >= since]
            if owner == scheme and stream in {None, one} and case.kind == "case" and seqs:
                known = self.tables.feeds.get((scheme, name, one))
                sent = min(seqs) - 1 if known is None else min(known.sent_seq, min(seqs) - 1)
                found[scheme, name, one] = FeedRow(sent, case.seq, None)
        return found

    def feeds(self, scheme: str) -> list[FeedLine]:
        """Every receiver of the scheme, and how its feeds stand; no real time here, so none is told."""
        lines = []
        for (owner, name), row in sorted(self.tables.endpoints.items()):
            if owner != scheme:
                continue
            mine = [feed for key, feed in self.tables.feeds.items() if key[:2] == (scheme, name)]
            lines.append(
                FeedLine(
                    name,
                    row.active,
                    row.disabled,
                    sum(feed.last_seq > feed.sent_seq for feed in mine),
                    sum(feed.first_failed_at is not None and not feed.parked for feed in mine),
                    sum(feed.parked for feed in mine),
                    None,
                    max((feed.reason for feed in mine), default=""),
                )
            )
        return lines
