"""A history read backwards: the facts people and channels created, as the commands that made them. Pure.

What the clock fired or a reaction derived is left out: it is what a replay works out anew. A command may have made several
facts; the first that is its own tells which command it was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.policy import Policy
from caseflow.domain.reading import EARLY
from caseflow.domain.words import Attendance, Origin, Role, RungEnd

Identity = tuple[str, str | None, int, str]
"""A notice within its case: purpose, expectation, cycle, rung."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One command of the past. `at` is when the scheme heard of it (UTC), `seqs` the numbers of the facts it made.

    `after_clock`: the engine had already looked at the case at that very moment.
    """

    at: datetime
    seqs: tuple[int, ...]
    asked: c.Asked
    after_clock: bool


@dataclass(slots=True)
class Past:
    """A history sorted for a replay: how it began, what was asked, what channels said of which notice.

    `made` is when each rung fired, `known` when each fact was recorded (UTC).
    """

    first: ev.Recorded
    wishes: list[Wish] = field(default_factory=list)
    receipts: dict[Identity, list[Wish]] = field(default_factory=dict)
    made: dict[tuple[str, int, str], datetime] = field(default_factory=dict)
    known: dict[int, datetime] = field(default_factory=dict)


class NotACase(ValueError):
    """The history does not begin with a referral."""


def past_of(events: Sequence[ev.Recorded], then: Policy) -> Past:
    """The history of one case, sorted. `then` is the policy it ran under. Raises NotACase."""
    if not events or not isinstance(events[0].event, ev.Referred):
        raise NotACase("this history does not begin with a referral")
    past = Past(events[0])
    sessions = _Sessions()
    looked_at: datetime | None = None  # the last moment at which the engine looked at the case by itself
    for _, group in groupby(events, key=lambda one: (one.command_id, one.seq if not one.command_id else 0)):
        facts = list(group)
        lead = facts[0]
        past.known.update((one.seq, one.recorded_at) for one in facts)
        if isinstance(lead.event, ev.RungFired) and lead.event.end is RungEnd.FIRED:
            past.made[lead.event.expectation, lead.event.cycle, lead.event.rung] = lead.recorded_at
        if isinstance(lead.event, ev.PolicyMoved):
            continue  # here the whole life is lived under one version
        if not lead.command_id:
            looked_at = lead.recorded_at
        elif lead is not past.first:
            command = _command([one.event for one in facts], lead, sessions, then)
            asked = c.Asked(lead.command_id, lead.stream, command, lead.actor, lead.origin, lead.occurred_at)
            wish = Wish(lead.recorded_at, tuple(one.seq for one in facts), asked, looked_at == lead.recorded_at)
            if isinstance(command, c.NoteDelivery):
                past.receipts.setdefault(identity(command), []).append(wish)
            else:
                past.wishes.append(wish)
        for one in facts:
            sessions.follow(one.event)
    return past


def identity(note: c.NoteDelivery) -> Identity:
    """Which notice a channel's word is about."""
    return note.purpose, note.expectation, note.cycle, note.rung


@dataclass(slots=True)
class _Sessions:
    """As much of the sessions as is needed to tell an excuse from an absence with a reason."""

    start: dict[str, datetime] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)

    def follow(self, event: ev.Event) -> None:
        match event:
            case ev.SessionBooked() | ev.SessionMoved():
                self.start[event.session] = event.start
            case ev.SessionMissed() | ev.ExcuseWithdrawn():
                self.missed.add(event.session)
            case ev.SessionAttended() | ev.SessionExcused() | ev.SessionNotHeld():
                self.missed.discard(event.session)
            case _:
                pass


FOLLOWS = (ev.Rebased, ev.BreachOpened, ev.AddressNoted, ev.Held, ev.SessionCancelled, ev.ItemDropped)
"""Facts a command makes beside its own; alone, each is somebody's own fact."""


def _command(facts: Sequence[ev.Event], lead: ev.Recorded, sessions: _Sessions, then: Policy) -> c.Command:
    own = next((one for one in facts if not isinstance(one, FOLLOWS)), facts[0])
    match own:
        case ev.SessionExcused():
            return _excused(own, lead, sessions, then)
        case ev.AnswerReceived() as e:
            closed = any(isinstance(one, ev.AddressNoted) for one in facts)
            return c.NoteAnswer(
                e.reads_as, e.channel, e.about, e.text, e.needs_reading, e.proposes, "" if closed else "another address"
            )
        case ev.Breached() | ev.CarriedOn():
            return _decided(own.decision)
        case ev.Ended() as e if e.decision is not None:
            return _decided(e.decision)
        case ev.Ended() as e:
            return c.End(e.reason, e.text, Role.PROVIDER if lead.actor.role is Role.OIC else Role.OIC)
        case _:
            return next(_plain(own))


def _excused(e: ev.SessionExcused, lead: ev.Recorded, sessions: _Sessions, then: Policy) -> c.Command:
    """The same fact follows from a reason accepted by those who may, and from an attendance recorded with a reason."""
    if e.reason == "on_hold":
        return c.RecordAttendance(e.session, Attendance.UNACCEPTABLE)
    early = sessions.start[e.session] > lead.occurred_at + EARLY
    accepted = lead.origin is Origin.PERSON and lead.actor.role in then.excuse_by
    if early or (accepted and e.session in sessions.missed):
        return c.Excuse(e.session, e.reason, e.text)
    return c.RecordAttendance(e.session, Attendance.ACCEPTABLE, e.reason, e.text)


def _decided(decision: ev.Decision) -> c.Command:
    tried = decision.reached.removeprefix("tried: ") if decision.reached.startswith("tried: ") else ""
    return c.DecideBreach(decision.outcome, decision.reasons, decision.text, tried)


