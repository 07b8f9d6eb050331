"""The commands on a real database: what they print, their contracts, and how they end."""

import os
import pwd
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from caseflow.bootstrap import app_for, rosters
from caseflow.cli import contracts
from caseflow.cli.docs import pages
from caseflow.engine.sweep import sweep
from caseflow.settings.deployment import deployment
from caseflow.settings.paths import config_dir
from caseflow.store.postgres import PostgresStore

DATA = Path(__file__).resolve().parents[1] / "data" / "referrals"
FIRST = "DUR-22-000001"


def kept(ran: Any, contract: type) -> Any:
    """The printed object as its contract: every field is there, of its type, and no other."""
    assert ran.code == 0, ran.err
    value = ran.json()
    found = msgspec.convert(value, type=contract, strict=True)
    assert msgspec.json.decode(msgspec.json.encode(found)) == msgspec.json.decode(msgspec.json.encode(value))
    return found


def move_on(store: PostgresStore, **by: float) -> None:
    """Scheme time passes, and everything due is done."""
    app = app_for(deployment(), scheme="durham")
    until = store.now() + timedelta(**by)
    while (due := store.next_due()) is not None and due <= until:
        store.set_clock(max(due, store.now()))
        sweep(app)
    store.set_clock(until)
    sweep(app)
    app.store.close()  # type: ignore[attr-defined]


@pytest.fixture
def cases(scheme: PostgresStore, run: Any, tmp_path: Path) -> PostgresStore:
    """The torn file's twenty people, referred (again, for all but the first test: which changes nothing)."""
    path = Path(shutil.copy(DATA / "dirty-torn.csv", tmp_path / "torn.csv"))
    ran = run("refer", str(path), "--as-at", "--json")
    report = kept(ran, contracts.Refer)
    assert (report.rows, report.accepted + report.known, report.refused) == (21, 20, 1)
    assert Path(report.refused_file).name == "torn.refused.csv"
    return scheme


def test_refer_says_what_became_of_the_rows(cases: PostgresStore, run: Any, tmp_path: Path) -> None:
    ran = run("refer", str(tmp_path / "torn.csv"), "--as-at")
    assert ran.code == 0
    assert "21 rows: 0 referred, 20 known already, 1 refused" in ran.out
    assert "mend them there" in ran.out


def test_refer_of_a_file_that_is_not_there_or_no_table(scheme: PostgresStore, run: Any, tmp_path: Path) -> None:
    assert run("refer", "nowhere.csv").code == 2
    workbook = tmp_path / "book.csv"
    workbook.write_bytes(b"PK\x03\x04....")
    ran = run("refer", str(workbook))
    assert (ran.code, "Excel workbook" in ran.err) == (1, True)
    assert "Traceback" not in ran.err


def test_cases_are_listed_a_page_at_a_time(cases: PostgresStore, run: Any) -> None:
    first = kept(run("case", "list", "--limit", "15", "--json"), contracts.CaseList)
    rest = kept(run("case", "list", "--limit", "15", "--after", first.next, "--json"), contracts.CaseList)
    refs = [one.ref for one in (*first.cases, *rest.cases)]
    assert refs == sorted(set(refs))
    assert (len(refs), rest.next) == (20, None)
    assert kept(run("case", "list", "--state", "breached", "--json"), contracts.CaseList).cases == []
    assert FIRST in run("case", "list").out


def test_a_state_that_is_none_is_wrong_use(cases: PostgresStore, run: Any) -> None:
    ran = run("case", "list", "--state", "lost")
    assert (ran.code, "the states are referred" in ran.err) == (2, True)


def test_a_case_nobody_knows_is_refused_in_a_line(cases: PostgresStore, run: Any) -> None:
    for command in (("case", "show"), ("case", "history"), ("case", "do")):
        ran = run(*command, "DUR-99-1")
        assert (ran.code, ran.err) == (1, "caseflow: there is no case DUR-99-1; `caseflow case list` shows them\n")


