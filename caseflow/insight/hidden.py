"""Small numbers stay hidden, and stay so when somebody subtracts: cells under five, and what would give them away. Pure.

Whoever looks at a table knows its total. A hidden cell is safe when it shares the hidden rest of that total with another,
and when that rest leaves more than one way to fill them.
"""

from collections.abc import Collection, Sequence

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
