"""Each violation is made to happen by changing what the store holds, and is then seen and named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from caseflow.domain.case import Case, Digest, Expectation, ProviderReturn
from caseflow.domain.commands import RecordContact
from caseflow.domain.events import (
    Breached,
    ContactRecorded,
    Decision,
    DeliveryNoted,
    ExpectationClosed,
    Recorded,
    StrikeConfirmed,
)
from caseflow.domain.words import Actor, Channel, ContactResult, Opinion, Origin, Receipt, Role, State
from caseflow.engine.audit import GRACE, RULES, WARNINGS, WORDS, audit, examine
from caseflow.engine.readings import AttemptLine, DigestItem, Dossier, NoticeLine, ParkedLine, Readings

LATE = GRACE + timedelta(minutes=1)


def readings(desk: Any) -> Readings:
    found: Readings = desk.app.readings
    return found


@pytest.fixture
def sound(desk: Any) -> Dossier:
    """A case two days on, all well."""
    desk.accepted()
    desk.sweep()
    desk.go_to(desk.now + timedelta(days=2))
    [dossier] = readings(desk).dossiers("durham", ids=["case-1"])
    return dossier


@pytest.fixture
def names(desk: Any, sound: Dossier) -> Callable[..., list[str]]:
    """The names of what is found once these parts of the sound dossier are changed."""

    def look(*, at: datetime | None = None, **changes: Any) -> list[str]:
        return [one.name for one in examine(replace(sound, **changes), at or desk.now)]

    return look


def fact(dossier: Dossier, event: Any, **more: Any) -> Recorded:
    last = dossier.events[-1]
    envelope: dict[str, Any] = {
        "stream": dossier.id, "seq": last.seq + 1, "event": event, "occurred_at": last.occurred_at,
        "recorded_at": last.recorded_at, "actor": Actor("nav", Role.NAVIGATOR), "origin": Origin.PERSON, "command_id": "x",
    }  # fmt: skip
    return Recorded(**(envelope | more))


def attempt(number: int, at: datetime, channel: str = "text", state: str = "accepted") -> AttemptLine:
    return AttemptLine(number, channel, state, "a-text", at, at)


def chase(at: datetime, *attempts: AttemptLine, **more: Any) -> NoticeLine:
    fields: dict[str, Any] = {
        "id": 99, "stream": "case-1", "purpose": "missed_session", "kind": "chase", "to": "participant", "recipient": "sam",
        "expectation": "missed_session:s1", "cycle": 0, "rung": "text", "state": "sent", "created_at": at, "ready_at": at,
        "attempts": attempts,
    }  # fmt: skip
    return NoticeLine(**(fields | more))


def test_a_scheme_where_all_is_well_has_no_violations(desk: Any) -> None:
    desk.accepted("case-1", "case-2")
    for day in (1, 3, 8, 20):
        desk.go_to(desk.now + timedelta(days=day))
    found = audit(readings(desk), replay_every=1)
    assert [one.words for one in found.violations] == []
    assert found.streams == found.replayed >= 2


def test_every_finding_has_words_that_say_what_and_what_to_do(sound: Dossier, desk: Any) -> None:
    assert set(WORDS) >= WARNINGS
    parked = replace(sound, parkings=(ParkedLine("case-1", "event:3", "KeyError: x", desk.now),))
    [finding] = examine(parked, desk.now)
    assert finding.words.startswith("DUR-22-case-1: work was set aside (event:3: KeyError: x). To do: ")


def test_an_event_nobody_reacted_to_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    after = sound.events[-1].recorded_at + LATE
    assert "unreacted_event" in names(reacted=sound.seq - 1, react_at=after, at=after)
    assert "unreacted_event" in names(reacted=sound.seq - 1, react_at=None)  # nobody would ever come


def test_an_event_of_this_moment_is_not_late(names: Callable[..., list[str]], sound: Dossier, desk: Any) -> None:
    fresh = replace(sound.events[-1], recorded_at=desk.now)
    assert "unreacted_event" not in names(events=(*sound.events[:-1], fresh), reacted=sound.seq - 1, react_at=desk.now)


def test_an_overdue_timer_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    first = min(timer.due for timer in sound.timers)
    assert names(at=first + LATE).count("overdue_timer") >= 1
    assert "overdue_timer" not in names(at=first + GRACE / 2)


def test_an_alarm_that_is_not_the_earliest_timer_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    assert sound.wake_at is not None
    assert names(wake_at=sound.wake_at + timedelta(hours=1)) == ["alarm_wrong"]
    assert names(wake_at=None) == ["alarm_wrong"]


def test_a_timer_without_its_expectation_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    stray = replace(sound.timers[-1], expectation="missed_session:s9")
    assert names(timers=(*sound.timers, stray)) == ["timer_without_expectation"]
    other = replace(sound.timers[0], rung="another")
    assert names(timers=(other, *sound.timers[1:])) == ["timer_without_expectation"]


def test_an_expectation_that_lost_its_timer_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    assert "timer_without_expectation" in names(timers=sound.timers[1:], wake_at=sound.wake_at)


def test_a_message_that_never_left_is_named(names: Callable[..., list[str]], sound: Dossier, desk: Any) -> None:
    made = desk.now - LATE
    assert names(notices=(*sound.notices, chase(made, state="ready"))) == ["stuck_notice"]
    assert names(notices=(*sound.notices, chase(made, state="ready", ready_at=desk.now))) == []


def test_the_same_message_sent_twice_is_named(names: Callable[..., list[str]], sound: Dossier, desk: Any) -> None:
    now = desk.now
    twice = chase(now, attempt(1, now), attempt(2, now))
    assert names(notices=(*sound.notices, twice)) == ["double_send"]
    copy = chase(now, attempt(1, now), id=100)
    assert names(notices=(*sound.notices, chase(now, attempt(1, now)), copy)) == ["double_send"]


def test_another_channel_after_a_bounce_and_a_retry_are_no_doubles(
    names: Callable[..., list[str]], sound: Dossier, desk: Any
) -> None:
    now = desk.now
    fell_back = chase(now, attempt(1, now), attempt(2, now, "email"))
    retried = chase(now, attempt(1, now, state="failed"), attempt(2, now), rung="again")
    assert names(notices=(*sound.notices, fell_back, retried)) == []


def test_a_chase_after_the_reason_had_gone_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    came = sound.events[-1]
    closing = fact(
        sound, ExpectationClosed("missed_session:s1", 0, "met", "answered"), caused_by=f"event:{came.seq} policy:1"
    )
    events = (*sound.events, closing)
    after = came.recorded_at + timedelta(minutes=1)
    found = names(events=events, seq=closing.seq, reacted=closing.seq, notices=(chase(after, attempt(1, after)),))
    assert "chase_after_reason_gone" in found
    before = came.recorded_at - timedelta(minutes=1)
    found = names(events=events, seq=closing.seq, reacted=closing.seq, notices=(chase(before, attempt(1, before)),))
    assert "chase_after_reason_gone" not in found


def breached(by: Actor, reasons: str = "missed three sessions") -> Breached:
    return Breached(Decision(by, Opinion.BREACHED, reasons, {}, side_given=True, reached="spoke"))


@pytest.mark.parametrize(
    ("event", "more"),
    [
        (breached(Actor("system", Role.SYSTEM)), {}),
        (breached(Actor("", Role.SUPERVISOR)), {}),
        (breached(Actor("sup", Role.SUPERVISOR), " "), {}),
        (breached(Actor("sup", Role.SUPERVISOR)), {"origin": Origin.TIMER}),
    ],
)
def test_a_breach_without_a_persons_decision_is_named(
    names: Callable[..., list[str]], sound: Dossier, event: Breached, more: dict[str, Any]
) -> None:
    record = fact(sound, event, **more)
    assert "breach_without_decision" in names(events=(*sound.events, record), seq=record.seq, reacted=record.seq)


def test_a_case_that_stands_breached_with_no_decision_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    assert isinstance(sound.stream, Case)
    assert "breach_without_decision" in names(stream=replace(sound.stream, state=State.BREACHED))


def strike(seq: int, by: Actor) -> StrikeConfirmed:
    return StrikeConfirmed("s1", 1, by, "delivered", seq)


def test_a_strike_that_nobody_was_reached_about_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    by = Actor("nav", Role.NAVIGATOR)
    for evidence in (0, sound.seq + 5):
        record = fact(sound, strike(evidence, by))
        assert "strike_without_reached" in names(events=(*sound.events, record), seq=record.seq, reacted=record.seq)


def test_a_strike_on_a_receipt_that_reached_nobody_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    receipt = fact(
        sound,
        DeliveryNoted(
            "k", "missed_session", Channel.TEXT, Receipt.DELIVERED, "a", None, 0, "text", "s1", reached=False
        ),
    )
    record = fact(sound, strike(receipt.seq, Actor("nav", Role.NAVIGATOR)), seq=receipt.seq + 1)
    events = (*sound.events, receipt, record)
    assert "strike_without_reached" in names(events=events, seq=record.seq, reacted=record.seq)
    reached = replace(receipt, event=replace(receipt.event, reached=True))
    events = (*sound.events, reached, record)
    assert "strike_without_reached" not in names(events=events, seq=record.seq, reacted=record.seq)


def test_a_history_with_a_hole_is_named(names: Callable[..., list[str]], sound: Dossier) -> None:
    assert "history_gap" in names(events=(*sound.events[:2], *sound.events[3:]))


def test_a_state_that_its_history_does_not_lead_to_is_named(
    names: Callable[..., list[str]], sound: Dossier, desk: Any
) -> None:
    assert isinstance(sound.stream, Case)
    changed = replace(sound, stream=replace(sound.stream, risk="forged"))
    [finding] = examine(changed, desk.now)
    assert (finding.name, finding.detail) == ("replay_mismatch", "differs in risk")
    assert list(examine(changed, desk.now, replay=False)) == []


def test_a_digest_line_left_behind_is_named(desk: Any) -> None:
    now = desk.now
    stream = Digest("d1", "durham", 1, "DIGEST-1", "1", "fran", "2022-W02")
    item = DigestItem("case-1", "fran", "2022-W02", "accepted", "DUR-22-case-1", now - LATE, taken=False)
    dossier = Dossier("d1", "durham", "digest", "DIGEST-1", 1, 1, None, None, False, stream, digest_items=(item,))
    found = [one.name for one in examine(dossier, now, replay=False)]
    assert "digest_item_forgotten" in found
    taken = replace(dossier, digest_items=(replace(item, taken=True),))
    assert "digest_item_forgotten" not in [one.name for one in examine(taken, now, replay=False)]


def test_a_return_nobody_asked_for_is_named(desk: Any) -> None:
    now = desk.now
    start = now - timedelta(days=2)
    waiting = Expectation("provider_return", "provider_return", None, 0, "open", start, start=start)
    stream = ProviderReturn(
        "r1", "durham", 1, "RETURN-2021-12-x", "1", "prov", "2021-12", expectations={"provider_return": waiting}
    )
    dossier = Dossier("r1", "durham", "provider_return", stream.ref, 1, 1, None, None, False, stream)
    assert "return_overdue_unasked" in [one.name for one in examine(dossier, now, replay=False)]
    asked = replace(dossier, stream=replace(stream, status="asked"))
    assert "return_overdue_unasked" not in [one.name for one in examine(asked, now, replay=False)]


def test_parked_work_and_unclear_sends_wait_for_a_person_and_are_no_violations(desk: Any, sound: Dossier) -> None:
    changed = replace(
        sound,
        notices=(*sound.notices, chase(desk.now, attempt(1, desk.now, state="unknown"), state="unknown")),
        parkings=(ParkedLine("case-1", "event:3", "KeyError", desk.now),),
    )
    found = list(examine(changed, desk.now))
    assert {one.name for one in found} == {"parked_work", "unknown_send"}
    assert all(one.warning for one in found)


def test_parked_work_is_not_called_late_as_well(names: Callable[..., list[str]], sound: Dossier) -> None:
    timer = min(sound.timers, key=lambda one: one.due)
    parkings = (ParkedLine("case-1", f"expectation:{timer.expectation}", "broken ladder", timer.due),)
    found = names(at=timer.due + LATE, parkings=parkings, wake_at=None, timers=(timer,))
    assert "overdue_timer" not in found
    assert "alarm_wrong" not in found


def test_the_audit_goes_through_every_stream_a_page_at_a_time(desk: Any) -> None:
    desk.accepted("case-1", "case-2", "case-3")
    desk.sweep()
    assert audit(readings(desk), ["durham"], replay_every=0, page=2).streams == len(readings(desk).dossiers("durham"))


def test_what_the_memory_store_is_tampered_with_is_found_by_the_audit(desk: Any) -> None:
    desk.accepted()
    desk.sweep()
    tables = desk.memory.store.tables
    row = tables.streams["durham", "case-1"]
    tables.streams["durham", "case-1"] = replace(row, wake_at=None)
    assert [one.name for one in audit(readings(desk)).violations] == ["alarm_wrong"]


def test_a_real_contact_leaves_nothing_to_find(desk: Any) -> None:
    desk.accepted()
    desk.sweep()
    [answer] = desk.ask(desk.asked(RecordContact(ContactResult.SPOKE), by=desk.navigator))
    assert not answer.refused
    desk.go_to(desk.now + timedelta(days=6))
    assert [one.words for one in audit(readings(desk), replay_every=1).violations] == []
    assert len(RULES) >= 12


# ── free texts ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def noted(desk: Any) -> Any:
    """A case with a contact about which somebody wrote something down."""
    desk.accepted()
    with desk.app.store.begin() as unit:
        unit.add_texts("durham", [("t-1", "sam", "She starts a new job on Monday.")])
    desk.ask(desk.asked(RecordContact(ContactResult.SPOKE, text="t-1"), by=desk.navigator))
    desk.sweep()
    return desk


def changed_texts(desk: Any) -> list[str]:
    return [one.detail for one in audit(readings(desk)).violations if one.name == "text_changed"]


def test_a_text_as_it_was_written_is_well(noted: Any) -> None:
    [dossier] = readings(noted).dossiers("durham", ids=["case-1"])
    assert [len(one.text_mac) for one in dossier.events if isinstance(one.event, ContactRecorded)] == [64]
    assert changed_texts(noted) == []


def test_a_text_that_was_changed_afterwards_is_found_out(noted: Any) -> None:
    texts = noted.memory.store.tables.texts
    texts["durham", "t-1"] = replace(texts["durham", "t-1"], body="She said nothing.")
    noted.memory.store.tables.commit()
    assert changed_texts(noted)[0].endswith("text t-1: its words are others")


def test_a_text_that_vanished_is_found_out(noted: Any) -> None:
    noted.memory.store.tables.texts.pop(("durham", "t-1"))
    noted.memory.store.tables.commit()
    assert changed_texts(noted)[0].endswith("text t-1: it is gone")


def test_an_erased_text_is_no_fault(noted: Any) -> None:
    with noted.app.store.begin() as unit:
        unit.erase_people("durham", ["sam"])
    assert changed_texts(noted) == []
