"""Histories on a shelf: readings that another process can be given whole, as it would be given a database's address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from caseflow.engine.as_it_was import AsItWas
from caseflow.engine.readings import History, Readings, Traits


@dataclass(frozen=True)
class Shelf:
    cases: tuple[History, ...]
    counted: tuple[AsItWas, ...]
    known: Mapping[str, Traits]

    def case_ids(self, scheme: str, *, since: Any = None, after: str = "", limit: int = 200) -> list[str]:
        return [one.stream for one in self.cases if one.stream > after][:limit]

    def count_cases(self, scheme: str, *, since: datetime | None = None) -> int:
        return len(self.cases)

    def histories(self, scheme: str, *, ids: Iterable[str]) -> list[History]:
        wanted = set(ids)
        return [replace(one) for one in self.cases if one.stream in wanted]

    def as_it_was(self, scheme: str, ids: Iterable[str]) -> list[AsItWas]:
        wanted = set(ids)
        return [one for one in self.counted if one.stream in wanted]

    def traits(self, scheme: str, ids: Iterable[str]) -> Mapping[str, Traits]:
        return {one: self.known[one] for one in ids if one in self.known}


def shelf_of(readings: Readings, scheme: str, people: Iterable[str]) -> Shelf:
    cases = tuple(readings.histories(scheme, limit=1000))
    return Shelf(
        cases, tuple(readings.as_it_was(scheme, [one.stream for one in cases])), dict(readings.traits(scheme, people))
    )
