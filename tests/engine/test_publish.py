"""The fifth verb: every fact to the receiver, at least once, in order case by case, whatever the receiver does."""

import itertools
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from caseflow.bootstrap import memory_app
from caseflow.domain.case import Case
from caseflow.domain.events import Completed, ContactRecorded, Recorded, SessionMissed
from caseflow.domain.words import Actor, ContactResult, Origin, Role, State
from caseflow.engine import publish as verb
from caseflow.engine.advance import react_events
from caseflow.engine.app import App
from caseflow.engine.ports import Change
from caseflow.engine.publish import BUDGET, HOLD, LONGEST_PAUSE, PATIENCE, TOGETHER, publish
from caseflow.engine.webhooks import Feed, Posted
from caseflow.messages.webhooks.post import DEADLINE
from caseflow.settings.scheme import load_schemes

shipped = cache(load_schemes)
NOW = datetime(2022, 1, 10, 10, tzinfo=UTC)
DAY = 86_400.0
TAKEN = Posted(taken=True)
BUSY = Posted(taken=False, detail="it answered 503")


@dataclass
class Listener:
    """A receiver in memory: `answers` decides for (case, seq); what it takes stands in `taken`, in the order it came."""

    answers: object = None
    endpoints: tuple[tuple[str, str], ...] = (("durham", "records"),)
    taken: list[tuple[str, int]] = field(default_factory=list)
    tried: list[tuple[str, int]] = field(default_factory=list)
    outcomes: list[int | None] = field(default_factory=list)

    def wants(self, fact: Recorded) -> bool:
        return not isinstance(fact.event, ContactRecorded)

    def post(self, feed: Feed, fact: Recorded, outcome: int | None) -> Posted:
        self.tried.append((feed.stream, fact.seq))
        answer = self.answers(feed.stream, fact.seq) if self.answers else TAKEN
        if answer.taken:
            self.taken.append((feed.stream, fact.seq))
            self.outcomes.append(outcome)
        return answer

    def of(self, case: str) -> list[int]:
        return [seq for stream, seq in self.taken if stream == case]


class Place:
    def __init__(self, answers=None, listener=None, **more):
        self.listener = listener or Listener(answers, **more)
        memory = memory_app(shipped(), at=NOW, scheme="durham", poster=self.listener)
        self.app: App = memory.app
        self.store = memory.store
        self.cases: dict[str, Case] = {}

    def happens(self, name: str, *events: object) -> None:
        """Facts of this case, written as a step would."""
        before = self.cases.get(name) or Case(
            id=name, scheme="durham", seq=0, ref=f"DUR-22-{name}", disposal="deferred_prosecution", policy_version="1",
            state=State.REFERRED, referred_at=NOW, offence_code="116", offence_category="CS", offence_date=NOW.date(),
            last_safe=None, parties={}, contact=None,
        )  # fmt: skip
        after = self.cases[name] = replace(before, seq=before.seq + len(events))
        who = Actor("nav", Role.NAVIGATOR)
        facts = tuple(
            Recorded(name, before.seq + number, event, NOW, NOW, who, Origin.PERSON, f"{name}-{before.seq + number}")
            for number, event in enumerate(events, start=1)
        )
        with self.store.begin() as unit:
            unit.save([Change(before.seq, after, facts, reacted=after.seq)])

    def line(self):
        with self.store.begin() as unit:
            return unit.feeds("durham")[0]

    def wait(self, seconds: float) -> None:
        self.store.pass_time(seconds)


MISSED = SessionMissed("s1")


def test_facts_go_in_order_and_only_once():
    place = Place()
    place.happens("a", MISSED, MISSED, MISSED)
    place.happens("b", MISSED)
    assert publish(place.app).effects == 4
    assert (place.listener.of("a"), place.listener.of("b")) == ([1, 2, 3], [1])
    assert publish(place.app).claimed == 0


