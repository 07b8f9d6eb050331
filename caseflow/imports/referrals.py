"""A row of a force's referral export, read as the wish to refer somebody, or refused with every reason at once.

The same person for the same crime in the same force is always the same case (its id is a hash of the four), whichever
file it stands in; several people for one crime are several cases. Times in files are Europe/London wall clock.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from caseflow.domain.commands import Asked, Known, Refer
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, AddressStatus, Channel, Origin, Role, a, in_words
from caseflow.engine.offences import Offence, Offences
from caseflow.engine.ports import PersonIn
from caseflow.imports import fields, people
from caseflow.imports.tables import Row, Rows
from caseflow.settings.disposal_pack import switched_off
from caseflow.settings.paths import config_dir

REQUIRED = (
    "crime_reference", "offence_code", "offence_date", "force", "disposal", "referred_at",
    "given_name", "family_name", "date_of_birth", "mobile", "email", "preferred_language", "safe_contact",
    "officer_name", "officer_email", "officer_team_email", "oic_name", "oic_email", "victim", "evidential_test",
    "admission", "consent", "domestic_abuse", "phone_seized",
)  # fmt: skip
"""Columns without which the whole file is refused: leaving one out would quietly change what happens to people."""
OPTIONAL = (
    "offence_category", "offence_title", "lsoa", "sex", "self_defined_ethnicity", "officer_collar", "victim_view",
    "enhanced_rights", "risk", "gravity", "property_value", "notes", "scheme",
)  # fmt: skip

_CASES = uuid.UUID("0d2a6a57-2f0e-5b5d-8a53-6f4c8f0a7c11")
_OLDEST = date(1900, 1, 1)
CODE = re.compile(r"[A-Z]{2}\d{5}[A-Z]?")
_CATEGORIES = ("CS", "CM", "CE", "CI")


@dataclass(frozen=True, slots=True)
class Referral:
    """One accepted row. `asked` still lacks its reference number (`numbered` puts it in); `note` is free text about it."""

    row: Row
    scheme: str
    asked: Asked
    people: tuple[PersonIn, ...]
    note: str

    @property
    def command(self) -> Refer:
        """The wish itself."""
        assert isinstance(self.asked.command, Refer)
        return self.asked.command

    def numbered(self, ref: str) -> Asked:
        """The command with the case's human reference in it."""
        return replace(self.asked, command=replace(self.command, ref=ref))


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that cannot be imported, and why, in words that name the column."""

    row: Row
    reason: str


def read_referrals(
    table: Rows,
    policies: Mapping[tuple[str, str], Policy],
    offences: Offences,
    *,
    today: date,
    as_at: bool = False,
    position: list[int] | None = None,
    weigh: bool = False,
) -> Iterator[Referral | RowRefused]:
    """Every row of the file in order. `today` (Europe/London) chooses the policy version a new case is bound to.

    To `weigh` only: what the domain has its own reason against (the person's age) is left to it.
    """
    schemes = Schemes(in_force(policies, today))
    for row in table.rows(position):
        yield _read(row, schemes, offences, as_at=as_at, checks=_POSSIBLE if weigh else _CHECKS)


class Schemes:
    """Which scheme a row goes to: the one it names, else the one of its force that takes every adult."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._by_name = {policy.scheme: policy for policy in policies}
        # a scheme for some ages only is never chosen for anybody: whoever refers there says so
        self._by_force = {policy.force: policy for policy in sorted(policies, key=lambda one: one.ages is None)}

    def of(self, force: str, scheme: str) -> Policy | str:
        """The policy in force, or what is wrong in words."""
        if not scheme:
            found = self._by_force.get(force.lower())
            known = ", ".join(sorted(self._by_force)) or "none yet"
            return found or f"force: there is no scheme for “{force}” here (there are: {known})"
        named = self._by_name.get(scheme.lower())
        if named is None or named.force != force.lower():
            known = (
                ", ".join(sorted(name for name, one in self._by_name.items() if one.force == force.lower())) or "none"
            )
            return (
                f"scheme: “{scheme}” is no scheme of “{force}” (there are: {known}); empty is the scheme for all adults"
            )
        return named


def case_id(force: str, crime: str, given: str, family: str, born: date) -> str:
    """The import id: the same four always give the same case."""
    parts = (force, crime, people.folded(given) + "|" + people.folded(family), born.isoformat())
    return str(uuid.uuid5(_CASES, hashlib.sha256("\x1f".join(parts).encode()).hexdigest()))


def in_force(policies: Mapping[tuple[str, str], Policy], today: date) -> list[Policy]:
    """Per scheme the newest version in force today; where none is yet, the first to come."""
    chosen: dict[str, Policy] = {}
    for policy in sorted(policies.values(), key=lambda one: (one.in_force_from, len(one.version), one.version)):
        if policy.scheme not in chosen or policy.in_force_from <= today:
            chosen[policy.scheme] = policy
    return list(chosen.values())


def _offence_code(text: str) -> str:
    code = fields.clean(text).upper()
    if code and not CODE.fullmatch(code):
        raise ValueError(f"“{code}” is not an offence code; they look like CJ88116")
    return code


def _category(text: str) -> str:
    category = fields.clean(text).upper()
    if category and category not in _CATEGORIES:
        raise ValueError(
            f"“{category}” should be CS (summary), CM (motoring), CE (either way), CI (indictable) or empty"
        )
    return category


class _Cells(BaseModel):
    """The cells of one row by column name, each read by its own reader."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    crime_reference: Annotated[str, BeforeValidator(fields.some)]
    offence_code: Annotated[str, BeforeValidator(_offence_code)]
    offence_title: Annotated[str, BeforeValidator(fields.clean)] = ""
    offence_category: Annotated[str, BeforeValidator(_category)] = ""
    offence_date: Annotated[date, BeforeValidator(fields.day)]
    force: Annotated[str, BeforeValidator(fields.some)]
    lsoa: Annotated[str, BeforeValidator(fields.clean)] = ""
    disposal: Annotated[str, BeforeValidator(fields.word)]
    referred_at: Annotated[datetime, BeforeValidator(fields.local_time)]
    given_name: Annotated[str, BeforeValidator(fields.name)]
    family_name: Annotated[str, BeforeValidator(fields.name)]
    date_of_birth: Annotated[date, BeforeValidator(fields.day)]
    sex: Annotated[str, BeforeValidator(fields.clean)] = ""
    self_defined_ethnicity: Annotated[str, BeforeValidator(fields.clean)] = ""
    mobile: Annotated[str | None, BeforeValidator(fields.mobile)]
    email: Annotated[str | None, BeforeValidator(fields.email)]
    preferred_language: Annotated[str, BeforeValidator(fields.language)]
    safe_contact: Annotated[
        tuple[bool, bool, time | None, time | None], Field(strict=True), BeforeValidator(fields.safe_contact)
    ]
    officer_collar: Annotated[str, BeforeValidator(fields.clean)] = ""
    officer_name: Annotated[str, BeforeValidator(fields.name)]
    officer_email: Annotated[str | None, BeforeValidator(fields.email)]
    officer_team_email: Annotated[str | None, BeforeValidator(fields.email)]
    oic_name: Annotated[str, BeforeValidator(fields.name)]
    oic_email: Annotated[str | None, BeforeValidator(fields.email)]
    victim: Annotated[bool | None, BeforeValidator(fields.yes_no)]
    victim_view: Annotated[str, BeforeValidator(fields.clean)] = ""
    enhanced_rights: Annotated[bool | None, BeforeValidator(fields.yes_no)] = None
    risk: Annotated[str, BeforeValidator(fields.word)] = ""
    gravity: Annotated[int | None, BeforeValidator(fields.small_number)] = None
    property_value: Annotated[int | None, BeforeValidator(fields.pence)] = None
    evidential_test: Annotated[bool | None, BeforeValidator(fields.met)]
    admission: Annotated[bool | None, BeforeValidator(fields.yes_no)]
    consent: Annotated[bool | None, BeforeValidator(fields.yes_no)]
    domestic_abuse: Annotated[bool | None, BeforeValidator(fields.yes_no)]
    phone_seized: Annotated[bool | None, BeforeValidator(fields.yes_no)]
    notes: Annotated[str, BeforeValidator(fields.clean)] = ""
    scheme: Annotated[str, BeforeValidator(fields.clean)] = ""


def _read(
    row: Row, schemes: Schemes, offences: Offences, *, as_at: bool, checks: "Sequence[Check]"
) -> Referral | RowRefused:
    if row.torn:
        return RowRefused(row, row.torn)
    try:
        cells = _Cells.model_validate(row.cells)
    except ValidationError as error:
        return RowRefused(row, "; ".join(_worded(problem) for problem in error.errors(include_url=False)))
    policy = schemes.of(cells.force, cells.scheme)
    if isinstance(policy, str):
        return RowRefused(row, policy)
    if wrong := [words for check in checks if (words := check(cells, policy))]:
        return RowRefused(row, "; ".join(wrong))
    return _referral(row, cells, policy, offences.find(cells.offence_code), as_at=as_at)


def _worded(problem: Any) -> str:
    error = problem.get("ctx", {}).get("error")
    return f"{problem['loc'][0]}: {error if error is not None else problem['msg']}"


def _disposal_is_offered(cells: _Cells, policy: Policy) -> str:
    if cells.disposal in policy.disposals:
        return ""
    if pack := switched_off(config_dir()).get(cells.disposal):
        called = a(pack.title["en"].lower())
        return f"disposal: {called} cannot be given yet ({pack.label}): {pack.why_not}"
    return f"disposal: “{cells.disposal}” is not one of this scheme's ({', '.join(sorted(policy.disposals))})"


def _offence_is_said(cells: _Cells, policy: Policy) -> str:
    del policy
    if cells.offence_code or cells.offence_title:
        return ""
    return "offence_code: is empty; give the code, or say in words in offence_title what happened"


def _offence_comes_first(cells: _Cells, policy: Policy) -> str:
    del policy
    if _OLDEST < cells.offence_date <= cells.referred_at.date():
        return ""
    return f"offence_date: {in_words(cells.offence_date)} does not go with a referral on {in_words(cells.referred_at.date())}"


def _was_born(cells: _Cells, policy: Policy) -> str:
    del policy
    if _OLDEST < cells.date_of_birth < cells.referred_at.date():
        return ""
    return f"date_of_birth: {in_words(cells.date_of_birth)} cannot be right"


def _is_adult(cells: _Cells, policy: Policy) -> str:
    grown = fields.adult_on(cells.date_of_birth)
    if not _was_born(cells, policy) and cells.referred_at.date() < grown:
        return f"date_of_birth: not 18 until {in_words(grown)}; this scheme is for adults"
    return ""


def _officer_can_be_told(cells: _Cells, policy: Policy) -> str:
    del policy
    if cells.officer_email or cells.officer_team_email:
        return ""
    return "officer_email: nobody can be told the outcome; give the officer's e-mail or the team's mailbox"


def _oic_can_be_asked(cells: _Cells, policy: Policy) -> str:
    del policy
    if cells.oic_email or cells.officer_team_email:
        return ""
    return "oic_email: the officer in the case cannot be asked for a view; give an e-mail or the team's mailbox"


Check = Callable[[_Cells, Policy], str]
_POSSIBLE: tuple[Check, ...] = (
    _disposal_is_offered, _offence_is_said, _offence_comes_first, _was_born, _officer_can_be_told, _oic_can_be_asked,
)  # fmt: skip
_CHECKS: tuple[Check, ...] = (*_POSSIBLE[:4], _is_adult, *_POSSIBLE[4:])


def _referral(row: Row, cells: _Cells, policy: Policy, offence: Offence | None, *, as_at: bool) -> Referral:
    scheme = policy.scheme
    texts_only, no_voicemail, not_before, not_after = cells.safe_contact
    participant = _participant(scheme, cells)
    officer = people.officer(scheme, cells.officer_name, cells.officer_email, cells.officer_collar)
    oic = people.officer(scheme, cells.oic_name, cells.oic_email)
    if oic.id == officer.id:
        oic = officer
    parties = {Role.PARTICIPANT: participant.id, Role.REFERRER: officer.id, Role.ARRESTING_OFFICER: officer.id,
               Role.OIC: oic.id}  # fmt: skip
    everyone = {person.id: person for person in (participant, oic, officer)}
    if cells.officer_team_email:
        team = people.team(scheme, cells.officer_team_email)
        parties[Role.TEAM] = team.id
        everyone[team.id] = team
    referred_at = policy.calendar.instant(cells.referred_at)
    stream = case_id(
        cells.force.lower(), cells.crime_reference.lower(), cells.given_name, cells.family_name, cells.date_of_birth
    )
    command = Refer(
        ref="",
        disposal=cells.disposal,
        policy_version=policy.version,
        referred_at=referred_at,
        offence_code=cells.offence_code,
        offence_category=cells.offence_category,
        offence_date=cells.offence_date,
        parties=parties,
        adult_on=fields.adult_on(cells.date_of_birth),
        language=cells.preferred_language,
        addresses={
            channel: Known(address, AddressStatus(status))
            for channel, (address, _, status) in participant.addresses.items()
        },
        texts_only=texts_only,
        no_voicemail=no_voicemail,
        not_before=not_before,
        not_after=not_after,
        evidential_test=cells.evidential_test,
        admission=cells.admission,
        consent=cells.consent,
        domestic_abuse=cells.domestic_abuse,
        victim=bool(cells.victim),
        enhanced_rights=bool(cells.enhanced_rights),
        risk=cells.risk,
        gravity=cells.gravity,
        property_pence=cells.property_value,
        area=cells.lsoa,
        as_at=as_at,
        offence_listed=offence.category if offence is not None else "",
    )
    # The id follows the whole row: a mended row is a new wish, the same row again gets its first answer.
    wish = hashlib.sha256(f"{stream}\x1f{as_at}\x1f{cells!r}".encode()).hexdigest()[:40]
    asked = Asked(f"refer:{wish}", stream, command, Actor(officer.id, Role.REFERRER), Origin.IMPORT, referred_at)
    return Referral(row, scheme, asked, tuple(everyone.values()), _note(cells, offence))


def _participant(scheme: str, cells: _Cells) -> PersonIn:
    person = people.participant_id(scheme, cells.given_name, cells.family_name, cells.date_of_birth)
    addresses: dict[Channel, tuple[str, str, str]] = {}
    if cells.mobile:
        status = AddressStatus.SEIZED if cells.phone_seized else AddressStatus.UNCONFIRMED
        addresses[Channel.TEXT] = (people.address_id(person, Channel.TEXT, cells.mobile), cells.mobile, status)
    if cells.email:
        mail = people.address_id(person, Channel.EMAIL, cells.email)
        addresses[Channel.EMAIL] = (mail, cells.email, AddressStatus.UNCONFIRMED)
    extra = {"sex": cells.sex, "self_defined_ethnicity": cells.self_defined_ethnicity}
    kept = {key: value for key, value in extra.items() if value}
    return PersonIn(
        person, "participant", cells.given_name, cells.family_name, cells.date_of_birth, addresses, extra=kept
    )


def _note(cells: _Cells, offence: Offence | None) -> str:
    lines = [f"Crime reference: {cells.crime_reference}"]
    if title := cells.offence_title or (offence.title if offence is not None else ""):
        lines.append(f"Offence: {title}")
    if cells.victim_view:
        lines.append(f"Victim's view: {cells.victim_view}")
    if cells.notes:
        lines.append(cells.notes)
    return "\n".join(lines)


def note_id(stream: str) -> str:
    """The id of the free text that came with a referral."""
    return str(uuid.uuid5(_CASES, f"{stream}\x1fnote"))
