"""What people are told or asked because of a fact itself, outside any ladder: letters, tasks, digests, returns."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from caseflow.domain import commands as c
from caseflow.domain import digest
from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.effects import AddToDigest, DropTasks, Effect, HandOver, OpenTask, Reroute, Send, Tell, Void
from caseflow.domain.notices import KINDS
from caseflow.domain.policy import Policy
from caseflow.domain.react import disputes, listing, rebooking
from caseflow.domain.reading import reachable, safe_hours, usable_channels, with_sessions
from caseflow.domain.stage import OFFICERS, STANDS_FOR, CaseStage
from caseflow.domain.words import Actor, AddressStatus, Channel, Receipt, Role

LAST_SAFE = "last_safe"
"""The key of the task to ask for the date."""
ASK_THE_OIC = (
    "Until when may this be charged? It is not known: ask the OIC, and record the answer as the last safe decision date"
)
ASK_WITHIN = 2
"""Working days in which the OIC is asked: as long as a referral waits for its answer (an assumption of practice)."""

DIED = "The person has died. Check that nothing more goes out."
NEW_MATTER = "New matter: for the panel, never a strike"
OFFICER_SAID = "The officer has answered what was asked: read it in the story"

LETTER = (Channel.LETTER,)
SERVICE = (Channel.TEXT, Channel.EMAIL, Channel.LETTER)
SYSTEM = Actor("system", Role.SYSTEM)
FAILED = frozenset({Receipt.TEMPORARY, Receipt.TECHNICAL, Receipt.PERMANENT})
TO_PARTICIPANT = frozenset({"reminder", "chase", "decision", "service"})


def of(case: Case, record: ev.Recorded, policy: Policy, now: datetime) -> list[Effect]:
    """The effects of one fact beside its ladders."""
    match record.event:
        case ev.DeliveryNoted() as e:  # by far the most frequent
            return _not_arrived(case, e) if e.receipt in FAILED and KINDS.get(e.purpose) in TO_PARTICIPANT else []
        case ev.Referred():
            return _ask_the_oic(case, policy, now)
        case ev.LastSafeSet():
            return [DropTasks("the OIC has said", key=LAST_SAFE, done=True)]
        case ev.PlanAgreed() as e:
            items = [f"{i.intervention}|{i.kind.value}" for i in e.items]
            return [
                *_write(case, record, policy, now, "plan_copy", LETTER, items=items),
                # An item may come back that was dropped this period.
                *listing.listed(case, policy, now, f":{record.seq}"),
                *_digest(case, record, policy, now, "plan_agreed"),
            ]
        case ev.ReferredOn() as e:
            was = sorted({*case.left.get(e.item, ()), *with_sessions(case, e.item)} - {e.provider})
            return [
                *listing.unlisted(case, e.item, policy, now, record.seq, was),
                *listing.listed(case, policy, now, f":{record.seq}"),
                *_digest(case, record, policy, now, "waiting_for_provider"),
            ]
        case ev.ProviderAnswered() as e if e.answer == "no" and e.provider:
            return listing.unlisted(case, e.item, policy, now, record.seq, (e.provider,))
        case ev.SessionBooked() as e:
            rebooked = rebooking.rebooked(case, case.sessions[e.session])
            if e.provider is None or e.item is None:
                return rebooked
            return [*rebooked, *listing.booked_with(case, e.item, e.provider, policy, now, record.seq)]
        case ev.ItemDone() as e:
            line = "all_done" if e.all_enforceable_done else "item_done"
            gone = _item_gone(case, e.item, policy, now, record.seq)
            return [*gone, *_digest(case, record, policy, now, line)]
        case ev.ItemDropped() as e:
            return _item_gone(case, e.item, policy, now, record.seq)
        case ev.SessionMoved() as e:
            older = Void("moved again before anybody was told", purpose="session_changed", subject=e.session)
            return [older, *_write(case, record, policy, now, "session_changed", SERVICE[:2], subject=e.session)]
        case ev.SessionCancelled() as e:
            off: list[Effect] = [
                Void("the session was cancelled", f"session:{e.session}"),
                Void("the session was cancelled", purpose="session_changed", subject=e.session),
            ]
            off += listing.no_sessions_left(case, case.sessions[e.session], policy, now, record.seq)
            if e.asked_by is Role.PARTICIPANT:
                return off
            told = _write(case, record, policy, now, "session_cancelled", SERVICE[:2], subject=e.session)
            return [*off, *told, *rebooking.wanted(case, case.sessions[e.session], policy, now)]
        case ev.SessionNotHeld() as e:
            again = rebooking.wanted(case, case.sessions[e.session], policy, now)
            return [*again, *disputes.put_right(case, e.session, policy)]
        case ev.SessionAttended() as e:
            return [*_attended(case, record, e, policy, now), *disputes.put_right(case, e.session, policy)]
        case ev.StrikeDisputed() as e:
            return disputes.look_again(case, e.session, policy, now)
        case ev.SessionExcused() as e:
            return disputes.put_right(case, e.session, policy)
        case ev.StrikeUpheld() as e:
            return [*disputes.looked_at(case, e.session, policy), disputes.tell_why(case, e.session, policy, now)]
        case ev.StrikeWaived() as e:
            return disputes.looked_at(case, e.session, policy)
        case ev.Breached():
            return [
                *_write(case, record, policy, now, "decision_breached", LETTER),
                *_over(case, policy, now, record.seq),
            ]
        case ev.CarriedOn():
            told = _write(case, record, policy, now, "decision_carry_on", LETTER, reasons="agreed_end")
            return [*told, *disputes.gone(case, policy)]
        case ev.BreachLapsed():
            told = _write(case, record, policy, now, "decision_carry_on", LETTER, reasons="lapsed")
            return [*told, *disputes.gone(case, policy)]
        case ev.Ended() as e:
            return [*_ended(case, record, e, policy, now), *_over(case, policy, now, record.seq)]
        case ev.Withdrawn():
            return [*_write(case, record, policy, now, "stopped", LETTER), *_over(case, policy, now, record.seq)]
        case ev.Completed() | ev.Declined():
            return _over(case, policy, now, record.seq)
        case ev.Reopened():
            again = [*listing.listed(case, policy, now, f":{record.seq}"), *_ask_the_oic(case, policy, now)]
            return [*again, *_digest(case, record, policy, now, "reopened")]
        case ev.PolicyMoved() if case.plan_at is not None:
            title = "The rules of this case have changed: say to the person what is different for them"
            return [DropTasks("moved again", key="policy_moved"), _task(case, "policy_moved", Role.NAVIGATOR, title)]
        case ev.Died():
            return [
                Void("the person has died"),
                DropTasks("the person has died", every=True),
                _supervisors(case, policy, "death", DIED, policy.calendar.plus_working(now, 1)),
            ]
        case ev.SafeguardingNoted():
            key = f"safeguarding:{record.seq}"
            flag = _now(case, record, policy, key, "Safeguarding concern: read it and act today")
            return [flag, *_warned(case, record, policy, flag)]
        case ev.NewMatterNoted():
            due = policy.calendar.plus_working(now, 1)
            return [_supervisors(case, policy, f"new_matter:{record.seq}", NEW_MATTER, due, kind="decide")]
        case ev.AnswerReceived() as e:
            return _answer(case, e, record, policy)
        case ev.AnswerRead() as e:
            return [DropTasks("read", key=f"answer:{e.answer}", done=True)]
        case ev.AddressNoted() as e if e.status is AddressStatus.BLOCKED and reachable(case) and case.open:
            key = f"address:{e.channel.value}:{e.address}"
            return [_task(case, key, Role.NAVIGATOR, f"Their {_via(e.channel)} is blocked: find another way with them")]
        case ev.TaskFinished() as e:
            return [DropTasks("done", key=e.task, done=True), *_officer_said(case, e, record, policy, now)]
        case ev.Held() as e:
            return [*_kept_back(case, e.covers, policy, "on hold"), *_digest(case, record, policy, now, "on_hold")]
        case ev.BreachOpened():
            still = [(name, one) for name, one in case.expectations.items() if one.status == "open"]
            paused = [name for name, one in still if policy.ladder(one.ladder).pauses_in_breach]
            return _kept_back(case, paused, policy, "a breach is being decided")
        case ev.HoldEnded():
            return _digest(case, record, policy, now, "hold_over")
        case ev.Transferred() as e:
            taken: list[Effect] = [HandOver(Role.NAVIGATOR, e.navigator)]
            return [*taken, *_digest(case, record, policy, now, "navigator_changed")]
        case ev.OfficerChanged() as e:
            stood_for = [role for role, by in STANDS_FOR.items() if by is e.role and role not in case.parties]
            return [HandOver(role, e.person) for role in (e.role, *stood_for)]
        case _:
            return []


def _ask_the_oic(case: Case, policy: Policy, now: datetime) -> list[Effect]:
    """The last safe decision date is unknown, and this disposal has a ladder that counts from it: a person asks."""
    wanted = any(policy.runs(case.disposal, ladder.name) for ladder in policy.opens.get("last_safe_known", ()))
    if not case.last_safe_unknown or not wanted:
        return []
    due = policy.calendar.plus_working(now, ASK_WITHIN)
    return [_supervisors(case, policy, LAST_SAFE, ASK_THE_OIC, due, kind="ask")]


def _kept_back(case: Case, names: Iterable[str], policy: Policy, why: str) -> list[Effect]:
    """Reminders and chases of what has stopped that wait for their hour: held is held, they do not go out meanwhile."""
    waiting: list[Effect] = []
    for name in names:
        found = case.expectations[name]
        if found.acked or found.prev_rung is None:
            continue
        acts = policy.ladder(found.ladder).rung(found.prev_rung).acts
        if all(KINDS.get(act.message) in {"reminder", "chase"} for act in acts if act.message):
            waiting.append(Void(why, name))
    return waiting


def _via(channel: Channel) -> str:
    return {Channel.TEXT: "phone number", Channel.EMAIL: "e-mail address", Channel.LETTER: "address"}[channel]


def _task(case: Case, key: str, owner: Role, title: str, kind: str = "task") -> OpenTask:
    return OpenTask(key=key, kind=kind, owner=owner, title=title, person=case.parties.get(owner))


def _supervisors(case: Case, policy: Policy, key: str, title: str, due: datetime, kind: str = "task") -> OpenTask:
    """For the supervisor, by name and by a time: what nobody is named for, or has no time, stands on nobody's list."""
    task = _task(case, key, Role.SUPERVISOR, title, kind)
    return replace(task, person=task.person or policy.team.get(Role.SUPERVISOR), due=due)


