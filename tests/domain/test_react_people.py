"""What each fact sends, opens and closes: letters, officers' news, tasks, digest lines, and who belongs on which return."""

from dataclasses import replace
from datetime import timedelta

import pytest
from words import (
    ITEMS,
    NAVIGATOR,
    OIC,
    ON_THE_WAY,
    PARTIES,
    PROVIDER,
    SUPERVISOR,
    Story,
    accepted,
    assessed,
    attends,
    books,
    days_pass,
    delivered,
    met,
    misses,
    outcome,
    referred,
    refers,
    says,
    scheme,
    spoken_to,
    story,
)

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain.case import changed
from caseflow.domain.react import people
from caseflow.domain.words import Attendance, Channel, ItemKind, Opinion, Origin, Role

BOOKED = (*ON_THE_WAY, books("s1"))
DIFFER = (says(c.RecordView(Opinion.BREACHED)), says(c.RecordView(Opinion.CARRY_ON), OIC))
BREACH = (
    *ON_THE_WAY, says(c.OpenBreach("new_matter")), *DIFFER, says(c.RecordSide("t1")), says(c.HearProvider(), PROVIDER),
)  # fmt: skip
DONE = says(c.NoteItemDone("i1"))
ENDED = says(c.End("transferred"))


def decides(opinion: Opinion):
    return says(c.DecideBreach(opinion, "for these reasons", tried="two visits"), SUPERVISOR)


@pytest.mark.parametrize(
    ("chapters", "last", "sent"),
    [
        (ON_THE_WAY[:-1], ON_THE_WAY[-1], ["plan_copy"]),
        (BOOKED, says(c.CancelSession("s1", Role.PROVIDER), PROVIDER), ["session_cancelled"]),
        (BOOKED, says(c.CancelSession("s1", Role.PARTICIPANT)), []),
        (BREACH, decides(Opinion.BREACHED), ["decision_breached"]),
        (BREACH, decides(Opinion.CARRY_ON), ["decision_carry_on"]),
        (BREACH, decides(Opinion.END), ["decision_ended"]),
        (ON_THE_WAY, says(c.Withdraw()), ["stopped"]),
        (ON_THE_WAY, ENDED, ["decision_ended"]),
        ((referred, accepted), says(c.End("not_reached")), ["closed_not_reached"]),
        (ON_THE_WAY, says(c.NoteDeath()), []),
        (ON_THE_WAY, says(c.NoteSafeguarding("t1")), []),
        (ON_THE_WAY, says(c.NoteEngagement("i1", "not")), []),
        (BOOKED, misses("s1"), []),
    ],
)
def test_what_a_fact_itself_says_to_the_person(chapters, last, sent):
    s = story(*chapters, channel=delivered)
    told = len(s.sends)
    last(s)
    to_them = [send for _, send in s.sends[told:] if send.to is Role.PARTICIPANT]
    assert [send.purpose for send in to_them if send.rung.startswith("fact:")] == sent


@pytest.mark.parametrize("end", [ENDED, says(c.Withdraw()), decides(Opinion.BREACHED)])
def test_a_decision_is_a_letter_and_never_a_text(end):
    s = story(*BREACH, end)
    decisions = [send for _, send in s.sends if send.kind == "decision" and send.rung.startswith("fact:")]
    assert {send.channels for send in decisions} == {(Channel.LETTER,)}


def test_a_decision_that_cannot_be_posted_is_told_by_a_person():
    nowhere = refers(addresses={Channel.TEXT: c.Known("adr-phone")})
    s = story(nowhere, accepted, says(c.End("not_reached")))
    assert s.sent() == []
    assert [t.owner for key, t in s.tasks.items() if key.startswith("closed_not_reached")] == [Role.NAVIGATOR]


