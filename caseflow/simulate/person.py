"""One participant as they are: what nobody in the scheme can see, only meet. Drawn once, by the case's own hash."""

from dataclasses import dataclass, field

from caseflow.domain.words import Attendance
from caseflow.simulate.draws import Draws
from caseflow.simulate.rates import Rates


@dataclass(slots=True)
class Course:
    """One plan item at a provider: sessions asked for, how many were booked, are over and were kept, and the hour of day."""

    item: str
    provider: str
    sessions: int
    hour: int
    kept: int = 0
    booked: int = 0
    over: int = 0
    misses_in_a_row: int = 0


@dataclass(slots=True)
class Person:
    """`number` is what their phone number is worth; `keen` the share of sessions they come to of their own accord."""

    case: str
    number: str  # fine | shared | wrong | dead
    keen: float
    asked: int = 0  # commands asked about this case so far
    first_meetings: int = 0
    told: bool = False  # we have spoken: they know about the scheme
    held: bool = False  # the first meeting took place
    drifting: bool = False  # has stopped coming and answering
    misses: int = 0
    numbers: int = 0  # how many new numbers they have had
    happened: dict[str, Attendance] = field(default_factory=dict)  # session id → what really happened
    courses: dict[str, Course] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)  # occasion → calls made about it

    @classmethod
    def drawn(cls, case: str, draws: Draws, rates: Rates) -> "Person":
        """The person of this case."""
        door = rates.front_door
        rest = 1 - door.number_wrong - door.number_dead - door.number_shared
        weights = {"wrong": door.number_wrong, "dead": door.number_dead, "shared": door.number_shared, "fine": rest}
        return cls(case, draws.pick(weights, case, "number"), draws.beta_8_2(case, "keen"))

    def next_try(self, occasion: str) -> int:
        """The number of this try, from 1."""
        self.tried[occasion] = self.tried.get(occasion, 0) + 1
        return self.tried[occasion]
