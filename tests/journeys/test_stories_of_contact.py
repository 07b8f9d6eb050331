"""Whole stories: being reached, or not."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from words import (
    ON_THE_WAY,
    SUPERVISOR,
    Story,
    accepted,
    assessed,
    attends,
    books,
    days_pass,
    delivered,
    engaged,
    lost,
    met,
    misses,
    referred,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Channel,
    ContactResult,
    ItemKind,
    Origin,
    Role,
    RungEnd,
    State,
)


def finishes(item: str):
    return says(c.NoteItemDone(item))


def test_a_good_journey_ends_with_thanks_to_the_officers_and_two_questions_to_the_person():
    told = story(
        *ON_THE_WAY, books("s1"), attends("s1"), finishes("i1"), days_pass(1), says(c.Complete()), days_pass(20),
        channel=delivered,
    )  # fmt: skip
    assert told.state is State.COMPLETED
    assert told.parked == []
    assert told.sent()[-4:] == ["completed", "completed", "survey", "survey_again"]
    assert len(told.sent("officer_accepted")) == len(told.sent("officer_ended")) == 2
    assert told.sent("missed_session") == []


def test_nobody_is_asked_twice_once_the_survey_is_in():
    told = story(
        *ON_THE_WAY, finishes("i1"), says(c.Complete()), days_pass(3), says(c.NoteSurvey(filled_in=True)), days_pass(20),
        channel=delivered,
    )  # fmt: skip
    assert told.sent("survey") == ["survey"]
    assert told.sent("survey_again") == []


def test_a_first_contact_climbs_call_text_call_mail_letter_and_ends_with_a_person_deciding():
    told = story(referred, accepted, days_pass(25), channel=delivered)
    climbed = [
        r.event.rung
        for r in told.history
        if isinstance(r.event, ev.RungFired) and r.event.expectation == "first_contact"
    ]
    assert list(dict.fromkeys(climbed)) == [
        "call", "text", "call_again", "ask_oic", "email", "letter", "decide",
    ]  # fmt: skip
    assert told.sent("first_contact") == ["first_contact"] * 3
    assert told.state is State.REFERRED
    assert any("Not reached" in task.title for task in told.tasks.values())


def test_who_is_never_reached_is_handed_back_without_fault():
    told = story(referred, accepted, days_pass(20), says(c.End("not_reached"), SUPERVISOR), days_pass(10), channel=lost)
    assert told.state is State.ENDED
    assert told.sent("oic_reconsider") == ["oic_reconsider"]
    assert told.last(ev.Ended).reason == "not_reached"
    assert "StrikeConfirmed" not in told.kinds()


def test_chasing_stops_the_moment_they_answer():
    told = story(referred, accepted, days_pass(1), says(c.NoteAnswer("ok"), origin=Origin.CHANNEL), channel=delivered)
    before = len(told.sent("first_contact"))
    told.days_pass(30)
    assert len(told.sent("first_contact")) == before
    assert not any(task.expectation == "first_contact" for task in told.tasks.values())


def test_a_wrong_number_is_never_written_to_again_and_somebody_looks_for_the_person():
    only_phone = {Channel.TEXT: c.Known("adr-phone")}
    told = story(
        refers(addresses=only_phone), accepted, days_pass(1), says(c.NoteAnswer("wrong"), origin=Origin.CHANNEL),
        channel=delivered,
    )  # fmt: skip
    texts = len(told.sent())
    told.days_pass(20)
    assert len(told.sent()) == texts
    assert told.case.contact.addresses[Channel.TEXT].status is AddressStatus.BLOCKED
    assert any(task.expectation == "find_person" for task in told.tasks.values())


def test_no_contact_detail_at_all_opens_find_the_person():
    told = story(refers(addresses={}))
    assert any("Find the person" in task.title for task in told.tasks.values())
    told.asks(c.NoteAddress(Channel.TEXT, "adr-new", AddressStatus.UNCONFIRMED))
    assert not any("Find the person" in task.title for task in told.tasks.values())


def test_stop_is_not_withdrawing_and_leaves_the_letter():
    told = story(*ON_THE_WAY, books("s1"), says(c.NoteAnswer("stop"), origin=Origin.CHANNEL), channel=delivered)
    told.asks(c.Withdraw(), Actor("system", Role.SYSTEM), Origin.CHANNEL)
    assert told.refused() == "needs_a_conversation"
    assert told.state is State.ENGAGED
    misses("s1")(told).days_pass(14)
    assert all(Channel.TEXT not in send.channels for _, send in told.sends[-3:] if send.to is Role.PARTICIPANT)


def test_a_missed_session_that_ends_in_a_call_is_no_strike():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), spoken_to("s1"), days_pass(30), channel=delivered)
    assert told.sent("missed_session") == []
    assert told.case.strikes == ()


def test_a_session_nobody_reports_is_asked_about_and_never_an_absence():
    told = story(*ON_THE_WAY, books("s1"), days_pass(40), channel=delivered)
    assert told.case.sessions["s1"].status == "booked"
    assert told.sent("session_outcome_request") == ["session_outcome_request"]
    assert told.sent("session_outcome_again") == ["session_outcome_again"]
    assert told.sent("missed_session") == []


def test_custody_in_the_middle_stops_every_chase_and_ends_in_a_review():
    told = story(
        *ON_THE_WAY, books("s1"), misses("s1"), says(c.NoteAway("custody", date(2022, 2, 4))), channel=delivered
    )
    quiet = len(told.sent())
    told.until(datetime(2022, 2, 4, 18, 0, tzinfo=UTC))
    assert len(told.sent()) == quiet
    told.days_pass(4)
    assert "HoldEnded" in told.kinds()
    assert any("hold is over" in task.title for task in told.tasks.values())


def test_a_session_inside_a_hold_never_counts():
    told = story(
        *ON_THE_WAY, books("s1", 3), says(c.Hold(date(2022, 1, 31), "crisis")), misses("s1"), channel=delivered
    )
    assert told.case.sessions["s1"].status == "excused"


def test_death_stops_everything():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), says(c.NoteDeath()), channel=delivered)
    sent = len(told.sent())
    told.days_pass(60)
    assert told.state is State.ENDED
    assert len(told.sent()) == sent


def test_an_outage_of_two_weeks_does_not_bring_everything_at_once():
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), channel=delivered)
    told.now += timedelta(days=14)  # nobody looked for two weeks
    told.days_pass(0)
    spoken = [(at.date(), send.purpose) for at, send in told.sends if send.purpose in {"missed_session", "your_move"}]
    assert len({day for day, _ in spoken}) == len(spoken)
    told.days_pass(30)
    chases = [at for at, send in told.sends if send.kind == "chase" and send.rung in {"text", "your_move_letter"}]
    assert all(later - earlier > timedelta(hours=20) for earlier, later in pairwise(chases))


def test_over_christmas_nothing_is_sent_on_a_day_off():
    before_christmas = datetime(2021, 12, 23, 15, 0, tzinfo=UTC)
    told = story(
        refers(offence_date=date(2021, 12, 20)), accepted, days_pass(16), now=before_christmas, channel=delivered
    )
    calendar = told.policy.calendar
    days = {at.date() for at, send in told.sends if send.to is Role.PARTICIPANT}
    assert days
    assert not any(calendar.is_holiday(day) or day.weekday() == 6 for day in days)


def test_a_welsh_participant_is_written_to_in_welsh():
    policy = scheme("dyfed-powys")
    told = story(
        refers(language="cy", disposal="community_resolution", ref="DYP-22-000001"), accepted, days_pass(3),
        policy=policy, channel=delivered,
    )  # fmt: skip
    assert {send.language for _, send in told.sends if send.to is Role.PARTICIPANT} == {"cy"}


def test_an_officer_who_moved_on_has_a_stand_in_and_a_new_oic_hears_the_end():
    told = story(referred, accepted, says(c.ChangeOfficer(Role.OIC, "oic-2")), says(c.End("not_reached"), SUPERVISOR))
    ended = [send for _, send in told.sends if send.purpose in {"officer_ended", "oic_reconsider"}]
    assert {send.recipient for send in ended} == {"off-1", "oic-2"}
    assert {send.stand_in for send in ended} == {"team-1"}


def test_one_officer_in_two_parts_gets_one_notice():
    same = {Role.PARTICIPANT: "per-1", Role.ARRESTING_OFFICER: "oic-1", Role.OIC: "oic-1", Role.TEAM: "team-1"}
    told = story(refers(parties=same), accepted)
    assert told.sent("officer_accepted") == ["officer_accepted"]


def test_a_wrong_end_is_corrected_by_a_supervisor_and_history_stays():
    told = story(*ON_THE_WAY, says(c.Withdraw()), says(c.Reopen("they rang: a misunderstanding")))
    assert told.refused() == "not_yours"
    told.asks(c.Reopen("they rang: a misunderstanding"), SUPERVISOR)
    assert told.state is State.ENGAGED
    assert "Withdrawn" in told.kinds()


def test_no_intervention_may_be_the_right_answer():
    told = story(referred, accepted, spoken_to(), met, says(c.Assess(no_intervention=True)), says(c.Complete()))
    assert told.state is State.COMPLETED
    assert told.sent("completed") == []


def test_where_nothing_is_enforceable_there_are_invitations_and_no_strikes():
    voluntary = (c.Item("i2", ItemKind.VOLUNTARY, "money advice", provider="pro-1"),)
    told = story(
        refers(disposal="community_resolution"), accepted, spoken_to(), met, assessed, lambda s: engaged(s, voluntary),
        books("s1", item="i2"), misses("s1"), days_pass(40), says(c.ConfirmStrike("s1")), channel=delivered,
    )  # fmt: skip
    assert told.refused() == "no_strikes"
    assert not {"strike_letter", "your_side", "decision_breached"} & set(told.sent())
    told.asks(c.End("not_engaged"))
    assert told.state is State.ENDED
    assert told.sent("oic_reconsider") == ["oic_reconsider"]


def test_the_victim_is_told_by_a_person_in_time():
    told = story(refers(victim=True), accepted, days_pass(9))
    assert [task.title for task in told.tasks.values() if "victim has not been told" in task.title]
    told.asks(c.TellVictim(), Actor("oic-1", Role.OIC))
    assert not any((task.expectation or "").startswith("victim") for task in told.tasks.values())


def test_calls_are_tasks_and_a_recorded_call_that_nobody_answered_changes_nothing_else():
    told = story(referred, accepted, days_pass(0.2), says(c.RecordContact(ContactResult.NO_ANSWER)))
    assert any(task.kind == "call" for task in told.tasks.values())
    assert told.case.expectations["first_contact"].status == "open"


# ── what a step did ─────────────────────────────────────────────────────────────────────────────
def left_out(told: Story, expectation: str) -> list[str]:
    """The tasks and messages of fired steps of this expectation that were not done, by their titles."""
    found = []
    for record in told.history:
        if isinstance(record.event, ev.RungFired) and record.event.expectation == expectation:
            acts = told.policy.ladder(expectation.partition(":")[0]).rung(record.event.rung).acts
            found += [acts[number].message or acts[number].task for number in record.event.left_out or ()]
    return found


def test_a_step_remembers_what_it_left_out_so_that_its_story_tells_only_what_was_done():
    told = story(*ON_THE_WAY, says(c.Withdraw()), days_pass(1))
    assert left_out(told, "end_news") == ["officer_declined", "officer_declined", "oic_reconsider"]
    assert told.sent("officer_ended")
    assert not told.sent("officer_declined")


def test_what_a_step_did_and_what_it_left_out_are_all_its_acts():
    policy = scheme()
    told = story(*ON_THE_WAY, books("s1"), misses("s1"), days_pass(30), channel=delivered)
    for record in told.history:
        fired = record.event
        if not isinstance(fired, ev.RungFired) or fired.end is not RungEnd.FIRED:
            continue
        acts = policy.ladder(fired.expectation.partition(":")[0]).rung(fired.rung).acts
        assert set(fired.left_out) <= {number for number, act in enumerate(acts) if act.only_if}
        done = {act.message for number, act in enumerate(acts) if act.message and number not in fired.left_out}
        sent = {s.purpose for _, s in told.sends if s.expectation == fired.expectation and s.rung == fired.rung}
        assert sent <= done, "nothing goes out that the step left out"
