"""Words for the fields of a policy, for those who work with it. What has no words here is an error, never a silence."""

import re
from collections.abc import Iterable, Mapping
from datetime import time

from caseflow.domain.calendar import DAY_NAMES, Offset, Windows
from caseflow.domain.policy import Act, Ladder
from caseflow.domain.signals import SIGNALS
from caseflow.domain.words import Channel, Role


class Unsayable(LookupError):
    """Something stands in a policy that nobody has words for yet."""


def word(table: Mapping[str, str], key: str, what: str) -> str:
    """The words of this key. Raises Unsayable, which says what has none."""
    if key not in table:
        raise Unsayable(f"the {what} {key!r} has no words: give it some in caseflow/messages/policies")
    return table[key]


CONDITIONS: dict[str, str] = {
    "unbooked": "no first meeting is in the diary",
    "not_held": "no meeting has been held yet",
    "wants_short_reminder": "the participant asked for a short reminder on the day",
    "first_session": "nobody has met the participant yet",
    "not_first_session": "somebody has met the participant",
    "known_within_5wd": "the absence became known in time (`strikes.known_within_working_days`)",
    "expecting": "something is expected of the participant: a meeting, a ruling, an unfinished plan",
    "disputed": "the strike it is about is disputed",
    "letter_at_confirmed_address": "the participant confirmed a postal address",
    "no_confirmed_letter": "the participant confirmed no postal address",
    "view_missing": "the navigator's or the OIC's view is missing, or they differ",
    "views_differ_or_missing": "the same as `view_missing`",
    "wants_to_be_told": "there is a victim who wants to be told",
    "no_survey": "the survey was neither filled in nor refused",
    "strikes_possible": "the disposal knows strikes",
    "no_strikes": "the disposal knows no strikes",
    "reachable_by_text": "there is a phone we may text",
    "unanswered": "what is expected has not come",
    "phone_usable": "there is a phone, confirmed or not, neither seized nor blocked",
    "private_phone": "the phone is confirmed and nobody else reads it",
    "has_provider": "a provider delivers the session or item it is about",
    "no_provider": "the session or item is the navigator's own",
    "side_not_given": "the participant's side of an alleged breach is not in",
    "plan_outlives": "the plan runs later than the last safe decision date, with the policy's margin",
    "had_plan": "a plan was signed",
    "declined": "the journey ended as declined",
    "not_declined": "the journey did not end as declined",
    "a_first_meeting": "the session it is about is a first meeting",
    "not_a_first_meeting": "the session it is about is not a first meeting",
    "enhanced_rights": "the victim has enhanced rights",
    "standard_rights": "the victim has standard rights",
    "oic_reconsiders": "the end gives the matter back to the OIC: not reached, not started, not engaged, breached",
}
"""Each condition in words; a test holds this table against `conditions.QUESTIONS`."""

ACT_WORDS: dict[str, str] = {
    "call": "a task: ring somebody",
    "task": "a task",
    "ask": "a task, and the message that goes with it where one is named",
    "decide": "a task: decide, with reasons",
    "flag": "a task: know this",
    "rule": "a task: rule on a missed session",
    "review": "a task: look again",
    "send": "a message to the participant",
    "tell": "a message to an officer or a provider",
    "lapse": "closes an alleged breach that nobody decided: the person carries on",
    "digest": "sends an officer's digest",
    "end_hold": "ends a hold",
}

