"""May this notice go now, and by which channel? Asked again at the last moment, because the world moved on meanwhile.

The domain chose what to say, to whom and from when on; here only what changes after that is looked at: it is too late
by now, the hour is wrong, the week is full, an address is gone. Pure: no clock, no table, no wording.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from caseflow.domain.calendar import SafeHours
from caseflow.domain.case import Stream
from caseflow.domain.expect import NO_LIMITS, moment_of, raw_due, settle
from caseflow.domain.notices import GIVES_WAY
from caseflow.domain.policy import Policy
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.engine.ports import NoticeRow, PersonRow

WEEK_DAYS = 7
"""The contact budget counts over this many days."""
HOPS = 3
"""How many stand-ins of stand-ins are followed before a notice stays with whom it was meant for."""
CLOSED = frozenset({AddressStatus.BLOCKED, AddressStatus.SEIZED})


def delivery_lane(to: Role) -> str:
    """The lane of a notice: `people` for the participant, `others` for officers, providers and staff."""
    return "people" if to is Role.PARTICIPANT else "others"


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: at this scheme time (UTC), because of `reason`."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Never:
    """Not at all. `late` tells a notice that came too late from one that was over the budget or had no channel."""

    reason: str
    late: bool = False


@dataclass(slots=True)
class Spent:
    """What has been sent to each participant in the last week, this batch included (scheme times, oldest first)."""

    times: dict[str, list[datetime]] = field(default_factory=dict)

    def of(self, row: NoticeRow) -> list[datetime]:
        return self.times.setdefault(row.send.recipient, sorted(row.sent_times))


def timely(row: NoticeRow, channel: Channel, policy: Policy, spent: Spent, now: datetime) -> Later | Never | None:
    """None when it may go now. Over the budget a reminder is dropped, a chase waits; a decision goes, and counts.

    The week's last place is not for a second reminder: it stays free for the first one of another session.
    """
    send = row.send
    if send.expires is not None and now > send.expires:
        return Never(f"too late to be useful since {send.expires:%Y-%m-%d %H:%M} UTC", late=True)
    if send.to is not Role.PARTICIPANT:
        return None
    at, reason = now, ""
    if channel is not Channel.LETTER:  # a letter may be printed at any hour; it arrives when the post comes
        opens = policy.contact.texts.next_open(policy.calendar, now, _safe(row))
        if opens is None:
            return Never("the person's safe hours leave no time at which we may write")
        if opens > now:
            at, reason = opens, "outside contact hours"
    sent = spent.of(row)
    a_week = policy.contact.chases_per_week
    if send.purpose in GIVES_WAY and len(sent) == a_week - 1:
        return Never(f"the last of {a_week} messages a week is kept for the first reminder of a session")
    if send.kind in {"reminder", "chase"} and len(sent) >= a_week:
        if send.kind == "reminder":
            return Never(f"over the contact budget of {a_week} a week")
        slot = _slot(row, sent, policy, now)
        if slot is None:
            return Never("the person's safe hours leave no time at which we may write")
        if slot > now:
            at, reason = max(at, slot), "over the contact budget of this week"
    if at == now:
        sent.append(now)
        return None
    if send.expires is not None and at > send.expires:
        return Never(f"{reason}, and too late to be useful afterwards", late=True)
    return Later(at, reason)


def _slot(row: NoticeRow, sent: Sequence[datetime], policy: Policy, now: datetime) -> datetime | None:
    """When the oldest message that fills the budget leaves the week, at an hour at which we may write."""
    oldest = sent[-policy.contact.chases_per_week] if policy.contact.chases_per_week else now
    free = policy.calendar.plus_days(oldest, WEEK_DAYS)
    return policy.contact.texts.next_open(policy.calendar, max(free, now), _safe(row))


def may_have_gone(row: NoticeRow, stream: Stream | None, policy: Policy) -> bool:
    """Soon after a restore: may this notice of a ladder have gone before, in the life that was lost?

    It may if its step's own time was past when work went on: the step had fired then, and fires again now, only later,
    because what was held up keeps its distances. What waited when work went on has been looked at (`pausing.resume`).
    """
    restored_at, send = row.restored_at, row.send
    if restored_at is None or not send.rung or row.created_at < restored_at:
        return False
    found = stream.expectations.get(send.expectation or "") if stream else None
    if found is None or found.cycle != send.cycle:
        return True
    ladder = policy.ladder(found.ladder)
    if send.rung not in ladder.by_rung:  # the case has moved to a version without it
        return True
    rung = ladder.rung(send.rung)
    own = raw_due(policy, rung, moment_of(found))
    return settle(policy, rung, own, _safe(row) or NO_LIMITS) <= restored_at


def _safe(row: NoticeRow) -> SafeHours | None:
    return SafeHours(row.contact.not_before, row.contact.not_after) if row.contact else None


def recipient(row: NoticeRow, people: Mapping[str, PersonRow]) -> str:
    """Whom it goes to now: an officer who has moved on is stood in for by the team; the unknown by `stand_in`."""
    person = row.send.recipient
    for _ in range(HOPS):
        known = people.get(person)
        if known is None:
            return row.send.stand_in or person
        if known.moved_to is None:
            break
        person = known.moved_to
    else:
        return row.send.stand_in or person
    if row.send.to is not Role.PARTICIPANT and row.send.stand_in and not people[person].addresses:
        return row.send.stand_in
    return person


def channels(row: NoticeRow, person: PersonRow | None) -> Iterator[tuple[Channel, str]]:
    """The channels still worth a try, each with the id of the address to use: the notice's own, then the post.

    The post is no way round a person who said "text only": others may open their letters.
    """
    if person is None:
        return
    wanted = list(row.send.channels)
    if (
        row.send.to is Role.PARTICIPANT
        and Channel.LETTER not in wanted
        and not (row.contact and row.contact.texts_only)
    ):
        wanted.append(Channel.LETTER)
    for channel in wanted:
        if channel in row.tried or channel not in person.addresses:
            continue
        address, _, status = person.addresses[channel]
        known = row.contact.addresses.get(channel) if row.contact else None
        if status in CLOSED or (known is not None and known.address == address and known.status in CLOSED):
            continue
        yield channel, address
