"""The models of a policy: the case's control state in five parts, and every ladder with the control state that it can meet.

A ladder touches the case only through `lapse`, `end_hold` and the distance between chases; everything else that it does
is a wish. So the parts can be looked at one by one (docs/adr/0041-checking-a-policy.md has the argument).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from caseflow.domain.policy import Ladder, Policy, Rung
from caseflow.domain.verify.explore import TIME, Story
from caseflow.domain.verify.moves import REFERRER, Move, Moves, Setting, referral
from caseflow.domain.verify.world import AFTER_START, Beat, Unplayable, World, ask, next_moment, wait
from caseflow.domain.words import Refused, Role

ACTING = frozenset({"lapse", "end_hold"})
"""The acts by which a rung changes the case itself."""
OF_BREACH = frozenset({"breach_opened", "breach_decided", "view_asked", "view_given", "views_in"})
"""The signals of an alleged breach."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the control state: which moves it is about, how many sessions, and from which stories it starts."""

    name: str
    moves: frozenset[str]
    sessions: int = 1
    scripts: tuple[str, ...] = ("",)

    @property
    def in_breach(self) -> bool:
        """Can a breach be alleged in it: by a person, or by a second strike?"""
        return "new_matter" in self.moves or self.sessions > 1


PLANNED = "accept assess plan"
IN_TOUCH = "accept keep_in_touch assess plan"
MISSED = f"{PLANNED} book begun missed"
STRUCK = f"{MISSED} spoke strike"
PARTS = (
    Part(
        "journey",
        _names("accept decline assess assess_nothing plan book_first came item_done complete withdraw end died reopen"),
    ),
    Part("strikes", _names(f"{PLANNED} book missed came spoke chase_arrived keep_in_touch strike waive carry_on"), 2),
    Part("holds", _names(f"{PLANNED} book missed spoke strike hold release withdraw reopen")),
    Part(
        "items",
        _names("plan_offered_only plan book book_offered missed spoke strike"),
        scripts=("accept assess", "accept assess plan_not_read_back"),
    ),
    Part(
        "evidence",
        _names("book missed excuse spoke strike wrote read number_dead keep_in_touch chase_arrived"),
        scripts=(PLANNED,),
    ),
    Part(
        "breach",
        _names(
            "new_matter lost_contact ask_side side view_navigator view_oic hear_provider breached carry_on spoke "
            "spoke_of_breach withdraw end complete waive"
        ),
        2,
        (PLANNED, f"{STRUCK} spoke free book begun missed spoke strike"),
    ),
)

SCRIPTS = (
    "",
    "accept",
    "accept assess",
    "accept book_first",
    "accept assess_nothing",
    PLANNED,
    "accept book_first begun",
    "accept all_dead all_dead",
    "accept assess_nothing complete",
    f"{PLANNED} book",
    IN_TOUCH,
    f"{PLANNED} item_done",
    f"{PLANNED} hold",
    f"{PLANNED} new_matter",
    f"{PLANNED} refer_on",
    f"{PLANNED} book begun",
    f"{PLANNED} item_done complete",
    MISSED,
    f"{MISSED} spoke",
    f"{IN_TOUCH} book begun missed spoke",
    STRUCK,
)
"""Ways into a journey, from which a ladder may open by one more step."""


ALWAYS = _names("arrived bounced withdraw release")
TOGGLES = {
    "unbooked": "book_first", "not_held": "book_first book_plain came", "disputed": "dispute",
    "view_missing": "view_navigator view_oic",
    "side_not_given": "side", "no_survey": "survey", "first_session": "came", "not_first_session": "came",
    "letter_at_confirmed_address": "keep_in_touch", "no_confirmed_letter": "keep_in_touch", "expecting": "item_done",
    "private_phone": "keep_in_touch", "wants_short_reminder": "keep_in_touch",
    "has_provider": "no_place", "no_provider": "no_place",
}  # fmt: skip
"""A condition → the moves that may change its answer."""
CLOSERS = _names("spoke came book plan item_done carry_on complete hold release excuse keep_in_touch")
"""Of the moves that bring the same signal these are taken first: to a ladder that they close they are all the same."""


def start_of(policy: Policy) -> datetime:
    """A working Monday at ten, when the policy is in force."""
    cal, day = policy.calendar, policy.in_force_from + timedelta(days=7)
    while day.weekday() != 0 or cal.is_holiday(day):
        day += timedelta(days=1)
    return cal.instant(datetime.combine(day, time(10)))


def only(policy: Policy, disposal: str, whole: frozenset[str], *, in_breach: bool = False) -> Policy:
    """The policy of one disposal with these ladders whole, and of the others only the rungs that change the case.

    What lets an alleged breach lapse is kept where a breach can open: `in_breach`, or by a ladder that has to do with one.
    """
    rules = policy.disposals[disposal]
    kept = {name: policy.ladders[name] for name in rules.ladders if name in whole}
    wanted = ACTING if in_breach or any(_meets_breach(ladder) for ladder in kept.values()) else ACTING - {"lapse"}
    for name in rules.ladders:
        acting = tuple(rung for rung in policy.ladders[name].rungs if any(act.do in wanted for act in rung.acts))
        if name not in kept and acting:
            kept[name] = _with(policy.ladders[name], acting)
    return replace(
        policy,
        disposals={disposal: replace(rules, ladders=tuple(kept))},
        ladders=kept,
        opens={
            s: found for s, ls in policy.opens.items() if (found := tuple(kept[k.name] for k in ls if k.name in kept))
        },
    )


def _meets_breach(ladder: Ladder) -> bool:
    return ladder.pauses_in_breach or bool(OF_BREACH & {*ladder.opens, *ladder.met, *ladder.lapses})