ROLES: dict[str, str] = {
    Role.PARTICIPANT: "the person",
    Role.REFERRER: "the referring officer",
    Role.ARRESTING_OFFICER: "the arresting officer",
    Role.OIC: "the OIC",
    Role.TEAM: "the OIC's team",
    Role.SERGEANT: "the sergeant",
    Role.NAVIGATOR: "the navigator",
    Role.PROVIDER: "the provider",
    Role.SUPERVISOR: "the supervisor",
    Role.MANAGER: "the manager",
    Role.COORDINATOR: "the coordinator",
    Role.VICTIM_CARE: "victim care",
    Role.SYSTEM: "the system",
}
CHANNELS: dict[str, str] = {Channel.TEXT: "text", Channel.EMAIL: "e-mail", Channel.LETTER: "letter"}
DOES: dict[str, str] = {
    "call": "rings",
    "task": "does",
    "ask": "is asked",
    "decide": "decides",
    "flag": "is told",
    "rule": "rules",
    "review": "looks again",
    "send": "gets",
    "tell": "gets",
}
"""What somebody does, or has done to them, by the act of a rung."""
ENGINES_OWN: dict[str, str] = {
    "lapse": "the alleged breach lapses: nobody decided it, so the person carries on",
    "digest": "everything since the last one goes out in one mail",
    "end_hold": "the hold ends",
}
HOURS: dict[str, str] = {
    "texts": "in texting hours",
    "calls": "in calling hours",
    "office": "in office hours",
    "any": "at any hour",
}
FAULTS: dict[str, str] = {
    "never": "nobody's",
    "participant": "the person's, unless there is a reason",
    "provider": "the provider's, never the person's",
    "service": "ours, never the person's",
}
NEEDS: dict[str, str] = {
    "evidential_test": "the evidential test is met",
    "admission": "the person accepts responsibility",
    "consent": "the person agrees",
    "signature": "the person signs",
}
LEADS_TO: dict[str, str] = {
    "record_only": "it is written down, and nothing more",
    "oic_reconsiders": "the OIC looks at the matter again",
    "becomes_a_fine": "the condition may become a fine; nobody is prosecuted",
    "prosecution_revives": "the OIC looks at the matter again and may have it prosecuted",
    "may_be_prosecuted": "without a reasonable excuse, the person may be prosecuted for the original matter",
}
NEVER: dict[str, str] = {
    "voluntary_item": "the item was voluntary",
    "before_read_back": "the plan had not been read back",
    "late_known_absence": "we heard of it too late",
    "open_reason_or_unread_reply": "a reason is open, or a reply unread",
    "in_hold": "it fell in a hold",
    "service_fault": "the service was at fault",
    "number_unconfirmed": "the number it was told to was not confirmed",
}
EVIDENCE: dict[str, str] = {
    "spoke": "somebody spoke with the person",
    "replied": "the person replied",
    "text_delivered_to_confirmed": "a text was delivered to a number they confirmed",
    "letter_to_confirmed_and_two_calls": "a letter to an address they confirmed, and two calls at different times",
    "sent": "that it was sent",
    "voicemail": "a voicemail",
    "call_unanswered": "a call nobody answered",
    "email_accepted": "that a mail server took it",
    "delivered_to_unconfirmed": "delivery to a number nobody confirmed",
    "delivered_to_seized": "delivery to a seized phone",
    "live_contact_since_strike_1_or_what_was_tried": "contact since the first strike, or what was tried in writing",
    "": "nothing laid down",
}


def plain(code: str) -> str:
    """A code of the scheme's own, its underscores opened."""
    return code.replace("_", " ")


def role(of: str) -> str:
    return word(ROLES, of, "role")


def both(words: Iterable[str], joint: str = "and") -> str:
    """One, two or more as a sentence lists them; empty for none."""
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {joint} {listed[-1]}" if listed else ""


def signals(names: Iterable[str]) -> str:
    return both((word(SIGNALS, name, "signal") for name in names), "or")


def conditions(names: Iterable[str]) -> str:
    """As the reference says them, without the name of a setting in brackets."""
    return both(re.sub(r" \(`.*`\)", "", word(CONDITIONS, name, "condition")) for name in names)


def channels(of: Iterable[str]) -> str:
    """The channels in order of preference."""
    return both((word(CHANNELS, one, "channel") for one in of), "or else")


def when(at: Offset) -> str:
    """When a rung comes."""
    moment = {"start": "its own time", "due": "it is due"}.get(at.anchor, "it opened")
    if at.unit == "half":
        return "half-way to when it is due"
    if at.amount == 0:
        return {"start": "at its own time", "due": "when it is due"}.get(at.anchor, "at once")
    return f"{at.words('en')} {moment}"


def act(of: Act) -> str:
    """One thing a rung does: who, what, by which channel."""
    only = f" (only if {conditions(of.only_if)})" if of.only_if else ""
    if of.do in ENGINES_OWN:
        return ENGINES_OWN[of.do] + only
    parts = []
    if of.task or not of.message:
        parts.append(f"{role(of.to)} {word(DOES, of.do, 'act')}" + (f": {of.task}" if of.task else ""))
    if of.message:
        by = f" by {channels(of.channels)}" if of.channels else ""
        parts.append(f"{role(of.to)} gets the message “{plain(of.message)}”{by}")
    return "; ".join(parts) + only


def ladder_name(ladder: Ladder) -> str:
    return plain(ladder.name)


def clock(at: time, language: str = "en") -> str:
    """9am, 6.30pm."""
    if at == time(12):
        return {"en": "noon", "cy": "hanner dydd"}[language]
    minutes = f".{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


DAYS: dict[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "cy": ("ddydd Llun", "ddydd Mawrth", "ddydd Mercher", "ddydd Iau", "ddydd Gwener", "ddydd Sadwrn", "ddydd Sul"),
}


def hours(windows: Windows, language: str = "en") -> str:
    """Contact hours: Monday to Friday 9am to 6.30pm, Saturday 10am to 1pm."""
    days, to = DAYS[language], {"en": "to", "cy": "i"}[language]
    runs: list[tuple[int, int]] = []
    for number in range(len(DAY_NAMES)):
        if runs and runs[-1][1] == number - 1 and windows.week[runs[-1][0]] == windows.week[number]:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    said = []
    for first, last in runs:
        if slots := windows.week[first]:
            day = days[first] if first == last else f"{days[first]} {to} {days[last]}"
            times = both(
                (f"{clock(a, language)} {to} {clock(b, language)}" for a, b in slots),
                {"en": "and", "cy": "a"}[language],
            )
            said.append(f"{day} {times}")
    return ", ".join(said)
