"""What is counted of a case as it was: all that a trial needs of one that nothing which differs concerned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from caseflow.domain import events as ev


@dataclass(frozen=True, slots=True)
class AsItWas:
    """One case in counts. Instants UTC.

    `version` is the policy's at the referral ("" where the referral cannot be read), `moved`: to another one since.
    `whole` is false where the case was set aside. `reached` names the rungs that ever stood next, as "ladder/rung", and
    "ladder/" where none was left. `sent` and `tasks` count by kind the messages that a channel took and the tasks that
    opened, `lines` those for officers' digests. `first_chase` is how long after its expectation opened the first chase
    went; None where none did.
    """

    stream: str
    disposal: str
    participant: str
    referred_at: datetime
    version: str = ""
    moved: bool = False
    whole: bool = True
    reached: frozenset[str] = frozenset()
    sent: Mapping[str, int] = field(default_factory=dict)
    tasks: Mapping[str, int] = field(default_factory=dict)
    lines: int = 0
    strikes: int = 0
    breaches: int = 0
    first_chase: timedelta | None = None


def next_rung(event: ev.Event) -> str:
    """The rung that stands next by this fact, as "ladder/rung" ("ladder/": none is left); "" of any other fact."""
    match event:
        case ev.ExpectationOpened():
            return f"{event.ladder}/{event.next or ''}"
        case ev.RungFired():
            return f"{event.expectation.partition(':')[0]}/{event.next or ''}"
        case _:
            return ""