def _now(case: Case, record: ev.Recorded, policy: Policy, key: str, title: str) -> OpenTask:
    """For the supervisor, due at once."""
    return _supervisors(case, policy, key, title, record.occurred_at, kind="flag")


def _officer_said(case: Case, e: ev.TaskFinished, record: ev.Recorded, policy: Policy, now: datetime) -> list[Effect]:
    """An officer answered in words what a step asked them: somebody who works on the case is to read it."""
    if e.text is None or record.actor.role not in OFFICERS or case.dead:
        return []
    key, due = f"officer_said:{record.seq}", policy.calendar.plus_working(now, 1)
    if Role.NAVIGATOR not in case.parties:
        return [_supervisors(case, policy, key, OFFICER_SAID, due)]
    return [replace(_task(case, key, Role.NAVIGATOR, OFFICER_SAID), due=due)]


def _warned(case: Case, record: ev.Recorded, policy: Policy, flag: OpenTask) -> list[Effect]:
    """A list is seen when somebody looks at it: the supervisor hears of it by e-mail, too, whoever raised it."""
    if flag.person is None:
        return []
    purpose = "concern_raised"
    return [
        Send(
            purpose=purpose, to=Role.SUPERVISOR, recipient=flag.person, channels=(Channel.EMAIL,), kind=KINDS[purpose],
            rung=f"fact:{record.seq}", language=policy.languages[0], fields={"reference": case.ref},
        )
    ]  # fmt: skip