def _plain(own: ev.Event) -> Iterator[c.Command]:
    """The facts that name their command by themselves; in the order of commands.py."""
    match own:
        case ev.Accepted() as e:
            yield c.Accept(e.navigator, e.confirmed)
        case ev.Declined() as e:
            yield c.Decline(e.reason, e.text)
        case ev.Assessed() as e:
            yield c.Assess(e.needs, e.risk, e.no_intervention, e.text)
        case ev.PlanAgreed() as e:
            yield c.AgreePlan(e.items, signed=True, read_back=e.read_back, ends_on=e.ends_on)
        case ev.ContactAgreed() as e:
            yield c.AgreeContact(
                e.addresses, e.language, e.texts_only, e.no_voicemail, e.not_before, e.not_after, any_hour=True,
                short_reminder=e.short_reminder, interpreter=e.interpreter, text=e.text,
            )  # fmt: skip
        case ev.AddressNoted() as e:
            yield c.NoteAddress(e.channel, e.address, e.status)
        case ev.SessionBooked() as e:
            yield c.BookSession(e.session, e.start, e.kind, e.item, e.provider, e.place)
        case ev.SessionMoved() as e:
            yield c.MoveSession(e.session, e.start, e.asked_by)
        case ev.SessionCancelled() as e:
            yield c.CancelSession(e.session, e.asked_by, e.reason)
        case ev.SessionAttended() as e:
            yield c.RecordAttendance(e.session, Attendance.LATE if e.late else Attendance.ATTENDED)
        case ev.SessionMissed() as e:
            yield c.RecordAttendance(e.session, Attendance.UNACCEPTABLE)
        case ev.SessionNotHeld() as e:
            yield c.RecordAttendance(e.session, Attendance.NOT_HELD, e.reason)
        case ev.ContactRecorded() as e:
            yield c.RecordContact(e.result, e.channel, e.about, e.text)
        case ev.AnswerRead() as e:
            yield c.ReadAnswer(e.answer)
        case ev.DeliveryNoted() as e:
            yield c.NoteDelivery(
                e.notice, e.purpose, e.channel, e.receipt, e.address, e.expectation, e.cycle, e.rung, e.subject, e.last
            )
        case ev.ExcuseWithdrawn() as e:
            yield c.WithdrawExcuse(e.session, e.text)
        case ev.SessionRuled() as e:
            yield c.RuleSession(e.session, e.ruling.value, e.text)
        case ev.StrikeConfirmed() as e:
            yield c.ConfirmStrike(e.session, e.text)
        case ev.StrikeWaived() as e:
            yield c.WaiveStrike(e.session, e.reason, e.text)
        case ev.StrikeDisputed() as e:
            yield c.DisputeStrike(e.session, e.text)
        case ev.StrikeUpheld() as e:
            yield c.UpholdStrike(e.session, e.text or "not written down")
        case ev.Held() as e:
            yield c.Hold(e.until, e.reason, None if e.hold == "case" else e.hold)
        case ev.HoldEnded() as e:
            yield c.Release(None if e.hold == "case" else e.hold)
        case ev.BroughtForward() as e:
            yield c.BringForward(e.plan.expectation, e.reason)
        case ev.RungFired() as e:
            yield c.SkipRung(e.expectation, e.why)
        case ev.BreachOpened() as e:
            yield c.OpenBreach(e.cause, e.text)
        case ev.SideAsked() as e:
            yield c.AskSide(e.by_day)
        case ev.SideRecorded() as e:
            yield c.RecordSide(e.text or (None if e.declined else "not written down"), e.declined)
        case ev.ViewRecorded() as e:
            yield c.RecordView(e.opinion, e.text, e.role)
        case ev.ProviderHeard() as e:
            yield c.HearProvider(e.text)
        case ev.Completed() as e:
            yield c.Complete(e.text)
        case ev.Withdrawn() as e:
            yield c.Withdraw(e.text)
        case ev.Reopened() as e:
            yield c.Reopen(e.reason)
        case ev.ExpectationsExplained() as e:
            yield c.ExplainExpectations(e.read_back)
        case ev.ReferredOn() as e:
            yield c.ReferOn(e.item, e.provider)
        case ev.ProviderAnswered() as e:
            yield c.NoteProviderAnswer(e.item, e.answer, e.wait_until)
        case ev.NeedUnmet() as e:
            yield c.NoteUnmetNeed(e.need, e.why)
        case ev.EngagementNoted() as e:
            yield c.NoteEngagement(e.item, e.engagement)
        case ev.ItemDone() as e:
            yield c.NoteItemDone(e.item)
        case ev.ItemDropped() as e:
            yield c.DropItem(e.item, e.reason)
        case ev.SurveyNoted() as e:
            yield c.NoteSurvey(e.filled_in)
        case ev.Signposted() as e:
            yield c.NoteSignpost(e.where)
        case ev.NewMatterNoted() as e:
            yield c.NoteNewMatter(e.kind, e.text)
        case ev.SafeguardingNoted() as e:
            yield c.NoteSafeguarding(e.text)
        case ev.Died():
            yield c.NoteDeath()
        case ev.WentAway() as e:
            yield c.NoteAway(e.where, e.until)
        case ev.Transferred() as e:
            yield c.Transfer(e.navigator, e.cover_until)
        case ev.OfficerChanged() as e:
            yield c.ChangeOfficer(e.role, e.person)
        case ev.LastSafeSet() as e:
            yield c.SetLastSafe(e.day, e.day is None, e.text)
        case ev.VictimTold() as e:
            yield c.TellVictim(e.about)
        case ev.TaskFinished() as e:
            yield c.FinishTask(e.task, e.text)
        case _:
            raise NotACase(f"nobody asks for the fact {type(own).__name__}")
