"""Commands become facts: in order, once, and whatever may fail afterwards."""

from dataclasses import replace
from datetime import timedelta

from caseflow.domain.commands import Accept, Assess, Decline, ListParticipant, RecordContact, WantDigest
from caseflow.domain.events import Declined, Referred
from caseflow.domain.words import ContactResult
from caseflow.engine.handle import handle
from caseflow.engine.ports import Answer


def test_commands_to_one_case_in_one_batch_build_on_one_another(desk):
    accept, decline = Accept(desk.navigator.person), Decline("not_eligible")
    answers = desk.ask(desk.refer(), desk.asked(decline), desk.asked(accept))
    assert [answer.refused for answer in answers] == [False, False, True]  # it is declined by then
    assert [type(event) for event in desk.history()] == [Referred, Declined]


def test_answers_come_in_the_order_asked_over_many_cases_and_chunks(desk):
    desk.memory = replace(desk.memory, app=replace(desk.app, batch=3))
    asked = [desk.refer(f"case-{number}") for number in range(10)]
    assert [answer.stream for answer in handle(desk.app, asked)] == [one.stream for one in asked]


def test_what_is_asked_of_one_case_in_one_breath_is_recorded_before_anything_may_follow_from_it(desk):
    """They spoke, and booked. Reacted to in between, nothing would be expected yet, so nobody would mind their silence."""
    desk.memory = replace(desk.memory, app=replace(desk.app, batch=1))
    spoke = RecordContact(ContactResult.SPOKE, "phone")
    desk.ask(desk.refer("one"), desk.asked(spoke, "one"), desk.asked(spoke, "one"), desk.refer("two"))
    assert desk.app.bell.rung["react"] == 2


def test_the_same_command_id_gets_the_first_answer_and_changes_nothing(desk):
    referral = desk.refer()
    first, again = desk.ask(referral)[0], desk.ask(referral)[0]
    assert again == replace(first, repeat=True)
    assert len(desk.events()) == 1


def test_a_command_id_given_twice_in_one_batch_counts_once(desk):
    referral = desk.refer()
    first, again = desk.ask(referral, referral)
    assert (first.repeat, again.repeat) == (False, True)
    assert len(desk.events()) == 1


def test_a_refusal_is_an_answer_and_is_remembered(desk):
    desk.ask(desk.refer())
    early = desk.asked(Assess(), id_="early")
    refused = desk.ask(early)[0]
    assert refused.refused
    assert refused.words
    desk.ask(desk.asked(Accept(desk.navigator.person)))
    assert desk.ask(early)[0] == replace(refused, repeat=True)


def test_a_command_for_a_case_nobody_referred_is_refused_in_plain_words(desk):
    answer = desk.ask(desk.asked(Decline("not_eligible"), case="nowhere"))[0]
    assert answer.code == "unknown_stream"


def test_a_referral_under_a_policy_nobody_published_is_refused(desk):
    answer = desk.ask(desk.refer(policy_version="99"))[0]
    assert answer.code == "unknown_policy"
    assert "durham/99" in answer.words


def test_a_return_and_a_digest_begin_with_the_commands_that_need_them(desk):
    listed = ListParticipant("provider", "2022-01", "case-1", "DUR-22-000001", "item", "1")
    wanted = WantDigest("fran", "2022-01-17", desk.now, "1")
    answers = desk.ask(desk.asked(listed, "return-1"), desk.asked(wanted, "digest-1"))
    assert [answer.code for answer in answers] == ["", ""]
    assert desk.stream("return-1").kind == "provider_return"
    assert desk.stream("digest-1").kind == "digest"


def test_a_known_fact_writes_nothing_and_is_still_answered(desk):
    listed = ListParticipant("provider", "2022-01", "case-1", "DUR-22-000001", "item", "1")
    desk.ask(desk.asked(listed, "return-1"))
    again = desk.asked(listed, "return-1")
    answer = desk.ask(again)[0]
    assert answer == Answer(answer.command_id, "return-1", seq=1, already=True)
    assert desk.ask(again)[0] == Answer(answer.command_id, "return-1", seq=1, repeat=True)


def test_recording_does_not_depend_on_reacting(desk):
    desk.accepted()
    desk.memory.store.set_policies({})  # nobody can react any more…
    desk.sweep()
    desk.with_policy("1", lambda policy: policy)
    assert not desk.ask(desk.asked(RecordContact(ContactResult.SPOKE)))[0].refused


def test_a_command_that_cannot_be_worked_out_spoils_nobody_elses_and_may_be_asked_again(desk):
    desk.accepted("case-1", "case-2")
    desk.with_policy("2", lambda policy: policy)
    desk.ask(desk.refer("case-3", policy_version="2"))
    whole = desk.memory.store.policies()
    desk.memory.store.set_policies({key: one for key, one in whole.items() if key[1] != "2"})
    broken = desk.asked(Accept(desk.navigator.person), "case-3")
    fine = desk.asked(RecordContact(ContactResult.SPOKE), "case-1")
    answers = desk.ask(broken, fine)
    assert [answer.code for answer in answers] == ["broken", ""]
    desk.memory.store.set_policies(whole)
    assert [answer.code for answer in desk.ask(broken)] == [""]


def test_a_fact_rings_the_bell_and_a_refusal_does_not(desk):
    desk.ask(desk.asked(Decline("not_eligible"), case="nowhere"))
    assert not desk.app.bell.rung
    desk.ask(desk.refer())
    assert desk.app.bell.rung["react"] == 1


def test_a_fact_may_have_happened_before_we_heard_of_it_but_never_after(desk):
    desk.accepted()
    spoke = replace(desk.asked(RecordContact(ContactResult.SPOKE)), at=desk.now + timedelta(days=1))
    desk.ask(spoke)
    assert desk.events()[-1].occurred_at == desk.now