def _with(ladder: Ladder, rungs: tuple[Rung, ...]) -> Ladder:
    return replace(ladder, rungs=rungs, by_rung={rung.id: number for number, rung in enumerate(rungs)})


# ── telling ─────────────────────────────────────────────────────────────────────────────────────
def opening_beat(policy: Policy, disposal: str, now: datetime, setting: Setting) -> Beat:
    """The referral. Raises Unplayable where the policy takes no referral in: then there is nothing to check."""
    beat = ask(policy, None, referral(policy, disposal, now, setting), REFERRER, now)
    if isinstance(beat, Refused):
        raise Unplayable(f"a referral in good order was refused: {beat.words}")
    return beat


def told(policy: Policy, story: Story, moves: Moves, script: str) -> Story | None:
    """The story with these moves added, or None where one of them is refused. `begun`: until a session has begun."""
    for name in script.split():
        beat = (
            _until(policy, story[-1].world, name)
            if name in {"begun", "free"}
            else _one(policy, story[-1].world, moves.all[name])
        )
        if beat is None:
            return None
        story = (*story, *beat)
    return story


def _one(policy: Policy, world: World, move: Move) -> tuple[Beat, ...] | None:
    for command, by, origin in move.ask(world):
        beat = ask(policy, world, command, by, world.now, origin)
        if not isinstance(beat, Refused) and beat.facts:
            return (beat,)
    return None


def _until(policy: Policy, world: World, what: str) -> tuple[Beat, ...] | None:
    """Time goes on until a booked session has begun, or until a further strike may follow the last."""
    beats: list[Beat] = []
    for _ in range(40):
        case, now = world.case, world.now
        if what == "begun" and any(
            s.status == "booked" and s.start + AFTER_START <= now for s in case.sessions.values()
        ):
            return tuple(beats)
        rules = policy.strikes
        if what == "free" and all(
            policy.calendar.plus_working(s.at, rules.one_per_working_days) <= now for s in case.strikes
        ):
            return tuple(beats)
        moment = next_moment(policy, world)
        if moment is None:
            return None
        beats.append(wait(policy, world, moment))
        world = beats[-1].world
    return None


# ── ladders ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Opening:
    """How a ladder opens: the script before, and the move that opens it (or time)."""

    script: str
    move: str
    story: Story


def setting_for(ladder: Ladder) -> Setting:
    """The participant in whose case this ladder has something to do."""
    wanted = {
        *ladder.only_if,
        *(n for rung in ladder.rungs for n in (*rung.only_if, *(c for act in rung.acts for c in act.only_if))),
    }
    return Setting(
        victim="wants_to_be_told" in wanted,
        enhanced="enhanced_rights" in wanted,
        outlives="plan_outlives" in wanted,
        short_reminder="wants_short_reminder" in wanted,
    )


def openings(policy: Policy, disposal: str, ladder: Ladder, moves: Moves, most: int = 3) -> list[Opening]:
    """The shortest ways in which this ladder opens, by different moves."""
    first = opening_beat(policy, disposal, start_of(policy), moves.setting)
    if _is_open(first.world, ladder):
        return [Opening("", "", (first,))]
    found: dict[str, Opening] = {}
    for script in SCRIPTS:
        story = told(policy, (first,), moves, script)
        if story is None or _is_open(story[-1].world, ladder):
            continue
        for name, beat in _every(policy, story[-1].world, moves.all.values()):
            if name not in found and _is_open(beat.world, ladder):
                found[name] = Opening(script, name, (*story, beat))
        if len(found) >= most:
            break
    return sorted(found.values(), key=lambda one: len(one.story))[:most]


def _every(policy: Policy, world: World, moves: Iterable[Move]) -> Iterator[tuple[str, Beat]]:
    for move in moves:
        for beat in _one(policy, world, move) or ():
            yield move.name, beat
    moment = next_moment(policy, world)
    if moment is not None:
        yield TIME, wait(policy, world, moment)


def _is_open(world: World, ladder: Ladder) -> bool:
    return any(e.ladder == ladder.name and e.status == "open" for e in world.case.expectations.values())


def speaks(ladder: Ladder) -> bool:
    """Does any of its rungs write to the participant?"""
    return any(act.to is Role.PARTICIPANT and act.message for rung in ladder.rungs for act in rung.acts)


def touching(policy: Policy, ladder: Ladder, moves: Moves, disposal: str) -> frozenset[str]:
    """The moves that can close, pause or turn this ladder once it is open."""
    signals = {*ladder.met, *ladder.lapses}
    asked = {name for rung in ladder.rungs for name in rung.only_if} | {
        name
        for rung in ladder.rungs
        for act in rung.acts
        if rung is ladder.rungs[-1] or act.to is Role.PARTICIPANT  # else it only turns who is asked
        for name in act.only_if
    }
    names = ALWAYS | {_closer(moves, signal) for signal in signals}
    for condition in asked:
        names |= _names(TOGGLES.get(condition, ""))
    if names & {"book", "book_first"}:
        names |= {"came"}
    if ladder.pauses_in_breach and policy.disposals[disposal].strikes:
        names |= {"new_matter", "carry_on"}
    if {"hold_started", "hold_ended"} & signals or len(ladder.rungs) > 1:
        names |= {"hold"}
    if not speaks(ladder):
        names -= {"arrived", "bounced"}
    if any(rung.chase for rung in ladder.rungs):
        names |= {"wrote", "read"}
    return frozenset(names - {""})


def _closer(moves: Moves, signal: str) -> str:
    giving = [move.name for move in moves.all.values() if signal in move.gives]
    return next((name for name in giving if name in CLOSERS), giving[0] if giving else "")
