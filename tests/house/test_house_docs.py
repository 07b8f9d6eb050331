"""What is written is true: commands exist, links lead somewhere, generated pages are current, the README runs."""

import os
import re
import shlex
import tomllib
from pathlib import Path

import click
import house
import pytest
import typer

import caseflow
from caseflow.cli.app import app
from caseflow.cli.reference.__main__ import PAGES, stale
from caseflow.settings.deployment import PREFIX, SECRETS_DIR, Deployment

README = house.ROOT / "README.md"
CHANGELOG = house.ROOT / "CHANGELOG.md"
MAKEFILE = house.ROOT / "Makefile"
PAGES_WRITTEN = sorted(path for path in house.files() if path.suffix == ".md" and house.shown(path).startswith("docs/"))
PAGES_ALL = [README, CHANGELOG, *PAGES_WRITTEN]
PROJECT = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADRS = sorted((house.ROOT / "docs/adr").glob("[0-9]*.md"))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def recipe(target: str) -> list[str]:
    """A Makefile target's commands, as one would type them; what it does silently (@) is left out."""
    text = read(MAKEFILE).replace("\\\n", " ")
    body = re.search(rf"^{re.escape(target)}:[^\n]*\n((?:\t[^\n]*\n)+)", text, re.MULTILINE)
    assert body, f"the Makefile has no {target}"
    lines = [line.strip() for line in body[1].splitlines() if not line.startswith("\t@")]
    return [line.replace("$(BIN)", ".venv/bin").replace("$(VENV)", ".venv").replace(" --quiet", "") for line in lines]


# ── the README and the Makefile ─────────────────────────────────────────────────────────────────
def test_every_how_to_can_be_found_from_the_readme():
    there = {f"docs/how-to/{one.name}" for one in (house.ROOT / "docs" / "how-to").glob("*.md")}
    assert {one for one in there if f"({one})" not in read(README)} == set()


@pytest.mark.parametrize("target", ["demo", "test", "up", "check", "bench"])
def test_the_makefile_has_the_target_and_the_readme_names_it(target):
    assert recipe(target)
    assert f"make {target}" in read(README)


@pytest.mark.parametrize("target", ["$(INSTALLED)", "demo", "test"])
def test_the_readme_gives_the_very_commands_that_make_runs(target):
    for command in recipe(target):
        assert command in read(README), f"README.md does not show: {command}"


def test_the_build_checks_then_tests():
    run = house.ROOT / ".ci/run"
    assert os.access(run, os.X_OK)
    words = [line for line in read(run).splitlines() if not line.startswith("#")]
    assert words.index("make check") < words.index("make test")
    assert "set -euo pipefail" in words


def test_what_make_test_leaves_out_the_build_runs_by_a_target_of_its_own():
    settings = tomllib.loads((house.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    left_out = {one.partition(":")[0]: one for one in settings["ini_options"]["markers"]}
    (command,) = recipe("test")
    assert set(re.findall(r"not (\w+)", command)) == set(left_out)
    for name, words in left_out.items():
        target = re.search(r"\(make (\w+)\)", words)
        assert target, f"the marker {name} does not say which target runs it"
        assert any(f"-m {name}" in one or f"tests/{name}" in one for one in recipe(target[1])), name
        assert re.search(rf"^ *(timeout \d+ )?make {target[1]}$", read(house.ROOT / ".ci/run"), re.MULTILINE), name


def test_the_changelog_speaks_of_this_version():
    assert re.search(rf"^## {re.escape(caseflow.__version__)} ", read(CHANGELOG), re.MULTILINE)


# ── links ───────────────────────────────────────────────────────────────────────────────────────
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", read(path), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES_ALL, ids=house.shown)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", read(page), flags=re.DOTALL)
    dead = []
    for target in LINK.findall(text):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in anchors(found)):
            dead.append(target)
    house.complain(dead, f"{house.shown(page)}: dead links")


