"""`caseflow due --case REF`: everything that one case will do by itself, and what each override would change."""

from collections.abc import Sequence

from caseflow.cli import contracts
from caseflow.cli.desk import opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, local, say, span, table
from caseflow.telling import story
from caseflow.telling.coming import step_words
from caseflow.telling.forecast import foretold
from caseflow.telling.views import ComingView

Names = story.Names


def forecast(key: str, within: str | None, overrides: Sequence[str], scheme: str | None, *, json: bool) -> None:
    """The whole forecast of one case (or return), with what each override would do."""
    with opened(scheme) as desk:
        dossier = desk.read(key, "case")
        if dossier.stream is None:
            raise refused(f"{dossier.ref} was set aside because its history cannot be read; `caseflow audit` says more")
        policy = desk.app.policy(dossier.scheme, dossier.stream.policy_version)
        now = desk.now()
        until = span(within, now) if within is not None else None
        names = desk.readings.names(dossier.scheme, story.people_in(dossier.events))
    try:
        told = foretold(dossier, policy, now, until, overrides, names)
    except ValueError as wrong:
        raise usage(f"--override {wrong}") from None
    if json:
        as_json(told)
    else:
        _print(told)


def _print(told: contracts.Forecast) -> None:
    until = f" until {local(told.until)}" if told.until else ""
    say(f"{told.ref}: what happens by itself{until} if nobody does or says anything, and every message gets out")
    _rows(told.coming, empty="Nothing happens by itself any more.")
    for one in told.overrides:
        say("", f"With {one.asked}:")
        if one.refused:
            say(f"  not possible: {one.refused}")
            continue
        for fact in one.facts:
            say(f"  {fact}")
        for title, rows in (("No more:", one.gone), ("New:", one.new)):
            if rows:
                say(f"  {title}")
                _rows(rows)
        if one.moved:
            say("  At another time:")
            moved = (
                (each.was, each.now, "; ".join(each.what), step_words(each.expectation, each.rung))
                for each in one.moved
            )
            table("", ("was", "then", "what", "step"), moved)
        if not (one.gone or one.new or one.moved):
            say("  Nothing that is to come changes.")


def _rows(rows: Sequence[ComingView], empty: str = "") -> None:
    table("", ("when", "what", "step", "why"),
          ((one.at, "; ".join(one.what), step_words(one.expectation, one.rung), one.why) for one in rows), empty=empty)  # fmt: skip
