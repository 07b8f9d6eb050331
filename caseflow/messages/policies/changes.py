"""What changed for whom between two versions of a policy, in words: rules, disposals, ladder by ladder, rung by rung.

Both versions are put into the guide's words and the words are compared, so nothing is said in two ways. A field of a
policy that no comparison looks at is an error: a difference is never passed over in silence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from caseflow.domain.calendar import DAY_NAMES
from caseflow.domain.policy import Ladder, Policy, Rung
from caseflow.domain.words import Role
from caseflow.messages.policies import guide, law, words
from caseflow.messages.policies.leaflet import reaches
from caseflow.messages.policies.words import Unsayable, both, plain

LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference. `how` is added | gone | changed; `whom` are roles in words; `step` is empty where all of it is meant."""

    whom: tuple[str, ...]
    about: str
    step: str
    how: str
    before: str
    after: str


PERSON, NAVIGATOR, SUPERVISOR = Role.PARTICIPANT, Role.NAVIGATOR, Role.SUPERVISOR


def _contact(policy: Policy) -> list[str]:
    rules = policy.contact
    return [
        f"texting hours: {words.hours(rules.texts)}",
        f"calling hours: {words.hours(rules.calls)}",
        f"office hours: {words.hours(rules.office)}",
        f"at most {rules.chases_per_week} messages a week",
        f"{rules.chase_gap_working_days} working days between two chases",
        f"two times are offered: {both(words.clock(at) for at in rules.offer_times)}",
        f"agreed with the person: {both(map(plain, rules.agreed_with_person))}",
    ]


def _scheme(policy: Policy) -> list[str]:
    return [
        f"name: {both(policy.title.values())}",
        f"languages: {both(policy.languages)}",
        f"force: {policy.force}, references begin with {policy.ref_prefix}",
        f"in force from {policy.in_force_from}",
        f"referrals older than {policy.refuse_older_than_days} days are refused",
        f"a plan warns {policy.last_safe_margin_working_days} working days before the last safe decision date",
        "for people "
        + ("of every age from 18" if policy.ages is None else f"aged {policy.ages.youngest} to {policy.ages.oldest}"),
        f"bank holidays of {policy.calendar.zone}",
    ]


def _victims(policy: Policy) -> list[str]:
    return [
        f"told within {policy.victim_working_days} working days",
        f"with enhanced rights within {policy.victim_enhanced_working_days} working days",
    ]


def _officers(policy: Policy) -> list[str]:
    rules = policy.digest_rules
    every = "every week" if rules.every_weeks == 1 else f"every {rules.every_weeks} weeks"
    return [f"digest {every}, {words.DAYS[LANGUAGE][rules.weekday % len(DAY_NAMES)]} at {words.clock(rules.at)}"]


def _providers(policy: Policy) -> list[str]:
    rules = policy.returns
    return [f"a return every {rules.every}, due in {rules.due_working_days} working days"]


Rules = tuple[str, tuple[str, ...], Callable[[Policy], Sequence[str]], frozenset[str]]
RULES: tuple[Rules, ...] = (
    ("the scheme", (NAVIGATOR, SUPERVISOR), _scheme, frozenset({
        "title", "languages", "force", "ref_prefix", "in_force_from", "refuse_older_than_days",
        "last_safe_margin_working_days", "calendar", "ages"})),
    ("contact", (PERSON, NAVIGATOR), _contact, frozenset({"contact"})),
    ("strikes", (PERSON, NAVIGATOR), lambda p: guide.strike_lines(p.strikes), frozenset({"strikes"})),
    ("proof that they were reached", (PERSON, NAVIGATOR), lambda p: guide.evidence_lines(p.evidence), frozenset({"evidence"})),
    ("an alleged breach", (PERSON, NAVIGATOR, Role.OIC), guide.breach_lines, frozenset({
        "breach_decided_by", "breach_tie", "no_decision", "side_working_days", "review_working_days", "consequences"})),
    ("reasons for not coming", (PERSON, NAVIGATOR), lambda p: guide.reason_lines(p.reasons, p.excuses),
     frozenset({"reasons", "excuses"})),
    ("judgement", (NAVIGATOR, SUPERVISOR), guide.discretion_lines, frozenset({
        "override_reasons", "end_reasons", "hold_max_working_days", "hold_by", "excuse_by", "end_agreed_by"})),
    ("victims", (Role.VICTIM_CARE, Role.OIC), _victims, frozenset({"victim_working_days", "victim_enhanced_working_days"})),
    ("officers' digest", (Role.OIC,), _officers, frozenset({"digest_rules"})),
    ("providers' returns", (Role.PROVIDER,), _providers, frozenset({"returns"})),
)  # fmt: skip
"""About what, for whom, in which words, and which fields of a policy that covers."""
ELSEWHERE: Mapping[str, str] = {
    "disposals": "compared one by one",
    "ladders": "compared one by one",
    "opens": "the ladders again, by what opens them",
    "based_on": "how it is written down; what it says is compared",
    "scheme": "which policy it is",
    "version": "which policy it is",
    "digest": "which policy it is",
    "team": "people, from the roster: no version has them",
}