def test_a_case_is_accepted_shown_and_its_story_told(cases: PostgresStore, run: Any) -> None:
    ran = run("case", "do", FIRST, "accept", "navigator=jo", "--by", "supervisor", "--id", "accept-1", "--json")
    done = kept(ran, contracts.Done)
    again = kept(
        run("case", "do", FIRST, "accept", "navigator=jo", "--by", "supervisor", "--id", "accept-1", "--json"),
        contracts.Done,
    )
    assert (done.repeat, again.repeat, again.seq) == (False, True, done.seq)
    ran = run("case", "do", FIRST, "record_contact", "result=spoke", "text=She rang back", "--by", "navigator")
    assert (ran.code, "record contact, done" in ran.out) == (0, True)
    move_on(cases, hours=1)
    shown = kept(run("case", "show", FIRST.lower(), "--json"), contracts.CaseView)
    assert shown.accepted_at is not None
    assert shown.parties["navigator"].startswith("Jo")
    assert "Crime reference" in shown.note
    assert shown.expectations
    story = kept(run("case", "history", FIRST, "--json"), contracts.Story)
    assert [line.seq for line in story.lines] == list(range(1, len(story.lines) + 1))
    told = run("case", "history", FIRST).out
    assert "Accepted; the navigator is Jo" in told
    assert "Contact by phone: spoke" in told
    assert "from line" in told
    assert "She rang back" not in told  # free text stands apart from facts
    assert FIRST in run("case", "show", FIRST).out


def test_whoever_reads_a_case_by_the_command_line_is_in_the_reading_log(cases: PostgresStore, run: Any) -> None:
    """As the account of the machine: nobody signs in here."""
    case = kept(run("case", "show", FIRST, "--json"), contracts.CaseView)
    for argv in (
        ("case", "history", FIRST), ("case", "file", FIRST), ("case", "file", FIRST, "--names"), ("due", "--case", FIRST),
        ("why", f"{FIRST}/1"),
    ):  # fmt: skip
        assert run(*argv).code == 0, argv
    with cases.begin() as unit:
        lines = list(reversed(unit.readings_log("durham", limit=6)))
    here = f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    assert [(one.account, one.part, one.ref, one.what) for one in lines] == [
        (here, "command_line", FIRST, what) for what in ("case", "story", "sheet", "sheet", "case", "story")
    ]
    assert {one.person for one in lines} == {case.party_ids["participant"]}


def test_without_a_navigator_the_one_with_the_fewest_cases_gets_it(cases: PostgresStore, run: Any) -> None:
    for ref in ("DUR-22-000002", "DUR-22-000003"):
        assert run("case", "do", ref, "accept", "--by", "supervisor").code == 0
    names = {
        kept(run("case", "show", ref, "--json"), contracts.CaseView).parties["navigator"]
        for ref in ("DUR-22-000002", "DUR-22-000003")
    }
    assert len(names) == 2


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("fly", "--by", "navigator"), 2, "there is no command fly"),
        (("accept",), 2, "say who does it"),
        (("accept", "--by", "king"), 2, "the roles are"),
        (("accept", "--by", "system"), 2, "signed by a person"),
        (("accept", "--by", "supervisor:Nobody"), 2, "nobody is called that"),
        (("accept", "navigator=Nobody", "--by", "supervisor"), 2, "navigator=Nobody: nobody is called that"),
        (("accept", "navigator", "--by", "supervisor"), 2, "write it as KEY=VALUE"),
        (("complete", "--by", "supervisor"), 1, "not done: "),
        (("book_session", "session=s1", "start=soon", "--by", "supervisor"), 2, "2022-01-31T14:30"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    cases: PostgresStore, run: Any, argv: tuple[str, ...], code: int, words: str
) -> None:
    ran = run("case", "do", "DUR-22-000009", *argv)
    assert (ran.code, words in ran.err, ran.err.count("\n")) == (code, True, 1), ran.err


