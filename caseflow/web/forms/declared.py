"""Every form of case work: which command it is, what it asks, and how what was answered becomes the command.

A command without a line here has no form (`record_attendance` has one, `note_delivery` is a channel's). Which of them make
sense on a case is `journey.offered`'s to say, and whether one may be done is `decide`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from caseflow.access.who import Part
from caseflow.domain import commands as c
from caseflow.domain.words import Attendance, ContactResult, Opinion
from caseflow.telling.commanding import build
from caseflow.web.forms import choices, register
from caseflow.web.forms.fields import Field, Given, read, started
from caseflow.web.forms.sight import Sight

Values = dict[str, Any]
Wrong = dict[str, str]


def _same(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    del sight
    return values, {}


@dataclass(frozen=True, slots=True)
class Form:
    """`name` is the command's public name. `weighty`: whatever has happened since the page was opened is shown first.

    `ahead`: it can be tried out before it is done. `beside` names what stands beside it: ``sheet``, ``steps``,
    ``reminder`` (which of its sessions nobody is known to have been reminded of) or ``proof`` (that, and what a strike lacks).
    `parts`: who finds it among what can be done, where that is not everybody who works on cases.
    """

    name: str
    group: str
    fields: tuple[Field, ...] = ()
    shape: Callable[[Values, Sight], tuple[Values, Wrong]] = _same
    weighty: bool = False
    ahead: bool = False
    beside: str = ""
    parts: frozenset[Part] = frozenset(Part)

    def shown(self, sight: Sight) -> list[Field]:
        """The fields that there is anything to ask in; a choice among nothing is left out where it may be."""
        return [one for one in self.fields if one.needed or one.kind not in {"choice", "several"} or one.options(sight)]

    def start(self, sight: Sight, asked: Mapping[str, str]) -> Given:
        return started(self.fields, sight, asked)

    def read(self, sent: Mapping[str, str], sight: Sight) -> tuple[Values, Wrong]:
        """The command's particulars; or what is wrong, by field."""
        values, wrong = read(self.fields, sent, sight)
        if wrong:
            return values, wrong
        return self.shape(values, sight)

    def command(self, values: Values) -> c.Command:
        """Raises NotACommand."""
        return build(self.name, values)


# ── what several forms ask ──────────────────────────────────────────────────────────────────────
TEXT = Field("text", "words", needed=False)
WHY = (Field("reason", "choice", choices.overrides), Field("reason_words", "line", needed=False))


def _session(command: str) -> Field:
    return Field("session", "choice", choices.sessions_for(command))


def _first_day(sight: Sight) -> str:
    """Two working days on: long enough to matter, short enough to be looked at again."""
    calendar = sight.policy.calendar
    return calendar.add_working_days(calendar.local(sight.now).date(), 2).isoformat()


def _tomorrow(sight: Sight) -> str:
    return (sight.policy.calendar.local(sight.now).date() + timedelta(days=1)).isoformat()


def _side_by(sight: Sight) -> str:
    calendar = sight.policy.calendar
    return calendar.add_working_days(calendar.local(sight.now).date(), sight.policy.side_working_days).isoformat()


