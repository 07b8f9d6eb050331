"""docs/reference/metrics.md, from the measures themselves."""

from caseflow.cli.reference.markdown import page, table
from caseflow.engine.measures import MEASURES


def metrics_page() -> str:
    """Every measure, what it says, and when to wake somebody."""
    rows = [
        (f"`{one.name}`", one.kind, f"`{one.label}`" if one.label else "", one.says, one.alert or "no")
        for one in MEASURES
    ]
    return page(
        "Metrics",
        "What `/metrics` tells (the door `health`), in Prometheus' form. None of it is about a case or a person.",
        table(("measure", "kind", "label", "says", "wake somebody"), rows),
    )