def test_what_was_so_already_is_told_as_that(cases: PostgresStore, run: Any) -> None:
    accept = ("case", "do", "DUR-22-000015", "accept", "--by", "supervisor")
    assert "accept, done (line " in run(*accept).out
    again = run(*accept)
    assert (again.code, again.out) == (0, "DUR-22-000015: accept, was so already; nothing changed\n")
    told = kept(run(*accept, "--id", "accepted-1", "--json"), contracts.Done)
    assert (told.repeat, told.already) == (False, True)
    told = kept(run(*accept, "--id", "accepted-1", "--json"), contracts.Done)
    assert (told.repeat, told.already) == (True, False)


def test_what_can_be_done_now_is_listed_with_its_particulars(cases: PostgresStore, run: Any) -> None:
    offered = kept(run("case", "do", "DUR-22-000010", "--list", "--json"), contracts.Offered)
    by_name = {one.name: one for one in offered.commands}
    assert {"accept", "decline"} <= set(by_name)
    assert "fire_timer" not in by_name
    assert [one.name for one in by_name["decline"].fields if one.needed] == ["reason"]
    assert "accept" in run("case", "do", "DUR-22-000010").out


def test_due_says_when_what_for_whom_why_and_under_which_policy(cases: PostgresStore, run: Any) -> None:
    assert run("case", "do", "DUR-22-000004", "accept", "--by", "supervisor").code == 0
    move_on(cases, minutes=1)
    coming = kept(run("due", "--within", "2w", "--json"), contracts.Due)
    assert coming.alarms
    mine = [one for one in coming.alarms if one.ref == "DUR-22-000004"]
    assert all(one.policy == "durham/1" and one.what and "is waited for since" in one.why for one in mine)
    assert any("after: accepted" in one.why for one in mine)
    assert [one.due for one in coming.alarms] == sorted(one.due for one in coming.alarms)
    assert all(one.due <= coming.until for one in coming.alarms)
    assert "durham/1" in run("due", "--within", "2w").out
    assert run("due", "--within", "soon").code == 2


def test_tasks_are_listed_by_owner_and_state(cases: PostgresStore, run: Any) -> None:
    move_on(cases, minutes=1)
    everything = kept(run("tasks", "list", "--limit", "500", "--json"), contracts.TaskList)
    assert everything.tasks
    owner = everything.tasks[0].owner
    mine = kept(run("tasks", "list", "--owner", owner, "--limit", "500", "--json"), contracts.TaskList)
    assert {one.owner for one in mine.tasks} == {owner}
    page = kept(run("tasks", "list", "--limit", "1", "--json"), contracts.TaskList)
    assert page.next == page.tasks[0].id
    assert run("tasks", "list", "--state", "lost").code == 2
    assert run("tasks", "list", "--after", "x").code == 2


def test_a_providers_return_is_listed_requested_and_submitted(cases: PostgresStore, run: Any, tmp_path: Path) -> None:
    ref = "DUR-22-000005"
    provider = rosters(config_dir())["durham"].providers[0]
    steps: list[tuple[str, ...]] = [
        ("accept", "--by", "supervisor"),
        ("record_contact", "result=spoke", "--by", "navigator"),
        ("book_session", "session=m1", "kind=first_meeting", f"start={local(cases, hours=1)}", "--by", "navigator"),
    ]
    for step in steps:
        assert run("case", "do", ref, *step).code == 0, step
    move_on(cases, hours=3)
    item = f'items=[{{"id":"i1","kind":"voluntary","intervention":"debt advice","provider":"{provider.id}"}}]'
    steps = [
        ("record_attendance", "session=m1", "outcome=attended", "--by", "navigator"),
        ("assess", "needs=money", "--by", "navigator"),
        ("explain_expectations", "read_back=yes", "--by", "navigator"),
        ("agree_plan", item, "signed=yes", "read_back=yes", "--by", "navigator"),
        ("refer_on", "item=i1", f"provider={provider.id}", "--by", "navigator"),
        (
            "book_session",
            "session=s1",
            "item=i1",
            f"provider={provider.id}",
            f"start={local(cases, hours=2)}",
            "--by",
            "navigator",
        ),
    ]
    for step in steps:
        ran = run("case", "do", ref, *step)
        assert ran.code == 0, (step, ran.err)
    move_on(cases, hours=4)
    [line] = kept(run("returns", "list", "--json"), contracts.ReturnList).returns
    assert (line.provider, line.participants, line.status) == (provider.id, 1, "planned")
    out = tmp_path / "back.csv"
    assert run("returns", "request", line.ref, "--out", str(out)).code == 0
    assert ref in run("returns", "request", line.ref).out
    filled = (
        out.read_text("utf-8-sig")
        .replace(",,,,\n", ",attended,well,no,\n")
        .replace(",,,,\r\n", ",attended,well,no,\r\n")
    )
    assert "s1" in filled
    out.write_text(filled + f"{line.ref},DUR-99,,,,attended,,,\n")
    submitted = kept(run("returns", "submit", str(out), "--json"), contracts.ReturnSubmitted)
    assert (submitted.rows, list(submitted.bad)) == (1, ["3"])
    assert "DUR-99" in submitted.bad["3"]
    again = run("returns", "submit", str(out))
    assert (again.code, "taken before; nothing changed" in again.out, "row 3: " in again.err) == (0, True, True)
    move_on(cases, minutes=1)
    sessions = kept(run("case", "show", ref, "--json"), contracts.CaseView).sessions
    assert next(one for one in sessions if one.id == "s1").status == "attended"
    assert run("returns", "list", "--status", "lost").code == 2
    assert run("returns", "request", ref).code == 1


