"""Receipts in dictionaries, as `store/receipts.py` has them in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from caseflow.engine.ports import Arrived, Matched
from caseflow.store.memory_rows import Attempt, ReceiptRow, Tables


class MemoryReceipts:
    """The receipts of a unit."""

    tables: Tables
    _now: datetime

    def keep_receipts(self, arrived: Sequence[Arrived]) -> set[str]:
        new: set[str] = set()
        for one in {each.id: each for each in arrived}.values():
            known = self.tables.receipts.get(one.id)
            if known is None:
                new.add(one.id)
                self.tables.receipts[one.id] = ReceiptRow(one, len(self.tables.receipts) + 1)
            else:
                self.tables.receipts[one.id] = replace(known, repeats=known.repeats + 1)
        return new

    def match_receipts(self, limit: int, ids: Collection[str] | None) -> list[Matched]:
        waiting = (row for row in sorted(self._some(ids), key=lambda row: row.number) if row.state == "waiting")
        found = (self._matched(row.arrived) for row in waiting)
        return sorted(islice((one for one in found if one is not None), limit), key=lambda one: one.notice)

    def _matched(self, arrived: Arrived) -> Matched | None:
        numbers = (self.tables.notice_keys.get((scheme, arrived.ref)) for scheme in self._schemes())
        notice = next((self.tables.notices[number] for number in numbers if number is not None), None)
        if notice is None:
            return None
        tried = (self.tables.attempts.get((notice.id, number)) for number in range(1, notice.attempts + 1))
        attempts = [
            one for one in tried if one is not None and one.state in {"calling", "accepted", "unknown", "failed"}
        ]
        if not attempts:
            return None
        best = max(attempts, key=lambda one: (one.provider_ref == arrived.provider_ref, one.state != "failed", one.no))
        return Matched(
            arrived.id, notice.scheme, notice.stream, notice.id, notice.key, notice.send, best.no, best.channel,
            best.address, arrived.receipt, arrived.at,
        )  # fmt: skip

    def _some(self, ids: Collection[str] | None) -> list[ReceiptRow]:
        if ids is None:
            return list(self.tables.receipts.values())
        return [self.tables.receipts[one] for one in ids if one in self.tables.receipts]

    def _schemes(self) -> list[str]:
        return sorted({scheme for scheme, _ in self.tables.streams})

    def receipts_noted(self, matched: Sequence[Matched]) -> None:
        for one in matched:
            self.tables.receipts[one.id] = replace(self.tables.receipts[one.id], state="noted")
            notice = self.tables.notices[one.notice]
            last: Attempt | None = self.tables.attempts.get((notice.id, notice.attempts))
            unclear = notice.state == "ready" and last is not None and last.state == "unknown"
            if notice.state == "unknown" or unclear:
                self.tables.notices[notice.id] = replace(notice, state="sent", sent_at=self._now, retry_at=0.0)
