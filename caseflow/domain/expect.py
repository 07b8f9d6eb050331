"""Ladder arithmetic: when an expectation opens, what its next rung is and when that is due. Pure, and hot.

A rung is due at its offset from what it counts from, but not before the previous rung that spoke to the participant
took effect plus the gap between the two, and moved into contact hours (DESIGN, decision 7). Rungs counted back from a
start (reminders) move earlier into contact hours instead, and are of no use after the start.
All instants are aware UTC.
"""

from datetime import datetime, timedelta

from caseflow.domain.calendar import Offset, SafeHours, Windows, gap
from caseflow.domain.case import Expectation
from caseflow.domain.events import ExpectationOpened
from caseflow.domain.policy import Ladder, Policy, Rung
from caseflow.domain.values import value

LATE = timedelta(hours=1)
"""A rung that fires this long after its time was held up by us: what follows it moves along."""

USEFUL_WORKING_DAYS = 10
"""A message with no `expires` of its own is too late to be useful this long after its time (an assumption of practice)."""

NO_TIME = timedelta(0)
NO_LIMITS = SafeHours(None, None)


@value(frozen=True, slots=True)
class Moment:
    """What rungs count from: the fact's time, the subject's own time, and when the thing itself is due."""

    opened: datetime
    start: datetime | None
    due: datetime | None


def expectation_id(ladder: str, subject: str | None) -> str:
    return ladder if subject is None else f"{ladder}:{subject}"


def hours(policy: Policy, rung: Rung) -> Windows | None:
    """The contact hours a rung keeps; None = any time."""
    rules = policy.contact
    match rung.hours:
        case "texts":
            return rules.texts
        case "calls":
            return rules.calls
        case "office":
            return rules.office
        case _:
            return None


def anchor(moment: Moment, offset: Offset) -> datetime:
    """The instant an offset counts from. A missing `start` or `due` falls back on the opening fact."""
    match offset.anchor:
        case "start":
            return moment.start or moment.opened
        case "due":
            return moment.due or moment.opened
        case _:
            return moment.opened


def raw_due(policy: Policy, rung: Rung, moment: Moment) -> datetime:
    """When a rung would fire if nobody slept: offset only, no contact hours."""
    return rung.at.apply(policy.calendar, anchor(moment, rung.at), moment.due)


def settle(policy: Policy, rung: Rung, due: datetime, safe: SafeHours) -> datetime:
    """Move a due time into the rung's contact hours and, for what reaches the participant, their safe hours."""
    return _into_hours(policy, rung, due, safe, earlier=rung.backwards)


def settle_late(policy: Policy, rung: Rung, now: datetime, safe: SafeHours) -> datetime:
    """The first moment from now on at which a rung whose own time has passed may act."""
    return _into_hours(policy, rung, now, safe, earlier=False)


def _into_hours(policy: Policy, rung: Rung, due: datetime, safe: SafeHours, *, earlier: bool) -> datetime:
    windows = hours(policy, rung)
    if windows is None:
        return due
    limits = safe if rung.directed else NO_LIMITS
    move = windows.last_open if earlier else windows.next_open
    # Safe hours that leave no window at all must not stop the ladder: its people are told in office hours instead.
    return move(policy.calendar, due, limits) or move(policy.calendar, due, NO_LIMITS) or due


def permitted(policy: Policy, rung: Rung, now: datetime, safe: SafeHours) -> bool:
    """May this rung act now?"""
    windows = hours(policy, rung)
    return windows is None or windows.contains(policy.calendar, now, safe if rung.directed else NO_LIMITS)


def silenced(policy: Policy, rung: Rung, now: datetime, safe: SafeHours) -> bool:
    """Do the person's safe hours leave no moment at all for this rung's messages?"""
    if safe.not_before is None and safe.not_after is None:
        return False
    windows = hours(policy, rung)
    return windows is not None and windows.next_open(policy.calendar, now, safe) is None


