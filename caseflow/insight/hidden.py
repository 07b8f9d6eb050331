"""Small numbers stay hidden, and stay so when somebody subtracts: cells under five, and what would give them away. Pure.

Whoever looks at a table knows its total. A hidden cell is safe when it shares the hidden rest of that total with another,
and when that rest leaves more than one way to fill them.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

SMALL = 5
"""Numbers from one to four are hidden."""


def small(value: float) -> bool:
    """Is it a number that could point at somebody?"""
    return 0 < value < SMALL


def masked(values: Sequence[int], beforehand: Collection[int] = ()) -> set[int]:
    """Which of these cells, whose total is known, must be hidden; `beforehand` are hidden for another reason."""
    hidden = set(beforehand) | {number for number, value in enumerate(values) if small(value)}
    others = sorted((value, number) for number, value in enumerate(values) if number not in hidden)
    others.sort(key=lambda one: (one[0] == 0, one))  # a zero covers least, so it comes last
    while hidden and others and _gives_away([values[number] for number in hidden]):
        hidden.add(others.pop(0)[1])
    return hidden


def given_away(values: Sequence[int], hidden: Collection[int]) -> bool:
    """Could a hidden cell still be told from the total? Only where there was nothing left to hide: hide the total, too."""
    return bool(hidden) and _gives_away([values[number] for number in hidden])


def _gives_away(cells: Sequence[int]) -> bool:
    """Can the hidden cells be told from their sum? One alone can; of small ones, all ones and all fours can, too."""
    if not any(cells):
        return False  # nothing is there to be told
    if len(cells) < 2:
        return True
    every = all(small(cell) for cell in cells)
    return every and sum(cells) in {len(cells), (SMALL - 1) * len(cells)}


Cell = TypeVar("Cell", bound=Hashable)
Sum = tuple[Cell, Sequence[Cell]]
"""A total and what it is the sum of."""


def veiled(values: Mapping[Cell, int], sums: Sequence["Sum[Cell]"]) -> set[Cell]:
    """Which cells of tables that hang together must be hidden, totals among them: by rows, by columns, months in quarters.

    No sum may have exactly one hidden cell, for that would be told from the others; nor hidden parts that can only be
    ones, or fours. Everybody who looks is taken to know every sum.
    """
    hidden = {cell for cell, value in values.items() if small(value)}
    moved = True
    while moved:
        moved = False
        for total, parts in sums:
            gone = [cell for cell in parts if cell in hidden]
            alone = len(gone) + (total in hidden) == 1
            told = alone or (total not in hidden and _gives_away([values[cell] for cell in gone]))
            if told and (more := _next(values, hidden, total, parts)) is not None:
                hidden.add(more)
                moved = True
    return hidden


def _next(values: Mapping[Cell, int], hidden: Collection[Cell], total: Cell, parts: Sequence[Cell]) -> Cell | None:
    """What else of a sum to hide: the smallest part that is something, then the total, then a part that is nothing."""
    open_ = [(values[cell] == 0, values[cell], place) for place, cell in enumerate(parts) if cell not in hidden]
    nothing, _, place = min(open_, default=(True, 0, -1))
    if nothing and total not in hidden:
        return total
    return parts[place] if place >= 0 else None
