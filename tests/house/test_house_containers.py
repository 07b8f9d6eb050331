"""Dockerfile and docker-compose.yml are whole: valid, consistent with the code, and as careful as we say they are.

No container engine is asked: there may be none. What the lines do is tried in tests/workers/test_compose.py.
"""

import json
import re
import shlex

import house
import jsonschema
import pytest
import yaml

from caseflow.settings.deployment import PREFIX, SECRETS_DIR, Deployment
from workers.app import QUEUES, SETTINGS
from workers.run import CREW

COMPOSE = yaml.safe_load((house.ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("caseflow:")}
SCHEMA = json.loads((house.ROOT / "tests/data/compose/compose-spec.json").read_text(encoding="utf-8"))
DOCKERFILE = (house.ROOT / "Dockerfile").read_text(encoding="utf-8")
SETTING_NAMES = {PREFIX + name.upper() for name in Deployment.model_fields} | {SECRETS_DIR}


def instructions(stage: int) -> list[tuple[str, str]]:
    """(instruction, the rest) of the Dockerfile's stage, lines joined; 0 is what stands before the first FROM."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    stages: list[list[tuple[str, str]]] = [[]]
    for word, rest in lines:
        if word == "FROM":
            stages.append([])
        stages[-1].append((word, rest))
    return stages[stage]


# ── compose ─────────────────────────────────────────────────────────────────────────────────────
def test_the_compose_file_is_valid_by_the_specifications_own_schema():
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(COMPOSE)
    house.complain([f"{error.json_path}: {error.message}" for error in found], "docker-compose.yml")


def test_the_schema_would_notice_a_mistake():
    wrong = {"services": {"react": {"image": "x", "comand": []}}}
    assert list(jsonschema.Draft202012Validator(SCHEMA).iter_errors(wrong))


def test_every_variable_a_service_gets_is_a_setting():
    given = {name for service in OURS.values() for name in service["environment"]}
    assert given <= SETTING_NAMES
    asked = set(re.findall(rf"\$\{{({PREFIX}\w+)", (house.ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert asked <= SETTING_NAMES
    for match in re.findall(rf"\b{PREFIX}\w+", DOCKERFILE):
        assert match in SETTING_NAMES


def test_every_member_of_the_crew_is_a_service_and_so_every_queue_is_drained():
    run = {service["command"][3]: name for name, service in OURS.items() if service["command"][2] == "workers.run"}
    assert set(run) == set(CREW), "a new member of the crew needs a service in docker-compose.yml"
    assert {queue for member in run for queue in CREW[member]} == set(QUEUES)
    assert SERVICES[run["beat"]]["deploy"]["replicas"] == 2


def test_every_name_a_service_leans_on_is_there():
    for name, service in SERVICES.items():
        assert set(service.get("depends_on", {})) <= set(SERVICES), name
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        assert {one["source"] for one in service.get("configs", [])} <= set(COMPOSE["configs"]), name
        assert set(service["networks"]) <= set(COMPOSE["networks"]), name
        assert {volume.split(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"]), name
    used = {one for service in SERVICES.values() for one in service.get("secrets", [])}
    assert used == set(COMPOSE["secrets"])


def test_settings_that_come_as_secrets_are_named_as_the_settings_read_them():
    names = {f"{PREFIX.lower()}{field}" for field in Deployment.model_fields}
    ours = {one for service in OURS.values() for one in service["secrets"]}
    assert ours <= names
    assert not {name for service in OURS.values() for name in service["environment"]} & {one.upper() for one in ours}


def test_files_that_compose_hands_in_are_there_and_secrets_are_not():
    for given in COMPOSE["configs"].values():
        assert (house.ROOT / given["file"]).is_file()
    ignored = (house.ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/secrets/" in ignored
    assert all(given["file"].startswith("./secrets/") for given in COMPOSE["secrets"].values())


def test_nothing_starts_before_the_database_was_brought_up_to_date():
    for name, service in OURS.items():
        if name != "migrate":
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}, name
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_hardened_bounded_and_named_by_version(name):
    service = SERVICES[name]
    tag = service["image"].partition(":")[2]
    assert tag
    assert "latest" not in tag
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert all(part.isdigit() and int(part) > 0 for part in service["user"].split(":")), "a number above 0: not root"
    assert not {"privileged", "cap_add", "container_name", "network_mode", "pid"} & set(service)
    limits = service["deploy"]["resources"]["limits"]
    assert {"cpus", "memory", "pids"} <= set(limits)
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in {"migrate", "mail"}])
def test_every_service_that_stays_has_a_health_check_and_starts_again(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_members_of_the_crew_get_the_time_they_need_to_finish():
    needed = SETTINGS["worker_soft_shutdown_timeout"]
    for name, service in OURS.items():
        assert int(service["stop_grace_period"].removesuffix("s")) > needed, name


def test_database_and_broker_can_be_reached_by_nobody_outside():
    assert COMPOSE["networks"]["back"] == {"internal": True}
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["networks"] == ["back"]
        assert "ports" not in SERVICES[name]


def test_the_broker_refuses_rather_than_forgets_and_keeps_its_queues():
    text = (house.ROOT / "config/valkey/valkey.conf").read_text(encoding="utf-8")
    said = dict(line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#"))
    assert (said["maxmemory-policy"], said["appendonly"]) == ("noeviction", "yes")
    assert said["aclfile"] == "/run/secrets/valkey_acl"


# ── the image ───────────────────────────────────────────────────────────────────────────────────
def test_what_the_image_copies_is_there_and_let_through():
    ignore = (house.ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignore[1] == "*"
    for word, rest in instructions(1):
        if word == "COPY":
            for source in rest.split()[:-1]:
                assert (house.ROOT / source).exists(), source
                assert f"!{source}" in ignore, f"{source} is not let through by .dockerignore"


def test_what_the_wheel_is_built_from_is_copied():
    copied = {source for word, rest in instructions(1) if word == "COPY" for source in rest.split()[:-1]}
    assert {"caseflow", "workers", "templates", "config", "pyproject.toml", "README.md", "LICENSE"} <= copied


def test_the_last_stage_installs_nothing_and_runs_as_a_number_that_is_not_root():
    last = instructions(2)
    assert not [rest for word, rest in last if word in {"RUN", "ADD"}]
    assert [rest for word, rest in last if word == "COPY"] == ["--from=build /venv /venv"]
    assert dict(last)["USER"] == "10001:10001"
    environment = dict(pair.split("=", 1) for word, rest in last if word == "ENV" for pair in shlex.split(rest))
    assert environment["PYTHONUNBUFFERED"] == "1"
    assert {"HEALTHCHECK", "LABEL", "CMD", "STOPSIGNAL"} <= {word for word, _ in last}


def test_every_file_that_comes_from_outside_is_checked_against_its_hash():
    fetching = [rest for word, rest in instructions(1) if word == "RUN" and "pip" in rest]
    assert len(fetching) == 3
    for line in fetching:
        assert "--require-hashes" in line or "--no-index" in line


def test_no_base_image_is_the_latest_of_anything():
    images = re.findall(r"^ARG PYTHON_IMAGE=(\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 1
    assert ":" in images[0]
    assert "latest" not in images[0]
