"""`policy move`: open cases of one version go on under another. Shown case by case first; refused ones stay where they are."""

from collections.abc import Iterator
from itertools import islice

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.doing import actor_of
from caseflow.cli.failures import Exit, Stop, refused, usage
from caseflow.cli.output import as_json, local, say, table
from caseflow.domain import commands as c
from caseflow.domain import plan
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.words import OPEN_STATES, Refused
from caseflow.engine.handle import handle
from caseflow.engine.readings import Dossier
from caseflow.telling import story
from caseflow.telling.moving import moved_steps

PAGE = 500
"""Cases read and moved at a time: memory stays flat however many there are."""


def move(scheme: str, before: str, to: str, key: str, why: str, by: str, *, dry_run: bool, json: bool) -> None:
    """Each case with its next steps before and after; exit code 1 when one was refused."""
    if not dry_run and not why.strip():
        raise usage("say why: --why WORDS; it is kept with each case (--dry-run only looks)")
    if not dry_run and not by:
        raise usage("say who does it: --by supervisor or --by manager, with :PERSON where it is not clear who")
    if before == to:
        raise usage(f"--from {before} --to {to}: that is the same version, and nothing would move")
    with opened(scheme) as desk:
        old, new = _policy(desk, scheme, before), _policy(desk, scheme, to)
        found = list(_moved(desk, (old, new), key, why, by or "supervisor", dry_run=dry_run))
    stayed = [one for one in found if one.refused]
    view = contracts.PolicyMove(scheme, before, to, dry_run, len(found) - len(stayed), len(stayed), found)
    if json:
        as_json(view)
    else:
        _show(view)
    if stayed:
        raise Stop(
            Exit.REFUSED,
            f"{len(stayed)} of {len(found)} cases {'would stay' if dry_run else 'stay'} under version {before}",
        )


def _policy(desk: Desk, scheme: str, version: str) -> Policy:
    try:
        return desk.app.policy(scheme, version)
    except LookupError as unknown:
        raise refused(str(unknown.args[0])) from None


def _moved(
    desk: Desk, policies: tuple[Policy, Policy], key: str, why: str, by: str, *, dry_run: bool
) -> Iterator[contracts.MovedCase]:
    old, new = policies
    dossiers = iter([desk.dossier(key)]) if key else _under(desk, old)
    while page := list(islice(dossiers, PAGE)):
        seen, asked = [], []
        for dossier in page:
            case = dossier.stream
            if not isinstance(case, Case):
                raise refused(f"{dossier.ref} is no case that can be read; `caseflow audit` says more")
            if case.policy_version != old.version:
                raise refused(f"{dossier.ref} is under version {case.policy_version}, not {old.version}")
            actor = actor_of(by, dossier, case, old, desk)
            one = c.Asked(desk.app.ids(), case.id, c.MovePolicy(new.version, desk.app.ids()), actor)
            found = _seen(dossier, case, plan.handle(case, one, old, desk.now(), new))
            seen.append(found)
            if not found.refused:
                asked.append(one)
        words = {} if dry_run else _done(desk, old.scheme, asked, why)
        yield from (
            contracts.MovedCase(one.ref, one.refused or words.get(dossier.id, ""), one.steps)
            for one, dossier in zip(seen, page, strict=True)
        )


def _done(desk: Desk, scheme: str, asked: list[c.Asked], why: str) -> dict[str, str]:
    """The reason kept for each case, and the cases moved: what was refused after all, by case id."""
    texts = [(text, None, why) for one in asked if (text := getattr(one.command, "text", None))]
    with desk.app.store.begin() as unit:
        unit.add_texts(scheme, texts)
    return {answer.stream: answer.words for answer in handle(desk.for_scheme(scheme), asked) if answer.refused}


def _under(desk: Desk, policy: Policy) -> Iterator[Dossier]:
    """Every open case under this version, by reference."""
    after = ""
    while lines := desk.readings.cases(policy.scheme, state=None, after=after, limit=PAGE):
        after = lines[-1].ref
        ids = [one.id for one in lines if one.policy_version == policy.version and one.state in OPEN_STATES]
        if ids:
            yield from desk.readings.dossiers(policy.scheme, ids=ids)


def _seen(dossier: Dossier, case: Case, planned: plan.Planned | Refused) -> contracts.MovedCase:
    """What the move makes of the next steps of a case."""
    if isinstance(planned, Refused):
        return contracts.MovedCase(dossier.ref, planned.words, [])
    assert isinstance(planned.stream, Case)
    return contracts.MovedCase(dossier.ref, "", moved_steps(case, planned.stream))


def _show(view: contracts.PolicyMove) -> None:
    rows = []
    for one in view.cases:
        rows += [
            (one.ref, story.plain(step.expectation), f"{story.plain(step.before)}, {local(step.before_at)}",
             f"{story.plain(step.after)}, {local(step.after_at)}")
            for step in one.steps
        ]  # fmt: skip
        if one.refused:
            rows.append((one.ref, "stays", one.refused, ""))
        elif not one.steps:
            rows.append((one.ref, "its next steps stay as they are", "", ""))
    table(
        "", ("case", "what", f"version {view.before}", f"version {view.to}"), rows,
        empty=f"No open case is under version {view.before}.",
    )  # fmt: skip
    say(
        f"{view.moved} {'would move' if view.dry_run else 'moved'}, {view.refused} {'would stay' if view.dry_run else 'stay'}"
    )
