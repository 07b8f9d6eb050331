"""A participant's story in lines: each kind of fact in plain words. A new kind of fact fails the type check here."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from caseflow.domain import events as e
from caseflow.domain.words import Opinion, Receipt, Role, RungEnd
from caseflow.messages.policies import words
from caseflow.telling import naming
from caseflow.telling.naming import Naming
from caseflow.telling.times import day, local

Names = Mapping[str, str]
plain = naming.plain


def _no_step(fired: e.RungFired) -> str:
    del fired
    return ""


@dataclass(frozen=True, slots=True)
class Book:
    """Where words for a stream's own things are looked up: what a rung of an expectation does, tasks and texts by id, names."""

    tasks: Mapping[str, str] = field(default_factory=dict)
    step: Callable[[e.RungFired], str] = _no_step
    texts: Mapping[str, str] = field(default_factory=dict)
    naming: Naming = field(default_factory=Naming)


NO_BOOK = Book()

OPINIONS = {Opinion.BREACHED: "breached", Opinion.CARRY_ON: "carry on", Opinion.END: "end without fault"}
RECEIPTS = {
    Receipt.ACCEPTED: "went out",
    Receipt.DELIVERED: "was delivered",
    Receipt.PERMANENT: "could not be delivered",
    Receipt.TEMPORARY: "could not be delivered for now",
    Receipt.TECHNICAL: "failed on the way",
    Receipt.UNKNOWN: "may or may not have arrived",
    Receipt.DROPPED: "was not sent",
}
ENDS = {
    RungEnd.FIRED: "came due and was done",
    RungEnd.SKIPPED: "was skipped",
    RungEnd.LAPSED: "came too late to be useful and was left out",
    RungEnd.BLOCKED: "was held back",
}


def role(of: Role | str) -> str:
    return "OIC" if of == Role.OIC else plain(str(of))


def people_in(recorded: Iterable[e.Recorded]) -> set[str]:
    """Ids of people who may be named in these facts."""
    found: set[str] = set()
    for one in recorded:
        found.add(one.actor.person)
        for name in ("navigator", "provider", "person"):
            if value := getattr(one.event, name, None):
                found.add(value)
        for name in ("by",):
            value = getattr(one.event, name, None)
            if value is not None and hasattr(value, "person"):
                found.add(value.person)
        decision = getattr(one.event, "decision", None)
        if decision is not None:
            found.add(decision.by.person)
    return found


def who(recorded: e.Recorded, names: Names) -> str:
    """The name of who said so; the clock and the channels are called what they are."""
    if recorded.actor.role == Role.SYSTEM:
        return {"timer": "the clock", "channel": "the channel", "stream": "the system"}.get(
            recorded.origin.value, "the system"
        )
    return names.get(recorded.actor.person, role(recorded.actor.role))


