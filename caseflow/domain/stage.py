"""Who and what a rung's acts may name, for each kind of stream: recipients, channels, raw fields."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Protocol

from caseflow.domain.calendar import Calendar
from caseflow.domain.case import Case, Expectation, ProviderReturn
from caseflow.domain.conditions import Asking, hold
from caseflow.domain.effects import Value
from caseflow.domain.expect import moment_of, raw_due, silenced
from caseflow.domain.notices import THEIR_SIDE, WITH_OFFERS, WITHOUT_DAY
from caseflow.domain.policy import Act, Policy, Rung
from caseflow.domain.reading import deliverers, safe_hours, side_until, usable_channels
from caseflow.domain.words import Channel, Role

OFFICERS = frozenset({Role.OIC, Role.ARRESTING_OFFICER, Role.REFERRER, Role.TEAM, Role.SERGEANT})

STANDS_FOR = {Role.SERGEANT: Role.TEAM, Role.VICTIM_CARE: Role.OIC}
"""Where a case names nobody for a role: whose person does it."""


class Stage(Protocol):
    policy: Policy
    now: datetime

    def recipients(self, role: Role, subject: str | None) -> tuple[str, ...]: ...
    def stand_in(self, role: Role) -> str | None: ...
    def channels(self, act: Act, rung: Rung) -> tuple[Channel, ...]: ...
    def language(self, role: Role) -> str: ...
    def fields(self, message: str, expectation: Expectation | None, subject: str | None) -> dict[str, Value]: ...
    def allows(self, act: Act, expectation: Expectation) -> bool: ...


def last_day(policy: Policy, expectation: Expectation) -> date:
    """The day a message may name as "by": the thing's own due day, else the day of the ladder's last rung."""
    if expectation.due is not None:
        return policy.calendar.local(expectation.due).date()
    last = policy.ladder(expectation.ladder).rungs[-1]
    return policy.calendar.local(raw_due(policy, last, moment_of(expectation))).date()


def offers(policy: Policy, now: datetime) -> list[datetime]:
    """The two times a message offers: the second and third working day from today, at the policy's times (UTC)."""
    return list(_offered(policy.calendar, policy.contact.offer_times or (time(10, 0), time(15, 0)), now))


@lru_cache(maxsize=64)
def _offered(cal: Calendar, times: tuple[time, ...], now: datetime) -> tuple[datetime, ...]:
    """A batch of rungs runs at one moment: all of it makes the same offer."""
    today = cal.local(now).date()
    return tuple(
        cal.instant(datetime.combine(cal.add_working_days(today, 2 + n), at)) for n, at in enumerate(times[:2])
    )


class CaseStage:
    """A case: parties from the case, scheme-wide roles from the policy's team."""

    def __init__(self, case: Case, policy: Policy, now: datetime) -> None:
        self.case = case
        self.policy = policy
        self.now = now

    def recipients(self, role: Role, subject: str | None) -> tuple[str, ...]:
        case = self.case
        if role is Role.PROVIDER:
            return self._providers(subject)
        person = case.parties.get(role) or self.policy.team.get(role)
        if person is None and role in STANDS_FOR:
            person = case.parties.get(STANDS_FOR[role])
        return () if person is None else (person,)

    def _providers(self, subject: str | None) -> tuple[str, ...]:
        session = self.case.sessions.get(subject or "")
        if session is not None:
            return () if session.provider is None else (session.provider,)
        return deliverers(self.case, subject if subject in self.case.items else None)

    def stand_in(self, role: Role) -> str | None:
        return self.case.parties.get(Role.TEAM) if role in OFFICERS else None

    def channels(self, act: Act, rung: Rung) -> tuple[Channel, ...]:
        if act.to is not Role.PARTICIPANT:
            return act.channels or (Channel.EMAIL,)
        usable = usable_channels(self.case, act.channels)
        if silenced(self.policy, rung, self.now, safe_hours(self.case)):
            return tuple(c for c in usable if c is Channel.LETTER)
        return usable

    def language(self, role: Role) -> str:
        return self.case.contact.language if role is Role.PARTICIPANT else self.policy.languages[0]

    def allows(self, act: Act, expectation: Expectation) -> bool:
        asking = Asking(self.case, expectation, expectation.subject, self.policy, self.now)
        return not act.only_if or not hold(act.only_if, asking)

    def fields(self, message: str, expectation: Expectation | None, subject: str | None) -> dict[str, Value]:
        """Raw values a message may name; which of them it does name is the catalogue's affair."""
        case, cal = self.case, self.policy.calendar
        values: dict[str, Value] = {"reference": case.ref, "worker": case.parties.get(Role.NAVIGATOR, "")}
        session = case.sessions.get(subject or "")
        if session is not None:
            values |= {"start": session.start, "place": session.place, "missed_on": cal.local(session.start).date()}
            values["provider_name"] = session.provider
        if message in WITH_OFFERS:
            values["offers"] = offers(self.policy, self.now)
        if subject in case.places:
            values["provider_name"] = case.places[subject]
        if case.breach is not None:
            asks = message == THEIR_SIDE
            by = side_until(case.breach, self.policy, self.now) if asks else case.breach.side_by
            values |= {"by": by, "reasons": case.breach.cause}
        elif expectation is not None and message not in WITHOUT_DAY:
            values["by"] = last_day(self.policy, expectation)
        if expectation is not None and expectation.ladder == "last_safe_date":
            values["by"] = case.last_safe
        if case.end_reason:
            values |= {"result": case.end_reason, "result_line": case.end_reason, "reasons": case.end_reason}
        return values


class ReturnStage:
    """A provider's return: the provider, and the scheme's own people."""

    def __init__(self, state: ProviderReturn, policy: Policy, now: datetime) -> None:
        self.state = state
        self.policy = policy
        self.now = now

    def recipients(self, role: Role, subject: str | None) -> tuple[str, ...]:
        person = self.state.provider if role is Role.PROVIDER else self.policy.team.get(role)
        return () if person is None else (person,)

    def stand_in(self, role: Role) -> str | None:
        return None

    def channels(self, act: Act, rung: Rung) -> tuple[Channel, ...]:
        return act.channels or (Channel.EMAIL,)

    def language(self, role: Role) -> str:
        return self.policy.languages[0]

    def allows(self, act: Act, expectation: Expectation) -> bool:
        return True

    def fields(self, message: str, expectation: Expectation | None, subject: str | None) -> dict[str, Value]:
        waiting = sum(not p.reported for p in self.state.participants.values())
        values: dict[str, Value] = {
            "reference": self.state.ref,
            "provider_name": self.state.provider,
            "period": self.state.period,
            "count": waiting,
        }
        if expectation is not None:
            values["by"] = last_day(self.policy, expectation)
        return values