def local(store: PostgresStore, **ahead: float) -> str:
    """A local time so much after now, as people type it."""
    return (store.now() + timedelta(**ahead)).astimezone(zone()).strftime("%Y-%m-%dT%H:%M")


def zone() -> Any:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return ZoneInfo("Europe/London")


def test_the_audit_finds_nothing_and_doctor_says_what_is_red(cases: PostgresStore, run: Any) -> None:
    move_on(cases, minutes=1)
    report = kept(run("audit", "--replay-every", "1", "--json"), contracts.AuditReport)
    assert report.violations == []
    assert report.streams == report.replayed >= 20
    assert "0 violations" in run("audit").out
    ran = run("doctor", "--json")
    lights = {one["name"]: one for one in ran.json()["lights"]}
    msgspec.convert(ran.json(), type=contracts.Doctor, strict=True)
    assert ran.code == 3  # beat does not run here
    assert lights["database"]["ok"]
    assert lights["broker"]["ok"]
    assert not lights["beat"]["ok"]
    assert "caseflow up" in lights["beat"]["todo"]
    assert "RED  beat" in run("doctor").out


def test_a_violation_ends_the_audit_with_one(cases: PostgresStore, run: Any) -> None:
    import sqlalchemy as sa  # noqa: PLC0415

    with cases.engine.begin() as connection:
        row = connection.execute(sa.text("SELECT id, wake_at FROM streams WHERE wake_at IS NOT NULL LIMIT 1")).one()
        connection.execute(sa.text("UPDATE streams SET wake_at = NULL WHERE id = :id"), {"id": row.id})
    ran = run("audit", "--json")
    with cases.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE streams SET wake_at = :at WHERE id = :id"), {"id": row.id, "at": row.wake_at}
        )
    assert ran.code == 1
    assert [one["name"] for one in ran.json()["violations"]] == ["alarm_wrong"]


def test_sweep_does_what_is_due_and_says_so(cases: PostgresStore, run: Any) -> None:
    kept(run("sweep", "--json"), contracts.Sweep)
    assert kept(run("sweep", "--json"), contracts.Sweep).claimed == 0
    assert "0 claimed" in run("sweep").out


def test_db_upgrade_may_be_run_again(scheme: PostgresStore, run: Any) -> None:
    ran = run("db", "upgrade")
    assert (ran.code, "durham 1" in ran.out) == (0, True)


