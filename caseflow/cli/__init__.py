"""The command line: a thin door. Options become commands, readings become tables or JSON; nothing is decided here.

Exit codes: 0 done · 1 refused (the words say why) · 2 used wrongly · 3 the surroundings are not as they must be.
"""

import sys
from collections.abc import Sequence

from caseflow.settings import tracing


def main(argv: Sequence[str] | None = None) -> None:
    """Run `caseflow`. Whatever goes wrong ends in a line or two of plain words, never in a traceback."""
    from caseflow.cli.app import app
    from caseflow.cli.failures import explain

    tracing.begin("caseflow command line")
    try:
        with tracing.span("command"):
            app(None if argv is None else list(argv), prog_name="caseflow")
    except Exception as wrong:  # noqa: BLE001  the outermost door: everything is worded here
        code, words = explain(wrong)
        sys.stdout.flush()
        print(f"caseflow: {words}", file=sys.stderr)
        sys.exit(code)
