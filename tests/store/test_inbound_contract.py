"""What every Store does with texts that come in, tried on both."""

from dataclasses import replace
from datetime import date

import pytest
from store_builders import DAY, HOUR, SCHEME, START, a_case, send, step

from caseflow.domain.effects import Reroute
from caseflow.domain.words import Channel
from caseflow.engine.inbound_rows import Holder, InboundSettled, InboundText
from caseflow.engine.ports import PersonIn, Settled
from caseflow.store.memory import MemoryStore
from caseflow.store.outbox import key_of

PHONE = "+447700900123"


def text(id_="n-1", number=PHONE, body="yes", at=START):
    return InboundText(id_, number, "07700900950", body, at)


def keep(store, *texts, scheme=SCHEME):
    with store.begin() as unit:
        return unit.keep_inbound(scheme, texts)


def waiting(store, limit=10):
    with store.begin() as unit:
        return unit.waiting_inbound(SCHEME, limit)


def person(store, case="case-1", value=PHONE):
    with store.begin() as unit:
        who = PersonIn(
            f"person-of-{case}", "participant", "Sam", "Carter", date(1990, 1, 1),
            {Channel.TEXT: (f"text-of-{case}", value, "unconfirmed")},
        )  # fmt: skip
        unit.upsert_people(SCHEME, [who])


def written(store, case="case-1", result="accepted", **more):
    """A text of this case that went to its address."""
    with store.begin() as unit:
        unit.save([step(a_case(case), reacted=True, sends=[send(case, **more)])])
    with store.begin() as unit:
        rows = [replace(row, address=f"text-of-{case}") for row in unit.lease("people", 50, "w", HOUR)]
    with store.begin() as unit:
        unit.calling("w", rows)
        unit.settle("w", [Settled(row.id, row.attempt, result) for row in rows])


def holders(store, *numbers):
    with store.begin() as unit:
        return unit.holders(SCHEME, numbers or [PHONE])


def settle(store, **more):
    with store.begin() as unit:
        unit.settle_inbound([InboundSettled(SCHEME, "n-1", **more)])


def body(store, id_="n-1"):
    with store.begin() as unit:
        return unit.lock_inbound(SCHEME, [id_])[0].body


def test_a_text_is_kept_once_with_its_first_words(store):
    assert keep(store, text(), text("n-2", body="stop"), text(body="again")) == 2
    assert keep(store, text(body="other words")) == 0
    assert [(one.id, one.body) for one in waiting(store)] == [("n-1", "yes"), ("n-2", "stop")]


def test_the_same_id_in_another_scheme_is_another_text(store):
    assert keep(store, text()) == keep(store, text(), scheme="dyfed-powys") == 1
    assert len(waiting(store)) == 1


def test_new_texts_are_taken_oldest_first_until_they_are_settled(store):
    keep(store, text(), text("n-2"), text("n-3"))
    with store.begin() as unit:
        assert [one.id for one in unit.new_inbound(2)] == ["n-1", "n-2"]
        unit.settle_inbound([InboundSettled(SCHEME, "n-1", "matched", "", "case-1", "person-of-case-1")])
        unit.settle_inbound([InboundSettled(SCHEME, "n-2", "queued", "nobody has it")])
    with store.begin() as unit:
        assert [one.id for one in unit.new_inbound(5)] == ["n-3"]
    assert [(one.id, one.state, one.why) for one in waiting(store)] == [
        ("n-2", "queued", "nobody has it"), ("n-3", "new", ""),
    ]  # fmt: skip


def test_what_waits_is_listed_by_when_it_came_and_no_more_than_asked_for(store):
    keep(store, text("n-1", at=START), text("n-2", at=START - DAY))
    assert [one.id for one in waiting(store)] == ["n-2", "n-1"]
    assert [one.id for one in waiting(store, 1)] == ["n-2"]


def test_a_text_dealt_with_says_by_whom_and_when(store):
    keep(store, text())
    settle(store, state="dealt", why="advertising", by="jo")
    with store.begin() as unit:
        (row,) = unit.lock_inbound(SCHEME, ["n-1", "n-9"])
        unit.looked_at_inbound(SCHEME, "n-1", "jo")
    assert (row.state, row.why, row.dealt_by, row.dealt_at, row.received_at) == (
        "dealt",
        "advertising",
        "jo",
        START,
        START,
    )


def test_a_transaction_that_is_thrown_away_keeps_nothing(store):
    with pytest.raises(ZeroDivisionError), store.begin() as unit:
        unit.keep_inbound(SCHEME, [text()])
        1 / 0  # noqa: B018 - something goes wrong after it
    assert waiting(store) == []


def test_everybody_who_has_the_number_is_found_with_what_was_last_asked_there(store):
    person(store)
    person(store, "case-2")
    person(store, "case-3", "+447700900999")
    written(store, "case-1", subject="s1")
    with store.begin() as unit:
        unit.save([step(a_case("case-2"), reacted=True)])
    assert holders(store, PHONE, "+447700900000") == {
        PHONE: (
            Holder("person-of-case-1", "text-of-case-1", "case-1", "DUR-22-case-1", True, "missed_session", "s1"),
            Holder("person-of-case-2", "text-of-case-2", "case-2", "DUR-22-case-2", True, None, None),
        )
    }


