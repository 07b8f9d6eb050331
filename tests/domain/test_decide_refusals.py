"""Every refusal: given these chapters, when this is asked, then this code, in plain words; and no code is left untested."""

import re
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from words import (
    CLOCK,
    ITEMS,
    MONDAY,
    NAVIGATOR,
    OIC,
    ON_THE_WAY,
    PROVIDER,
    SERGEANT,
    SUPERVISOR,
    Story,
    accepted,
    assessed,
    attends,
    books,
    days_pass,
    misses,
    outcome,
    referral,
    referred,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

import caseflow.domain
from caseflow.domain import commands as c
from caseflow.domain import plan
from caseflow.domain.words import (
    Actor,
    Attendance,
    ContactResult,
    ItemKind,
    Need,
    Opinion,
    Origin,
    Refused,
    Role,
)

REFERRER = Actor("off-1", Role.REFERRER)
CAUTION = (refers(disposal="conditional_caution"), *ON_THE_WAY[1:])
INVITED = (refers(disposal="community_resolution"), *ON_THE_WAY[1:-1])
BEFORE_PLAN = ON_THE_WAY[:-1]
BREACH = (*ON_THE_WAY, says(c.OpenBreach("new_matter")))
MISSED = (*ON_THE_WAY, books("s1"), misses("s1"), spoken_to("s1"))
STRUCK = (*MISSED, says(c.ConfirmStrike("s1")))
UPHELD = says(c.UpholdStrike("s1", "as found"), SUPERVISOR)
OVER = (*ON_THE_WAY, says(c.Withdraw()))
UNREAD = says(c.NoteAnswer("free", needs_reading=True), Actor("per-1", Role.PARTICIPANT), Origin.CHANNEL)
LATER = MONDAY + timedelta(days=3)


def enforceable(item: str = "i1", **more: object) -> c.Item:
    return c.Item(item, ItemKind.ENFORCEABLE, "thinking skills", **more)  # type: ignore[arg-type]


def signed(*items: c.Item) -> c.AgreePlan:
    return c.AgreePlan(items, signed=True, read_back=True)


def _t(hour: int) -> time:
    return time(hour)


DOOR = [
    ((), replace(referral(), disposal="fine"), REFERRER, "disposal_unknown"),
    ((), replace(referral(), adult_on=date(2023, 1, 1)), REFERRER, "not_adult"),
    ((), replace(referral(), referred_at=MONDAY + timedelta(days=1)), REFERRER, "in_the_future"),
    ((), replace(referral(), offence_date=date(2022, 1, 12)), REFERRER, "offence_after_referral"),
    (
        (),
        replace(referral(), referred_at=MONDAY - timedelta(days=60), offence_date=date(2021, 9, 1)),
        REFERRER,
        "too_old",
    ),
    ((), c.Accept("nav-1"), SUPERVISOR, "case_unknown"),
    ((referred,), c.SubmitReturn(()), PROVIDER, "not_for_a_case"),
    ((referred,), c.Accept("nav-1"), PROVIDER, "not_yours"),
    ((referred,), c.Accept("nav-1"), CLOCK, "not_a_person"),
    ((refers(evidential_test=False),), c.Accept("nav-1"), SUPERVISOR, "not_eligible"),
    ((referred,), c.Decline("no_reason"), SUPERVISOR, "reason_unknown"),
    (ON_THE_WAY, c.Decline("other"), SUPERVISOR, "journey"),
    ((referred,), c.Assess(), NAVIGATOR, "not_accepted"),
    (ON_THE_WAY, c.Assess(), NAVIGATOR, "journey"),
    ((referred, accepted, assessed), c.AgreePlan(ITEMS, signed=False, read_back=True), NAVIGATOR, "not_signed"),
    ((referred, accepted), signed(*ITEMS), NAVIGATOR, "journey"),
    (BEFORE_PLAN, signed(), NAVIGATOR, "no_items"),
    (INVITED, signed(enforceable()), NAVIGATOR, "nothing_enforceable"),
    (BEFORE_PLAN, signed(enforceable(need=Need.ALCOHOL)), NAVIGATOR, "welfare_need"),
    (CAUTION[:-1], signed(enforceable(hours=21)), NAVIGATOR, "too_many_hours"),
    (CAUTION[:-1], replace(signed(enforceable()), ends_on=date(2022, 7, 1)), NAVIGATOR, "too_long"),
    (CAUTION[:-1], replace(signed(enforceable()), ends_on=date(2022, 5, 20)), NAVIGATOR, "say_why_longer"),
    (BEFORE_PLAN, signed(enforceable(), enforceable()), NAVIGATOR, "item_twice"),
    (BEFORE_PLAN, c.AgreeContact(language="cy"), NAVIGATOR, "language_unknown"),
    (BEFORE_PLAN, replace(c.AgreeContact(), not_before=_t(18), not_after=_t(9)), NAVIGATOR, "no_time_left"),
    (BEFORE_PLAN, c.ChangeOfficer(Role.NAVIGATOR, "nav-2"), SUPERVISOR, "not_an_officer"),
    (OVER, c.AgreeContact(), NAVIGATOR, "journey_over"),
]

SESSIONS = [
    (ON_THE_WAY, c.MoveSession("s9", LATER), NAVIGATOR, "session_unknown"),
    (ON_THE_WAY, c.ConfirmStrike("s9"), NAVIGATOR, "session_unknown"),
    ((*ON_THE_WAY, books("s1")), c.BookSession("s1", MONDAY + timedelta(days=30)), NAVIGATOR, "session_known"),
    ((referred,), c.BookSession("s1", LATER), NAVIGATOR, "not_accepted"),
    (ON_THE_WAY, c.BookSession("s1", MONDAY + timedelta(days=30), "party"), NAVIGATOR, "kind_unknown"),
    (ON_THE_WAY, c.BookSession("s1", MONDAY), NAVIGATOR, "in_the_past"),
    ((*ON_THE_WAY, books("s1")), c.MoveSession("s1", MONDAY), NAVIGATOR, "in_the_past"),
    (ON_THE_WAY, c.BookSession("s1", MONDAY + timedelta(days=30), item="i9"), NAVIGATOR, "item_unknown"),
    (MISSED, c.MoveSession("s1", MONDAY + timedelta(days=60)), NAVIGATOR, "not_booked"),
    (MISSED, c.CancelSession("s1", Role.PROVIDER), PROVIDER, "not_booked"),
    (
        (*ON_THE_WAY, books("s1"), says(c.CancelSession("s1", Role.PROVIDER))),
        c.RecordAttendance("s1", Attendance.ATTENDED), PROVIDER, "cancelled",
    ),
    ((*ON_THE_WAY, books("s1")), c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER, "not_yet"),
    ((*ON_THE_WAY, books("s1"), attends("s1")), c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER, "already_recorded"),
    ((*ON_THE_WAY, books("s1")), c.Excuse("s1", "asleep"), NAVIGATOR, "reason_unknown"),
    ((*ON_THE_WAY, books("s1")), c.Excuse("s1", "other"), NAVIGATOR, "say_more"),
    (MISSED, c.Excuse("s1", "illness"), OIC, "not_yours"),
    ((*ON_THE_WAY, books("s1"), attends("s1")), c.Excuse("s1", "illness"), NAVIGATOR, "not_missed"),
    (MISSED, c.WithdrawExcuse("s1"), NAVIGATOR, "not_excused"),
    (MISSED, c.RuleSession("s1", "guilty"), NAVIGATOR, "ruling_unknown"),
    ((*ON_THE_WAY, books("s1")), c.RuleSession("s1", "not_known"), NAVIGATOR, "not_missed"),
]  # fmt: skip


def once_more(s: Story) -> Story:
    """A second missed session, ten working days and a conversation after the first strike."""
    s.days_pass(16)
    return misses("s2")(books("s2")(s)).asks(c.RecordContact(ContactResult.SPOKE, about="s2"))


def soon(s: Story) -> Story:
    """A second missed session within days of the first strike."""
    return misses("s2")(books("s2", 3)(s)).asks(c.RecordContact(ContactResult.SPOKE))


STRIKES = [
    ((*INVITED, says(signed(ITEMS[1])), books("s1", item="i2"), misses("s1")), c.ConfirmStrike("s1"), NAVIGATOR, "no_strikes"),
    (MISSED, c.ConfirmStrike("s1"), SUPERVISOR, "not_yours"),
    ((*ON_THE_WAY, books("s1", item="i2"), misses("s1")), c.ConfirmStrike("s1"), NAVIGATOR, "voluntary"),
    ((*MISSED, says(signed(*ITEMS))), c.ConfirmStrike("s1"), NAVIGATOR, "not_read_back"),
    ((*MISSED, says(c.Excuse("s1", "illness"))), c.ConfirmStrike("s1"), NAVIGATOR, "not_missed"),
    ((*MISSED, says(c.RuleSession("s1", "not_known"))), c.ConfirmStrike("s1"), NAVIGATOR, "already_ruled"),
    (STRUCK, c.ConfirmStrike("s1"), NAVIGATOR, "already_ruled"),
    (
        (*ON_THE_WAY, books("s1"), outcome("s1", Attendance.UNACCEPTABLE, after=timedelta(days=9)), spoken_to("s1")),
        c.ConfirmStrike("s1"), NAVIGATOR, "known_too_late",
    ),
    ((*MISSED, UNREAD), c.ConfirmStrike("s1"), NAVIGATOR, "unread_answer"),
    ((*MISSED, says(c.OpenBreach("new_matter"))), c.ConfirmStrike("s1"), NAVIGATOR, "breach_open"),
    ((*STRUCK, soon), c.ConfirmStrike("s2"), NAVIGATOR, "not_warned"),
    ((*STRUCK, days_pass(1), says(c.NoteAnswer("ok")), once_more), c.ConfirmStrike("s2"), NAVIGATOR, "not_warned"),
    ((*STRUCK, spoken_to("strike"), soon), c.ConfirmStrike("s2"), NAVIGATOR, "too_soon"),
    ((*ON_THE_WAY, books("s1"), misses("s1")), c.ConfirmStrike("s1"), NAVIGATOR, "not_reached"),
    (ON_THE_WAY, c.WaiveStrike("s1", "crisis"), NAVIGATOR, "no_strike"),
    (STRUCK, c.WaiveStrike("s1", "crisis"), PROVIDER, "not_yours"),
    (STRUCK, c.WaiveStrike("s1", ""), SUPERVISOR, "say_why"),
    (STRUCK, c.WaiveStrike("s1", " "), SUPERVISOR, "say_why"),
    (ON_THE_WAY, c.DisputeStrike("s1"), NAVIGATOR, "no_strike"),
    ((*STRUCK, UPHELD), c.DisputeStrike("s1"), NAVIGATOR, "upheld"),
    (ON_THE_WAY, c.UpholdStrike("s1", "as found"), SUPERVISOR, "no_strike"),
    (STRUCK, c.UpholdStrike("s1", "as found"), NAVIGATOR, "not_yours"),
    (STRUCK, c.UpholdStrike("s1", "as found"), CLOCK, "not_a_person"),
    (STRUCK, c.UpholdStrike("s1", "as found"), Actor("nav-1", Role.SUPERVISOR), "same_person"),
    (STRUCK, c.UpholdStrike("s1", " "), SUPERVISOR, "say_why"),
    ((*STRUCK, says(c.DisputeStrike("s1")), spoken_to("strike"), once_more), c.ConfirmStrike("s2"), NAVIGATOR, "strike_disputed"),
]  # fmt: skip

TWO_STRIKES = (*STRUCK, spoken_to("strike"), once_more, says(c.ConfirmStrike("s2")))
HEARD = (says(c.RecordSide("txt-1")), says(c.HearProvider(), PROVIDER))
VIEWS = (says(c.RecordView(Opinion.BREACHED)), says(c.RecordView(Opinion.BREACHED), OIC))
KIND = (says(c.RecordView(Opinion.CARRY_ON)), says(c.RecordView(Opinion.CARRY_ON), OIC))
FOR_THE_OIC = says(c.RecordView(Opinion.BREACHED, for_role=Role.OIC), SUPERVISOR)
BREACHED = c.DecideBreach(Opinion.BREACHED, "they stopped coming")
CARRY_ON = c.DecideBreach(Opinion.CARRY_ON, "they came back")

BREACHES = [
    ((*INVITED, says(signed(ITEMS[1]))), c.OpenBreach("new_matter"), NAVIGATOR, "nothing_to_breach"),
    (ON_THE_WAY, c.OpenBreach("new_matter"), PROVIDER, "not_yours"),
    (ON_THE_WAY, c.OpenBreach("no_contact"), NAVIGATOR, "no_letter"),
    (ON_THE_WAY, c.OpenBreach("bad_mood"), NAVIGATOR, "cause_unknown"),
    (ON_THE_WAY, BREACHED, SUPERVISOR, "no_breach"),
    (BREACH, c.RecordView(Opinion.BREACHED), PROVIDER, "not_yours"),
    ((*BREACH, *VIEWS), c.RecordView(Opinion.CARRY_ON), NAVIGATOR, "view_given"),
    ((*BREACH, VIEWS[0]), c.RecordView(Opinion.BREACHED), Actor("nav-1", Role.OIC), "same_person"),
    ((*BREACH, *VIEWS), BREACHED, OIC, "side_not_asked"),
    ((*BREACH, *VIEWS, says(c.AskSide(date(2022, 1, 24)))), BREACHED, OIC, "side_not_heard"),
    ((*BREACH, *VIEWS, HEARD[0]), BREACHED, OIC, "provider_not_heard"),
    ((*BREACH, *VIEWS, *HEARD, UNREAD), BREACHED, OIC, "unread_answer"),
    ((*BREACH, *HEARD, VIEWS[0]), BREACHED, NAVIGATOR, "view_missing"),
    ((*BREACH, *HEARD, *VIEWS), CARRY_ON, NAVIGATOR, "views_agree"),
    ((*BREACH, *HEARD, VIEWS[0], KIND[1]), CARRY_ON, NAVIGATOR, "views_differ"),
    ((*BREACH, *HEARD, *VIEWS), BREACHED, SERGEANT, "not_yours"),
    ((*BREACH, *HEARD, *VIEWS), CARRY_ON, SUPERVISOR, "views_agree"),
    ((*BREACH, *HEARD, *KIND), BREACHED, SUPERVISOR, "views_agree"),
    ((*BREACH, *HEARD), BREACHED, SUPERVISOR, "view_awaited"),
    ((*BREACH, *HEARD, VIEWS[0]), BREACHED, SUPERVISOR, "view_awaited"),
    ((*BREACH, *HEARD, VIEWS[0]), CARRY_ON, SUPERVISOR, "view_awaited"),
    ((*BREACH, *HEARD, FOR_THE_OIC, KIND[0]), BREACHED, SUPERVISOR, "same_person"),
    ((*BREACH, *HEARD, KIND[0], VIEWS[1]), BREACHED, Actor("nav-1", Role.SUPERVISOR), "same_person"),
    ((*BREACH, *HEARD, *VIEWS, says(c.Hold(date(2022, 2, 1), "illness"))), BREACHED, OIC, "on_hold"),
    ((*BREACH, *HEARD, *VIEWS, says(c.Hold(date(2022, 2, 1), "illness"))), BREACHED, SUPERVISOR, "on_hold"),
    (BREACH, c.RecordSide("they said"), OIC, "not_yours"),
    (BREACH, c.RecordSide(None, declined=True), PROVIDER, "not_yours"),
    (BREACH, c.RecordSide(None), NAVIGATOR, "say_what"),
    (BREACH, c.RecordSide(" "), NAVIGATOR, "say_what"),
    (BREACH, c.AskSide(date(2022, 1, 24)), OIC, "not_yours"),
    (BREACH, c.AskSide(date(2022, 1, 24)), PROVIDER, "not_yours"),
    (BREACH, c.HearProvider("nothing new"), OIC, "not_yours"),
    ((*BREACH, *VIEWS, says(c.AskSide(date(2022, 1, 11)))), BREACHED, SUPERVISOR, "side_not_heard"),
    ((*BREACH, *HEARD, *VIEWS), BREACHED, CLOCK, "not_a_person"),
    ((*BREACH, *HEARD, *VIEWS), replace(BREACHED, reasons=" "), OIC, "say_why"),
    ((*TWO_STRIKES, says(c.WaiveStrike("s2", "crisis"), SUPERVISOR), *HEARD, *VIEWS), BREACHED, OIC, "strikes_removed"),
    ((*TWO_STRIKES, says(c.DisputeStrike("s2")), *HEARD, *VIEWS), BREACHED, OIC, "strike_disputed"),
    ((*TWO_STRIKES, says(c.DisputeStrike("s1")), *HEARD, *VIEWS), BREACHED, SUPERVISOR, "strike_disputed"),
    (
        (*MISSED, days_pass(1), says(c.ConfirmStrike("s1")), says(c.OpenBreach("new_matter")), *HEARD, *VIEWS),
        BREACHED, OIC, "not_reached",
    ),
]  # fmt: skip

ENDS = [
    (OVER, c.Complete(), NAVIGATOR, "journey"),
    (ON_THE_WAY, c.Complete(), PROVIDER, "not_yours"),
    (BEFORE_PLAN, c.Complete(), NAVIGATOR, "no_plan"),
    (ON_THE_WAY, c.Complete(), NAVIGATOR, "items_open"),
    ((*BREACH, says(c.NoteItemDone("i1"))), c.Complete(), NAVIGATOR, "breach_open"),
    (ON_THE_WAY, c.Withdraw(), CLOCK, "needs_a_conversation"),
    ((*ON_THE_WAY, says(c.End("transferred"))), c.Withdraw(), NAVIGATOR, "journey"),
    (OVER, c.End("transferred"), NAVIGATOR, "journey"),
    (ON_THE_WAY, c.End("transferred"), PROVIDER, "not_yours"),
    (ON_THE_WAY, c.End("boredom"), NAVIGATOR, "reason_unknown"),
    (ON_THE_WAY, c.End("not_engaged"), NAVIGATOR, "has_strikes"),
    (ON_THE_WAY, c.End("not_reached"), NAVIGATOR, "plan_agreed"),
    (ON_THE_WAY, c.End("no_further_action"), NAVIGATOR, "not_agreed"),
    (BREACH, c.End("no_further_action"), SUPERVISOR, "breach_open"),
    (OVER, c.Reopen("a mistake"), NAVIGATOR, "not_yours"),
    (OVER, c.Reopen(" "), SUPERVISOR, "say_why"),
]

FACTS = [
    (ON_THE_WAY, c.ReferOn("i9", "pro-1"), NAVIGATOR, "item_unknown"),
    (ON_THE_WAY, c.NoteProviderAnswer("i1", "perhaps"), PROVIDER, "answer_unknown"),
    (ON_THE_WAY, c.NoteEngagement("i1", "splendid"), PROVIDER, "engagement_unknown"),
    (ON_THE_WAY, c.NoteUnmetNeed(Need.HOUSING, "lazy"), NAVIGATOR, "why_unknown"),
    (ON_THE_WAY, c.DropItem("i1", ""), NAVIGATOR, "say_why"),
    (ON_THE_WAY, c.TellVictim(), CLOCK, "not_a_person"),
]


@pytest.mark.parametrize(
    ("chapters", "command", "by", "code"),
    [
        pytest.param(*row, id=f"{type(row[1]).__name__}-{row[3]}-{number}")
        for number, row in enumerate([*DOOR, *SESSIONS, *STRIKES, *BREACHES, *ENDS, *FACTS])
    ],
)
def test_what_may_not_happen_is_refused_in_plain_words(chapters, command, by, code):
    s = story(*chapters)
    assert s.refusals == [], "the chapters before are in order"
    before = len(s.history)
    s.asks(command, by)
    assert s.refused() == code
    assert len(s.history) == before
    words = s.refusals[-1].words
    assert words.endswith((".", "?"))
    assert len(words) > 15
    assert not re.search(r"\d{4}-\d\d-\d\d", words), "days as people say them"


@pytest.mark.parametrize("happened", [MONDAY + timedelta(days=1)])
def test_nothing_is_said_to_have_happened_in_the_future(happened):
    assert (
        story(*ON_THE_WAY).asks(c.NoteSurvey(filled_in=True), at=happened + timedelta(days=30)).refused()
        == "in_the_future"
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.SubmitReturn(()), "return_unknown"),
        (c.NoteDelivery("n", "survey", c.Channel.TEXT, c.Receipt.DELIVERED), "case_unknown"),
    ],
)
def test_a_stream_that_is_not_there_answers_nothing_but_its_beginning(command, code):
    answer = plan.handle(None, c.Asked("x", "stream-1", command, PROVIDER), scheme(), MONDAY)
    assert isinstance(answer, Refused)
    assert answer.code == code


