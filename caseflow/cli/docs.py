"""The reference pages that are made from the code: `python -m caseflow.cli.docs` writes them, `--check` compares.

docs/reference/cli.md comes from the commands, docs/reference/json.md from the contracts of `--json`.
"""

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import typer

from caseflow.cli import contracts
from caseflow.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference"
MADE = "<!-- Made by `python -m caseflow.cli.docs`; do not edit. -->\n"


def cli_page() -> str:
    """Every command with its arguments and options."""
    root = typer.main.get_command(app)
    lines = ["# The command line", "", MADE, *_about_exit_codes()]
    for path, command in _commands("caseflow", root):
        lines += _command(path, command)
    return "\n".join(lines).rstrip() + "\n"


def _about_exit_codes() -> list[str]:
    return [
        "Exit codes: `0` done · `1` refused, the words say why · `2` used wrongly · `3` the surroundings are not as they must",
        "be (servers, settings, migrations). Errors are a line or two on standard error. Commands with `--json` print one object,",
        "described in [json.md](json.md).",
        "",
        "Without `CASEFLOW_DATABASE_URL` a command uses the servers of a running `caseflow up`, or starts embedded ones",
        "for itself.",
        "",
    ]


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    subs = getattr(command, "commands", None)
    if subs is None:
        yield path, command
        return
    for name, sub in subs.items():
        yield from _commands(f"{path} {name}", sub)


def _command(path: str, command: Any) -> list[str]:
    lines = [f"## `{path}`", "", (command.help or "").strip(), ""]
    rows = []
    for one in command.params:
        if getattr(one, "hidden", False) or one.name == "help":
            continue
        if one.param_type_name == "argument":
            named = one.metavar or str(one.name).upper()
            rows.append((f"`{named}`" + ("" if one.required else " (may be left out)"), getattr(one, "help", "") or ""))
        else:
            default = (
                "" if one.is_flag or one.default in (None, "", ()) or callable(one.default) else f" ({one.default})"
            )
            rows.append((f"`{one.opts[0]}`{default}", one.help or ""))
    if rows:
        lines += ["| | |", "|---|---|", *(f"| {name} | {words} |" for name, words in rows), ""]
    return lines


def json_page() -> str:
    """Every contract: the object, and the objects in it."""
    lines = ["# What `--json` prints", "", MADE]
    lines += [(contracts.__doc__ or "").strip(), ""]
    for contract in contracts.CONTRACTS:
        lines += _object(contract, "##")
    parts = sorted({part for one in contracts.CONTRACTS for part in _parts(one)}, key=lambda part: part.__name__)
    lines += ["## Objects in them", ""]
    for part in parts:
        lines += _object(part, "###")
    return "\n".join(lines).rstrip() + "\n"


def _object(cls: type, mark: str) -> list[str]:
    hints = get_type_hints(cls)
    about = "" if (cls.__doc__ or "").startswith(f"{cls.__name__}(") else (cls.__doc__ or "").strip()
    about = " ".join(about.split())
    rows = [f"| `{one.name}` | {_type(hints[one.name])} |" for one in dataclasses.fields(cls)]
    return [f"{mark} {cls.__name__}", "", *([about, ""] if about else []), "| field | value |", "|---|---|", *rows, ""]


def _parts(cls: Any) -> set[type]:
    """Dataclasses that stand in a contract, at any depth."""
    found: set[type] = set()
    for hint in get_type_hints(cls).values():
        for one in _leaves(hint):
            if dataclasses.is_dataclass(one) and isinstance(one, type) and one not in found:
                found |= {one, *_parts(one)}
    return found


def _leaves(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is None:
        yield hint
    for each in get_args(hint):
        yield from _leaves(each)


def _type(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return " or ".join("null" if one is type(None) else _type(one) for one in inner)
    if origin in {list, tuple}:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"object: {_type(inner[0])} → {_type(inner[1])}"
    if dataclasses.is_dataclass(hint):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"  # type: ignore[union-attr]
    name: str = hint.__name__
    return {"str": "text", "int": "number", "bool": "true or false", "datetime": "instant", "date": "day"}.get(
        name, name
    )


def pages() -> dict[Path, str]:
    """Each page's path with its text."""
    return {PAGES / "cli.md": cli_page(), PAGES / "json.md": json_page()}


def main() -> None:
    """Write the pages; with `--check` only say which are out of date (exit code 1)."""
    check = "--check" in sys.argv[1:]
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if check:
            print(f"{path.relative_to(ROOT)} is out of date: run `python -m caseflow.cli.docs`", file=sys.stderr)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path], encoding="utf-8")
            print(f"{path.relative_to(ROOT)} written")
    sys.exit(1 if check and stale else 0)


if __name__ == "__main__":
    main()
