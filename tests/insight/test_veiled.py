"""Tables that hang together: what is small is hidden, and no sum tells it."""

from hypothesis import given
from hypothesis import strategies as st

from caseflow.insight.hidden import small, veiled

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 60))


def table(rows: list[list[int]]):
    """Cells with the sums of rows, columns and everything."""
    values = {(y, x): value for y, row in enumerate(rows) for x, value in enumerate(row)}
    high, wide = range(len(rows)), range(len(rows[0]))
    sums = [((y, "sum"), [(y, x) for x in wide]) for y in high]
    sums += [(("sum", x), [(y, x) for y in high]) for x in [*wide, "sum"]]
    sums += [(("sum", "sum"), [("sum", x) for x in wide])]
    for total, parts in sums:
        values[total] = sum(values[part] for part in parts)
    return values, sums


TABLES = st.integers(1, 4).flatmap(
    lambda wide: st.lists(st.lists(COUNTS, min_size=wide, max_size=wide), min_size=1, max_size=5)
)


@given(TABLES)
def test_what_is_small_is_hidden_and_no_sum_has_one_hidden_cell_alone(rows):
    values, sums = table(rows)
    hidden = veiled(values, sums)
    assert {cell for cell, value in values.items() if small(value)} <= hidden
    for total, parts in sums:
        assert len(hidden & {total, *parts}) != 1


@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_small(rows):
    values, sums = table([[value * 5 for value in row] for row in rows])
    assert veiled(values, sums) == set()


@given(TABLES)
def test_hidden_cells_of_a_known_sum_have_more_than_one_way_to_be_filled(rows):
    values, sums = table(rows)
    hidden = veiled(values, sums)
    for total, parts in sums:
        gone = [values[one] for one in parts if one in hidden]
        if total not in hidden and gone and all(small(one) for one in gone):
            assert sum(gone) not in {len(gone), 4 * len(gone)}


def test_a_zero_that_covers_another_is_covered_itself():
    values, sums = table([[3, 0], [20, 30]])
    hidden = veiled(values, sums)
    assert {(0, 0), (0, "sum")} <= hidden
    assert all(len(hidden & {total, *parts}) != 1 for total, parts in sums)
