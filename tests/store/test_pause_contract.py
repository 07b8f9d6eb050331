"""Paused, a store records and gives out no work; after a restore it says what may have gone before. On both stores."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from store_builders import DAY, HOUR, SCHEME, START, a_case, officer_send, send, step

from caseflow.domain.words import Channel
from caseflow.engine.ports import NoticeRow, Settled
from caseflow.store.memory import MemoryStore
from caseflow.store.postgres import PostgresStore

AnyStore = MemoryStore | PostgresStore
MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)


def a_case_with(store: AnyStore, name: str, *sends, **writes) -> None:
    with store.begin() as unit:
        unit.save([step(a_case(name), reacted=True, sends=list(sends), **writes)])


def pause(store: AnyStore, **more) -> None:
    with store.begin() as unit:
        unit.pause("a look", **more)


def resume(store: AnyStore, look_for: timedelta = timedelta(0)) -> None:
    with store.begin() as unit:
        unit.resume(look_for)


def lease(store: AnyStore, lane: str = "people") -> list[NoticeRow]:
    with store.begin() as unit:
        return unit.lease(lane, 50, "w1", MINUTE)


def doubtful(store: AnyStore, since=START, after: int = 0, limit: int = 50) -> list[str]:
    with store.begin() as unit:
        return [row.stream for row in unit.in_doubt(since, after, limit)]


def test_a_store_is_not_paused_until_somebody_says_so(store):
    assert store.paused() is None
    pause(store)
    found = store.paused()
    assert (found.why, found.since, found.backup_at) == ("a look", START, None)
    resume(store)
    assert store.paused() is None


def test_a_pause_keeps_its_beginning_and_its_backup_when_it_is_said_again(store):
    pause(store, backup_at=START - DAY)
    store.set_clock(START + HOUR)
    pause(store)
    found = store.paused()
    assert (found.since, found.backup_at) == (START, START - DAY)


def test_paused_no_lane_gives_out_anything_and_facts_are_recorded_all_the_same(store):
    a_case_with(store, "case-1", send("case-1"), officer_send(), wake_at=START)
    pause(store)
    with store.begin() as unit:
        unit.save([step(a_case("case-2"))])
    for lane in ("react", "fire"):
        with store.begin() as unit:
            assert unit.claim(lane, 10) == []
    assert lease(store) == lease(store, "others") == []
    with store.begin() as unit:
        assert set(unit.lock(SCHEME, ["case-1", "case-2"])) == {"case-1", "case-2"}
    resume(store)
    with store.begin() as unit:
        assert [one.stream.id for one in unit.claim("react", 10)] == ["case-2"]
    assert len(lease(store)) == len(lease(store, "others")) == 1


def test_paused_no_feed_is_given_out(store):
    with store.begin() as unit:
        unit.sync_endpoints([(SCHEME, "records")])
    a_case_with(store, "case-1")
    pause(store)
    with store.begin() as unit:
        assert unit.lease_feeds([(SCHEME, "records")], 10, 10, "w1", MINUTE) == []
    resume(store)
    with store.begin() as unit:
        assert len(unit.lease_feeds([(SCHEME, "records")], 10, 10, "w1", MINUTE)) == 1


def test_a_pause_reaches_a_message_that_is_leased_and_not_yet_called(store):
    a_case_with(store, "case-1", send("case-1"))
    rows = lease(store)
    pause(store)
    with store.begin() as unit:
        assert unit.calling("w1", rows) == set()
    resume(store)
    assert [row.attempt for row in lease(store)] == [1], "it went back as if never tried"


def test_a_call_that_was_under_way_is_resolved_only_after_the_pause(store, rest: Callable[[float], None]):
    a_case_with(store, "case-1", send("case-1"))
    rows = lease(store)
    with store.begin() as unit:
        unit.calling("w1", rows)
    pause(store)
    rest(120)
    with store.begin() as unit:
        assert unit.recover(10, {}) == []
    resume(store)
    with store.begin() as unit:
        assert [row.stream for row in unit.recover(10, {})] == ["case-1"]


def test_awake_streams_are_claimed_and_still_nothing_is_sent(store):
    a_case_with(store, "case-1", send("case-1"), wake_at=START)
    pause(store)
    with store.awake().begin() as unit:
        assert [one.stream.id for one in unit.claim("fire", 10)] == ["case-1"]
        assert unit.lease("people", 10, "w1", MINUTE) == []


def test_in_doubt_is_what_waits_by_now_and_what_was_made_since(store):
    a_case_with(store, "old-waits", send("old-waits"))
    a_case_with(store, "old-later", send("old-later", not_before=START + 2 * DAY))
    store.set_clock(START + DAY)
    a_case_with(store, "new-later", send("new-later", not_before=START + 2 * DAY))
    a_case_with(store, "sent", send("sent"))
    with store.begin() as unit:
        row = next(row for row in unit.lease("people", 50, "w1", MINUTE) if row.stream == "sent")
        unit.calling("w1", [row])
        unit.settle("w1", [Settled(row.id, row.attempt, "accepted")])
    assert doubtful(store, START + DAY) == [], "somebody may be sending them"
    pause(store)
    assert doubtful(store, START + DAY) == ["old-waits", "new-later"], "leased by a dead worker is as good as waiting"
    assert doubtful(store, START + DAY, limit=1) == ["old-waits"]
    with store.begin() as unit:
        first = unit.in_doubt(START + DAY, 0, 1)[0].id
    assert doubtful(store, START + DAY, after=first) == ["new-later"]


def test_what_is_held_is_unknown_with_an_attempt_that_says_why(store):
    a_case_with(store, "case-1", send("case-1"))
    pause(store)
    with store.begin() as unit:
        (row,) = unit.in_doubt(START, 0, 10)
        held = replace(row, attempt=row.attempt + 1, channel=Channel.EMAIL, address="mail-1")
        unit.hold([held], "it may have gone")
    assert doubtful(store) == []
    resume(store)
    assert lease(store) == []
    if isinstance(store, MemoryStore):
        notice, attempt = store.tables.notices[1], store.tables.attempts[1, 1]
        found = (notice.state, notice.attempts, attempt.state, attempt.channel, attempt.address, attempt.detail)
    else:
        with store.engine.connect() as connection:
            found = tuple(
                connection.exec_driver_sql("""
                    SELECT n.state, n.attempts, a.state, a.channel, a.address, a.detail
                      FROM notices n JOIN attempts a ON a.notice_id = n.id AND a.no = n.attempts""").one()
            )
    assert found == ("unknown", 1, "unknown", "email", "mail-1", "it may have gone")


def test_for_some_time_after_a_restore_everything_is_looked_up_first(store):
    pause(store, backup_at=START - DAY)
    store.set_clock(START + HOUR)
    resume(store, WEEK)
    a_case_with(store, "case-1", send("case-1"))
    (row,) = lease(store)
    assert (row.unclear, row.restored_at) == (True, START + HOUR)
    resume(store)  # a pause of another kind in that time changes nothing of it
    a_case_with(store, "case-2", send("case-2"))
    (row,) = lease(store)
    assert (row.unclear, row.restored_at) == (True, START + HOUR)


def test_after_a_pause_by_a_person_nothing_is_in_doubt(store):
    pause(store)
    resume(store)
    a_case_with(store, "case-1", send("case-1"))
    (row,) = lease(store)
    assert (row.unclear, row.restored_at) == (False, None)


def test_numbers_that_may_stand_in_letters_are_left_out(store):
    with store.begin() as unit:
        assert unit.allocate_refs(SCHEME, 2022, 3) == 1
    pause(store)
    with store.begin() as unit:
        assert unit.allocate_refs(SCHEME, 2022, 1) == 4, "a person's pause loses no number"
    for _ in range(2):
        pause(store, backup_at=START - DAY)
    with store.begin() as unit:
        assert unit.allocate_refs(SCHEME, 2022, 1) == 1005, "once, and before what people record again"
