"""Every command, its options and its help. Bodies import what they need when they run, so `--help` stays quick."""

from pathlib import Path
from typing import Annotated

import typer

HELP = "Journeys, reminders and decisions for diversion schemes."

app = typer.Typer(
    name="caseflow",
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
case = typer.Typer(help="Cases: list, show, tell the story, do something.", no_args_is_help=True)
returns = typer.Typer(help="Providers' returns: list, request, submit.", no_args_is_help=True)
message = typer.Typer(help="Messages: how they will read.", no_args_is_help=True)
policy = typer.Typer(
    help="Schemes' policies: check, verify, show, explain, timeline, diff, move, try out.", no_args_is_help=True
)
receipts = typer.Typer(help="Receipts of messages: those that nobody could place.", no_args_is_help=True)
journey = typer.Typer(help="The journey: draw it.", no_args_is_help=True)
tasks = typer.Typer(help="What people have to do.", no_args_is_help=True)
answers = typer.Typer(help="Texts that came in: take, list, show, assign, dismiss.", no_args_is_help=True)
offences = typer.Typer(help="Offence codes: search them.", no_args_is_help=True)
db = typer.Typer(help="The database: upgrade it.", no_args_is_help=True)
bounces = typer.Typer(help="Mail that came back: taken, and how well it is read.", no_args_is_help=True)
accounts = typer.Typer(help="Who may sign in to the pages: add, list, disable, reset.", no_args_is_help=True)
clients = typer.Typer(help="Other systems that may use the API: add, list, disable.", no_args_is_help=True)
webhooks = typer.Typer(help="Webhooks to the records system: list, check, test, replay, enable.", no_args_is_help=True)
for name, group in {
    "case": case, "returns": returns, "message": message, "policy": policy, "journey": journey, "tasks": tasks,
    "answers": answers, "offences": offences, "receipts": receipts, "bounces": bounces, "webhooks": webhooks,
    "accounts": accounts, "clients": clients, "db": db,
}.items():  # fmt: skip
    app.add_typer(group, name=name)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object (docs/reference/json.md).")]
Scheme = Annotated[str | None, typer.Option("--scheme", help="Only this scheme.")]
Key = Annotated[str, typer.Argument(metavar="ID", help="A reference such as DUR-22-000417, or an id.")]
After = Annotated[str, typer.Option("--after", help="The next page: what the last one gave as `next`.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file.")]


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Journeys, reminders and decisions for diversion schemes."""
    if version:
        from caseflow import __version__

        typer.echo(f"caseflow {__version__}")
        raise typer.Exit
    del context


@app.command()
def up(
    tick: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Start everything: servers, migrations, workers, beat, the pages. Ctrl-C stops it."""
    from caseflow.cli import serve

    del tick
    serve.up()


@app.command()
def web() -> None:
    """Serve the pages (CASEFLOW_HTTP_HOST, CASEFLOW_HTTP_PORT), until Ctrl-C. `up` does it, too."""
    from caseflow.cli import serve

    serve.web()


@app.command()
def demo(
    referrals: Annotated[
        Path | None, typer.Option(help="A referral file; without it, Durham's of January 2022.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=400, help="Days of virtual time: 120, or 33 (in mid-life) with --serve.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed plays the same people.")] = 1,
    kill_every: Annotated[
        float, typer.Option(min=0.0, help="Kill a worker (SIGKILL) each so many seconds: nothing but the time changes.")
    ] = 0.0,
    serve_: Annotated[
        bool, typer.Option("--serve", help="Leave its pages open at the end, to be walked through as anybody in it.")
    ] = False,
    json: Json = False,
) -> None:
    """Play months of a scheme in minutes: real servers, real workers, a virtual clock, simulated people."""
    from caseflow.cli import serve

    serve.demo(referrals, days, seed, json=json, kill_every=kill_every, serve=serve_)


@app.command()
def refer(
    file: File,
    as_at: Annotated[
        bool, typer.Option("--as-at", help="Take old referrals, too: the file is read as at its time.")
    ] = False,
    json: Json = False,
) -> None:
    """Import a force's referrals. Refused rows go to FILE.refused.csv, to be mended and imported again."""
    from caseflow.cli import files

    files.refer(file, as_at=as_at, json=json)


@offences.command("search")
def offences_search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="Words of the title, or a code's beginning.")],
    limit: Limit = 10,
    json: Json = False,
) -> None:
    """Find an offence's code by words: shop theft. Says what it means for the last safe decision date."""
    from caseflow.cli import offences as room

    room.search(" ".join(words), limit, json=json)


