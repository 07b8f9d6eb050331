"""Referrals as another system hands them over: values in place of cells, then read by the very rules a file is read by.

Every column of a referral file has its field here (a test compares), but the force: that is the scheme's. What a file may
leave empty may be null; it may not be left out where a file may not, for that would quietly change what happens to people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from caseflow.domain.case import Case
from caseflow.domain.commands import Refer
from caseflow.domain.eligibility import Reason, reasons
from caseflow.domain.last_safe import NONE, Clock, clock_of
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Origin, Role
from caseflow.engine.app import App
from caseflow.imports.importing import Taken, take
from caseflow.imports.referrals import Referral, RowRefused, in_force, read_referrals
from caseflow.imports.tables import Row

LONDON = ZoneInfo("Europe/London")


def _whole(value: object) -> object:
    """JSON has one kind of number: 3.0 is as whole as 3."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""After the limits, or the description would not tell them."""
Word = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Words = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Address = Annotated[str, Field(max_length=254, pattern=r"^[^\x00]*$")] | None


class SafeContact(BaseModel):
    """How the person may be reached safely; times are by the clock in London."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    texts_only: bool = False
    no_voicemail: bool = False
    not_before: time | None = None
    not_after: time | None = None

    def words(self) -> str:
        """As a file says it."""
        said = [
            "text only" if self.texts_only else "",
            "no voicemail" if self.no_voicemail else "",
            f"not before {self.not_before:%H:%M}" if self.not_before else "",
            f"not after {self.not_after:%H:%M}" if self.not_after else "",
        ]
        return ", ".join(one for one in said if one)


class TypedReferral(BaseModel):
    """One person referred for one crime. The same person for the same crime is always the same case."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    crime_reference: Word
    offence_code: Annotated[
        str,
        Field(
            pattern=r"^([A-Z]{2}[0-9]{5}[A-Z]?)?$",
            description="May be empty where offence_title says in words what happened.",
        ),
    ]
    offence_category: Annotated[str, Field(pattern=r"^(C[A-Z])?$")] = ""
    offence_title: Words = ""
    offence_date: date
    lsoa: Words = ""
    disposal: Word
    referred_at: AwareDatetime
    given_name: Word
    family_name: Word
    date_of_birth: date
    sex: Words = ""
    self_defined_ethnicity: Words = ""
    mobile: Address
    email: Address
    preferred_language: Annotated[str, Field(pattern=r"^(en|cy)$")]
    safe_contact: SafeContact
    officer_collar: Words = ""
    officer_name: Word
    officer_email: Address
    officer_team_email: Address
    oic_name: Word
    oic_email: Address
    victim: bool | None
    victim_view: Words = ""
    enhanced_rights: bool | None = None
    risk: Words = ""
    gravity: Annotated[int, Field(ge=0, le=100), WHOLE] | None = None
    property_value: Annotated[str, Field(pattern=r"^[0-9]{1,7}([.][0-9]{2})?$", description="Pounds.")] | None = None
    evidential_test: bool | None
    admission: bool | None
    consent: bool | None
    domestic_abuse: bool | None
    phone_seized: bool | None
    notes: Words = ""

    def row(self, number: int, force: str) -> Row:
        """As a row of a file, `number` counted from 1."""
        cells = {name: _cell(getattr(self, name)) for name in type(self).model_fields} | {"force": force}
        return Row(number, tuple(cells.values()), cells)


