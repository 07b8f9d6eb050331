"""Halving finds the one at fault and lets its neighbours commit."""

from itertools import pairwise

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


@given(st.lists(st.sampled_from("abc"), max_size=30), st.integers(1, 5))
def test_what_is_of_one_thing_stays_in_one_chunk(items, size):
    parts = list(chunks(items, size, of=lambda one: one))
    assert [one for part in parts for one in part] == items
    assert all(left[-1] != right[0] for left, right in pairwise(parts))
    assert all(len(part) >= size for part in parts[:-1])
    assert all(len(set(part[size - 1 :])) == 1 for part in parts if len(part) > size)


def test_a_reason_is_one_line_and_not_endless():
    reason = reason_of(ValueError("first\nsecond" + "x" * 1000))
    assert reason.startswith("ValueError: first second")
    assert len(reason) <= 500