def test_the_smaller_streams_know_only_their_own_commands():
    listed = c.ListParticipant("pro-1", "2022-01", "case-1", "DUR-22-000001", "i1", "1")
    wanted = c.WantDigest("off-1", "2022-01-17", MONDAY + timedelta(days=7), "1")
    for opener, code in ((listed, "not_for_a_return"), (wanted, "not_for_a_digest")):
        begun = plan.handle(None, c.Asked("a", "stream-1", opener, CLOCK), scheme(), MONDAY)
        assert isinstance(begun, plan.Planned)
        answer = plan.handle(begun.stream, c.Asked("b", "stream-1", c.Withdraw(), NAVIGATOR), scheme(), MONDAY)
        assert isinstance(answer, Refused)
        assert answer.code == code


UNREACHED = {
    "nothing_there": "no command begins a stream with no fact at all; it guards the next one somebody writes",
    "already_a_strike": "a session with a strike carries its ruling, which is asked first; a second lock on the same door",
}


def test_every_refusal_in_the_domain_is_named_by_a_test():
    source = Path(caseflow.domain.__file__).parent
    codes = {
        code
        for file in source.rglob("*.py")
        for code in re.findall(r'Refused\(\s*"([a-z_]+)"', file.read_text(encoding="utf-8"))
    }
    told = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert len(codes) > 60
    assert {code for code in codes if f'"{code}"' not in told} == set()
    assert codes >= set(UNREACHED)