@pytest.mark.parametrize(
    ("chapters", "news"),
    [
        ((referred, accepted), ["officer_accepted"] * 2),
        ((referred, says(c.Decline("other"), SUPERVISOR)), ["officer_declined"] * 2),
        ((*ON_THE_WAY, DONE, says(c.Complete())), ["officer_ended"] * 2),
        ((*ON_THE_WAY, ENDED), ["officer_ended"] * 2),
        ((referred, accepted, days_pass(0.1), says(c.End("not_started"))), ["officer_ended"] * 2 + ["oic_reconsider"]),
        ((*BREACH, decides(Opinion.BREACHED)), ["officer_ended"] * 2 + ["oic_reconsider"]),
        ((*BOOKED, misses("s1"), spoken_to()), []),
    ],
)
def test_officers_hear_at_once_of_the_beginning_and_the_end_and_of_nothing_between(chapters, news):
    s = story(*chapters)
    heard = [send.purpose for at, send in s.sends if at == s.now and send.purpose.startswith(("officer_", "oic_"))]
    assert [name for name in heard if name != "officer_view_request"] == news


def test_one_officer_in_two_parts_is_one_notice_and_a_team_mailbox_stands_in():
    s = story(refers(parties={**PARTIES, Role.OIC: "off-1"}), accepted)
    (notice,) = [send for _, send in s.sends if send.purpose == "officer_accepted"]
    assert (notice.recipient, notice.stand_in) == ("off-1", "team-1")


def test_nobody_is_written_to_where_a_part_has_no_person():
    parties = {Role.PARTICIPANT: "per-1", Role.REFERRER: "off-1"}
    s = story(refers(parties=parties), accepted, days_pass(30), channel=delivered)
    assert {send.recipient for _, send in s.sends if send.to is not Role.PARTICIPANT} <= set(s.policy.team.values())
    assert s.parked == []


# ── where nothing is enforceable ────────────────────────────────────────────────────────────────
INVITED = refers(disposal="community_resolution")
FREE = tuple(c.Item(i.id, ItemKind.VOLUNTARY, i.intervention, provider=i.provider) for i in ITEMS)
FREELY = says(c.AgreePlan(FREE, signed=True, read_back=True))


def test_a_missed_session_of_a_community_resolution_is_an_invitation_and_ends_in_a_review():
    s = story(INVITED, *ON_THE_WAY[1:-1], FREELY, books("s1"), misses("s1"), days_pass(20), channel=delivered)
    assert {"missed_session", "your_move"} <= set(s.sent())
    assert [t.kind for t in s.tasks.values() if t.expectation == "missed_session:s1" and t.rung == "rule"] == ["review"]
    assert not {"strike_letter", "your_side"} & set(s.sent())
    assert not [t for t in s.tasks.values() if t.kind == "rule"]


def test_who_does_not_take_part_is_handed_back_to_the_oic_without_a_strike():
    s = story(INVITED, *ON_THE_WAY[1:-1], FREELY, days_pass(40), says(c.End("not_engaged")), channel=delivered)
    assert s.case.end_reason == "not_engaged"
    assert s.sent("oic_reconsider") == ["oic_reconsider"]
    assert s.case.strikes == ()


# ── tasks ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("command", "kind", "owner"),
    [
        (c.NoteSafeguarding("t1"), "flag", Role.SUPERVISOR),
        (c.NoteNewMatter(), "decide", Role.SUPERVISOR),
        (c.NoteAnswer("call"), "call", Role.NAVIGATOR),
        (c.NoteAnswer("cant"), "call", Role.NAVIGATOR),
        (c.NoteAnswer("free", needs_reading=True), "task", Role.NAVIGATOR),
        (c.NoteAnswer("stop"), "task", Role.NAVIGATOR),
    ],
)
def test_what_needs_a_person_at_once_is_a_task(command, kind, owner):
    s = story(*ON_THE_WAY)
    before = set(s.tasks)
    s.asks(command, NAVIGATOR, Origin.PERSON)
    new = [t for key, t in s.tasks.items() if key not in before and t.expectation is None]
    assert [(t.kind, t.owner) for t in new] == [(kind, owner)]