def differences(a: Policy, b: Policy) -> list[Changed]:
    """What is different in `b`. Raises Unsayable for a field that no comparison looks at."""
    covered = set(ELSEWHERE).union(*(names for _, _, _, names in RULES))
    if unknown := sorted({field.name for field in fields(Policy)} - covered):
        raise Unsayable(
            f"no comparison looks at {', '.join(unknown)} of a policy: caseflow/messages/policies/changes.py"
        )
    return [*_rules(a, b), *_disposals(a, b), *_ladders(a, b)]


def _rules(a: Policy, b: Policy) -> Iterator[Changed]:
    for about, roles, said, _ in RULES:
        whom = tuple(words.role(one) for one in roles)
        yield from _lines(whom, about, said(a), said(b))


def _lines(whom: tuple[str, ...], about: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Changed]:
    """Lines that stand at the same place are one rule; a list of another length is compared by what is in it."""
    if len(before) == len(after):
        pairs = zip(before, after, strict=True)
        yield from (Changed(whom, about, "", "changed", old, new) for old, new in pairs if old != new)
        return
    yield from (Changed(whom, about, "", "gone", old, "") for old in before if old not in after)
    yield from (Changed(whom, about, "", "added", "", new) for new in after if new not in before)


def _disposals(a: Policy, b: Policy) -> Iterator[Changed]:
    whom = tuple(words.role(one) for one in (PERSON, NAVIGATOR, Role.OIC))
    for name in dict.fromkeys([*a.disposals, *b.disposals]):
        if name not in b.disposals:
            yield Changed(whom, plain(name), "", "gone", guide.disposal_line(a, name), "")
        elif name not in a.disposals:
            yield Changed(whom, plain(name), "", "added", "", guide.disposal_line(b, name))
        else:
            yield from _lines(whom, plain(name), [guide.disposal_line(a, name)], [guide.disposal_line(b, name)])
            yield from _lines(whom, plain(name), *(law.law_lines(p.disposals[name]) for p in (a, b)))
            yield from _running(whom, plain(name), a.disposals[name].ladders, b.disposals[name].ladders)
            titles = [both(p.disposals[name].title.values()) for p in (a, b)]
            if titles[0] != titles[1] and a.disposals[name].title[LANGUAGE] == b.disposals[name].title[LANGUAGE]:
                yield Changed(whom, plain(name), "", "changed", titles[0], titles[1])


def _running(whom: tuple[str, ...], about: str, before: Iterable[str], after: Iterable[str]) -> Iterator[Changed]:
    was, now = set(before), set(after)
    for name in sorted(was ^ now):
        said = f"“{plain(name)}” runs for it"
        yield Changed(
            whom,
            about,
            "",
            "gone" if name in was else "added",
            said if name in was else "",
            "" if name in was else said,
        )


