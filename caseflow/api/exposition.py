"""The measures in Prometheus' form, read afresh at each scrape."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from caseflow.engine.measures import MEASURES, Seen, values


class Page(Collector):
    """One scrape's measures in Prometheus' form. `seen` None: the database does not answer, and only that is told."""

    def __init__(self, seen: Seen | None) -> None:
        self._seen = seen

    def collect(self) -> Iterator[Metric]:
        found = values(self._seen) if self._seen else {"caseflow_up": {"": 0.0}}
        for measure in MEASURES:
            if measure.name in found:
                kind = CounterMetricFamily if measure.kind == "counter" else GaugeMetricFamily
                family = kind(
                    measure.name.removesuffix("_total"), measure.says, labels=[measure.label] if measure.label else None
                )
                for label, value in found[measure.name].items():
                    family.add_metric([label] if measure.label else [], value)
                yield family
