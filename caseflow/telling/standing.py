"""Where a case stands, for a page: the next thing that happens by itself, what is waited for, to do, held, sent.

dossier, policy, now | Standing. A page shows it and asks nothing more of the case.
"""

from dataclasses import dataclass
from datetime import date, datetime

from caseflow.domain import offers
from caseflow.domain.case import Case, Expectation, HoldOn
from caseflow.domain.policy import Policy
from caseflow.domain.reading import rules_of, waited_for
from caseflow.domain.words import Receipt, Role, RungEnd
from caseflow.engine.app import App
from caseflow.engine.foresight import Coming, foresee
from caseflow.engine.ports import Outgoing
from caseflow.engine.readings import Dossier, NoticeLine
from caseflow.engine.rehearse import rehearse
from caseflow.telling import clauses, coming, story
from caseflow.telling.naming import Naming, naming_of
from caseflow.telling.purposes import titled
from caseflow.telling.today import NEVER, Act, today
from caseflow.telling.views import Clause
from caseflow.telling.worded import as_read

THEN = 6
"""So many further steps are told."""
TICKS = {
    "ready": "waits", "leased": "waits", "calling": "on its way", "sent": "sent", "failed": "not delivered",
    "unknown": "may or may not have gone", "void": "not needed any more", "dropped": "not sent",
}  # fmt: skip
RECEIPTS = {
    Receipt.DELIVERED: "delivered",
    Receipt.PERMANENT: "not delivered",
    Receipt.TEMPORARY: "not delivered for now",
}
"""What a channel said of a message that left; anything else is no more than "sent"."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it will read. `problem` says why it cannot go as things stand."""

    to: str
    channel: str
    language: str
    subject: str
    body: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """One thing that happens by itself: when, what, why, by which clause, and what it will say.

    `offers`: the commands that act on this very step of `expectation`. `about`: the session it is about, "" for none.
    """

    at: datetime
    what: tuple[str, ...]
    step: str
    why: str
    clause: Clause | None
    says: tuple[Said, ...] = ()
    expectation: str = ""
    offers: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Waited:
    """Something that is expected of somebody."""

    what: str
    about: str
    since: datetime
    due: datetime | None
    step: datetime | None
    held: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Pausing:
    """A hold: nothing happens by itself until then."""

    until: date
    since: datetime
    reason: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was made, and what is known of it."""

    at: datetime
    what: str
    to: str
    channel: str
    state: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything a case page shows but the story."""

    state: str
    disposal: str
    end_reason: str
    people: tuple[tuple[str, str], ...]
    contact: tuple[str, ...]
    next: Next | None
    then: tuple[Next, ...]
    holds: tuple[Pausing, ...]
    waited: tuple[Waited, ...]
    todo: tuple[Act, ...]
    sent: tuple[Sent, ...]
    strikes: int
    breach: bool
    aside: tuple[str, ...]


def standing(app: App, dossier: Dossier, case: Case, policy: Policy, now: datetime) -> Standing:
    """The case as it is at `now` (scheme time). A few readings: names, and the people a message speaks of."""
    steps = [one for one in foresee(dossier, policy, now).coming if one.end is RungEnd.FIRED and _does(one)]
    assert app.readings is not None
    names = app.readings.names(case.scheme, case.parties.values())
    return Standing(
        state=case.state.value,
        disposal=rules_of(case, policy).title.get("en", story.plain(case.disposal)),
        end_reason="" if case.end_reason == case.state.value else story.plain(case.end_reason),
        people=tuple((story.role(role), names.get(person, person)) for role, person in _around(case)),
        contact=_contact(case),
        next=_next(app, case, policy, steps[0], words=True) if steps else None,
        then=tuple(_next(app, case, policy, one, words=False) for one in steps[1 : 1 + THEN]),
        holds=tuple(_hold(one) for one in case.holds.values()),
        waited=tuple(_waiting(case, policy, now)),
        todo=tuple(_acts(dossier, now)),
        sent=tuple(_sent(one, case) for one in sorted(dossier.notices, key=_made, reverse=True)),
        strikes=len(case.strikes),
        breach=case.breach is not None,
        aside=tuple(f"{story.plain(one.what)}: {one.reason}" for one in dossier.parkings),
    )  # fmt: skip


def _does(one: Coming) -> bool:
    return bool(one.sends or one.tasks or one.facts)