def test_facts_that_stay_in_the_house_are_stepped_over():
    place = Place()
    spoke = ContactRecorded(ContactResult.SPOKE, "phone", None)
    place.happens("a", spoke, MISSED, spoke)
    publish(place.app)
    assert place.listener.tried == [("a", 2)]
    assert place.line().waiting == 0


def test_more_facts_than_one_lease_takes_all_go():
    place = Place()
    place.happens("a", *[MISSED] * 50)
    while publish(place.app).claimed:
        pass
    assert place.listener.of("a") == list(range(1, 51))


def test_one_case_that_fails_holds_back_only_itself():
    place = Place(lambda case, seq: BUSY if case == "a" else TAKEN)
    place.happens("a", MISSED, MISSED)
    place.happens("b", MISSED, MISSED)
    publish(place.app)
    assert place.listener.tried.count(("a", 1)) == 1
    assert ("a", 2) not in place.listener.tried
    assert place.listener.of("b") == [1, 2]
    assert (place.line().failing, place.line().reason) == (1, "it answered 503")


def test_a_receiver_that_hangs_keeps_no_other_waiting():
    heard = threading.Event()
    cases = [f"case-{number}" for number in range(2 * TOGETHER)]
    left = {"second": len(cases)}

    class Two(Listener):
        def post(self, feed, fact, outcome):
            if feed.endpoint == "records":
                return TAKEN if heard.wait(30) else BUSY  # hangs until the other has heard everything
            left["second"] -= 1
            if not left["second"]:
                heard.set()
            return TAKEN

    place = Place(listener=Two(endpoints=(("durham", "records"), ("durham", "second"))))
    for case in cases:
        place.happens(case, MISSED)
    publish(place.app)
    assert heard.is_set()
    with place.store.begin() as unit:
        assert [line.waiting for line in unit.feeds("durham")] == [0, 0]


def test_a_case_is_tried_for_three_days_then_parked_and_a_replay_brings_everything():
    place = Place(lambda case, seq: BUSY)
    place.happens("a", MISSED, MISSED)
    hours = 0
    while not place.line().parked:
        publish(place.app)
        place.wait(3600)
        hours += 1
        assert hours < 100
    assert PATIENCE <= timedelta(hours=hours) < PATIENCE + timedelta(hours=4)
    place.wait(DAY)
    assert publish(place.app).claimed == 0
    place.listener.answers = None
    with place.store.begin() as unit:
        assert unit.replay("durham", parked=True) == 1
    publish(place.app)
    assert place.listener.of("a") == [1, 2]


def test_pauses_double_up_to_an_hour_and_do_not_go_in_step():
    feed = Feed("durham", "records", "a", "", "", "1", 0, ())
    pauses = [verb.pause(feed, attempts).total_seconds() for attempts in range(40)]
    assert 4 <= pauses[0] <= 6
    assert all(pauses[n + 1] > pauses[n] for n in range(6))
    assert max(pauses) <= 1.2 * 3600
    others = {verb.pause(Feed("durham", "records", name, "", "", "1", 0, ()), 3) for name in "abcdefgh"}
    assert len(others) == 8


@pytest.mark.parametrize(("asked", "waits"), [(600, 600), (10**6, LONGEST_PAUSE.total_seconds())])
def test_what_a_receiver_asks_for_is_granted_within_bounds(asked, waits):
    place = Place(lambda case, seq: Posted(taken=False, detail="it answered 429", retry_after=timedelta(seconds=asked)))
    place.happens("a", MISSED)
    publish(place.app)
    place.wait(waits - 1)
    assert publish(place.app).claimed == 0
    place.wait(2)
    assert publish(place.app).claimed == 1


