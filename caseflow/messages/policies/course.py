"""A worked example in lines: when, who, what. English and Welsh; tasks for staff stay in the policy's own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from caseflow.domain import events as ev
from caseflow.domain.calendar import Calendar
from caseflow.domain.effects import OpenTask, Send
from caseflow.domain.tale import Tale
from caseflow.domain.words import ContactResult, Role
from caseflow.messages import dates
from caseflow.messages.policies import words
from caseflow.messages.policies.leaflet import BY, MESSAGES, OR, Said
from caseflow.messages.policies.words import Unsayable, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One moment of an example. `kind` is fact | message | task; `ladder` and `rung` are empty where people did it."""

    at: datetime
    kind: str
    what: str
    ladder: str = ""
    rung: str = ""


TITLES: Mapping[str, Said] = {
    "all_goes_well": {"en": "When all goes well", "cy": "Pan fydd popeth yn mynd yn dda"},
    "nobody_is_reached": {"en": "When nobody ever answers", "cy": "Pan na fydd neb byth yn ateb"},
    "it_goes_quiet": {"en": "When it goes quiet after the plan", "cy": "Pan fydd yn tawelu ar ôl y cynllun"},
}
ROLES_CY: Mapping[str, str] = {
    Role.PARTICIPANT: "'r person",
    Role.REFERRER: "'r swyddog atgyfeirio",
    Role.ARRESTING_OFFICER: "'r swyddog arestio",
    Role.OIC: "'r swyddog â gofal",
    Role.TEAM: " tîm y swyddog â gofal",
    Role.SERGEANT: "'r rhingyll",
    Role.NAVIGATOR: "'r llywiwr",
    Role.PROVIDER: "'r darparwr",
    Role.SUPERVISOR: "'r goruchwyliwr",
    Role.MANAGER: "'r rheolwr",
    Role.COORDINATOR: "'r cydlynydd",
    Role.VICTIM_CARE: " ofal dioddefwyr",
}
"""With the article as it follows *mae* and *i*."""
CALLS: Mapping[str, Said] = {
    ContactResult.SPOKE: {"en": "They speak", "cy": "Maent yn siarad"},
    ContactResult.NO_ANSWER: {"en": "Nobody answers the call", "cy": "Nid oes neb yn ateb yr alwad"},
}
FACTS: Mapping[type, Said] = {
    ev.Referred: {"en": "The referral comes in", "cy": "Daw'r atgyfeiriad i mewn"},
    ev.Accepted: {"en": "The scheme accepts", "cy": "Mae'r cynllun yn derbyn"},
    ev.SessionAttended: {"en": "The person comes", "cy": "Daw'r person"},
    ev.SessionMissed: {"en": "The person does not come", "cy": "Nid yw'r person yn dod"},
    ev.ContactAgreed: {"en": "They agree how to keep in touch", "cy": "Cytunir sut i gadw mewn cysylltiad"},
    ev.Assessed: {"en": "The needs are assessed", "cy": "Asesir yr anghenion"},
    ev.PlanAgreed: {"en": "The plan is signed and read back", "cy": "Llofnodir y cynllun a'i ddweud yn ôl"},
    ev.ReferredOn: {"en": "A provider is asked for a place", "cy": "Gofynnir i ddarparwr am le"},
    ev.ItemDone: {"en": "Everything agreed is done", "cy": "Mae popeth y cytunwyd arno wedi'i wneud"},
    ev.SessionRuled: {"en": "The navigator rules: nothing counts", "cy": "Mae'r llywiwr yn penderfynu: nid oes dim yn cyfrif"},
    ev.StrikeConfirmed: {"en": "The navigator confirms a strike", "cy": "Mae'r llywiwr yn cadarnhau ei bod yn cyfrif"},
    ev.BreachOpened: {"en": "A breach is alleged: people will decide", "cy": "Gofynnir a ellir parhau: pobl fydd yn penderfynu"},
    ev.BreachLapsed: {
        "en": "Nobody has decided: the person carries on",
        "cy": "Nid oes neb wedi penderfynu: mae'r person yn parhau",
    },
    ev.Completed: {"en": "Signed off as completed", "cy": "Llofnodir ei fod wedi'i gwblhau"},
    ev.Ended: {"en": "Ended without fault", "cy": "Daw i ben heb fai"},
}  # fmt: skip
UNTOLD = frozenset({
    ev.ExpectationOpened, ev.ExpectationClosed, ev.RungFired, ev.Rebased, ev.DeliveryNoted, ev.TaskFinished,
})  # fmt: skip
"""The engine's own facts: what they do stands in the messages and tasks."""


