"""The memory store's cases of one officer."""

from collections import Counter
from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.words import Role
from caseflow.engine.readings import CaseLine
from caseflow.store.memory_rows import Stored, Tables

OFFICERS = (Role.REFERRER, Role.ARRESTING_OFFICER, Role.OIC)


class CasesOfOfficer:
    """The part of MemoryReadings that knows officers. What raises NotImplementedError here, MemoryReadings has."""

    _tables: Tables

    def _streams(self, scheme: str) -> list[Stored]:
        raise NotImplementedError

    def _line(self, scheme: str, row: Stored, todo: Counter[str]) -> CaseLine:
        raise NotImplementedError

    def find(self, scheme: str, key: str) -> str | None:
        raise NotImplementedError

    def cases_of_officer(self, scheme: str, officer: str, *, before: str = "", limit: int = 50) -> list[CaseLine]:
        """The cases this person plays an officer's part in, the newest referral first."""
        found = sorted(
            (
                (row.stream.referred_at, row.id, row)
                for row in self._streams(scheme)
                if isinstance(row.stream, Case) and officer in {row.stream.parties.get(role) for role in OFFICERS}
            ),
            key=_place,
            reverse=True,
        )
        if before:
            last = self.find(scheme, before)
            place = next((_place(one) for one in found if one[1] == last), None)
            found = [one for one in found if place is not None and _place(one) < place]
        todo = Counter(
            row.stream for row in self._tables.tasks.values() if row.state == "open" and row.scheme == scheme
        )
        return [self._line(scheme, row, todo) for _, _, row in found[:limit]]


def _place(one: tuple[datetime, str, Stored]) -> tuple[datetime, str]:
    return one[:2]
