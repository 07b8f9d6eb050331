"""Style sheets and scripts: our own plain ones always, the Design System's where `make assets` has built them.

Both come from this server alone. An address carries the file's digest, so a browser may keep it for a year.
"""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
BUILT = ("govuk.css", "govuk.js")
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def full_skin() -> bool:
    """Is the Design System's own style sheet there? Without it the pages have our plain one."""
    return all((FOLDER / "built" / name).is_file() for name in BUILT)


def _path(name: str) -> Path:
    return FOLDER / ("built" if name in BUILT else "") / name


@cache
def files() -> dict[str, tuple[Path, str]]:
    """Every file by its name, with its digest."""
    names = [*(one.name for one in FOLDER.iterdir() if one.suffix in KINDS), *(BUILT if full_skin() else ())]
    return {name: (_path(name), hashlib.sha256(_path(name).read_bytes()).hexdigest()[:16]) for name in names}


def address(name: str) -> str:
    """Where a page loads it from."""
    return f"/static/{files()[name][1]}/{name}"


def content(digest: str, name: str) -> tuple[bytes, str] | None:
    """The file and its kind; None where there is none, or it is another by now."""
    known = files().get(name)
    if known is None or known[1] != digest:
        return None
    return known[0].read_bytes(), KINDS[known[0].suffix]
