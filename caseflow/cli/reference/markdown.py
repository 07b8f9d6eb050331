"""The little Markdown the pages need."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Written by `python -m caseflow.cli.reference`. Change the code, then run that; do not edit this page. -->"


def page(title: str, *blocks: str) -> str:
    """A whole page."""
    return "\n\n".join([NOTE, f"# {title}", *(block.strip("\n") for block in blocks if block)]) + "\n"


def heading(words: str, level: int = 2) -> str:
    """A heading; its first letter is a capital."""
    return f"{'#' * level} {words[:1].upper()}{words[1:]}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; empty where there are no rows."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns), *lines])


def code(text: str, language: str = "") -> str:
    """A block of code."""
    return f"```{language}\n{text.rstrip()}\n```"


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