@pytest.mark.parametrize("command", [c.NoteSafeguarding("t1"), c.NoteNewMatter(), c.NoteDeath()])
@pytest.mark.parametrize("chapters", [(referred,), (referred, accepted)])
def test_what_the_supervisor_is_to_see_is_theirs_by_name_and_by_a_time(chapters, command):
    s = story(*chapters)
    before = set(s.tasks)
    s.asks(command, NAVIGATOR, Origin.PERSON)
    (found,) = [t for key, t in s.tasks.items() if key not in before and t.expectation is None]
    assert found.owner is Role.SUPERVISOR
    assert found.person == scheme().team[Role.SUPERVISOR]
    assert found.due is not None


def test_the_oic_is_asked_for_a_date_by_the_supervisor_by_name():
    task = story(refers(offence_listed="")).tasks["last_safe"]
    assert (task.owner, task.person) == (Role.SUPERVISOR, scheme().team[Role.SUPERVISOR])


@pytest.mark.parametrize("by", [OIC, NAVIGATOR, SUPERVISOR])
@pytest.mark.parametrize("text", [None, "t1"])
def test_what_an_officer_answers_in_words_is_given_to_the_navigator_to_read(by, text):
    s = story(referred, accepted, days_pass(4))
    (asked,) = [key for key, t in s.tasks.items() if t.owner is Role.OIC]
    before = set(s.tasks)
    s.asks(c.FinishTask(asked, text), by)
    assert asked not in s.tasks
    new = [t for key, t in s.tasks.items() if key not in before]
    wanted = [(people.OFFICER_SAID, Role.NAVIGATOR, NAVIGATOR.person)] if text and by is OIC else []
    assert [(t.title, t.owner, t.person) for t in new] == wanted
    assert all(t.due is not None for t in new)


def test_where_nobody_works_on_the_case_yet_the_supervisor_reads_it():
    s = story(referred)
    s.asks(c.FinishTask("x", "t1"), OIC)
    (found,) = [t for t in s.tasks.values() if t.title == people.OFFICER_SAID]
    assert (found.owner, found.person) == (Role.SUPERVISOR, scheme().team[Role.SUPERVISOR])


def test_a_task_that_was_done_is_off_the_list():
    s = story(referred, accepted, days_pass(0.2))
    (call,) = [key for key, t in s.tasks.items() if t.kind == "call"]
    assert call not in s.asks(c.FinishTask(call)).tasks


def test_views_are_asked_of_each_and_a_view_that_is_in_is_not_chased():
    s = story(*ON_THE_WAY, says(c.OpenBreach("new_matter")), days_pass(1))
    asked = {(send.purpose, send.recipient) for _, send in s.sends if "view" in send.purpose}
    assert asked == {("officer_view_request", "oic-1"), ("provider_view_request", "pro-1")}
    s.asks(c.RecordView(Opinion.CARRY_ON), OIC).days_pass(10)
    assert s.sent("officer_view_reminder") == []


# ── digests ─────────────────────────────────────────────────────────────────────────────────────
def holds(s: Story) -> Story:
    return s.asks(c.Hold((s.now + timedelta(days=3)).date(), "crisis"))


@pytest.mark.parametrize(
    ("chapters", "line"),
    [
        (ON_THE_WAY[:4], "first_meeting_held"),
        (ON_THE_WAY, "plan_agreed"),
        ((*BOOKED, attends("s1")), "help_started"),
        ((*ON_THE_WAY, DONE), "all_done"),
        ((*ON_THE_WAY, holds), "on_hold"),
        ((*ON_THE_WAY, says(c.ReferOn("i1", "pro-2"))), "waiting_for_provider"),
        ((*ON_THE_WAY, says(c.Transfer("nav-2"))), "navigator_changed"),
        ((*ON_THE_WAY, ENDED, says(c.Reopen("a mistake"), SUPERVISOR)), "reopened"),
    ],
)
def test_what_happens_between_beginning_and_end_is_one_line_for_each_officer(chapters, line):
    s = story(*chapters)
    assert [added.officer for added in s.digest if added.line == line] == ["off-1", "oic-1"]
    assert {t.command.officer for t in s.tells if isinstance(t.command, c.WantDigest)} == {"off-1", "oic-1"}


