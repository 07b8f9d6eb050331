"""One cell at a time: what people type, read as a value, or `ValueError` in plain words (the column is named by the caller).

Dates may be ISO or dd/mm/yyyy; times are Europe/London wall clock; numbers are kept as E.164.
"""

import unicodedata
from datetime import date, datetime, time
from functools import lru_cache

LONGEST_NAME = 120
BRITISH_MOBILE = len("+447700900123")
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")
_TIMES = ("%H:%M", "%H:%M:%S")
_YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
SAFE_CONTACT = ("text only", "no voicemail", "not before 10:00", "not after 18:00")


def clean(text: str) -> str:
    """Without control and invisible characters, runs of white space made one space."""
    kept = "".join(" " if _blank(char) else char for char in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _blank(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def name(text: str) -> str:
    """A name holds at least one letter or digit: anything else cannot be spoken, printed or folded."""
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("is empty; every person needs a name")
    if not any(unicodedata.category(char)[0] in "LN" for char in cleaned):
        raise ValueError(f"“{cleaned}” holds no letter or digit, so it cannot be a name")
    if len(cleaned) > LONGEST_NAME:
        raise ValueError(f"is {len(cleaned)} characters long; at most {LONGEST_NAME} are kept")
    return cleaned


def some(text: str) -> str:
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("is empty, and it is needed")
    return cleaned


def day(text: str) -> date:
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("is empty, and it is needed")
    if found := _try_day(cleaned):
        return found
    if found := _try_instant(cleaned):  # a spreadsheet may add 00:00 to a date
        return found.date()
    raise ValueError(f"“{cleaned}” is not a date; write it as 2022-01-31 or 31/01/2022")


def _try_day(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a civil date has no zone
        except ValueError:
            continue
    return None


def local_time(text: str) -> datetime:
    """A wall-clock time in Europe/London, without its zone."""
    cleaned = clean(text)
    if not cleaned:
        raise ValueError("is empty, and it is needed")
    if found := _try_instant(cleaned):
        return found
    raise ValueError(f"“{cleaned}” is not a day and time; write it as 2022-01-31T14:30 or 31/01/2022 14:30")


def _try_instant(text: str) -> datetime | None:
    head, _, tail = text.replace("T", " ").partition(" ")
    found = _try_day(head)
    if found is None or not tail:
        return None
    for form in _TIMES:
        try:
            clock = datetime.strptime(tail.strip(), form)  # noqa: DTZ007
        except ValueError:
            continue
        return datetime.combine(found, clock.time())
    return None


def yes_no(text: str) -> bool | None:
    """yes, no, or None where nothing was written."""
    cleaned = clean(text).lower()
    if not cleaned:
        return None
    if cleaned not in _YES:
        raise ValueError(f"“{cleaned}” should be yes, no or empty")
    return _YES[cleaned]


def met(text: str) -> bool | None:
    """The evidential test: met, not met, or not yet answered."""
    cleaned = clean(text).lower()
    if cleaned in {"", "met", "not met"}:
        return None if not cleaned else cleaned == "met"
    return yes_no(text)


@lru_cache(8192)
def mobile(text: str) -> str | None:
    """E.164, or None where nothing was written. A zero that a spreadsheet ate is put back."""
    import phonenumbers  # noqa: PLC0415  heavy, and many commands never need it

    cleaned = clean(text)
    if not cleaned:
        return None
    if any(char.isalpha() for char in cleaned):
        raise ValueError(f"“{cleaned}” holds words beside the number; keep the number alone and put the words in notes")
    try:
        number = phonenumbers.parse(cleaned, "GB")
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"“{cleaned}” is not a telephone number") from error
    found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    british = number.country_code == phonenumbers.country_code_for_region("GB")
    if british and not found.startswith("+447"):
        raise ValueError(f"“{cleaned}” is not a mobile number (those begin 07); leave the cell empty if none is known")
    if not phonenumbers.is_possible_number(number) or (british and len(found) != BRITISH_MOBILE):
        raise ValueError(f"“{cleaned}” has too few or too many digits for a telephone number")
    return found


@lru_cache(8192)  # a force has few officers and many referrals
def email(text: str) -> str | None:
    """The address as it may be sent to, or None where nothing was written. No look-up is made."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  heavy

    cleaned = clean(text)
    if not cleaned:
        return None
    try:
        return validate_email(cleaned, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(f"“{cleaned}” is not an e-mail address; mend it or leave the cell empty") from error


def language(text: str) -> str:
    cleaned = clean(text).lower()
    found = {"": "en", "en": "en", "english": "en", "cy": "cy", "welsh": "cy", "cymraeg": "cy"}.get(cleaned)
    if found is None:
        raise ValueError(f"“{cleaned}” should be en or cy")
    return found


def safe_contact(text: str) -> tuple[bool, bool, time | None, time | None]:
    """(text only, no voicemail, not before, not after); a word that is not understood is never dropped in silence."""
    texts_only, no_voicemail = False, False
    before: time | None = None
    after: time | None = None
    for piece in clean(text).lower().replace(";", ",").replace(" and ", ",").split(","):
        words = piece.strip()
        if not words:
            continue
        if words in {"text only", "texts only"}:
            texts_only = True
        elif words == "no voicemail":
            no_voicemail = True
        elif words.startswith("not before ") and (clock := _clock(words.removeprefix("not before "))):
            before = clock
        elif words.startswith("not after ") and (clock := _clock(words.removeprefix("not after "))):
            after = clock
        else:
            raise ValueError(
                f"“{words}” is not understood; it may be {', '.join(SAFE_CONTACT)}, or several with commas"
            )
    if before and after and before >= after:
        raise ValueError(f"not before {before:%H:%M} and not after {after:%H:%M} leave no time at all")
    return texts_only, no_voicemail, before, after


def _clock(text: str) -> time | None:
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007
    except ValueError:
        return None


def pence(text: str) -> int | None:
    """Pounds as 149.00, 1,149.00 or £149; None where nothing was written."""
    cleaned = clean(text).replace("£", "").replace(" ", "")
    if not cleaned:
        return None
    if "," in cleaned and "." not in cleaned and len(cleaned.rpartition(",")[2]) == 2:
        cleaned = cleaned.replace(",", ".")
    whole, _, part = cleaned.replace(",", "").partition(".")
    if not (whole.isascii() and whole.isdigit() and (not part or (part.isascii() and part.isdigit()))) or len(part) > 2:
        raise ValueError(f"“{clean(text)}” is not an amount of money; write it as 149.00")
    return int(whole) * 100 + int((part + "00")[:2])


def small_number(text: str) -> int | None:
    cleaned = clean(text)
    if not cleaned:
        return None
    if not (cleaned.isascii() and cleaned.isdigit()):
        raise ValueError(f"“{cleaned}” is not a whole number")
    return int(cleaned)


def word(text: str) -> str:
    """A word from a list as machines write it: "Community Resolution " is `community_resolution`."""
    return "_".join(clean(text).lower().replace("-", " ").replace("_", " ").split())


def adult_on(born: date) -> date:
    """The day of the eighteenth birthday; someone born on 29 February comes of age on 1 March (England and Wales)."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 3, 1)
