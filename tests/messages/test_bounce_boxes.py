"""Where bounces lie: let go only after they were taken, whatever happens in between."""

import mailbox
import ssl

import pytest
import trustme
from standins.imap import ImapServer

from caseflow.messages.bounces.boxes import BATCH, BoxAway, Mailbox, maildir

MAIL = b"From: a@example.org\nSubject: one\n\nHello\n"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def server(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with ImapServer(context, "a-secret", [MAIL + b"%d\n" % number for number in range(3)]) as running:
        yield running


@pytest.fixture
def trusted(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


def box(server, trusted, **more):
    given = {"host": "localhost", "user": "bounces", "password": "a-secret", "port": server.port, "ca_file": trusted}
    return Mailbox(**(given | more))


def test_an_imap_mailbox_is_read_once_and_marked_only_after_it_was_taken(server, trusted):
    for batch in box(server, trusted).batches():
        assert [raw for _, raw in batch.mails] == server.mails
        assert len({name for name, _ in batch.mails}) == 3
        assert server.seen == set(), "not before"
        batch.done()
    assert server.seen == {1, 2, 3}
    assert list(box(server, trusted).batches()) == []


def test_what_was_not_taken_comes_again(server, trusted):
    with pytest.raises(ZeroDivisionError):
        for _ in box(server, trusted).batches():
            _ = 1 / 0
    assert server.seen == set()
    assert len([mail for batch in box(server, trusted).batches() for mail in batch.mails]) == 3


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"password": "another"}, "CASEFLOW_BOUNCES_IMAP_PASSWORD"),
        ({"folder": "Elsewhere"}, "no folder Elsewhere"),
        ({"ca_file": None}, "certificate"),
        ({"host": "127.0.0.1"}, "certificate"),
        ({"port": 1}, "could not be reached"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why(server, trusted, more, words):
    with pytest.raises(BoxAway, match=words):
        list(box(server, trusted, **more).batches())


def test_a_line_that_breaks_is_said_in_words(server, trusted):
    server.breaks_at = "UID FETCH"
    with pytest.raises(BoxAway, match="broke off"):
        list(box(server, trusted).batches())


def test_a_maildir_is_read_in_batches_and_each_mail_once(tmp_path):
    folder = tmp_path / "mail"
    there = mailbox.Maildir(str(folder))
    for number in range(BATCH + 1):
        there.add(MAIL + b"%d\n" % number)
    sizes = []
    for batch in maildir(folder):
        sizes.append(len(batch.mails))
        batch.done()
    assert sizes == [BATCH, 1]
    assert list(maildir(folder)) == []
    assert len(there) == BATCH + 1, "nothing is thrown away"


def test_a_folder_that_is_no_maildir_is_refused(tmp_path):
    with pytest.raises(BoxAway, match="no Maildir"):
        next(maildir(tmp_path))
