"""Where the files beside the code are: message templates and configuration.

A wheel carries them inside the package (``caseflow/_data/``), a checkout has them at its top.
"""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


class FilesMissing(RuntimeError):
    """The files that belong to this installation are not there."""


def templates_dir() -> Path:
    """The folder with ``messages/<name>/<language>/…``. Raises FilesMissing."""
    return _folder("templates")


def config_dir() -> Path:
    """The folder with ``schemes/<force>/<version>.yaml`` and ``calendars/``. Raises FilesMissing."""
    return _folder("config")


@cache
def _folder(name: str) -> Path:
    packed, beside = PACKAGE / "_data" / name, PACKAGE.parent / name
    if packed.is_dir():
        return packed
    # Beside an installed package lie other people's packages: only a checkout has a pyproject.toml there.
    if beside.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return beside
    raise FilesMissing(f"The folder {name} of caseflow is neither at {packed} nor at {beside}. Install caseflow again.")
