"""YAML as people mean it: text stays text, a key stands once, and a slip is named with its place in the file.

Plain YAML 1.1 reads 10:00 as six hundred, `no` as false and a date as a date. Here only true, false, null and whole
numbers are anything but text, so that what is written is what is meant; types are the reader's business.
"""

import difflib
import json
import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: where in which file, and why. `path_in_file` is like ``ladders.session.rungs[0].at``."""

    file: str
    path_in_file: str
    reason: str

    def __str__(self) -> str:
        """As it is shown: file, place, reason."""
        return (
            f"{self.file}: {self.path_in_file}: {self.reason}" if self.path_in_file else f"{self.file}: {self.reason}"
        )


class FileRefused(ValueError):
    """A configuration file that may not be used, with every problem found, one a line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def file(self) -> str:
        """The file of the first problem."""
        return self.problems[0].file

    @property
    def path_in_file(self) -> str:
        """The place of the first problem."""
        return self.problems[0].path_in_file

    @property
    def reason(self) -> str:
        """What is wrong there."""
        return self.problems[0].reason


_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser where it is there: a tenth of the time, which every worker pays when it starts."""


class _Loader(_BASE):  # type: ignore[misc]  # chosen when run
    """A safe loader without YAML 1.1's guesses, which refuses a key that stands twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012 - filled below, as PyYAML wants it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002
        """Refuse doubled keys: plain YAML silently lets the last one win."""
        seen: set[str] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} stands twice: keep one", key.start_mark)
            seen.add(name)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
):
    yaml.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first), Loader=_Loader
    )


def shown(path: Path) -> str:
    """A path as people know it: from ``config`` on where it lies below one."""
    parts = path.parts
    return Path(*parts[parts.index("config") :]).as_posix() if "config" in parts else path.name


def parse(path: Path) -> tuple[Any, list[Problem]]:
    """The content of a YAML file as plain values, or the problem that keeps it from being read."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader), []  # noqa: S506 - it is a SafeLoader
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8; save it as UTF-8"
        return None, [Problem(shown(path), "", f"cannot be read: {why}")]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}" if mark else ""
        return None, [Problem(shown(path), where, f"not YAML: {error.problem or error}")]
    except yaml.YAMLError as error:
        return None, [Problem(shown(path), "", f"not YAML: {error}")]


def canonical_json(content: Any) -> str:
    """One text for one content: keys sorted, no spaces; comments, order of keys and layout make no difference."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def near(word: str, words: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` when a known word is close, else nothing."""
    close = difflib.get_close_matches(word, sorted(words), n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""


def place(loc: Iterable[str | int]) -> str:
    """``('rungs', 2, 'at')`` as ``rungs[2].at``."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


_WORDS = {
    "missing": "is missing: this setting is required",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "bool_type": "should be true or false",
    "tuple_type": "should be a list",
    "dict_type": "should be a block of settings",
    "model_type": "should be a block of settings",
    "model_attributes_type": "should be a block of settings",
    "string_too_short": "should not be empty",
}


def problems_of(file: str, error: ValidationError, known: Iterable[str]) -> list[Problem]:
    """Pydantic's findings in plain words. `known` are the names of settings, for a helpful guess."""
    names = set(known)
    found = []
    for item in error.errors():
        kind, loc = item["type"], tuple(part for part in item["loc"] if part != "[key]")
        if kind == "extra_forbidden":
            reason = f"there is no such setting here{near(str(loc[-1]), names)}"
        elif kind in {"literal_error", "enum"}:
            expected = str(item.get("ctx", {}).get("expected", ""))
            words = [w.strip("' ") for w in expected.replace(" or ", ", ").split(",")]
            reason = f"{item['input']!r} is none of {expected}{near(str(item['input']), words)}"
        elif kind == "too_short":
            reason = f"needs at least {item.get('ctx', {}).get('min_length', 1)} in its list"
        elif kind == "value_error":
            reason = str(item.get("ctx", {}).get("error", item["msg"]))
        else:
            reason = _WORDS.get(kind) or item["msg"][0].lower() + item["msg"][1:]
        found.append(Problem(file, place(loc), reason))
    return found
