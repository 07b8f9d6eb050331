"""Batches that the database refuses are tried again in halves, down to the one that is at fault."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def chunks(items: Sequence[T], size: int, of: Callable[[T], object] | None = None) -> Iterator[Sequence[T]]:
    """The items in order, `size` at a time; neighbours that are `of` the same stay in one chunk, which grows for them."""
    start = 0
    while start < len(items):
        end = min(start + size, len(items))
        while of is not None and end < len(items) and of(items[end]) == of(items[end - 1]):
            end += 1
        yield items[start:end]
        start = end


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold Python's cycle collector off for one batch.

    A batch makes hundreds of thousands of values that live until its commit and hold no cycles; the collector would walk
    them over and over, a fifth of all the time, and find nothing. Between batches it runs as ever.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def halving(
    items: Sequence[T],
    work: Callable[[Sequence[T]], R],
    alone: Callable[[T, Exception], R],
    unless: tuple[type[Exception], ...] = (),
) -> list[R]:
    """Do `work` on all the items, or on halves of them where it raises; `alone` answers for one that raises by itself.

    `work` must be all or nothing (one transaction). `unless` are errors that are nobody's fault, such as a database
    that is away: they are raised at once. One bad item in n costs about 2·log₂ n attempts, and its neighbours commit.
    """
    if not items:
        return []
    try:
        return [work(items)]
    except unless:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever it was, its neighbours must go on
        if len(items) == 1:
            return [alone(items[0], wrong)]
    middle = len(items) // 2
    return [
        *halving(items[:middle], work, alone, unless),
        *halving(items[middle:], work, alone, unless),
    ]