def _ladders(a: Policy, b: Policy) -> Iterator[Changed]:
    for name in dict.fromkeys([*a.ladders, *b.ladders]):
        old, new = a.ladders.get(name), b.ladders.get(name)
        if old is None or new is None:
            there = old or new
            assert there is not None
            yield Changed(_people([there]), plain(name), "", *_one_sided(there.about or plain(name), gone=new is None))
            continue
        whom = _people([old, new])
        said = [_of_ladder(one) for one in (old, new)]
        yield from (
            Changed(whom, plain(name), "", "changed", said[0][key], said[1][key])
            for key in said[0]
            if said[0][key] != said[1][key]
        )
        yield from _rungs(old, new)


def _of_ladder(ladder: Ladder) -> dict[str, str]:
    """A ladder without its rungs, in the guide's words."""
    said = guide.ladder_fields(ladder)
    return {
        "about": said["about"],
        "starts": f"starts when {said['starts']}" + (f", only if {said['only']}" if said["only"] else ""),
        "stops": said["stops"],
        "pointless": f"pointless once {said['pointless'] or 'nothing: it goes on'}",
        "due": f"due {said['due']}" if said["due"] else "no due time",
        "owner": f"whose it is: {said['owner']}; whose fault it would be: {said['fault']}",
        "notes": " ".join(said["notes"]) or "nothing else to know",
    }


def _rungs(old: Ladder, new: Ladder) -> Iterator[Changed]:
    order = (
        [one.id for one in old.rungs if one.id in new.by_rung],
        [one.id for one in new.rungs if one.id in old.by_rung],
    )
    if order[0] != order[1]:
        yield Changed(_people([old, new]), plain(old.name), "", "changed", _order(order[0]), _order(order[1]))
    for rung_id in dict.fromkeys([*(one.id for one in old.rungs), *(one.id for one in new.rungs)]):
        before = old.rung(rung_id) if rung_id in old.by_rung else None
        after = new.rung(rung_id) if rung_id in new.by_rung else None
        about, step = plain(new.name), plain(rung_id)
        if before is None or after is None:
            there = before or after
            assert there is not None
            yield Changed(_roles([(new, there)]), about, step, *_one_sided(_whole(there), gone=after is None))
            continue
        said = [guide.rung_fields(one) for one in (before, after)]
        for key in ("when", "acts", "notes"):
            if said[0][key] != said[1][key]:
                yield Changed(
                    _roles([(old, before), (new, after)]),
                    about,
                    step,
                    "changed",
                    _flat(said[0][key]),
                    _flat(said[1][key]),
                )


def _order(ids: Iterable[str]) -> str:
    return f"in this order: {', '.join(map(plain, ids))}"


def _one_sided(said: str, *, gone: bool) -> tuple[str, str, str]:
    return ("gone", said, "") if gone else ("added", "", said)


def _whole(rung: Rung) -> str:
    said = guide.rung_fields(rung)
    return "; ".join([said["when"], *said["acts"], *said["notes"]])


def _flat(said: Any) -> str:
    return said if isinstance(said, str) else "; ".join(said) or "nothing"


def _roles(steps: Iterable[tuple[Ladder, Rung]]) -> tuple[str, ...]:
    """Whom rungs are for: who acts, who gets something, and the person where it reaches them."""
    acts = [(ladder, act) for ladder, rung in steps for act in rung.acts]
    reached = [words.role(PERSON)] if any(reaches(ladder, act) for ladder, act in acts) else []
    return tuple(dict.fromkeys([*reached, *(words.role(act.to) for _, act in acts)]))


def _people(ladders: Sequence[Ladder]) -> tuple[str, ...]:
    steps = [(one, rung) for one in ladders for rung in one.rungs]
    return tuple(dict.fromkeys([*(words.role(one.owner) for one in ladders), *_roles(steps)]))


def in_words(change: Changed) -> str:
    """One difference as a line."""
    where = f"{change.step}: " if change.step else ""
    said = {
        "added": f"new: {change.after}",
        "gone": f"no longer: {change.before}",
        "changed": f"before: {change.before.rstrip('.')}. Now: {change.after.rstrip('.')}",
    }[change.how]
    return f"{where}{said} (for {both(change.whom)})"
