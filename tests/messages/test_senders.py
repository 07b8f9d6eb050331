"""Senders that need no network: the folder of development, the list of the simulation, and the mail they share."""

import os
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from disks import clear, fill, mounted

from caseflow.messages.senders import Outgoing, Sent
from caseflow.messages.senders.folder import PAUSE, FolderSender
from caseflow.messages.senders.mail import compose, message_id
from caseflow.messages.senders.memory import MemorySender

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def outgoing(
    key="k1", channel="email", to="sam@example.org", subject="Hello", body="Helo Siân, tŷ bach.\n", reply_key=""
):
    return Outgoing(
        key=key, channel=channel, to=to, subject=subject, body=body, language="cy", at=NOON, reply_key=reply_key
    )


def test_a_folder_holds_one_file_for_each_message_by_its_key(tmp_path):
    batch = [
        outgoing("mail-1"),
        outgoing("text-1", "text", "07700 900123", None, "Hi Sam"),
        outgoing("letter-1", "letter", "Sam Hill\n1 High St --> <script>", None, "<!doctype html><p>Hello"),
    ]
    results = FolderSender(tmp_path / "outbox").send(batch)
    assert [result.result for result in results] == ["accepted"] * 3
    assert [result.provider_ref for result in results] == ["mail-1.eml", "text-1.txt", "letter-1.html"]
    assert sorted(path.name for path in (tmp_path / "outbox").iterdir()) == [
        "letter-1.html",
        "mail-1.eml",
        "text-1.txt",
    ]
    assert (
        tmp_path / "outbox" / "text-1.txt"
    ).read_text() == "To: 07700 900123\nAt: 2026-11-23T12:00:00+00:00\nLanguage: cy\n\nHi Sam\n"
    letter = (tmp_path / "outbox" / "letter-1.html").read_text()
    assert letter.splitlines()[0].count("-->") == 1
    assert "<script>" not in letter


def test_the_same_key_again_overwrites_so_nothing_is_there_twice(tmp_path):
    sender = FolderSender(tmp_path)
    sender.send([outgoing(body="first"), outgoing(body="second")])
    (only,) = tmp_path.iterdir()
    assert "second" in only.read_text()


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", ".", ".hidden", "x" * 300, "naïve", "nul\x00"])
def test_a_strange_key_stays_inside_the_folder(tmp_path, key):
    (result,) = FolderSender(tmp_path / "outbox").send([outgoing(key)])
    assert result.result == "accepted"
    assert [path.parent for path in tmp_path.rglob("*.eml")] == [tmp_path / "outbox"]


def test_a_folder_that_cannot_be_written_fails_for_now_and_a_bad_address_for_good(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (blocked,) = FolderSender(tmp_path / "file").send([outgoing()])
    assert (blocked.result, blocked.permanent) == ("failed", False)
    assert blocked.again_in is not None, "nothing is wrong with the message: it waits, and no attempt is counted"
    assert "cannot write" in blocked.detail
    bad, good, odd = FolderSender(tmp_path / "outbox").send(
        [outgoing(to="not an address"), outgoing(), outgoing(channel="pigeon")]
    )
    assert (bad.result, bad.permanent) == ("failed", True)
    assert good.result == "accepted"
    assert (odd.result, odd.permanent) == ("failed", True)


def test_a_full_disk_leaves_nothing_of_a_message_behind_and_takes_it_when_there_is_room(tmp_path):
    with mounted(256) as disk:
        folder = disk or tmp_path  # where we may mount nothing, something else is in the way
        in_the_way = folder / f".second.eml.{os.getpid()}"
        sender = FolderSender(folder)
        assert sender.send([outgoing("first")])[0].result == "accepted"
        fill(folder) if disk else in_the_way.mkdir()
        (refused,) = sender.send([outgoing("second", body="x" * 100_000)])
        assert (refused.result, refused.again_in) == ("failed", PAUSE)
        assert [path.name for path in folder.iterdir() if path.is_file() and path.name != "filler"] == ["first.eml"]
        assert sender.find([outgoing("second")]) == [None]
        clear(folder) if disk else in_the_way.rmdir()
        assert sender.send([outgoing("second", body="x" * 100_000)])[0].result == "accepted"


def test_memory_keeps_what_it_is_given_and_answers_as_told():
    sender = MemorySender(lambda message: Sent("failed" if message.channel == "text" else "accepted"))
    sender.tell("k2", Sent("unknown", "told so"))
    results = sender.send([outgoing("k1"), outgoing("k2"), outgoing("k3", "text")])
    assert [result.result for result in results] == ["accepted", "unknown", "failed"]
    assert [message.key for message in sender.sent] == ["k1", "k2", "k3"]
    assert sender.doubles() == {}
    sender.send([outgoing("k1")])
    assert sender.doubles() == {"k1": 2}
    assert MemorySender().send([outgoing()]) == [Sent("accepted", "kept in memory", "k1")]


def test_a_mail_is_plain_text_in_any_language_and_keeps_its_id_over_every_attempt():
    first, again = (
        compose(outgoing(reply_key="thread-7"), "caseflow@northgate.example", "Northgate Support").as_bytes()
        for _ in range(2)
    )
    assert first == again
    mail = message_from_bytes(first, policy=default)
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().replace("\r\n", "\n") == "Helo Siân, tŷ bach.\n"
    assert mail["Message-ID"] == "<k1@northgate.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<thread-7@northgate.example>"
    assert str(mail["From"]) == "Northgate Support <caseflow@northgate.example>"
    assert mail["Date"].datetime == NOON
    assert mail["Content-Language"] == "cy"
    assert first.isascii()


def test_nothing_in_a_subject_or_an_address_can_add_a_header():
    mail = compose(outgoing(subject="Hello\r\nBcc: all@example.org"), "caseflow@northgate.example")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Hello Bcc: all@example.org"
    for to in (
        "sam@example.org\r\nBcc: all@example.org",
        "sam@example.org, all@example.org",
        "",
        "Sam <sam@example.org>",
        "sam",
    ):
        with pytest.raises(ValueError, match="is not one mail address"):
            compose(outgoing(to=to), "caseflow@northgate.example")


def test_a_key_that_cannot_stand_in_a_message_id_goes_as_its_digest():
    assert message_id("a1.b2-c3", "x.example") == "<a1.b2-c3@x.example>"
    odd = message_id("one key> with spaces", "x.example")
    assert odd == message_id("one key> with spaces", "x.example")
    assert " " not in odd
    assert len(message_id("k" * 900, "x.example")) < 90
