"""The texts that came in, in a memory unit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.words import Channel, Role
from caseflow.engine.inbound_rows import Holder, InboundRow, InboundSettled, InboundText
from caseflow.store.memory_rows import Attempt, Notice, StreamKey, Tables, TextRow
from caseflow.store.people import ERASED


class MemoryInbound:
    """What a unit does with texts that came in (engine.ports.Unit)."""

    tables: Tables
    _now: datetime

    def add_texts(self, scheme: str, texts: Sequence[tuple[str, str | None, str]]) -> None:
        raise NotImplementedError

    def keep_inbound(self, scheme: str, arrived: Sequence[InboundText]) -> int:
        fresh = 0
        for one in arrived:
            if (scheme, one.id) not in self.tables.inbound:
                fresh += 1
                self.tables.inbound[scheme, one.id] = InboundRow(
                    scheme, one.id, one.number, one.to, "", one.received_at
                )
                self.add_texts(scheme, [(one.text_id, None, one.body)])
        return fresh

    def _worded(self, row: InboundRow) -> InboundRow:
        text = self.tables.texts.get((row.scheme, row.text_id))
        return replace(row, body=text.body if text else "")

    def new_inbound(self, limit: int) -> list[InboundRow]:
        return [self._worded(row) for row in self.tables.inbound.values() if row.state == "new"][:limit]

    def lock_inbound(self, scheme: str, ids: Sequence[str]) -> list[InboundRow]:
        wanted = set(ids)
        return [self._worded(row) for (of, id_), row in self.tables.inbound.items() if of == scheme and id_ in wanted]

    def waiting_inbound(self, scheme: str, limit: int) -> list[InboundRow]:
        rows = [row for row in self.tables.inbound.values() if row.scheme == scheme and row.state in {"new", "queued"}]
        return [self._worded(row) for row in sorted(rows, key=lambda row: row.received_at)[:limit]]

    def settle_inbound(self, settled: Sequence[InboundSettled]) -> None:
        for one in settled:
            row = self.tables.inbound[one.scheme, one.id]
            self.tables.inbound[one.scheme, one.id] = replace(
                row, state=one.state, why=one.why, stream=one.stream, person=one.person, dealt_by=one.by,
                dealt_at=None if one.state == "queued" else self._now,
            )  # fmt: skip
            text = self.tables.texts.get((one.scheme, row.text_id))
            if text and one.person is not None:
                self.tables.texts[one.scheme, row.text_id] = replace(text, person=one.person)

    def looked_at_inbound(self, scheme: str, id_: str, by: str) -> None:
        self.tables.looks[scheme, id_] = by

    def holders(self, scheme: str, numbers: Iterable[str]) -> dict[str, tuple[Holder, ...]]:
        wanted = set(numbers)
        cases: dict[str, list[Case]] = {}
        for (of, _), stored in self.tables.streams.items():
            if of == scheme and isinstance(stored.stream, Case):
                cases.setdefault(stored.stream.parties.get(Role.PARTICIPANT, ""), []).append(stored.stream)
        found: dict[str, tuple[Holder, ...]] = {}
        for (of, _), row in sorted(self.tables.addresses.items(), key=lambda pair: (pair[1].person, pair[1].id)):
            if of == scheme and row.channel is Channel.TEXT and row.value in wanted:
                mine = sorted(cases.get(row.person, []), key=lambda case: case.ref)
                some = [self._holder(row.person, row.id, case) for case in mine] or [Holder(row.person, row.id)]
                found[row.value] = (*found.get(row.value, ()), *some)
        return found

    def _holder(self, person: str, address: str, case: Case) -> Holder:
        last = self._last_text((case.scheme, case.id), address)
        asked, subject = (last.send.purpose, last.send.subject) if last else (None, None)
        return Holder(person, address, case.id, case.ref, case.open, asked, subject)

    def _last_text(self, stream: StreamKey, address: str) -> Notice | None:
        """The newest notice of the stream that went to this address as a text."""
        newest: tuple[Attempt, Notice] | None = None
        for number in self.tables.of_stream.get(stream, ()):
            notice = self.tables.notices[number]
            for no in range(1, notice.attempts + 1) if notice.lane == "people" else ():
                attempt = self.tables.attempts.get((number, no))
                if attempt and _went(attempt, address) and (newest is None or _at(attempt) >= _at(newest[0])):
                    newest = attempt, notice
        return newest[1] if newest else None

    def erase_inbound(self, scheme: str, gone: set[str]) -> None:
        """What these people wrote, and what came from a number that nobody but they had."""
        texts = [row for (of, _), row in self.tables.addresses.items() if of == scheme and row.channel is Channel.TEXT]
        shared = {row.value for row in texts if row.person not in gone}
        theirs = {row.value for row in texts if row.person in gone} - shared
        for key, row in list(self.tables.inbound.items()):
            if key[0] == scheme and (row.person in gone or (row.person is None and row.number in theirs)):
                self.tables.inbound[key] = replace(row, number="")
                text: TextRow | None = self.tables.texts.get((scheme, row.text_id))
                if text:
                    self.tables.texts[scheme, row.text_id] = replace(text, body=ERASED, nonce=b"")


def _went(attempt: Attempt, address: str) -> bool:
    return attempt.channel is Channel.TEXT and attempt.address == address and attempt.state in {"accepted", "unknown"}


def _at(attempt: Attempt) -> datetime:
    assert attempt.ended_at is not None, "an attempt that went has ended"
    return attempt.ended_at