def test_every_page_can_be_reached_from_the_readme():
    seen: set[Path] = set()
    waiting = [README]
    while waiting:
        page = waiting.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        if page.suffix == ".md":
            waiting += [(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(read(page))]
    house.complain([house.shown(page) for page in PAGES_WRITTEN if page not in seen], "Pages nothing leads to")


# ── what the pages say ──────────────────────────────────────────────────────────────────────────
def test_the_generated_pages_say_what_the_code_says():
    assert not stale(), "run: python -m caseflow.cli.reference"
    assert {path.name for path in (house.ROOT / "docs/reference").glob("*.md")} == set(PAGES) | {
        "cli.md",
        "json.md",
        "security.md",  # written by hand; test_house_security.py holds it to the code
    }


def shell_commands() -> list[tuple[str, str]]:
    """(page, command) of each `caseflow …` line in a block of shell, and in inline code."""
    found = []
    for page in [README, *(page for page in PAGES_WRITTEN if "reference/" not in house.shown(page))]:
        for block in re.findall(r"```(?:sh|console)\n(.*?)```", read(page), re.DOTALL):
            lines = re.sub(r"\\\n\s*", " ", block).splitlines()
            found += [(house.shown(page), line) for line in lines if re.match(r"(\$ )?(\.venv/bin/)?caseflow ", line)]
        found += [(house.shown(page), line) for line in re.findall(r"`(caseflow [^`]+)`", read(page))]
    return [(page, line.removeprefix("$ ").removeprefix(".venv/bin/")) for page, line in found]


@pytest.mark.parametrize(("page", "line"), shell_commands())
def test_every_command_the_pages_show_exists(page, line):
    words = shlex.split(line.split("  #")[0].split(" | ")[0].split(" && ")[0].split(" > ")[0], comments=True)[1:]
    command = typer.main.get_command(app)
    while words and isinstance(command, click.Group | typer.core.TyperGroup):
        if words[0].startswith("-") or words[0] in {"…", "COMMAND", "--help"}:
            break
        assert words[0] in command.commands, f"{page}: there is no `{line}`"
        command = command.commands[words.pop(0)]
    known = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    for word in words:
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{page}: `{line}`: there is no option {word}"


def test_every_setting_the_pages_name_exists():
    known = {PREFIX + name.upper() for name in Deployment.model_fields} | {SECRETS_DIR}
    for page in [*PAGES_ALL, house.ROOT / "config/caseflow.example.env"]:
        named = set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]+\b", read(page)))
        assert named <= known, f"{house.shown(page)} names {sorted(named - known)}"


@pytest.mark.parametrize(
    "page", [README, *(p for p in PAGES_WRITTEN if "reference/" not in house.shown(p))], ids=house.shown
)
def test_every_file_the_pages_name_is_there(page):
    named = re.findall(r"`((?:caseflow|workers|tests|config|templates|docs|benchmarks)/[\w./-]+\.\w+)`", read(page))
    ours = [name for name in named if not re.search(r"/\d+\.yaml$", name)]  # versions that the reader is to write
    house.complain([name for name in ours if not (house.ROOT / name).exists()], f"{house.shown(page)}: no such file")


# ── decisions ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("adr", ADRS, ids=lambda path: path.stem)
def test_a_decision_says_why_and_what_follows(adr):
    text = read(adr)
    assert text.startswith(f"# {int(adr.name[:4])}. ")
    for heading in ("## Context", "## Decision", "## Consequences"):
        assert heading in text
    assert len(text.splitlines()) < 80, "a decision is one page"


def test_decisions_are_numbered_without_gaps():
    assert [int(adr.name[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


UNSEEN = {
    "psycopg": "the driver SQLAlchemy loads by the address",
    "tzdata": "data that zoneinfo reads",
    "redis": "the client Celery's transport imports",
}
MODULES = {"pyyaml": "yaml", "email-validator": "email_validator"}


def test_every_library_we_need_is_used():
    code = "\n".join(read(path) for path in house.modules())
    names = {re.split(r"[\[><= ]", line)[0] for line in PROJECT["dependencies"]} - set(UNSEEN)
    unused = [n for n in names if not re.search(rf"(import|from) {MODULES.get(n, n.replace('-', '_'))}\b", code)]
    house.complain(unused, "Dependencies nobody imports: take them out of pyproject.toml and the lock")


def test_every_library_we_need_has_its_reason_in_a_decision():
    wanted = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["embedded"]]
    told = "\n".join(read(adr).lower() for adr in ADRS)
    missing = [name for name in (re.split(r"[\[><= ]", line)[0] for line in wanted) if name.lower() not in told]
    house.complain(missing, "Dependencies no decision explains")
