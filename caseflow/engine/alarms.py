"""A stream's alarm, and how parked expectations are kept quiet: their rungs stay in the stream but ring no bell."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from caseflow.domain import plan
from caseflow.domain.case import Stream


def alarm(stream: Stream, parked: Collection[str] = ()) -> datetime | None:
    """The earliest due rung over the open expectations that are not parked (UTC); None when nothing is to come."""
    return plan.wake_at(hushed(stream, parked))


def hushed(stream: Stream, expectations: Collection[str]) -> Stream:
    """The stream with these expectations' rungs taken off the clock, for planning only; `restored` puts them back."""
    if not expectations or not any(name in stream.expectations for name in expectations):
        return stream
    quiet = {
        name: replace(one, next_due=None) if name in expectations else one for name, one in stream.expectations.items()
    }
    return replace(stream, expectations=quiet)


def restored(stream: Stream, before: Stream, expectations: Collection[str]) -> Stream:
    """The planned stream with the due times that `hushed` took away put back, so that it equals its history again."""
    if not expectations:
        return stream
    names = [
        name
        for name in expectations
        if name in before.expectations
        and name in stream.expectations
        and stream.expectations[name] == replace(before.expectations[name], next_due=None)
    ]
    whole = stream.expectations | {name: before.expectations[name] for name in names}
    return replace(stream, expectations=whole)