@dataclass(frozen=True, slots=True)
class ReferralAnswer:
    """What became of one referral: accepted, known (referred before), or refused with reasons.

    `case` and `ref` are empty where there is no case.
    """

    what: str
    case: str
    ref: str
    reasons: list[str]
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class _Given:
    """The referrals, where a table would be."""

    wishes: Sequence[TypedReferral]
    force: str

    def rows(self, position: list[int] | None = None) -> Iterator[Row]:
        del position
        for number, wish in enumerate(self.wishes, 1):
            yield wish.row(number, self.force)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What stands for and against a referral that nobody has made yet.

    `problem` says what of it cannot be read, in the words for a row; then there is no more. Otherwise `command` is the wish,
    `reasons` are what stands against it (domain/eligibility.py) and `clock` its last safe decision date.
    """

    problem: str
    command: Refer | None = None
    reasons: tuple[Reason, ...] = ()
    clock: Clock = NONE


def weigh(app: App, scheme: str, wish: TypedReferral) -> Weighed:
    """The very rules by which it would be taken; nothing is written."""
    policies = _policies(app, scheme)
    any_policy = next(iter(policies.values()))
    with app.store.begin() as unit:
        now = unit.now()
    today = any_policy.calendar.local(now).date()
    (read,) = read_referrals(_Given([wish], any_policy.force), policies, app.offences, today=today, weigh=True)
    if isinstance(read, RowRefused):
        return Weighed(read.reason)
    policy = app.policy(scheme, read.command.policy_version)
    against = reasons(read.command, policy, now, _others(app, scheme, today))
    return Weighed("", read.command, against, clock_of(read.command))


def refer(
    app: App, scheme: str, wishes: Sequence[TypedReferral], command_id: str, by: str = ""
) -> list[ReferralAnswer]:
    """wishes | known by their command id? | read as rows | take → one answer each, in order.

    The nth has the command id `<command_id>:<n>`: asked again under it, what was recorded is answered again. `by`: the
    officer of the referrals is this person of the register, whose name and address stay what they are there.
    """
    ids = [f"{command_id}:{number}" for number in range(1, len(wishes) + 1)]
    policies = _policies(app, scheme)
    any_policy = next(iter(policies.values()))
    with app.store.begin() as unit:
        known = unit.answers(scheme, ids)
        today = any_policy.calendar.local(unit.now()).date()
    answers: dict[int, ReferralAnswer] = {}
    fresh: list[Referral] = []
    for number, read in enumerate(
        read_referrals(_Given(wishes, any_policy.force), policies, app.offences, today=today)
    ):
        given = known.get(ids[number])
        if given is not None:
            answers[number] = ReferralAnswer(
                "refused" if given.refused else "accepted", "" if given.refused else given.stream, "",
                [given.words] if given.refused else [], repeat=True,
            )  # fmt: skip
        elif isinstance(read, RowRefused):
            answers[number] = ReferralAnswer("refused", "", "", [read.reason])
        else:
            signed = _signed(read, by) if by else read
            fresh.append(replace(signed, asked=replace(signed.asked, id=ids[number])))
    others = _others(app, scheme, today) if fresh else ()
    for taken in take(app, fresh):
        refused = taken.what == "refused"
        answers[taken.referral.row.number - 1] = ReferralAnswer(
            taken.what, "" if refused else taken.referral.asked.stream, "",
            [_where_else(app, taken, others) or taken.reason] if refused else [],
        )  # fmt: skip
    return _with_refs(app, scheme, [answers[number] for number in sorted(answers)])


def _where_else(app: App, taken: Taken, others: Sequence[Policy]) -> str:
    """Why it was refused, naming the scheme of the same force that takes people of that age; "" where it is not for that."""
    command = taken.referral.command
    policy = app.policy(taken.referral.scheme, command.policy_version)
    found = next(
        (one for one in reasons(command, policy, command.referred_at, others) if one.stops == "referral"), None
    )
    return found.words if found is not None and found.scheme else ""


def answered(app: App, scheme: str, command_id: str) -> str:
    """The reference of the case that the one referral under this command id became; "" where there is none."""
    key = f"{command_id}:1"
    with app.store.begin() as unit:
        given = unit.answers(scheme, [key]).get(key)
    if given is None or given.refused:
        return ""
    (found,) = _with_refs(app, scheme, [ReferralAnswer("known", given.stream, "", [])])
    return found.ref


def policy_now(app: App, scheme: str) -> tuple[Policy, datetime]:
    """The policy that a referral made now would begin under, and the present moment (scheme time)."""
    policies = _policies(app, scheme)
    with app.store.begin() as unit:
        now = unit.now()
    today = next(iter(policies.values())).calendar.local(now).date()
    (found,) = in_force(policies, today)
    return found, now


def _policies(app: App, scheme: str) -> dict[tuple[str, str], Policy]:
    """Those of this scheme, also what was published since this process began."""
    app.refresh()
    found = {key: policy for key, policy in app.store.policies().items() if key[0] == scheme}
    if not found:
        raise LookupError(f"no policy of {scheme} is published in this database: run `caseflow db upgrade`")
    return found


def _others(app: App, scheme: str, today: date) -> list[Policy]:
    """The policies in force of all other schemes here."""
    return in_force({key: policy for key, policy in app.store.policies().items() if key[0] != scheme}, today)


def _signed(read: Referral, by: str) -> Referral:
    """The same, referred by this person: wherever the row's officer stood they stand, as the register knows them."""
    officer = read.command.parties[Role.REFERRER]
    parties = {role: by if person == officer else person for role, person in read.command.parties.items()}
    asked = replace(
        read.asked, command=replace(read.command, parties=parties), by=Actor(by, Role.REFERRER), origin=Origin.PERSON
    )
    return replace(read, asked=asked, people=tuple(one for one in read.people if one.id != officer))


def _with_refs(app: App, scheme: str, answers: Sequence[ReferralAnswer]) -> list[ReferralAnswer]:
    assert app.readings is not None
    cases = {one.case for one in answers if one.case}
    found = app.readings.snapshots(scheme, sorted(cases)) if cases else {}
    refs = {case.id: case.ref for case in found.values() if isinstance(case, Case)}
    return [replace(one, ref=refs.get(one.case, "")) for one in answers]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(LONDON).strftime("%Y-%m-%dT%H:%M:%S")
        case date():
            return value.isoformat()
        case SafeContact():
            return value.words()
        case _:
            return str(value)
