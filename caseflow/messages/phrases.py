"""Codes of the domain in people's words, English and Welsh. A code without words is shown, its underscores opened."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from caseflow.messages import dates

civil_day = dates.civil_day

RESULTS: Final[dict[str, dict[str, str]]] = {
    "completed": {"en": "completed", "cy": "wedi'i gwblhau"},
    "breached": {
        "en": "ended as breached, decided by named people",
        "cy": "daeth i ben fel toriad, penderfyniad pobl a enwir",
    },
    "withdrawn": {"en": "the person chose to stop", "cy": "dewisodd y person roi'r gorau iddi"},
    "declined": {"en": "not taken on", "cy": "heb ei dderbyn"},
    "not_reached": {"en": "ended: not reached, without fault", "cy": "daeth i ben: heb gyrraedd y person, heb fai"},
    "not_started": {"en": "ended: not started, without fault", "cy": "daeth i ben: heb ddechrau, heb fai"},
    "not_engaged": {"en": "ended without engagement", "cy": "daeth i ben heb ymgysylltu"},
    "no_further_action": {"en": "ended: no further action is right", "cy": "daeth i ben: dim camau pellach"},
    "no_intervention": {"en": "completed: nothing was needed", "cy": "wedi'i gwblhau: nid oedd angen dim"},
    "died": {"en": "ended", "cy": "daeth i ben"},
    "charge_dropped": {"en": "ended: the matter was dropped", "cy": "daeth i ben: gollyngwyd y mater"},
    "transferred": {"en": "transferred to another scheme", "cy": "trosglwyddwyd i gynllun arall"},
    "end": {"en": "ended without fault", "cy": "daeth i ben heb fai"},
}
RESULT_LINES: Final[dict[str, dict[str, str]]] = {
    "completed": {
        "en": "Thank you for the referral: it gave someone a fair chance to put things right.",
        "cy": "Diolch am yr atgyfeiriad: rhoddodd gyfle teg i rywun unioni pethau.",
    },
    "breached": {
        "en": "The original matter is yours to reconsider; the reasons are on the case.",
        "cy": "Mater i chi yw ailystyried y mater gwreiddiol; mae'r rhesymau ar yr achos.",
    },
    "declined": {"en": "The reason is on the case.", "cy": "Mae'r rheswm ar yr achos."},
}
NO_FAULT: Final = {
    "en": "Nothing counts against the person; what follows is yours to reconsider.",
    "cy": "Nid oes dim yn cyfrif yn erbyn y person; mater i chi yw ailystyried.",
}
REASONS: Final[dict[str, dict[str, str]]] = {
    "strike_2": {
        "en": "Two planned sessions were missed and we do not know why.",
        "cy": "Collwyd dwy sesiwn a drefnwyd ac ni wyddom pam.",
    },
    "no_contact": {"en": "We have not been able to reach you.", "cy": "Nid ydym wedi gallu cysylltu â chi."},
    "new_matter": {"en": "We were told of something new.", "cy": "Cawsom wybod am rywbeth newydd."},
    "breached": {
        "en": "Planned sessions were missed. We looked for a reason together and found none that explains them.",
        "cy": "Collwyd sesiynau a drefnwyd. Chwiliwyd am reswm ac ni chafwyd un sy'n eu hesbonio.",
    },
    "agreed_end": {
        "en": "We looked at what happened and at your side, and decided that you carry on.",
        "cy": "Edrychwyd ar yr hyn a ddigwyddodd ac ar eich ochr chi, a phenderfynwyd eich bod yn parhau.",
    },
    "lapsed": {
        "en": "Nobody decided against you in time, so you carry on.",
        "cy": "Ni phenderfynodd neb yn eich erbyn mewn pryd, felly rydych yn parhau.",
    },
    "no_further_action": {
        "en": "We agreed that nothing further is needed.",
        "cy": "Cytunwyd nad oes angen dim pellach.",
    },
    "end": {"en": "We agreed that nothing further is needed.", "cy": "Cytunwyd nad oes angen dim pellach."},
    "not_engaged": {
        "en": "We have not been in touch for a while.",
        "cy": "Nid ydym wedi bod mewn cysylltiad ers tro.",
    },
    "charge_dropped": {"en": "The matter behind it was dropped.", "cy": "Gollyngwyd y mater y tu ôl iddo."},
    "transferred": {"en": "Another service takes over.", "cy": "Mae gwasanaeth arall yn cymryd drosodd."},
    "not_eligible": {"en": "Not eligible for this scheme.", "cy": "Ddim yn gymwys ar gyfer y cynllun hwn."},
    "person_says_no": {"en": "The person chose not to take part.", "cy": "Dewisodd y person beidio â chymryd rhan."},
    "other": {"en": "Another reason, given on the case.", "cy": "Rheswm arall, a nodwyd ar yr achos."},
}
LINES: Final[dict[str, dict[str, str]]] = {
    "plan_agreed": {"en": "plan signed and read back", "cy": "llofnodwyd y cynllun a'i ddarllen yn ôl"},
    "waiting_for_provider": {
        "en": "waiting for a provider's first date",
        "cy": "yn aros am ddyddiad cyntaf gan ddarparwr",
    },
    "first_meeting_held": {"en": "first meeting held", "cy": "cynhaliwyd y cyfarfod cyntaf"},
    "help_started": {"en": "came to a first session", "cy": "daeth i sesiwn gyntaf"},
    "item_done": {"en": "finished one of the agreed items", "cy": "gorffennodd un o'r eitemau a gytunwyd"},
    "all_done": {
        "en": "finished everything agreed, to be signed off",
        "cy": "gorffennodd bopeth a gytunwyd, i'w gymeradwyo",
    },
    "on_hold": {"en": "on hold", "cy": "wedi'i ohirio"},
    "hold_over": {"en": "goes on after a hold", "cy": "yn parhau ar ôl gohirio"},
    "navigator_changed": {"en": "has a new navigator", "cy": "mae ganddo lywiwr newydd"},
    "reopened": {"en": "reopened", "cy": "wedi'i ailagor"},
}
KNOWN: Final[dict[str, dict[str, str]]] = {
    "attended": {"en": "sessions attended: {}", "cy": "sesiynau a fynychwyd: {}"},
    "missed": {"en": "not attended: {}", "cy": "heb eu mynychu: {}"},
    "unknown": {"en": "we have not heard about: {}", "cy": "heb glywed am: {}"},
    "done": {"en": "completed", "cy": "cwblhawyd"},
    "survey": {"en": "survey filled in", "cy": "arolwg wedi'i lenwi"},
}
"""What a provider's request says of each participant, in this order."""
NOTHING_KNOWN: Final = {"en": "nothing yet", "cy": "dim eto"}
CHOICE: Final = {"en": "your choice", "cy": "eich dewis chi"}
_CODE: Final = re.compile(r"[a-z0-9_]+")
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")
_QUARTER: Final = re.compile(r"(\d{4})-?Q([1-4])")
_WEEK: Final = re.compile(r"(\d{4})-?W(\d{2})")


