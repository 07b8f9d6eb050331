"""The file that says where webhooks go: read at the edge, every fault named, no secret shown."""

import base64
from pathlib import Path

import pytest

from caseflow.settings.plain_yaml import FileRefused
from caseflow.settings.webhooks import read_webhooks

SECRET = "whsec_" + base64.b64encode(b"0" * 32).decode()
GOOD = """
format: 1
allow: {hosts: [records.example.org], networks: [10.20.30.0/24]}
endpoints:
  - scheme: durham
    name: records
    url: https://records.example.org/hooks
    secrets: [{env: NEW}, {file: old.secret}]
"""


@pytest.fixture
def read(tmp_path):
    (tmp_path / "old.secret").write_text(SECRET + "\n")
    (tmp_path / "bad.secret").write_text("whsec_!!")

    def reader(text, environ=None):
        (tmp_path / "webhooks.yaml").write_text(text)
        return read_webhooks(tmp_path / "webhooks.yaml", https_only=True, environ={"NEW": SECRET} | (environ or {}))

    return reader


def test_receivers_come_with_their_secrets_newest_first(read):
    (one,) = read(GOOD, {"NEW": SECRET.replace("MDAw", "MTEx", 1)}).endpoints
    assert (one.scheme, one.name, len(one.secrets)) == ("durham", "records", 2)
    assert one.secrets[1] == SECRET != one.secrets[0]
    assert SECRET not in repr(one)


def test_the_example_that_comes_with_caseflow_can_be_used():
    example = Path(__file__).parents[2] / "config/webhooks.example.yaml"
    assert read_webhooks(example, https_only=True, environ={"RECORDS_WEBHOOK_SECRET": SECRET}).endpoints


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("format: 1", "format: 2", "format", ""),
        ("https:", "http:", "endpoints[0].url", "https://"),
        ("records.example.org/hooks", "other.example.org/", "endpoints[0].url", "allow.hosts"),
        ("https://", "https://user:pw@", "endpoints[0].url", "secrets belong"),
        ("{env: NEW}", "{env: MISSING}", "endpoints[0].secrets[0]", "MISSING is not set"),
        ("old.secret", "none.secret", "endpoints[0].secrets[1]", "cannot be read"),
        ("old.secret", "bad.secret", "endpoints[0].secrets[1]", "not base64"),
        ("{env: NEW}", "{}", "endpoints[0].secrets[0]", "either"),
        ("[{env: NEW}, {file: old.secret}]", "[]", "endpoints[0].secrets", "at least 1"),
        ("10.20.30.0/24", "10.20.30.1/24", "allow.networks[0]", "no network"),
        ("name: records", "name: Records System", "endpoints[0].name", ""),
        ("name: records", "nam: records", "endpoints[0].nam", "did you mean"),
    ],
)
def test_a_fault_is_named_with_its_place(read, old, new, place, words):
    with pytest.raises(FileRefused) as refused:
        read(GOOD.replace(old, new))
    assert place in [problem.path_in_file for problem in refused.value.problems]
    assert words in str(refused.value)


@pytest.mark.parametrize("secret", ["hello-there-secret", "whsec_c2hvcnQ=", "whsec_???-nonsense"])
def test_a_bad_secret_is_refused_and_never_shown(read, secret):
    with pytest.raises(FileRefused) as refused:
        read(GOOD, {"NEW": secret})
    assert secret.removeprefix("whsec_") not in str(refused.value)


def test_two_receivers_of_one_name_are_refused(read):
    twice = GOOD + GOOD[GOOD.index("  - scheme") :]
    with pytest.raises(FileRefused, match="stands twice"):
        read(twice)
