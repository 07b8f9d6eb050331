"""Reads what the code says about itself: docstrings, the comment beside a field, the headings between classes."""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import ModuleType, NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

HEADING = re.compile(r"^# ── (.+?) ─+$")
COMMENT = re.compile(r"\s#\s(.+)$")
MANY = 10
"""A choice among more kinds than this is not spelt out."""
NAMES: dict[object, str] = {str: "text", int: "number", bool: "yes or no", datetime: "instant (UTC)"}


@cache
def _lines(module: ModuleType) -> list[str]:
    return inspect.getsource(module).splitlines()


@cache
def _classes(module: ModuleType) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)}


def sections(module: ModuleType) -> Iterator[tuple[str, list[type]]]:
    """The classes of a module under the headings of its source (``# ── the front door ──``), in order."""
    heading = ""
    found: list[type] = []
    by_line = {node.lineno: name for name, node in _classes(module).items()}
    for number, line in enumerate(_lines(module), start=1):
        if title := HEADING.match(line):
            if found:
                yield heading, found
            heading, found = title[1], []
        elif number in by_line:
            found.append(getattr(module, by_line[number]))
    if found:
        yield heading, found


def doc(cls: type) -> str:
    """A class's own docstring in one paragraph; empty where it has only the one that dataclasses make up."""
    text = cls.__dict__.get("__doc__") or ""
    if text.startswith(f"{cls.__name__}("):
        return ""
    return one_paragraph(text)


def one_paragraph(text: str) -> str:
    """Text as one line, with the code marks of reStructuredText turned into Markdown's."""
    return re.sub(r"\s+", " ", text).strip().replace("``", "`")


def remarks(cls: type) -> dict[str, str]:
    """The comment beside each field (or member) of a class, and the docstring below it, by field name."""
    module = inspect.getmodule(cls)
    if module is None:
        return {}
    lines, found = _lines(module), {}
    body = _classes(module)[cls.__name__].body
    for node, following in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                beside = COMMENT.search(lines[node.lineno - 1])
                said = [beside[1]] if beside and not beside[1].startswith(("noqa", "type:")) else []
                if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                    said.append(one_paragraph(str(following.value.value)))
                found[name] = " ".join(said)
            case _:
                pass
    return found


def type_words(hint: Any) -> str:
    """A type as people read it: ``date | None`` → "date, or nothing"; the words of a list are linked to it."""
    if hint is NoneType:
        return "nothing"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return f"[{spaced(hint.__name__)}](words.md#{spaced(hint.__name__).replace(' ', '-')})"
    if isinstance(hint, UnionType) or str(get_origin(hint)) == "typing.Union":
        if len(get_args(hint)) > MANY:
            return "one of those below"
        parts = [type_words(part) for part in get_args(hint)]
        return ", or ".join([*(p for p in parts if p != "nothing"), *(p for p in parts if p == "nothing")])
    args = [arg for arg in get_args(hint) if arg is not Ellipsis]
    match get_origin(hint):
        case None:
            return NAMES.get(hint, _shown(hint))
        case origin if origin is dict:
            return f"{type_words(args[0])} → {type_words(args[1])}"
        case origin if origin is tuple and len(args) > 1:
            return "(" + ", ".join(type_words(arg) for arg in args) + ")"
        case _:
            return f"list of {type_words(args[0])}" if args else _shown(hint)


def _shown(hint: Any) -> str:
    return getattr(hint, "__name__", str(hint))


def spaced(name: str) -> str:
    """``AddressStatus`` → "address status"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def field_rows(cls: type) -> list[tuple[str, str, str, str]]:
    """(name, type, default, remark) of each field of a dataclass; a field that must be given has no default."""
    if not is_dataclass(cls):
        return []
    hints, said = get_type_hints(cls), remarks(cls)
    rows = []
    for one in fields(cls):
        default = "must be given"
        if one.default is not MISSING:
            default = shown_default(one.default)
        elif one.default_factory is not MISSING:
            default = "none"
        rows.append((one.name, type_words(hints[one.name]), default, said.get(one.name, "")))
    return rows


def shown_default(value: Any) -> str:
    """A default value in a table."""
    match value:
        case None | "" | ():
            return "none"
        case bool():
            return "yes" if value else "no"
        case _:
            return f"`{value}`"
