"""Logs: one JSON object a line for machines, or plain lines for a terminal; never a person's data.

Events carry ids only, so a log should have nothing to hide. This is the second fence, for what slips through in an
exception's text or a careless keyword: known keys are withheld, addresses and telephone numbers masked.
"""

import logging
import re
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from caseflow.engine.faults import WITHHELD, without_addresses

PERSONAL_KEYS = frozenset({
    "name", "first_name", "last_name", "full_name", "date_of_birth", "dob", "phone", "mobile", "telephone", "number",
    "email", "address", "postcode", "to", "recipient", "subject", "body", "text", "reasons", "note", "notes",
    "password", "token", "secret", "database_url", "broker_url",
})  # fmt: skip
"""Keys whose value is never written. Ids, kinds, counts and codes have other names."""

PASSWORD_IN_URL = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


SPOKEN_FOR = frozenset({"caseflow", "workers", "sqlalchemy", "psycopg", "redis", "kombu", "amqp", "celery", "billiard"})
"""Whose errors speak of machines: their words are logged. The store takes rows' values out of its own."""
CONTEXT = ("scheme", "stream", "command", "verb", "reason", "duration")
"""What the standard library's `extra` may bring into a line."""


def words_of(wrong: BaseException) -> str:
    """An error as a log may have it. One about data (a ValueError, a template's) may repeat the data: its kind alone."""
    kind = type(wrong)
    machine = kind.__module__.partition(".")[0] in SPOKEN_FOR
    plain_os = isinstance(wrong, OSError) and kind.__module__ in {"builtins", "socket", "ssl"}
    return f"{kind.__qualname__}: {wrong if machine or plain_os else WITHHELD}"


def _rendered(exc_info: ExcInfo) -> str:
    """Where it happened, through every cause; no locals, and words as `words_of`."""
    wrong: BaseException | None = exc_info[1]
    seen: set[int] = set()
    parts: list[str] = []
    while wrong is not None and id(wrong) not in seen:
        seen.add(id(wrong))
        parts.append("".join(traceback.format_tb(wrong.__traceback__)) + words_of(wrong))
        wrong = wrong.__cause__ or (None if wrong.__suppress_context__ else wrong.__context__)
    return "\nbecause of\n".join(parts)


class Discreet(logging.Filter):
    """Words the errors that come as a log line's arguments; Celery's come as text, with a traceback of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, dict) and "exc" in record.args:
            raised = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
            words = words_of(raised) if raised is not None else WITHHELD
            record.args = {**record.args, "exc": words, "traceback": "", "args": "", "kwargs": ""}
        elif isinstance(record.args, tuple):
            record.args = tuple(_discreet(one) for one in record.args)
        return True


def _discreet(given: Any) -> Any:
    """An error about data as its kind; anything else as it is."""
    if isinstance(given, BaseException) and (words := words_of(given)).endswith(WITHHELD):
        return words
    return given


def withhold(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Structlog processor: mask what is or looks like a person's data, at any depth."""
    return {key: WITHHELD if key in PERSONAL_KEYS else _masked(value) for key, value in event.items()}


def configure(level: str = "INFO", *, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's logging to `stream` (standard error), in UTC.

    `json` None means: JSON unless the stream is a terminal. Call it once, at the door; calling again replaces it.
    """
    target = stream or sys.stderr
    as_json = not target.isatty() if json is None else json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_rendered),
        withhold,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.addFilter(Discreet())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.stdlib.ExtraAdder(CONTEXT),
                *shared,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _masked(value: object) -> object:
    match value:
        case str():
            text = PASSWORD_IN_URL.sub(WITHHELD, value)
            return without_addresses(text)
        case dict():
            return {key: WITHHELD if key in PERSONAL_KEYS else _masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
        case _:
            return value
