"""`react`: a fact, the case as it stands, the policy and the time → effects. Pure; never talks to the world."""

from datetime import datetime

from caseflow.domain import events as ev
from caseflow.domain.acts import closed, rung_fired, timer
from caseflow.domain.case import Case
from caseflow.domain.effects import DropTimer, Effect
from caseflow.domain.policy import Policy
from caseflow.domain.react import people
from caseflow.domain.react.openings import changes
from caseflow.domain.stage import CaseStage

__all__ = ["react"]


def react(case: Case, record: ev.Recorded, policy: Policy, now: datetime) -> tuple[Effect, ...]:
    """What follows from this fact. The engine's own facts set alarms and act; people's facts also open and close."""
    match record.event:
        case ev.RungFired() as e:
            return rung_fired(CaseStage(case, policy, now), case.expectations[e.expectation], e)
        case ev.ExpectationOpened() as e:
            return timer(policy, case.expectations[e.expectation])
        case ev.ExpectationClosed() as e:
            return closed(e)
        case ev.DeliveryNoted():  # no signal: a ladder hears of it through its next rung
            return tuple(people.of(case, record, policy, now))
        case ev.Rebased() as e:
            return timer(policy, case.expectations[e.plan.expectation])
        case ev.BroughtForward() as e:
            return timer(policy, case.expectations[e.plan.expectation])
        case ev.HoldEnded() as e:
            alarms = [a for p in e.planned for a in timer(policy, case.expectations[p.expectation])]
        case ev.PolicyMoved() as e:
            still = [case.expectations[p.expectation] for p in e.plans]
            alarms = [a for one in still if one.status == "open" for a in timer(policy, one)]
        case ev.Held() as e:
            alarms = [DropTimer(name) for name in e.covers]
        case _:
            alarms = []
    return (*alarms, *changes(case, record, policy, now), *people.of(case, record, policy, now))