def _around(case: Case) -> list[tuple[Role, str]]:
    order = list(Role)
    return sorted(
        ((role, person) for role, person in case.parties.items() if role is not Role.PARTICIPANT),
        key=lambda pair: order.index(pair[0]),
    )


def _contact(case: Case) -> tuple[str, ...]:
    """How they may be written to and rung, in the order one looks for it."""
    contact = case.contact
    limits = [
        {"en": "English", "cy": "Welsh"}.get(contact.language, contact.language),
        "texts only" if contact.texts_only else "",
        "no voicemail" if contact.no_voicemail else "",
        f"not before {contact.not_before:%H:%M}" if contact.not_before else "",
        f"not after {contact.not_after:%H:%M}" if contact.not_after else "",
        *(f"{channel.value} {known.status.value}" for channel, known in sorted(contact.addresses.items())),
    ]
    return tuple(one for one in limits if one)


def _next(app: App, case: Case, policy: Policy, one: Coming, *, words: bool) -> Next:
    ladder = one.expectation.partition(":")[0]
    clause = clauses.clause(policy, ladder, one.rung)
    expectation = case.expectations.get(one.expectation)
    about = policy.ladders[ladder].about if ladder in policy.ladders else story.plain(one.expectation)
    return Next(
        at=one.at,
        what=tuple(coming.what_comes(one)),
        step=coming.step_words(one.expectation, one.rung, naming_of(case)),
        why=_why(about, expectation),
        clause=clause,
        says=tuple(_said(app, case, one, number) for number in range(len(one.sends))) if words else (),
        expectation=one.expectation,
        offers=_offers(case, policy, one, expectation) if words else (),
        about=(expectation.subject or "") if expectation is not None and expectation.subject in case.sessions else "",
    )


def _offers(case: Case, policy: Policy, one: Coming, expectation: Expectation | None) -> tuple[str, ...]:
    """Only where this step is the very next of its ladder: what comes later cannot be moved before it."""
    if expectation is None or (expectation.cycle, expectation.next) != (one.cycle, one.rung):
        return ()
    return offers.for_step(case, one.expectation, policy)


def _why(about: str, expectation: Expectation | None) -> str:
    """Because it has not come yet; of what begins later, only what for."""
    plain = about.rstrip(".")
    if expectation is None or expectation.status not in {"open", "held"}:
        return plain
    return f"{plain}: it has not come yet"


def _said(app: App, case: Case, one: Coming, number: int) -> Said:
    send = one.sends[number]
    found = rehearse(app, case, send, one.at)
    if isinstance(found, Outgoing):
        return Said(story.role(send.to), found.channel, found.language, *as_read(found))
    return Said(story.role(send.to), "", send.language, "", "", found.reason)


def _hold(one: HoldOn) -> Pausing:
    return Pausing(one.until, one.since, story.plain(one.reason), tuple(story.plain(each) for each in one.covers))


def _waiting(case: Case, policy: Policy, now: datetime) -> list[Waited]:
    """What has a time to come by first, then by when something follows."""
    naming = naming_of(case)
    found = [_waited(one, policy, now, naming) for one in case.expectations.values() if waited_for(one, policy)]
    return sorted(found, key=lambda one: (one.due or one.step or NEVER, one.since, one.what))


def _waited(one: Expectation, policy: Policy, now: datetime, naming: Naming) -> Waited:
    ladder = policy.ladders.get(one.ladder)
    return Waited(
        story.first(naming.expectation(one.id)), ladder.about if ladder else "", one.opened, one.due, one.next_due,
        one.status == "held",
        one.due is not None and one.due < now,
    )  # fmt: skip


def _acts(dossier: Dossier, now: datetime) -> list[Act]:
    lines = today([one for one in dossier.tasks if one.state == "open"], now)
    return [act for line in lines for act in (line.first, *line.others)]


def _made(one: NoticeLine) -> tuple[datetime, int]:
    return one.created_at, one.id


def _sent(one: NoticeLine, case: Case) -> Sent:
    channel = one.attempts[-1].channel if one.attempts else ""
    state = TICKS[one.state]
    if one.state == "sent":
        state = RECEIPTS.get(case.receipts.get(f"{one.key}/{channel}", Receipt.ACCEPTED), state)
    return Sent(one.created_at, titled(one.purpose), story.role(one.to), channel, state)
