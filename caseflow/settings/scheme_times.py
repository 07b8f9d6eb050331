"""What must be true of a policy's times: rungs in order, hours that are humane, and time for people to answer."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from caseflow.domain.calendar import Calendar, Offset, Windows
from caseflow.domain.notices import DAYS_TO_ANSWER, THEIR_SIDE
from caseflow.domain.signals import TIMED
from caseflow.settings.scheme_file import LadderFile, SchemeFile

Finding = tuple[str, str]

# Nobody is rung up or texted before seven in the morning or after nine at night, whatever a file says.
DAY_BEGINS, DAY_ENDS = time(7), time(21)
_UNIT = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "wd": timedelta(days=1)}


def _after_opening(offset: Offset, due: Offset | None) -> tuple[str, timedelta] | None:
    """An offset on one scale, a working day reckoned as a day; None where nothing can be compared."""
    if offset.unit == "half":
        base = _after_opening(due, None) if due is not None else None
        return None if base is None else (base[0], base[1] / 2)
    length = offset.amount * _UNIT[offset.unit]
    if offset.anchor != "due":
        return offset.anchor, length
    base = _after_opening(due, None) if due is not None else None
    return None if base is None else (base[0], base[1] + length)


def rungs_are_in_order(scheme: SchemeFile) -> Iterator[Finding]:
    """Later rungs come later."""
    for name, ladder in scheme.ladders.items():
        latest: dict[str, tuple[timedelta, str]] = {}
        for index, rung in enumerate(ladder.rungs):
            at = _after_opening(rung.at, ladder.due)
            if at is None:
                continue
            anchor, length = at
            if anchor in latest and length < latest[anchor][0]:
                earlier = latest[anchor][1]
                yield f"ladders.{name}.rungs[{index}].at", f"{rung.at} comes before rung {earlier!r}: put it first"
            else:
                latest[anchor] = (length, rung.id)


def offsets_have_their_anchor(scheme: SchemeFile) -> Iterator[Finding]:
    """`start` needs something that has a time of its own, `due` and `half` need a due."""
    for name, ladder in scheme.ladders.items():
        timed = bool(ladder.opens) and set(ladder.opens) <= TIMED
        if ladder.due is not None:
            if ladder.due.anchor == "due" or ladder.due.unit == "half":
                yield f"ladders.{name}.due", "due cannot count from itself: count from opened or start"
            if ladder.due.anchor == "start" and not timed:
                yield f"ladders.{name}.due", _untimed(ladder)
        for index, rung in enumerate(ladder.rungs):
            for field, offset in (("at", rung.at), ("expires", rung.expires)):
                where = f"ladders.{name}.rungs[{index}].{field}"
                if offset is None:
                    continue
                if offset.anchor == "start" and not timed:
                    yield where, _untimed(ladder)
                if (offset.anchor == "due" or offset.unit == "half") and ladder.due is None:
                    yield where, f"{offset} needs a due: give the ladder one"
                if offset.anchor == "opened" and offset.amount < 0:
                    yield where, f"{offset} lies before the ladder opens: count from start or due"
            at, until = _after_opening(rung.at, ladder.due), None
            if rung.expires is not None:
                until = _after_opening(rung.expires, ladder.due)
            if at is not None and until is not None and at[0] == until[0] and until[1] <= at[1]:
                yield f"ladders.{name}.rungs[{index}].expires", f"{rung.expires} is not after {rung.at}: it never goes"


def their_side_has_its_time(scheme: SchemeFile) -> Iterator[Finding]:
    """Who is alleged to be in breach is asked early enough, and nobody is to decide before their day or lapse it too soon."""
    side = scheme.decides.side_working_days
    until = timedelta(days=side)
    for name, ladder in scheme.ladders.items():
        if not any(act.do == "lapse" for rung in ladder.rungs for act in rung.acts):
            continue
        asks = False
        decides: timedelta | None = None
        for index, rung in enumerate(ladder.rungs):
            found = _after_opening(rung.at, ladder.due)
            at = timedelta(0) if found is None else found[1]
            where = f"ladders.{name}.rungs[{index}]"
            if any(act.message == THEIR_SIDE for act in rung.acts):
                asks = True
                if until - at < timedelta(days=DAYS_TO_ANSWER):
                    yield f"{where}.at", f"asked {rung.at} they have less than {DAYS_TO_ANSWER} days: ask sooner"
            if any(act.do == "decide" for act in rung.acts):
                decides = at if decides is None else decides
                if at <= until:
                    yield (
                        f"{where}.at",
                        f"their side may come for {side} working days, so nobody decides {rung.at}: later",
                    )
            if any(act.do == "lapse" for act in rung.acts) and (decides is None or at <= max(decides, until)):
                yield f"{where}.at", f"lapses {rung.at}, before anybody could decide: put it after the panel"
        if not asks:
            yield f"ladders.{name}", f"nobody is asked for their side: send {THEIR_SIDE} to the participant"


def _untimed(ladder: LadderFile) -> str:
    untimed = ", ".join(sorted(set(ladder.opens) - TIMED))
    return f"{untimed} brings no time of its own to count from: count from opened or due"


def hours_are_humane(scheme: SchemeFile, calendar: Calendar) -> Iterator[Finding]:
    """Contact hours open on some working day, and only by day."""
    some_morning = calendar.instant(datetime.combine(calendar.known_from, time()))
    for field in ("texts", "calls", "office"):
        windows: Windows = getattr(scheme.contact, field)
        where = f"contact.{field}"
        if windows.next_open(calendar, some_morning) is None:
            yield where, "these hours never open"
        elif not any(windows.week[:5]):
            yield where, "these hours never open on a working day: open them on one of Mon to Fri"
        slots = [slot for day in windows.week for slot in day]
        if any(start < DAY_BEGINS or end > DAY_ENDS for start, end in slots):
            yield where, f"nobody is contacted before {DAY_BEGINS:%H:%M} or after {DAY_ENDS:%H:%M}"
