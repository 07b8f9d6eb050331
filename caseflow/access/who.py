"""Who may see and do what. Pure, and closed: what stands in no table here, nobody may.

A page asks for one permission (`May`). `TABLE` says which parts have it, and how far it reaches: over the whole scheme, or
only where they themselves play a part in the case. Another scheme is never reached: every reading takes the account's own.
"""

from collections.abc import Mapping
from enum import StrEnum

from caseflow.domain.case import Case, ProviderReturn, Stream
from caseflow.domain.words import Actor, Role


class Part(StrEnum):
    """What somebody who signs in is to the scheme."""

    OFFICER = "officer"
    NAVIGATOR = "navigator"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    PROVIDER = "provider"
    PARTICIPANT = "participant"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Reach(StrEnum):
    OWN = "own"  # where the person plays the part in the case
    SCHEME = "scheme"  # everything of their scheme


class May(StrEnum):
    """What a page or a command lets somebody do."""

    COME_IN = "come_in"  # signing in, choosing a language: everybody, signed in or not
    OWN_ACCOUNT = "own_account"  # home, own sessions, own password, signing out
    DESK = "desk"  # today, tomorrow, the caseload
    READ_CASE = "read_case"
    WORK_CASE = "work_case"  # everything that is recorded on a case
    REFER = "refer"  # make a referral, see one's own
    SEE_REFERRAL = "see_referral"  # how a case that one referred, or is the officer of, stands: no more than that
    GIVE_VIEW = "give_view"  # say what one thinks of an alleged breach, with the facts sheet beside it
    TELL_VICTIM = "tell_victim"  # say that the victim was told, as the officer in the case
    ANSWER = "answer"  # say in words what a step asked of them, as an officer in the case
    READ_LOG = "read_log"  # who has read whose record
    ACCOUNTS = "accounts"  # who may sign in
    FIGURES = "figures"  # the scheme in numbers: of nobody
    WORDS = "words"  # policies and messages as people read them
    TASKS = "tasks"  # what the scheme's offices have to do, in cases and about providers' returns: names nobody
    SEND_TEST = "send_test"  # a message of the catalogue to oneself
    REPORT = "report"  # a provider's return
    APPOINTMENTS = "appointments"  # a participant's own page


_EVERYBODY = dict.fromkeys(Part, Reach.OWN)

TABLE: Mapping[May, Mapping[Part, Reach]] = {
    May.OWN_ACCOUNT: _EVERYBODY,
    May.DESK: {Part.NAVIGATOR: Reach.OWN, Part.SUPERVISOR: Reach.SCHEME},
    May.READ_CASE: {Part.NAVIGATOR: Reach.OWN, Part.SUPERVISOR: Reach.SCHEME, Part.AUDITOR: Reach.SCHEME},
    May.WORK_CASE: {Part.NAVIGATOR: Reach.OWN, Part.SUPERVISOR: Reach.SCHEME},
    May.REFER: {Part.OFFICER: Reach.OWN},
    May.SEE_REFERRAL: {Part.OFFICER: Reach.OWN},
    May.GIVE_VIEW: {Part.OFFICER: Reach.OWN},
    May.TELL_VICTIM: {Part.OFFICER: Reach.OWN},
    May.ANSWER: {Part.OFFICER: Reach.OWN},
    May.READ_LOG: {Part.AUDITOR: Reach.SCHEME},
    May.ACCOUNTS: {Part.ADMINISTRATOR: Reach.SCHEME},
    May.FIGURES: {Part.MANAGER: Reach.SCHEME, Part.SUPERVISOR: Reach.SCHEME},
    May.WORDS: dict.fromkeys((Part.NAVIGATOR, Part.SUPERVISOR, Part.MANAGER, Part.AUDITOR), Reach.SCHEME),
    May.TASKS: {Part.MANAGER: Reach.SCHEME, Part.SUPERVISOR: Reach.SCHEME},
    May.SEND_TEST: {Part.MANAGER: Reach.SCHEME, Part.SUPERVISOR: Reach.SCHEME},
    May.REPORT: {Part.PROVIDER: Reach.OWN},
    May.APPOINTMENTS: {Part.PARTICIPANT: Reach.OWN},
}