def wording(event: e.Event, names: Names, book: Book = NO_BOOK) -> str:
    """What happened, in words."""

    def name(person: str | None) -> str:
        return names.get(person or "", person or "nobody")

    session, item, expected = book.naming.session, book.naming.item, book.naming.expectation
    match event:
        case e.Referred():
            unknown = "; last safe decision date unknown: ask the OIC" if event.last_safe_unknown else ""
            date = f"; last safe decision date {day(event.last_safe)}" if event.last_safe else unknown
            return f"Referred for {plain(event.disposal)} as {event.ref}{date}"
        case e.Accepted():
            return f"Accepted; the navigator is {name(event.navigator)}"
        case e.Declined():
            return f"Declined: {plain(event.reason)}"
        case e.Assessed():
            found = ", ".join(plain(need) for need in event.needs) or "no needs found"
            return f"Assessed: {found}" + ("; no intervention is needed" if event.no_intervention else "")
        case e.PlanAgreed():
            items = ", ".join(f"{plain(item.intervention)} ({item.kind})" for item in event.items)
            warned = "; it outlives the last safe decision date" if event.outlives_last_safe else ""
            return f"Plan signed and read back: {items or 'nothing asked'}{warned}"
        case e.ContactAgreed():
            return "Agreed how to keep in touch" + (f" ({_limits(event)})" if _limits(event) else "")
        case e.AddressNoted():
            return f"The {event.channel} address is {event.status}"
        case e.SessionBooked():
            place = f" at {event.place}" if event.place else ""
            known = "" if event.session in book.naming.starts else f" {event.session}"
            return f"{plain(event.kind).capitalize()}{known} booked for {local(event.start)}{place}"
        case e.SessionMoved():
            return f"{first(session(event.session))} moved to {local(event.start)}, asked by the {role(event.asked_by)}"
        case e.SessionCancelled():
            return f"{first(session(event.session))} cancelled by the {role(event.asked_by)}{_because(event.reason)}"
        case e.SessionAttended():
            return f"Came to {_the(session(event.session))}" + (", late" if event.late else "")
        case e.SessionMissed():
            return f"Did not come to {_the(session(event.session))}, no word yet"
        case e.SessionExcused():
            undone = "; the strike for it is removed" if event.strike_removed else ""
            return f"Absence from {_the(session(event.session))} accepted: {plain(event.reason)}{undone}"
        case e.SessionNotHeld():
            return f"{first(session(event.session))} did not happen{_because(event.reason)}"
        case e.ExcuseWithdrawn():
            return f"The excuse for {_the(session(event.session))} was withdrawn"
        case e.SessionRuled():
            return f"Ruling on {_the(session(event.session))}: {plain(event.ruling)}"
        case e.ContactRecorded():
            met = event.about in book.naming.starts
            about = f" about {_the(session(event.about)) if met else plain(event.about)}" if event.about else ""
            return f"Contact by {plain(event.channel)}{about}: {plain(event.result)}"
        case e.AnswerReceived():
            reads = "needs reading" if event.needs_reading else f"reads as “{plain(event.reads_as)}”"
            kept = (event.text or "").partition("inbound:")[2]
            words = f"; the words: `caseflow answers show {kept}`" if kept else ""
            return f"The participant answered by {plain(event.channel)} ({reads}{words})"
        case e.AnswerRead():
            return f"The answer in line {event.answer} was read"
        case e.DeliveryNoted():
            reached = ", to an address they confirmed" if event.reached else ""
            return f"The {event.channel} “{plain(event.purpose)}” {RECEIPTS[event.receipt]}{reached}"
        case e.StrikeConfirmed():
            return (
                f"Strike {event.number} for {_the(session(event.session))}, confirmed by {name(event.by.person)}; "
                f"proof: {plain(event.evidence)}, line {event.evidence_seq}"
            )
        case e.StrikeWaived():
            return f"The strike for {_the(session(event.session))} was waived by {name(event.by.person)}{_because(event.reason)}"
        case e.StrikeDisputed():
            return f"The strike for {_the(session(event.session))} is disputed"
        case e.StrikeUpheld():
            return f"{name(event.by.person)} looked again at the strike for {_the(session(event.session))}: it stands"
        case e.Held():
            what = "Everything" if event.hold == "case" else first(expected(event.hold))
            return f"{what} on hold until {day(event.until)}{_because(event.reason)}"
        case e.HoldEnded():
            return "The hold is over" + (f", released by {name(event.by.person)}" if event.by else "; its day came")
        case e.BroughtForward():
            return f"{_step(event.plan, book)} brought forward to {local(event.plan.due)}"
        case e.Rebased():
            return f"{_step(event.plan, book)} moved to {local(event.plan.due)}: {plain(event.why)}"
        case e.ExpectationOpened():
            return f"Expected from now: {expected(event.expectation)}" + _next(event.next, event.next_due)
        case e.ExpectationClosed():
            how = {"met": "No longer waited for", "lapsed": "No longer needed", "excused": "Excused"}.get(
                event.how, event.how
            )
            return f"{how}: {expected(event.expectation)} ({plain(event.by)})"
        case e.RungFired():
            done = book.step(event) if event.end is RungEnd.FIRED else ""
            came = done or f"{ENDS[event.end]}{_because(because(event.why))}"
            step = f"{first(expected(event.expectation))}, step “{plain(event.rung)}”"
            return f"{step}{':' if done else ''} {came}{_next(event.next, event.next_due)}"
        case e.BreachOpened():
            return f"A breach is alleged: {plain(event.cause)}"
        case e.SideAsked():
            return f"The participant was asked for their side by {day(event.by_day)}"
        case e.SideRecorded():
            return (
                "The participant would rather not give their side"
                if event.declined
                else "The participant gave their side"
            )
        case e.ViewRecorded():
            return f"The {role(event.role)}'s view was written by {name(event.by.person)}: {OPINIONS[event.opinion]}"
        case e.ProviderHeard():
            return "The provider was heard"
        case e.Breached():
            return f"Breached, decided by {name(event.decision.by.person)}: {event.decision.reasons}"
        case e.CarriedOn():
            return f"They carry on, decided by {name(event.decision.by.person)}: {event.decision.reasons}"
        case e.BreachLapsed():
            return "Nobody decided in time: they carry on, strikes kept at one"
        case e.Completed():
            return "Completed"
        case e.Withdrawn():
            return "They withdrew; taking part is voluntary"
        case e.Ended():
            by = f", decided by {name(event.decision.by.person)}" if event.decision else ""
            return f"Ended without fault: {plain(event.reason)}{by}"
        case e.Reopened():
            return f"Reopened as {plain(event.to)}{_because(event.reason)}"
        case e.PolicyMoved():
            why = book.texts.get(event.text or "", "")
            return f"The rules are now version {event.to} of the policy, before version {event.before}{_because(why)}"
        case e.LastSafeSet():
            warned = "; the plan outlives it" if event.outlives_last_safe else ""
            said = f"may be charged until {day(event.day)}" if event.day else "no limit runs"
            return f"The OIC's word on the last safe decision date: {said}{warned}"
        case e.ExpectationsExplained():
            return "What is asked was explained" + (" and read back" if event.read_back else "")
        case e.ReferredOn():
            return f"{name(event.provider)} was asked for a place ({item(event.item)})"
        case e.ProviderAnswered():
            wait = f" until {day(event.wait_until)}" if event.wait_until else ""
            return f"{name(event.provider)} answered: {plain(event.answer)}{wait}"
        case e.NeedUnmet():
            return f"Help wanted and not to be had: {plain(event.need)} ({plain(event.why)})"
        case e.EngagementNoted():
            return f"Engagement in {item(event.item)}: {plain(event.engagement)}"
        case e.ItemDone():
            return f"{first(item(event.item))} is done" + (
                "; so is everything that was asked" if event.all_enforceable_done else ""
            )
        case e.ItemDropped():
            return f"{first(item(event.item))} was dropped{_because(event.reason)}"
        case e.SurveyNoted():
            return "The survey was filled in" if event.filled_in else "The survey was left"
        case e.Signposted():
            return f"Told about free help: {event.where}"
        case e.NewMatterNoted():
            return f"A new matter ({plain(event.kind)}): to the panel, never a strike"
        case e.SafeguardingNoted():
            return "A safeguarding concern"
        case e.Died():
            return "The participant has died; every message stops"
        case e.WentAway():
            return f"Away ({plain(event.where)}) until {day(event.until)}"
        case e.Transferred():
            cover = f" until {day(event.cover_until)}" if event.cover_until else ""
            return f"The navigator is now {name(event.navigator)}{cover}"
        case e.OfficerChanged():
            return f"The {role(event.role)} is now {name(event.person)}"
        case e.VictimTold():
            return "The victim was told" + (f" about {plain(event.about)}" if event.about else "")
        case e.TaskFinished():
            came = book.texts.get(event.text or "", "")
            return f"Task done: {book.tasks.get(event.task) or plain(event.task)}" + (f" (“{came}”)" if came else "")
        case e.ParticipantListed():
            return f"{event.ref} is on this return ({plain(event.item)})"
        case e.ParticipantUnlisted():
            return f"A placement ended ({plain(event.item)})"
        case e.ReturnReceived():
            late = ", late" if event.late else ""
            return f"The return came in{late}: {len(event.rows)} rows, {len(event.bad)} bad"
        case e.ReturnNotNeeded():
            return "Nobody was on this return"
        case e.AccessAsked():
            return f"The provider asked for a {plain(event.what)} to the page of the return"
        case e.DigestPlanned():
            return f"Something for the officer's digest of {event.period}"
        case e.DigestClosed():
            return f"The digest of {event.period} went out"
        case _:
            assert_never(event)


