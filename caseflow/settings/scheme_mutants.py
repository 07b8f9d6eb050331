"""Small changes for the worse to a policy that is good: each must be refused by the reader, or refuted by the checker.

A check that no mutant fails proves nothing. What neither catches must say why it does no harm, and the checker must agree
that every property still holds; anything else has survived, and the check has a hole.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from caseflow.domain.policy import Policy
from caseflow.domain.verify import Memo, Worded, verify
from caseflow.settings.plain_yaml import FileRefused, parse
from caseflow.settings.scheme import Catalogue, PolicyError, from_content

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: to the file's content, or to what there is to say. `harmless`: why nothing catches it, if nothing should."""

    name: str
    change: Callable[[Content], object] | None = None
    say: Callable[[Worded, Content], Worded] | None = None
    harmless: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a mutant: refused (by the reader), refuted (by the checker), harmless, or survived; and why."""

    name: str
    end: str
    why: str


def judged(
    path: Path, words: Worded, *, catalogue: Catalogue | None = None, memo: Memo | None = None
) -> Iterator[Judged]:
    """Every mutant of this policy with its end. Raises PolicyError where the policy itself is refused."""
    content = prepared(path)
    kept: Memo = {} if memo is None else memo
    for mutant in MUTANTS:
        yield judged_one(mutant, content, path, words, catalogue, kept)


def prepared(path: Path) -> Content:
    """The content of a policy file, for changing. Raises PolicyError where it cannot be read."""
    content, problems = parse(path)
    if problems or not isinstance(content, dict):
        raise PolicyError(problems)
    return content


def judged_one(
    mutant: Mutant, content: Content, path: Path, words: Worded, catalogue: Catalogue | None, memo: Memo
) -> Judged:
    """One mutant: changed, read, and checked. `content` stays as it is."""
    changed = copy.deepcopy(content)
    try:
        if mutant.change is not None:
            mutant.change(changed)
    except (KeyError, StopIteration):
        return Judged(mutant.name, "harmless", "this policy has nothing that it could change")
    try:
        policy = from_content(changed, path, catalogue)
    except FileRefused as refused:
        found = refused.problems[0]
        return Judged(mutant.name, "refused", f"{found.path_in_file}: {found.reason}")
    said = words if mutant.say is None else mutant.say(words, changed)
    why = _refuted(policy, said, memo, first=not mutant.harmless)
    if why:
        return Judged(mutant.name, "refuted", why)
    if mutant.harmless:
        return Judged(mutant.name, "harmless", mutant.harmless)
    return Judged(mutant.name, "survived", "nothing sees it")


def _refuted(policy: Policy, words: Worded, memo: Memo, *, first: bool) -> str:
    report = verify(policy, words, memo, first=first)
    return next((f"{one.title}: {one.why}" for one in report.verdicts if not one.proved), "")


# ── changes ─────────────────────────────────────────────────────────────────────────────────────
def _rung(content: Content, ladder: str, rung: str) -> Content:
    found: Content = next(one for one in content["ladders"][ladder]["rungs"] if one["id"] == rung)
    return found


def _drop(ladder: str, *rungs: str) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        whole = content["ladders"][ladder]
        whole["rungs"] = [rung for rung in whole["rungs"] if rung["id"] not in rungs]

    return change


def _ends_with_a_message(ladder: str) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        rungs = content["ladders"][ladder]["rungs"]
        while any(act["do"] != "send" for act in rungs[-1]["acts"]):
            rungs.pop()

    return change


def _set(ladder: str, **settings: object) -> Callable[[Content], object]:
    return lambda content: content["ladders"][ladder].update(settings)


def _on(ladder: str, rung: str, **settings: object) -> Callable[[Content], object]:
    return lambda content: _rung(content, ladder, rung).update(settings)


def _act(ladder: str, rung: str, **settings: object) -> Callable[[Content], object]:
    return lambda content: _rung(content, ladder, rung)["acts"][0].update(settings)


def _at(room: str, **settings: object) -> Callable[[Content], object]:
    return lambda content: content[room].update(settings)


def _disposal(content: Content, *, strikes: bool) -> str:
    disposals: Content = content["disposals"]
    return next(name for name, rules in disposals.items() if rules["strikes"] is strikes)


def _no_strikes(**settings: object) -> Callable[[Content], object]:
    return lambda content: content["disposals"][_disposal(content, strikes=False)].update(settings)


def _enforced_after_all(content: Content) -> None:
    rules = content["disposals"][_disposal(content, strikes=False)]
    other = content["disposals"][_disposal(content, strikes=True)]
    rules.update(enforceable=True, strikes=True, ladders=list(other["ladders"]))


def _without(ladder: str) -> Callable[[Content], object]:
    """No disposal runs this ladder but one that is never used: so the reader finds nothing amiss."""

    def change(content: Content) -> None:
        spare = copy.deepcopy(content["disposals"][_disposal(content, strikes=True)])
        for rules in content["disposals"].values():
            rules["ladders"] = [name for name in rules["ladders"] if name != ladder]
        content["disposals"]["spare"] = spare

    return change


def _all_at_once(ladder: str) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        for rung in content["ladders"][ladder]["rungs"]:
            rung["at"] = "+0d"
            rung.pop("expires", None)

    return change


def _swapped(ladder: str) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        rungs = content["ladders"][ladder]["rungs"]
        rungs[0], rungs[-1] = rungs[-1], rungs[0]

    return change


def _unlisted(room: str, key: str, name: str) -> Callable[[Content], object]:
    def change(content: Content) -> None:
        content[room][key] = [one for one in content[room][key] if one != name]

    return change


def _says(message: str, channel: str, words: str) -> Callable[[Worded, Content], Worded]:
    def say(known: Worded, content: Content) -> Worded:
        language = content["languages"][-1]
        key = (message, channel, language)
        return replace(known, texts={**known.texts, key: known.texts.get(key, "") + words})

    return say


def _unworded(message: str, channel: str) -> Callable[[Worded, Content], Worded]:
    def say(known: Worded, content: Content) -> Worded:
        gone = (message, channel, content["languages"][-1])
        return replace(known, texts={key: words for key, words in known.texts.items() if key != gone})

    return say


SENDS = {"do": "send", "to": "participant", "message": "your_move", "channels": ["letter"]}

MUTANTS: tuple[Mutant, ...] = (
    # a person is missing
    Mutant("first contact ends with a message", _ends_with_a_message("first_contact")),
    Mutant("a missed session ends in a letter", _on("missed_session", "rule", acts=[SENDS])),
    Mutant("a missed session is ruled on only where a letter could go",
           _on("missed_session", "rule", only_if=["letter_at_confirmed_address"])),
    Mutant("first contact is decided only where there is a phone", _on("first_contact", "decide", only_if=["phone_usable"])),
    Mutant("no answer is looked at only where a provider is there", _on("no_answer", "decide", only_if=["has_provider"])),
    Mutant("find the person ends with the first question", _drop("find_person", "ask_oic", "supervisor"),
           harmless="the one task left is a person's, and it stays open until it is done"),
    Mutant("nobody owns a missed session", lambda content: content["ladders"]["missed_session"].pop("owner")),
    Mutant("the system owns a missed session", _set("missed_session", owner="system")),
    Mutant("the system owns the breach", _set("breach_decision", owner="system")),
    Mutant("a task for the system", _act("find_person", "supervisor", to="system")),
    # nothing ends it, or it never goes on
    Mutant("an alleged breach never lapses", _drop("breach_decision", "lapse")),
    Mutant("an alleged breach lapses only where a view is missing", _on("breach_decision", "lapse", only_if=["view_missing"])),
    Mutant("an alleged breach lapses before anybody may decide", _on("breach_decision", "lapse", at="+1d")),
    Mutant("the panel sits before their day is over", _on("breach_decision", "panel", at="+2wd")),
    Mutant("their side is asked for until long after the panel", _at("decides", side_working_days=30)),
    Mutant("who is asked for their side is told that they are in breach",
           _act("breach_decision", "side_letter", message="decision_breached")),
    Mutant("a hold has no end", _without("hold")),
    Mutant("nothing ends a missed session", lambda content: content["ladders"]["missed_session"].update(met=[], lapses=[])),
    Mutant("a decided breach opens the next", _set("breach_decision", opens=["breach_opened", "breach_decided"])),
    Mutant("a hold's end opens the next", _set("hold", opens=["hold_started", "hold_ended"])),
    Mutant("a review is asked for of every hold that was released",
           _set("hold_review", opens=["hold_ran_out", "hold_ended"], met=["two_way_contact"]),
           harmless="a task more for the navigator; nothing is sent, and it opens once for each hold"),
    # messages
    Mutant("a chase is an officer's message", _act("missed_session", "text", message="officer_view_request")),
    Mutant("a chase says that all is done", _act("first_contact", "text", message="completed")),
    Mutant("a chase is a reminder of another meeting", _act("missed_session", "text", message="session_reminder")),
    Mutant("silence is taken for a missed session", _act("no_answer", "text", message="missed_session")),
    Mutant("a message that there is not", _act("no_answer", "text", message="last_warning")),
    Mutant("a message has lost its words in one language", say=_unworded("plan_copy", "letter")),
    Mutant("a chase has lost its text in one language", say=_unworded("missed_session", "text")),
    Mutant("an invitation threatens", say=_says("first_contact", "text", " You may be prosecuted.")),
    Mutant("a letter at the end speaks of the court", say=_says("decision_ended", "letter", "<p>The court will hear of it.</p>")),
    # what is enforced
    Mutant("a voluntary item may lead to a strike", _unlisted("strikes", "never", "voluntary_item")),
    Mutant("an unconfirmed number proves something", _unlisted("strikes", "never", "number_unconfirmed")),
    Mutant("strikes where nothing is enforceable", _no_strikes(strikes=True)),
    Mutant("an invitation leads to prosecution", _no_strikes(breach_leads_to="prosecution_revives")),
    Mutant("an invitation has strikes after all", _enforced_after_all),
    Mutant("one strike opens a breach", _at("strikes", breach_opens_at=1)),
    Mutant("the clock confirms strikes", _at("strikes", confirmed_by=["system"])),
    Mutant("one person decides a breach", _at("decides", breach=["navigator"])),
    Mutant("the clock breaks a tie", _at("decides", tie_or_silence="system")),
    Mutant("an accepted mail proves something", _at("evidence", counts=["email_accepted"])),
    # how often, and when
    Mutant("fifty messages a week", _at("contact", auto_chases_per_week=50)),
    Mutant("one message more a week", lambda content: content["contact"].update(
        auto_chases_per_week=content["contact"]["auto_chases_per_week"] + 1),
        harmless="a budget of one a working day at the most is a scheme's own choice, and the gap between chases holds"),
    Mutant("no gap between chases", _at("contact", chase_gap_working_days=0)),
    Mutant("texts from six in the morning", _at("contact", texts="Mon-Fri 06:00-18:30")),
    Mutant("texts until eleven at night", _at("contact", texts="Mon-Fri 09:00-23:00")),
    Mutant("a chase at any hour", _on("missed_session", "text", hours="any")),
    Mutant("a first text in office hours", _on("first_contact", "text", hours="office")),
    Mutant("a reminder at any hour", _on("first_meeting_reminder", "day_before", hours="any")),
    Mutant("a missed session is ruled on as the letter goes", _on("missed_session", "rule", at="+5wd")),
    Mutant("silence is ruled on as the letter goes", _on("no_answer", "decide", at="+15wd")),
    Mutant("first contact happens all at once", _all_at_once("first_contact")),
    Mutant("a missed session happens all at once", _all_at_once("missed_session")),
    Mutant("first contact in the wrong order", _swapped("first_contact")),
    Mutant("a reminder that is too late before it goes", _on("session", "two_days", expires="start-3d")),
    Mutant("two rungs of one name", _on("no_answer", "text", id="call")),
    Mutant("chases go on while a breach is decided", _set("missed_session", pauses_in_breach=False),
           harmless="no strike can follow while a breach is open; the person may still answer, which only helps them"),
)  # fmt: skip
"""In groups: a person is missing · it never ends · messages · what is enforced · how often and when."""
