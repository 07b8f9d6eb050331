"""`case list | show | history`, `tasks list` and `due`: readings into tables or JSON."""

from collections.abc import Sequence

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, local, say, span, table
from caseflow.domain.case import Case
from caseflow.domain.words import State
from caseflow.engine.readings import TaskLine
from caseflow.telling import story
from caseflow.telling.case_view import case_view
from caseflow.telling.casefile.messages import numbered
from caseflow.telling.coming import coming_up
from caseflow.telling.history import story_of
from caseflow.telling.views import Due, Story


def list_cases(scheme: str | None, state: str | None, after: str, limit: int, *, json: bool) -> None:
    """Cases by reference, a page at a time."""
    if state is not None and state not in list(State):
        raise usage(f"--state {state}: the states are {', '.join(State)}")
    with opened(scheme) as desk:
        found = sorted(
            (one for name in desk.schemes for one in desk.readings.cases(name, state=state, after=after, limit=limit)),
            key=lambda one: one.ref,
        )[:limit]
    following = found[-1].ref if len(found) == limit else None
    if json:
        as_json(contracts.CaseList(found, following))
        return
    table(
        "",
        ("case", "participant", "state", "disposal", "navigator", "referred", "tasks", "next"),
        (
            (one.ref, one.participant, one.state + (" (parked)" if one.parked else ""), story.plain(one.disposal),
             one.navigator, one.referred_at, one.open_tasks or "", one.next_at)
            for one in found
        ),
        empty="No case. `caseflow refer FILE.csv` brings some.",
    )  # fmt: skip
    if following:
        say(f"More: --after {following}")


def list_tasks(scheme: str | None, owner: str | None, state: str, after: str, limit: int, *, json: bool) -> None:
    """What people have to do, oldest first."""
    if state not in {"open", "done", "dropped"}:
        raise usage(f"--state {state}: it may be open, done or dropped")
    if after and not after.isdigit():
        raise usage(f"--after {after}: give what the last page named as `next`")
    with opened(scheme) as desk:
        found = sorted(
            (
                one
                for name in desk.schemes
                for one in desk.readings.tasks(name, owner=owner, state=state, after=after, limit=limit)
            ),
            key=lambda one: int(one.id),
        )[:limit]
    following = found[-1].id if len(found) == limit else None
    if json:
        as_json(contracts.TaskList(found, following))
        return
    _tasks(found, empty="Nobody has anything to do.")
    if following:
        say(f"More: --after {following}")


def _tasks(found: list[TaskLine], empty: str) -> None:
    table(
        "",
        ("case", "participant", "who", "what", "due", "key"),
        ((one.ref, one.participant, story.role(one.owner), one.title, one.due, one.key) for one in found),
        empty=empty,
    )


