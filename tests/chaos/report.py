"""What fell in a storm, and what came of it."""

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """`recovery` is from a fault to the next rest, in seconds. `twice` must not be; `again` may, and each is named."""

    seed: int
    cases: int
    days: int
    steps: int = 0
    referred: int = 0
    facts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    lies: Counter[str] = field(default_factory=Counter)
    recovery: list[float] = field(default_factory=list)
    restarts: int = 0
    sent: int = 0
    mails: int = 0
    receipts: int = 0
    clocks: list[str] = field(default_factory=list)
    twice: dict[str, int] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0
    calm_seconds: float = 0.0

    @property
    def well(self) -> bool:
        """Was nothing lost, doubled without leave, or changed?"""
        return not (self.twice or self.violations or self.differences)

    def as_dict(self) -> dict[str, Any]:
        """One JSON object."""
        worst = {"median": statistics.median(self.recovery), "max": max(self.recovery)} if self.recovery else {}
        counted = {
            "faults": dict(self.faults),
            "lies": dict(self.lies),
        }  # `asdict` takes a Counter's pairs for its keys
        plain = {name: value for name, value in vars(self).items() if name not in counted}
        return plain | counted | {"recovery": worst, "well": self.well}

    def lines(self) -> list[str]:
        """For a person."""
        seconds = self.as_dict()["recovery"]
        return [
            f"{self.referred} cases, {self.days} days, seed {self.seed}, {self.facts} facts",
            f"Took          {self.steps} steps in {self.seconds:.0f} s; the calm twin {self.calm_seconds:.0f} s",
            f"Faults        {sum(self.faults.values())}: " + _counted(self.faults),
            f"Channels      {self.sent} messages to Notify, {self.mails} to the mail server, {self.receipts} receipts",
            f"They lied     {_counted(self.lies)}",
            f"Clocks        {', '.join(self.clocks) or 'all right'}",
            f"Workers       {self.restarts} started again",
            *([f"To rest again median {seconds['median']:.1f} s, at most {seconds['max']:.1f} s"] if seconds else []),
            f"Twice         {len(self.twice)} messages",
            *(f"  {key}: {n} times" for key, n in self.twice.items()),
            f"Mail again    {len(self.again)}, to officers and providers, each after an attempt nobody knows the end of",
            *(f"  {one}" for one in self.again),
            f"Unclear       {len(self.unclear)} mails to participants, not sent again; a person is shown them",
            *(f"  {one}" for one in self.unclear),
            f"Audit         {len(self.violations)} violations",
            *(f"  {one}" for one in self.violations[:5]),
            f"Differences   {len(self.differences)} streams",
            *self.differences[:2],
        ]


def _counted(some: Counter[str]) -> str:
    return ", ".join(f"{n} {what}" for what, n in sorted(some.items())) or "none"
