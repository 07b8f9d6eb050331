"""Small numbers, hidden also from whoever subtracts."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.insight.hidden import SMALL, given_away, masked, small


@pytest.mark.parametrize(
    ("values", "hidden"),
    [
        ([12, 40, 9], set()),
        ([12, 0, 9], set()),
        ([3, 40, 9], {0, 2}),  # one alone is the total less the others
        ([3, 2, 9], {0, 1}),
        ([1, 1, 9], {0, 1, 2}),  # two hidden ones that make two are one each
        ([4, 4, 9], {0, 1, 2}),
        ([3], {0}),
        ([0, 0, 3], {0, 2}),
        ([], set()),
    ],
)
def test_which_cells_are_hidden(values, hidden):
    assert masked(values) == hidden


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_no_small_number_can_be_told_from_the_rest_of_its_table(values):
    """Whoever knows the total tries every filling of the hidden cells: each small number could be another one.

    Where nothing is shown but the total, it may not be shown either (`given_away`).
    """
    gone = masked(values)
    assert all(number in gone for number, value in enumerate(values) if small(value))
    if given_away(values, gone):
        assert not any(value for number, value in enumerate(values) if number not in gone)
        return
    places, rest = sorted(gone), sum(values[number] for number in gone)
    possible: dict[int, set[int]] = {number: set() for number in places}
    zero = any(values[number] == 0 for number in places)  # a zero is only hidden where nothing else could be
    for cells in product(range(0 if zero else 1, rest + 1), repeat=len(places)):
        if sum(cells) == rest and any(small(cell) for cell in cells):
            for number, cell in zip(places, cells, strict=True):
                possible[number].add(cell)
    assert all(len(possible[number]) > 1 for number in places if 0 < values[number] < SMALL)
