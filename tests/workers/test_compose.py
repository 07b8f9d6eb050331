"""What docker-compose.yml would run, run here as plain processes: migrations, the crew, the doors, every health check.

Each service gets what its container would: its environment, its secrets as files, a data folder of its own.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml

from caseflow.embedded.account import Account
from caseflow.embedded.binaries import Binaries
from caseflow.embedded.process import free_port
from tests.workers.conftest import eventually

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
STAYING = [name for name, one in SERVICES.items() if one["image"].startswith("caseflow:") and name != "migrate"]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def filled_in(text: str) -> str:
    """``${NAME:-default}`` is the default: nobody set anything; ``$$`` is a dollar."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$")


class Container:
    """One service's process."""

    def __init__(self, name: str, folder: Path, secrets: Path, http_port: int) -> None:
        self.name, self.service, self.folder = name, SERVICES[name], folder
        folder.mkdir()
        given = {key: filled_in(str(value)) for key, value in self.service["environment"].items()}
        changed = {"CASEFLOW_SECRETS_DIR": str(secrets), "CASEFLOW_DATA_DIR": str(folder / "data")}
        if "CASEFLOW_HTTP_PORT" in given:
            changed["CASEFLOW_HTTP_PORT"] = str(http_port)
        self.env = {"PATH": PATH, "PYTHONPATH": str(ROOT), "HOME": str(folder)} | given | changed
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                self.service["command"], env=self.env, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )
        return self.process

    def healthy(self) -> bool:
        test = self.service["healthcheck"]["test"]
        return subprocess.run(test[1:], env=self.env, cwd=self.folder, capture_output=True, check=False).returncode == 0


@pytest.fixture
def secrets(servers, fresh_database, tmp_path) -> Path:
    """The folder of secrets, with an empty database's address and the broker's."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "caseflow_database_url").write_text(fresh_database(migrated=False), encoding="utf-8")
    (folder / "caseflow_broker_url").write_text(f"{servers.broker_url.rpartition('/')[0]}/63", encoding="utf-8")
    return folder


@pytest.fixture
def containers(secrets, tmp_path) -> Iterator[dict[str, Container]]:
    port = free_port()
    made = {name: Container(name, tmp_path / name, secrets, port) for name in ["migrate", *STAYING]}
    yield made
    for one in made.values():
        if one.process is not None and one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
            one.process.wait()


@pytest.mark.drill
def test_all_that_compose_starts_starts_gets_well_and_stops_in_time(containers):
    assert containers["migrate"].start().wait(120) == 0, (containers["migrate"].folder / "log").read_text()
    assert not containers["react"].healthy()
    for name in STAYING:
        containers[name].start()
    for name in STAYING:
        eventually(containers[name].healthy, f"{name} is well; see {containers[name].folder / 'log'}", within=90)
    for name in STAYING:
        assert containers[name].process.poll() is None
        containers[name].process.send_signal(signal.SIGTERM)
    for name in STAYING:
        grace = float(SERVICES[name]["stop_grace_period"].removesuffix("s"))
        assert containers[name].process.wait(grace) in {0, -signal.SIGTERM}, name


def test_migrations_run_twice_do_nothing_the_second_time(containers):
    assert containers["migrate"].start().wait(120) == 0
    assert containers["migrate"].start().wait(120) == 0


def test_a_worker_that_starts_before_the_migrations_says_so_and_is_not_well(containers):
    containers["react"].start()
    said = containers["react"].folder / "log"
    eventually(lambda: "caseflow db upgrade" in said.read_text(encoding="utf-8"), "it says what is missing", within=60)
    assert not containers["react"].healthy()


def test_the_database_check_is_green_for_a_database_that_answers_and_red_for_none(servers):
    parts = urlsplit(servers.database_url.replace("+psycopg", ""))
    test = SERVICES["postgres"]["healthcheck"]["test"][1:]
    binary = Binaries.locate(Account.current()).postgres / test[0]

    def asked(port: int) -> int:
        changed = [str(port) if word == "5432" else word for word in test[1:]]
        return subprocess.run([binary, *changed], capture_output=True, check=False).returncode

    assert asked(parts.port) == 0
    assert asked(free_port()) != 0


def test_every_parameter_the_database_is_started_with_exists(servers):
    command = SERVICES["postgres"]["command"]
    given = {word.partition("=")[0] for word in command if "=" in word}
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        known = {name for (name,) in connection.execute("SELECT name FROM pg_settings")}
    assert given
    assert given <= known


def test_the_broker_starts_with_our_configuration_and_lets_only_our_user_in(tmp_path):
    port = free_port()
    acl = (ROOT / "config/valkey/caseflow.acl").read_text(encoding="utf-8")
    (tmp_path / "acl").write_text(acl.replace("0" * 64, sha256(b"s3cret").hexdigest()), encoding="utf-8")
    text = (ROOT / COMPOSE["configs"]["valkey_conf"]["file"]).read_text(encoding="utf-8")
    for old, new in (
        ("port 6379", f"port {port}"),
        ("/run/secrets/valkey_acl", str(tmp_path / "acl")),
        ("dir /data", f"dir {tmp_path}"),
        ("bind * -::*", "bind 127.0.0.1"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "valkey.conf").write_text(text, encoding="utf-8")
    command = SERVICES["valkey"]["command"]
    binary = Binaries.locate(Account.current()).valkey
    assert command == [binary.name, "/etc/valkey/valkey.conf"]
    check = [filled_in(word).replace("/6379", f"/{port}") for word in SERVICES["valkey"]["healthcheck"]["test"][1:]]
    assert shutil.which(check[0])

    def well() -> bool:
        return subprocess.run(check, capture_output=True, check=False).returncode == 0

    assert not well()
    with (tmp_path / "log").open("wb") as log:
        broker = subprocess.Popen([binary, str(tmp_path / "valkey.conf")], stdout=log, stderr=log)
    try:
        eventually(well, "the broker answers")
        from caseflow.bell import CeleryBell  # noqa: PLC0415 - only here

        for user, rung in (("caseflow:s3cret", 1), ("caseflow:wrong", 0), (":s3cret", 0)):
            bell = CeleryBell(f"redis://{user}@127.0.0.1:{port}/0")
            bell.ring("react")
            assert bell.rung["react"] == rung, user
            bell.close()
    finally:
        before = time.monotonic()
        broker.terminate()
        broker.wait()
    assert time.monotonic() - before < float(SERVICES["valkey"]["stop_grace_period"].removesuffix("s"))


@pytest.mark.drill
def test_the_images_own_check_and_command_are_green_for_a_whole_crew(containers, tmp_path):
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    command, check = (yaml.safe_load(found) for found in re.findall(r"CMD (\[.*\])", text)[::-1])
    assert containers["migrate"].start().wait(120) == 0
    one = containers["react"]
    one.service = {"command": command, "healthcheck": {"test": ["CMD", *check]}}
    process = one.start()
    eventually(one.healthy, f"the crew is well; see {one.folder / 'log'}", within=90)
    process.send_signal(signal.SIGTERM)
    assert process.wait(45) == 0
