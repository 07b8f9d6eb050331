"""`refer`, and the provider returns: files in and out."""

import sys
from collections.abc import Callable
from pathlib import Path

from caseflow.cli import contracts
from caseflow.cli.desk import opened
from caseflow.cli.failures import refused, usage
from caseflow.cli.output import as_json, say, table, warn
from caseflow.domain.case import ProviderReturn
from caseflow.domain.words import Actor, Role
from caseflow.imports import returns
from caseflow.imports.importing import ImportReport, Progress, import_referrals
from caseflow.telling import story


def refer(file: Path, *, as_at: bool, json: bool) -> None:
    """Import referrals with a progress bar where somebody is looking."""
    if not file.is_file():
        raise usage(f"{file}: there is no such file")
    with opened() as desk:
        if sys.stderr.isatty() and not json:
            report = _with_bar(lambda progress: import_referrals(desk.app, file, as_at=as_at, progress=progress), file)
        else:
            report = import_referrals(desk.app, file, as_at=as_at)
    if json:
        as_json(
            contracts.Refer(
                str(file), report.rows, report.accepted, report.known, report.refused,
                str(report.refused_path) if report.refused_path else None, list(report.ignored_columns),
            )
        )  # fmt: skip
        return
    say(f"{report.rows} rows: {report.accepted} referred, {report.known} known already, {report.refused} refused")
    if report.ignored_columns:
        say(f"Not used: the columns {', '.join(report.ignored_columns)}")
    if report.refused_path:
        say(f"Refused rows with their reasons: {report.refused_path} (mend them there, then refer that file)")


Work = Callable[[Progress], ImportReport]


def _with_bar(work: Work, file: Path) -> ImportReport:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(file.name, total=None)
        return work(lambda read, whole: bar.update(task, completed=read, total=whole))


def list_returns(scheme: str | None, status: str | None, *, json: bool) -> None:
    """Providers' returns by period."""
    if status is not None and status not in {"planned", "asked", "received", "not_needed"}:
        raise usage(f"--status {status}: it may be planned, asked, received or not_needed")
    with opened(scheme) as desk:
        found = [one for name in desk.schemes for one in desk.readings.returns(name, status=status)]
    if json:
        as_json(contracts.ReturnList(found))
        return
    table(
        "",
        ("return", "provider", "period", "status", "people", "told about", "bad rows", "due", "received"),
        (
            (one.ref, one.provider_name or one.provider, one.period, one.status + (", late" if one.late else ""),
             one.participants, one.reported, one.bad_rows or "", one.due, one.received_at)
            for one in found
        ),
        empty="No provider has anybody yet.",
    )  # fmt: skip


def request_return(key: str, out: Path | None, scheme: str | None) -> None:
    """Write (or print) the pre-filled file."""
    with opened(scheme) as desk:
        dossier = desk.dossier(key)
        stream = dossier.stream
        if not isinstance(stream, ProviderReturn):
            raise refused(f"{dossier.ref} is a {story.plain(dossier.kind)}, not a provider's return")
        calendar = desk.app.policy(dossier.scheme, stream.policy_version).calendar
        expected = returns.expected_on(desk.readings, dossier.scheme, stream)
        lines = returns.template_rows(stream, expected, calendar, desk.now())
    if out is None:
        say(returns.as_text(lines).rstrip("\n"))
        return
    returns.write_template(out, lines)
    say(f"{out}: {len(lines)} lines to fill in, for {len(expected)} people")


def submit_return(file: Path, key: str, by: str, scheme: str | None, *, json: bool) -> None:
    """Take a return from its file."""
    if not file.is_file():
        raise usage(f"{file}: there is no such file")
    wanted = key or returns.return_named_in(file)
    if not wanted:
        raise usage(f"{file}: the file does not say which return it is; say it with --return (`caseflow returns list`)")
    with opened(scheme) as desk:
        dossier = desk.dossier(wanted)
        stream = dossier.stream
        if not isinstance(stream, ProviderReturn):
            raise refused(f"{dossier.ref} is a {story.plain(dossier.kind)}, not a provider's return")
        calendar = desk.app.policy(dossier.scheme, stream.policy_version).calendar
        report = returns.submit_return(
            desk.for_scheme(dossier.scheme), desk.readings, file,
            stream_id=dossier.id, by=_by(by, stream), calendar=calendar,
        )  # fmt: skip
    if report.answer.refused:
        raise refused(f"not taken: {report.answer.words}")
    if json:
        bad = {str(number): reason for number, reason in report.bad}
        as_json(contracts.ReturnSubmitted(report.ref, report.provider, report.period, report.rows, report.blank, bad))
        return
    again = ", taken before; nothing changed" if report.answer.repeat else ""
    say(
        f"{report.ref}: {report.rows} people reported on, {report.blank} lines left blank, {len(report.bad)} bad{again}"
    )
    for number, reason in report.bad:
        warn(f"row {number}: {reason}")


def _by(by: str, stream: ProviderReturn) -> Actor:
    if not by:
        return Actor(stream.provider, Role.PROVIDER)
    role, _, person = by.partition(":")
    try:
        return Actor(person or stream.provider, Role(role))
    except ValueError:
        raise usage(f"--by {by}: write ROLE:PERSON, such as coordinator:ID") from None