@pytest.mark.parametrize(
    "quiet",
    [
        (*BOOKED, misses("s1")),
        (*BOOKED, outcome("s1", Attendance.ACCEPTABLE, "illness")),
        (*BOOKED, misses("s1"), spoken_to("s1"), says(c.ConfirmStrike("s1"))),
    ],
)
def test_officers_never_read_of_a_first_miss_or_a_strike(quiet):
    s = story(*quiet)
    assert not [added.line for added in s.digest if "miss" in added.line or "strike" in added.line]
    assert not [send for _, send in s.sends if send.to is Role.OIC and send.subject == "s1"]


# ── returns ─────────────────────────────────────────────────────────────────────────────────────
def told(s: Story, kind: type) -> list[tuple[str, str]]:
    return [(t.command.provider, t.command.item) for t in s.tells if isinstance(t.command, kind)]


def test_a_placed_participant_is_listed_and_comes_off_when_the_item_or_the_journey_is_over():
    assert told(story(*ON_THE_WAY), c.ListParticipant) == [("pro-1", "i1")]
    assert told(story(*ON_THE_WAY, says(c.ReferOn("i2", "pro-2"))), c.ListParticipant)[-1] == ("pro-2", "i2")
    for over in (DONE, says(c.DropItem("i1", "far")), ENDED, says(c.Withdraw())):
        assert told(story(*ON_THE_WAY, over), c.UnlistParticipant) == [("pro-1", "i1")]
    assert told(story(*ON_THE_WAY, DONE, says(c.Complete())), c.UnlistParticipant) == [("pro-1", "i1")]


@pytest.mark.parametrize("left", [c.ReferOn("i1", "pro-2"), c.NoteProviderAnswer("i1", "no")])
def test_a_provider_who_has_no_part_any_more_is_not_asked_again(left):
    s = story(*ON_THE_WAY, says(left))
    assert told(s, c.UnlistParticipant) == [("pro-1", "i1")]
    assert "pro-1" not in s.case.places.values()


def test_a_reopened_journey_is_back_on_the_return_and_no_repeat_of_the_first_listing():
    s = story(*ON_THE_WAY, ENDED, says(c.Reopen("a mistake"), SUPERVISOR), ENDED)
    tells = [t for t in s.tells if isinstance(t.command, c.ListParticipant | c.UnlistParticipant)]
    kinds = [type(t.command) for t in tells]
    assert kinds == [c.ListParticipant, c.UnlistParticipant, c.ListParticipant, c.UnlistParticipant]
    assert len({t.id for t in tells}) == len(tells)


def test_an_item_that_was_dropped_and_agreed_again_is_back_on_the_return():
    s = story(*ON_THE_WAY, says(c.DropItem("i1", "far")), says(c.AgreePlan(ITEMS, signed=True, read_back=True)))
    tells = [t for t in s.tells if isinstance(t.command, c.ListParticipant | c.UnlistParticipant)]
    assert [type(t.command) for t in tells] == [c.ListParticipant, c.UnlistParticipant, c.ListParticipant]
    assert len({t.id for t in tells}) == len(tells)


@pytest.mark.parametrize(("name", "period"), [("durham", "2022-01"), ("dyfed-powys", "2022-Q1")])
def test_a_return_is_for_the_month_or_the_quarter_of_the_scheme(name, period):
    s = story(refers(disposal="conditional_caution"), *ON_THE_WAY[1:], policy=scheme(name))
    assert {t.command.period for t in s.tells if isinstance(t.command, c.ListParticipant)} == {period}


UNPLACED = (referred, accepted, spoken_to(), met, assessed, says(c.AgreePlan(ITEMS[1:], signed=True, read_back=True)))
"""The one item has no provider."""


def with_provider(session: str, provider: str = "pro-7", item: str = "i2", days: int = 7):
    return lambda s: s.asks(c.BookSession(session, s.now + timedelta(days=days), item=item, provider=provider))


def listings(s: Story) -> set[str]:
    return {t.id for t in s.tells if isinstance(t.command, c.ListParticipant)}


SEVEN = (*UNPLACED, with_provider("s1"))


