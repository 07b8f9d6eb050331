"""The journey: one definition, from which the table in memory, the diagram in the docs and `offered` all come.

`referred → assessed → engaged → completed | breached`, and the ends without fault: declined, withdrawn, ended. A wrong
end can be corrected: reopening leads back to the state the person had reached, never to rewritten history.
The `transitions` machine is read once, at import, into a dictionary: a live machine per case would cost 30 to 90 µs a step
(DESIGN, decision 8).
"""

from typing import TYPE_CHECKING, Any

from transitions import Machine

from caseflow.domain.words import OPEN_STATES, State

if TYPE_CHECKING:  # the journey stands below the case: it only asks it plain questions
    from caseflow.domain.case import Case

STATES = [state.value for state in State]

STEPS: list[dict[str, Any]] = [
    {"trigger": "accept", "source": "referred", "dest": "referred"},
    {"trigger": "decline", "source": ["referred", "assessed"], "dest": "declined"},
    {"trigger": "assess", "source": ["referred", "assessed"], "dest": "assessed"},
    {"trigger": "agree_plan", "source": "assessed", "dest": "engaged"},
    {"trigger": "change_plan", "source": "engaged", "dest": "engaged"},
    {"trigger": "complete", "source": ["assessed", "engaged"], "dest": "completed"},
    {"trigger": "breach", "source": "engaged", "dest": "breached"},
    {"trigger": "withdraw", "source": ["referred", "assessed", "engaged"], "dest": "withdrawn"},
    {"trigger": "end", "source": ["referred", "assessed", "engaged"], "dest": "ended"},
    {"trigger": "reopen_referred", "source": ["declined", "withdrawn", "ended"], "dest": "referred"},
    {"trigger": "reopen_assessed", "source": ["declined", "withdrawn", "ended", "completed"], "dest": "assessed"},
    {"trigger": "reopen_engaged", "source": ["withdrawn", "ended", "completed", "breached"], "dest": "engaged"},
]


JOURNEY = Machine(
    model=None,
    states=STATES,
    transitions=STEPS,
    initial="referred",
    auto_transitions=False,
    send_event=True,
)

NEXT: dict[tuple[State, str], State] = {
    (State(step.source), name): State(str(step.dest))
    for name, event in JOURNEY.events.items()
    for steps in event.transitions.values()
    for step in steps
}
"""(state, trigger) → the state after it; a missing key is a step the journey does not have."""


def after(state: State, trigger: str) -> State | None:
    """The state after `trigger`, or None where the journey has no such step."""
    return NEXT.get((state, trigger))


def reached(case: "Case") -> State:
    """How far the person had come before the end: where a reopened journey stands again."""
    if case.plan_at is not None:
        return State.ENGAGED
    return State.ASSESSED if case.assessed_at is not None else State.REFERRED


def _front_door(case: "Case") -> list[str]:
    if case.state is State.REFERRED and case.accepted_at is None:
        return ["accept", "decline"]
    offered = []
    if case.state in {State.REFERRED, State.ASSESSED} and case.accepted_at is not None:
        offered += ["assess", "decline"]
    if case.state is State.ASSESSED:
        offered += ["agree_plan", "complete"]
    return offered


def _sessions(case: "Case") -> list[str]:
    offered = ["book_session"]
    if any(s.status == "booked" for s in case.sessions.values()):
        offered += ["move_session", "cancel_session", "excuse"]
    if any(s.status != "cancelled" for s in case.sessions.values()):
        offered.append("record_attendance")  # or puts it right
    missed = [s for s in case.sessions.values() if s.status == "missed"]
    if missed:
        offered += ["excuse", "rule_session"]
        if case.state is State.ENGAGED and any(s.enforceable for s in missed):
            offered.append("confirm_strike")
    if any(s.status == "excused" for s in case.sessions.values()):
        offered.append("withdraw_excuse")
    if case.strikes:
        offered += ["waive_strike", "uphold_strike", "dispute_strike"]
    return offered


def _plan(case: "Case") -> list[str]:
    if case.state is not State.ENGAGED:
        return []
    offered = ["agree_plan", "refer_on", "note_engagement", "note_item_done", "drop_item", "complete"]
    asked = [i.provider for i in case.items.values()] + [s.provider for s in case.sessions.values() if s.item]
    if case.places or any(asked):
        offered.append("note_provider_answer")
    if case.breach is None:
        return [*offered, "open_breach"]
    return [*offered, "ask_side", "record_side", "record_view", "hear_provider", "decide_breach"]


def _clocks(case: "Case") -> list[str]:
    waiting = [e for e in case.expectations.values() if e.status == "open" and e.next is not None]
    offered = ["bring_forward", "skip_rung", "hold"] if waiting else ["hold"]
    return [*offered, "release"] if case.holds else offered


ALWAYS = (
    "note_address",
    "record_contact",
    "note_answer",
    "read_answer",
    "note_delivery",
    "note_safeguarding",
    "note_death",
    "change_officer",
    "tell_victim",
    "finish_task",
    "note_survey",
)
WHILE_OPEN = (
    "agree_contact",
    "explain_expectations",
    "note_unmet_need",
    "note_signpost",
    "note_new_matter",
    "note_away",
    "transfer",
    "move_policy",
    "set_last_safe",
    "withdraw",
    "end",
)


def offered(case: "Case") -> tuple[str, ...]:
    """The commands that make sense now, by public name: what a page or `case do` shows. `decide` has the last word."""
    if case.state not in OPEN_STATES:
        late = ["excuse"] if any(s.status == "missed" for s in case.sessions.values()) else []
        return tuple(sorted({*ALWAYS, *late, "reopen"}))
    if case.accepted_at is None:
        return tuple(sorted({*ALWAYS, *WHILE_OPEN, *_front_door(case), *_clocks(case)}))
    return tuple(sorted({*ALWAYS, *WHILE_OPEN, *_front_door(case), *_sessions(case), *_plan(case), *_clocks(case)}))


def mermaid() -> str:
    """The journey as a mermaid state diagram, drawn from the one definition."""
    lines = ["stateDiagram-v2", "    [*] --> referred"]
    lines += [
        f"    {source} --> {dest}: {trigger}" for (source, trigger), dest in sorted(NEXT.items()) if source != dest
    ]
    lines += [f"    {state} --> [*]" for state in State if state not in OPEN_STATES]
    return "\n".join(lines) + "\n"
