"""Who does what about which task, message and entry of the diary: the one table of the simulated people."""

from collections.abc import Callable

from caseflow.domain.words import Role
from caseflow.engine.readings import PostedLine
from caseflow.simulate import courses, front_door, meetings, misses, officers, panels, replies
from caseflow.simulate.channels import carry
from caseflow.simulate.returns import ReturnDesk
from caseflow.simulate.script import Act, Duty, Play
from caseflow.simulate.world import World

ACTS: dict[str, Act] = {
    "agree_plan": meetings.agree_plan,
    "agreed_end": meetings.agreed_end,
    "answer": replies.answer,
    "book_first": front_door.book_first,
    "cannot_come": courses.cannot_come,
    "drifts_off": meetings.drifts_off,
    "end_lost": misses.end_lost,
    "first_meeting_over": meetings.first_meeting_over,
    "give_side": panels.give_side,
    "goes_away": meetings.goes_away,
    "hand_over": front_door.hand_over,
    "heard": panels.heard,
    "item_done": courses.item_done,
    "late_reason": misses.late_reason,
    "leave_team": officers.leave_team,
    "new_matter": meetings.new_matter,
    "no_strike": misses.no_strike,
    "number_changes": front_door.number_changes,
    "officers_view": panels.officers_view,
    "place": courses.place,
    "record": courses.record,
    "session_over": courses.session_over,
    "settle": misses.settle,
    "supervisor_decides": panels.supervisor_decides,
    "try_new_number": front_door.try_new_number,
    "withdraws": meetings.withdraws,
}

DUTIES: dict[tuple[str, str], Duty] = {
    ("referral", "decide"): front_door.decide,
    ("first_contact", "call"): front_door.first_call,
    ("first_contact", "call_again"): front_door.first_call,
    ("first_contact", "ask_oic"): front_door.ask_officer,
    ("first_contact", "decide"): front_door.give_up,
    ("first_meeting", "book"): front_door.book_if_unbooked,
    ("first_meeting", "stuck"): front_door.give_up,
    ("first_meeting_missed", "call"): meetings.missed_first,
    ("first_meeting_missed", "decide"): front_door.give_up,
    ("find_person", "ask_oic"): front_door.ask_officer,
    ("find_person", "supervisor"): front_door.give_up,
    ("provider_start", "give_up"): misses.drop_item,
    ("other_provider", "now"): misses.drop_item,
    ("attendance", "ask"): courses.outcome_asked,
    ("attendance", "ask_again"): courses.outcome_asked,
    ("missed_session", "call"): misses.call_about_miss,
    ("missed_session", "call_again"): misses.call_about_miss,
    ("missed_session", "rule"): misses.rule,
    ("after_strike_1", "call"): misses.tell_of_strike,
    ("strike_in_writing", "review"): misses.review_dispute,
    ("no_answer", "call"): misses.check_in,
    ("no_answer", "decide"): misses.after_silence,
    ("breach_decision", "views"): panels.navigators_view,
    ("breach_decision", "call"): panels.call_for_side,
    ("breach_decision", "side_call"): panels.call_for_side,
    ("breach_decision", "panel"): panels.panel,
    ("breach_decision", "supervisor"): panels.supervisors_task,
    ("officer_view", "call"): panels.ring_sergeant,
    ("victim_update", "tell"): officers.tell_victim,
    ("victim_update", "late"): officers.sergeant_tells_victim,
    ("victim_update_enhanced", "tell"): officers.tell_victim,
    ("victim_update_enhanced", "late"): officers.sergeant_tells_victim,
    ("completion", "check"): meetings.sign_off,
    ("", "answer"): officers.answered,
    ("", "rebook"): courses.rebook,
    ("", "dispute"): misses.review_dispute,
}
"""By ladder and rung of the task; tasks that are not here are looked at and ticked off."""


def play() -> Play:
    """The people of a new world."""
    returns = ReturnDesk()
    return Play(ACTS, DUTIES, officers.tick_off, _reader(returns), (returns.hourly,))


def _reader(returns: ReturnDesk) -> Callable[[World, PostedLine], None]:
    mail: dict[str, Callable[[World, PostedLine], None]] = {
        "provider_return_request": returns.requested,
        "provider_place_request": courses.place_asked,
        "officer_view_request": panels.view_requested,
        "provider_view_request": panels.provider_asked,
    }

    def read(world: World, line: PostedLine) -> None:
        if line.to == Role.PARTICIPANT.value:
            carry(world, line)
        elif line.purpose in mail:
            mail[line.purpose](world, line)

    return read
