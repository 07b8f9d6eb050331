"""A provider's return: asked on the first working day, reminded, rung, told on; late is welcome, silence is never guessed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from words import CLOCK, MONDAY, ON_THE_WAY, PROVIDER, attends, books, days_pass, misses, scheme, story

from caseflow.domain import commands as c
from caseflow.domain import effects as fx
from caseflow.domain import events as ev
from caseflow.domain import plan, provider_return
from caseflow.domain.words import Attendance, Refused


class Return:
    """The return of one provider for January, and what it wished for."""

    def __init__(self) -> None:
        self.now, self.policy = MONDAY, scheme()
        self.state, self.history, self.effects = None, [], []
        self.id = provider_return.stream_id("durham", "pro-1", "2022-01")

    def asks(self, command: c.Command, by=CLOCK) -> "Return":
        planned = plan.handle(self.state, c.Asked("x", self.id, command, by), self.policy, self.now)
        assert not isinstance(planned, Refused), planned
        self.history += planned.events
        return self.look(planned.stream, planned.events)

    def look(self, stream, unreacted=()) -> "Return":
        advanced = plan.advance(stream, unreacted, self.policy, self.now)
        assert advanced.parked == ()
        self.state = advanced.stream
        self.history += advanced.events
        self.effects += [(self.now, effect) for effect in advanced.effects]
        return self.look(self.state) if advanced.more else self

    def until(self, *day: int) -> "Return":
        moment = datetime(*day, 18, tzinfo=UTC)
        while (alarm := plan.wake_at(self.state)) is not None and alarm <= moment:
            self.now = max(self.now, alarm)
            self.look(self.state)
        self.now = moment
        return self

    def of(self, kind):
        return [(f"{at:%a %d %b %H:%M}", effect) for at, effect in self.effects if isinstance(effect, kind)]

    def sent(self):
        return [(at, send.purpose) for at, send in self.of(fx.Send)]

    def tells(self, kind):
        return [tell.command for _, tell in self.of(fx.Tell) if isinstance(tell.command, kind)]


def listed(case: str = "case-1", item: str = "i1", ref: str = "DUR-22-000001") -> c.ListParticipant:
    return c.ListParticipant("pro-1", "2022-01", case, ref, item, "1")


def gone(case: str = "case-1", item: str = "i1") -> c.UnlistParticipant:
    return c.UnlistParticipant("pro-1", "2022-01", case, item, "1")


def row(*sessions: tuple[str, Attendance], **more) -> c.ReturnRow:
    return c.ReturnRow(2, "DUR-22-000001", sessions, **more)


SECOND = listed("case-2", ref="DUR-22-000002")


def test_a_silent_provider_is_asked_reminded_rung_and_spoken_to_in_that_order():
    r = Return().asks(listed()).until(2022, 3, 31)
    assert r.sent() == [
        ("Tue 01 Feb 09:00", "provider_return_request"),
        ("Tue 08 Feb 09:00", "provider_return_reminder"),
    ]
    tasks = [(at, task.kind, str(task.owner)) for at, task in r.of(fx.OpenTask)]
    assert tasks == [
        ("Tue 01 Feb 09:00", "ask", "provider"), ("Thu 10 Feb 09:00", "call", "coordinator"),
        ("Tue 15 Feb 09:00", "task", "manager"), ("Tue 22 Feb 09:00", "flag", "manager"),
    ]  # fmt: skip
    assert r.tells(c.RecordAttendance) == [], "silence is never an absence"


def test_a_return_that_is_in_stops_the_chase_and_drops_what_was_asked():
    r = Return().asks(listed()).until(2022, 2, 2).asks(c.SubmitReturn((row(),)), PROVIDER).until(2022, 4, 1)
    assert [purpose for _, purpose in r.sent()] == ["provider_return_request"]
    assert r.state.status == "received"
    assert any(drop.done for _, drop in r.of(fx.DropTasks))
    assert plan.wake_at(r.state) is None


@pytest.mark.parametrize(("day", "late"), [((2022, 2, 7), False), ((2022, 2, 25), True)])
def test_a_late_return_is_accepted_and_known_to_be_late(day, late):
    r = Return().asks(listed()).until(*day).asks(c.SubmitReturn((row(),)), PROVIDER)
    assert [e.event.late for e in r.history if isinstance(e.event, ev.ReturnReceived)] == [late]


def test_each_row_becomes_what_the_provider_says_to_the_case():
    sessions = (("s1", Attendance.ATTENDED), ("s2", Attendance.ACCEPTABLE))
    said = row(*sessions, engagement="well", completed=True, survey=True)
    r = Return().asks(listed()).until(2022, 2, 2).asks(c.SubmitReturn((said,)), PROVIDER)
    tells = [t for _, t in r.of(fx.Tell) if t.stream == "case-1"]
    assert {t.by for t in tells} == {PROVIDER}
    assert len({t.id for t in tells}) == len(tells)
    assert [t.command for t in tells] == [
        c.RecordAttendance("s1", Attendance.ATTENDED), c.RecordAttendance("s2", Attendance.ACCEPTABLE, "reported_by_provider"),
        c.NoteEngagement("i1", "well"), c.NoteItemDone("i1"), c.NoteSurvey(filled_in=True),
    ]  # fmt: skip


TWO = (listed(), listed(item="i3"))


@pytest.mark.parametrize(
    ("before", "said", "done"),
    [
        (TWO, row(completed=True, item="i3"), ["i3"]),  # what the row names
        ((*TWO, gone(item="i1")), row(completed=True), ["i3"]),  # what is still to do there
        ((listed(), gone()), row(completed=True), ["i1"]),  # said once more, after the fact
        (TWO, row(completed=False), []),
    ],
)
def test_completed_closes_the_item_that_is_told_of_and_no_other(before, said, done):
    r = Return()
    for command in before:
        r.asks(command)
    r.until(2022, 2, 2).asks(c.SubmitReturn((said,)), PROVIDER)
    assert [t.item for t in r.tells(c.NoteItemDone)] == done
    assert not [task for _, task in r.of(fx.OpenTask) if task.key.startswith("which_item")]


def test_where_several_items_could_be_meant_a_person_asks_which_and_the_next_word_settles_it():
    r = Return().asks(TWO[0]).asks(TWO[1]).until(2022, 2, 2)
    r.asks(c.SubmitReturn((row(engagement="well", completed=True),)), PROVIDER)
    assert r.tells(c.NoteItemDone) == [], "nothing is closed on a guess"
    assert [t.item for t in r.tells(c.NoteEngagement)] == ["i1", "i3"]
    [task] = [task for _, task in r.of(fx.OpenTask) if task.key.startswith("which_item")]
    assert (task.owner, task.kind) == ("coordinator", "ask")
    assert "DUR-22-000001" in task.title
    r.asks(c.SubmitReturn((row(completed=True, item="i1"),)), PROVIDER)
    assert [t.item for t in r.tells(c.NoteItemDone)] == ["i1"]
    assert any(drop.covers(task.key, None) and drop.done for _, drop in r.of(fx.DropTasks))


def test_a_row_about_somebody_who_is_not_listed_tells_nobody():
    stranger = c.ReturnRow(3, "DUR-22-999999", (("s1", Attendance.UNACCEPTABLE),))
    r = Return().asks(listed()).until(2022, 2, 2).asks(c.SubmitReturn((stranger,)), PROVIDER)
    assert r.tells(c.RecordAttendance) == []


def test_a_part_of_a_return_leaves_the_rest_to_be_asked_for():
    r = Return().asks(listed()).until(2022, 2, 2).asks(c.SubmitReturn((row(),), final=False), PROVIDER)
    assert [purpose for _, purpose in r.until(2022, 2, 9).sent()] == [
        "provider_return_request",
        "provider_return_reminder",
    ]


def test_whoever_stays_is_on_the_next_return_and_whoever_left_is_not():
    r = Return().asks(listed()).asks(SECOND).asks(gone("case-2")).until(2022, 2, 2)
    assert [(t.case, t.period) for t in r.tells(c.ListParticipant)] == [("case-1", "2022-02")]


def test_one_who_is_listed_after_the_provider_was_asked_is_carried_on_too():
    r = Return().asks(listed()).until(2022, 2, 2).asks(SECOND)
    assert [(t.case, t.period) for t in r.tells(c.ListParticipant)] == [("case-1", "2022-02"), ("case-2", "2022-02")]


def test_one_who_left_before_the_last_return_was_asked_for_is_not_carried_back():
    carried = replace(listed(), carried=True)
    r = Return().asks(SECOND).asks(gone()).asks(carried).until(2022, 2, 2)
    assert [t.case for t in r.tells(c.ListParticipant)] == ["case-2"]
    assert all(t.carried for t in r.tells(c.ListParticipant))


def test_one_who_comes_back_is_listed_again():
    r = Return().asks(listed()).asks(gone()).asks(listed()).until(2022, 2, 2)
    assert [t.case for t in r.tells(c.ListParticipant)] == ["case-1"]


def test_where_nobody_was_ever_placed_nobody_is_asked():
    r = Return().asks(gone()).until(2022, 3, 1)
    assert r.sent() == []
    assert r.state.status == "not_needed"
    assert plan.wake_at(r.state) is None


def test_listing_again_adds_nothing_and_history_leads_to_the_return():
    r = Return().asks(listed())
    once = len(r.history)
    assert len(r.asks(listed()).history) == once
    assert plan.replay(r.until(2022, 2, 20).history, "durham") == r.state


# ── what is known so far ────────────────────────────────────────────────────────────────────────
def test_a_providers_request_knows_what_the_scheme_knows_already():
    told = story(*ON_THE_WAY, books("s1", 3), attends("s1"), books("s2", 3), misses("s2"), books("s3", 3), days_pass(4))
    known = provider_return.known_so_far(told.case, "i1", "pro-1", told.now)
    assert known == {"attended": 1, "missed": 1, "unknown": 1, "done": False, "survey": False}
    assert provider_return.known_so_far(told.case, "i2", "pro-1", told.now)["attended"] == 0


def test_a_session_that_is_still_to_come_is_nothing_to_ask_about():
    told = story(*ON_THE_WAY, books("s1", 3))
    assert provider_return.known_so_far(told.case, "i1", "pro-1", told.now)["unknown"] == 0


def test_a_provider_is_told_of_the_sessions_with_them_and_not_of_those_with_another():
    told = story(*ON_THE_WAY, books("s1", 3), attends("s1"))
    assert provider_return.known_so_far(told.case, "i1", "pro-2", told.now)["attended"] == 0


@pytest.mark.parametrize(("what", "purpose", "lasts"), [("code", "provider_code", 20), ("link", "provider_link", None)])
def test_a_code_or_a_link_goes_to_the_provider_and_the_fact_has_nothing_secret(what, purpose, lasts):
    r = Return().asks(listed()).asks(c.AskForAccess(what, "ask-1"), PROVIDER)
    (_, send), *_ = [one for one in r.of(fx.Send) if one[1].purpose == purpose]
    assert (send.recipient, send.fields["ask"], send.kind) == ("pro-1", "ask-1", "provider")
    assert (send.expires is None) is (lasts is None)
    assert lasts is None or (send.expires - r.now).total_seconds() == lasts * 60
    assert ev.AccessAsked(what, "ask-1") in [one.event for one in r.history]


def test_asked_twice_it_is_two_messages():
    r = (
        Return()
        .asks(listed())
        .asks(c.AskForAccess("code", "ask-1"), PROVIDER)
        .asks(c.AskForAccess("code", "ask-2"), PROVIDER)
    )
    rungs = [send.rung for _, send in r.of(fx.Send) if send.purpose == "provider_code"]
    assert len(set(rungs)) == 2, "a notice is known by its fact, so neither hides the other"