def opened(code: str) -> str:
    """A code as words for want of better ones."""
    return code.replace("_", " ")


def result(code: str, language: str) -> str:
    """How a journey ended, for the officer."""
    return _in(RESULTS, code, language)


def result_line(code: str, language: str) -> str:
    """One line after the result: thanks, or what is theirs to do."""
    return RESULT_LINES.get(code, NO_FAULT)[language] if _CODE.fullmatch(code) else code


def reasons(given: str, language: str) -> str:
    """A reason code in words; reasons a person wrote stay as they are written."""
    return _in(REASONS, given, language) if _CODE.fullmatch(given) else given


def agreed_item(line: str, titles: Mapping[str, Mapping[str, str]], language: str) -> str:
    """One agreed thing ("money_advice|voluntary") by its title; what is voluntary says so."""
    code, _, kind = line.partition("|")
    title = titles.get(code, {})
    words = title.get(language) or title.get("en") or opened(code)
    return f"{words} ({CHOICE[language]})" if kind == "voluntary" else words


def digest_line(row: Mapping[str, Any], language: str) -> str:
    """One line of an officer's digest: reference, day, what happened."""
    at = row.get("at")
    when = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    words = _in(LINES, str(row["line"]), language)
    detail = f" ({opened(str(row['detail']))})" if row.get("detail") else ""
    return f"{row['ref']}: {dates.day(when, language)}, {words}{detail}"


def return_line(row: Mapping[str, Any], language: str) -> str:
    """One participant on a provider's request: the reference, and what we know already."""
    said = [
        words[language].format(row[name])
        for name, words in KNOWN.items()
        if row.get(name) and (name != "unknown" or not row.get("done"))
    ]
    return f"{row['ref']}: {', '.join(said) or NOTHING_KNOWN[language]}"


def period(code: str, language: str) -> str:
    """A reporting period in words: "2022-01", "2022-Q1", "2022-W03", or the day on which a period ends."""
    if found := _QUARTER.fullmatch(code):
        year, quarter = int(found[1]), int(found[2])
        first, last = date(year, 3 * quarter - 2, 1), date(year, 3 * quarter, 1)
        months = [dates.month(day, language).rsplit(" ", 1)[0] for day in (first, last)]
        return f"{months[0]} {'to' if language == 'en' else 'i'} {months[1]} {year}"
    if found := _WEEK.fullmatch(code):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return f"{'the week of' if language == 'en' else 'wythnos'} {dates.long_day(monday, language)}"
    if found := _MONTH.fullmatch(code):
        return dates.month(date(int(found[1]), int(found[2]), 1), language)
    try:
        return dates.long_day(date.fromisoformat(code), language)
    except ValueError:
        return code


def _in(words: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
    known = words.get(code)
    return known[language] if known else opened(code)
