"""A life lived again under its own policy is the same life; under another, only what that changes is different."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from caseflow.domain import commands as c
from caseflow.domain import events as ev
from caseflow.domain.policy import Policy
from caseflow.domain.words import Origin, Refused
from caseflow.engine.readings import Dossier
from caseflow.insight.asked import NotACase, past_of
from caseflow.insight.replay import Life, replay, replay_both
from caseflow.insight.whatif import differing
from caseflow.store import codec

TEXT = (
    '- {id: text, at: "+1wd", chase: true, expires: "+5wd", acts: [{do: send, to: participant, message: missed_session'
)
CALL = '      - {id: call_again, at: "+1wd", acts: [{do: call, to: navigator, task: "Ring at another time of day; leave a voicemail only if they allow it"}]}\n'


def again(lived: Any, case: Dossier, policy: Policy | None = None) -> Life:
    life = replay(past_of(case.events, lived.policy), policy or lived.policy, lived.policy, lived.until)
    assert isinstance(life, Life), life
    return life


def test_under_its_own_policy_every_case_has_the_very_same_facts(lived):
    assert len(lived.cases) == 45
    for case in lived.cases:
        life = again(lived, case)
        # A version and a digest are the store's.
        lived_again = [replace(one, text_mac="", version=1) for one in life.events]
        assert [replace(one, text_mac="", version=1) for one in case.events] == lived_again
        assert life.case == case.stream
        assert not life.refused


def test_under_its_own_policy_every_case_has_the_very_same_notices_and_the_same_of_them_go(lived):
    """Mail to officers leaves no word in the case: it counts as gone where nothing took it back."""
    for case in lived.cases:
        real = {(one.purpose, one.expectation, one.cycle, one.rung, one.recipient): one for one in case.notices}
        ours = {(*one.identity, one.send.recipient): one for one in again(lived, case).notices}
        assert real.keys() == ours.keys()
        for name, one in ours.items():
            assert one.created == real[name].created_at
            went = any(attempt.state == "accepted" for attempt in real[name].attempts)
            assert (one.sent_at is not None or (one.state == "waiting" and one.send.to != "participant")) == went, name


def test_under_its_own_policy_every_case_opens_the_very_same_tasks(lived):
    for case in lived.cases:
        assert again(lived, case).tasks == Counter(one.kind for one in case.tasks)


def test_a_season_has_what_a_replay_must_get_right(lived):
    """Else the three tests above would prove little."""
    kinds = {type(one.event) for case in lived.cases for one in case.events}
    assert kinds >= {ev.SessionMissed, ev.SessionExcused, ev.StrikeConfirmed, ev.AnswerRead, ev.PlanAgreed, ev.Rebased,
                     ev.DeliveryNoted, ev.AddressNoted, ev.Ended, ev.Completed}  # fmt: skip


def test_a_text_a_day_later_moves_that_text_and_nothing_that_people_did(lived, draft):
    later = draft(TEXT, TEXT.replace("+1wd", "+2wd"))
    moved = 0
    for case in lived.cases:
        own, other = again(lived, case), again(lived, case, later)
        before, after = (
            {one.identity: one.created for one in life.notices if one.send.purpose == "missed_session"}
            for life in (own, other)
        )
        assert all(after[name] > before[name] for name in after.keys() & before.keys())
        moved += len(before)
        if not any(name.startswith("missed_session") for name in own.case.expectations):
            assert [one.event for one in own.events[1:]] == [one.event for one in other.events[1:]]
        assert _asked(other) <= _asked(own)
        assert len(_asked(own) - _asked(other)) <= other.refused.total()
    assert moved


def _asked(life: Life) -> set[str]:
    """What people did: their commands, without the words of channels."""
    return {one.command_id for one in life.events if one.command_id and one.origin is not Origin.CHANNEL}


def test_a_call_less_is_a_call_less_and_no_other_message(lived, draft):
    fewer = draft(CALL, "")
    own = [again(lived, case) for case in lived.cases]
    other = [again(lived, case, fewer) for case in lived.cases]
    fired = sum(
        isinstance(one.event, ev.RungFired)
        and (one.event.expectation, one.event.rung, one.event.end) == ("first_contact", "call_again", "fired")
        for life in own
        for one in life.events
    )
    assert fired
    assert _calls(own) - _calls(other) == fired


def _calls(lives: list[Life]) -> int:
    return sum(life.tasks["call"] for life in lives)


def test_a_life_that_parts_from_the_old_one_is_the_life_lived_whole(lived, draft):
    """Lived once until a rung that differs stands next: neither side is told from one lived from its beginning."""
    later = replace(
        draft(TEXT, TEXT.replace("+1wd", "+2wd")), version=lived.policy.version
    )  # its name is on every fact
    differ = differing(lived.policy, later)
    assert differ == {
        f"missed_session/{rung}" for rung in ("text", "call_again", "your_move_letter", "your_move_text", "rule", "")
    }
    parted = 0
    for case in lived.cases:
        old, new = replay_both(past_of(case.events, lived.policy), lived.policy, later, lived.until, differ)
        assert old == again(lived, case)
        assert new == again(lived, case, later)
        parted += new is not old
    assert 0 < parted < 45


def test_what_somebody_said_when_a_task_was_done_is_said_again(lived):
    """An officer's words are to be read: a task follows from them."""
    said = 0
    for case in lived.cases:
        words = tuple(
            replace(one, event=replace(one.event, text="word-1")) if isinstance(one.event, ev.TaskFinished) else one
            for one in case.events
        )
        life = replay(past_of(words, lived.policy), lived.policy, lived.policy, lived.until)
        assert [one.event for one in life.events] == [one.event for one in words]
        said += sum(re.fullmatch(r"\w+:\d+", getattr(one.event, "task", "")) is not None for one in words)
    assert said


