"""`caseflow bounces …`: taken from a pipe, a folder or a mailbox, and how well they are read."""

import io
import mailbox
import ssl
import sys
from pathlib import Path

import pytest
import trustme
from standins.imap import ImapServer

from workers.bounces import bounces
from workers.drain import current_app, current_store

SAMPLES = Path(__file__).parents[1] / "data" / "bounces"
HARD = SAMPLES / "mail" / "lhost-postfix-32.eml"


def a_bounce(number=0):
    return (
        b"From: MAILER-DAEMON@mx.example.com\nTo: scheme@example.org\nSubject: Undelivered Mail\nX-Failed-Recipients: sam@example.org\n"
        b"\n550 5.1.1 <sam@example.org> user unknown\n" + b"\n" * number
    )


def piped(monkeypatch, raw):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


def test_the_figures_of_the_samples_are_printed(run):
    ran = run("bounces", "check", str(SAMPLES))
    assert ran.code == 0
    assert "recipients read right" in ran.out
    found = run("bounces", "check", str(SAMPLES), "--json").json()
    assert found["share"] >= 0.9
    assert sum(one["recipients"] for one in found["kinds"]) == found["recipients"] == 32


def test_a_folder_without_expectations_is_refused_in_words(run, tmp_path):
    ran = run("bounces", "check", str(tmp_path))
    assert ran.code == 2
    assert "expected.csv" in ran.err


def test_a_mail_from_the_pipe_is_taken_and_taken_again_it_changes_nothing(scheme, run, monkeypatch):
    piped(monkeypatch, a_bounce())
    assert run("bounces", "read", "--pipe", "--json").json() == {
        "hard": 1, "soft": 0, "delayed": 0, "complaint": 0, "auto_reply": 0, "delivered": 0, "other": 0, "unmatched": 1,
        "repeated": 0,
    }  # fmt: skip
    piped(monkeypatch, a_bounce())
    assert "1 repeated" in run("bounces", "read", "--pipe").out


def test_with_the_database_away_the_mail_system_is_asked_to_come_again(run, monkeypatch):
    monkeypatch.setenv("CASEFLOW_DATABASE_URL", "postgresql://caseflow:no@127.0.0.1:1/caseflow")
    piped(monkeypatch, a_bounce(1))
    ran = run("bounces", "read", "--pipe")
    assert ran.code == 75, ran.err


def test_a_maildir_is_taken_and_its_mails_are_marked(scheme, run, tmp_path):
    there = mailbox.Maildir(str(tmp_path / "mail"))
    for number in (2, 3):
        there.add(a_bounce(number))
    assert run("bounces", "read", "--maildir", str(tmp_path / "mail"), "--json").json()["hard"] == 2
    assert run("bounces", "read", "--maildir", str(tmp_path / "mail")).out == "No new mail.\n"


@pytest.mark.parametrize(
    ("argv", "words"),
    [((), "--pipe"), (("--pipe", "--imap"), "--pipe"), (("--imap",), "CASEFLOW_BOUNCES_IMAP_HOST")],
)
def test_what_is_missing_is_said(scheme, run, argv, words):
    ran = run("bounces", "read", *argv)
    assert ran.code in {2, 3}
    assert words in ran.err


@pytest.fixture
def worker(scheme):
    """A worker's task, called here; the engine that it makes for its process is gone afterwards."""
    yield bounces
    if current_app.cache_info().currsize:
        current_app().bell.close()
        current_store().close()
        current_app.cache_clear()


def test_the_mailbox_is_read_by_the_workers_too(worker, run, tmp_path, monkeypatch):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with ImapServer(context, "a-secret", [a_bounce(4), a_bounce(5)]) as server:
        for name, value in {
            "BOUNCES_IMAP_HOST": "localhost", "BOUNCES_IMAP_PORT": str(server.port), "BOUNCES_IMAP_USER": "bounces",
            "BOUNCES_IMAP_PASSWORD": "a-secret", "SMTP_CA_FILE": str(tmp_path / "ca.pem"),
        }.items():  # fmt: skip
            monkeypatch.setenv(f"CASEFLOW_{name}", value)
        assert run("bounces", "read", "--imap", "--json").json()["hard"] == 2
        assert server.seen == {1, 2}
        monkeypatch.setenv("CASEFLOW_BOUNCES_IMAP_PASSWORD", "another")
        ran = run("bounces", "read", "--imap")
        assert (ran.code, "CASEFLOW_BOUNCES_IMAP_PASSWORD" in ran.err) == (3, True)
    assert worker() == {}, "a mailbox that is away costs a line in the log"
    monkeypatch.delenv("CASEFLOW_BOUNCES_IMAP_HOST")
    assert worker() == {}
