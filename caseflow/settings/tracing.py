"""Traces for those who collect them: drains, requests, commands and their SQL, by OpenTelemetry (extra `otel`).

Off, and nothing imported, unless OTEL_EXPORTER_OTLP_ENDPOINT is set. A span says which lane, route or statement and how many,
never who: statements come without their values. A hint carries nothing, so a trace ends at the broker; what one lane wakes in
another is a trace of its own.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""OpenTelemetry's own variable: the collector's address, such as http://localhost:4318."""

log = logging.getLogger(__name__)
_tracer: list[Any] = [None]


def begin(service: str) -> bool:
    """Trace this process from now on under this name, where a collector is named. Says once what is missing."""
    if not os.environ.get(ENDPOINT):
        return False
    try:
        from opentelemetry import trace  # noqa: PLC0415 - a third of a second, for those who trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as missing:
        say = "traces: %s is set, and %s is not there. To do: pip install 'caseflow[otel]'"
        log.error(say, ENDPOINT, missing.name)  # noqa: TRY400 - where we looked for it helps nobody
        return False
    # Named by us alone: its detectors would add the command line, which may hold somebody's name.
    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    # Every engine made from now on. It declares an older SQLAlchemy, would say so and do nothing, and works.
    SQLAlchemyInstrumentor().instrument(skip_dep_check=True)
    _tracer[0] = trace.get_tracer("caseflow")
    return True


@contextmanager
def span(name: str) -> Iterator[dict[str, int | str]]:
    """A span around the block; what is put into the yielded dict (counts and kinds, never a person) becomes its attributes."""
    said: dict[str, int | str] = {}
    if _tracer[0] is None:
        yield said
        return
    with _tracer[0].start_as_current_span(name, record_exception=False, set_status_on_exception=True) as current:
        try:
            yield said
        finally:
            current.set_attributes(said)