# ── to the participant ──────────────────────────────────────────────────────────────────────────
def _write(
    case: Case,
    record: ev.Recorded,
    policy: Policy,
    now: datetime,
    purpose: str,
    channels: tuple[Channel, ...],
    subject: str | None = None,
    **extra: Any,
) -> list[Effect]:
    """One notice to the participant, in contact hours; a decision that cannot be posted becomes a task."""
    usable = usable_channels(case, channels)
    if not usable:
        if KINDS[purpose] != "decision" or not case.accepted_at:
            return []
        title = f"No address we may write to: tell them in person or by phone ({purpose.replace('_', ' ')})"
        return [_task(case, f"{purpose}:{record.seq}", Role.NAVIGATOR, title)]
    stage = CaseStage(case, policy, now)
    hours = policy.contact.texts
    at = hours.next_open(policy.calendar, now, safe_hours(case))
    if at is None:  # their own hours leave no moment for a text: the post has no hours
        usable = tuple(c for c in usable if c is Channel.LETTER)
        if not usable:
            return []
    fields = stage.fields(purpose, None, subject) | extra
    fields.setdefault("by", policy.calendar.add_working_days(policy.calendar.local(now).date(), _review(policy)))
    return [
        Send(
            purpose=purpose,
            to=Role.PARTICIPANT,
            recipient=case.parties.get(Role.PARTICIPANT, ""),
            channels=usable,
            kind=KINDS[purpose],
            rung=f"fact:{record.seq}",
            subject=subject,
            language=case.contact.language,
            fields=fields,
            not_before=at if at is not None and at > now and usable[0] is not Channel.LETTER else None,
        )
    ]