def test_gone_disables_the_receiver_and_enabling_it_loses_nothing():
    place = Place(lambda case, seq: Posted(taken=False, detail="it answered 410 Gone", gone=True))
    place.happens("a", MISSED)
    publish(place.app)
    place.wait(10 * DAY)
    place.happens("a", MISSED)
    assert publish(place.app).claimed == 0
    assert place.line().disabled == "it answered 410 Gone"
    place.listener.answers = None
    with place.store.begin() as unit:
        unit.enable_endpoint("durham", "records")
    publish(place.app)
    assert place.listener.of("a") == [1, 2]


def test_a_completed_case_says_its_outcome_number_and_no_other_fact_does():
    place = Place()
    place.happens("a", MISSED, Completed())
    publish(place.app)
    wanted = place.app.policy("durham", "1").disposals["deferred_prosecution"].outcome
    assert place.listener.outcomes == [None, wanted]
    assert wanted


def test_a_fault_of_ours_in_one_case_is_a_failure_of_that_case():
    def broken(case, seq):
        if case == "a":
            raise KeyError("shape")
        return TAKEN

    place = Place(broken)
    place.happens("a", MISSED)
    place.happens("b", MISSED)
    publish(place.app)
    assert place.listener.of("b") == [1]
    assert place.line().failing == 1


def test_a_worker_that_dies_after_posting_posts_again_and_skips_nothing(monkeypatch):
    place = Place()
    place.happens("a", MISSED, MISSED)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(type(place.store), "begin", once_then(type(place.store).begin, killed))
        with pytest.raises(KeyboardInterrupt):
            publish(place.app)
    assert place.listener.of("a") == [1, 2]
    assert publish(place.app).claimed == 0
    place.wait(HOLD.total_seconds() + 1)
    publish(place.app)
    assert place.listener.of("a") == [1, 2, 1, 2]


def once_then(first, afterwards):
    calls = itertools.count()
    return lambda store: first(store) if next(calls) == 0 else afterwards(store)


def test_without_receivers_nothing_is_asked_of_the_database():
    place = Place(endpoints=())
    place.happens("a", MISSED)
    assert publish(place.app).claimed == 0


def test_new_facts_ring_for_the_publisher_where_somebody_listens(desk):
    desk.accepted()
    assert "publish" not in desk.app.bell.rung
    react_events(replace(desk.app, poster=Listener()))
    assert desk.app.bell.rung["publish"] >= 1


def test_a_lease_outlives_the_slowest_batch():
    assert HOLD.total_seconds() > BUDGET + 2 * DEADLINE


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_fails_whenever_order_is_kept_and_nothing_is_lost(data):
    """Any pattern of failures, crashes after posting, new facts and replays: each case's facts first come in order."""
    place = Place(lambda case, seq: data.draw(st.sampled_from([TAKEN, TAKEN, BUSY])))
    facts = {"a": 0, "b": 0, "c": 0}
    for _ in range(data.draw(st.integers(1, 12))):
        act = data.draw(st.sampled_from(["fact", "publish", "crash", "wait", "replay"]))
        case = data.draw(st.sampled_from(sorted(facts)))
        if act == "fact":
            count = data.draw(st.integers(1, 3))
            place.happens(case, *[MISSED] * count)
            facts[case] += count
        elif act == "publish":
            publish(place.app)
        elif act == "crash":
            crash(place)
        elif act == "replay":
            with place.store.begin() as unit:
                unit.replay("durham", stream=case)
        else:
            place.wait(data.draw(st.sampled_from([1, 30, 70, 4000])))
    place.listener.answers = None
    while place.line().waiting:
        place.wait(2 * 3600)
        publish(place.app)
    for case, count in facts.items():
        assert list(dict.fromkeys(place.listener.of(case))) == list(range(1, count + 1))


def crash(place: Place) -> None:
    """The worker posts and dies before it settles."""
    with place.store.begin() as unit:
        feeds = unit.lease_feeds(place.listener.endpoints, 10, 2, "doomed", HOLD)
    for feed in feeds:
        for fact in feed.facts:
            if not place.listener.post(feed, fact, None).taken:
                break
