"""An installed wheel is whole: it has its templates, schemes and migrations, and finds them."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import house
import pytest

import caseflow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=house.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The wheel unpacked far from any checkout."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_carries_everything_beside_the_code(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for folder in ("templates", "config"):
        ours = {f"caseflow/_data/{house.shown(path)}" for path in house.under(folder)}
        assert ours
        house.complain(sorted(ours - packed), "not in the wheel")
    code = {house.shown(path) for path in house.modules()}
    house.complain(sorted(code - packed), "not in the wheel")


def test_the_wheel_carries_its_licence_and_no_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.namelist()
    assert any(name.endswith("licenses/LICENSE") for name in packed)
    assert not [name for name in packed if name.startswith(("tests/", "docs/", "benchmarks/"))]
    assert wheel.name.startswith(f"caseflow-{caseflow.__version__}-")


def test_an_installed_caseflow_finds_its_files(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    lines = (
        "from caseflow.settings import paths",
        "from caseflow.store.migrations import head",
        "from caseflow.cli import main",
        "print(paths.templates_dir(), paths.config_dir(), head(), sep=chr(10), flush=True)",
        "import sys; sys.argv = ['caseflow', 'policy', 'check']; main()",
    )
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    templates, config, head, *checked = run.stdout.splitlines()
    assert Path(templates) == installed / "caseflow/_data/templates"
    assert Path(config) == installed / "caseflow/_data/config"
    assert head
    assert len([line for line in checked if line.endswith(": good")]) >= 2


def test_the_lock_holds_a_hash_for_every_package_and_every_dependency():
    lock = (house.ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = [block for block in lock.split("\n") if block and block[0].isalnum()]
    assert len(entries) > 30
    assert lock.count("--hash=sha256:") >= len(entries)