def test_what_the_new_rules_would_not_have_taken_is_named(lived):
    strict = replace(lived.policy, excuses=tuple(one for one in lived.policy.excuses if one != "illness"))
    refused: Counter[tuple[str, str]] = Counter()
    for case in lived.cases:
        refused.update(again(lived, case, strict).refused)
    ill = sum(getattr(one.event, "reason", "") == "illness" for case in lived.cases for one in case.events)
    assert ill
    assert sum(n for (_, code), n in refused.items() if code == "reason_unknown") == ill


def test_a_disposal_that_the_new_rules_do_not_know_takes_nobody_in(lived):
    case = lived.cases[0]
    none = replace(lived.policy, disposals={})
    found = replay(past_of(case.events, lived.policy), none, lived.policy, lived.until)
    assert isinstance(found, Refused)
    assert found.code == "disposal_unknown"


def test_a_new_chase_is_never_answered_but_lets_the_ladder_go_on(lived, draft):
    """A message nobody got then: its channel takes it, so that what follows is not held up for want of its word."""
    line = '      - {id: letter, at: "+5wd", chase: true, acts: [{do: send, to: participant, message: first_contact, channels: [letter]}]}\n'
    more = draft(
        line, line + line.replace('id: letter, at: "+5wd"', 'id: text_more, at: "+7wd"').replace("[letter]", "[text]")
    )
    lives = [again(lived, case, more) for case in lived.cases]
    new = [(life, one) for life in lives for one in life.notices if one.identity[3] == "text_more"]
    assert new
    assert any(one.state == "sent" for _, one in new)
    ends = [
        one.event.why
        for life, _ in new
        for one in life.events
        if isinstance(one.event, ev.RungFired)
        and (one.event.expectation, one.event.rung) == ("first_contact", "decide")
    ]
    assert ends
    assert "the last message is still on its way" not in ends


GOLDEN = Path(__file__).resolve().parents[1] / "store" / "golden"


def golden(kind: type) -> Any:
    name = codec.kind_of(kind)
    version = codec.VERSIONS[name]
    return codec.decode_event(name, version, (GOLDEN / f"{name}.{version}.json").read_bytes())


ENGINES = (ev.Referred, ev.ExpectationOpened, ev.ExpectationClosed, ev.Rebased, ev.BreachLapsed)
"""Facts no command of a person or channel begins with."""