def test_a_provider_with_a_session_is_on_its_return_though_nobody_placed_the_item_there():
    s = story(*SEVEN)
    assert s.case.places == {}
    assert told(s, c.ListParticipant) == [("pro-7", "i2")]
    assert told(story(*SEVEN, with_provider("s2")), c.ListParticipant) == [("pro-7", "i2")] * 2
    assert len(listings(story(*SEVEN, with_provider("s2")))) == 1, "the second is a repeat of the first"


def test_so_is_another_provider_than_the_one_it_is_placed_with():
    s = story(*ON_THE_WAY, with_provider("s1", item="i1"))
    assert told(s, c.ListParticipant)[-2:] == [("pro-1", "i1"), ("pro-7", "i1")]
    assert set(told(s.asks(c.NoteItemDone("i1")), c.UnlistParticipant)) == {("pro-1", "i1"), ("pro-7", "i1")}


@pytest.mark.parametrize(
    "over",
    [
        c.NoteItemDone("i2"), c.DropItem("i2", "far"), c.End("transferred"), c.Withdraw(), c.ReferOn("i2", "pro-2"),
        c.CancelSession("s1", Role.PROVIDER), c.CancelSession("s1", Role.PARTICIPANT), c.NoteProviderAnswer("i2", "no"),
    ],
)  # fmt: skip
def test_who_only_had_sessions_is_off_the_return_when_that_is_over(over):
    assert told(story(*SEVEN, says(over)), c.UnlistParticipant) == [("pro-7", "i2")]


def test_a_provider_whose_other_sessions_stand_stays_on_the_return():
    s = story(*SEVEN, with_provider("s2"), says(c.CancelSession("s1", Role.PROVIDER)))
    assert told(s, c.UnlistParticipant) == []


def test_an_item_that_went_to_another_provider_brings_the_first_back_with_a_new_session_only():
    s = story(*ON_THE_WAY, says(c.ReferOn("i1", "pro-2")), with_provider("s1", "pro-2", "i1"))
    s.asks(c.End("transferred")).asks(c.Reopen("a mistake"), SUPERVISOR)
    assert told(s, c.ListParticipant)[-1] == ("pro-2", "i1")
    before = listings(s)
    s = with_provider("s2", "pro-1", "i1", 9)(s)
    assert told(s, c.ListParticipant)[-1] == ("pro-1", "i1")
    assert listings(s) > before, "no repeat of when it was first placed there"
    assert ("pro-1", "i1") in told(s.asks(c.End("transferred")), c.UnlistParticipant)


def test_a_provider_whose_one_session_was_called_off_is_listed_again_with_the_next():
    s = story(*SEVEN, says(c.CancelSession("s1", Role.PROVIDER)), with_provider("s2"))
    assert len(listings(s)) == 2


def test_a_provider_that_only_had_sessions_is_heard_before_a_breach_is_decided():
    enforceable = replace(ITEMS[0], provider=None)
    plan = says(c.AgreePlan((enforceable,), signed=True, read_back=True))
    s = story(referred, accepted, spoken_to(), met, assessed, plan, with_provider("s1", item="i1"))
    s.asks(c.OpenBreach("new_matter")).asks(c.RecordSide("t1")).days_pass(8)
    breached = c.DecideBreach(Opinion.BREACHED, "for these reasons", tried="two visits")
    s.asks(breached, SUPERVISOR)
    assert s.refused() == "provider_not_heard"
    assert "pro-7" in {send.recipient for _, send in s.sends if send.purpose == "provider_view_request"}
    s.asks(c.HearProvider(), SUPERVISOR).asks(breached, SUPERVISOR)
    assert s.last(ev.Breached)


# ── a session that did not take place on our side ───────────────────────────────────────────────
def rebooking(s: Story) -> list[fx.OpenTask]:
    return [task for key, task in s.tasks.items() if key.startswith("rebook:")]


SERVICE = (Role.PROVIDER, Role.NAVIGATOR, Role.SUPERVISOR)


