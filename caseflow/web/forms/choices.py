"""What there is to choose from in a form: this case's own sessions, items and steps, the policy's lists, the people here."""

from collections.abc import Callable, Iterable, Sequence

from caseflow.domain import offers
from caseflow.domain.case import Session
from caseflow.domain.eligibility import needed
from caseflow.domain.reading import rules_of
from caseflow.domain.words import WELFARE_NEEDS, Need, Role
from caseflow.messages import dates
from caseflow.telling import story
from caseflow.telling.naming import naming_of
from caseflow.web.forms.sight import Option, Sight

Options = Callable[[Sight], Sequence[Option]]


def of(*codes: str) -> Options:
    """These codes, in this order."""

    def options(sight: Sight) -> Sequence[Option]:
        return sight.codes(codes)

    return options


def excuses(sight: Sight) -> Sequence[Option]:
    """Acceptable reasons of this scheme."""
    return sight.codes(sight.policy.excuses)


def overrides(sight: Sight) -> Sequence[Option]:
    """Why somebody overrules or waives, as this scheme lists it."""
    return sight.codes(sight.policy.override_reasons)


def ends(sight: Sight) -> Sequence[Option]:
    return sight.codes(sight.policy.end_reasons)


def agreed_with(sight: Sight) -> Sequence[Option]:
    """Whom an end is agreed with."""
    return sight.codes(sight.policy.end_agreed_by)


def sessions_for(command: str) -> Options:
    """The sessions that this command makes sense for, the next one first."""

    def options(sight: Sight) -> Sequence[Option]:
        return [_session(sight, one) for one in _by_time(sight.case.sessions.values()) if _fits(sight, one, command)]

    return options


def every_session(sight: Sight) -> Sequence[Option]:
    return [_session(sight, one) for one in _by_time(sight.case.sessions.values()) if one.status != "cancelled"]


def _by_time(sessions: Iterable[Session]) -> list[Session]:
    return sorted(sessions, key=lambda one: (one.start, one.id), reverse=True)


def _fits(sight: Sight, session: Session, command: str) -> bool:
    return command in offers.for_session(sight.case, session, sight.policy, sight.now)


def _session(sight: Sight, session: Session) -> Option:
    item = sight.item(session.item)
    return Option(session.id, sight.meeting(session), hint=item.words, hint_lang=item.lang)


def open_items(sight: Sight) -> Sequence[Option]:
    """Items of the plan that are still to do."""
    case = sight.case
    return [
        Option(one, sight.item(one).words, sight.item(one).lang, sight.code(case.items[one].kind).words)
        for one in case.items
        if one not in case.items_done and one not in case.items_dropped
    ]


def needs(sight: Sight) -> Sequence[Option]:
    """Every need; of a welfare need, that it is only ever offered."""
    return [
        Option(one.value, sight.code(one.value).words, hint=sight.say("form.welfare") if one in WELFARE_NEEDS else "")
        for one in Need
    ]


def lacking(sight: Sight) -> Sequence[Option]:
    """What the disposal needs and the referral does not say: whoever accepts may have seen it since."""
    found = needed(sight.case.answers, rules_of(sight.case, sight.policy))
    return [Option(one.need, sight.code(f"confirmed_{one.need}").words, hint=one.words) for one in found]


def navigators(sight: Sight) -> Sequence[Option]:
    """Everybody who is a navigator here, the one with the fewest open cases first."""
    now = sight.case.parties.get(Role.NAVIGATOR)
    order = sorted(sight.loads, key=lambda one: (sight.loads[one], sight.name(one)))
    return [
        Option(one, sight.name(one), hint=sight.say("form.load", n=sight.loads[one])) for one in order if one != now
    ]


def providers(sight: Sight) -> Sequence[Option]:
    return [Option(one.id, sight.name(one.id)) for one in (sight.roster.providers if sight.roster else ())]


def waiting(sight: Sight) -> Sequence[Option]:
    """Expectations with a step to come."""
    naming = naming_of(sight.case)
    return [
        Option(one.id, story.first(naming.expectation(one.id)), "en")
        for one in sight.case.expectations.values()
        if one.status == "open" and one.next is not None
    ]


def holdable(sight: Sight) -> Sequence[Option]:
    """Everything, or one thing that is waited for."""
    return [Option("case", sight.say("form.whole_case")), *waiting(sight)]


def held(sight: Sight) -> Sequence[Option]:
    """What is on hold."""
    naming = naming_of(sight.case)
    return [
        Option("case", sight.say("form.whole_case"))
        if one == "case"
        else Option(one, story.first(naming.expectation(one)), "en")
        for one in sight.case.holds
    ]


def unread(sight: Sight) -> Sequence[Option]:
    """Answers that nobody has read yet, by their number."""
    return [Option(str(one), sight.say("form.answer", n=one)) for one in sorted(sight.case.unread)]


def versions(sight: Sight) -> Sequence[Option]:
    """The other published versions of the scheme's policy, the newest first: back is as possible as forward."""
    return [
        Option(
            one.version,
            sight.say("form.version", n=one.version),
            hint=sight.say("form.version_from", day=dates.long_day(one.in_force_from, sight.language)),
        )
        for one in sight.versions
        if one.version != sight.policy.version
    ]


def only_version(sight: Sight) -> str:
    """The other version where there is but one."""
    found = versions(sight)
    return found[0].value if len(found) == 1 else ""


def addresses(sight: Sight) -> Sequence[Option]:
    """Ways to reach the person, to be confirmed by them."""
    return [sight.code(f"by_{channel.value}") for channel in sorted(sight.case.contact.addresses)]


def languages(sight: Sight) -> Sequence[Option]:
    return [sight.code(f"language_{one}") for one in sight.policy.languages]
