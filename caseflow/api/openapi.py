"""`python -m caseflow.api.openapi [--check]`: write docs/reference/openapi.json, or say that it is out of date."""

import json
import sys

from caseflow.api.v1.serving import description
from caseflow.settings.paths import PACKAGE

FILE = PACKAGE.parent / "docs" / "reference" / "openapi.json"


def text() -> str:
    """The description as the file has it."""
    return json.dumps(description(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(given: list[str]) -> int:
    """Exit code 1 when `--check` finds it out of date."""
    current = FILE.is_file() and FILE.read_text(encoding="utf-8") == text()
    if given == ["--check"]:
        if not current:
            sys.stderr.write("docs/reference/openapi.json is out of date. Run: python -m caseflow.api.openapi\n")
        return 0 if current else 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