def _review(policy: Policy) -> int:
    return policy.review_working_days


def _ended(case: Case, record: ev.Recorded, e: ev.Ended, policy: Policy, now: datetime) -> list[Effect]:
    if e.reason == "died":
        return [Void("the person has died")]
    purpose = "closed_not_reached" if e.reason in {"not_reached", "not_started"} else "decision_ended"
    return _write(case, record, policy, now, purpose, LETTER)


def _answer(case: Case, e: ev.AnswerReceived, record: ev.Recorded, policy: Policy) -> list[Effect]:
    key = f"answer:{record.seq}"
    today = policy.calendar.plus_working(record.occurred_at, 0)  # or the next working day
    tasks: list[Effect] = []
    if "urgent" in e.proposes:
        tasks.append(_task(case, key, Role.NAVIGATOR, "They may be in danger: read what they wrote, act now", "flag"))
        title = "A participant may be in danger: see that the answer was read and acted on"
        tasks.append(_now(case, record, policy, f"urgent:{record.seq}", title))
    elif e.needs_reading:
        kind = "call" if e.reads_as == "call" else "task"
        tasks.append(
            replace(_task(case, key, Role.NAVIGATOR, _to_read(e), kind), due=today if kind == "call" else None)
        )
    elif e.reads_as in {"call", "cant"}:
        title = (
            "They asked for a call" if e.reads_as == "call" else "They cannot come: ring, hear why, find another time"
        )
        tasks.append(replace(_task(case, key, Role.NAVIGATOR, title, kind="call"), due=today))
    elif slot := next((one for one in e.proposes if one.startswith("slot:")), None):
        which = {"slot:1": "first", "slot:2": "second"}[slot]
        tasks.append(_task(case, key, Role.NAVIGATOR, f"They chose the {which} of the times we offered: book it"))
    if "welsh" in e.proposes and "cy" in policy.languages and case.contact.language != "cy":
        title = "They wrote in Welsh: ask which language they want, and record it"
        tasks.append(_task(case, "language", Role.NAVIGATOR, title))
    return tasks


