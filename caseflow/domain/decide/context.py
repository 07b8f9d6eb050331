"""What a decision may look at besides the case: who asks, by which policy, at what time."""

from datetime import datetime

from caseflow.domain.commands import Asked
from caseflow.domain.events import Event
from caseflow.domain.policy import Policy
from caseflow.domain.values import value
from caseflow.domain.words import Actor, Refused, Role

Answer = tuple[Event, ...] | Refused

STAFF = frozenset({
    Role.NAVIGATOR, Role.SUPERVISOR, Role.MANAGER, Role.COORDINATOR, Role.OIC, Role.SERGEANT, Role.ARRESTING_OFFICER,
})  # fmt: skip


@value(frozen=True, slots=True)
class Context:
    asked: Asked
    policy: Policy
    now: datetime
    onto: Policy | None = None  # the version a case is to be moved to

    @property
    def by(self) -> Actor:
        return self.asked.by

    @property
    def at(self) -> datetime:
        """When it happened in the world."""
        return self.asked.at or self.now


def only(by: Actor, roles: tuple[Role, ...] | frozenset[Role], what: str) -> Refused | None:
    """Refuse anybody else: clocks and channels never rule, and each ruling has its people."""
    if by.role in roles:
        return None
    names = " or ".join(sorted(r.value.replace("_", " ") for r in roles))
    return Refused("not_yours", f"{what} is for the {names} to do.")
