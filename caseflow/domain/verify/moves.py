"""What people, channels and the clock may do next in a model: a small set of commands that stands for all of them.

Every move is a real command, asked by everyone who matters, also by those who may not: a refusal leads nowhere, which is
the point. `gives` names the signals a move may bring about, so that a ladder's model takes only what can touch it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from caseflow.domain import commands as c
from caseflow.domain.case import Case, Session
from caseflow.domain.policy import DisposalRules, Policy
from caseflow.domain.verify.world import AFTER_START, CHASE, CLOCK, World
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

NAVIGATOR = Actor("nav-1", Role.NAVIGATOR)
SUPERVISOR = Actor("sup-1", Role.SUPERVISOR)
OIC = Actor("oic-1", Role.OIC)
PROVIDER = Actor("pro-1", Role.PROVIDER)
REFERRER = Actor("off-1", Role.REFERRER)

PARTIES = {Role.PARTICIPANT: "per-1", Role.ARRESTING_OFFICER: "off-1", Role.OIC: "oic-1", Role.TEAM: "team-1"}
PHONE, MAIL, POST = "adr-phone", "adr-mail", "adr-post"
ADDRESSES = {Channel.TEXT: c.Known(PHONE), Channel.EMAIL: c.Known(MAIL), Channel.LETTER: c.Known(POST)}
CONFIRMED = {channel: replace(known, status=AddressStatus.CONFIRMED) for channel, known in ADDRESSES.items()}

HOLD_DAYS = 3
"""How long a model puts something on hold, in working days."""
PLAN_HOURS = 4
PLAN_WEEKS = 16
"""How long the plan of a model runs that is to outlive the power to prosecute; others run nine weeks."""
"""How many hours the small plan of a model asks for."""

Asking = tuple[c.Command, Actor, Origin]
Offer = Callable[[World], Iterator[Asking]]


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may happen. `ask` yields the commands it may be, none where it makes no sense."""

    name: str
    ask: Offer
    gives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Setting:
    """Which participant the model is about: what the referral says that a ladder may ask for."""

    victim: bool = False
    enhanced: bool = False
    outlives: bool = False
    short_reminder: bool = False


def referral(policy: Policy, disposal: str, now: datetime, setting: Setting) -> c.Refer:
    """A summary offence of some days ago, everything in order, a phone, a mailbox and an address on file.

    The person is as young as the scheme takes them.
    """
    today = policy.calendar.local(now).date()
    youngest = 18 if policy.ages is None else policy.ages.youngest
    ago = timedelta(days=60 if setting.outlives else 2)
    return c.Refer(
        ref=f"{policy.ref_prefix}-22-000001", disposal=disposal, policy_version=policy.version, referred_at=now,
        offence_code="PU86004", offence_category="CS", offence_listed="CS", offence_date=today - ago, parties=PARTIES,
        adult_on=date(today.year - (youngest - 18), today.month, 1), language=policy.languages[-1], addresses=ADDRESSES,
        evidential_test=True, admission=True, consent=True, victim=setting.victim, enhanced_rights=setting.enhanced,
    )  # fmt: skip


def items(rules: DisposalRules, *, enforceable: bool = True) -> tuple[c.Item, ...]:
    """A small plan: one thing asked, where the disposal may ask, and one offered for a welfare need."""
    kind = ItemKind.ENFORCEABLE if rules.enforceable and enforceable else ItemKind.VOLUNTARY
    return (
        c.Item("i1", kind, "thinking skills", provider="pro-1", hours=PLAN_HOURS),
        c.Item("i2", ItemKind.VOLUNTARY, "money advice", need=Need.MONEY),
    )


def _by(command: c.Command, *who: Actor) -> Offer:
    def offer(world: World) -> Iterator[Asking]:
        for actor in who or (NAVIGATOR,):
            yield command, actor, Origin.TIMER if actor is CLOCK else Origin.PERSON

    return offer


def _sessions(case: Case, *statuses: str) -> list[Session]:
    return [s for s in case.sessions.values() if s.status in statuses and s.kind != "first_meeting"]