def test_a_database_that_is_away_is_said_in_a_line(
    scheme: PostgresStore, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    ran = run("case", "list")
    assert (ran.code, ran.err.count("\n") <= 2) == (3, True), ran.err
    assert "Traceback" not in ran.err
    doctor = run("doctor")
    assert (doctor.code, "RED  database" in doctor.out) == (3, True)


def test_an_empty_database_is_told_how_to_be_filled(
    fresh_database: Any, scheme: Any, run: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", fresh_database(migrated=False))
    ran = run("case", "list")
    assert (ran.code, "run `caseflow db upgrade`" in ran.err) == (3, True)


def test_wrong_settings_are_named(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "mysql://x")
    ran = run("case", "list")
    assert (ran.code, "CASEFLOW_DATABASE_URL must begin with postgresql://" in ran.err) == (3, True)


def test_production_without_servers_of_its_own_is_refused(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CASEFLOW_DATABASE_URL", raising=False)
    monkeypatch.setenv("CASEFLOW_ENVIRONMENT", "production")
    ran = run("case", "list")
    assert (ran.code, "embedded servers are for development" in ran.err) == (3, True)


def test_a_scheme_nobody_has_is_refused_with_those_there_are(scheme: PostgresStore, run: Any) -> None:
    ran = run("case", "list", "--scheme", "kent")
    assert (ran.code, "durham" in ran.err) == (1, True)


def test_messages_are_previewed_with_their_parts(run: Any) -> None:
    found = kept(run("message", "preview", "missed_session", "--json"), contracts.Preview)
    assert found.channel == "text"
    assert found.parts == 1
    welsh = kept(run("message", "preview", "missed_session", "--language", "cy", "--json"), contracts.Preview)
    assert welsh.body != found.body
    assert "missed_session" in run("message", "preview").out
    assert "part" in run("message", "preview", "missed_session").out
    for argv in (("nothing",), ("missed_session", "--channel", "pigeon"), ("missed_session", "--language", "fr")):
        assert run("message", "preview", *argv).code == 2


def test_policies_are_checked_and_shown(run: Any, tmp_path: Path) -> None:
    good = kept(run("policy", "check", "--json"), contracts.PolicyCheck)
    assert [one.ok for one in good.files] == [True, True, True]
    shown = kept(run("policy", "show", "durham", "--json"), contracts.PolicyView)
    assert "missed_session" in [ladder.name for ladder in shown.ladders]
    assert "missed session" in run("policy", "show", "dyfed-powys").out
    assert run("policy", "show", "kent").code == 1
    assert run("policy", "show", "durham", "--version", "99").code == 1
    broken = tmp_path / "1.yaml"
    broken.write_text("format: 1\nnonsense: true\n")
    ran = run("policy", "check", str(broken), "--json")
    assert ran.code == 1
    assert ran.json()["files"][0]["problems"]
    assert run("policy", "check", str(tmp_path / "none.yaml")).code == 2


def test_the_journey_is_drawn(run: Any) -> None:
    ran = run("journey", "draw")
    assert ran.code == 0
    assert ran.out.startswith("stateDiagram-v2")
    assert "engaged --> breached" in ran.out


def test_wrong_use_ends_with_two_and_no_traceback(run: Any) -> None:
    for argv in (("nonsense",), ("case", "show"), ("due", "--nonsense")):
        ran = run(*argv)
        assert ran.code == 2
        assert "Traceback" not in ran.err


def test_the_version_is_printed(run: Any) -> None:
    assert run("--version").out.startswith("caseflow ")


def test_the_reference_pages_are_fresh() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, f"{path.name} is out of date: run `python -m caseflow.cli.docs`"


def test_the_panel_sheet_goes_into_a_file_as_pdf(cases: PostgresStore, run: Any, tmp_path: Path) -> None:
    out = tmp_path / "sheet.pdf"
    ran = run("case", "file", FIRST, "--names", "--pdf", "--out", str(out))
    assert (ran.code, ran.out.startswith(f"{FIRST}: written to {out}; fingerprint ")) == (0, True)
    once = out.read_bytes()
    assert once.startswith(b"%PDF-1.7")
    run("case", "file", FIRST, "--names", "--pdf", "--out", str(out))
    assert out.read_bytes() == once
    assert run("case", "file", FIRST, "--pdf").err.strip().endswith("a PDF goes into a file: add --out sheet.pdf")
    assert run("case", "file", FIRST, "--pdf", "--html").code == 2
