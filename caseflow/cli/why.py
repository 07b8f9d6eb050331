"""`caseflow why`: from a message, a task, a strike, a proposal or a line of the history back to who made it happen."""

import re
from dataclasses import dataclass

from caseflow.cli import contracts
from caseflow.cli.desk import Desk
from caseflow.cli.desk import opened as desk_opened
from caseflow.cli.failures import Stop, refused, usage
from caseflow.cli.output import as_json, local, say
from caseflow.domain.events import AnswerReceived, ExpectationOpened
from caseflow.domain.reading import blind_views
from caseflow.engine import causes
from caseflow.engine.readings import Dossier, NoticeLine, Readings, TaskLine
from caseflow.telling import clauses, story
from caseflow.telling.casefile.messages import numbered
from caseflow.telling.history import Policies, book_of
from caseflow.telling.views import Clause

KEY = re.compile(r"[0-9a-f]{32}")
NUMBERED = re.compile(r"(line|event|message|notice|task|strike|proposal):(.+)")
HOWS = {
    "": "",
    "from": "it followed from this",
    "set": "this set the time of that step",
    "step": "it came with this step",
    "opened": "its ladder began here",
    "proof": "this is its proof",
    "about": "it is about this",
    "told": "this was told from there",
    "message": "it is news of what went out here",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: in which stream, in words, and the number of the fact behind it."""

    dossier: Dossier
    about: str
    seq: int


def why(key: str, case: str | None, scheme: str | None, *, json: bool) -> None:
    """The chain, printed."""
    with desk_opened(scheme) as desk:
        asked = _found(desk, key, case)
        desk.note(asked.dossier, "story")
        told = explained(desk.readings, asked, desk.app.store.policies())
    if json:
        as_json(told)
    else:
        _print(told)


def explained(readings: Readings, asked: Asked, policies: Policies) -> contracts.Why:
    """The chain in words, names included. Other streams are read when the chain leads there."""
    scheme, known = asked.dossier.scheme, {asked.dossier.id: asked.dossier}

    def look(stream: str) -> Dossier | None:
        if stream not in known:
            for one in readings.dossiers(scheme, ids=[stream]):
                known[stream] = one
        return known.get(stream)

    links = causes.chain(asked.dossier, asked.seq, look)
    names = readings.names(scheme, story.people_in(link.fact for link in links))
    ends = {(link.dossier.id, link.fact.seq) for link in causes.roots(links)}
    return contracts.Why(
        asked.dossier.ref,
        asked.about,
        [
            contracts.WhyLine(
                depth=link.depth,
                ref=link.dossier.ref,
                line=link.fact.seq,
                at=link.fact.occurred_at,
                who=story.who(link.fact, names),
                what=story.told(link.fact, names, book_of(link.dossier, policies), blind_views(link.dossier.events)),
                because=HOWS[link.how],
                clause=_clause(link, policies),
                made=link.made and (link.dossier.id, link.fact.seq) in ends,
            )
            for link in links
        ],
    )


def _clause(link: causes.Link, policies: Policies) -> Clause | None:
    """The policy's clause behind a fact: the step that was climbed, or the one that an opening waits for."""
    _, _, version = link.fact.caused_by.partition(" policy:")
    stream = link.dossier.stream
    policy = policies.get((link.dossier.scheme, version or (stream.policy_version if stream else "")))
    if policy is None:
        return None
    if link.step is not None:
        return clauses.clause(policy, link.step[0].partition(":")[0], link.step[1])
    opened = link.fact.event
    if isinstance(opened, ExpectationOpened) and opened.next is not None:
        return clauses.clause(policy, opened.ladder, opened.next)
    return None


def _print(told: contracts.Why) -> None:
    say(f"{told.ref}: why {told.about}?", "")
    for one in told.lines:
        margin = "  " * one.depth
        because = f"{one.because}: " if one.because else ""
        end = "   ← here it began" if one.made else ""
        where = f"line {one.line}" if one.ref == told.ref else f"{one.ref} line {one.line}"
        say(f"{margin}{because}{where}, {local(one.at)}, {one.who}: {one.what}{end}")
        if one.clause is not None:
            say(f"{margin}    by {clauses.clause_words(one.clause)}")


# ── finding what is meant ───────────────────────────────────────────────────────────────────────
def _found(desk: Desk, key: str, case: str | None) -> Asked:
    """Raises Stop where it is nothing, or nothing that can be found without its case."""
    if case is None and "/" in key and not NUMBERED.match(key):
        case, _, key = key.partition("/")
    dossier = desk.dossier(case) if case is not None else _whose(desk, key)
    return meant(dossier, key, counted=case is not None)


def meant(dossier: Dossier, key: str, *, counted: bool = True) -> Asked:
    """What the key means in this stream; where it was asked for by its case, message:N is first the sheet's N. Raises Stop."""
    named = NUMBERED.fullmatch(key)
    kind, detail = (named[1], named[2]) if named else ("", key)
    if kind in {"line", "event"} or (not kind and key.isdigit()):
        return _line(dossier, detail)
    if kind == "strike":
        seq = causes.of_strike(dossier, detail)
        return _about(dossier, f"strike {detail}", seq, f"{dossier.ref} has no strike {detail}")
    if kind == "proposal":
        asked = _line(dossier, detail)
        fact = next(one for one in dossier.events if one.seq == asked.seq)
        if not isinstance(fact.event, AnswerReceived) or not fact.event.proposes:
            raise refused(f"line {detail} of {dossier.ref} proposes nothing")
        return Asked(dossier, f"the proposal “{', '.join(map(story.plain, fact.event.proposes))}”", asked.seq)
    if kind in {"message", "notice"} or KEY.fullmatch(key):
        found = _message(dossier, detail, counted=counted)
        return _about(dossier, message_words(found), causes.of_message(dossier, found), "")
    for task in dossier.tasks:
        if detail in {task.key, task.id if kind == "task" else task.key}:
            return _about(dossier, task_words(task), causes.of_task(dossier, task), "")
    raise refused(f"{dossier.ref} has no task {detail}; `caseflow tasks list` shows keys and `case history` lines")


def _message(dossier: Dossier, detail: str, *, counted: bool) -> NoticeLine:
    made = numbered(dossier.notices)
    by_number = [one for number, one in made if counted and detail == str(number)]
    found = by_number or [one for _, one in made if detail in {str(one.id), one.key}]
    if not found:
        there = f"; `caseflow case show {dossier.ref}` lists 1 to {len(made)}" if made else ""
        raise refused(f"{dossier.ref} has no message {detail}{there}")
    return found[0]


def message_words(one: NoticeLine) -> str:
    return f"the message “{story.plain(one.purpose)}” to the {story.role(one.to)}"


def task_words(task: TaskLine) -> str:
    return f"the task for the {story.role(task.owner)}: {task.title}"


def _line(dossier: Dossier, number: str) -> Asked:
    if not number.isdigit() or not any(one.seq == int(number) for one in dossier.events):
        raise refused(f"{dossier.ref} has no line {number}; its last is {dossier.seq}")
    return Asked(dossier, f"line {number}", int(number))


def _about(dossier: Dossier, about: str, seq: int | None, otherwise: str) -> Asked:
    if seq is None:
        raise refused(otherwise or f"the fact behind {about} cannot be read; `caseflow audit` says more")
    return Asked(dossier, about, seq)


def _whose(desk: Desk, key: str) -> Dossier:
    """The stream of a message or task that was named without its case."""
    named = NUMBERED.fullmatch(key)
    kind = {"message": "message", "notice": "message", "task": "task"}.get(named[1], "") if named else ""
    for scheme in desk.schemes:
        found: str | None = None
        if named and kind and named[2].isdigit():
            found = desk.readings.whose(scheme, kind, int(named[2]))
        elif KEY.fullmatch(named[2] if named and kind == "message" else key):
            posted = desk.readings.posted(scheme, [named[2] if named else key])
            found = next((one.stream for one in posted.values()), None)
        if found:
            return desk.readings.dossiers(scheme, ids=[found])[0]
    raise _nothing(key, kind)


def _nothing(key: str, kind: str) -> Stop:
    if kind or KEY.fullmatch(key):
        return refused(f"there is no {kind or 'message'} {key}")
    return usage(
        f"{key}: say in which case, such as --case DUR-22-000417, or write DUR-22-000417/{key}. It may be a line's "
        "number, message:N as the panel sheet numbers them, task:N or a task's key, strike:N, proposal:LINE, or a message's key"
    )
