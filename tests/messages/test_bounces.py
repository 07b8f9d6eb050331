"""Mail that came back, read: reports, complaints, absence notices, and words of servers that know no standard."""

import csv
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from caseflow.domain.words import Receipt
from caseflow.messages.bounces import read_bounce
from caseflow.messages.bounces.words import judged

SAMPLES = Path(__file__).parents[1] / "data" / "bounces"
KEY = "0123456789abcdef0123456789abcdef"
HARD, SOFT = Receipt.PERMANENT, Receipt.TEMPORARY


def report(
    block: str, *, human: str = "Sorry.", original: str = f"Message-ID: <{KEY}@example.org>\nTo: sam@example.org\n"
):
    return (
        "From: MAILER-DAEMON@mx.example.com\nTo: scheme@example.org\nSubject: Undelivered Mail Returned to Sender\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\n{human}\n"
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n{block}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{original}\n--b--\n"
    ).encode()


BLOCK = "Final-Recipient: rfc822; sam@example.org\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"


@pytest.mark.parametrize(
    ("action", "status", "said", "verdict", "kind"),
    [
        ("failed", "5.1.1", "550 5.1.1 <sam@example.org>: Recipient address rejected: User unknown", HARD, "bounce"),
        ("failed", "5.0.0", "550 No such user here", HARD, "bounce"),
        ("failed", "5.4.4", "host or domain name not found", HARD, "bounce"),
        ("failed", "5.1.6", "550 5.1.6 recipient has moved", HARD, "bounce"),
        ("failed", "5.2.2", "552 5.2.2 mailbox full", SOFT, "bounce"),
        ("failed", "5.2.1", "550 5.2.1 user unknown", SOFT, "bounce"),
        ("failed", "5.7.1", "550 5.7.1 message rejected as spam", SOFT, "bounce"),
        ("failed", "4.4.7", "delivery time expired", SOFT, "bounce"),
        ("failed", "5.4.1", "550 5.4.1 [sam@example.org]: Recipient address rejected: Access denied", HARD, "bounce"),
        ("failed", "5.0.0", "550 no-such-user@example.org: try again later", SOFT, "bounce"),
        ("delayed", "4.4.1", "connect to example.org: timed out", SOFT, "delayed"),
        ("delivered", "2.0.0", "250 ok", None, "delivered"),
    ],
)
def test_a_report_says_of_each_recipient_what_became_of_it(action, status, said, verdict, kind):
    (one,) = read_bounce(report(BLOCK.format(action=action, status=status, said=said)))
    assert (one.address, one.verdict, one.kind, one.key) == ("sam@example.org", verdict, kind, KEY)


def test_a_report_of_several_speaks_of_each():
    blocks = BLOCK.format(action="failed", status="5.1.1", said="550 user unknown")
    blocks += "\n" + BLOCK.format(action="failed", status="5.2.2", said="552 mailbox full").replace("sam@", "jo@")
    assert [(one.address, one.verdict) for one in read_bounce(report(blocks))] == [
        ("sam@example.org", HARD),
        ("jo@example.org", SOFT),
    ]


def test_where_the_bounce_quotes_nothing_the_address_it_came_back_to_says_which_message_it_was():
    raw = report(BLOCK.format(action="failed", status="5.1.1", said="550 user unknown"), original="")
    returned = raw.replace(b"To: scheme@example.org", f"To: bounces+{KEY}@example.org".encode())
    assert read_bounce(returned)[0].key == KEY
    assert read_bounce(raw)[0].key == ""


def test_lines_may_end_as_mail_servers_end_them():
    raw = report(BLOCK.format(action="failed", status="5.1.1", said="550 user unknown")).replace(b"\n", b"\r\n")
    (one,) = read_bounce(raw)
    assert (one.verdict, one.key) == (HARD, KEY)


def test_a_complaint_is_no_bounce():
    raw = (
        "From: feedback@isp.example\nTo: scheme@example.org\nSubject: complaint\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n'
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: sam@example.org\n\n"
        f"--b\nContent-Type: message/rfc822\n\nMessage-ID: <{KEY}@example.org>\nTo: sam@example.org\n\nHello\n--b--\n"
    ).encode()
    (one,) = read_bounce(raw)
    assert (one.address, one.verdict, one.kind, one.key) == ("sam@example.org", None, "complaint", KEY)


def test_an_absence_notice_is_no_bounce_and_other_mail_is_nothing():
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "sam@example.org", "scheme@example.org", "Out of office"
    mail["Auto-Submitted"] = "auto-replied"
    mail.set_content("I am away until Monday. Mail to this address is not delivered to anybody else.")
    assert [(one.kind, one.verdict) for one in read_bounce(mail.as_bytes())] == [("auto_reply", None)]
    del mail["Auto-Submitted"]
    mail.replace_header("Subject", "Thank you")
    assert read_bounce(mail.as_bytes()) == []


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"Content-Type: multipart/report; boundary=\n\n--\n", b"\n" * 9999]
)
def test_what_is_no_mail_is_nothing_and_breaks_nothing(raw):
    assert read_bounce(raw) == []


@pytest.mark.timeout(60)
def test_a_mail_made_to_cost_time_costs_none():
    """Hundredths of a second; with one gap that is not bounded it is minutes."""
    for piece in ("user ", "unknown address " * 3, "host-", "a@b.", "mailbox not "):
        read_bounce(report(BLOCK.format(action="failed", status="5.0.0", said=piece * 20000), human=piece * 20000))
        assert judged(piece * 100_000, "") in {HARD, SOFT}


def test_nine_of_ten_recipients_of_real_mails_are_read_right():
    said, right = Counter(), 0
    with (SAMPLES / "expected.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        found = read_bounce((SAMPLES / "mail" / row["file"]).read_bytes())
        number = said[row["file"]]
        said[row["file"]] += 1
        verdict = found[number].verdict if number < len(found) else None
        none = row["reason"] in {"feedback", "vacation", "delivered"}
        right += verdict is (None if none else HARD if row["hard_bounce"] == "true" else SOFT)
    assert right / len(rows) >= 0.9, f"{right} of {len(rows)}"
