"""Where a webhook may go: every trick that leads inside is refused."""

import ipaddress

import pytest

from caseflow.messages.webhooks import guard
from caseflow.settings.webhooks import url_fault

HOSTS = frozenset({"records.example.org", "93.184.216.34", "127.0.0.1", "::1"})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",  # noqa: S104 - refused, not bound
        "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.2.3", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::",
        "2002:0a00:0001::1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001:0:7f00:1::", "not-an-address",
        "fe80::1%eth0", "127.1", "0x7f000001", "2130706433",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address):
    assert guard.fault(address, ())


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_a_public_address_is_allowed(address):
    assert guard.fault(address, ()) == ""


def test_a_network_that_is_listed_is_allowed_and_no_more_than_that():
    inside = [ipaddress.ip_network("10.20.30.0/24")]
    assert guard.fault("10.20.30.40", inside) == ""
    assert guard.fault("::ffff:10.20.30.40", inside) == ""
    assert guard.fault("10.20.31.40", inside)
    assert guard.fault("127.0.0.1", inside)


def test_one_bad_address_among_good_ones_refuses_the_name():
    with pytest.raises(guard.Refused, match=r"10\.0\.0\.7"):
        guard.checked("records.example.org", 443, (), lambda host, port: ["93.184.216.34", "10.0.0.7"])


def test_a_name_without_an_address_is_no_connection():
    with pytest.raises(OSError, match="no address"):
        guard.checked("records.example.org", 443, (), lambda host, port: [])


@pytest.mark.parametrize(
    "url",
    [
        "http://records.example.org/", "ftp://records.example.org/", "file:///etc/passwd", "gopher://records.example.org/",
        "//records.example.org/", "records.example.org", "https://", "https:///hooks", "https://user@records.example.org/",
        "https://user:password@records.example.org/", "https://records.example.org@127.0.0.1/",
        "https://127.0.0.1#@records.example.org/", "https://records.example.org#x", "https://records.example.org\\@127.0.0.1/",
        "https://records.example.org\t/", "https://records.example.org /", "https://records.example.org/\r\nHost: x",
        "https://records.example.org.evil.example/", "https://evil.example/?records.example.org", "https://localhost/",
        "https://[::1", "https://records.example.org:99999/", "https://records.example.org:port/", "https://récords.example.org/",
        "https://2130706433/", "https://0x7f.1/", "https://10.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_written_to_mislead_is_refused(url):
    assert url_fault(url, HOSTS, https_only=True)


@pytest.mark.parametrize(
    "url", ["https://records.example.org/hooks?x=1", "https://RECORDS.example.org:8443/", "https://93.184.216.34/"]
)
def test_a_plain_address_of_a_listed_host_is_allowed(url):
    assert url_fault(url, HOSTS, https_only=True) == ""


def test_plain_http_is_for_development():
    assert url_fault("http://records.example.org/", HOSTS, https_only=False) == ""
