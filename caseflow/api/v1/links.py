"""What an answer leads on to, as OpenAPI links: a reference that was told opens the doors of its case or return."""

from collections.abc import Iterator
from typing import Any

CASE = ("read_case", "read_history", "read_forecast", "read_offered", "command")
RETURN = ("read_return", "fill_in_return")
LEADS = (
    ("list_cases", "$response.body#/cases/0/ref", CASE),
    ("list_tasks", "$response.body#/tasks/0/ref", ("read_case",)),
    ("list_due", "$response.body#/due/alarms/0/ref", ("read_case",)),
    ("refer_people", "$response.body#/results/0/ref", CASE),
    ("command", "$request.path.ref", CASE),
    ("list_returns", "$response.body#/returns/0/ref", RETURN),
    ("fill_in_return", "$request.path.ref", RETURN),
)
"""Which door, where its answer has the reference, and which doors that opens."""


def add_links(described: dict[str, Any]) -> None:
    """Write them into the description."""
    doors = dict(_doors(described))
    for source, where, targets in LEADS:
        answer = doors[source]["responses"]["200"]
        answer["links"] = {name: {"operationId": name, "parameters": {"ref": where}} for name in targets}


def _doors(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in described["paths"].values():
        for door in path.values():
            yield door["operationId"], door
