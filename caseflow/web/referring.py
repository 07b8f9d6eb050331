"""The referral's form: which questions, a page each, in which order; and from what was typed to the referral that is made.

answers (by field name, as typed) | steps → the next question | wish → a TypedReferral, read by the rules of every door.
Nothing is decided here: what may be referred is the domain's, and how a cell is read is caseflow.imports.fields'.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from caseflow.domain.eligibility import LACKING
from caseflow.domain.last_safe import CODE as LETTERS
from caseflow.domain.last_safe import SHOP_THEFT
from caseflow.domain.policy import Policy
from caseflow.engine.offences import Offences
from caseflow.engine.ports import PersonRow
from caseflow.imports import fields
from caseflow.imports.referrals import CODE
from caseflow.imports.typed import SafeContact, TypedReferral

Answers = Mapping[str, str]
Faults = dict[str, str]
"""By field, the end of the key of what to say (`refer.wrong_<end>`)."""

LONGEST = 500
"""Letters of one answer; what the navigator should know may have four times as many."""
YES_NO = ("yes", "no")
SAID = ("yes", "no", "unknown")
OWN_WORDS = "words"
"""In place of a code: none in the table fits, and the officer says it in words (`own`)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question may depend on: the day (London), the scheme's policy, the offence table, what was said so far."""

    today: date
    policy: Policy
    offences: Offences
    answers: Answers
    mailbox: bool
    """Has the officer an e-mail address of their own in the register?"""

    def said(self, name: str) -> str:
        return self.answers.get(name, "")


@dataclass(frozen=True, slots=True)
class Step:
    """One page of questions. `names` are its fields, the ones without which it is not answered first."""

    name: str
    names: tuple[str, ...]
    faults: Callable[[Asking], Iterator[tuple[str, str]]]
    applies: Callable[[Asking], bool] = lambda asking: True


# ── reading what was typed ──────────────────────────────────────────────────────────────────────
def read(step: Step, form: Mapping[str, str], asking: Asking) -> tuple[dict[str, str], Faults]:
    """The answers with this page's in them, and what is wrong with them."""
    given = {name: form.get(name, "").strip()[:LONGEST] for name in step.names}
    answers = {**asking.answers, **given}
    found = Asking(asking.today, asking.policy, asking.offences, answers, asking.mailbox)
    return answers, dict(step.faults(found))


def day_of(asking: Asking, name: str) -> date | None:
    """The day typed in three fields; None where that is no day, or its year has not four figures."""
    parts = [asking.said(f"{name}_{part}") for part in ("day", "month", "year")]
    try:
        return fields.day("/".join(parts)) if len(parts[2]) == 4 else None
    except ValueError:
        return None


