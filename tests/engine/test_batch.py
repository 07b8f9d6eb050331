"""Halving finds the one at fault and lets its neighbours commit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.engine.batch import chunks, halving
from caseflow.engine.faults import reason_of
from caseflow.engine.ports import Unavailable


def work_that_refuses(bad, done, calls):
    def work(items):
        calls.append(len(items))
        if bad & set(items):
            raise ValueError("bad one inside")
        done.extend(items)
        return list(items)

    return work


@given(st.lists(st.integers(0, 500), unique=True, max_size=64), st.sets(st.integers(0, 500), max_size=3))
def test_all_but_the_bad_ones_are_done_once_and_in_order(items, bad):
    done, refused = [], []
    halving(items, work_that_refuses(bad, done, []), lambda one, wrong: refused.append(one))
    assert done == [item for item in items if item not in bad]
    assert refused == [item for item in items if item in bad]


def test_one_bad_item_in_five_hundred_costs_about_twenty_attempts():
    calls = []
    halving(range(500), work_that_refuses({137}, [], calls), lambda one, wrong: None)
    assert len(calls) <= 20


def test_an_error_that_is_nobodys_fault_is_raised_at_once():
    calls = []

    def work(items):
        calls.append(items)
        raise Unavailable("the database is away")

    with pytest.raises(Unavailable):
        halving([1, 2, 3, 4], work, lambda one, wrong: None, unless=(Unavailable,))
    assert len(calls) == 1


def test_chunks_keep_the_order_and_lose_nothing():
    assert [list(chunk) for chunk in chunks(range(5), 2)] == [[0, 1], [2, 3], [4]]


def test_a_reason_is_one_line_and_not_endless():
    reason = reason_of(ValueError("first\nsecond" + "x" * 1000))
    assert reason.startswith("ValueError: first second")
    assert len(reason) <= 500
