"""The world: a diary of what people mean to do, their lists of tasks, and the post; played an hour at a time.

clock | everything due done | post read | diary | desks | one batch of commands | everything due done → the next hour.
Between acts the engine runs by itself; people see only screens and messages, and ask only through `handle`.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from caseflow.domain.case import Case
from caseflow.domain.commands import Asked, Command, FinishTask
from caseflow.domain.policy import Policy
from caseflow.domain.words import Actor, Channel, Origin, Receipt, Role
from caseflow.engine.handle import handle
from caseflow.engine.ports import PersonIn
from caseflow.engine.readings import PostedLine
from caseflow.settings.roster import Roster
from caseflow.simulate.draws import Draws
from caseflow.simulate.hours import HOUR, Hours
from caseflow.simulate.machinery import Machinery, Screens
from caseflow.simulate.person import Person
from caseflow.simulate.rates import Rates
from caseflow.simulate.script import Feed, Intent, Play, Tally, Todo, wanted

SYSTEM = Actor("system", Role.SYSTEM)


@dataclass(slots=True)
class _Wish:
    asked: Asked
    otherwise: str
    detail: str


class World:
    """Everything the simulated people know and mean to do. `now` is scheme time (UTC)."""

    def __init__(
        self,
        machinery: Machinery,
        play: Play,
        feed: Feed,
        *,
        policy: Policy,
        roster: Roster,
        draws: Draws,
        rates: Rates,
        start: datetime,
    ) -> None:
        self.feed = feed
        self._due: datetime | None = None
        self.machinery = machinery
        self.told: Callable[[PostedLine], Receipt | None] | None = None  # where the channels send receipts themselves
        self.screens = Screens(machinery.app)
        self.play = play
        self.policy = policy
        self.roster = roster
        self.draws = draws
        self.rates = rates
        self.hours = Hours(policy.calendar, rates.staff.desk_hours)
        self.now = start
        self.tally = Tally()
        self.people: dict[str, Person] = {}
        self.files: dict[str, Case] = {}  # what lies on the desks in this hour
        self.calls_today: Counter[str] = Counter()
        self.load: Counter[str] = Counter()  # open cases by navigator
        self.moved: set[str] = set()  # officers who have left their team
        self._diary: list[Intent] = []
        self._todos: dict[tuple[str, str], Todo] = {}
        self._wishes: list[_Wish] = []
        self._register: dict[str, dict[Channel, tuple[str, str, str]]] = {}
        self._stand_ins: dict[str, str] = {}
        self._today = self.hours.day(start)

    # ── what people do ──
    def person(self, stream: str) -> Person:
        """The participant of this case, as they are."""
        if stream not in self.people:
            self.people[stream] = Person.drawn(stream, self.draws, self.rates)
        return self.people[stream]

    def later(self, at: datetime, stream: str, act: str, detail: str = "") -> None:
        """Put it into the diary, on the hour, not before the next."""
        heapq.heappush(self._diary, Intent(max(self.hours.whole(at), self.now + HOUR), stream, act, detail))

    def ask(
        self,
        stream: str,
        command: Command,
        by: Actor,
        *,
        origin: Origin = Origin.PERSON,
        otherwise: str = "",
        detail: str = "",
    ) -> None:
        """Ask for it at the end of this hour's round. Refused, the act `otherwise` follows the next office hour."""
        number = self.person(stream).asked = self.person(stream).asked + 1
        asked = Asked(f"sim:{stream}:{number}", stream, command, by, origin)
        self._wishes.append(_Wish(asked, otherwise, detail))

    def register(self, person: str, channel: Channel, address: str, value: str, status: str) -> None:
        """Write an address into the people register, before this hour's commands."""
        self._register.setdefault(person, {})[channel] = (address, value, status)

    def move_officer(self, officer: str, team: str) -> None:
        """The officer has left; the team's mailbox gets their mail from now on."""
        self.moved.add(officer)
        self._stand_ins[officer] = team

    # ── the clock ──
    def step(self, latest: datetime) -> bool:
        """Move to the next due moment, at most an hour and not past `latest`; False where nothing happened then.

        The machinery's clock is moved only to where something happens, and to the end.
        """
        at = min(self.now.replace(minute=0, second=0, microsecond=0) + HOUR, latest)
        if self._due is not None:
            at = min(at, max(self._due, self.now))
        self.now = at
        if self.hours.day(at) != self._today:
            self._today = self.hours.day(at)
            self.calls_today.clear()
        rings = self._due is not None and self._due <= at
        busy = self.hours.whole(at) == at and (rings or self._busy(at))
        if rings or busy or at == latest:
            self.machinery.move(at)
        if not rings and not busy:
            return False
        self.tally.steps += 1
        if rings:
            self.machinery.settle()
        if busy:
            self.round()
        self._due = self.machinery.next_due()
        return True

    def _busy(self, at: datetime) -> bool:
        comes = self.feed.next_at()
        return (
            self.hours.open(at) or bool(self._diary and self._diary[0].at <= at) or (comes is not None and comes <= at)
        )

    def round(self) -> None:
        """One hour of people: the post, the diary, the desks; then their commands, and what the engine makes of them.

        Nothing is written before everybody has looked: the workers begin with the first fact they find, and what people
        see would depend on who is faster.
        """
        lines = self.screens.posted(self.machinery.post())
        intents = self._taken()
        desks = self._desks()
        wanted = {line.stream for line in lines} | {one.stream for one in intents} | {one.task.stream for one in desks}
        self.files = self.screens.cases(wanted)
        for line in sorted(lines, key=lambda one: (one.stream, one.purpose, one.rung, one.recipient)):
            self.play.read(self, line)
        for intent in intents:
            case = self.files.get(intent.stream)
            if case is not None:
                self.play.acts[intent.act](self, case, intent.detail)
        for todo in desks:
            self._do(todo)
        if self._send():
            self.machinery.settle()
        # Files come in after that, each read against screens that stand still.
        for hourly in self.play.hourly:
            hourly(self)
        if self.feed.bring(self):
            self.machinery.settle()

    def _taken(self) -> list[Intent]:
        taken = []
        while self._diary and self._diary[0].at <= self.now:
            taken.append(heapq.heappop(self._diary))
        return taken

    def _desks(self) -> list[Todo]:
        if not self.hours.open(self.now):
            return []
        for task in self.screens.new_tasks():
            self._todos[task.stream, task.key] = Todo(task, self.now)
        ready = [todo for todo in self._todos.values() if todo.again <= self.now]
        return sorted(ready, key=lambda one: (one.task.opened_at, one.task.ref, one.ladder, one.subject, one.rung))

    def _do(self, todo: Todo) -> None:
        key = (todo.task.stream, todo.task.key)
        case = self.files.get(todo.task.stream)
        if case is None:  # a return's: the call is made, the note written
            if todo.task.owner != Role.PROVIDER.value:
                self.ask(todo.task.stream, FinishTask(todo.task.key), Actor(todo.task.person, Role(todo.task.owner)))
            del self._todos[key]
            return
        again = None
        if wanted(case, todo):
            again = self.play.duties.get((todo.ladder, todo.rung), self.play.otherwise)(self, case, todo)
        if again is None:
            del self._todos[key]
        else:
            todo.again = max(self.hours.office(again), self.now + HOUR)

    # ── the door ──
    def _send(self) -> bool:
        """Hand in this hour's commands, each case's in one breath; were there any?"""
        if self._register or self._stand_ins:
            self._write_register()
        wishes, self._wishes = sorted(self._wishes, key=lambda one: one.asked.stream), []
        if not wishes:
            return False
        answers = handle(self.machinery.app, [wish.asked for wish in wishes])
        for wish, answer in zip(wishes, answers, strict=True):
            if answer.refused:
                self.tally.refused[f"{type(wish.asked.command).__name__}: {answer.code}"] += 1
                if answer.code == "broken":
                    raise RuntimeError(answer.words)
                if wish.otherwise:
                    self.later(self.hours.office(self.now + HOUR), answer.stream, wish.otherwise, wish.detail)
        return True

    def _write_register(self) -> None:
        app = self.machinery.app
        with app.store.begin() as unit:
            rows = unit.people(app.scheme, sorted({*self._register, *self._stand_ins}))
            new = [
                PersonIn(
                    id=row.id, kind=row.kind, given=row.given, family=row.family, phone=row.phone,
                    addresses=self._register.get(row.id, {}), stand_in=self._stand_ins.get(row.id),
                )
                for row in rows.values()
            ]  # fmt: skip
            unit.upsert_people(app.scheme, new)
        self._register.clear()
        self._stand_ins.clear()

    # ── small services ──
    def chance(self, rate: float, case: Case, occasion: str) -> bool:
        return self.draws.chance(rate, case.id, occasion)

    def whole(self, low: int, high: int, case: Case, occasion: str) -> int:
        return self.draws.whole(low, high, case.id, occasion)


def by(case: Case, role: Role, policy: Policy) -> Actor:
    """Whoever plays this part in the case."""
    person = case.parties.get(role) or policy.team.get(role) or case.parties[Role.TEAM]
    return Actor(person, role)
