"""`python -m caseflow.cli.reference [--check]`: write docs/reference, or say what is out of date there."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from caseflow.cli.output import say
from caseflow.cli.reference.domain_pages import commands_page, events_page, journey_page, words_page
from caseflow.cli.reference.messages_page import messages_page
from caseflow.cli.reference.metrics_page import metrics_page
from caseflow.cli.reference.policy_page import policy_page
from caseflow.cli.reference.settings_page import settings_page
from caseflow.cli.reference.webhooks_page import webhooks_page
from caseflow.settings.paths import PACKAGE

FOLDER = PACKAGE.parent / "docs" / "reference"
PAGES: Mapping[str, Callable[[], str]] = {
    "words.md": words_page,
    "journey.md": journey_page,
    "events.md": events_page,
    "commands.md": commands_page,
    "settings.md": settings_page,
    "messages.md": messages_page,
    "policy.md": policy_page,
    "webhooks.md": webhooks_page,
    "metrics.md": metrics_page,
}


def stale(folder: Path = FOLDER) -> list[str]:
    """The pages that do not say what the code says."""
    return [name for name, make in PAGES.items() if not (folder / name).is_file() or _read(folder / name) != make()]


def write(folder: Path = FOLDER) -> list[str]:
    """Write every page that is out of date; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    old = stale(folder)
    for name in old:
        (folder / name).write_text(PAGES[name](), encoding="utf-8")
    return old


def main(given: list[str]) -> int:
    """Exit code 1 when `--check` finds a page out of date, 2 when used wrongly."""
    match given:
        case []:
            say(f"written: {', '.join(write()) or 'nothing, every page was up to date'}")
            return 0
        case ["--check"]:
            old = stale()
            if old:
                say(f"docs/reference is out of date: {', '.join(old)}. Run: python -m caseflow.cli.reference")
            return 1 if old else 0
        case _:
            say("usage: python -m caseflow.cli.reference [--check]")
            return 2


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