@pytest.mark.parametrize("by", SERVICE)
def test_a_session_the_service_cancels_is_the_navigators_to_rebook_today_and_no_fault(by):
    s = story(*BOOKED, says(c.CancelSession("s1", by)))
    [task] = rebooking(s)
    assert (task.owner, task.person, task.subject) == (Role.NAVIGATOR, "nav-1", "s1")
    assert task.due.date() == s.now.date()
    assert "no fault" in task.title
    assert (s.case.strikes, [x for x in s.case.sessions.values() if x.status == "missed"]) == ((), [])


def test_so_is_one_that_did_not_take_place():
    [task] = rebooking(story(*BOOKED, outcome("s1", Attendance.NOT_HELD)))
    assert task.key == "rebook:i1"


def test_what_the_person_cancelled_or_what_needs_no_session_any_more_opens_no_such_task():
    off = says(c.CancelSession("s1", Role.PROVIDER))
    for quiet in (
        (*BOOKED, says(c.CancelSession("s1", Role.PARTICIPANT))),
        (*BOOKED, says(c.DropItem("i1", "far"))),  # calls its sessions off
        (*BOOKED, books("s2", 14), off),  # there is another one in the diary
        (*BOOKED, DONE, off),
        (*BOOKED, ENDED, off),
    ):
        assert rebooking(story(*quiet)) == []


@pytest.mark.parametrize("settles", [books("s2", 9), DONE, says(c.DropItem("i1", "far")), ENDED, says(c.Withdraw())])
def test_the_rebooking_goes_when_it_is_booked_or_nothing_is_left_to_book(settles):
    off = (*BOOKED, says(c.CancelSession("s1", Role.PROVIDER)))
    assert rebooking(story(*off))
    assert rebooking(story(*off, settles)) == []


def test_a_session_of_another_item_settles_nothing_and_two_that_fall_out_are_one_task():
    off = says(c.CancelSession("s1", Role.PROVIDER))
    assert rebooking(story(*BOOKED, off, books("s9", 9, item=None)))
    assert len(rebooking(story(*BOOKED, books("s2", 9), off, says(c.CancelSession("s2", Role.PROVIDER))))) == 1


def test_a_first_meeting_we_cancel_is_to_rebook_unless_they_have_met_meanwhile():
    first = says(c.BookSession("m1", scheme().calendar.plus_working(story().now, 1), "first_meeting"))
    cancel = says(c.CancelSession("m1", Role.NAVIGATOR, "ill"))
    [task] = rebooking(story(referred, accepted, first, cancel))
    assert task.key == "rebook:first_meeting"


# ── who takes over ──────────────────────────────────────────────────────────────────────────────
def test_the_open_tasks_of_who_moved_on_go_to_who_took_over():
    asked = story(*BREACH[:-2], days_pass(2))
    before = {t.owner: t.person for t in asked.tasks.values()}
    assert (before[Role.NAVIGATOR], before[Role.OIC]) == ("nav-1", "oic-1")
    asked.asks(c.Transfer("nav-2"), SUPERVISOR).asks(c.ChangeOfficer(Role.OIC, "oic-2"))
    after = {(t.owner, t.person) for t in asked.tasks.values() if t.owner in {Role.NAVIGATOR, Role.OIC}}
    assert after == {(Role.NAVIGATOR, "nav-2"), (Role.OIC, "oic-2")}


def test_of_several_sessions_told_at_once_one_is_the_first():
    """A provider's return may tell of two: both are facts before anybody reacts to either."""
    s = story(*ON_THE_WAY, books("s1", 3), books("s2", 5), attends("s2"), attends("s1"))
    told = [record for record in s.history if isinstance(record.event, ev.SessionAttended)]
    at_once = {name: replace(one, known_at=told[0].recorded_at) for name, one in s.case.sessions.items()}
    case = changed(s.case, sessions=at_once)
    lines = [
        effect
        for record in told
        for effect in people.of(case, record, s.policy, s.now)
        if isinstance(effect, fx.AddToDigest) and effect.line == "help_started"
    ]
    assert len(lines) == len({effect.officer for effect in lines}) > 0