BY_LINK = frozenset({May.COME_IN, May.REPORT, May.APPOINTMENTS})
"""What somebody may who came by a link: they have no account, so nothing that is about accounts either."""

PLAYS: Mapping[Part, tuple[Role, ...]] = {
    Part.OFFICER: (Role.OIC, Role.ARRESTING_OFFICER, Role.REFERRER),
    Part.NAVIGATOR: (Role.NAVIGATOR,),
    Part.SUPERVISOR: (Role.SUPERVISOR,),
    Part.PROVIDER: (Role.PROVIDER,),
    Part.PARTICIPANT: (Role.PARTICIPANT,),
}
"""In which roles of a case each part speaks, the weightiest first. A manager, an administrator and an auditor have none."""


OFFICES: Mapping[Part, tuple[Role, ...]] = {
    Part.MANAGER: (Role.MANAGER,),
    Part.SUPERVISOR: (Role.MANAGER, Role.COORDINATOR, Role.VICTIM_CARE, Role.SERGEANT, Role.TEAM),
}
"""Whose tasks in cases stand on the page of tasks, by who opens it: a manager's own; for a supervisor, who may read the case,
also those of people for whom there is no account. What is the supervisor's own, a navigator's or an officer's stands on theirs."""


def reach(part: Part, may: May) -> Reach | None:
    """How far somebody of this part may do it; None: not at all."""
    return TABLE.get(may, {}).get(part)


def own(part: Part, person: str, stream: Stream) -> bool:
    """Does this person play their part in this case? A provider's return is its own; any other stream is nobody's."""
    if isinstance(stream, ProviderReturn):
        return part is Part.PROVIDER and bool(person) and person == stream.provider
    if not person or not isinstance(stream, Case):
        return False
    if part is Part.PROVIDER:
        return person in {one.provider for one in stream.items.values()} | set(stream.places.values())
    return any(stream.parties.get(role) == person for role in PLAYS.get(part, ()))


def allowed(part: Part, person: str, may: May, stream: Stream) -> bool:
    """May they do this on this case of their scheme?"""
    match reach(part, may):
        case Reach.SCHEME:
            return True
        case Reach.OWN:
            return own(part, person, stream)
        case None:
            return False


def officer_of_scheme(part: Part, person: str) -> Actor | None:
    """As whom a supervisor or manager acts where no case is: in their office. None for everybody else, and without a name."""
    return Actor(person, Role(part.value)) if part in {Part.SUPERVISOR, Part.MANAGER} and person else None


def actor(part: Part, person: str, case: Case) -> Actor | None:
    """As whom they act on this case: the weightiest role they play; a supervisor as such. None for who only looks."""
    for role in PLAYS.get(part, ()):
        if part is Part.SUPERVISOR or part is Part.PROVIDER or case.parties.get(role) == person:
            return Actor(person, role)
    return None


# ── other systems ───────────────────────────────────────────────────────────────────────────────
class Scope(StrEnum):
    """What another system (an API client) may do, over its whole scheme. It has what it was given, and nothing else."""

    REFER = "refer"  # make referrals
    READ = "read"  # cases, their history, tasks, what is due
    WORK = "work"  # record what people did, in the names of those it may speak for
    RETURNS = "returns"  # read and fill in provider returns
    EVENTS = "events"  # the feed of facts: no person in it


SPEAKERS = tuple(role for role in Role if role is not Role.SYSTEM)
"""Roles that a client may be allowed to speak for: people's, never the clock's."""


def plays(role: Role, person: str, stream: Stream, team: Mapping[Role, str], *, staff: bool) -> bool:
    """Does this person play this role here? `team`: the scheme's own; `staff`: are they staff in the people register?

    Only then may another system say that they did something: a decision is a named person's who had a say in it.
    """
    if not person or role not in SPEAKERS:
        return False
    if isinstance(stream, ProviderReturn):
        return (role is Role.PROVIDER and person == stream.provider) or (role is Role.SUPERVISOR and staff)
    if role is Role.PROVIDER:
        return own(Part.PROVIDER, person, stream)
    here = isinstance(stream, Case) and stream.parties.get(role) == person
    return here or team.get(role) == person or (role is Role.SUPERVISOR and staff)
