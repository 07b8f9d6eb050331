"""The panel sheet of one case as a value: facts, policy and outbox in, nothing else; the same in, the same out.

`dossier, policy, names | CaseFile`. Its time is that of the newest thing in it, so printing it again tomorrow gives the same
bytes unless something has happened.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.reading import blind_views, reminder_of, rules_of
from caseflow.domain.words import Role, RungEnd
from caseflow.engine.foresight import foresee
from caseflow.engine.readings import Dossier
from caseflow.engine.recording import text_of
from caseflow.messages.last_safe import CATEGORIES
from caseflow.telling import story
from caseflow.telling.casefile import breaches, expected, messages, strikes
from caseflow.telling.casefile.contract import (
    CaseFile,
    SheetComing,
    SheetFact,
    SheetItem,
    SheetPerson,
    SheetPolicy,
    SheetSession,
    SheetTask,
)
from caseflow.telling.casefile.options import options
from caseflow.telling.casefile.rules import rules
from caseflow.telling.coming import step_words, what_comes
from caseflow.telling.history import book_of
from caseflow.telling.last_safe import last_safe_words
from caseflow.telling.times import day

SOONEST = 12
"""So many steps to come are told; `caseflow due --case` tells all."""

AGREED = (
    ev.Accepted, ev.ContactAgreed, ev.ExpectationsExplained, ev.Assessed, ev.PlanAgreed, ev.ReferredOn, ev.ProviderAnswered,
    ev.ItemDone, ev.ItemDropped, ev.NeedUnmet, ev.Signposted, ev.EngagementNoted,
)  # fmt: skip
HEARD = (ev.AnswerReceived, ev.AnswerRead, ev.ContactRecorded, ev.AddressNoted, ev.SurveyNoted)
RULED = (
    ev.SessionExcused, ev.ExcuseWithdrawn, ev.SessionRuled, ev.StrikeWaived, ev.StrikeDisputed, ev.StrikeUpheld,
    ev.Held, ev.HoldEnded,
    ev.BroughtForward, ev.PolicyMoved, ev.WentAway, ev.NewMatterNoted, ev.Reopened, ev.Declined, ev.Ended, ev.Completed,
    ev.Withdrawn, ev.LastSafeSet,
)  # fmt: skip

KEPT_APART = (ev.SafeguardingNoted, ev.AnswerReceived)
"""Words that stand on no sheet: others may be in danger by them, or who reads them is kept."""

Labels = Mapping[str, str]


def panel_sheet(
    dossier: Dossier, policy: Policy, names: Mapping[str, str] | None = None, texts: Mapping[str, str] | None = None
) -> CaseFile:
    """The sheet, with its fingerprint. `names` puts names in place of roles, `texts` what people wrote beside facts.

    The fingerprint is the same without them: it can still be checked when a person has been erased.
    """
    case = dossier.stream
    assert isinstance(case, Case)
    parts = roles(dossier, case, policy)
    nameless = _sheet(dossier, case, policy, parts, {}, {})
    digest = hashlib.sha256(msgspec.json.encode(plain(nameless))).hexdigest()
    shown = nameless if names is None else _sheet(dossier, case, policy, {**parts, **names}, names, texts or {})
    return replace(shown, sha256=digest)


def plain(value: Any) -> Any:
    """As JSON has it, instants in UTC: what the fingerprint is taken of, and what `--json` prints."""
    found = msgspec.to_builtins(value, builtin_types=(datetime, date))
    return _plain(found)


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case _:
            return value


def roles(dossier: Dossier, case: Case, policy: Policy) -> dict[str, str]:
    """What everybody is called who is not named: the part they play; a second in the same part is numbered."""
    found: dict[str, str] = {}
    counts: dict[str, int] = {}

    def add(person: str | None, part: Role) -> None:
        if person and person not in found and part is not Role.SYSTEM:
            counts[part] = counts.get(part, 0) + 1
            number = f" ({counts[part]})" if counts[part] > 1 else ""
            found[person] = f"the {story.role(part)}{number}"

    for part, person in case.parties.items():
        add(person, part)
    for provider in _providers(case):
        add(provider, Role.PROVIDER)
    for one in dossier.events:
        add(one.actor.person, one.actor.role)
        add(getattr(one.event, "navigator", None), Role.NAVIGATOR)
        add(getattr(one.event, "provider", None), Role.PROVIDER)
    for part, person in policy.team.items():
        add(person, part)
    return found


def _providers(case: Case) -> Iterable[str]:
    yield from (one.provider for one in case.items.values() if one.provider)
    yield from case.places.values()
    yield from (one.provider for one in case.sessions.values() if one.provider)


def _as_at(dossier: Dossier) -> datetime:
    """The time of the newest thing there is about the case."""
    times = [one.recorded_at for one in dossier.events]
    times += [each.ended_at for one in dossier.notices for each in one.attempts if each.ended_at is not None]
    times += [one.opened_at for one in dossier.tasks]
    return max(times)


def _sheet(
    dossier: Dossier, case: Case, policy: Policy, labels: Labels, names: Mapping[str, str], texts: Mapping[str, str]
) -> CaseFile:
    as_at = _as_at(dossier)
    book = book_of(dossier, {(case.scheme, case.policy_version): policy})
    blind = blind_views(dossier.events)
    facts = [
        SheetFact(
            one.seq, one.occurred_at, story.who(one, labels), story.told(one, labels, book, blind),
            "" if one.seq in blind or isinstance(one.event, KEPT_APART) else texts.get(text_of(one), ""),
        )
        for one in dossier.events
    ]  # fmt: skip

    def of(*kinds: type[Any]) -> list[SheetFact]:
        return [told for told, one in zip(facts, dossier.events, strict=True) if isinstance(one.event, kinds)]

    return CaseFile(
        ref=case.ref,
        scheme=case.scheme,
        as_at=as_at,
        last_line=case.seq,
        participant=names.get(case.parties.get(Role.PARTICIPANT, ""), ""),
        people=_people(case, policy, names),
        disposal=rules_of(case, policy).title.get("en", story.plain(case.disposal)),
        outcome=rules_of(case, policy).outcome,
        offence=_offence(case),
        state=case.state.value,
        end_reason="" if case.end_reason == case.state.value else story.plain(case.end_reason),
        referred_at=case.referred_at,
        accepted_at=case.accepted_at,
        ended_at=case.ended_at,
        victim=_victim(case),
        last_safe=case.last_safe.isoformat() if case.last_safe else None,
        last_safe_words=last_safe_words(case, dossier.events, labels),
        policy=SheetPolicy(
            policy.scheme, policy.version, policy.title.get("en", policy.scheme), policy.digest,
            policy.in_force_from.isoformat(),
        ),
        moves=of(ev.PolicyMoved),
        rules=rules(case, policy),
        agreed=of(*AGREED),
        items=_items(case, labels),
        contact=_contact(case),
        sessions=_sessions(dossier, case),
        expectations=expected.expectations(dossier, case, policy),
        messages=messages.messages(dossier, case, labels),
        answers=of(*HEARD),
        rulings=[*of(*RULED), *_skipped(dossier, facts)],
        strikes=strikes.strikes(dossier, case, policy, labels),
        breaches=breaches.breaches(dossier, labels, blind, texts),
        options=options(case, policy, as_at),
        coming=_coming(dossier, policy, as_at),
        set_aside=[f"{story.plain(one.what)}: {one.reason}" for one in dossier.parkings],
        todo=[
            SheetTask(one.key, labels.get(one.person) or f"the {story.role(one.owner)}", one.title, one.due)
            for one in sorted(dossier.tasks, key=lambda task: (task.opened_at, task.key))
            if one.state == "open"
        ],
        history=facts,
        sha256="",
    )  # fmt: skip


def _offence(case: Case) -> str:
    code = case.offence_code or "no code (in words in the note)"
    return f"{code}, {CATEGORIES.get(case.offence_category, 'category unknown')}, {day(case.offence_date)}"


def _people(case: Case, policy: Policy, names: Mapping[str, str]) -> list[SheetPerson]:
    parts = {**policy.team, **case.parties}
    order = list(Role)
    return [
        SheetPerson(story.role(role), parts[role], names.get(parts[role], ""))
        for role in sorted(parts, key=order.index)
    ]


def _victim(case: Case) -> str:
    if not case.victim:
        return "No victim who wants to be told."
    return "A victim wants to be told" + (" and has enhanced rights." if case.enhanced_rights else ".")


def _items(case: Case, labels: Labels) -> list[SheetItem]:
    def state(item: str) -> str:
        return "done" if item in case.items_done else "dropped" if item in case.items_dropped else "open"

    return [
        SheetItem(
            one.id, story.plain(one.intervention), one.kind.value, labels.get(case.places.get(one.id, ""), ""),
            str(one.hours or ""), state(one.id),
        )
        for one in sorted(case.items.values(), key=lambda item: item.id)
    ]  # fmt: skip


def _contact(case: Case) -> list[str]:
    contact = case.contact
    said = "Agreed with the person." if contact.agreed else "Not agreed with the person yet."
    language = {"en": "English", "cy": "Welsh"}.get(contact.language, contact.language)
    limits = [
        "texts only" if contact.texts_only else "",
        "no voicemail" if contact.no_voicemail else "",
        f"not before {contact.not_before:%H:%M}" if contact.not_before else "",
        f"not after {contact.not_after:%H:%M}" if contact.not_after else "",
    ]
    known = [f"{channel.value}: {one.status.value}" for channel, one in sorted(contact.addresses.items())]
    found = [said, f"Language: {language}."]
    if any(limits):
        found.append(f"Limits: {', '.join(one for one in limits if one)}.")
    return [*found, f"Ways to reach them: {'; '.join(known) or 'none known'}."]


NO_REMINDER = {
    "none": "no reminder of this session reached them",
    "left_out": "no reminder of this session reached them: it was not sent",
    "went": "a reminder of this session went, but nothing says that it reached them",
}
"""What a panel is told of a missed session that nobody is known to have been reminded of."""


def _sessions(dossier: Dossier, case: Case) -> list[SheetSession]:
    return [
        SheetSession(
            one.id, one.start, story.plain(one.kind if one.item is None else f"{one.kind} of {one.item}"),
            one.enforceable, story.plain(one.status), one.known_at, story.plain(one.reason), story.plain(one.ruling),
            NO_REMINDER.get(reminder_of(one, dossier.events), "") if one.status == "missed" else "",
        )
        for one in sorted(case.sessions.values(), key=lambda session: (session.start, session.id))
    ]  # fmt: skip


def _skipped(dossier: Dossier, facts: list[SheetFact]) -> list[SheetFact]:
    """Steps that a person left out: discretion, too."""
    return [
        told
        for told, one in zip(facts, dossier.events, strict=True)
        if isinstance(one.event, ev.RungFired) and one.event.skipped_by is not None
    ]


def _coming(dossier: Dossier, policy: Policy, as_at: datetime) -> list[SheetComing]:
    found = [one for one in foresee(dossier, policy, as_at).coming if one.end is not RungEnd.BLOCKED]
    return [
        SheetComing(one.at, "; ".join(what_comes(one)), step_words(one.expectation, one.rung))
        for one in found[:SOONEST]
    ]
