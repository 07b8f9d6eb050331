"""Which exit code and which words an error gets. Knows other rooms' errors by name, so that it imports none of them."""

import os
import traceback
from enum import IntEnum


class Exit(IntEnum):
    """How a command ended."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    ENVIRONMENT = 3


class Stop(Exception):
    """The command ends here with these words."""

    def __init__(self, code: Exit, words: str) -> None:
        super().__init__(words)
        self.code = code


def refused(words: str) -> Stop:
    return Stop(Exit.REFUSED, words)


def usage(words: str) -> Stop:
    return Stop(Exit.USAGE, words)


def environment(words: str) -> Stop:
    return Stop(Exit.ENVIRONMENT, words)


REFUSALS = frozenset({"FileRefused", "MessageError", "Conflict"})
SURROUNDINGS = frozenset({
    "EmbeddedError", "SettingsError", "FilesMissing", "Unavailable", "BehindHead", "NoDatabase", "NotPublishable",
    "OSError",
})  # fmt: skip


def explain(wrong: Exception) -> tuple[Exit, str]:
    """(exit code, words). A fault of our own says so, and how to see where."""
    if isinstance(wrong, Stop):
        return wrong.code, str(wrong)
    names = {cls.__name__ for cls in type(wrong).__mro__}
    if names & REFUSALS:
        return Exit.REFUSED, str(wrong)
    if {"OperationalError", "InterfaceError"} & names:
        return Exit.ENVIRONMENT, f"the database does not answer: {_first_line(getattr(wrong, 'orig', None) or wrong)}"
    if names & SURROUNDINGS:
        return Exit.ENVIRONMENT, str(wrong)
    if isinstance(wrong, LookupError) and not isinstance(wrong, KeyError | IndexError):
        return Exit.REFUSED, str(wrong)
    if os.environ.get("CASEFLOW_TRACEBACK"):
        traceback.print_exception(wrong)
    return (
        Exit.ENVIRONMENT,
        (
            f"a fault of caseflow's own ({type(wrong).__name__}: {_first_line(wrong)}); "
            "CASEFLOW_TRACEBACK=1 shows where, please report it"
        ),
    )


def _first_line(wrong: object) -> str:
    return (str(wrong).strip().splitlines() or ["no words"])[0]