def told(recorded: e.Recorded, names: Names, book: Book, blind: Collection[int]) -> str:
    """What happened, in words; of a view that waits for the other one only that it is written."""
    event = recorded.event
    if recorded.seq in blind and isinstance(event, e.ViewRecorded):
        by = names.get(event.by.person, event.by.person)
        return f"The {role(event.role)}'s view was written by {by}; it is shown when both are in"
    return wording(event, names, book)


def because(why: str) -> str:
    """Why a rung was not climbed, in words: the condition that did not hold by what it asks."""
    name = why.removeprefix("not ")
    if name == why or name not in words.CONDITIONS:
        return plain(why)
    return f"it is only for when {words.conditions([name])}"


def why(recorded: e.Recorded, book: Book = NO_BOOK) -> str:
    """What a fact followed from: the line before it, or the step of which ladder under which policy version."""
    expected = book.naming.expectation
    cause, _, version = recorded.caused_by.partition(" policy:")
    kind, _, rest = cause.partition(":")
    if kind == "event":
        return f"from line {rest}"
    if isinstance(recorded.event, e.RungFired):
        return f"its time had come, policy {version}" if version else "its time had come"
    if isinstance(recorded.event, e.DeliveryNoted) and recorded.event.expectation:
        return f"step “{plain(recorded.event.rung)}” of {expected(recorded.event.expectation)}"
    if kind == "rung":
        expectation, _, rung = rest.partition("/")
        return f"step “{plain(rung)}” of {expected(expectation)}, policy {version}"
    return plain(cause)


def _step(plan: e.Replanned, book: Book) -> str:
    return f"“{plain(plan.rung)}” of {book.naming.expectation(plan.expectation)}"


def first(words: str) -> str:
    """With a capital, the rest as it is."""
    return words[:1].upper() + words[1:]


def _the(session: str) -> str:
    """`the session of Fri 14 Jan`; one that is only known by its id needs no article."""
    return f"the {session}" if " of " in session else session


def _because(reason: str) -> str:
    return f" ({plain(reason)})" if reason else ""


def _next(rung: str | None, due: datetime | None) -> str:
    return f"; next “{plain(rung)}” on {local(due)}" if rung and due else ""


def _limits(event: e.ContactAgreed) -> str:
    limits: list[tuple[bool, Callable[[], str]]] = [
        (event.texts_only, lambda: "texts only"),
        (event.no_voicemail, lambda: "no voicemail"),
        (event.not_before is not None, lambda: f"not before {event.not_before:%H:%M}"),
        (event.not_after is not None, lambda: f"not after {event.not_after:%H:%M}"),
        (event.interpreter, lambda: "with an interpreter"),
    ]
    return ", ".join(words() for wanted, words in limits if wanted)
