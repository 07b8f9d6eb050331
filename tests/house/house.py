"""What the tests of the house share: where things are, and how to read code without running it."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("caseflow", "workers")
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".html", ".css", ".env", ".csv", ".json", ".lock", ""}
NOT_OURS = {".git", ".venv", ".caseflow", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every text file of the project: what git tracks or would, were it added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.splitlines()]
    else:  # an unpacked archive
        found = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file() and path.suffix in TEXT))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def under(*folders: str) -> Iterator[Path]:
    """The files below these folders (or of these names)."""
    return (path for path in files() if shown(path).split("/")[0] in folders or shown(path) in folders)


def modules(*folders: str) -> Iterator[Path]:
    return (path for path in files() if path.suffix == ".py" and shown(path).startswith(folders or CODE))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), shown(path))


def constants(*folders: str, but: tuple[str, ...] = ()) -> set[str]:
    """Every string constant in the modules whose paths begin so."""
    return {
        node.value
        for path in modules(*folders)
        if shown(path) not in but
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names_of(source: Path, function: str, alias: str) -> set[str]:
    """The names `alias.X` that one function of a module speaks of, or functions it calls in the same module do."""
    functions = {node.name: node for node in tree(source).body if isinstance(node, ast.FunctionDef)}
    seen: set[str] = set()
    found: set[str] = set()
    waiting = [function]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        for node in ast.walk(functions[name]):
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if owner == alias:
                    found.add(attribute)
                case ast.Call(func=ast.Name(id=called)):
                    waiting.append(called)
                case _:
                    pass
    return found


def complain(found: list[str], what: str) -> None:
    """Fail with every finding, not only the first."""
    assert not found, f"{what}:\n  " + "\n  ".join(found)


def matches(pattern: str, paths: Iterator[Path], *, allowed: tuple[str, ...] = ()) -> list[str]:
    """file:line: text, of each line that matches and holds nothing that is allowed."""
    wanted = re.compile(pattern)
    return [
        f"{shown(path)}:{number}: {hit[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        for hit in [wanted.search(line)]
        if hit and not any(word in line for word in allowed)
    ]