def lines(tale: Tale, language: str) -> list[Line]:
    """Everything that people did, were sent and were asked, in order. Raises Unsayable for what has no words."""
    told = [line for at, one in tale.log if (line := _line(at, one, language)) is not None]
    return sorted(told, key=lambda line: line.at)  # a message may wait for its hour


def _line(at: datetime, one: ev.Recorded | Send | OpenTask, language: str) -> Line | None:
    match one:
        case Send():
            moment = max(at, one.not_before) if one.not_before else at
            return Line(moment, "message", _message(one, language), *_step(one.expectation, one.rung))
        case OpenTask():
            return Line(at, "task", _task(one, language), *_step(one.expectation, one.rung))
        case _:
            said = _fact(one.event, language)
            return Line(at, "fact", said) if said else None


def _step(expectation: str | None, rung: str) -> tuple[str, str]:
    """Ladder and rung; neither where it follows from a fact itself."""
    return (expectation.partition(":")[0], rung) if expectation else ("", "")


def _fact(event: ev.Event, language: str) -> str:
    match event:
        case ev.ContactRecorded():
            return _said(CALLS, event.result, language)
        case ev.SessionBooked():
            at = f"{dates.day(event.start, language)} {dates.clock(event.start, language)}"
            return {"en": f"A meeting is booked for {at}", "cy": f"Trefnir cyfarfod ar gyfer {at}"}[language]
        case _:
            return "" if type(event) in UNTOLD else _said(FACTS, type(event), language)


def _message(send: Send, language: str) -> str:
    by = f" {OR[language]} ".join(_said(BY, channel, language) for channel in send.channels)
    by = (
        f"l{by}" if language == "cy" and by.startswith("lythyr") else by
    )  # softened after cewch and neu, not after cael
    who = _role(send.to, language)
    if send.to is Role.PARTICIPANT:
        says = _said(MESSAGES, send.purpose, language)
        return {"en": f"{_first(who)} gets {by}: {says}", "cy": f"Mae{who} yn cael {by}: {says}"}[language]
    name = plain(send.purpose)
    return {"en": f"{_first(who)} gets {by}: “{name}”", "cy": f"Mae{who} yn cael {by}: “{name}”"}[language]


def _task(task: OpenTask, language: str) -> str:
    who = _role(task.owner, language)
    if language == "cy":
        return f"Tasg i{who}: {task.title}"
    return f"{_first(who)} {words.word(words.DOES, task.kind, 'act')}: {task.title}"


def _role(of: str, language: str) -> str:
    return words.role(of) if language == "en" else words.word(ROLES_CY, of, "role (Welsh)")


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _said(table: Mapping[Any, Said], key: Any, language: str) -> str:
    if key not in table:
        raise Unsayable(
            f"{getattr(key, '__name__', key)!s} has no words for a worked example: caseflow/messages/policies/course.py"
        )
    return table[key][language]


BENDS: Mapping[str, Said] = {
    "holiday": {"en": "{day} is a bank holiday", "cy": "Mae {day} yn ŵyl y banc"},
    "forward": {"en": "the clocks go forward on {day}", "cy": "mae'r clociau'n mynd ymlaen ar {day}"},
    "back": {"en": "the clocks go back on {day}", "cy": "mae'r clociau'n mynd yn ôl ar {day}"},
    "guess": {
        "en": "bank holidays after {day} are foretold, not yet published",
        "cy": "rhagwelir gwyliau banc ar ôl {day}",
    },
    "unknown": {
        "en": "bank holidays before {day} are not known here: these days may be wrong",
        "cy": "nid yw gwyliau banc cyn {day} yn hysbys yma: gall y dyddiau hyn fod yn anghywir",
    },
}


def notes(calendar: Calendar, first: date, last: date, language: str) -> list[str]:
    """What bends the dates between two days: bank holidays, and nights when the clocks change."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def bends(what: str, day: date) -> str:
        return BENDS[what][language].format(day=dates.dated(day, language))

    found = []
    for day in days:
        if calendar.is_holiday(day):
            found.append(bends("holiday", day))
        shift = _offset(calendar, day + timedelta(days=1)) - _offset(calendar, day)
        if shift:
            found.append(bends("forward" if shift > timedelta(0) else "back", day))
    if first < calendar.known_from:
        found.append(bends("unknown", calendar.known_from))
    if last > calendar.known_until:
        found.append(bends("guess", calendar.known_until))
    return found


def _offset(calendar: Calendar, day: date) -> timedelta:
    """How far the wall clock is from UTC as this day begins."""
    return calendar.local(calendar.instant(datetime(day.year, day.month, day.day))).utcoffset() or timedelta(0)  # noqa: DTZ001 - a civil time: its zone is the calendar's