def _not_arrived(case: Case, e: ev.DeliveryNoted) -> list[Effect]:
    """By the next allowed channel, the post last; with none left a person finds another way."""
    if case.dead:
        return []
    if not e.last:
        still = case.expectations.get(e.expectation or "")
        wanted = e.expectation is None or (still is not None and still.status == "open" and still.cycle == e.cycle)
        return [Reroute(e.notice, e.channel, f"{e.channel.value}: {e.receipt.value}")] if wanted else []
    known = case.contact.addresses.get(e.channel)
    if case.open and e.receipt is Receipt.PERMANENT and known is not None and e.address and known.address == e.address:
        return []  # the address is closed, and a task or the ladder for lost people follows from that
    title = f"A message did not get to them ({e.purpose.replace('_', ' ')}): find another way with them"
    return [_task(case, f"unsent:{e.notice}", Role.NAVIGATOR, title)]


def _to_read(e: ev.AnswerReceived) -> str:
    """What the reader of an answer should look for. A suggestion only: the words themselves are behind the fact."""
    reasons = [one.partition(":")[2] for one in e.proposes if one.startswith("absence:")]
    if e.reads_as == "doubt":
        return "This may be somebody else: read it, find out whose number it is, say nothing of the person meanwhile"
    if e.reads_as == "call":
        return "They asked for a call and wrote more: read it, then ring"
    if reasons:
        also = " or ".join(reasons).replace("_", " ")
        return f"They have written, perhaps why they cannot come ({also}): read it, excuse them if so, answer"
    if "time" in e.proposes:
        return "They have written, perhaps when they are free: read it, book it, answer"
    return "They have written: read it and answer"


# ── officers: one digest a period, never a message per event ────────────────────────────────────
def _digest(case: Case, record: ev.Recorded, policy: Policy, now: datetime, line: str) -> list[Effect]:
    officers = dict.fromkeys(case.parties[role] for role in (Role.ARRESTING_OFFICER, Role.OIC) if role in case.parties)
    period, due = digest.next_period(policy, now)
    effects: list[Effect] = []
    for officer in officers:
        effects.append(AddToDigest(officer, line, record.occurred_at, period, case.ref))
        effects.append(
            Tell(
                f"digest:{officer}:{period}",
                digest.stream_id(case.scheme, officer),
                c.WantDigest(officer, period, due, case.policy_version),
                SYSTEM,
            )
        )
    return effects


def _attended(case: Case, record: ev.Recorded, e: ev.SessionAttended, policy: Policy, now: datetime) -> list[Effect]:
    session = case.sessions[e.session]
    if session.kind == "first_meeting":
        return _digest(case, record, policy, now, "first_meeting_held")
    same = [s for s in case.sessions.values() if s.item == session.item and s.status == "attended"]
    # Several may be told of at once, as on a provider's return: then none of them is the only one, and one is the first.
    first = min(same, key=lambda one: (one.known_at or record.recorded_at, one.start, one.id))
    return _digest(case, record, policy, now, "help_started") if first.id == e.session else []


# ── providers' returns, and what is still to book ────────────────────────────────────────────────
def _over(case: Case, policy: Policy, now: datetime, seq: int) -> list[Effect]:
    """The journey is over: off the returns from the next period on, nothing to book, and nobody need ask for the date."""
    gone = case.items_done | case.items_dropped
    placed = dict.fromkeys([*case.places, *(s.item for s in case.sessions.values() if s.item and s.provider)])
    off = [effect for item in placed if item not in gone for effect in listing.unlisted(case, item, policy, now, seq)]
    asked: list[Effect] = [DropTasks("the journey is over", key=LAST_SAFE)] if case.last_safe_unknown else []
    return [*off, *rebooking.over(case), *asked, *disputes.over(case)]


def _item_gone(case: Case, item: str, policy: Policy, now: datetime, seq: int) -> list[Effect]:
    """Done or dropped: off the returns, and no session of it to book any more."""
    return [*rebooking.item_gone(item), *listing.unlisted(case, item, policy, now, seq)]
