"""The rules of DOMAIN.md as properties: whatever anybody asks, in whatever order, at whatever time.

A chaotic story is drawn (who asks what, how much time passes, what channels say) and each rule is looked for in the
history it leaves. The draws go through the same functions the engine calls.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from words import CONFIRMED, ITEMS, MONDAY, NAVIGATOR, OIC, PROVIDER, SERGEANT, SUPERVISOR, Story, referral, scheme

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain import plan
from caseflow.domain.journey import NEXT
from caseflow.domain.notices import KINDS
from caseflow.domain.strikes import reached_about
from caseflow.domain.words import (
    OPEN_STATES,
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Opinion,
    Origin,
    Receipt,
    Role,
    State,
)

CHAOS = settings(max_examples=60, suppress_health_check=list(HealthCheck), print_blob=True)
PEOPLE = (
    NAVIGATOR,
    SUPERVISOR,
    OIC,
    PROVIDER,
    SERGEANT,
    Actor("per-1", Role.PARTICIPANT),
    Actor("system", Role.SYSTEM),
)
SESSIONS = ("s1", "s2", "s3")
TEXTS = {"strike_letter", "your_side", "decision_breached", "decision_carry_on"}

actors = st.sampled_from(PEOPLE)
likely = st.sampled_from([NAVIGATOR, NAVIGATOR, SUPERVISOR, OIC, PROVIDER])
sessions = st.sampled_from(SESSIONS)
hours = st.sampled_from([0, 1, 5, 26, 49, 75, 170, 340])
opinions = st.sampled_from(list(Opinion))


def asking(command: st.SearchStrategy[c.Command], by: st.SearchStrategy[Actor] = likely) -> st.SearchStrategy[Any]:
    return st.tuples(st.just("ask"), command, by)


def booked(draw: tuple[str, int, str | None]) -> c.BookSession:
    session, days, item = draw
    return c.BookSession(session, MONDAY + timedelta(days=days, hours=4), item=item, place="12 High St")


STEPS = st.one_of(
    st.tuples(st.just("wait"), hours),
    st.tuples(st.just("wait"), hours),
    st.tuples(st.just("jump"), st.sampled_from([3, 30])),  # nobody looked: an outage of days
    asking(st.tuples(sessions, st.integers(1, 60), st.sampled_from([None, "i1", "i2"])).map(booked)),
    asking(st.builds(c.RecordAttendance, sessions, st.sampled_from(list(Attendance)), st.sampled_from(["illness", ""])), actors),
    asking(st.builds(c.RecordAttendance, sessions, st.just(Attendance.UNACCEPTABLE), st.just(""))),
    asking(st.builds(c.RecordContact, st.sampled_from(list(ContactResult)), about=st.one_of(st.none(), sessions))),
    asking(st.builds(c.NoteAnswer, st.sampled_from(["ok", "call", "stop", "wrong", "free"]), needs_reading=st.booleans())),
    asking(st.builds(c.ConfirmStrike, sessions), actors),
    asking(st.builds(c.ConfirmStrike, sessions)),
    asking(st.builds(c.Excuse, sessions, st.sampled_from(["illness", "nonsense"])), actors),
    asking(st.builds(c.WithdrawExcuse, sessions)),
    asking(st.builds(c.RuleSession, sessions, st.sampled_from(["back_on_track", "not_known"]))),
    asking(st.builds(c.WaiveStrike, sessions, st.just("crisis"))),
    asking(st.builds(c.Hold, st.integers(1, 40).map(lambda n: date(2022, 1, 10) + timedelta(days=n)), st.just("crisis"))),
    asking(st.just(c.Release())),
    asking(st.builds(c.OpenBreach, st.sampled_from(["new_matter", "no_contact"]))),
    asking(st.just(c.NoteNewMatter())),
    asking(st.builds(c.RecordSide, st.just("t1"), st.booleans()), actors),
    asking(st.builds(c.RecordView, opinions), actors),
    asking(st.just(c.HearProvider()), actors),
    asking(st.builds(c.DecideBreach, opinions, st.sampled_from(["t9", ""]), tried=st.sampled_from(["", "three calls"])), actors),
    asking(st.builds(c.NoteAddress, st.sampled_from(list(Channel)), st.just("adr-phone"), st.sampled_from(list(AddressStatus)))),
    asking(st.builds(c.NoteItemDone, st.sampled_from(["i1", "i2"]))),
    asking(st.sampled_from([c.Complete(), c.Withdraw(), c.NoteDeath(), c.Reopen("a mistake"), c.End("no_further_action")]), actors),
    asking(st.sampled_from([c.AgreeContact(addresses=CONFIRMED), c.AgreeContact(not_before=time(12), addresses=CONFIRMED)])),
)  # fmt: skip


def missing(draw: tuple[str, int]) -> list[Any]:
    """A session is booked, nobody comes, somebody tries the person."""
    session, days = draw
    return [
        ("book", session, days),
        ("wait", 24 * days + 6),
        ("ask", c.RecordAttendance(session, Attendance.UNACCEPTABLE), PROVIDER),
    ]


def struck(draw: tuple[str, int, bool]) -> list[Any]:
    """A missed session that is ruled a strike, or as good as: the call may come or not."""
    session, days, spoken = draw
    call = [("ask", c.RecordContact(ContactResult.SPOKE), NAVIGATOR)] if spoken else []
    strike = ("ask", c.ConfirmStrike(session), NAVIGATOR)
    return [*missing((session, days)), ("wait", 49), *call, strike, ("wait", 49), *call]


def panelled(draw: tuple[Opinion, Opinion, Opinion, bool]) -> list[Any]:
    """What a panel needs, or most of it."""
    one, other, outcome, heard = draw
    side = [("ask", c.RecordSide("t1"), NAVIGATOR), ("ask", c.HearProvider(), PROVIDER)] if heard else []
    views = [("ask", c.RecordView(one), NAVIGATOR), ("ask", c.RecordView(other), OIC)]
    by = SUPERVISOR if one is not other else OIC
    return [*side, *views, ("ask", c.DecideBreach(outcome, "t9"), by)]


TWO_STRIKES = [*struck(("s1", 3, True)), *struck(("s2", 15, True)), ("ask", c.NoteAnswer("ok"), NAVIGATOR)]
ENDINGS = [
    [("ask", c.NoteItemDone("i1"), PROVIDER), ("wait", 26), ("ask", c.Complete(), NAVIGATOR), ("wait", 340)],
    [("ask", c.Withdraw(), NAVIGATOR), ("wait", 49), ("ask", c.Reopen("a mistake"), SUPERVISOR)],
    [("book", "s3", 2), ("wait", 54), ("ask", c.RecordAttendance("s3", Attendance.ACCEPTABLE, "illness"), PROVIDER)],
]

CHAPTERS = st.one_of(
    STEPS.map(lambda step: [step]),
    st.lists(STEPS, min_size=1, max_size=4),
    st.tuples(sessions, st.integers(2, 12)).map(missing),
    st.tuples(sessions, st.integers(2, 12), st.booleans()).map(struck),
    st.tuples(sessions, st.integers(11, 16), st.just(True)).map(struck),
    st.tuples(opinions, opinions, opinions, st.booleans()).map(lambda views: [*TWO_STRIKES, *panelled(views)]),
    opinions.map(lambda one: [*TWO_STRIKES, *panelled((one, one, one, True))]),
    st.just([*TWO_STRIKES, ("wait", 340), ("wait", 340)]),
    st.sampled_from(ENDINGS),
    st.tuples(opinions, opinions, opinions, st.booleans()).map(panelled),
)
RECEIPTS = st.sampled_from([Receipt.DELIVERED, Receipt.ACCEPTED, Receipt.PERMANENT, Receipt.TEMPORARY, None])
DISPOSALS = [
    ("durham", "deferred_prosecution"), ("durham", "conditional_caution"), ("durham", "community_resolution"),
    ("durham", "outcome_22"), ("dyfed-powys", "conditional_caution"), ("dyfed-powys", "community_resolution"),
]  # fmt: skip
VOLUNTARY = tuple(c.Item(i.id, ItemKind.VOLUNTARY, i.intervention, provider=i.provider) for i in ITEMS)


@st.composite
def chaos(draw: Callable[..., Any]) -> Story:
    """A story that went as far as it liked: often with a plan, then anything."""
    name, disposal = draw(st.sampled_from(DISPOSALS))
    policy = scheme(name)
    answers = draw(st.lists(RECEIPTS, min_size=1, max_size=4))
    told = Story(policy=policy, channel=lambda send: answers[len(send.purpose) % len(answers)])
    told.asks(referral(disposal=disposal, victim=draw(st.booleans())), Actor("off-1", Role.REFERRER))
    told.asks(c.Accept("nav-1"), SUPERVISOR)
    if draw(st.integers(0, 4)):
        told.asks(c.AgreeContact(addresses=CONFIRMED)).asks(c.Assess())
        items = ITEMS if policy.disposals[disposal].enforceable else VOLUNTARY
        told.asks(c.AgreePlan(items, signed=True, read_back=draw(st.integers(0, 4)) > 0))
    return play(told, [step for chapter in draw(st.lists(CHAPTERS, min_size=2, max_size=9)) for step in chapter])


def play(told: Story, steps: list[Any]) -> Story:
    """Each step in turn: time passes, nobody looks, a session is booked, somebody asks."""
    for kind, *rest in steps:
        if kind == "book":
            start = datetime.combine(told.now.date() + timedelta(days=rest[1]), time(14), MONDAY.tzinfo)
            told.asks(c.BookSession(rest[0], start, item="i1", place="12 High St"))
        elif kind == "wait":
            told.until(told.now + timedelta(hours=rest[0]))
        elif kind == "jump":
            told.now += timedelta(days=rest[0])
            told.until(told.now)
        else:
            command, by = rest
            told.asks(command, by, Origin.CHANNEL if by.role is Role.SYSTEM else Origin.PERSON)
    return told


def states(told: Story) -> list[State]:
    """The state after each fact."""
    history, name = told.history, told.policy.scheme
    return [plan.replay(history[:n], name).state for n in range(1, len(history) + 1)]  # type: ignore[union-attr]


def before(told: Story, seq: int) -> Any:
    return plan.replay(told.history[: seq - 1], told.policy.scheme)


@CHAOS
@given(chaos())
def test_nothing_is_ever_parked_and_history_leads_to_the_case(told: Story):
    assert told.parked == []
    assert plan.replay(told.history, told.policy.scheme) == told.case
    assert [r.seq for r in told.history] == list(range(1, len(told.history) + 1))


@CHAOS
@given(chaos())
def test_a_case_never_leaves_the_journey(told: Story):
    seen = states(told)
    steps = {(source, dest) for (source, _), dest in NEXT.items()}
    assert all(one == other or (one, other) in steps for one, other in pairwise(seen))


@CHAOS
@given(chaos())
def test_rule_1_a_named_human_decides_a_breach(told: Story):
    decided = [r for r in told.history if isinstance(r.event, ev.Breached)]
    assert (State.BREACHED in states(told)) == bool(decided)
    for record in decided:
        decision = record.event.decision
        assert decision.by.role in {Role.NAVIGATOR, Role.OIC, Role.SUPERVISOR}
        assert record.origin is Origin.PERSON
        assert decision.reasons.strip()


@CHAOS
@given(chaos())
def test_rule_2_the_decision_is_shared_and_hears_the_person(told: Story):
    for record in told.history:
        decision = getattr(record.event, "decision", None)
        if decision is None:
            continue
        case = before(told, record.seq)
        file, today = case.breach, told.policy.calendar.local(record.recorded_at).date()
        if isinstance(record.event, ev.Breached):
            assert file.side is not None or (file.side_asked and today > file.side_by)
            assert "case" not in case.holds
        opinions = {v.opinion for v in file.views.values()}
        both = {Role.NAVIGATOR, Role.OIC} <= set(file.views)
        if not (both and opinions == {decision.outcome}):
            assert decision.by.role is Role.SUPERVISOR
            assert len(opinions) == 2 if both else today > file.side_by
            assert decision.by.person not in {v.by.person for v in file.views.values()}
        assert len({v.by.person for v in file.views.values()}) == len(file.views)


@CHAOS
@given(chaos())
def test_rules_3_and_4_no_silent_strike(told: Story):
    for record in told.history:
        if not isinstance(record.event, ev.StrikeConfirmed):
            continue
        case = before(told, record.seq)
        session = case.sessions[record.event.session]
        assert reached_about(case, session) is not None
        assert record.event.evidence_seq < record.seq
        proof = told.history[record.event.evidence_seq - 1].event
        assert isinstance(proof, ev.ContactRecorded | ev.AnswerReceived | ev.DeliveryNoted)
        assert not isinstance(proof, ev.DeliveryNoted) or proof.reached
        assert session.status == "missed"
        assert case.read_back
        assert record.origin is Origin.PERSON
        assert record.actor.role is Role.NAVIGATOR


@CHAOS
@given(chaos())
def test_rule_5_voluntary_items_never_raise_a_strike(told: Story):
    for record in told.history:
        if isinstance(record.event, ev.StrikeConfirmed):
            case = before(told, record.seq)
            assert case.items[case.sessions[record.event.session].item].kind is ItemKind.ENFORCEABLE


@CHAOS
@given(chaos())
def test_rule_6_consequences_belong_to_the_disposal(told: Story):
    if not told.policy.disposals[told.case.disposal].strikes:
        assert not {"StrikeConfirmed", "BreachOpened", "Breached"} & set(told.kinds())
        assert not TEXTS & set(told.sent())


@CHAOS
@given(chaos())
def test_rule_8_nobody_is_chased_after_the_reason_has_gone(told: Story):
    for name, expectation in told.case.expectations.items():
        if expectation.status not in {"open", "held"}:
            assert expectation.next is None
            assert not [task for task in told.tasks.values() if task.expectation == name]
    for at, send in told.sends:
        gone = [
            r
            for r in told.history
            if isinstance(r.event, ev.ExpectationClosed)
            and r.event.expectation == send.expectation
            and r.event.cycle == send.cycle
            and r.recorded_at < at
        ]
        assert not gone, f"{send.purpose} was sent after {gone}"


@CHAOS
@given(chaos())
def test_rule_9_nothing_outside_contact_hours(told: Story):
    for at, send in told.sends:
        if send.to is not Role.PARTICIPANT or not send.expectation:
            continue
        local = told.policy.calendar.local(send.not_before or at)
        assert time(8) <= local.time() < time(20)
        assert send.channels


@CHAOS
@given(chaos())
def test_rule_10_chases_keep_their_distance(told: Story):
    marked = [
        at
        for at, send in told.sends
        if send.to is Role.PARTICIPANT
        and KINDS[send.purpose] == "chase"
        and told.policy.ladder((send.expectation or "").partition(":")[0]).rung(send.rung).chase
    ]
    days = [told.policy.calendar.local(at).date() for at in marked]
    assert len(days) == len(set(days)), "two chases on one day"


@CHAOS
@given(chaos())
def test_rule_11_the_policy_is_frozen(told: Story):
    assert told.case.policy_version == "1"
    assert all(f"policy:{told.case.policy_version}" in r.caused_by for r in told.history if r.caused_by)


@CHAOS
@given(chaos())
def test_every_open_expectation_has_its_one_alarm_and_every_ladder_its_end(told: Story):
    waiting = [e.next_due for e in told.case.expectations.values() if e.status == "open" and e.next_due is not None]
    assert plan.wake_at(told.case) == min(waiting, default=None)
    for expectation in told.case.expectations.values():
        assert (expectation.next is None) == (expectation.next_due is None) or expectation.status == "held"
    if told.case.state not in OPEN_STATES:
        assert all(
            e.status not in {"open", "held"} or told.policy.ladder(e.ladder).after_end
            for e in told.case.expectations.values()
        )


@CHAOS
@given(chaos())
def test_looking_again_changes_nothing(told: Story):
    again = plan.advance(told.case, (), told.policy, told.now)
    assert again.events == ()
    assert again.effects == ()
    assert again.stream == told.case


@CHAOS
@given(chaos())
def test_a_notice_is_unique_by_what_it_means(told: Story):
    keys = [(s.expectation, s.cycle, s.rung, s.purpose, s.recipient) for _, s in told.sends]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("name", "disposal"), DISPOSALS)
def test_where_nobody_ever_answers_every_ladder_comes_to_its_end(name: str, disposal: str):
    told = Story(policy=scheme(name))
    told.asks(referral(disposal=disposal), Actor("off-1", Role.REFERRER)).asks(c.Accept("nav-1"), SUPERVISOR)
    told.until(datetime.combine(MONDAY.date() + timedelta(days=400), time(12), MONDAY.tzinfo))
    assert plan.wake_at(told.case) is None
    assert told.state is State.REFERRED
    assert told.parked == []


def test_the_chaos_reaches_every_corner_that_matters():
    """A property about something that never happens proves nothing: this says that it does happen."""
    seen: set[str] = set()

    @settings(CHAOS, max_examples=300, derandomize=True, database=None)
    @given(chaos())
    def look(told: Story) -> None:
        seen.update(told.kinds())
        seen.update(refusal.code for refusal in told.refusals)

    look()
    assert {
        "StrikeConfirmed",
        "BreachOpened",
        "ViewRecorded",
        "SideRecorded",
        "Held",
        "SessionMissed",
        "Withdrawn",
    } <= seen
    assert {"AnswerReceived", "DeliveryNoted", "AddressNoted"} <= seen
    assert {"no_strikes", "not_a_person", "journey_over", "no_breach"} <= seen


@pytest.mark.parametrize(
    ("views", "leads_to"),
    [
        ((Opinion.BREACHED, Opinion.BREACHED, Opinion.BREACHED, True), "Breached"),
        ((Opinion.BREACHED, Opinion.CARRY_ON, Opinion.BREACHED, True), "Breached"),
        ((Opinion.CARRY_ON, Opinion.CARRY_ON, Opinion.CARRY_ON, True), "CarriedOn"),
        ((Opinion.END, Opinion.END, Opinion.END, True), "Ended"),
    ],
)
def test_the_chapters_of_the_chaos_lead_where_they_should(views: tuple[Opinion, Opinion, Opinion, bool], leads_to: str):
    told = Story(policy=scheme(), channel=lambda send: Receipt.DELIVERED)
    told.asks(referral(), Actor("off-1", Role.REFERRER)).asks(c.Accept("nav-1"), SUPERVISOR)
    told.asks(c.AgreeContact(addresses=CONFIRMED)).asks(c.Assess()).asks(
        c.AgreePlan(ITEMS, signed=True, read_back=True)
    )
    assert leads_to in play(told, [*TWO_STRIKES, *panelled(views)]).kinds()
