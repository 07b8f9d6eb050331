"""The code as text: who imports whom, how long things are, which words and addresses never stand in it."""

import ast
import subprocess
import sys
from pathlib import Path

import house

LONG = {
    "caseflow/cli/app.py": "every command and its options, as they stand in the help",
    "caseflow/cli/contracts.py": "one class a --json answer",
    "caseflow/store/tables.py": "the one definition of the database; cut in two, nobody would see it whole",
    "caseflow/domain/commands.py": "one class a command, in the order of a case's life",
    "caseflow/domain/events.py": "one class a kind of fact",
    "caseflow/domain/evolve.py": "one small function a kind of fact, and the table of them",
    "caseflow/domain/calendar.py": "civil time is one idea: zone, working days, windows, offsets",
    "caseflow/engine/readings.py": "the port of all that is read: one line a class, and the protocol",
    "caseflow/engine/ports.py": "the whole port of the store: a method's words are its contract",
    "caseflow/store/reads.py": "one reading a screen or report, and the statements they share",
    "caseflow/store/reads_memory.py": "the same readings, over dictionaries",
    "caseflow/store/migrations/versions/v0001_first.py": "the whole first schema, frozen",
}
MOST_LINES = 400
TASK_LINES = 12


def test_nobody_imports_whom_they_may_not():
    run = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=house.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_module_ends_where_its_idea_ends():
    lengths = {house.shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in house.modules()}
    long = [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > MOST_LINES and name not in LONG]
    house.complain(long, f"Over {MOST_LINES} lines: split the module, or add it to LONG with the reason")
    short = [name for name in LONG if lengths.get(name, 0) <= MOST_LINES]
    house.complain(short, "No longer long, or gone: take it out of LONG")


def test_a_task_is_at_most_twelve_lines():
    found = [
        f"{house.shown(path)}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in house.modules("workers/")
        for node in ast.walk(house.tree(path))
        if isinstance(node, ast.FunctionDef)
        and any("shared_task" in ast.unparse(decorator) for decorator in node.decorator_list)
        and node.end_lineno - node.lineno + 1 > TASK_LINES
    ]
    house.complain(found, "A task wakes a verb and nothing else")


def test_every_module_says_what_it_is_for():
    silent = [
        house.shown(path)
        for path in house.modules()
        if path.read_text(encoding="utf-8").strip() and not ast.get_docstring(house.tree(path))
    ]
    house.complain(silent, "Modules without a docstring")


def test_the_clock_is_read_where_the_clock_is_made():
    banned = r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time|uuid4|uuid7)\("
    allowed = {"caseflow/bootstrap.py"}
    found = [
        line
        for line in house.matches(banned, house.modules())
        if line.split(":")[0] not in allowed and "TID251" not in _line(line)
    ]
    house.complain(found, "Time and ids are arguments; machinery time says so with a reasoned noqa: TID251")


def _line(found: str) -> str:
    name, number, _ = found.split(":", 2)
    return (house.ROOT / name).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def test_a_participant_is_never_called_anything_else():
    word = "off" + "ender"
    found = house.matches(rf"(?i)\b(re-?)?{word}s?\b|\btro[s]eddw(r|yr)\b", iter(house.files()))
    not_ours = {
        house.shown(Path(__file__)),
        "config/offences/codes.csv",
    }  # the titles of offences are not ours to reword
    house.complain([line for line in found if line.split(":")[0] not in not_ours], "Say participant")


def test_no_address_of_one_machine_stands_in_the_project():
    folders = "home|root|Users|work|mnt"
    found = house.matches(rf"(?<![\w.~*{{}}-])/({folders})/[\w.]", iter(house.files()))
    house.complain([line for line in found if line.split(":")[0] != house.shown(Path(__file__))], "Absolute paths")


def test_no_address_of_a_package_registry_stands_in_the_project():
    hosts = "|".join(
        host.replace(".", r"\.") for host in ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs")
    )
    found = house.matches(
        rf"({hosts}|--index-url|--extra-index-url)", iter(house.files()), allowed=("no-emit-index-url",)
    )
    house.complain([line for line in found if line.split(":")[0] != house.shown(Path(__file__))], "Registry addresses")


def test_every_telephone_number_is_one_kept_free_for_drama():
    """Ofcom keeps 07700 900000-900999 and 01632 960000-960999 free."""
    number = r"(?<![\w.])(\+44 ?|0)[127]\d{2,3}[ -]?\d{3}[ -]?\d{3,4}(?!\w)"
    found = house.matches(number, house.under("caseflow", "workers", "templates", "config", "docs", "README.md"))
    free = ("0123456789", "07700 900", "07700900", "+447700900", "+44 7700 900", "01632 960", "01632960")
    real = [line for line in found if not any(one in line for one in free)]
    house.complain(real, "Numbers that somebody may really have")


def test_every_mail_address_is_invented():
    address = r"[\w.+'-]+@[\w-]+(\.[\w-]+)+"
    found = house.matches(address, house.under("caseflow", "workers", "templates", "config", "docs", "README.md"))
    endings = (".example", "example.org", "example.com", "example.net")
    real = [line for line in found if not line.removesuffix(".").endswith(endings)]
    house.complain(real, "Addresses that somebody may really have")


def test_types_lints_and_warnings_are_as_strict_as_we_say():
    text = (house.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for line in ('select = ["ALL"]', "strict = true", 'filterwarnings = ["error"]', "exhaustive = true"):
        assert line in text


def test_no_test_is_skipped_and_none_sleeps():
    found = house.matches(
        r"mark\.(skip|xfail)|pytest\.(skip|xfail)\(|(?<!_)\btime\.sleep\(|unittest\.mock|monkeypatch\.setattr\(\"caseflow",
        house.under("tests"),
        allowed=("# why:",),
    )
    ours = house.shown(Path(__file__))
    house.complain(
        [line for line in found if line.split(":")[0] != ours], "A test that skips, sleeps or mocks our code"
    )