ASKED = {
    ev.Accepted: c.Accept, ev.Declined: c.Decline, ev.Assessed: c.Assess, ev.PlanAgreed: c.AgreePlan,
    ev.ContactAgreed: c.AgreeContact, ev.AddressNoted: c.NoteAddress, ev.SessionBooked: c.BookSession,
    ev.SessionMoved: c.MoveSession, ev.SessionCancelled: c.CancelSession, ev.SessionAttended: c.RecordAttendance,
    ev.SessionMissed: c.RecordAttendance, ev.SessionExcused: c.Excuse, ev.SessionNotHeld: c.RecordAttendance,
    ev.ExcuseWithdrawn: c.WithdrawExcuse, ev.SessionRuled: c.RuleSession, ev.ContactRecorded: c.RecordContact,
    ev.AnswerReceived: c.NoteAnswer, ev.AnswerRead: c.ReadAnswer, ev.DeliveryNoted: c.NoteDelivery,
    ev.StrikeConfirmed: c.ConfirmStrike, ev.StrikeWaived: c.WaiveStrike, ev.StrikeDisputed: c.DisputeStrike,
    ev.StrikeUpheld: c.UpholdStrike,
    ev.Held: c.Hold, ev.HoldEnded: c.Release, ev.BroughtForward: c.BringForward, ev.RungFired: c.SkipRung,
    ev.BreachOpened: c.OpenBreach, ev.SideAsked: c.AskSide, ev.SideRecorded: c.RecordSide, ev.ViewRecorded: c.RecordView,
    ev.ProviderHeard: c.HearProvider, ev.Breached: c.DecideBreach, ev.CarriedOn: c.DecideBreach,
    ev.Ended: c.DecideBreach, ev.Completed: c.Complete, ev.Withdrawn: c.Withdraw, ev.Reopened: c.Reopen,
    ev.ExpectationsExplained: c.ExplainExpectations, ev.ReferredOn: c.ReferOn,
    ev.ProviderAnswered: c.NoteProviderAnswer, ev.NeedUnmet: c.NoteUnmetNeed, ev.EngagementNoted: c.NoteEngagement,
    ev.ItemDone: c.NoteItemDone, ev.ItemDropped: c.DropItem, ev.SurveyNoted: c.NoteSurvey,
    ev.Signposted: c.NoteSignpost, ev.NewMatterNoted: c.NoteNewMatter, ev.SafeguardingNoted: c.NoteSafeguarding,
    ev.Died: c.NoteDeath, ev.WentAway: c.NoteAway, ev.Transferred: c.Transfer, ev.OfficerChanged: c.ChangeOfficer,
    ev.VictimTold: c.TellVictim, ev.LastSafeSet: c.SetLastSafe, ev.TaskFinished: c.FinishTask,
}  # fmt: skip
"""What each fact is read back as, where it stands alone (the golden end was decided, the golden excuse given in advance)."""


@pytest.mark.parametrize(
    "kind",
    [one for one in ev.CaseEvent.__args__ if one not in ENGINES and one is not ev.PolicyMoved],  # type: ignore[attr-defined]  # a union's members
    ids=lambda one: one.__name__,
)
def test_every_fact_that_somebody_made_is_read_back_as_a_command(kind, lived):
    first = next(one for one in lived.cases[0].events)
    booked = ev.Recorded(
        first.stream, 2, ev.SessionBooked("words", first.recorded_at, "session", None, None, "", enforceable=False),
        first.occurred_at, first.recorded_at, first.actor, first.origin, "booked",
    )  # fmt: skip
    fact = replace(booked, seq=3, event=golden(kind), command_id="asked")
    past = past_of([first, booked, fact], lived.policy)
    wishes = [*past.wishes[1:], *(wish for words in past.receipts.values() for wish in words)]
    assert len(wishes) == 1
    assert type(wishes[0].asked.command) is ASKED[kind]


def test_a_move_to_another_version_is_no_part_of_a_life_under_one(lived):
    first = next(one for one in lived.cases[0].events)
    moved = replace(first, seq=2, event=golden(ev.PolicyMoved), command_id="moved")
    past = past_of([first, moved], lived.policy)
    assert len(past.wishes) == len(past_of([first], lived.policy).wishes)


def test_a_history_that_begins_with_no_referral_is_not_a_case(lived):
    with pytest.raises(NotACase):
        past_of(lived.cases[0].events[1:], lived.policy)
