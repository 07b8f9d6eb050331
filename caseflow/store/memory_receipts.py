"""Receipts in dictionaries, as `store/receipts.py` has them in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from caseflow.engine.ports import Arrived, Matched
from caseflow.store.memory_rows import Attempt, Notice, ReceiptRow, Tables


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
        waiting = [
            row
            for row in sorted(self.tables.receipts.values(), key=lambda row: row.number)
            if row.state == "waiting" and (ids is None or row.arrived.id in ids)
        ][:limit]
        by_key = {notice.key: notice for notice in self.tables.notices.values()} if waiting else {}
        found = [self._matched(row.arrived, by_key.get(row.arrived.ref)) for row in waiting]
        return sorted((one for one in found if one is not None), key=lambda one: one.notice)

    def _matched(self, arrived: Arrived, notice: Notice | None) -> Matched | None:
        if notice is None:
            return None
        attempts = [
            one
            for (number, _), one in self.tables.attempts.items()
            if number == notice.id and one.state in {"calling", "accepted", "unknown", "failed"}
        ]
        if not attempts:
            return None
        best = max(attempts, key=lambda one: (one.provider_ref == arrived.provider_ref, one.state != "failed", one.no))
        return Matched(
            arrived.id, notice.scheme, notice.stream, notice.id, notice.key, notice.send, best.no, best.channel,
            best.address, arrived.receipt, arrived.at,
        )  # fmt: skip

    def receipts_noted(self, matched: Sequence[Matched]) -> None:
        for one in matched:
            self.tables.receipts[one.id] = replace(self.tables.receipts[one.id], state="noted")
            notice = self.tables.notices[one.notice]
            last: Attempt | None = self.tables.attempts.get((notice.id, notice.attempts))
            unclear = notice.state == "ready" and last is not None and last.state == "unknown"
            if notice.state == "unknown" or unclear:
                self.tables.notices[notice.id] = replace(notice, state="sent", sent_at=self._now, retry_at=0.0)
