"""Logs: one JSON object a line for machines, or plain lines for a terminal; never a person's data.

Events carry ids only, so a log should have nothing to hide. This is the second fence, for what slips through in an
exception's text or a careless keyword: known keys are withheld, addresses and telephone numbers masked.
"""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

WITHHELD = "[withheld]"

PERSONAL_KEYS = frozenset({
    "name", "first_name", "last_name", "full_name", "date_of_birth", "dob", "phone", "mobile", "telephone", "number",
    "email", "address", "postcode", "to", "recipient", "subject", "body", "text", "reasons", "note", "notes",
    "password", "token", "secret", "database_url", "broker_url",
})  # fmt: skip
"""Keys whose value is never written. Ids, kinds, counts and codes have other names."""

# A number with +44 or a leading 0 and ten more digits, in any grouping; and not a piece of a longer number or an id.
PHONE = re.compile(r"(?<![\w.-])(?:\+44|0)(?:[ ()-]?\d){9,10}(?![\w-])")
EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
PASSWORD_IN_URL = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


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
        structlog.processors.format_exc_info,
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
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
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
            return PHONE.sub(WITHHELD, EMAIL.sub(WITHHELD, text))
        case dict():
            return {key: WITHHELD if key in PERSONAL_KEYS else _masked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_masked(inner) for inner in value]
        case _:
            return value