@case.command("list")
def case_list(
    state: Annotated[str | None, typer.Option(help="Only this state: referred, assessed, engaged, …")] = None,
    scheme: Scheme = None,
    after: After = "",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List cases by reference."""
    from caseflow.cli import cases

    cases.list_cases(scheme, state, after, limit, json=json)


@case.command("show")
def case_show(key: Key, scheme: Scheme = None, json: Json = False) -> None:
    """Show one case as it stands: people, plan, what is expected, tasks, messages."""
    from caseflow.cli import cases

    cases.show(key, scheme, json=json)


@case.command("history")
def case_history(key: Key, scheme: Scheme = None, json: Json = False) -> None:
    """Tell one participant's story, line by line: when, who, what, why."""
    from caseflow.cli import cases

    cases.history(key, scheme, json=json)


@case.command("do")
def case_do(
    key: Key,
    command: Annotated[
        str | None, typer.Argument(metavar="COMMAND", help="What to do, such as record_contact.")
    ] = None,
    values: Annotated[list[str] | None, typer.Argument(metavar="KEY=VALUE…", help="Its particulars.")] = None,
    by: Annotated[
        str, typer.Option("--by", help="Who does it: ROLE or ROLE:PERSON (an id or a name on the case).")
    ] = "",
    at: Annotated[str, typer.Option("--at", help="When it happened, if not now (Europe/London).")] = "",
    command_id: Annotated[str, typer.Option("--id", help="An id of your own: asked twice, it is done once.")] = "",
    offered: Annotated[bool, typer.Option("--list", help="Only list what can be done now.")] = False,
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Do something on a case: caseflow case do DUR-22-000417 record_contact result=spoke --by navigator"""
    from caseflow.cli import doing

    if offered or command is None:
        doing.list_offered(key, scheme, json=json)
    else:
        doing.do(key, command, values or [], by, at=at, command_id=command_id, scheme=scheme, json=json)


@case.command("file")
def case_file(
    key: Key,
    names: Annotated[
        bool,
        typer.Option("--names", help="Put names and what people wrote in, as the registers have them now; else roles."),
    ] = False,
    html: Annotated[bool, typer.Option("--html", help="One page of HTML, to read or to print.")] = False,
    md: Annotated[bool, typer.Option("--md", help="Markdown (as without any).")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="PDF/UA into the file of --out; needs the extra pdf.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write it into this file.")] = None,
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Write the panel sheet of a case: all of it, for somebody who has never seen this system."""
    from caseflow.cli import casefile

    casefile.write(key, scheme, names=names, html=html, md=md, pdf=pdf, out=out, json=json)


@app.command()
def due(
    within: Annotated[
        str | None, typer.Option(help="How far ahead: 12h, 1d, 2w. Without it a day; with --case, to the end.")
    ] = None,
    case_: Annotated[str | None, typer.Option("--case", metavar="REF", help="The whole forecast of one case.")] = None,
    navigator: Annotated[str | None, typer.Option("--navigator", help="Only their cases: an id or a name.")] = None,
    override: Annotated[
        list[str] | None,
        typer.Option(
            "--override",
            help="With --case: what would that change? hold:DAY, skip, bring_forward, send_now, "
            "excuse:SESSION[:REASON]. "
            "It is only worked out, nothing is done; may be given more than once.",
        ),
    ] = None,
    scheme: Scheme = None,
    limit: Limit = 200,
    json: Json = False,
) -> None:
    """What will happen by itself: when, for whom, what, why, under which step of which policy version."""
    from caseflow.cli import ahead, cases

    if case_ is not None:
        ahead.forecast(case_, within, override or [], scheme, json=json)
    else:
        cases.due(within or "1d", scheme, limit, navigator=navigator, override=override or [], json=json)


@app.command()
def why(
    key: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="What is asked about: REF/LINE, REF/message:N (as the panel sheet and `case show` number them), message:ID or "
            "a message's key, task:ID or REF/KEY, REF/strike:N, REF/proposal:LINE.",
        ),
    ],
    case_: Annotated[
        str | None, typer.Option("--case", metavar="REF", help="In which case, if ID does not say.")
    ] = None,
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Tell why something happened: step by step, clause by clause, back to who made it happen."""
    from caseflow.cli import why as room

    room.why(key, case_, scheme, json=json)


@tasks.command("list")
def tasks_list(
    owner: Annotated[str | None, typer.Option(help="A role, or a person's id.")] = None,
    state: Annotated[str, typer.Option(help="open, done or dropped.")] = "open",
    scheme: Scheme = None,
    after: After = "",
    limit: Limit = 50,
    json: Json = False,
) -> None:
    """List what people have to do."""
    from caseflow.cli import cases

    cases.list_tasks(scheme, owner, state, after, limit, json=json)


Signed = Annotated[str, typer.Option("--by", help="Who does it: ROLE:PERSON (an id or a name), such as navigator:Jo.")]
TextId = Annotated[str, typer.Argument(metavar="ID", help="A text's id, as `caseflow answers list` shows it.")]


@answers.command("take")
def answers_take(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="JSON lines in the shape of Notify's callback; - reads a pipe.")
    ],
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Take texts from a gateway that does not post them: one JSON object a line. Repeats are harmless."""
    from caseflow.cli import answers as room

    room.take(file, scheme, json=json)


@answers.command("list")
def answers_list(scheme: Scheme = None, limit: Limit = 50, json: Json = False) -> None:
    """List the texts that wait for a person, oldest first."""
    from caseflow.cli import answers as room

    room.list_waiting(scheme, limit, json=json)


@answers.command("show")
def answers_show(id_: TextId, by: Signed = "", scheme: Scheme = None, json: Json = False) -> None:
    """Show the words of one text. Who read them is kept."""
    from caseflow.cli import answers as room

    room.show(id_, by, scheme, json=json)


@answers.command("assign")
def answers_assign(
    id_: TextId,
    case_: Annotated[str, typer.Argument(metavar="CASE", help="The case it belongs to: a reference or an id.")],
    by: Annotated[str, typer.Option("--by", help="Who says so: ROLE or ROLE:PERSON.")] = "",
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Say whose it is: the text becomes an answer on that case."""
    from caseflow.cli import answers as room

    room.assign(id_, case_, by, scheme, json=json)


@answers.command("dismiss")
def answers_dismiss(
    id_: TextId,
    why: Annotated[str, typer.Option("--why", help="Why nothing follows from it.")] = "",
    by: Signed = "",
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Say that nothing follows from a text, and why."""
    from caseflow.cli import answers as room

    room.dismiss(id_, why, by, scheme, json=json)


@returns.command("list")
def returns_list(
    status: Annotated[str | None, typer.Option(help="planned, asked, received or not_needed.")] = None,
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """List providers' returns by period."""
    from caseflow.cli import files

    files.list_returns(scheme, status, json=json)


@returns.command("request")
def returns_request(
    key: Annotated[str, typer.Argument(metavar="RETURN", help="A return's reference or id.")],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the pre-filled file.")] = None,
    scheme: Scheme = None,
) -> None:
    """Write the pre-filled file a provider fills in: only what is still unknown, and no names."""
    from caseflow.cli import files

    files.request_return(key, out, scheme)


@returns.command("submit")
def returns_submit(
    file: File,
    key: Annotated[str, typer.Option("--return", help="The return, where the file does not name it.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who filled it in: ROLE:PERSON; without it, the provider.")] = "",
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Take a provider's return from its file. Bad rows are named and kept; the others count."""
    from caseflow.cli import files

    files.submit_return(file, key, by, scheme, json=json)


@message.command("preview")
def message_preview(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A message; without it, all are listed.")] = None,
    channel: Annotated[str, typer.Option(help="text, email or letter; without it, the first it has.")] = "",
    language: Annotated[str, typer.Option(help="en or cy.")] = "en",
    json: Json = False,
) -> None:
    """Show how a message reads, with the longest real values in it."""
    from caseflow.cli import words

    words.preview(name, channel, language, json=json)


@policy.command("check")
def policy_check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Scheme files; without any, all.")] = None,
    json: Json = False,
) -> None:
    """Check scheme files: every fault with its place and what to do."""
    from caseflow.cli import words

    words.check_policies(files or [], json=json)


@policy.command("verify")
def policy_verify(
    what: Annotated[
        str | None, typer.Argument(metavar="POLICY", help="SCHEME, SCHEME/VERSION or a .yaml file; without it, all.")
    ] = None,
    mutants: Annotated[bool, typer.Option("--mutants", help="Try also small changes for the worse.")] = False,
    json: Json = False,
) -> None:
    """Prove what a policy promises over every state a case can be in, or tell the shortest story of how it breaks."""
    from caseflow.cli import proofs

    proofs.verify_policies(what, mutants=mutants, json=json)


@policy.command("show")
def policy_show(
    scheme: Annotated[str, typer.Argument(metavar="SCHEME", help="A scheme, such as durham.")],
    version: Annotated[str, typer.Option(help="Which version; without it, the newest.")] = "",
    json: Json = False,
) -> None:
    """Show a policy in words: disposals, ladders, every step with when, what and to whom."""
    from caseflow.cli import words

    words.show_policy(scheme, version, json=json)


Versioned = Annotated[
    str, typer.Argument(metavar="SCHEME[/VERSION]", help="Such as durham or durham/1; without a version, the newest.")
]
Disposal = Annotated[
    str, typer.Option("--disposal", help="A disposal, such as conditional_caution; without it, the first.")
]
Language = Annotated[str, typer.Option("--lang", help="en or cy.")]


@policy.command("explain")
def policy_explain(
    scheme: Versioned,
    reader: Annotated[
        str,
        typer.Option(
            "--for", help="participant (leaflet), victim (what to tell them), officer (picture), navigator (guide)."
        ),
    ] = "participant",
    disposal: Disposal = "",
    language: Language = "en",
    shape: Annotated[str, typer.Option("--format", help="md; for the officer also mermaid or svg.")] = "md",
) -> None:
    """Say a policy in plain words, from its data alone: a leaflet, a one-page picture, or a step-by-step guide."""
    from caseflow.cli import policies

    policies.explain(scheme, reader, disposal, language, shape)


@policy.command("timeline")
def policy_timeline(
    scheme: Versioned,
    referred: Annotated[str, typer.Option("--referred", help="The day of the referral (or day and time): 2026-12-18.")],
    disposal: Disposal = "",
    language: Language = "en",
    json: Json = False,
) -> None:
    """Tell a policy as worked examples with real dates: all goes well, nobody answers, it goes quiet."""
    from caseflow.cli import policies

    policies.timeline(scheme, disposal, referred, language, json=json)


@policy.command("diff")
def policy_diff(
    a: Annotated[str, typer.Argument(metavar="A", help="SCHEME/VERSION, or a scheme file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="SCHEME/VERSION, or a scheme file.")],
    json: Json = False,
) -> None:
    """Say in words what changed, and for whom, between two versions."""
    from caseflow.cli import policies

    policies.diff(a, b, json=json)


@policy.command("move")
def policy_move(
    scheme: Annotated[str, typer.Option("--scheme", help="The scheme.")],
    before: Annotated[str, typer.Option("--from", help="The version its cases are under.")],
    to: Annotated[str, typer.Option("--to", help="The published version they are to go on under.")],
    case_: Annotated[str, typer.Option("--case", help="Only this case: a reference or an id.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why, in words; kept with each case.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who does it: ROLE or ROLE:PERSON, a supervisor or a manager.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change, for whom.")] = False,
    json: Json = False,
) -> None:
    """Move open cases to another version of the policy; shows each next step before and after. It can be moved back."""
    from caseflow.cli import moving

    moving.move(scheme, before, to, case_, why, by, dry_run=dry_run, json=json)


@policy.command("whatif")
def policy_whatif(
    file: Annotated[Path, typer.Argument(metavar="NEW.yaml", help="The policy to try out: a scheme file of any name.")],
    scheme: Scheme = None,
    since: Annotated[str, typer.Option(help="Only cases referred since this day (YYYY-MM-DD).")] = "",
    cases: Annotated[int | None, typer.Option(min=1, help="At most so many cases.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every figure to this CSV file.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Draw the figures of all cases into this SVG file.")] = None,
    json: Json = False,
) -> None:
    """Try a policy out: live the real histories again under it, and count what would have been different."""
    from caseflow.cli import trying

    trying.whatif(file, scheme, since, cases, json=json, csv_file=csv, svg=svg)


@policy.command("discretion")
def policy_discretion(
    scheme: Scheme = None,
    since: Annotated[str, typer.Option(help="Only cases referred since this day (YYYY-MM-DD).")] = "",
    json: Json = False,
) -> None:
    """How often people use their discretion, and why: excuses, waived strikes, holds, skipped steps. Never by person."""
    from caseflow.cli import trying

    trying.discretion(scheme, since, json=json)


@journey.command("draw")
def journey_draw() -> None:
    """Draw the journey as a mermaid diagram."""
    from caseflow.domain.journey import mermaid

    typer.echo(mermaid(), nl=False)


@app.command()
def sweep(json: Json = False) -> None:
    """Do everything that is due now, here, without workers: until nothing moves."""
    from caseflow.cli import care

    care.sweep(json=json)


@app.command()
def audit(
    scheme: Scheme = None,
    replay_every: Annotated[int, typer.Option(min=0, help="Rebuild every n-th stream from its history; 0: none.")] = 10,
    json: Json = False,
) -> None:
    """What should have happened and did not, and what happened that should not."""
    from caseflow.cli import care

    care.audit(scheme, replay_every, json=json)


@app.command()
def doctor(json: Json = False) -> None:
    """Is everything well? Servers, migrations, lag, beat, work set aside; each red light says what to do."""
    from caseflow.cli import care

    care.doctor(json=json)


@app.command()
def pause(
    why: Annotated[str, typer.Option("--why", help="Why, for whoever looks at `caseflow doctor`.")],
    restored: Annotated[
        str,
        typer.Option(
            help="It was restored from a copy of the whole server's files as of then (YYYY-MM-DDTHH:MM, Europe/London)."
        ),
    ] = "",
) -> None:
    """Do nothing by itself from now on: facts are recorded, nothing follows from them and nothing is sent."""
    from caseflow.cli import pausing

    pausing.pause(why, restored)


@app.command()
def resume(
    look: Annotated[bool, typer.Option("--look", help="Only say what waits and what would become of it.")] = False,
    send_waiting: Annotated[
        bool, typer.Option("--send-waiting", help="Nothing was sent after the backup: send what waits, all of it.")
    ] = False,
    json: Json = False,
) -> None:
    """Let work go on that is paused. After a restore, what may have gone before is looked up, or not sent."""
    from caseflow.cli import pausing

    pausing.resume(look=look, send_waiting=send_waiting, json=json)


@app.command()
def watch(
    beat: Annotated[float, typer.Option(min=1.0, help="Seconds after which beat counts as silent.")] = 60.0,
    lag: Annotated[float, typer.Option(min=1.0, help="Seconds a lane's oldest work may wait.")] = 300.0,
) -> None:
    """Is the scheduler silent? One line and 0, or 2 for an alarm: for cron, a timer, a monitoring system."""
    from caseflow.cli import watching

    watching.watch(beat, lag)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest form and publish the schemes."""
    from caseflow.cli import care

    care.upgrade()


@receipts.command("list")
def receipts_list(limit: Limit = 50, json: Json = False) -> None:
    """List receipts that no message of ours was found for, oldest first. They are looked at again by themselves."""
    from caseflow.cli import care

    care.list_receipts(limit, json=json)


@bounces.command("read")
def bounces_read(
    pipe: Annotated[bool, typer.Option("--pipe", help="One mail on standard input; exit code 75: come again.")] = False,
    maildir: Annotated[Path | None, typer.Option(help="The new mails of this Maildir.")] = None,
    imap: Annotated[bool, typer.Option("--imap", help="The mailbox that the settings name.")] = False,
    json: Json = False,
) -> None:
    """Take mail that came back: what it says becomes receipts of the messages it speaks of. Repeats are harmless."""
    from caseflow.cli import bounces as room

    room.read(pipe=pipe, maildir=maildir, imap=imap, json=json)


@bounces.command("check")
def bounces_check(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A folder with expected.csv and the mails in a folder `mail`.")
    ],
    json: Json = False,
) -> None:
    """Read mails of which somebody has said what they are, and print how many recipients are read right."""
    from caseflow.cli import bounces as room

    room.check(folder, json=json)


@webhooks.command("list")
def webhooks_list(scheme: Scheme = None, json: Json = False) -> None:
    """List the receivers: cases with facts that wait, fail or are parked, and why."""
    from caseflow.cli import webhooks as doing

    doing.list_feeds(scheme, json=json)


@webhooks.command("check")
def webhooks_check() -> None:
    """Check the webhooks file: addresses, secrets, and where the receivers' names lead."""
    from caseflow.cli import webhooks as doing

    doing.check()


@webhooks.command("test")
def webhooks_test(
    endpoint: Annotated[str | None, typer.Option(help="Only this receiver.")] = None, scheme: Scheme = None
) -> None:
    """Post a signed event that says nothing (caseflow.test.v1) to the receivers of the file."""
    from caseflow.cli import webhooks as doing

    doing.test(scheme, endpoint)


@webhooks.command("replay")
def webhooks_replay(
    case: Annotated[str | None, typer.Option("--case", metavar="REF", help="One case, from its first fact.")] = None,
    parked: Annotated[bool, typer.Option("--parked", help="What was given up, from where it stopped.")] = False,
    since: Annotated[str, typer.Option(help="Everything recorded since this day (YYYY-MM-DD) or instant.")] = "",
    endpoint: Annotated[str | None, typer.Option(help="Only to this receiver.")] = None,
    scheme: Scheme = None,
) -> None:
    """Send again, under the same ids: one case, what is parked, or everything since a day."""
    from caseflow.cli import webhooks as doing

    doing.replay(case, since, endpoint, scheme, parked=parked)


@webhooks.command("enable")
def webhooks_enable(
    endpoint: Annotated[str, typer.Argument(metavar="NAME", help="A receiver that answered 410 Gone.")],
    scheme: Scheme = None,
) -> None:
    """Post to a receiver again that was disabled because it answered 410 Gone."""
    from caseflow.cli import webhooks as doing

    doing.enable(endpoint, scheme)


Login = Annotated[str, typer.Argument(metavar="LOGIN", help="The email address they sign in with.")]


@accounts.command("add")
def accounts_add(
    login: Login,
    part: Annotated[
        str,
        typer.Option(
            "--part", help="officer, navigator, supervisor, manager, provider, participant, administrator or auditor."
        ),
    ],
    person: Annotated[
        str,
        typer.Option(
            "--person",
            help="Who they are in the people register: an id or a name. Not for an administrator or auditor.",
        ),
    ] = "",
    name: Annotated[
        str, typer.Option("--name", help="What the pages call them; without it, the register's name.")
    ] = "",
    subject: Annotated[
        str, typer.Option("--subject", help="They sign in through the identity provider, which knows them by this key.")
    ] = "",
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Let somebody sign in. Prints a password that works once; they choose their own at the first sign-in."""
    from caseflow.cli import accounts as room

    room.add(login, part, person, name, subject, scheme, json=json)


@accounts.command("list")
def accounts_list(scheme: Scheme = None, json: Json = False) -> None:
    """List who may sign in, and when they last did."""
    from caseflow.cli import accounts as room

    room.list_accounts(scheme, json=json)


@accounts.command("disable")
def accounts_disable(login: Login, json: Json = False) -> None:
    """Let somebody in no more. Whatever they have open ends with their next click."""
    from caseflow.cli import accounts as room

    room.disable(login, json=json)


@accounts.command("reset")
def accounts_reset(login: Login, json: Json = False) -> None:
    """Give somebody another password that works once. Where they are signed in ends."""
    from caseflow.cli import accounts as room

    room.reset(login, json=json)


Client = Annotated[str, typer.Argument(metavar="NAME", help="What the system is called here, such as records-system.")]


@clients.command("add")
def clients_add(
    name: Client,
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="What it may do: refer, read, work, returns, events. Repeatable."),
    ] = None,
    speaks_for: Annotated[
        list[str] | None,
        typer.Option("--speaks-for", help="A role in whose name it may record something: navigator, oic … Repeatable."),
    ] = None,
    scheme: Scheme = None,
    json: Json = False,
) -> None:
    """Let another system use the API of one scheme. Prints its token, this once."""
    from caseflow.cli import clients as room

    room.add(name, scope or [], speaks_for or [], scheme, json=json)


@clients.command("list")
def clients_list(scheme: Scheme = None, json: Json = False) -> None:
    """List the systems that may use the API, what for, and when they last did."""
    from caseflow.cli import clients as room

    room.list_clients(scheme, json=json)


@clients.command("disable")
def clients_disable(name: Client, scheme: Scheme = None, json: Json = False) -> None:
    """Let a system in no more, from its next request on. To replace a token, add a second client first."""
    from caseflow.cli import clients as room

    room.disable(name, scheme, json=json)
