"""A collector of traces on loopback: keeps the spans that OpenTelemetry's exporter posts to it."""

import gzip
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from standins.listening import Listening


@dataclass(frozen=True)
class Span:
    """One span: its attributes as text, and the id of the one around it, "" for none."""

    name: str
    service: str
    attributes: dict[str, str]
    id: str
    parent: str


@dataclass
class Collector(Listening):
    """Started on entering, gone on leaving. `raw` is everything that came, as it came."""

    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""

    def __enter__(self) -> Self:
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                collector.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: tests look at the spans."""

        return self.listen(Handler)

    def take(self, body: bytes) -> None:
        """What the exporter sent."""
        self.raw += body
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                attributes = {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}
                service = named.get("service.name", "")
                self.spans.append(Span(span.name, service, attributes, span.span_id.hex(), span.parent_span_id.hex()))
