"""`policy whatif` and `policy discretion`: what another policy would have made of the same facts, and how rules are bent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from caseflow.cli import contracts
from caseflow.cli.desk import Desk, opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, instant, say, table, warn
from caseflow.insight import discretion as counting
from caseflow.insight.chart import chart, figure
from caseflow.insight.tables import NOTES, WAYS, Line, Named, lines_of, lived_again, named, refusals
from caseflow.insight.tally import MEASURES
from caseflow.insight.whatif import Outcome, Trial, try_out

PAGE = 500


def whatif(
    path: Path,
    scheme: str | None,
    since: str,
    cases: int | None,
    *,
    json: bool,
    csv_file: Path | None,
    svg: Path | None,
) -> None:
    """Every history under the policy in this file, beside what it ran under."""
    from caseflow.bootstrap import config_of, readings_at
    from caseflow.messages.catalogue import CATALOGUE
    from caseflow.settings.minutes import read_minutes
    from caseflow.settings.scheme import read_draft

    if not path.is_file():
        raise usage(f"{path}: there is no such file")
    begins = instant("--since", since) if since else None
    with opened(scheme) as desk:
        config = config_of(desk.settings)
        new = read_draft(path, rosters=config / "rosters", catalogue=CATALOGUE)
        if new.scheme not in desk.schemes:
            raise refused(
                f"{path} is a policy for {new.scheme}; here are histories of: {', '.join(desk.schemes) or 'none'}"
            )
        minutes = read_minutes(config)
        versions = {version: one for (name, version), one in desk.app.store.policies().items() if name == new.scheme}
        trial = Trial(new, versions, desk.now(), minutes.by_kind)
        wanted = desk.readings.count_cases(new.scheme, since=begins)
        with _progress(min(wanted, cases or wanted), shown=not json) as told:
            reach = partial(readings_at, desk.settings.database_url or "")
            outcome = try_out(desk.readings, new.scheme, trial, since=begins, limit=cases, reach=reach, told=told)
        answer = _answer(desk, trial, outcome, since, minutes.source)
    lines = lines_of(outcome)
    title = f"{new.scheme}: version {new.version} tried out on {figure(answer.cases)} cases"
    if csv_file is not None:
        csv_file.write_text(_csv(lines), encoding="utf-8")
    if svg is not None:
        svg.write_text(chart(title, lines[0]), encoding="utf-8")
    if json:
        as_json(answer)
        return
    _print(title, lines, answer)


def _answer(desk: Desk, trial: Trial, outcome: Outcome, since: str, source: str) -> contracts.WhatIf:
    lines = lines_of(outcome)
    return contracts.WhatIf(
        scheme=trial.new.scheme,
        version=trial.new.version,
        digest=trial.new.digest,
        against=sorted(trial.policies),
        since=since,
        until=trial.until,
        cases=lines[0].cases,
        lived_again=lived_again(outcome),
        lines=lines,
        refused=refusals(outcome.refused),
        unlike=refusals(outcome.unlike),
        left_out=named(outcome.left_out),
        minutes_from=source,
        notes=list(NOTES),
    )


def _print(title: str, lines: list[Line], answer: contracts.WhatIf) -> None:
    first = lines[0]
    rows = [(MEASURES[one.measure], figure(one.old), figure(one.new), _change(one.old, one.new)) for one in first.cells]
    table(title, ("", "then", "tried out", "change"), rows)
    if answer.lived_again is not None:
        say(
            "",
            f"Lived again: {figure(answer.lived_again)}. Nothing that differs ever concerned the others: they count as they were.",
        )
    for by in dict.fromkeys(line.by for line in lines[1:]):
        mine = [line for line in lines if line.by == by]
        table(
            WAYS[by],
            ("", "cases", *(MEASURES[one.measure] for one in mine[0].cells)),
            (
                (line.name, figure(line.cases), *(f"{figure(one.old)} → {figure(one.new)}" for one in line.cells))
                for line in mine
            ),
        )
    _list("What people did that the new rules would not have taken:", answer.refused)
    _list(
        "Facts that even the rules of then refuse when lived again (the replay is not quite what happened):",
        answer.unlike,
    )
    _list("Cases left out:", answer.left_out)
    say("", f"Minutes: {answer.minutes_from}.", *answer.notes)


def _list(title: str, found: list[Named]) -> None:
    if found:
        say("", title, *(f"  {figure(one.count):>8}  {one.name}" for one in found))


def _change(old: float | None, new: float | None) -> str:
    if old is None or new is None:
        return ""
    return f"{new - old:+,.1f}" if (new - old) % 1 else f"{int(new - old):+,}"


def _csv(lines: list[Line]) -> str:
    from caseflow.imports.sheets import sheet

    rows: list[tuple[object, ...]] = [("by", "group", "cases", "measure", "then", "tried_out")]
    for line in lines:
        for one in line.cells:
            values = (
                "hidden" if value is None else f"{value:g}" if value % 1 else int(value) for value in (one.old, one.new)
            )
            rows.append((line.by, line.name, "hidden" if line.cases is None else line.cases, one.measure, *values))
    return sheet(rows)


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], object]]:
    """A bar beside the output, where somebody looks: how many of how many, and how long it will still take."""
    import sys

    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    if not shown or not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("living them again", total=total)
        yield lambda done: bar.update(task, completed=done)


def discretion(scheme: str | None, since: str, *, json: bool) -> None:
    """How often people bent the rules, and why: by scheme."""
    begins = instant("--since", since) if since else None
    found: list[contracts.DiscretionOfScheme] = []
    with opened(scheme) as desk:
        for name in desk.schemes:
            versions = [one for (of, _), one in desk.app.store.policies().items() if of == name]
            if not versions:
                warn(f"{name} has no policy: left out")
                continue
            newest = max(versions, key=lambda one: (one.in_force_from, one.version))
            counted = counting.Counted()
            after = ""
            while some := desk.readings.histories(name, since=begins, kinds=counting.FACTS, after=after, limit=PAGE):
                counting.count(some, newest, counted)
                after = some[-1].stream
            found.append(contracts.DiscretionOfScheme(name, counting.shown(counted)))
    if json:
        as_json(contracts.Discretion(since, found))
        return
    for one in found:
        table(
            f"{one.scheme}: discretion" + (f", cases referred since {since}" if since else ""),
            ("", "how often", "of", "per cent", "reasons"),
            (
                (
                    kind.words, figure(kind.count), f"{figure(kind.base)} {kind.of}",
                    "" if kind.per_cent is None else f"{kind.per_cent:.1f}",
                    "; ".join(f"{each.reason.replace('_', ' ')} {figure(each.count)}" for each in kind.reasons),
                )
                for kind in one.kinds
            ),
        )  # fmt: skip
    say("Counted for the scheme, never for a person. Numbers from 1 to 4 are hidden, and what would give them away.")
