"""What no single test of a page can hold: how SQL and marks are made anywhere, and that the table of controls is true."""

import ast
import re

import house
import pytest

TABLE = house.ROOT / "docs/reference/security.md"
ROWS = [str(number) for number in [*range(1, 29), 34]]


# ── marks ───────────────────────────────────────────────────────────────────────────────────────
def test_templates_escape_whatever_they_are_given():
    found = [
        f"{house.shown(path)}: {what}"
        for path in sorted((house.ROOT / "templates").rglob("*.html"))
        for what in (r"\|\s*safe\b", r"\bautoescape\b", r"\bMarkup\b", r"\bon\w+=\"", r"\bstyle=", r"javascript:")
        if "web" in path.parts and re.search(what, path.read_text(encoding="utf-8"))
    ]
    house.complain(found, "A template lets something through unescaped, or carries script or style in a mark")


def test_ready_made_marks_come_from_one_place_and_from_known_makers():
    makers = {
        "caseflow/web/pages/scheme.py", "caseflow/web/pages/policies.py", "caseflow/web/prose.py", "caseflow/web/ringing.py",
    }  # fmt: skip
    for path in house.modules("caseflow/"):
        name, source = house.shown(path), path.read_text(encoding="utf-8")
        if name != "caseflow/web/drawn.py":
            assert "Markup(" not in source, f"{name}: caseflow/web/drawn.py says what is ready-made"
        if re.search(r"(?<![\w.])drawn\(", source) and "web.drawn" in source and name != "caseflow/web/drawn.py":
            assert name in makers, f"{name}: look at what it gives to drawn(), then add it here"
        assert ".from_string(" not in source, f"{name}: a template is a file"


def test_no_other_site_may_ask_by_a_readers_browser():
    for path in house.modules("caseflow/"):
        assert "CORSMiddleware" not in path.read_text(encoding="utf-8"), house.shown(path)


# ── SQL ─────────────────────────────────────────────────────────────────────────────────────────
SQL = re.compile(r"\b(SELECT|UPDATE|INSERT|DELETE|WHERE|FROM|ORDER BY)\b")
PUT_TOGETHER = {
    "caseflow/store/reads.py": {"which", "columns", "table", "order", "TASKS", "late", "MANY + 1"},
    "caseflow/store/caseload.py": {
        "', '.join((f'page.{one} {turn}' for one in [*(f'k{place}' for place in range(len(way.by))), 'id']))",
        "', '.join((f'{one} {turn}' for one in order))",
        "FOUND + 1",
        "MANY + 1",
        "beyond",
        "column",
        "every",
        "first",
        "inside",
        "mine",
        "name",
        "owner",
        "search",
        "shown",
        "soonest",
        "state",
        "way.join",
        "way.people",
        "way.where",
    },  # names of ours and constants: what is typed into the search is bound
    "caseflow/store/streams.py": {"alarm", "due", "turn"},
    "caseflow/store/session.py": {"settings"},  # time-outs, numbers of ours
    "caseflow/store/season.py": {"_month('s.since')", "_month('a.at')", "_month('e.occurred_at')"},
    "caseflow/store/access.py": {"ACCOUNT.replace('a.id', 'a.id AS who', 1).replace('a.seen_at', 'a.seen_at AS last')"},
}
"""What statements are put together from besides constants and arrays' own names: each looked at, none a value of anybody's."""


def parts(path) -> set[str]:
    """What is filled into statements of this module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            fixed = "".join(one.value for one in node.values if isinstance(one, ast.Constant))
            if SQL.search(fixed):
                found |= {ast.unparse(one.value) for one in node.values if isinstance(one, ast.FormattedValue)}
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "TASKS.format":
            found.add("TASKS")
    return {one for one in found if not re.fullmatch(r"_?[A-Z][A-Z_]*|_\w+\.(source|columns)", one)}


@pytest.mark.parametrize("path", [*house.modules("caseflow/store/")], ids=house.shown)
def test_a_statement_is_put_together_from_our_own_names_and_values_are_bound(path):
    if "migrations" in path.parts:
        return
    assert parts(path) <= PUT_TOGETHER.get(house.shown(path), set()), "a value is bound, never filled in"


# ── the table ───────────────────────────────────────────────────────────────────────────────────
NOT_YET = "Not there yet."


def lines() -> dict[str, list[str]]:
    found = re.findall(r"^\| (\d+) \| (.*) \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    return {number: [cell.strip() for cell in cells.split(" | ")] for number, cells in found}


def named_in(name: str) -> set[str]:
    tree = ast.parse((house.ROOT / name).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_control_has_its_row():
    assert set(ROWS) <= set(lines())


@pytest.mark.parametrize("number", ROWS)
def test_what_a_row_names_is_there(number):
    control, where, proof = lines()[number]
    assert control
    if where == NOT_YET:
        return
    for path in re.findall(r"`([\w/.-]+/[\w.-]+)`", where):
        assert (house.ROOT / path).exists(), f"row {number}: {path} is gone"
    named = re.findall(r"`(tests/[\w/.]+\.py)::(\w+)`", proof)
    assert named, f"row {number} names no test"
    for path, name in named:
        assert name in named_in(path), f"row {number}: {path} has no {name}"