class Moves:
    """The moves of one disposal under one policy, by name. Sessions are booked for the time of day `at`."""

    def __init__(
        self, policy: Policy, rules: DisposalRules, setting: Setting, sessions: int = 2, at: time = time(14)
    ) -> None:
        self.policy, self.rules, self.setting = policy, rules, setting
        self.at = at
        self.numbered = tuple(f"s{n}" for n in range(1, sessions + 1))
        self.all = {move.name: move for move in self._list()}

    def pick(self, names: frozenset[str]) -> tuple[Move, ...]:
        """These moves, in the order in which they are tried."""
        return tuple(move for name, move in self.all.items() if name in names)

    def _list(self) -> Iterator[Move]:
        two_way = frozenset({"two_way_contact", "contact_expected", "absence_settled"})
        over = frozenset({"ended", "victim_event"})

        def move(name: str, ask: Offer, *gives: str, also: frozenset[str] = frozenset()) -> Move:
            return Move(name, ask, frozenset(gives) | also)

        yield move("accept", _by(c.Accept("nav-1"), SUPERVISOR), "accepted", "disposal_decided", "victim_event")
        yield move("decline", _by(c.Decline("person_says_no"), SUPERVISOR), also=over)
        yield move("keep_in_touch", self._keep_in_touch, "address_found", also=two_way)
        yield move("book_first", self._book_first, "first_meeting_booked", "session_booked")
        yield move("book_plain", self._book_plain, "session_booked", "absence_settled")
        yield move("assess", _by(c.Assess(risk="low")))
        yield move("assess_nothing", _by(c.Assess(no_intervention=True)), "items_done")
        yield move("plan", self._plan(enforceable=True), "plan_agreed", also=two_way)
        yield move("plan_not_read_back", self._plan(enforceable=True, read_back=False), "plan_agreed", also=two_way)
        yield move("plan_offered_only", self._plan(enforceable=False), "plan_agreed", also=two_way)
        yield move("refer_on", _by(c.ReferOn("i1", "pro-2")), "referred_on")
        yield move("no_place", _by(c.NoteProviderAnswer("i1", "no")), "provider_declined")
        yield move("book", self._book("i1"), "session_booked", "first_session_booked", "absence_settled")
        yield move("book_offered", self._book("i2"), "session_booked", "first_session_booked", "absence_settled")
        yield move("move", self._move, "session_off", "session_booked")
        yield move("came", self._outcome(Attendance.ATTENDED), "attendance_recorded", "attended", "first_meeting_held",
                   "strike_removed", also=two_way)  # fmt: skip
        yield move(
            "missed",
            self._outcome(Attendance.UNACCEPTABLE),
            "attendance_recorded",
            "absence_known",
            "first_meeting_missed",
        )
        yield move(
            "excuse",
            self._of("missed", lambda s: c.Excuse(s, self.policy.excuses[0])),
            "absence_settled",
            "strike_removed",
        )
        yield move("back_on_track", self._of("missed", lambda s: c.RuleSession(s, "back_on_track")), "absence_settled")
        yield move("spoke", _by(c.RecordContact(ContactResult.SPOKE)), also=two_way)
        yield move(
            "spoke_of_breach", self._in_breach(c.RecordContact(ContactResult.SPOKE, about="breach")), also=two_way
        )
        yield move("answered", _channel(c.NoteAnswer("ok")), "answered", also=two_way)
        yield move("wrote", self._wrote, "answered", also=two_way)
        yield move("read", _read)
        yield move("arrived", _receipt(Receipt.DELIVERED))
        yield move("bounced", _receipt(Receipt.PERMANENT), "address_lost")
        yield move("chase_arrived", self._proof)
        yield move("number_dead", self._dead((Channel.TEXT,)), "address_lost")
        yield move("all_dead", self._dead(tuple(Channel)), "address_lost")
        yield move("strike", self._strike, "strike_confirmed", "absence_settled")
        yield move(
            "waive",
            self._of("missed", lambda s: c.WaiveStrike(s, self.policy.override_reasons[0]), SUPERVISOR),
            "strike_removed",
        )
        yield move("dispute", self._of("missed", c.DisputeStrike))
        yield move("uphold", self._of("missed", lambda s: c.UpholdStrike(s, "looked at again"), SUPERVISOR))
        yield move("new_matter", self._quiet(c.NoteNewMatter()), "breach_opened", "view_asked")
        yield move("lost_contact", self._quiet(c.OpenBreach("no_contact")), "breach_opened", "view_asked")
        yield move("ask_side", self._side_asked)
        yield move("side", self._in_breach(c.RecordSide("as they told it")))
        yield move("view_navigator", self._view(NAVIGATOR), "views_in")
        yield move("view_oic", self._view(OIC), "view_given", "views_in")
        yield move("hear_provider", self._in_breach(c.HearProvider(), SUPERVISOR))
        yield move("breached", self._in_breach(c.DecideBreach(Opinion.BREACHED, "as found", tried="two visits"),
                   NAVIGATOR, OIC, SUPERVISOR, PROVIDER, CLOCK), "breach_decided", also=over)  # fmt: skip
        yield move("carry_on", self._in_breach(c.DecideBreach(Opinion.CARRY_ON, "as found"), SUPERVISOR, CLOCK),
                   "breach_decided", "contact_expected")  # fmt: skip
        yield move("hold", self._hold, "hold_started")
        yield move(
            "release", lambda w: iter([(c.Release(), NAVIGATOR, Origin.PERSON)] if w.case.holds else []), "hold_ended"
        )
        yield move("item_done", _by(c.NoteItemDone("i1"), PROVIDER), "item_gone", "items_done")
        yield move("item_dropped", _by(c.DropItem("i1", "too much")), "item_gone", "items_done", "session_off")
        yield move("complete", _by(c.Complete()), "signed_off", also=over)
        yield move("withdraw", _by(c.Withdraw(), NAVIGATOR, CLOCK), also=over)
        yield move("end", self._end, also=over)
        yield move("died", _by(c.NoteDeath()), also=over)
        yield move("reopen", _by(c.Reopen("a mistake"), SUPERVISOR), "reopened", "contact_expected")
        yield move("victim_told", _by(c.TellVictim(), OIC), "victim_told")
        yield move("survey", _by(c.NoteSurvey(filled_in=True)), "survey_in")

    # ── what needs a look at the world ──
    def _keep_in_touch(self, world: World) -> Iterator[Asking]:
        if not world.case.contact.agreed:
            agreed = c.AgreeContact(addresses=CONFIRMED, short_reminder=self.setting.short_reminder)
            yield agreed, NAVIGATOR, Origin.PERSON

    def _book_first(self, world: World) -> Iterator[Asking]:
        if "m1" not in world.case.sessions:
            booked = c.BookSession("m1", self._day(world, 2), "first_meeting", place="12 High St")
            yield booked, NAVIGATOR, Origin.PERSON

    def _book_plain(self, world: World) -> Iterator[Asking]:
        """A session for no item of any plan: as when a first meeting was written down as any other."""
        if "x1" not in world.case.sessions:
            yield c.BookSession("x1", self._day(world, 1), place="12 High St"), NAVIGATOR, Origin.PERSON

    def _plan(self, *, enforceable: bool, read_back: bool = True) -> Offer:
        wanted = items(self.rules, enforceable=enforceable)

        def offer(world: World) -> Iterator[Asking]:
            weeks = PLAN_WEEKS if self.setting.outlives else 9
            days = 7 * min(weeks, self.rules.max_weeks or weeks)
            ends = self.policy.calendar.local(world.now).date() + timedelta(days=days)
            same = tuple(world.case.items.values()) == wanted and world.case.read_back == read_back
            if not same:
                yield c.AgreePlan(wanted, signed=True, read_back=read_back, ends_on=ends), NAVIGATOR, Origin.PERSON

        return offer

    def _book(self, item: str) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            known = world.case.sessions
            if any(s.status == "booked" for s in known.values()):  # one at a time: see ADR 41, what is not modelled
                return
            names = ("v1",) if item == "i2" else self.numbered
            name = next((n for n in names if n not in known), None)
            if name is not None and item in world.case.items:
                yield c.BookSession(name, self._day(world, 3), item=item, place="12 High St"), NAVIGATOR, Origin.PERSON

        return offer

    def _day(self, world: World, working: int) -> datetime:
        cal = self.policy.calendar
        return cal.instant(datetime.combine(cal.add_working_days(cal.local(world.now).date(), working), self.at))

    def _move(self, world: World) -> Iterator[Asking]:
        for s in world.case.sessions.values():
            if s.status == "booked" and s.start > world.now and s.cycle == 0:
                yield c.MoveSession(s.id, s.start + timedelta(days=1)), NAVIGATOR, Origin.PERSON

    @staticmethod
    def _outcome(what: Attendance) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            for s in world.case.sessions.values():
                if s.status == "booked" and s.start + AFTER_START <= world.now:
                    yield c.RecordAttendance(s.id, what), PROVIDER, Origin.PERSON

        return offer

    @staticmethod
    def _of(status: str, make: Callable[[str], c.Command], by: Actor = NAVIGATOR) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            for s in world.case.sessions.values():
                if s.status == status:
                    yield make(s.id), by, Origin.PERSON

        return offer

    def _strike(self, world: World) -> Iterator[Asking]:
        for s in _sessions(world.case, "missed"):
            for by in (NAVIGATOR, PROVIDER, CLOCK):
                yield c.ConfirmStrike(s.id), by, Origin.TIMER if by is CLOCK else Origin.PERSON

    @staticmethod
    def _wrote(world: World) -> Iterator[Asking]:
        if not world.case.unread:
            yield c.NoteAnswer("free", needs_reading=True), CLOCK, Origin.CHANNEL

    @staticmethod
    def _proof(world: World) -> Iterator[Asking]:
        """A chase about a missed session arrived, at whatever stands on file."""
        for s in _sessions(world.case, "missed"):
            if not s.ruling:
                noted = c.NoteDelivery(
                    f"{CHASE}{s.id}", "missed_session", Channel.TEXT, Receipt.DELIVERED, PHONE, subject=s.id
                )
                yield noted, CLOCK, Origin.CHANNEL

    @staticmethod
    def _dead(channels: tuple[Channel, ...]) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            for channel in channels:
                known = world.case.contact.addresses.get(channel)
                if known is not None and known.status is not AddressStatus.BLOCKED:
                    yield c.NoteAddress(channel, known.address, AddressStatus.BLOCKED), NAVIGATOR, Origin.PERSON
                    return

        return offer

    @staticmethod
    def _in_breach(command: c.Command, *who: Actor) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            if world.case.breach is not None:
                yield from _by(command, *who)(world)

        return offer

    @staticmethod
    def _quiet(command: c.Command) -> Offer:
        """An allegation, where none is being decided. One in a lifetime is enough: what follows is the same."""

        def offer(world: World) -> Iterator[Asking]:
            if world.case.breach is None and world.case.breaches == 0:
                yield from _by(command, NAVIGATOR, CLOCK)(world)

        return offer

    def _side_asked(self, world: World) -> Iterator[Asking]:
        if world.case.breach is not None and not world.case.breach.side_asked:
            yield c.AskSide(world.case.breach.side_by), NAVIGATOR, Origin.PERSON

    @staticmethod
    def _view(by: Actor) -> Offer:
        def offer(world: World) -> Iterator[Asking]:
            if world.case.breach is not None and by.role not in world.case.breach.views:
                for opinion in (Opinion.BREACHED, Opinion.CARRY_ON):
                    yield c.RecordView(opinion), by, Origin.PERSON

        return offer

    def _hold(self, world: World) -> Iterator[Asking]:
        if not world.case.holds:
            cal = self.policy.calendar
            days = min(HOLD_DAYS, self.policy.hold_max_working_days)
            until = cal.add_working_days(cal.local(world.now).date(), days)
            yield c.Hold(until, "illness"), NAVIGATOR, Origin.PERSON

    def _end(self, world: World) -> Iterator[Asking]:
        for reason in self.policy.end_reasons:
            if reason != "died":
                yield c.End(reason, agreed_with=Role.OIC), SUPERVISOR, Origin.PERSON
                if reason in {"not_reached", "not_engaged"}:
                    yield c.End(reason), CLOCK, Origin.TIMER


def _channel(command: c.Command) -> Offer:
    return lambda world: iter([(command, CLOCK, Origin.CHANNEL)])


def _read(world: World) -> Iterator[Asking]:
    for answer in world.case.unread:
        yield c.ReadAnswer(answer), NAVIGATOR, Origin.PERSON


def _receipt(receipt: Receipt) -> Offer:
    """The word of a channel on the message that waits for one."""

    def offer(world: World) -> Iterator[Asking]:
        send = world.waiting
        if send is None:
            return
        known = world.case.contact.addresses.get(send.channels[0])
        yield (
            c.NoteDelivery(
                f"{send.expectation}/{send.cycle}/{send.rung}/{send.purpose}", send.purpose, send.channels[0], receipt,
                "" if known is None else known.address, send.expectation, send.cycle, send.rung, send.subject,
                last=receipt is not Receipt.DELIVERED,
            ),
            CLOCK,
            Origin.CHANNEL,
        )  # fmt: skip

    return offer