def useful_until(policy: Policy, rung: Rung, moment: Moment, due: datetime) -> datetime | None:
    """After this instant the rung's messages would come too late to be of use; None = always of use."""
    if rung.expires is not None:
        return rung.expires.apply(policy.calendar, anchor(moment, rung.expires), moment.due)
    if not rung.perishable:
        return None
    if rung.backwards:
        return anchor(moment, rung.at)
    return policy.calendar.plus_working(due, USEFUL_WORKING_DAYS)


def always_useful(rung: Rung) -> bool:
    """Does it never come too late: a task for a person, or officers' news, with no `expires` of its own?"""
    return rung.expires is None and not rung.perishable


def following(
    policy: Policy,
    ladder: Ladder,
    index: int,
    moment: Moment,
    safe: SafeHours,
    *,
    not_before: datetime,
    previous: tuple[Rung, datetime] | None = None,
) -> tuple[str | None, datetime | None]:
    """The rung at `index` and its due time: never before `not_before`, nor sooner after `previous` than the gap.

    The gap holds for tasks as for messages: nobody is asked to rule on a silence that has not had its time, and an
    outage (or an old file) does not open a ladder's tasks all in one minute.
    """
    if index >= len(ladder.rungs):
        return None, None
    rung = ladder.rungs[index]
    due = raw_due(policy, rung, moment)
    if previous is not None:
        due = max(due, after_gap(policy, previous[0], rung, previous[1], moment))
    if rung.backwards:
        at = settle(policy, rung, due, safe)
        if at < not_before and always_useful(rung):
            return rung.id, settle_late(policy, rung, not_before, safe)
        return rung.id, max(at, not_before)
    return rung.id, settle(policy, rung, max(due, not_before), safe)


def after_gap(policy: Policy, earlier: Rung, later: Rung, at: datetime, moment: Moment) -> datetime:
    """The earliest instant for `later` when `earlier` took effect `at`: as far apart as the policy set them."""
    if earlier.backwards or later.backwards:
        return at
    between = gap(earlier.at, later.at)
    if between is None:  # counted from different moments: as far apart as those two came
        return at + max(raw_due(policy, later, moment) - raw_due(policy, earlier, moment), NO_TIME)
    return at if between.amount <= 0 else between.apply(policy.calendar, at)


def opening(
    policy: Policy,
    ladder: Ladder,
    subject: str | None,
    moment: Moment,
    safe: SafeHours,
    *,
    cycle: int,
    not_before: datetime,
) -> ExpectationOpened:
    """The fact that an expectation is open, with its first rung. Reminders whose time has passed are passed over.

    What never comes too late (a decision that is due before a date which is near, or past) is due at once instead.
    """
    cal = policy.calendar
    due = moment.due
    if due is None and ladder.due is not None:
        due = ladder.due.apply(cal, anchor(moment, ladder.due))
        moment = Moment(moment.opened, moment.start, due)
    passed: list[str] = []
    index = 0
    for rung in ladder.rungs:
        if (
            not rung.backwards
            or always_useful(rung)
            or settle(policy, rung, raw_due(policy, rung, moment), safe) >= not_before
        ):
            break
        passed.append(rung.id)
        index += 1
    rung_id, at = following(policy, ladder, index, moment, safe, not_before=not_before)
    return ExpectationOpened(
        expectation=expectation_id(ladder.name, subject),
        ladder=ladder.name,
        subject=subject,
        cycle=cycle,
        opened=moment.opened,
        start=moment.start,
        due=due,
        next=rung_id,
        next_due=at,
        passed=tuple(passed),
    )


def moment_of(expectation: Expectation) -> Moment:
    return Moment(expectation.opened, expectation.start, expectation.due)


def opened(event: ExpectationOpened) -> Expectation:
    """The expectation this fact leaves."""
    return Expectation(
        event.expectation, event.ladder, event.subject, event.cycle, "open", event.opened, event.start, event.due,
        event.next, event.next_due,
    )  # fmt: skip
