"""Who works in a scheme: `config/rosters/<scheme>.yaml`, people by role and providers with what they deliver.

A roster is not policy: people come and go without a new version. Ids are made from the scheme and the person's key in
the file, so they are the same on every machine, and a key is never given to somebody else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, StringConstraints, ValidationError

from caseflow.domain.words import Need, Role
from caseflow.settings.plain_yaml import FileRefused, Problem, canonical_json, near, parse, problems_of, shown
from caseflow.settings.scheme_file import ARole, Language
from caseflow.settings.strict import ByLanguage, Code, Positive, Strict, Words

OFFICES = (Role.SUPERVISOR, Role.MANAGER, Role.COORDINATOR, Role.VICTIM_CARE)


class RosterError(FileRefused):
    """A roster that may not be used: every problem found, each with file, place and reason."""


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """Somebody of the service. `role` is navigator, or the office they hold; `languages` are those they work in."""

    id: str
    key: str
    role: Role
    given: str
    family: str
    email: str
    phone: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Intervention:
    """What a provider delivers: a code, its title by language, the need it answers, and sessions in a usual course."""

    code: str
    title: dict[str, str]
    need: Need
    sessions: int
    hours: int


@dataclass(frozen=True, slots=True)
class RosterProvider:
    """A provider. `name` and `place` stand in messages to participants, so both are neutral."""

    id: str
    key: str
    name: dict[str, str]
    email: str
    phone: str
    place: str
    languages: tuple[str, ...]
    interventions: tuple[Intervention, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of one scheme. `service` is its neutral name by language, `phone` the number that answers."""

    scheme: str
    service: dict[str, str]
    phone: str
    place: str
    people: tuple[RosterPerson, ...]
    providers: tuple[RosterProvider, ...]
    offices: dict[Role, str]  # scheme-wide role -> person id

    @property
    def navigators(self) -> tuple[RosterPerson, ...]:
        """The navigators, in the order of the file."""
        return tuple(person for person in self.people if person.role is Role.NAVIGATOR)


def person_id(scheme: str, key: str) -> str:
    """The id of the person or provider with this key."""
    return str(uuid5(NAMESPACE_URL, f"caseflow:{scheme}:{key}"))


# ── the file's shape ────────────────────────────────────────────────────────────────────────────
Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$")]
Phone = Annotated[str, StringConstraints(pattern=r"^0[0-9 ]{9,13}$")]


class _Person(Strict):
    given: Words
    family: Words
    email: Mail
    phone: Phone
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]


class _Intervention(Strict):
    title: ByLanguage
    need: Need
    sessions: Positive
    hours: Positive


class _Provider(Strict):
    name: ByLanguage
    email: Mail
    phone: Phone
    place: Words
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    interventions: Annotated[dict[Code, _Intervention], Field(min_length=1)]


class _RosterFile(Strict):
    format: Literal[1]
    scheme: Words
    service: ByLanguage
    phone: Phone
    place: Words
    offices: dict[ARole, Code]
    staff: dict[Code, _Person]
    navigators: Annotated[dict[Code, _Person], Field(min_length=1)]
    providers: Annotated[dict[Code, _Provider], Field(min_length=1)]


_SETTINGS = {name for model in (_Person, _Intervention, _Provider, _RosterFile) for name in model.model_fields}


def read_roster(path: Path) -> Roster:
    """The roster in a file; `RosterError` with everything that is wrong."""
    content, problems = parse(path)
    if problems:
        raise RosterError(problems)
    try:
        file = _RosterFile.model_validate_json(canonical_json(content))
    except ValidationError as error:
        raise RosterError(problems_of(shown(path), error, _SETTINGS)) from error
    if problems := [Problem(shown(path), where, reason) for where, reason in _findings(file, path)]:
        raise RosterError(problems)
    return _roster(file)


def _findings(file: _RosterFile, path: Path) -> Iterator[tuple[str, str]]:
    if file.scheme != path.stem:
        yield "scheme", f"the file says {file.scheme!r}: its name must agree"
    for role in OFFICES:
        if role not in file.offices:
            yield "offices", f"nobody is {role}: name a key of staff"
    for role, key in file.offices.items():
        if role not in OFFICES:
            yield f"offices.{role}", f"{role} is no office of the whole scheme: those are {', '.join(OFFICES)}"
        elif key not in file.staff:
            yield f"offices.{role}", f"there is nobody {key!r} under staff{near(key, file.staff)}"
    keys = [*file.staff, *file.navigators, *file.providers]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield key, "this key stands for two: an id is made from it, so give each its own"


def _roster(file: _RosterFile) -> Roster:
    by_key = {key: role for role, key in file.offices.items()}
    staff = [_person(file.scheme, key, by_key.get(key, Role.COORDINATOR), person) for key, person in file.staff.items()]
    navigators = [_person(file.scheme, key, Role.NAVIGATOR, person) for key, person in file.navigators.items()]
    providers = tuple(
        RosterProvider(
            id=person_id(file.scheme, key),
            key=key,
            name=dict(provider.name),
            email=provider.email,
            phone=provider.phone,
            place=provider.place,
            languages=tuple(provider.languages),
            interventions=tuple(
                Intervention(code, dict(one.title), one.need, one.sessions, one.hours)
                for code, one in provider.interventions.items()
            ),
        )
        for key, provider in file.providers.items()
    )
    return Roster(
        scheme=file.scheme,
        service=dict(file.service),
        phone=file.phone,
        place=file.place,
        people=(*staff, *navigators),
        providers=providers,
        offices={role: person_id(file.scheme, key) for role, key in file.offices.items()},
    )


def _person(scheme: str, key: str, role: Role, person: _Person) -> RosterPerson:
    return RosterPerson(
        id=person_id(scheme, key),
        key=key,
        role=role,
        given=person.given,
        family=person.family,
        email=person.email,
        phone=person.phone,
        languages=tuple(person.languages),
    )