def test_somebody_without_a_case_has_the_number_too(store):
    person(store)
    assert holders(store) == {PHONE: (Holder("person-of-case-1", "text-of-case-1"),)}


def test_a_text_that_failed_has_asked_nothing_and_an_unclear_one_may_have(store):
    person(store)
    written(store, "case-1", "failed")
    assert holders(store)[PHONE][0].asked is None
    person(store, "case-2", "+447700900999")
    written(store, "case-2", "unknown")
    assert holders(store, "+447700900999")["+447700900999"][0].asked == "missed_session"


def test_no_number_asked_for_is_nobody_found(store):
    with store.begin() as unit:
        assert unit.holders(SCHEME, []) == {}


def test_erasing_a_person_erases_what_they_wrote_and_what_came_from_their_number_alone(store):
    person(store)
    person(store, "case-2", "+447700900999")
    keep(store, text(), text("n-2"), text("n-3", "+447700900999"))
    settle(store, state="matched", why="", stream="case-1", person="person-of-case-1")
    with store.begin() as unit:
        unit.erase_people(SCHEME, ["person-of-case-1"])
    with store.begin() as unit:
        rows = {one.id: (one.number, one.body) for one in unit.lock_inbound(SCHEME, ["n-1", "n-2", "n-3"])}
    assert rows == {"n-1": ("", "(erased)"), "n-2": ("", "(erased)"), "n-3": ("+447700900999", "yes")}


def test_erasing_one_of_two_who_share_a_number_leaves_what_may_be_the_others(store):
    person(store)
    person(store, "case-2")
    keep(store, text())
    settle(store, state="queued", why="two people")
    with store.begin() as unit:
        unit.erase_people(SCHEME, ["person-of-case-1"])
    assert body(store) == "yes"


def test_what_nobody_has_looked_at_yet_is_work_to_do(store):
    assert store.quiescent()
    keep(store, text())
    assert not store.quiescent()
    settle(store, state="queued", why="nobody has it")
    assert store.quiescent()


# ── sent on by another channel ──────────────────────────────────────────────────────────────────
def reroute(store, key, channel):
    with store.begin() as unit:
        now = unit.lock(SCHEME, ["case-1"])["case-1"].stream
        unit.save([step(now, reacted=True, reroutes=[Reroute(key, channel, "text: permanent_failure")])])


def leased(store):
    with store.begin() as unit:
        return unit.lease("people", 50, "w", HOUR)


def test_what_went_and_did_not_arrive_is_ready_for_another_channel(store):
    person(store)
    written(store)
    key = key_of(SCHEME, "case-1", send())
    assert leased(store) == []
    reroute(store, key, Channel.TEXT)
    (row,) = leased(store)
    assert (row.key, row.tried, row.attempt) == (key, (Channel.TEXT,), 2)
    assert row.sent_times == (), "it never arrived, so the week's budget has it back"


def test_what_goes_by_another_channel_already_is_left_alone(store):
    person(store)
    written(store)
    key = key_of(SCHEME, "case-1", send())
    reroute(store, key, Channel.EMAIL)
    reroute(store, "no such key", Channel.TEXT)
    assert leased(store) == []
    reroute(store, key, Channel.TEXT)
    reroute(store, key, Channel.TEXT)
    (row,) = leased(store)
    assert row.tried == (Channel.TEXT,), "asked for twice, it is done once"


def test_what_failed_is_not_sent_on(store):
    person(store)
    written(store, result="failed")
    reroute(store, key_of(SCHEME, "case-1", send()), Channel.TEXT)
    assert leased(store) == []


def test_a_receipt_that_is_faster_than_the_answer_of_the_send_sends_it_on_and_the_answer_settles_nothing(store):
    settled_person(store)
    key = key_of(SCHEME, "case-1", send())
    (row,) = leased(store)
    with store.begin() as unit:
        assert unit.calling("w", [row]) == {row.id}
    reroute(store, key, Channel.TEXT)
    with store.begin() as unit:
        assert unit.settle("w", [Settled(row.id, row.attempt, "accepted")]) == 0
    (again,) = leased(store)
    assert (again.tried, again.attempt) == ((Channel.TEXT,), 2)
    assert ended(store) == ["failed"], "no attempt is left that looks as if somebody were still at it"


def test_what_was_never_tried_is_not_sent_on(store):
    settled_person(store)
    reroute(store, key_of(SCHEME, "case-1", send()), Channel.TEXT)
    (row,) = leased(store)
    assert (row.tried, row.attempt) == ((), 1)


def settled_person(store):
    person(store)
    with store.begin() as unit:
        unit.save([step(a_case(), reacted=True, sends=[send()])])


def ended(store):
    if isinstance(store, MemoryStore):
        return [one.state for one in store.tables.attempts.values()]
    with store.engine.connect() as connection:
        return [row.state for row in connection.exec_driver_sql("SELECT state FROM attempts")]