def show(key: str, scheme: str | None, *, json: bool) -> None:
    """One case as it stands."""
    with opened(scheme) as desk:
        dossier = desk.read(key, "case")
        if not isinstance(dossier.stream, Case):
            raise refused(f"{dossier.ref} is a {story.plain(dossier.kind)}, not a case")
        view = case_view(
            desk.readings, dossier, dossier.stream, desk.app.policy(dossier.scheme, dossier.stream.policy_version)
        )
    if json:
        as_json(view)
        return
    say(
        f"{view.ref}  {view.participant}  —  {view.state}"
        + (f" ({story.plain(view.end_reason)})" if view.end_reason else ""),
        f"  {story.plain(view.disposal)}, {view.scheme} policy {view.policy_version}; referred {local(view.referred_at)}",
    )
    if view.accepted_at:
        say(f"  accepted {local(view.accepted_at)}")
    for reason in view.to_ask:
        say(f"  before it is accepted: {reason}")
    for role, name in view.parties.items():
        say(f"  {story.role(role)}: {name}")
    say(
        f"  language {view.language}; "
        + (", ".join(f"{k} {v}" for k, v in view.addresses.items()) or "no address known")
    )
    for line in view.note.splitlines():
        say(f"  {line}")
    say(f"  last safe decision date: {view.last_safe_words}")
    if view.items:
        _heading("Plan")
        table("", ("item", "what", "kind", "provider", "done"),
              ((i.id, story.plain(i.intervention), i.kind, i.provider, "done" if i.done else "dropped" if i.dropped else "")
               for i in view.items))  # fmt: skip
    if view.sessions:
        _heading("Sessions")
        table("", ("session", "when", "kind", "status", "provider", "reason"),
              ((s.id, s.start, story.plain(s.kind), story.plain(s.status), s.provider, story.plain(s.reason))
               for s in view.sessions))  # fmt: skip
    for strike in view.strikes:
        say(f"Strike {strike.number} for session {strike.session}, {local(strike.at)}, by {strike.by}")
    waiting = [one for one in view.expectations if one.waited_for]
    if waiting:
        _heading("Expected")
        table("", ("what", "since", "due", "next step", "on"),
              ((story.plain(one.id), one.opened, one.due, story.plain(one.next or ""), one.next_at)
               for one in waiting))  # fmt: skip
    open_tasks = [one for one in view.tasks if one.state == "open"]
    if open_tasks:
        _heading("To do")
        _tasks(open_tasks, "")
    if view.notices:
        _heading("Messages")
        table("", ("message", "id", "made", "what", "to", "by", "state"),
              ((number, n.id, n.created_at, story.plain(n.purpose), story.role(n.to),
                n.attempts[-1].channel if n.attempts else "", n.state)
               for number, n in numbered(view.notices)))  # fmt: skip
    for parked in view.parked:
        say(f"Set aside: {parked}")


def _heading(words: str) -> None:
    say("", words)


def history(key: str, scheme: str | None, *, json: bool) -> None:
    """The story in lines."""
    with opened(scheme) as desk:
        told = story_of(desk.readings, desk.read(key, "story"), desk.app.store.policies())
    if json:
        as_json(told)
    else:
        print_story(told)


def print_story(told: Story) -> None:
    """One line a fact: when, who, what, why."""
    say(f"{told.ref}  {told.participant}".rstrip())
    for line in told.lines:
        because = f"   [{line.why}]" if line.why else ""
        say(f"{line.seq:>4}  {local(line.at)}  {line.who}: {line.what}{because}")


def due(
    within: str, scheme: str | None, limit: int, *, navigator: str | None, override: Sequence[str], json: bool
) -> None:
    """What the clock will do by itself."""
    if override:
        raise usage("--override asks about one case: say which with --case")
    with opened(scheme) as desk:
        now = desk.now()
        owner = _navigator(desk, navigator) if navigator is not None else None
        coming = coming_up(
            desk.readings, desk.app.store.policies(), desk.schemes, span(within, now), limit, owner=owner
        )
    if json:
        as_json(coming)
    else:
        print_due(coming)


def _navigator(desk: Desk, wanted: str) -> str:
    """The id of the one navigator meant. Raises Stop."""
    found = {one for scheme in desk.schemes for one in _called(desk, scheme, wanted)}
    if len(found) != 1:
        many = "more than one navigator is" if found else "no navigator is"
        raise usage(f"--navigator {wanted}: {many} called that here; give the whole name or the id")
    return found.pop()


def _called(desk: Desk, scheme: str, wanted: str) -> Sequence[str]:
    if wanted in desk.readings.loads(scheme):
        return [wanted]
    return desk.readings.called(scheme, wanted, ("navigator",))


def print_due(coming: Due) -> None:
    """One row an alarm."""
    table(
        f"Until {local(coming.until)}",
        ("when", "case", "who", "what", "why", "step"),
        ((one.due, one.ref, one.participant, "; ".join(one.what), one.why, f"{one.ladder}/{one.rung}, {one.policy}")
         for one in coming.alarms),
        empty=f"Nothing will happen by itself until {local(coming.until)}.",
    )  # fmt: skip
