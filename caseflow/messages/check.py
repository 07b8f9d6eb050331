"""Does the catalogue agree with the templates? Used at start and by the tests."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta, nodes

from caseflow.messages.catalogue import CATALOGUE, Message
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.templates import FILES, SHORT, environment, messages_dir


def check_catalogue(root: Path | None = None) -> list[str]:
    """Everything in which catalogue and templates disagree, in plain words; empty when they agree.

    Missing or broken templates, fields used but not declared, declared but used nowhere,
    and folders or files nobody names.
    """
    where = root or messages_dir()
    return [problem for check in (_missing, _misused, _orphans) for problem in check(where)]


def _expected(root: Path) -> Iterator[tuple[Message, Path]]:
    for message in CATALOGUE.values():
        for language in LANGUAGES:
            for channel in message.channels:
                for file in FILES[channel]:
                    yield message, root / message.name / language / file
            short = root / message.name / language / SHORT
            if "text" in message.channels and short.is_file():
                yield message, short


def _missing(root: Path) -> Iterator[str]:
    for message, path in _expected(root):
        if not path.is_file():
            yield f"{path}: missing; the catalogue says {message.name!r} goes by this channel"


def _misused(root: Path) -> Iterator[str]:
    used: dict[tuple[str, str], set[str]] = {}
    for message, path in _expected(root):
        if not path.is_file():
            continue
        try:
            names = _names(root, path)
        except TemplateSyntaxError as wrong:
            yield f"{path}: line {wrong.lineno}: {wrong.message}"
            continue
        used.setdefault((message.name, path.parent.name), set()).update(names)
        for name in sorted(names - message.fields.keys()):
            yield f"{path}: uses {name!r}, which the catalogue does not give to {message.name!r}"
    for (message_name, language), names in used.items():
        for name in sorted(CATALOGUE[message_name].fields.keys() - names):
            yield f"{root / message_name / language}: no template uses {name!r}, which the catalogue asks for"


def _names(root: Path, path: Path) -> set[str]:
    """The fields a template uses, in itself and in the layout it extends."""
    engine = environment(root, path.parent.name)
    tree = engine.parse(path.read_text(encoding="utf-8"))
    names = meta.find_undeclared_variables(tree)
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            names |= _names(root, root / str(parent.template.value))
    return names - engine.globals.keys()


def _orphans(root: Path) -> Iterator[str]:
    expected = {path for _, path in _expected(root)}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path not in expected and not path.relative_to(root).parts[0].startswith("_"):
            yield f"{path}: no message in the catalogue uses this file; delete it or add the message"