def _unreadable(reader: Callable[[str], object], text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return True
    return False


def _offence(asking: Asking) -> Iterator[tuple[str, str]]:
    if not asking.said("crime"):
        yield "crime", "crime"
    if not asking.said("offence"):
        yield "offence", "offence"
    day = day_of(asking, "happened")
    if day is None or day > asking.today:
        yield "happened_day", "future" if day else "day"


def _which(asking: Asking) -> Iterator[tuple[str, str]]:
    code = _chosen(asking)
    if code == OWN_WORDS and not asking.said("own"):
        yield "own", "own"
    if asking.offences.find(code) is None and code not in {unlisted(asking), OWN_WORDS}:
        yield "code", "code"


def _person(asking: Asking) -> Iterator[tuple[str, str]]:
    for name in ("given", "family"):
        if _unreadable(fields.name, asking.said(name)):
            yield name, name
    born = day_of(asking, "born")
    if born is None or born >= asking.today:
        yield "born_day", "future" if born else "day"
    if is_address(asking.said("area")):
        yield "area", "area"


def _reach(asking: Asking) -> Iterator[tuple[str, str]]:
    for name, reader in (("mobile", fields.mobile), ("email", fields.email)):
        if _unreadable(reader, asking.said(name)):
            yield name, name
    hours = [one for one in ("before", "after") if _unreadable(clock_of, asking.said(one))]
    yield from ((name, "clock") for name in hours)
    if not hours:
        before, after = clock_of(asking.said("before")), clock_of(asking.said("after"))
        if before and after and before >= after:
            yield "after", "hours"
    if asking.said("language") not in {"en", "cy"}:
        yield "language", "language"
    if asking.said("sees") not in SAID:
        yield "sees", "sees"


def _disposal(asking: Asking) -> Iterator[tuple[str, str]]:
    if asking.said("disposal") not in asking.policy.disposals:
        yield "disposal", "disposal"


def _needs(asking: Asking) -> Iterator[tuple[str, str]]:
    for name in needs(asking):
        if asking.said(name) not in SAID:
            yield name, "said"
    if asks_value(asking) and _unreadable(fields.pence, asking.said("value")):
        yield "value", "value"


def _victim(asking: Asking) -> Iterator[tuple[str, str]]:
    if asking.said("victim") not in YES_NO:
        yield "victim", "victim"
    if asking.said("domestic") not in SAID:
        yield "domestic", "domestic"


def _officers(asking: Asking) -> Iterator[tuple[str, str]]:
    me = asking.said("oic") == "me"
    if not me and asking.said("oic") != "other":
        yield "oic", "oic"
    if asking.said("oic") == "other" and _unreadable(fields.name, asking.said("oic_name")):
        yield "oic_name", "oic_name"
    for name in ("oic_email", "team"):
        if _unreadable(fields.email, asking.said(name)):
            yield name, "email"
    if not asking.said("team") and not asking.mailbox:
        yield "team", "team"
    elif not me and not asking.said("team") and not asking.said("oic_email"):
        yield "oic_email", "oic_email"


# ── the questions ───────────────────────────────────────────────────────────────────────────────
def needs(asking: Asking) -> tuple[str, ...]:
    """What the chosen disposal needs to be there, as far as an officer can say it."""
    rules = asking.policy.disposals.get(asking.said("disposal"))
    return tuple(one for one in rules.needs if one in LACKING) if rules else ()


def asks_value(asking: Asking) -> bool:
    """The value of what was taken counts for theft from a shop only (domain/last_safe.py)."""
    return code_of(asking)[:LETTERS] in SHOP_THEFT


def spoken(asking: Asking) -> bool:
    """Does the scheme write in the language they want? Where it does not, the navigator is told what they want."""
    return asking.said("language") in asking.policy.languages


def code_of(asking: Asking) -> str:
    """The offence's code: as it was typed, where that is one, or as it was chosen; empty where it is said in words."""
    typed = asking.offences.find(asking.said("offence"))
    if typed:
        return typed.code
    return "" if _chosen(asking) == OWN_WORDS else asking.said("code")


def _chosen(asking: Asking) -> str:
    """What was chosen on the second page; who chose nothing and said it in words has answered, too."""
    return asking.said("code") or (OWN_WORDS if asking.said("own") else "")


def own_words(asking: Asking) -> str:
    """What happened as the officer says it, where no code does."""
    return "" if code_of(asking) else asking.said("own")


def unlisted(asking: Asking) -> str | None:
    """What was typed, where it has the form of a code that the table does not know: it may be newer than the table."""
    typed = asking.said("offence").upper()
    return typed if CODE.fullmatch(typed) and asking.offences.find(typed) is None else None


STEPS = (
    Step("offence", ("crime", "offence", "happened_day", "happened_month", "happened_year"), _offence),
    Step("which", ("code", "own"), _which, lambda asking: asking.offences.find(asking.said("offence")) is None),
    Step("person", ("given", "family", "born_day", "born_month", "born_year", "area"), _person),
    Step(
        "reach",
        ("mobile", "seized", "email", "language", "write", "voicemail", "before", "after", "sees", "who"),
        _reach,
    ),
    Step("disposal", ("disposal",), _disposal),
    Step(
        "needs",
        (*LACKING, "value"),
        _needs,
        lambda asking: not asking.said("disposal") or bool(needs(asking)) or asks_value(asking),
    ),
    Step("victim", ("victim", "enhanced", "domestic", "view"), _victim),
    Step("officers", ("oic", "oic_name", "oic_email", "team"), _officers),
)
BY_NAME = {one.name: one for one in STEPS}


def begun(answers: Answers) -> bool:
    """Has anything been written? The mailbox may have been there before."""
    return bool(answers.keys() - {"team"})


def steps(asking: Asking) -> list[Step]:
    """The pages of this referral, in order."""
    return [one for one in STEPS if one.applies(asking)]


def unanswered(asking: Asking) -> Step | None:
    """The first page that is not answered yet, or not any more; None: the answers can be checked."""
    return next((one for one in steps(asking) if dict(one.faults(asking))), None)


# ── what was typed, as it counts ────────────────────────────────────────────────────────────────
def clock_of(text: str) -> time | None:
    """A time of day as people type it (10, 10.30, 10:30); None where nothing was typed. Raises ValueError."""
    if not text:
        return None
    hours, _, minutes = text.replace(".", ":").partition(":")
    return time(int(hours), int(minutes or 0))


POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b")
HOUSE = re.compile(r"^(flat )?[0-9]+[a-c]?,? [a-z]", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Does it look like where somebody lives, rather than the area? A postcode in full, or a house's number."""
    return bool(POSTCODE.search(text.upper()) or HOUSE.search(text))


def wish(asking: Asking, officer: PersonRow, mail: str | None, at: datetime) -> TypedReferral:
    """The referral as every door makes it, by this officer (`mail`: theirs in the register), at this moment (UTC)."""
    said = asking.said
    own = f"{officer.given} {officer.family}".strip()
    born, happened = day_of(asking, "born"), day_of(asking, "happened")
    assert born is not None
    assert happened is not None
    return TypedReferral(
        crime_reference=said("crime"),
        offence_code=code_of(asking),
        offence_title=own_words(asking),
        offence_date=happened,
        lsoa=said("area"),
        disposal=said("disposal"),
        referred_at=at,
        given_name=said("given"),
        family_name=said("family"),
        date_of_birth=born,
        mobile=said("mobile") or None,
        email=said("email") or None,
        preferred_language=said("language"),
        safe_contact=SafeContact(
            texts_only=said("write") == "text",
            no_voicemail=said("voicemail") == "no",
            not_before=clock_of(said("before")),
            not_after=clock_of(said("after")),
        ),
        officer_name=own,
        officer_email=mail,
        officer_team_email=said("team") or None,
        oic_name=own if said("oic") == "me" else said("oic_name"),
        oic_email=mail if said("oic") == "me" else said("oic_email") or None,
        victim=said("victim") == "yes",
        victim_view=said("view"),
        enhanced_rights=said("enhanced") == "yes",
        property_value=_pounds(said("value")) if asks_value(asking) else None,
        evidential_test=_yes_no(said("evidential_test"), "evidential_test", asking),
        admission=_yes_no(said("admission"), "admission", asking),
        consent=_yes_no(said("consent"), "consent", asking),
        domestic_abuse={"yes": True, "no": False}.get(said("domestic")),
        phone_seized=said("seized") == "yes",
        notes=_notes(asking),
    )


def _yes_no(text: str, need: str, asking: Asking) -> bool | None:
    return {"yes": True, "no": False}.get(text) if need in needs(asking) else None


def _pounds(text: str) -> str | None:
    pence = fields.pence(text)
    return None if pence is None else f"{pence // 100}.{pence % 100:02d}"


def _notes(asking: Asking) -> str:
    """For the case's note, in English as all of it: who else may read what is written, and what the officer adds."""
    sees = {
        "yes": f"Somebody else sees their phone or post: {asking.said('who') or 'who is not said'}.",
        "unknown": "Whether somebody else sees their phone or post is not known.",
    }.get(asking.said("sees"), "Nobody else sees their phone or post.")
    welsh = "They want to be spoken to in Welsh." if not spoken(asking) else ""
    return " ".join(one for one in (sees, welsh, asking.said("notes")) if one)
