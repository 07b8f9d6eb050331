"""The groups that fairness is looked at by: sex, self-defined ethnicity, age when referred. Codes, never a person. Pure.

A code is what the register says, brought to few: too small a group can be told apart. `UNKNOWN` is a group like others, so
that nothing is left out of a sum.
"""

from datetime import date

UNKNOWN, OTHER = "unknown", "other"
SEXES = ("F", "M")
ETHNICITIES = ("A", "B", "M", "N", "O", "W")
"""The first letter of the 18+1 codes: Asian, Black, mixed, not stated, other, white."""
AGES = ((25, "18_25"), (35, "26_35"), (50, "36_50"), (200, "51"))
"""The oldest of a band, and its code."""

GROUPS = {
    "sex": (*SEXES, OTHER, UNKNOWN),
    "age": (*(code for _, code in AGES), UNKNOWN),
    "ethnicity": (*ETHNICITIES, UNKNOWN),
}
"""Every group there is, by what it is of."""
Who = tuple[str, str, str]
"""Sex, age and ethnicity as codes, in the order of GROUPS."""
NOT_KNOWN: Who = (UNKNOWN, UNKNOWN, UNKNOWN)


def who(sex: str, born: date | None, ethnicity: str, on: date) -> Who:
    """The groups of somebody with these traits ("" and None: the register does not know) who was referred on this day."""
    return sex_of(sex), band_of(born, on), ethnicity_of(ethnicity)


def sex_of(sex: str) -> str:
    return sex if sex in SEXES else OTHER if sex else UNKNOWN


def ethnicity_of(code: str) -> str:
    letter = code[:1].upper()
    return letter if letter and letter in ETHNICITIES else UNKNOWN


def band_of(born: date | None, on: date) -> str:
    if born is None:
        return UNKNOWN
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((code for oldest, code in AGES if age <= oldest), UNKNOWN)
