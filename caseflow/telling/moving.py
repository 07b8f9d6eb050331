"""What becomes of the next steps of a case that is moved to another version of the policy."""

from dataclasses import dataclass
from datetime import datetime

from caseflow.domain.case import Case


@dataclass(frozen=True, slots=True)
class MovedStep:
    """One next step: what it is and when it comes under the old version, and under the new one."""

    expectation: str
    before: str
    before_at: datetime
    after: str
    after_at: datetime


def moved_steps(before: Case, after: Case) -> list[MovedStep]:
    """The next step of everything that is waited for, before and after the move, where it is not the same."""
    return [
        MovedStep(was.id, was.next, was.next_due, now.next, now.next_due)
        for was in before.expectations.values()
        if was.next is not None and was.next_due is not None
        and (now := after.expectations[was.id]).next is not None and now.next_due is not None
        and (was.next, was.next_due) != (now.next, now.next_due)
    ]  # fmt: skip
