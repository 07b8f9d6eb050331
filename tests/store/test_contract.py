"""What every Store does, said once and tried on both: in dictionaries and in PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from store_builders import (
    DAY,
    HOUR,
    NAVIGATOR,
    SCHEME,
    START,
    a_case,
    a_digest,
    a_return,
    asked,
    fact,
    officer_send,
    send,
    step,
    timer,
)

from caseflow.domain.commands import Complete
from caseflow.domain.effects import AddToDigest, CloseDigest, DropTasks, HandOver, OpenTask, Tell, Void
from caseflow.domain.events import CarriedOver, PolicyMoved
from caseflow.domain.words import Channel, Origin, Role
from caseflow.engine.ports import Answer, Change, Conflict, Failed, NoticeRow, Parking, PersonIn, Settled
from caseflow.store.clock import ClockRefused
from caseflow.store.memory import MemoryStore
from caseflow.store.postgres import PostgresStore
from caseflow.store.published import PolicyChanged, Published

AnyStore = MemoryStore | PostgresStore
Rest = Callable[[float], None]
MINUTE = timedelta(minutes=1)


def save(store: AnyStore, *changes) -> None:
    with store.begin() as unit:
        unit.save(changes)


def claim(store: AnyStore, lane: str, limit: int = 10) -> list[str]:
    with store.begin() as unit:
        return [claimed.stream.id for claimed in unit.claim(lane, limit)]


def lease(store: AnyStore, lane: str = "people", worker: str = "w1") -> list[NoticeRow]:
    with store.begin() as unit:
        return unit.lease(lane, 50, worker, MINUTE)


def call(store: AnyStore, rows: list[NoticeRow], worker: str = "w1") -> set[int]:
    with store.begin() as unit:
        return unit.calling(worker, rows)


def settle(store: AnyStore, *settled: Settled, worker: str = "w1") -> int:
    with store.begin() as unit:
        return unit.settle(worker, settled)


def sent(store: AnyStore, row: NoticeRow) -> None:
    call(store, [row])
    assert settle(store, Settled(row.id, row.attempt, "accepted")) == 1


def settled_case(store: AnyStore, name: str = "case-1", **writes) -> None:
    """A case with one reacted fact, and what else the change writes."""
    save(store, step(a_case(name), reacted=True, **writes))


# ── streams ─────────────────────────────────────────────────────────────────────────────────────
def test_a_new_stream_comes_back_as_it_was_with_its_unreacted_facts(store):
    change = step(a_case(), facts=2)
    save(store, change)
    with store.begin() as unit:
        claimed = unit.lock(SCHEME, ["case-1", "nobody"])
    assert list(claimed) == ["case-1"]
    assert claimed["case-1"].stream == change.stream
    assert claimed["case-1"].unreacted == change.events


@pytest.mark.parametrize("stream", [a_case(), a_return(), a_digest()], ids=lambda stream: stream.kind)
def test_every_kind_of_stream_can_be_kept(store, stream):
    save(store, step(stream))
    with store.begin() as unit:
        assert unit.lock(SCHEME, [stream.id])[stream.id].stream == replace(stream, seq=1)


def test_schemes_do_not_see_each_other(store):
    save(store, step(a_case()), step(a_case(scheme="dyfed-powys")))
    with store.begin() as unit:
        assert unit.lock("dyfed-powys", ["case-1"])["case-1"].stream.scheme == "dyfed-powys"
        assert unit.lock("elsewhere", ["case-1"]) == {}


def test_a_case_that_moved_to_another_version_stands_under_it_with_its_fact_and_its_alarm(store):
    save(store, step(a_case(), reacted=True))
    was = replace(a_case(), seq=1)
    due = START + DAY
    event = PolicyMoved("1", "2", (CarriedOver("first_contact", "call", due, None),), "txt-1")
    moved = Change(1, replace(was, seq=2, policy_version="2"), (fact("case-1", 2, event),), None, wake_at=due)
    save(store, moved)
    with store.begin() as unit:
        found = unit.lock(SCHEME, ["case-1"])["case-1"]
    assert (found.stream.policy_version, found.unreacted[-1].event) == ("2", event)


def test_unreacted_facts_ring_the_react_lane_until_they_are_reacted(store):
    save(store, step(a_case()))
    assert claim(store, "react") == ["case-1"]
    assert claim(store, "fire") == []
    with store.begin() as unit:
        stream = unit.claim("react", 1)[0].stream
        unit.save([step(stream, facts=0, reacted=True)])
    assert claim(store, "react") == []


def test_facts_beyond_the_reacted_ones_ring_again(store):
    settled_case(store)
    with store.begin() as unit:
        stream = unit.lock(SCHEME, ["case-1"])["case-1"].stream
        unit.save([step(stream)])
    with store.begin() as unit:
        (claimed,) = unit.claim("react", 10)
    assert [recorded.seq for recorded in claimed.unreacted] == [2]


def test_an_alarm_rings_when_its_time_has_come_and_not_before(store):
    settled_case(store, wake_at=START + HOUR)
    assert claim(store, "fire") == []
    store.set_clock(START + HOUR)
    assert claim(store, "fire") == ["case-1"]


def test_an_alarm_of_the_past_rings_now(store):
    store.set_clock(START + DAY)
    settled_case(store, wake_at=START)
    assert store.next_due() == START + DAY


def test_the_fire_lane_brings_unreacted_facts_too(store):
    change = step(a_case(), wake_at=START)
    save(store, change)
    with store.begin() as unit:
        (claimed,) = unit.claim("fire", 10)
    assert claimed.unreacted == change.events


def test_a_claim_takes_the_longest_waiting_and_gives_them_in_id_order(store):
    for name, hours in (("c", 1), ("b", 3), ("a", 2)):
        settled_case(store, name, wake_at=START + hours * HOUR)
    store.set_clock(START + 4 * HOUR)
    assert claim(store, "fire", limit=2) == ["a", "c"]


def test_a_version_that_moved_on_is_a_conflict_and_nothing_is_kept(store):
    settled_case(store)
    stale = step(a_case(), sends=[send()])
    with pytest.raises(Conflict):
        save(store, step(a_case("case-2")), stale)
    with store.begin() as unit:
        assert list(unit.lock(SCHEME, ["case-1", "case-2"])) == ["case-1"]
    assert lease(store) == []


def test_a_stale_step_is_a_conflict(store):
    settled_case(store)
    after = replace(a_case(), seq=1)
    save(store, step(after))
    with pytest.raises(Conflict):
        save(store, step(after))


def test_a_fact_number_can_be_taken_once_only(store):
    settled_case(store)
    doubled = step(replace(a_case(), seq=1))
    doubled.events = (fact("case-1", 1),)
    with pytest.raises(Conflict):
        save(store, doubled)


def test_a_reference_belongs_to_one_case(store):
    settled_case(store)
    with pytest.raises(Conflict):
        save(store, step(replace(a_case("case-2"), ref="DUR-22-case-1")))


def test_an_exception_puts_everything_back(store):
    settled_case(store, timers=[timer()])
    with pytest.raises(ZeroDivisionError), store.begin() as unit:
        stream = unit.lock(SCHEME, ["case-1"])["case-1"].stream
        unit.save([step(stream, sends=[send()], gone_timers=["missed_session:s1"])])
        unit.add_inbox([(SCHEME, asked())])
        unit.allocate_refs(SCHEME, 2022, 5)
        raise ZeroDivisionError
    assert claim(store, "react") == []
    with store.begin() as unit:
        assert unit.take_inbox(10) == []
        assert unit.allocate_refs(SCHEME, 2022, 1) == 1
    assert lease(store) == []


# ── failures and parking ────────────────────────────────────────────────────────────────────────
def test_a_failed_stream_rests_and_is_counted_until_a_step_succeeds(store, rest: Rest):
    save(store, step(a_case(), wake_at=START))
    with store.begin() as unit:
        unit.failed([Failed(SCHEME, "case-1", "a template is broken", timedelta(seconds=30))])
    assert claim(store, "react") == claim(store, "fire") == []
    rest(31)
    with store.begin() as unit:
        (claimed,) = unit.claim("react", 1)
        assert claimed.failures == 1
        unit.save([step(claimed.stream, facts=0, reacted=True)])
    with store.begin() as unit:
        assert unit.lock(SCHEME, ["case-1"])["case-1"].failures == 0


def test_a_parked_expectation_is_named_with_its_stream_which_goes_on(store):
    save(store, step(a_case(), parked=[Parking("case-1", "expectation:missed_session:s1", "no such rung", START)]))
    with store.begin() as unit:
        (claimed,) = unit.claim("react", 1)
    assert claimed.parked == ("missed_session:s1",)


def test_a_parked_stream_leaves_both_lanes_until_a_person_releases_it(store):
    save(store, step(a_case(), wake_at=START), step(a_case("case-2")))
    with store.begin() as unit:
        unit.park([Parking("case-1", "stream", "its history cannot be read", START, SCHEME)] * 2)
    assert claim(store, "react") == ["case-2"]
    assert claim(store, "fire") == []
    with store.begin() as unit:
        assert unit.release(SCHEME, "case-1", ["stream"]) == 1
    assert claim(store, "fire") == ["case-1"]


def test_a_parked_command_does_not_come_again_until_it_is_released(store):
    with store.begin() as unit:
        unit.add_inbox([(SCHEME, asked())])
        unit.park([Parking("case-1", "command:command-1", "it kills the process", START, SCHEME)])
    with store.begin() as unit:
        assert unit.take_inbox(10) == []
        assert unit.release(SCHEME, "case-1", ["command:command-1"]) == 1
        assert len(unit.take_inbox(10)) == 1


# ── timers and tasks ────────────────────────────────────────────────────────────────────────────
def timers_of(store: AnyStore, stream: str = "case-1") -> dict[str, str]:
    if isinstance(store, MemoryStore):
        return {name: one.rung for name, one in store.tables.timers.get((SCHEME, stream), {}).items()}
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT expectation, rung FROM timers WHERE stream_id = %s", (stream,))
        return {row.expectation: row.rung for row in rows}


def test_an_expectation_has_one_timer_which_is_replaced_and_deleted(store):
    settled_case(store, timers=[timer(), timer("no_answer")])
    after = replace(a_case(), seq=1)
    save(store, step(after, timers=[timer(rung="letter")], gone_timers=["no_answer", "missed_session:s1"]))
    assert timers_of(store) == {"missed_session:s1": "letter"}


def tasks_of(store: AnyStore) -> list[tuple[str, str, str]]:
    if isinstance(store, MemoryStore):
        return [(row.task.key, row.state, row.reason) for row in store.tables.tasks.values()]
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT key, state, reason FROM tasks ORDER BY id")
        return [(row.key, row.state, row.reason) for row in rows]


def task_people_of(store):
    if isinstance(store, MemoryStore):
        return {row.task.key: row.task.person for row in store.tables.tasks.values()}
    with store.engine.connect() as connection:
        return {row.key: row.person for row in connection.exec_driver_sql("SELECT key, person FROM tasks")}


def a_task(key: str = "call", expectation: str | None = "missed_session:s1") -> OpenTask:
    return OpenTask(key, "call", Role.NAVIGATOR, "Ring: all OK?", due=START + HOUR, expectation=expectation)


def test_a_task_is_open_once_and_can_be_opened_again_after_it_was_dropped(store):
    settled_case(store, tasks=[a_task(), a_task()])
    assert tasks_of(store) == [("call", "open", "")]
    save(
        store,
        step(
            replace(a_case(), seq=1), drops=[DropTasks("she came", expectation="missed_session:s1")], tasks=[a_task()]
        ),
    )
    assert tasks_of(store) == [("call", "dropped", "she came"), ("call", "open", "")]


@pytest.mark.parametrize(
    ("drop", "left"),
    [
        (DropTasks("done", key="call", done=True), [("call", "done", "done"), ("file", "open", "")]),
        (DropTasks("ended", every=True), [("call", "dropped", "ended"), ("file", "dropped", "ended")]),
        (DropTasks("other", expectation="no_answer"), [("call", "open", ""), ("file", "open", "")]),
    ],
)
def test_tasks_are_closed_by_key_by_expectation_or_all(store, drop, left):
    settled_case(store, tasks=[a_task(), a_task("file", expectation=None)])
    save(store, step(replace(a_case(), seq=1), drops=[drop]))
    assert tasks_of(store) == left


@pytest.mark.parametrize("done_first", [True, False])
def test_of_several_reasons_to_close_a_task_the_first_holds(store, done_first):
    reasons = [DropTasks("she came", expectation="missed_session:s1", done=True), DropTasks("ended", every=True)]
    settled_case(store, tasks=[a_task()])
    save(store, step(replace(a_case(), seq=1), drops=reasons if done_first else reasons[::-1]))
    assert tasks_of(store) == [("call", "done", "she came") if done_first else ("call", "dropped", "ended")]


def test_who_takes_over_gets_the_open_tasks_of_that_role_and_no_others(store):
    called, asked_of = a_task("called"), replace(a_task("ask"), owner=Role.OIC, person="oic-1")
    settled_case(store, tasks=[replace(called, person="nav-1"), asked_of])
    done = DropTasks("done", key="called", done=True)
    save(store, step(replace(a_case(), seq=1), drops=[done], tasks=[replace(a_task(), person="nav-1")]))
    save(store, step(replace(a_case(), seq=2), handovers=[HandOver(Role.NAVIGATOR, "nav-2")]))
    assert task_people_of(store) == {"called": "nav-1", "ask": "oic-1", "call": "nav-2"}


# ── commands ────────────────────────────────────────────────────────────────────────────────────
def test_an_answer_is_remembered_under_the_command_id_of_its_scheme(store):
    answer = Answer("command-1", "case-1", 1)
    settled_case(store, answers=[answer])
    with store.begin() as unit:
        unit.answer([(SCHEME, Answer("command-2", "case-1", 1, "not_offered", "That is not possible now."))])
    with store.begin() as unit:
        found = unit.answers(SCHEME, ["command-1", "command-2", "command-3"])
        assert unit.answers("dyfed-powys", ["command-1"]) == {}
    assert found["command-1"] == replace(answer, repeat=True)
    assert found["command-2"].refused
    assert found["command-2"].words == "That is not possible now."
    assert set(found) == {"command-1", "command-2"}


def test_a_command_is_answered_once_only(store):
    with store.begin() as unit:
        unit.answer([(SCHEME, Answer("command-1", "case-1", 1))])
    with pytest.raises(Conflict), store.begin() as unit:
        unit.answer([(SCHEME, Answer("command-1", "case-1", 1, "late", "Too late."))])


def test_waiting_commands_come_oldest_first_until_they_are_answered(store):
    with store.begin() as unit:
        unit.add_inbox([(SCHEME, asked("b")), (SCHEME, asked("a"))])
        unit.add_inbox([(SCHEME, asked("b"))])
    with store.begin() as unit:
        assert unit.take_inbox(1) == [(SCHEME, asked("b"))]
        assert unit.answers(SCHEME, ["b"]) == {}
        unit.answer([(SCHEME, Answer("b", "case-1", 0, "unknown", "There is no such case."))])
    with store.begin() as unit:
        assert [command.id for _, command in unit.take_inbox(10)] == ["a"]
    settled_case(store, inbox_done=["a"])
    with store.begin() as unit:
        assert unit.take_inbox(10) == []


def test_what_one_stream_tells_another_waits_in_the_inbox_once(store):
    tell = Tell("tell-1", "case-2", Complete(), NAVIGATOR)
    settled_case(store, tells=[tell])
    save(store, step(replace(a_case(), seq=1), tells=[tell]))
    with store.begin() as unit:
        ((scheme, command),) = unit.take_inbox(10)
    assert (scheme, command.id, command.stream, command.command) == (SCHEME, "tell-1", "case-2", Complete())
    assert (command.by, command.origin) == (NAVIGATOR, Origin.STREAM)


# ── notices ─────────────────────────────────────────────────────────────────────────────────────
def test_a_notice_comes_with_everything_it_takes_to_word_it(store):
    wanted = send(fields={"day": date(2022, 1, 14), "times": [START, START + DAY], "at": START, "place": "12 High St"})
    settled_case(store, sends=[wanted])
    (row,) = lease(store)
    assert row.send == wanted
    assert (row.scheme, row.stream, row.case_ref, row.policy_version) == (SCHEME, "case-1", "DUR-22-case-1", "1")
    assert (row.attempt, row.channel, row.tried, row.created_at) == (1, Channel.TEXT, (), START)
    assert row.contact == a_case().contact
    assert len(row.key) == 32


def test_streams_can_be_read_as_they_stand_without_holding_them(store):
    settled_case(store)
    with store.begin() as unit:
        found = unit.snapshots(SCHEME, ["case-1", "nobody"])
    assert {name: stream.seq for name, stream in found.items()} == {"case-1": 1}


def test_lanes_keep_participants_apart_from_officers(store):
    settled_case(store, sends=[send(), officer_send()])
    assert [row.send.purpose for row in lease(store, "others")] == ["officer_accepted"]
    assert [row.send.purpose for row in lease(store, "people")] == ["missed_session"]


def test_the_same_notice_is_made_once_and_its_repeats_are_counted(store):
    settled_case(store, sends=[send(), send()])
    again = [send(channels=(Channel.LETTER,)), send(cycle=1, not_before=START + HOUR)]
    save(store, step(replace(a_case(), seq=1), reacted=True, sends=again))
    assert len(lease(store)) == 1
    assert repeats_of(store) == [2, 0]


def repeats_of(store: AnyStore) -> list[int]:
    if isinstance(store, MemoryStore):
        return [row.repeats for row in store.tables.notices.values()]
    with store.engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT repeats FROM notices ORDER BY id").scalars())


def test_a_notice_waits_for_its_time(store):
    settled_case(store, sends=[send(not_before=START + HOUR)])
    assert lease(store) == []
    assert store.next_due() == START + HOUR
    store.set_clock(START + HOUR)
    assert len(lease(store)) == 1


def flood(store: AnyStore, scheme: str, count: int, **other) -> None:
    """So many notices of one stream of this scheme, each to somebody else, ready since the start."""
    name = f"case-{scheme}"
    sends = [send(name, recipient=f"person-{number}", **other) for number in range(count)]
    save(store, step(a_case(name, scheme), reacted=True, sends=sends))


def shares(store: AnyStore, limit: int) -> dict[str, int]:
    with store.begin() as unit:
        return dict(Counter(row.scheme for row in unit.lease("people", limit, "w1", MINUTE)))


def test_one_schemes_flood_keeps_no_other_waiting(store):
    flood(store, "durham", 30)
    store.set_clock(START + HOUR)
    flood(store, "dyfed-powys", 3)
    assert shares(store, 10) == {"durham": 5, "dyfed-powys": 3}
    assert shares(store, 10) == {"durham": 10}, "alone it has the whole lease"


def test_a_scheme_whose_notices_all_wait_for_later_takes_no_share(store):
    flood(store, "dyfed-powys", 3, not_before=START + DAY)
    flood(store, "durham", 30)
    assert shares(store, 10) == {"durham": 10}


def test_a_lease_is_never_larger_than_asked_however_many_schemes_there_are(store):
    for number in range(5):
        flood(store, f"scheme-{number}", 2)
    found = shares(store, 3)
    assert sum(found.values()) == 3


def test_a_leased_notice_is_nobody_elses_until_the_lease_runs_out(store, rest: Rest):
    settled_case(store, sends=[send()])
    assert len(lease(store)) == 1
    assert lease(store, worker="w2") == []
    rest(61)
    (again,) = lease(store, worker="w2")
    assert again.attempt == 2


def test_a_worker_whose_lease_was_taken_over_can_do_nothing_more(store, rest: Rest):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    rest(61)
    lease(store, worker="w2")
    assert call(store, [row]) == set()
    assert settle(store, Settled(row.id, row.attempt, "accepted")) == 0


def test_a_notice_waits_while_its_stream_has_facts_without_reactions(store):
    settled_case(store, sends=[send()])
    save(store, step(replace(a_case(), seq=1)))
    assert lease(store) == []


def test_calling_refuses_what_is_not_wanted_and_loses_nothing(store):
    for name in ("case-1", "case-2", "case-3"):
        settled_case(store, name, sends=[send(name)])
    rows = lease(store)
    save(store, step(replace(a_case("case-1"), seq=1)))
    save(store, step(replace(a_case("case-2"), seq=1), reacted=True, voids=[Void("she answered", "missed_session:s1")]))
    assert call(store, rows) == {row.id for row in rows if row.stream == "case-3"}
    with store.begin() as unit:
        stream = unit.lock(SCHEME, ["case-1"])["case-1"].stream
        unit.save([step(stream, facts=0, reacted=True)])
    assert [(row.stream, row.attempt) for row in lease(store)] == [("case-1", 1)]


def test_a_void_takes_back_what_has_not_gone(store):
    others = officer_send(expectation="missed_session:s1")
    settled_case(store, sends=[send(), send(expectation="no_answer"), others])
    save(store, step(replace(a_case(), seq=1), reacted=True, voids=[Void("she came", "missed_session:s1")]))
    assert [row.send.expectation for row in lease(store)] == ["no_answer"]
    assert lease(store, "others") == []


def test_a_void_of_a_purpose_takes_back_what_is_about_that_subject_and_nothing_else(store):
    changed = {"purpose": "session_changed", "expectation": None}
    first, other = send(**changed, subject="s1", rung="fact:1"), send(**changed, subject="s2", rung="fact:2")
    settled_case(store, sends=[first, other, send()])
    newer = send(**changed, subject="s1", rung="fact:3")
    void = Void("moved again", purpose="session_changed", subject="s1")
    save(store, step(replace(a_case(), seq=1), reacted=True, voids=[void], sends=[newer]))
    going = []
    while rows := lease(store):
        going += [row.send.rung for row in rows]
        settle(store, *[Settled(row.id, row.attempt, "void") for row in rows])
    assert sorted(going) == sorted(["fact:2", "fact:3", send().rung])


def test_a_void_without_an_expectation_takes_back_everything_to_the_participant(store):
    settled_case(store, sends=[send(), send(expectation="no_answer"), officer_send()])
    save(store, step(replace(a_case(), seq=1), reacted=True, voids=[Void("the case ended")]))
    assert lease(store) == []
    assert len(lease(store, "others")) == 1


def test_a_void_comes_before_the_sends_of_its_step(store):
    settled_case(store, sends=[send()])
    save(store, step(replace(a_case(), seq=1), reacted=True, voids=[Void("moved")], sends=[send(cycle=1)]))
    assert [row.send.cycle for row in lease(store)] == [1]


def test_what_is_calling_cannot_be_taken_back(store):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    call(store, [row])
    save(store, step(replace(a_case(), seq=1), reacted=True, voids=[Void("too late")]))
    assert settle(store, Settled(row.id, row.attempt, "accepted")) == 1


def test_a_settled_notice_tells_its_stream_through_the_inbox(store):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    call(store, [replace(row, address="text-1")])
    told = asked("delivery-1")
    assert settle(store, Settled(row.id, row.attempt, "accepted", provider_ref="p-1", tell=told)) == 1
    assert settle(store, Settled(row.id, row.attempt, "accepted", tell=asked("delivery-2"))) == 0
    with store.begin() as unit:
        assert unit.take_inbox(10) == [(SCHEME, told)]
    assert lease(store) == []


def test_sent_messages_of_the_last_seven_days_count_against_the_budget(store):
    for name, at in (("old", START), ("new", START + 3 * DAY)):
        store.set_clock(at)
        settled_case(store, name, sends=[send(recipient="one-person")])
        (row,) = lease(store)
        sent(store, row)
    store.set_clock(START + 7 * DAY)
    settled_case(store, "third", sends=[send(recipient="one-person")])
    (row,) = lease(store)
    assert (row.sent_this_week, row.sent_times) == (1, (START + 3 * DAY,))


def test_one_persons_messages_go_one_after_another_the_oldest_first(store):
    for name in ("first", "second"):
        settled_case(store, name, sends=[send(recipient="one-person")])
    settled_case(store, "of another", sends=[send(recipient="another")])
    rows = {row.stream: row for row in lease(store)}
    assert set(rows) in ({"first", "of another"}, {"second", "of another"}), "those of one moment in the order of keys"
    (mine,) = (row for row in rows.values() if row.send.recipient == "one-person")
    assert lease(store, worker="w2") == [], "while one is on its way"
    call(store, [mine])
    assert lease(store, worker="w2") == [], "while one is called"
    settle(store, Settled(mine.id, mine.attempt, "accepted"))
    (after,) = lease(store, worker="w2")
    assert (after.send.recipient, after.sent_this_week) == ("one-person", 1), (
        "what has gone counts before the next is looked at"
    )


def test_a_message_that_is_tried_again_keeps_its_place_before_the_persons_next(store, rest: Rest):
    settled_case(store, "first", sends=[send(recipient="one-person")])
    store.set_clock(START + timedelta(minutes=1))
    settled_case(store, "second", sends=[send(recipient="one-person")])
    (row,) = lease(store)
    call(store, [row])
    settle(store, Settled(row.id, row.attempt, "failed", "busy", retry_in=timedelta(seconds=30)))
    assert lease(store) == []
    rest(31)
    assert [one.stream for one in lease(store)] == ["first"]


def test_a_parked_case_keeps_no_message_of_the_persons_other_case_back(store):
    settled_case(store, "parked", sends=[send(recipient="one-person")])
    store.set_clock(START + timedelta(minutes=1))
    settled_case(store, "other", sends=[send(recipient="one-person")])
    with store.begin() as unit:
        unit.park([Parking("parked", "stream", "its history cannot be read", START, SCHEME)])
    assert [one.stream for one in lease(store)] == ["other"]


def test_officers_and_providers_get_what_there_is_at_once(store):
    for name in ("first", "second"):
        settled_case(store, name, sends=[send(to=Role.PROVIDER, recipient="one-provider")])
    assert len(lease(store, lane="others")) == 2


def test_a_waiting_chase_comes_back_at_its_time_and_no_attempt_is_counted(store):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    settle(store, Settled(row.id, row.attempt, "dropped", "over the budget", again_at=START + DAY))
    assert lease(store) == []
    assert store.next_due() == START + DAY
    store.set_clock(START + DAY)
    assert lease(store)[0].attempt == 1


def test_a_failure_rests_in_machine_time_and_comes_again(store, rest: Rest):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    call(store, [row])
    settle(store, Settled(row.id, row.attempt, "failed", "busy", retry_in=timedelta(seconds=30)))
    assert lease(store) == []
    assert not store.quiescent()
    rest(31)
    (again,) = lease(store)
    assert (again.attempt, again.tried) == (2, ())


def test_a_channel_given_up_is_not_tried_again(store):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    call(store, [row])
    settle(store, Settled(row.id, row.attempt, "failed", "no such number", next_channel=Channel.EMAIL))
    (again,) = lease(store)
    assert (again.channel, again.tried) == (Channel.EMAIL, (Channel.TEXT,))


@pytest.mark.parametrize("result", ["accepted", "failed", "unknown", "dropped", "void"])
def test_an_end_is_an_end(store, result):
    settled_case(store, sends=[send()])
    (row,) = lease(store)
    assert settle(store, Settled(row.id, row.attempt, result, "so it is")) == 1
    assert lease(store) == []
    assert store.quiescent()


def test_a_call_that_died_is_unknown_for_a_chase_and_goes_again_for_an_officer(store, rest: Rest):
    settled_case(store, sends=[send(), officer_send()])
    for lane in ("people", "others"):
        call(store, [replace(row, address=f"address-of-{lane}") for row in lease(store, lane)])
    with store.begin() as unit:
        assert unit.recover(10, {}) == []
    rest(61)
    with store.begin() as unit:
        assert [(row.send.kind, row.address) for row in unit.recover(10, {})] == [("chase", "address-of-people")], (
            "and where it went"
        )
    assert lease(store, "people") == []
    (again,) = lease(store, "others")
    assert again.attempt == 2


def test_a_provider_return_comes_with_the_participants_still_on_it(store):
    request = officer_send(to=Role.PROVIDER, recipient="provider-1", kind="provider", purpose="provider_return_request")
    save(store, step(a_return(), reacted=True, sends=[request]))
    (row,) = lease(store, "others")
    assert [item["ref"] for item in row.items] == ["DUR-22-case-1"]
    assert row.contact is None


# ── digests ─────────────────────────────────────────────────────────────────────────────────────
def line(officer: str = "oic-1", words: str = "accepted") -> AddToDigest:
    return AddToDigest(officer, words, START, "2022-W01", "DUR-22-case-1")


def test_a_digest_takes_everything_that_waits_for_its_officer_into_one_notice(store):
    settled_case(store, digest_items=[line(), line(words="plan_agreed"), line("oic-2")])
    save(store, step(a_digest(), reacted=True, digest_closes=[CloseDigest("oic-1", "2022-W01", "team-1")]))
    (row,) = lease(store, "others")
    assert [item["line"] for item in row.items] == ["accepted", "plan_agreed"]
    assert row.items[0] == {
        "stream": "case-1", "ref": "DUR-22-case-1", "line": "accepted", "detail": "", "at": START,
    }  # fmt: skip
    assert (row.send.recipient, row.send.stand_in, row.send.fields) == ("oic-1", "team-1", {"period": "2022-W01"})


def test_a_digest_says_the_same_line_of_the_same_moment_once(store):
    settled_case(store, digest_items=[line(), line()])
    save(store, step(replace(a_case(), seq=1), reacted=True, digest_items=[line(), line(words="plan_agreed")]))
    save(store, step(a_digest(), reacted=True, digest_closes=[CloseDigest("oic-1", "2022-W01", "team-1")]))
    (row,) = lease(store, "others")
    assert sorted(item["line"] for item in row.items) == ["accepted", "plan_agreed"]


def test_an_empty_digest_is_no_notice(store):
    save(store, step(a_digest(), reacted=True, digest_closes=[CloseDigest("oic-1", "2022-W01")]))
    assert lease(store, "others") == []


def test_a_period_is_closed_once_and_later_items_wait_for_the_next(store):
    close = CloseDigest("oic-1", "2022-W01")
    settled_case(store, digest_items=[line()])
    save(store, step(a_digest(), reacted=True, digest_closes=[close]))
    save(store, step(replace(a_case(), seq=1), reacted=True, digest_items=[line(words="late")]))
    save(store, step(replace(a_digest(), seq=1), reacted=True, digest_closes=[close]))
    (first,) = lease(store, "others")
    assert [item["line"] for item in first.items] == ["accepted"]
    save(store, step(replace(a_digest(), seq=2), reacted=True, digest_closes=[CloseDigest("oic-1", "2022-W02")]))
    (second,) = lease(store, "others")
    assert [item["line"] for item in second.items] == ["late"]


# ── people ──────────────────────────────────────────────────────────────────────────────────────
SAM = PersonIn(
    "p-1",
    "participant",
    "Sam",
    "Ó Néill",
    date(1990, 2, 1),
    {Channel.TEXT: ("a-1", "+447700900123", "unconfirmed")},
    extra={"language": "en"},
)


def test_people_are_kept_by_their_id_with_their_addresses(store):
    with store.begin() as unit:
        unit.upsert_people(
            SCHEME, [SAM, PersonIn("o-1", "officer", "Pat", "Lee", stand_in="team-1", phone="01632 960001")]
        )
        found = unit.people(SCHEME, ["p-1", "o-1", "nobody"])
        assert unit.people("dyfed-powys", ["p-1"]) == {}
    assert (found["p-1"].given, found["p-1"].family, found["p-1"].extra) == ("Sam", "Ó Néill", {"language": "en"})
    assert found["p-1"].addresses == {Channel.TEXT: ("a-1", "+447700900123", "unconfirmed")}
    assert (found["o-1"].moved_to, found["o-1"].phone, found["o-1"].addresses) == ("team-1", "01632 960001", {})


def test_what_is_known_of_an_address_survives_the_next_import(store):
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [SAM])
        unit.note_addresses(SCHEME, {"a-1": "blocked", "nowhere": "confirmed"})
        unit.upsert_people(SCHEME, [SAM])
        assert unit.people(SCHEME, ["p-1"])["p-1"].addresses[Channel.TEXT][2] == "blocked"


def test_the_newest_usable_address_of_a_channel_is_the_one_to_use(store):
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [SAM])
    store.set_clock(START + DAY)
    newer = replace(SAM, addresses={Channel.TEXT: ("a-2", "+447700900124", "unconfirmed")})
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [newer])
        assert unit.people(SCHEME, ["p-1"])["p-1"].addresses[Channel.TEXT][0] == "a-2"
        unit.note_addresses(SCHEME, {"a-2": "seized"})
        assert unit.people(SCHEME, ["p-1"])["p-1"].addresses[Channel.TEXT][0] == "a-1"


def test_an_erased_person_stays_erased_and_facts_stay_true(store):
    settled_case(store)
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [SAM])
        unit.add_texts(SCHEME, [("t-1", "p-1", "She rang about her shift."), ("t-2", None, "Another.")])
        unit.erase_people(SCHEME, ["p-1"])
        unit.upsert_people(SCHEME, [SAM])
        found = unit.people(SCHEME, ["p-1"])["p-1"]
        texts = unit.read_texts(SCHEME, ["t-1", "t-2"])
        assert unit.lock(SCHEME, ["case-1"])["case-1"].stream.seq == 1
    assert (found.given, found.family, found.addresses) == ("(erased)", "", {})
    assert texts["t-1"] == ("(erased)", b"")
    assert texts["t-2"][0] == "Another."


def test_a_text_is_kept_once(store):
    with store.begin() as unit:
        unit.add_texts(SCHEME, [("t-1", None, "First."), ("t-1", None, "Second.")])
        unit.add_texts(SCHEME, [("t-1", None, "Third.")])
        assert unit.read_texts(SCHEME, ["t-1"])["t-1"][0] == "First."


def test_a_text_is_sealed_with_a_key_that_goes_with_it(store):
    with store.begin() as unit:
        unit.upsert_people(SCHEME, [SAM])
        unit.add_texts(SCHEME, [("t-1", "p-1", "She rang."), ("t-2", None, "She rang.")])
        first = unit.seals(SCHEME, ["t-1", "t-2", "t-3"])
        assert set(first) == {"t-1", "t-2"}
        assert first["t-1"] != first["t-2"], "the same words under two keys: nobody can tell by looking"
        unit.erase_people(SCHEME, ["p-1"])
        assert unit.seals(SCHEME, ["t-1", "t-2"]) == {"t-1": "", "t-2": first["t-2"]}


def test_a_fact_keeps_the_seal_of_its_text(store):
    change = step(a_case())
    sealed = replace(change.events[0], text_mac="ab" * 32)
    save(store, replace(change, events=(sealed,)))
    with store.begin() as unit:
        assert unit.lock(SCHEME, ["case-1"])["case-1"].unreacted == (sealed,)


def test_case_numbers_are_given_out_once_in_each_year_and_scheme(store):
    with store.begin() as unit:
        assert unit.allocate_refs(SCHEME, 2022, 3) == 1
        assert unit.allocate_refs(SCHEME, 2022, 1) == 4
        assert unit.allocate_refs(SCHEME, 2023, 1) == 1
        assert unit.allocate_refs("dyfed-powys", 2022, 1) == 1


# ── policies, clock, machinery ──────────────────────────────────────────────────────────────────
def test_a_published_policy_cannot_change(store):
    first = Published(SCHEME, "1", "aa", "{}")
    store.publish([first])
    with pytest.raises(PolicyChanged, match="durham was changed after it was published"):
        store.publish([Published(SCHEME, "2", "bb", "{}"), replace(first, sha256="cc")])
    store.publish([first])
    assert store.published() == [first]


def test_time_stands_still_in_a_unit_and_does_not_run_backwards(store):
    store.set_clock(START + HOUR)
    with store.begin() as unit:
        assert unit.now() == START + HOUR == store.now()
    with pytest.raises(ClockRefused, match="backwards"):
        store.set_clock(START)


def test_the_next_due_moment_is_the_earliest_alarm_or_notice(store):
    assert store.next_due() is None
    settled_case(store, wake_at=START + 2 * HOUR, sends=[send(not_before=START + HOUR)])
    assert store.next_due() == START + HOUR


def test_a_quiet_store_has_nothing_unreacted_due_waiting_ready_or_leased(store):
    assert store.quiescent()
    save(store, step(a_case()))
    assert not store.quiescent()
    with store.begin() as unit:
        unit.save([step(replace(a_case(), seq=1), facts=0, reacted=True, wake_at=START + HOUR, sends=[send()])])
    assert not store.quiescent()
    (row,) = lease(store)
    assert not store.quiescent()
    sent(store, row)
    assert store.quiescent()
    with store.begin() as unit:
        unit.add_inbox([(SCHEME, asked())])
    assert not store.quiescent()
    with store.begin() as unit:
        unit.answer([(SCHEME, Answer("command-1", "case-1", 1))])
    assert store.quiescent()
    store.set_clock(START + HOUR)
    assert not store.quiescent()


def test_what_is_parked_does_not_keep_the_store_busy(store):
    save(store, step(a_case(), wake_at=START, sends=[send()]))
    with store.begin() as unit:
        unit.park([Parking("case-1", "stream", "cannot be read", START, SCHEME)])
    assert store.quiescent()
    assert store.next_due() in {None, START}


def test_a_sign_of_life_ages(store):
    assert store.mark_age("beat") is None
    store.mark("beat")
    age = store.mark_age("beat")
    assert age is not None
    assert timedelta() <= age < MINUTE
