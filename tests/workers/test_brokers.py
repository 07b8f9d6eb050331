"""Brokers as a force's IT runs them, for real: behind TLS, with a user who may do little, and behind Sentinel."""

import os
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import redis
import trustme
from relay import Relay

from caseflow.bell import CeleryBell, depths
from caseflow.embedded.account import Account
from caseflow.embedded.binaries import Binaries
from caseflow.embedded.process import free_port
from tests.workers.conftest import eventually
from workers.launch import Crew

ACL = Path(__file__).parents[2] / "config" / "valkey" / "caseflow.acl"


def host_and_port(url):
    parts = urlsplit(url)
    return parts.hostname, parts.port


# ── TLS ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def behind_tls(broker_url, tmp_path):
    """The address of the broker behind TLS, and the file of the authority that signed its certificate."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Relay(host_and_port(broker_url), context) as relay:
        yield relay.through(broker_url).replace("redis://", "rediss://"), tmp_path / "ca.pem"


def test_hints_go_through_tls_to_a_broker_whose_certificate_we_know(behind_tls):
    url, ca = behind_tls
    bell = CeleryBell(f"{url}?ssl_ca_certs={ca}")
    bell.ring("react")
    assert (bell.rung["react"], bell.failures) == (1, 0)
    assert depths(f"{url}?ssl_ca_certs={ca}")["react"] == 1
    bell.close()


def test_no_hint_goes_to_a_broker_whose_certificate_nobody_we_trust_has_signed(behind_tls):
    url, _ = behind_tls
    bell = CeleryBell(url)
    bell.ring("react")
    assert (bell.rung["react"], bell.failures) == (0, 1)
    bell.close()


def test_no_hint_goes_to_a_broker_with_somebody_elses_name(behind_tls):
    url, ca = behind_tls
    bell = CeleryBell(f"{url.replace('localhost', '127.0.0.1')}?ssl_ca_certs={ca}")
    bell.ring("react")
    assert (bell.rung["react"], bell.failures) == (0, 1)
    bell.close()


# ── a user who may do what Celery needs, and nothing else ───────────────────────────────────────
def shipped_rules() -> list[str]:
    """The rules of the shipped ACL file for the user `caseflow`, without the place for the password."""
    (line,) = [line for line in ACL.read_text(encoding="utf-8").splitlines() if line.startswith("user caseflow ")]
    return [word for word in line.split()[2:] if not word.startswith(("#", ">"))]


@pytest.fixture
def limited(broker_url):
    """The broker's address as the shipped user."""
    with redis.Redis.from_url(broker_url) as admin:
        admin.execute_command("ACL", "SETUSER", "caseflow", "reset", ">s3cret", *shipped_rules())
        admin.execute_command("ACL", "LOG", "RESET")
        parts = urlsplit(broker_url)
        yield parts._replace(netloc=f"caseflow:s3cret@{parts.hostname}:{parts.port}").geturl()
        admin.execute_command("ACL", "DELUSER", "caseflow")


def test_the_shipped_acl_user_can_do_all_that_the_crew_needs(place, limited, broker_url):
    with Crew(place.env | {"CASEFLOW_BROKER_URL": limited}, log_dir=place.logs):
        cases = place.refer(5)
        eventually(place.store.quiescent, "the crew drains what is there")
        place.check_once(cases)
        bell = CeleryBell(limited)
        bell.ring("fire")
        assert bell.rung["fire"] == 1
        bell.close()
    with redis.Redis.from_url(broker_url) as admin:
        refused = [entry["object"] for entry in admin.acl_log()]
    assert refused == []


@pytest.mark.parametrize(
    "command", [("FLUSHALL",), ("CONFIG", "GET", "*"), ("KEYS", "*"), ("GET", "other"), ("DEBUG", "JMAP")]
)
def test_the_shipped_acl_user_can_do_no_harm(limited, command):
    with redis.Redis.from_url(limited) as client, pytest.raises(redis.exceptions.NoPermissionError):
        client.execute_command(*command)


# ── Sentinel ────────────────────────────────────────────────────────────────────────────────────
class Trio:
    """A master, a replica and one sentinel (quorum 1), of the embedded binary, on loopback."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.valkey = str(Binaries.locate(Account.current()).valkey)
        self.ports = {name: free_port() for name in ("master", "replica", "sentinel")}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        common = 'bind 127.0.0.1\nprotected-mode no\nsave ""\nappendonly no\nrequirepass s3cret\nprimaryauth s3cret\n'
        self._run("master", common)
        self._answers("master")
        self._run("replica", f"{common}replicaof 127.0.0.1 {self.ports['master']}\nrepl-diskless-sync-delay 0\n")
        eventually(lambda: self.client("replica").info("replication").get("master_link_status") == "up", "a replica")
        self._run(
            "sentinel",
            f"bind 127.0.0.1\nprotected-mode no\nsentinel monitor caseflow 127.0.0.1 {self.ports['master']} 1\n"
            "sentinel auth-pass caseflow s3cret\nsentinel down-after-milliseconds caseflow 1000\n"
            "sentinel failover-timeout caseflow 4000\n",
            "--sentinel",
        )
        self._answers("sentinel")
        asked = redis.Redis(port=self.ports["sentinel"])
        eventually(lambda: asked.sentinel_master("caseflow")["num-slaves"] == 1, "the sentinel knows both")

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
            process.wait()

    def client(self, name: str) -> redis.Redis:
        return redis.Redis(port=self.ports[name], password=None if name == "sentinel" else "s3cret")

    def _run(self, name: str, configuration: str, *arguments: str) -> None:
        file = self.folder / f"{name}.conf"
        file.write_text(f"port {self.ports[name]}\ndir {self.folder}\ndaemonize no\n{configuration}", encoding="utf-8")
        log = (self.folder / f"{name}.log").open("wb")
        self.processes[name] = subprocess.Popen([self.valkey, str(file), *arguments], stdout=log, stderr=log)
        log.close()

    def _answers(self, name: str) -> None:
        def answers() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.ports[name])) == 0

        eventually(answers, f"{name} answers")


@pytest.fixture
def trio(tmp_path):
    three = Trio(tmp_path)
    try:
        three.start()
        yield three
    finally:
        three.stop()


@pytest.mark.drill
def test_when_the_master_dies_sentinel_names_another_and_hints_flow_again(place, trio):
    url = f"sentinel://:{quote('s3cret')}@127.0.0.1:{trio.ports['sentinel']}/0?master_name=caseflow"
    bell = CeleryBell(url)
    bell.ring("react")
    assert trio.client("master").llen("react") == 1
    with Crew(place.env | {"CASEFLOW_BROKER_URL": url}, log_dir=place.logs):
        cases = place.refer(5)
        eventually(place.store.quiescent, "the crew works by the first master")
        place.check_once(cases)
        os.kill(trio.processes["master"].pid, signal.SIGKILL)
        cases = place.refer(5)
        eventually(lambda: trio.client("replica").info("replication")["role"] == "master", "the replica is promoted")
        promoted = time.monotonic()
        eventually(place.store.quiescent, "the crew works by the second master", within=90)
        assert time.monotonic() - promoted < 90
        place.check_once(cases)
        bell.ring("react")
        eventually(lambda: bool(bell.ring("react") or bell.rung["react"] >= 2), "the bell rings at the second master")
    bell.close()
