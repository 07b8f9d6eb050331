"""Every command's good path: given these chapters, when this is asked, then these facts. And what is known already is none."""

from datetime import date, timedelta

import pytest
from words import (
    CLOCK,
    CONFIRMED,
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
    books,
    days_pass,
    misses,
    referral,
    referred,
    says,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain.decide import RULES
from caseflow.domain.journey import NEXT, STATES, STEPS, mermaid, offered
from caseflow.domain.words import (
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    Need,
    Opinion,
    Origin,
    Receipt,
    Role,
    State,
)

MEETING = MONDAY + timedelta(days=30)
BOOKED = (*ON_THE_WAY, books("s1"))
MISSED = (*BOOKED, misses("s1"), spoken_to("s1"))
STRUCK = (*MISSED, says(c.ConfirmStrike("s1")))
DISPUTED = (*STRUCK, says(c.DisputeStrike("s1")))
BREACH = (*ON_THE_WAY, says(c.OpenBreach("new_matter")))
HELD = (*ON_THE_WAY, says(c.Hold(date(2022, 1, 20), "crisis")))
DONE = (*ON_THE_WAY, says(c.NoteItemDone("i1")))
HEARD = (*BREACH, says(c.RecordSide("t1")), says(c.HearProvider(), PROVIDER))
DIFFER = (says(c.RecordView(Opinion.BREACHED)), says(c.RecordView(Opinion.CARRY_ON), OIC))
AGREE = (says(c.RecordView(Opinion.BREACHED)), says(c.RecordView(Opinion.BREACHED), OIC))
KIND = (says(c.RecordView(Opinion.CARRY_ON)), says(c.RecordView(Opinion.CARRY_ON), OIC))


def at_the_session(s: Story) -> Story:
    return s.until(s.case.sessions["s1"].start + timedelta(hours=1))


THEN = (*BOOKED, at_the_session)
GOOD = [
    ((), referral(), SUPERVISOR, ["Referred"]),
    ((referred,), c.Accept("nav-1"), SUPERVISOR, ["Accepted"]),
    ((referred,), c.Decline("person_says_no"), SUPERVISOR, ["Declined"]),
    ((referred, accepted), c.Assess((Need.HOUSING,), "low"), NAVIGATOR, ["Assessed"]),
    ((referred, accepted, assessed), c.AgreePlan(ITEMS, signed=True, read_back=True), NAVIGATOR, ["PlanAgreed"]),
    ((referred, accepted), c.AgreeContact(CONFIRMED), NAVIGATOR, ["ContactAgreed"]),
    ((referred,), c.NoteAddress(Channel.TEXT, "adr-new", AddressStatus.CONFIRMED), NAVIGATOR, ["AddressNoted"]),
    (ON_THE_WAY, c.BookSession("s1", MEETING, item="i1"), NAVIGATOR, ["SessionBooked"]),
    (BOOKED, c.MoveSession("s1", MEETING), NAVIGATOR, ["SessionMoved"]),
    (BOOKED, c.CancelSession("s1", Role.PROVIDER), PROVIDER, ["SessionCancelled"]),
    (THEN, c.RecordAttendance("s1", Attendance.ATTENDED), PROVIDER, ["SessionAttended"]),
    (THEN, c.RecordAttendance("s1", Attendance.LATE), PROVIDER, ["SessionAttended"]),
    (THEN, c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER, ["SessionMissed"]),
    (THEN, c.RecordAttendance("s1", Attendance.ACCEPTABLE, "illness"), PROVIDER, ["SessionExcused"]),
    (THEN, c.RecordAttendance("s1", Attendance.NOT_HELD), PROVIDER, ["SessionNotHeld"]),
    (ON_THE_WAY, c.RecordContact(ContactResult.SPOKE), NAVIGATOR, ["ContactRecorded"]),
    (ON_THE_WAY, c.RecordContact(ContactResult.DEAD_NUMBER), NAVIGATOR, ["ContactRecorded", "AddressNoted"]),
    (ON_THE_WAY, c.NoteAnswer("ok"), CLOCK, ["AnswerReceived"]),
    (ON_THE_WAY, c.NoteAnswer("stop"), CLOCK, ["AnswerReceived", "AddressNoted"]),
    (BOOKED, c.Excuse("s1", "illness"), NAVIGATOR, ["SessionExcused"]),
    ((*BOOKED, says(c.Excuse("s1", "illness"))), c.WithdrawExcuse("s1"), NAVIGATOR, ["ExcuseWithdrawn"]),
    (MISSED, c.RuleSession("s1", "back_on_track"), NAVIGATOR, ["SessionRuled"]),
    (MISSED, c.ConfirmStrike("s1"), NAVIGATOR, ["StrikeConfirmed"]),
    (STRUCK, c.WaiveStrike("s1", "fair_in_the_round"), SUPERVISOR, ["StrikeWaived"]),
    (STRUCK, c.DisputeStrike("s1"), NAVIGATOR, ["StrikeDisputed"]),
    (STRUCK, c.UpholdStrike("s1", "as found"), SUPERVISOR, ["StrikeUpheld"]),
    (DISPUTED, c.UpholdStrike("s1", "as found"), SUPERVISOR, ["StrikeUpheld"]),
    (ON_THE_WAY, c.Hold(date(2022, 1, 20), "crisis"), NAVIGATOR, ["Held"]),
    (HELD, c.Release(), NAVIGATOR, ["HoldEnded"]),
    ((referred, accepted), c.BringForward("first_contact", "crisis"), NAVIGATOR, ["BroughtForward"]),
    ((referred, accepted), c.SkipRung("first_contact", "crisis"), NAVIGATOR, ["RungFired"]),
]
GOOD += [
    (ON_THE_WAY, c.OpenBreach("new_matter"), NAVIGATOR, ["BreachOpened"]),
    (BREACH, c.AskSide(date(2022, 1, 28)), NAVIGATOR, ["SideAsked"]),
    (BREACH, c.RecordSide("t1"), NAVIGATOR, ["SideRecorded"]),
    (BREACH, c.RecordView(Opinion.CARRY_ON), OIC, ["ViewRecorded"]),
    (BREACH, c.HearProvider(), PROVIDER, ["ProviderHeard"]),
    ((*HEARD, *DIFFER), c.DecideBreach(Opinion.CARRY_ON, "one bad week"), SUPERVISOR, ["CarriedOn"]),
    ((*HEARD, *DIFFER), c.DecideBreach(Opinion.END, "no use"), SUPERVISOR, ["Ended"]),
    ((*HEARD, *DIFFER, spoken_to()), c.DecideBreach(Opinion.BREACHED, "they said so"), SUPERVISOR, ["Breached"]),
    ((*HEARD, *AGREE, spoken_to()), c.DecideBreach(Opinion.BREACHED, "they said so"), OIC, ["Breached"]),
    ((*HEARD, *AGREE, spoken_to()), c.DecideBreach(Opinion.BREACHED, "they said so"), SUPERVISOR, ["Breached"]),
    # A view that is not in when its time is over is missing.
    ((*HEARD, spoken_to(), days_pass(8)), c.DecideBreach(Opinion.BREACHED, "no view came"), SUPERVISOR, ["Breached"]),
    # What is not against the person waits for nobody.
    ((*BREACH, *KIND), c.DecideBreach(Opinion.CARRY_ON, "a mistake"), OIC, ["CarriedOn"]),
    ((*BREACH, *KIND, says(c.Hold(date(2022, 2, 1), "illness"))), c.DecideBreach(Opinion.CARRY_ON, "ill"), NAVIGATOR, ["CarriedOn"]),
    (DONE, c.Complete(), NAVIGATOR, ["Completed"]),
    ((referred, accepted, says(c.Assess(no_intervention=True))), c.Complete(), NAVIGATOR, ["Completed"]),
    (ON_THE_WAY, c.Withdraw(), NAVIGATOR, ["Withdrawn"]),
    (ON_THE_WAY, c.End("no_further_action", agreed_with=Role.PROVIDER), OIC, ["Ended"]),
    ((*ON_THE_WAY, says(c.Withdraw())), c.Reopen("a mistake"), SUPERVISOR, ["Reopened"]),
    (ON_THE_WAY, c.ExplainExpectations(read_back=True), NAVIGATOR, ["ExpectationsExplained"]),
    (ON_THE_WAY, c.ReferOn("i1", "pro-2"), NAVIGATOR, ["ReferredOn"]),
    (ON_THE_WAY, c.NoteProviderAnswer("i1", "waiting_list", date(2022, 3, 1)), PROVIDER, ["ProviderAnswered"]),
    (ON_THE_WAY, c.NoteUnmetNeed(Need.HOUSING, "far"), NAVIGATOR, ["NeedUnmet"]),
    (ON_THE_WAY, c.NoteEngagement("i1", "well"), PROVIDER, ["EngagementNoted"]),
    (ON_THE_WAY, c.NoteItemDone("i1"), PROVIDER, ["ItemDone"]),
    (ON_THE_WAY, c.DropItem("i1", "no place nearby"), NAVIGATOR, ["ItemDropped"]),
    (BOOKED, c.DropItem("i1", "no place nearby"), NAVIGATOR, ["ItemDropped", "SessionCancelled"]),
    (DONE, c.NoteSurvey(filled_in=True), CLOCK, ["SurveyNoted"]),
    (ON_THE_WAY, c.NoteSignpost("food bank"), NAVIGATOR, ["Signposted"]),
    (ON_THE_WAY, c.NoteNewMatter(), OIC, ["NewMatterNoted", "BreachOpened"]),
    ((referred, accepted), c.NoteNewMatter(), OIC, ["NewMatterNoted"]),
    (ON_THE_WAY, c.NoteSafeguarding("t1"), PROVIDER, ["SafeguardingNoted"]),
    (ON_THE_WAY, c.NoteDeath(), NAVIGATOR, ["Died", "Ended"]),
    (ON_THE_WAY, c.NoteAway("hospital", date(2022, 1, 25)), NAVIGATOR, ["WentAway", "Held"]),
    (ON_THE_WAY, c.Transfer("nav-2"), SUPERVISOR, ["Transferred"]),
    (ON_THE_WAY, c.ChangeOfficer(Role.OIC, "oic-2"), SERGEANT, ["OfficerChanged"]),
    (ON_THE_WAY, c.SetLastSafe(date(2022, 9, 1)), OIC, ["LastSafeSet"]),
    (ON_THE_WAY, c.TellVictim(), OIC, ["VictimTold"]),
    (ON_THE_WAY, c.FinishTask("first_contact/0/call/0"), NAVIGATOR, ["TaskFinished"]),
    (
        ON_THE_WAY,
        c.NoteDelivery("n1", "plan_copy", Channel.LETTER, Receipt.DELIVERED, "adr-post"), CLOCK, ["DeliveryNoted"],
    ),
    (
        ON_THE_WAY,
        c.NoteDelivery("n1", "survey", Channel.TEXT, Receipt.PERMANENT, "adr-phone"),
        CLOCK, ["DeliveryNoted", "AddressNoted"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("chapters", "command", "by", "facts"),
    [pytest.param(*row, id=f"{type(row[1]).__name__}-{number}") for number, row in enumerate(GOOD)],
)
def test_what_is_asked_becomes_these_facts(chapters, command, by, facts):
    s = story(*chapters)
    s.asks(command, by, Origin.CHANNEL if by is CLOCK else Origin.PERSON)
    assert s.refusals == []
    said = [record for record in s.history if record.command_id == f"cmd-{s.count}"]
    assert [type(record.event).__name__ for record in said] == facts
    assert {record.actor for record in said} == {by}


def test_every_command_of_a_case_has_its_good_path_here():
    told = {type(command) for _, command, _, _ in GOOD}
    assert set(RULES) - told == {c.FireTimer, c.ReadAnswer, c.MovePolicy}, "these have tests of their own"


def test_an_answer_that_needed_reading_is_read_once():
    s = story(*ON_THE_WAY, says(c.NoteAnswer("free", needs_reading=True), CLOCK, Origin.CHANNEL))
    (answer,) = s.case.unread
    assert f"answer:{answer}" in s.tasks
    s.asks(c.ReadAnswer(answer)).asks(c.ReadAnswer(answer))
    assert s.kinds().count("AnswerRead") == 1
    assert f"answer:{answer}" not in s.tasks


KNOWN = [
    ((), referral(), SUPERVISOR),
    ((referred,), c.Accept("nav-1"), SUPERVISOR),
    (ON_THE_WAY, c.NoteAddress(Channel.TEXT, "adr-phone", AddressStatus.SEIZED), NAVIGATOR),
    (ON_THE_WAY, c.BookSession("s1", MEETING), NAVIGATOR),
    (BOOKED, c.MoveSession("s1", MEETING), NAVIGATOR),
    (BOOKED, c.CancelSession("s1", Role.PROVIDER), PROVIDER),
    (THEN, c.RecordAttendance("s1", Attendance.UNACCEPTABLE), PROVIDER),
    (BOOKED, c.Excuse("s1", "illness"), NAVIGATOR),
    (STRUCK, c.DisputeStrike("s1"), NAVIGATOR),
    (STRUCK, c.UpholdStrike("s1", "as found"), SUPERVISOR),
    (ON_THE_WAY, c.OpenBreach("new_matter"), NAVIGATOR),
    (BREACH, c.RecordView(Opinion.END), OIC),
    (BREACH, c.HearProvider(), PROVIDER),
    (ON_THE_WAY, c.NoteItemDone("i1"), PROVIDER),
    (ON_THE_WAY, c.DropItem("i1", "no place"), NAVIGATOR),
    (DONE, c.NoteSurvey(filled_in=False), CLOCK),
    (DONE, c.Complete(), NAVIGATOR),
    (ON_THE_WAY, c.Withdraw(), NAVIGATOR),
    (ON_THE_WAY, c.End("transferred"), NAVIGATOR),
    (ON_THE_WAY, c.NoteDeath(), NAVIGATOR),
    (ON_THE_WAY, c.Transfer("nav-2"), SUPERVISOR),
    (ON_THE_WAY, c.ChangeOfficer(Role.OIC, "oic-2"), SUPERVISOR),
    (ON_THE_WAY, c.NoteDelivery("n1", "plan_copy", Channel.LETTER, Receipt.DELIVERED, "adr-post"), CLOCK),
]


@pytest.mark.parametrize(("chapters", "command", "by"), [pytest.param(*row, id=type(row[1]).__name__) for row in KNOWN])
def test_what_is_known_already_adds_nothing_however_often_it_is_said(chapters, command, by):
    s = story(*chapters)
    origin = Origin.CHANNEL if by is CLOCK else Origin.PERSON
    once = len(s.asks(command, by, origin).history)
    s.asks(command, by, origin).asks(command, by, origin)
    assert s.refusals == []
    assert len(s.history) == once


# ── what is offered ─────────────────────────────────────────────────────────────────────────────
NAMES = {"".join("_" + x.lower() if x.isupper() else x for x in kind.__name__)[1:]: kind for kind in RULES}
OPEN = [
    (referred,), (referred, accepted), (referred, accepted, assessed), ON_THE_WAY, BOOKED, MISSED, STRUCK, BREACH, HELD, DONE,
]  # fmt: skip
OVER = [
    (*DONE, says(c.Complete())), (*ON_THE_WAY, says(c.Withdraw())), (referred, says(c.Decline("other"), SUPERVISOR)),
]  # fmt: skip
EXAMPLES = {type(command): (command, by) for _, command, by, _ in GOOD}
WRONG_PLACE = {"journey", "journey_over", "not_accepted", "nothing_to_breach", "no_breach", "not_on_hold", "no_strike"}


def asked_here(chapters, kind: type) -> Story:
    command, by = EXAMPLES[kind]
    return story(*chapters).asks(command, by, Origin.CHANNEL if by is CLOCK else Origin.PERSON)


@pytest.mark.parametrize("chapters", [*OPEN, *OVER])
def test_what_is_offered_is_never_refused_because_of_where_the_journey_stands(chapters):
    for name in offered(story(*chapters).case):
        if NAMES[name] in EXAMPLES:
            assert asked_here(chapters, NAMES[name]).refused() not in WRONG_PLACE, name


@pytest.mark.parametrize("chapters", OPEN)
def test_what_succeeds_on_the_way_was_offered(chapters):
    before = story(*chapters)
    here = offered(before.case)
    for name, kind in NAMES.items():
        if kind in EXAMPLES and len(asked_here(chapters, kind).history) > len(before.history):
            assert name in here


def test_the_table_of_steps_is_the_machine_read_once():
    written = {
        (State(source), step["trigger"]): State(step["dest"])
        for step in STEPS
        for source in (step["source"] if isinstance(step["source"], list) else [step["source"]])
    }
    assert written == NEXT
    assert set(STATES) == {s.value for s in State}


def test_the_journey_is_drawn_from_the_same_definition():
    lines = mermaid().splitlines()
    assert lines[0] == "stateDiagram-v2"
    for (source, trigger), dest in NEXT.items():
        assert source == dest or f"    {source} --> {dest}: {trigger}" in lines
    assert "    breached --> [*]" in lines
