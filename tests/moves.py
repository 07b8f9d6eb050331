"""Moves: a random journey as a list of small numbers, each turned into something somebody might really ask at that point.

`play` tells the story and keeps what the properties look at: the case before every fact, and each wish with its moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from words import (
    CLOCK,
    CONFIRMED,
    ITEMS,
    NAVIGATOR,
    OIC,
    ON_THE_WAY,
    PROVIDER,
    SUPERVISOR,
    Story,
    engaged,
    refers,
    scheme,
)

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import evolve
from caseflow.domain.case import Case
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Need,
    Opinion,
    Origin,
    Receipt,
    Role,
)

ACTORS = (NAVIGATOR, NAVIGATOR, SUPERVISOR, OIC, PROVIDER, CLOCK, Actor("nav-2", Role.NAVIGATOR))
JUMPS = (0.01, 0.1, 0.4, 1, 1, 2, 3, 5, 8, 14, 30)
WINTER = datetime(2022, 1, 10, 9, 30, tzinfo=UTC)
STARTS = (
    WINTER,
    datetime(2022, 3, 24, 10, 0, tzinfo=UTC),  # the clocks go forward on Sunday 27 March
    datetime(2022, 10, 27, 16, 0, tzinfo=UTC),  # and back on Sunday 30 October
    datetime(2022, 12, 21, 15, 0, tzinfo=UTC),  # Christmas falls on a Sunday: two days in lieu
    datetime(2022, 6, 1, 8, 0, tzinfo=UTC),  # the jubilee
)
VOLUNTARY = tuple(replace(item, kind=ItemKind.VOLUNTARY) for item in ITEMS)


@dataclass
class Watched(Story):
    """A story that also keeps the alarms, and each wish with the case as it stood and the clock as it jumped."""

    timers: dict[str, fx.SetTimer] = field(default_factory=dict)
    wished: list[tuple[datetime, Case, fx.Effect]] = field(default_factory=list)
    asked: list[c.Asked] = field(default_factory=list)

    def _take(self, effect: fx.Effect) -> None:
        super()._take(effect)
        self.wished.append((self.now, self.case, effect))
        match effect:
            case fx.SetTimer():
                self.timers[effect.expectation] = effect
            case fx.DropTimer():
                self.timers.pop(effect.expectation, None)

    def leap(self, days: float) -> "Watched":
        """An outage: the clock goes on and nobody looks until the end of it."""
        self.now += timedelta(days=days)
        if self.case is not None:
            self._advance(self.case)
        return self

    def steps(self) -> list[tuple[Case | None, ev.Recorded, Case]]:
        """Every fact with the case before and after it."""
        found: list[tuple[Case | None, ev.Recorded, Case]] = []
        case: Case | None = None
        for record in self.history:
            after = evolve.start(record, self.policy.scheme) if case is None else evolve.evolve(case, record)
            found.append((case, record, after))
            case = after
        return found


def pick(of: Any, n: int) -> Any:
    options = list(of)
    return options[n % len(options)] if options else None


def _session(s: Watched, n: int) -> str:
    assert s.case is not None
    return pick(s.case.sessions, n) or "nowhere"


def _waiting(s: Watched, n: int) -> str:
    assert s.case is not None
    return pick([e.id for e in s.case.expectations.values() if e.status == "open"], n) or "nothing"


def _book(s: Watched, n: int, m: int) -> c.Command:
    day = (s.now + timedelta(days=1 + n % 9)).date()
    kind = "first_meeting" if n % 5 == 0 else "session"
    item = None if kind == "first_meeting" else pick(("i1", "i1", "i2", None), m)
    return c.BookSession(
        f"s{len(s.history)}", datetime.combine(day, time(9 + m % 8), UTC), kind, item, place="12 High St"
    )


def _receipt(s: Watched, n: int, m: int) -> c.Command:
    to_them = [(i, send) for i, (_, send) in enumerate(s.sends) if send.to is Role.PARTICIPANT]
    if not to_them:
        return c.NoteSignpost("library")
    number, send = to_them[-1 - n % min(4, len(to_them))]
    return s.receipt(number, send, pick(Receipt, m))


def _plan(s: Watched, n: int, m: int) -> c.Command:
    second = pick((ItemKind.VOLUNTARY, ItemKind.VOLUNTARY, ItemKind.ENFORCEABLE), n)
    first = pick((ItemKind.ENFORCEABLE, ItemKind.ENFORCEABLE, ItemKind.VOLUNTARY), m)
    items = (replace(ITEMS[0], kind=first), replace(ITEMS[1], kind=second))
    return c.AgreePlan(items, signed=n % 9 != 8, read_back=m % 9 != 8, ends_on=s.now.date() + timedelta(days=100))


Move = tuple[str, int, int]
MOVES: dict[str, Callable[[Watched, int, int], c.Command]] = {
    "accept": lambda s, n, m: c.Accept("nav-1"),
    "decline": lambda s, n, m: c.Decline(pick(("not_eligible", "person_says_no", "other"), n)),
    "assess": lambda s, n, m: c.Assess((pick(Need, n),), risk="low", no_intervention=m % 6 == 0),
    "plan": _plan,
    "keep_in_touch": lambda s, n, m: c.AgreeContact(
        CONFIRMED if n % 2 else {},
        texts_only=n % 5 == 0,
        not_before=pick((None, None, time(10), time(17)), m),
        not_after=pick((None, None, time(20), time(18, 15)), n),
        short_reminder=m % 2 == 0,
    ),
    "address": lambda s, n, m: c.NoteAddress(
        pick(Channel, n), pick(("adr-phone", "adr-new"), m), pick(AddressStatus, m)
    ),
    "book": _book,
    "move": lambda s, n, m: c.MoveSession(_session(s, n), s.now + timedelta(days=1 + m % 9)),
    "cancel": lambda s, n, m: c.CancelSession(_session(s, n), pick((Role.PARTICIPANT, Role.PROVIDER), m)),
    "attendance": lambda s, n, m: c.RecordAttendance(_session(s, n), pick(Attendance, m), "illness"),
    "miss": lambda s, n, m: c.RecordAttendance(_session(s, -1 - n % 2), Attendance.UNACCEPTABLE),
    "call": lambda s, n, m: c.RecordContact(pick(ContactResult, n), about=pick((None, _session(s, m), "breach"), m)),
    "speak": lambda s, n, m: c.RecordContact(ContactResult.SPOKE, about=pick((None, _session(s, -1), "breach"), m)),
    "answer": lambda s, n, m: c.NoteAnswer(
        pick(("ok", "cant", "call", "stop", "wrong", "free"), n), needs_reading=m % 4 == 0
    ),
    "read": lambda s, n, m: c.ReadAnswer(pick(s.case.unread if s.case else (), n) or 0),
    "receipt": _receipt,
    "excuse": lambda s, n, m: c.Excuse(_session(s, n), pick(("illness", "transport", "nonsense"), m)),
    "withdraw_excuse": lambda s, n, m: c.WithdrawExcuse(_session(s, n)),
    "rule": lambda s, n, m: c.RuleSession(_session(s, n), pick(("back_on_track", "not_known"), m)),
    "strike": lambda s, n, m: c.ConfirmStrike(_session(s, -1 - n % 3)),
    "waive": lambda s, n, m: c.WaiveStrike(_session(s, n), "fair_in_the_round"),
    "dispute": lambda s, n, m: c.DisputeStrike(_session(s, n)),
    "uphold": lambda s, n, m: c.UpholdStrike(_session(s, n), "looked at again"),
    "hold": lambda s, n, m: c.Hold(
        s.now.date() + timedelta(days=1 + n % 20), "illness", None if m % 3 else _waiting(s, n)
    ),
    "release": lambda s, n, m: c.Release(pick(s.case.holds if s.case else (), n)),
    "forward": lambda s, n, m: c.BringForward(_waiting(s, n), "crisis"),
    "skip": lambda s, n, m: c.SkipRung(_waiting(s, n), "spoke_in_person"),
    "allege": lambda s, n, m: c.OpenBreach(pick(("new_matter", "no_contact"), n)),
    "side_asked": lambda s, n, m: c.AskSide(s.now.date() + timedelta(days=n % 7)),
    "side": lambda s, n, m: c.RecordSide("as told", declined=n % 2 == 0),
    "view": lambda s, n, m: c.RecordView(pick(Opinion, n), for_role=pick((None, Role.OIC, Role.NAVIGATOR), m)),
    "provider_heard": lambda s, n, m: c.HearProvider(),
    "decide": lambda s, n, m: c.DecideBreach(pick(Opinion, n), pick(("it is so", ""), m), tried="two visits"),
    "complete": lambda s, n, m: c.Complete(),
    "withdraw": lambda s, n, m: c.Withdraw(),
    "end": lambda s, n, m: c.End(
        pick(("not_reached", "not_engaged", "no_further_action", "transferred"), n),
        agreed_with=pick((None, Role.OIC), m),
    ),
    "reopen": lambda s, n, m: c.Reopen("a mistake"),
    "refer_on": lambda s, n, m: c.ReferOn(pick(("i1", "i2"), n), "pro-1"),
    "provider_says": lambda s, n, m: c.NoteProviderAnswer(
        pick(("i1", "i2"), n), pick(("yes", "no", "waiting_list"), m)
    ),
    "item_done": lambda s, n, m: c.NoteItemDone(pick(("i1", "i2"), n)),
    "item_dropped": lambda s, n, m: c.DropItem(pick(("i1", "i2"), n), "too much"),
    "new_matter": lambda s, n, m: c.NoteNewMatter(),
    "death": lambda s, n, m: c.NoteDeath(),
    "away": lambda s, n, m: c.NoteAway(pick(("custody", "hospital"), n), s.now.date() + timedelta(days=m % 30)),
    "victim_told": lambda s, n, m: c.TellVictim(),
    "survey": lambda s, n, m: c.NoteSurvey(filled_in=True),
    "officer": lambda s, n, m: c.ChangeOfficer(Role.OIC, f"oic-{n % 3}"),
    "transfer": lambda s, n, m: c.Transfer(f"nav-{n % 3}"),
    "task_done": lambda s, n, m: c.FinishTask(pick(s.tasks, n) or "none"),
}
ENDS = {"decline", "complete", "withdraw", "end", "death"}
OFTEN = ("book", "miss", "speak", "strike", "receipt", "attendance", "hold", "view")
NAMES = sorted(set(MOVES) - ENDS) + list(OFTEN) * 2 + sorted(ENDS)
CHANNELS: dict[str, Callable[[fx.Send], Receipt | None]] = {
    "delivered": lambda send: Receipt.DELIVERED,
    "lost": lambda send: Receipt.PERMANENT,
    "silent": lambda send: None,
    "posted": lambda send: Receipt.ACCEPTED,
    "mixed": lambda send: pick((Receipt.DELIVERED, Receipt.TEMPORARY, None, Receipt.ACCEPTED), len(send.purpose)),
}

small = st.integers(0, 59)
a_move = st.one_of(
    st.tuples(st.sampled_from(NAMES), small, small),
    st.tuples(st.just("days"), st.integers(0, len(JUMPS) - 1), st.integers(0, 5)),
    st.tuples(st.sampled_from(["missed", "missed", "heard"]), small, small),
)


@dataclass(frozen=True)
class Tale:
    """What to play: a scheme and a disposal of it, how far the journey has come, and the moves from there."""

    kind: tuple[str, str]
    start: datetime
    chapters: int
    channel: str
    victim: bool
    moves: tuple[Move, ...]


KINDS = [(name, disposal) for name in ("durham", "dyfed-powys") for disposal in scheme(name).disposals]
ENFORCED = [(name, disposal) for name, disposal in KINDS if scheme(name).disposals[disposal].strikes]
INVITED = [kind for kind in KINDS if kind not in ENFORCED]


def tales(kinds: list[tuple[str, str]] = KINDS) -> st.SearchStrategy[Tale]:
    """Tales of these disposals, most of them from an agreed plan on."""
    return st.builds(
        Tale,
        kind=st.sampled_from(kinds),
        start=st.sampled_from(STARTS),
        chapters=st.sampled_from([1, 2, 4, *[len(ON_THE_WAY)] * 5]),
        channel=st.sampled_from(sorted(CHANNELS)),
        victim=st.booleans(),
        moves=st.lists(a_move, min_size=4, max_size=30).map(tuple),
    )


def play(tale: Tale, watched: type[Watched] = Watched) -> Watched:
    """Tell it. Actors are drawn from the same numbers; whoever may not is refused, which is part of the story."""
    name, disposal = tale.kind
    s = watched(policy=scheme(name), now=tale.start, channel=CHANNELS[tale.channel])
    offence = date.fromordinal(tale.start.date().toordinal() - 2)
    enhanced = tale.victim and len(tale.moves) % 2 == 0
    refers(disposal=disposal, offence_date=offence, victim=tale.victim, enhanced_rights=enhanced)(s)
    enforceable = s.policy.disposals[disposal].enforceable
    for chapter in ON_THE_WAY[1 : tale.chapters]:
        chapter(s) if enforceable or chapter is not engaged else engaged(s, VOLUNTARY)
    for what, n, m in tale.moves:
        move(s, what, n, m)
    return s


def _missed(s: Watched, n: int, m: int) -> None:
    """A whole episode: booked, missed, spoken about, and a navigator who would call it a strike."""
    name = f"e{len(s.history)}"
    start = datetime.combine((s.now + timedelta(days=1 + n % 20)).date(), time(14), UTC)
    s.asks(c.BookSession(name, start, item="i1" if m % 5 else "i2"))
    s.until(max(s.now, start + timedelta(hours=1)))
    s.asks(c.RecordAttendance(name, Attendance.UNACCEPTABLE), PROVIDER)
    if n % 3:
        s.days_pass(n % 3)
    if m % 4:
        s.asks(c.RecordContact(ContactResult.SPOKE, about=name))
    s.asks(c.ConfirmStrike(name))


def _heard(s: Watched, n: int, m: int) -> None:
    """Everybody says what they have to say about an alleged breach, and somebody decides."""
    s.asks(c.AskSide(s.now.date()))
    if m % 2:
        s.asks(c.RecordSide(None))
    s.asks(c.RecordView(Opinion.BREACHED))
    s.asks(c.RecordView(Opinion.BREACHED if n % 2 else Opinion.CARRY_ON), OIC)
    s.asks(c.HearProvider(), SUPERVISOR)
    s.asks(c.DecideBreach(Opinion.BREACHED, "as the panel found", tried="two visits"), pick((NAVIGATOR, SUPERVISOR), n))


EPISODES = {"missed": _missed, "heard": _heard}


def move(s: Watched, name: str, n: int, m: int) -> None:
    if name == "days":
        (s.leap if m == 0 else s.days_pass)(JUMPS[n])
        return
    if name in EPISODES:
        EPISODES[name](s, n, m)
        return
    command = MOVES[name](s, n, m)
    usual = NAVIGATOR if n % 3 else SUPERVISOR
    by = CLOCK if name in {"receipt", "answer"} else usual if m % 3 else pick(ACTORS, n + m)
    origin = Origin.CHANNEL if by is CLOCK else Origin.PERSON
    s.asked.append(c.Asked("again", "case-1", command, by, origin))
    s.asks(command, by, origin)
