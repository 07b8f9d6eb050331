"""The outbox half of a memory unit: notices, attempts, digests; leases in machine time, sending in scheme time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from caseflow.domain.case import Case, ProviderReturn
from caseflow.domain.commands import Asked
from caseflow.domain.effects import AddToDigest, CloseDigest, Reroute, Send, Void
from caseflow.domain.words import Channel
from caseflow.engine.ports import AT_LEAST_ONCE, Change, NoticeRow, Settled
from caseflow.store.delivery import BUDGET_DAYS, ENDS, LOST_CALL
from caseflow.store.memory_rows import Attempt, DigestItem, HomeRow, Notice, StreamKey, Tables
from caseflow.store.outbox import digest_send, key_of, lane_of


class MemoryOutbox:
    """What a unit does with notices (engine.ports.Unit, "delivery")."""

    def __init__(self, tables: Tables, at: datetime, machine: float, *, awake: bool = False) -> None:
        self.tables = tables
        self._now = at
        self._machine = machine
        home = tables.home.get(True) or HomeRow()
        self._paused, self._awake = home.pause is not None, awake
        self._restored_at = home.resumed_at if home.look_until > machine else None

    def now(self) -> datetime:
        return self._now

    def add_inbox(self, asked: Sequence[tuple[str, Asked]]) -> None:
        raise NotImplementedError

    # ── what a step writes ──
    def save_notices(self, changes: Sequence[Change]) -> None:
        """Void what is not wanted any more, then add notices, digest items and closed digests."""
        keyed = [((change.stream.scheme, change.stream.id), change) for change in changes]
        for key, change in keyed:
            for void in change.voids:
                self._void(key, void)
        for (scheme, _), change in keyed:
            for one in change.reroutes:
                self._reroute(scheme, one)
        for key, change in keyed:
            for send in change.sends:
                self._add(key, send)
        for key, change in keyed:
            for item in change.digest_items:
                self._add_item(key, item)
        for key, change in keyed:
            for close in change.digest_closes:
                self._close_digest(key, close)

    def _reroute(self, scheme: str, one: Reroute) -> None:
        number = self.tables.notice_keys.get((scheme, one.notice))
        row = self.tables.notices[number] if number is not None else None
        if row is None or not row.attempts or row.state not in {"sent", "calling", "leased", "ready"}:
            return
        if row.channel is not one.channel or one.channel in row.tried:
            return
        attempt = self.tables.attempts.get((row.id, row.attempts))
        if attempt is not None and attempt.state == "calling":
            self.tables.attempts[row.id, row.attempts] = replace(
                attempt, state="failed", detail=one.reason, ended_at=self._now
            )
        self.tables.notices[row.id] = replace(
            row, state="ready", tried=(*row.tried, one.channel), send_at=self._now, sent_at=None, reason=one.reason,
            lease_by=None, lease_until=0.0, retry_at=0.0,
        )  # fmt: skip

    def _void(self, key: StreamKey, void: Void) -> None:
        for number in self.tables.of_stream.get(key, ()):
            row = self.tables.notices[number]
            if void.covers(row.send) and row.state in {"ready", "leased"}:
                self.tables.notices[number] = replace(
                    row, state="void", reason=void.reason, lease_by=None, lease_until=0.0
                )

    def _add(self, key: StreamKey, send: Send) -> None:
        scheme, stream = key
        name = key_of(scheme, stream, send)
        known = self.tables.notice_keys.get((scheme, name))
        if known:
            row = self.tables.notices[known]
            self.tables.notices[known] = replace(row, repeats=row.repeats + 1)
            return
        number = len(self.tables.notices) + 1
        send_at = max(send.not_before or self._now, self._now)
        self.tables.notices[number] = Notice(
            number, scheme, stream, name, send, lane_of(send), send.channels[0], self._now, send_at
        )
        self.tables.notice_keys[scheme, name] = number
        self.tables.of_stream[key] = (*self.tables.of_stream.get(key, ()), number)

    def _add_item(self, key: StreamKey, item: AddToDigest) -> None:
        """The same line of the same moment is said once."""
        said = (*key, item.officer, item.period, item.ref, item.line, item.detail, item.at)
        if said not in self.tables.digest_said:
            number = self.tables.digest_said[said] = len(self.tables.digest_items) + 1
            self.tables.digest_items[number] = DigestItem(number, *said)

    def _close_digest(self, key: StreamKey, close: CloseDigest) -> None:
        send = digest_send(close)
        name = key_of(*key, send)
        waiting = [
            row
            for row in self.tables.digest_items.values()
            if (row.scheme, row.officer) == (key[0], close.officer) and row.notice_key is None
        ]
        if waiting and (key[0], name) not in self.tables.notice_keys:
            for row in waiting:
                self.tables.digest_items[row.id] = replace(row, notice_key=name)
            self._add(key, send)

    # ── delivery ──
    def lease(self, lane: str, limit: int, worker: str, hold_for: timedelta) -> list[NoticeRow]:
        if self._paused:
            return []
        ready = [row for row in self.tables.notices.values() if row.lane == lane and self._may_go(row)]
        if lane == "people":
            ready = self._in_turn(ready)
        leased = []
        for row in _shared(ready, limit):
            held = replace(
                row,
                state="leased",
                lost=row.lost + (row.state == "leased"),
                lease_by=worker,
                lease_until=self._machine + hold_for.total_seconds(),
                attempts=row.attempts + 1,
            )
            self.tables.notices[row.id] = held
            leased.append(self._notice_row(held))
        return leased

    def _may_go(self, row: Notice) -> bool:
        free = row.state == "ready" or (row.state == "leased" and row.lease_until <= self._machine)
        if not free or row.send_at > self._now or row.retry_at > self._machine:
            return False
        return not self._unsettled(row)

    def _in_turn(self, ready: Sequence[Notice]) -> list[Notice]:
        """Of each participant the oldest, and none while another is on its way."""
        wanted = {(row.scheme, row.send.recipient) for row in ready}
        first: dict[tuple[str, str], tuple[bool, datetime, str]] = {}
        for row in self.tables.notices.values():
            person = (row.scheme, row.send.recipient)
            if row.lane != "people" or person not in wanted or row.state not in {"ready", "leased", "calling"}:
                continue
            on_its_way = row.state == "calling" or (row.state == "leased" and row.lease_until > self._machine)
            if on_its_way or not self.tables.streams[row.scheme, row.stream].parked:
                place = (not on_its_way, row.send_at, row.key)
                first[person] = min(first.get(person, place), place)
        return [row for row in ready if first[row.scheme, row.send.recipient] == (True, row.send_at, row.key)]

    def _unsettled(self, row: Notice) -> bool:
        stream = self.tables.streams[row.scheme, row.stream]
        return stream.react_at is not None or stream.parked

    def _notice_row(self, row: Notice) -> NoticeRow:
        stream = self.tables.streams[row.scheme, row.stream].stream
        sent = self._sent_this_week(row) if row.lane == "people" else ()
        items = self._items(row)
        if not items and isinstance(stream, ProviderReturn):
            items = tuple(msgspec.to_builtins(one) for one in stream.participants.values() if not one.left)
        return NoticeRow(
            key=row.key,
            id=row.id,
            scheme=row.scheme,
            stream=row.stream,
            send=row.send,
            attempt=row.attempts,
            channel=row.channel,
            created_at=row.created_at,
            tried=row.tried,
            items=items,
            case_ref=stream.ref,
            sent_this_week=len(sent),
            sent_times=sent,
            contact=stream.contact if isinstance(stream, Case) else None,
            restored_at=self._restored_at,
            unclear=self._restored_at is not None
            or any(
                one.state == "unknown" and one.channel == row.channel
                for (number, _), one in self.tables.attempts.items()
                if number == row.id
            ),
            policy_version=stream.policy_version,
        )

    def _sent_this_week(self, row: Notice) -> tuple[datetime, ...]:
        since = self._now - BUDGET_DAYS
        return tuple(
            sorted(
                other.sent_at
                for other in self.tables.notices.values()
                if other.sent_at
                and other.sent_at > since
                and (other.scheme, other.lane, other.send.recipient) == (row.scheme, "people", row.send.recipient)
            )
        )

    def _items(self, row: Notice) -> tuple[Mapping[str, Any], ...]:
        if row.lane == "people":
            return ()
        mine = [
            item
            for item in self.tables.digest_items.values()
            if (item.scheme, item.notice_key) == (row.scheme, row.key)
        ]
        return tuple(
            {"stream": item.stream, "ref": item.ref, "line": item.line, "detail": item.detail, "at": item.at}
            for item in sorted(mine, key=lambda item: (item.at, item.id))
        )

    def calling(self, worker: str, rows: Sequence[NoticeRow]) -> set[int]:
        wanted: set[int] = set()
        for leased in rows:
            row = self.tables.notices[leased.id]
            if (row.lease_by, row.state, row.attempts) != (worker, "leased", leased.attempt):
                continue
            if self._paused or self._unsettled(row):
                back = replace(row, state="ready", lease_by=None, lease_until=0.0, attempts=row.attempts - 1)
                self.tables.notices[row.id] = back
                continue
            self.tables.notices[row.id] = replace(row, state="calling", channel=leased.channel)
            self.tables.attempts[row.id, row.attempts] = Attempt(
                row.id,
                row.scheme,
                row.attempts,
                leased.channel,
                leased.address,
                "calling",
                worker,
                calling_at=self._now,
            )
            wanted.add(row.id)
        return wanted

    def settle(self, worker: str, settled: Sequence[Settled]) -> int:
        mine = [one for one in settled if self._is_ours(worker, one)]
        tells = []
        for one in mine:
            row = self.tables.notices[one.id]
            self._settle(row, worker, one)
            if one.tell:
                tells.append((row.scheme, one.tell))
        self.add_inbox(tells)
        return len(mine)

    def _is_ours(self, worker: str, one: Settled) -> bool:
        row = self.tables.notices[one.id]
        return row.lease_by == worker and row.attempts == one.attempt and row.state in {"leased", "calling"}

    def _settle(self, row: Notice, worker: str, one: Settled) -> None:
        waits = one.again_at is not None or not one.counted
        goes_on = waits or one.retry_in is not None or one.next_channel is not None
        state = "ready" if goes_on else ENDS[one.result]
        if waits:
            if (row.id, one.attempt) in self.tables.attempts:
                del self.tables.attempts[row.id, one.attempt]
        else:
            known = self.tables.attempts.get((row.id, one.attempt))
            attempt = known or Attempt(row.id, row.scheme, one.attempt, row.channel, "", one.result, worker)
            self.tables.attempts[row.id, one.attempt] = replace(
                attempt, state=one.result, provider_ref=one.provider_ref, detail=one.detail, ended_at=self._now
            )
        self.tables.notices[row.id] = replace(
            row,
            state=state,
            reason=one.detail,
            lease_by=None,
            lease_until=0.0,
            send_at=one.again_at or row.send_at,
            retry_at=self._machine + one.retry_in.total_seconds() if one.retry_in else 0.0,
            sent_at=self._now if state == "sent" else None,
            tried=(*row.tried, row.channel) if one.next_channel else row.tried,
            channel=one.next_channel or row.channel,
            attempts=row.attempts - waits,
        )

    def recover(self, limit: int, look_after: Mapping[Channel, timedelta]) -> list[NoticeRow]:
        if self._paused:
            return []
        lost = [
            row for row in self.tables.notices.values() if row.state == "calling" and row.lease_until <= self._machine
        ]
        unclear = []
        for row in sorted(lost, key=lambda row: row.id)[:limit]:
            rest = look_after.get(row.channel)
            state = "ready" if rest is not None or row.send.kind in AT_LEAST_ONCE else "unknown"
            after = replace(
                row,
                state=state,
                retry_at=self._machine + rest.total_seconds() if rest is not None else 0.0,
                lost=row.lost + 1,
                reason=LOST_CALL,
                lease_by=None,
                lease_until=0.0,
            )
            self.tables.notices[row.id] = after
            attempt = self.tables.attempts[row.id, row.attempts]
            self.tables.attempts[row.id, row.attempts] = replace(
                attempt, state="unknown", detail=LOST_CALL, ended_at=self._now
            )
            if state == "unknown":
                unclear.append(replace(self._notice_row(after), address=attempt.address))
        return unclear

    # ── pausing ──
    def in_doubt(self, since: datetime, after: int, limit: int) -> list[NoticeRow]:
        waiting = [
            row
            for row in self.tables.notices.values()
            if self._paused
            and row.state in {"ready", "leased"}
            and row.id > after
            and (row.send_at <= self._now or row.created_at >= since)
        ]
        return [self._notice_row(row) for row in sorted(waiting, key=lambda row: row.id)[:limit]]

    def hold(self, rows: Sequence[NoticeRow], detail: str) -> None:
        for one in rows:
            row = self.tables.notices[one.id]
            self.tables.notices[row.id] = replace(
                row,
                state="unknown",
                channel=one.channel,
                attempts=one.attempt,
                reason=detail,
                lease_by=None,
                lease_until=0.0,
                retry_at=0.0,
            )
            self.tables.attempts[row.id, one.attempt] = Attempt(
                row.id, row.scheme, one.attempt, one.channel, one.address, "unknown", "", detail=detail,
                ended_at=self._now,
            )  # fmt: skip


def _shared(ready: Sequence[Notice], limit: int) -> list[Notice]:
    """The oldest first, of each scheme its share."""
    schemes = {row.scheme for row in ready}
    share = max(1, limit // len(schemes)) if schemes else 0
    oldest = sorted(ready, key=lambda row: (row.send_at, row.key))
    mine = [[row for row in oldest if row.scheme == scheme][:share] for scheme in sorted(schemes)]
    return sorted((row for some in mine for row in some), key=lambda row: (row.send_at, row.key))[:limit]
