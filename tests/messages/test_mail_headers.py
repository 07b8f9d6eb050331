"""Whatever stands in a message's fields, a mail has our headers and no other."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseflow.engine.ports import Outgoing
from caseflow.messages.senders.mail import compose

HEADERS = {
    "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted", "mime-version",
    "content-type", "content-transfer-encoding", "content-language",
}  # fmt: skip
ANY = st.text(alphabet=st.characters(codec="utf-8"))
SLY = st.sampled_from(
    ["\r\nBcc: x@example.org", "\nX-A: b", "\r\n\r\nbody", "=?utf-8?q?=0D=0ABcc:_x?=", "\u2028Bcc: x", "\x0bBcc: x"]
)
TEXT = st.lists(st.one_of(ANY, SLY), max_size=4).map("".join)


@given(subject=TEXT, body=TEXT, key=TEXT, thread=TEXT)
def test_no_field_adds_a_header(subject, body, key, thread):
    made = compose(
        Outgoing(key or "k", "email", "sam@example.org", subject, body, "en", datetime(2022, 1, 3, tzinfo=UTC), thread),
        "service@example.org",
    )
    read = message_from_bytes(made.as_bytes(), policy=default)
    names = [name.lower() for name in read.keys()]  # noqa: SIM118 - a mail may have a header twice
    assert set(names) <= HEADERS
    assert len(names) == len(set(names))
    assert [one.addr_spec for one in read["to"].addresses] == ["sam@example.org"]


@given(TEXT)
def test_no_address_adds_another(address):
    message = Outgoing("k", "email", f"sam{address}@example.org", "s", "b", "en", datetime(2022, 1, 3, tzinfo=UTC))
    try:
        made = compose(message, "service@example.org")
    except ValueError:
        return
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert len(read["to"].addresses) == 1
    assert {name.lower() for name in read.keys()} <= HEADERS  # noqa: SIM118


@pytest.mark.parametrize(
    "coded", ["=?utf-8?q?=0D=0ABcc:_x@example.org?=", "=?utf-8?b?DQpCY2M6IHg=?=", "=?x?= =?utf-8?q?=0A?="]
)
def test_a_subject_that_looks_coded_is_shown_as_it_is_written(coded):
    message = Outgoing("k", "email", "sam@example.org", coded, "b", "en", datetime(2022, 1, 3, tzinfo=UTC))
    made = compose(message, "service@example.org")
    assert "bcc" not in made
    assert message_from_bytes(made.as_bytes(), policy=default)["subject"] == coded.replace("=?", "= ?")


def test_two_addresses_are_none():
    message = Outgoing("k", "email", "a@example.org, b@example.org", "s", "b", "en", datetime(2022, 1, 3, tzinfo=UTC))
    with pytest.raises(ValueError, match="not one mail address"):
        compose(message, "service@example.org")