# ── from answers to particulars ─────────────────────────────────────────────────────────────────
def _why(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """The listed reason, or the words of whoever found none in the list."""
    del sight
    own = values.pop("reason_words", None)
    if values["reason"] != "other":
        return values, {}
    return (values | {"reason": own}, {}) if own else (values, {"reason_words": "say_more"})


def _hold(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    values, wrong = _why(values, sight)
    return _scope(values, sight)[0], wrong


def _scope(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """The whole case is no expectation."""
    del sight
    return ({k: v for k, v in values.items() if k != "expectation"} if values["expectation"] == "case" else values), {}


def _moment(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """A day and a clock as people here mean them, as an instant."""
    day, clock = values.pop("day"), values.pop("time")
    return values | {"start": sight.policy.calendar.instant(datetime.combine(day, clock))}, {}


def _booking(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """With the first free number of this case."""
    values, wrong = _moment(values, sight)
    taken, number = sight.case.sessions, 1
    while f"s{number}" in taken:
        number += 1
    return values | {"session": f"s{number}"}, wrong


def _attendance(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    del sight
    reason = values.get("reason")
    if values["outcome"] == Attendance.ACCEPTABLE and not reason:
        return values, {"reason": "choose"}
    if values["outcome"] not in {Attendance.ACCEPTABLE, Attendance.NOT_HELD}:
        values.pop("reason", None)
    return values, {}


def _contact(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    """What was not said stays as it is; the addresses ticked are confirmed."""
    ticked = values.pop("addresses", [])
    known = sight.case.contact.addresses
    confirmed = {
        channel.value: {"address": one.address, "status": "confirmed"}
        for channel, one in known.items()
        if f"by_{channel.value}" in ticked
    }
    for name in ("texts_only", "no_voicemail", "short_reminder", "interpreter"):
        if name in values:
            values[name] = values[name] == "yes"
    if "language" in values:
        values["language"] = values["language"].removeprefix("language_")
    return values | {"addresses": confirmed}, {}


def _last_safe(values: Values, sight: Sight) -> tuple[Values, Wrong]:
    del sight
    if ("day" in values) == bool(values.get("no_limit")):
        return values, {"day": "one_of_two"}
    return values, {}


def _sure(name: str) -> Callable[[Values, Sight], tuple[Values, Wrong]]:
    """Something that cannot be lived down is not done by one tap; that the tick is there is all that it says."""

    def without(values: Values, sight: Sight) -> tuple[Values, Wrong]:
        del sight
        return {key: value for key, value in values.items() if key != name}, {}

    return without


def _yes_no(name: str) -> Field:
    return Field(name, "choice", choices.of("yes", "no"), needed=False)


# ── the list ────────────────────────────────────────────────────────────────────────────────────
_LIST = (
    # contact
    Form("record_contact", "contact", (
        Field("result", "choice", choices.of(*ContactResult)),
        Field("channel", "choice", choices.of("phone", "visit", "message"), start=lambda _: "phone"),
        Field("about", "choice", choices.every_session, needed=False), TEXT,
    ), ahead=True),
    Form("agree_contact", "contact", (
        Field("addresses", "several", choices.addresses, needed=False),
        Field("language", "choice", choices.languages, needed=False,
              start=lambda sight: f"language_{sight.case.contact.language}"),
        _yes_no("texts_only"), _yes_no("no_voicemail"), Field("not_before", "time", needed=False),
        Field("not_after", "time", needed=False), Field("any_hour", "tick", needed=False),
        _yes_no("short_reminder"), _yes_no("interpreter"), TEXT,
    ), _contact),
    Form("explain_expectations", "contact", (Field("read_back", "tick", needed=False),)),
    Form("note_answer", "contact", (
        Field("reads_as", "choice", choices.of("ok", "cant", "call", "free")),
        Field("channel", "choice", choices.of("phone", "visit", "message"), start=lambda _: "phone", words="answer_channel"),
        Field("about", "choice", choices.every_session, needed=False),
        Field("needs_reading", "tick", needed=False), TEXT,
    ), ahead=True),
    Form("read_answer", "contact", (Field("answer", "choice", choices.unread),)),
    Form("note_address", "contact", (
        Field("channel", "choice", register.ways, words="way"),
        Field("status", "choice", choices.of(
            "address_confirmed", "address_shared", "address_unconfirmed", "address_seized", "address_blocked",
        ), words="address_status"),
        Field("new_address", "line", needed=False),
    ), register.address),
    # the front door, the assessment, the plan
    Form("accept", "door", (
        Field("navigator", "choice", choices.navigators),
        Field("confirmed", "several", choices.lacking, needed=False),
    )),
    Form("decline", "door", (
        Field("reason", "choice", choices.of("not_eligible", "person_says_no", "other")), TEXT,
    ), weighty=True),
    Form("assess", "door", (
        Field("needs", "several", choices.needs, needed=False), Field("no_intervention", "tick", needed=False), TEXT,
    )),
    # sessions
    Form("book_session", "sessions", (
        Field("kind", "choice", choices.of("first_meeting", "session"), words="session_kind"),
        Field("day", "day"), Field("time", "time"), Field("place", "line", needed=False),
        Field("item", "choice", choices.open_items, needed=False),
        Field("provider", "choice", choices.providers, needed=False),
    ), _booking),
    Form("move_session", "sessions", (
        _session("move_session"), Field("day", "day"), Field("time", "time"),
        Field("asked_by", "choice", choices.of("participant", "navigator", "provider")),
    ), _moment, ahead=True),
    Form("cancel_session", "sessions", (
        _session("cancel_session"), Field("asked_by", "choice", choices.of("participant", "navigator", "provider")),
        Field("reason", "choice", choices.excuses, needed=False),
    ), ahead=True),
    Form("record_attendance", "sessions", (
        _session("record_attendance"), Field("outcome", "choice", choices.of(*Attendance)),
        Field("reason", "choice", choices.excuses, needed=False, words="absence_reason"), TEXT,
    ), _attendance),
    # absences and strikes
    Form("excuse", "absences", (
        _session("excuse"), Field("reason", "choice", choices.excuses, words="absence_reason"), TEXT,
    ), ahead=True),
    Form("withdraw_excuse", "absences", (_session("withdraw_excuse"), TEXT), weighty=True),
    Form("rule_session", "absences", (
        _session("rule_session"), Field("ruling", "choice", choices.of("back_on_track", "not_known")), TEXT,
    ), weighty=True, beside="reminder"),
    Form("confirm_strike", "absences", (_session("confirm_strike"), TEXT), weighty=True, ahead=True, beside="proof"),
    Form("waive_strike", "absences", (_session("waive_strike"), *WHY, TEXT), _why, weighty=True, ahead=True),
    Form("dispute_strike", "absences", (_session("dispute_strike"), TEXT)),
    Form("uphold_strike", "absences", (_session("uphold_strike"), Field("text", "words")), weighty=True),
    # the plan as it goes
    Form("note_item_done", "plan", (Field("item", "choice", choices.open_items),)),
    Form("drop_item", "plan", (Field("item", "choice", choices.open_items), *WHY), _why, weighty=True, ahead=True),
    Form("refer_on", "plan", (
        Field("item", "choice", choices.open_items), Field("provider", "choice", choices.providers),
    )),
    Form("note_provider_answer", "plan", (
        Field("item", "choice", choices.open_items), Field("answer", "choice", choices.of("yes", "no", "waiting_list")),
        Field("wait_until", "day", needed=False),
    )),
    Form("note_engagement", "plan", (
        Field("item", "choice", choices.open_items),
        Field("engagement", "choice", choices.of("well", "some", "not", "cannot_say")),
    )),
    Form("note_unmet_need", "plan", (
        Field("need", "choice", choices.needs),
        Field("why", "choice", choices.of("none", "far", "waiting", "cost", "not_online"), words="unmet_why"),
    )),
    Form("note_signpost", "plan", (Field("where", "line"),)),
    Form("note_survey", "plan", (Field("filled_in", "tick", needed=False),)),
    # the clock
    Form("bring_forward", "clock", (Field("expectation", "choice", choices.waiting), *WHY), _why, weighty=True, ahead=True),
    Form("skip_rung", "clock", (Field("expectation", "choice", choices.waiting), *WHY), _why, weighty=True, ahead=True),
    Form("hold", "clock", (
        Field("expectation", "choice", choices.holdable, start=lambda _: "case", words="hold_what"),
        Field("until", "day", start=_first_day), *WHY,
    ), _hold, ahead=True),
    Form("release", "clock", (
        Field("expectation", "choice", choices.held, words="hold_what",
              start=lambda sight: next(iter(sight.case.holds)) if len(sight.case.holds) == 1 else ""),
    ), _scope, ahead=True),
    Form("note_away", "clock", (
        Field("where", "choice", choices.of("custody", "hospital"), words="away_where"), Field("until", "day"),
    ), ahead=True),
    # breach
    Form("open_breach", "breach", (
        Field("cause", "choice", choices.of("new_matter", "no_contact")), TEXT,
    ), weighty=True, beside="sheet"),
    Form("ask_side", "breach", (Field("by_day", "day", start=_side_by),)),
    Form("record_side", "breach", (Field("text", "words", needed=False, words="side"), Field("declined", "tick", needed=False))),
    Form("record_view", "breach", (
        Field("opinion", "choice", choices.of(*Opinion)), Field("text", "words", words="view"),
        Field("for_role", "choice", lambda sight: sight.codes(("navigator", "oic")) if sight.part is Part.SUPERVISOR else ()
              , needed=False),
    ), weighty=True, beside="sheet"),
    Form("hear_provider", "breach", (Field("text", "words", words="provider_said"),)),
    Form("decide_breach", "breach", (
        Field("outcome", "choice", choices.of(*Opinion), words="decision"), Field("reasons", "words", words="decision_reasons"),
        Field("tried", "words", needed=False),
    ), weighty=True, ahead=True, beside="sheet"),
    # people
    Form("transfer", "people", (
        Field("navigator", "choice", choices.navigators), Field("cover_until", "day", needed=False),
    )),
    Form("change_officer", "people", (
        Field("role", "choice", register.officers, words="officer_role"),
        Field("officer_name", "line", needed=False), Field("officer_email", "line", needed=False),
    ), register.officer),
    Form("move_policy", "people", (
        Field("to", "choice", choices.versions, words="policy_to", start=choices.only_version),
        Field("text", "words", words="move_why"),
    ), weighty=True, ahead=True, beside="steps", parts=frozenset({Part.SUPERVISOR})),
    Form("tell_victim", "people", (Field("about", "line", needed=False, words="victim_about"),)),
    Form("note_safeguarding", "people", (Field("text", "words", words="concern"),)),
    Form("note_new_matter", "people", (
        Field("kind", "choice", choices.of("arrest", "offence"), words="matter_kind"), TEXT,
    ), weighty=True),
    Form("set_last_safe", "people", (
        Field("day", "day", needed=False, words="last_safe_day"), Field("no_limit", "tick", needed=False), TEXT,
    ), _last_safe),
    # ends
    Form("complete", "ends", (TEXT,), weighty=True, ahead=True),
    Form("withdraw", "ends", (Field("talked", "tick"), TEXT), _sure("talked"), weighty=True, ahead=True),
    Form("end", "ends", (
        Field("reason", "choice", choices.ends, words="end_reason"),
        Field("agreed_with", "choice", choices.agreed_with, needed=False), TEXT,
    ), weighty=True, ahead=True),
    Form("note_death", "ends", (Field("certain", "tick"),), _sure("certain"), weighty=True),
    Form("reopen", "ends", (Field("reason", "line", words="reopen_reason"),), weighty=True),
)  # fmt: skip

FORMS: Mapping[str, Form] = {one.name: one for one in _LIST}
GROUPS = tuple(dict.fromkeys(one.group for one in _LIST))
