"""The last safe decision date of a case in words: on the panel sheet, and where the case is shown."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.messages.last_safe import unknown
from caseflow.telling import story
from caseflow.telling.times import day, local

_SUMMARY = " A summary offence cannot be charged more than six months after it (Magistrates' Courts Act 1980 s.127)."


def last_safe_words(case: Case, events: Sequence[ev.Recorded], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The last safe decision date in words, who said so where it was not reckoned, or why there is none."""
    said = next((one for one in reversed(events) if isinstance(one.event, ev.LastSafeSet)), None)
    source = f" As recorded by {story.who(said, names)} on {local(said.occurred_at)}." if said is not None else ""
    if case.last_safe is not None:
        warned = " The plan as agreed would outlive it, with the policy's margin." if case.outlives else ""
        law = "" if said is not None else _SUMMARY
        return f"{day(case.last_safe)}.{source}{law} Never a reason to hurry a breach.{warned}"
    if said is not None:
        return f"None: no such limit runs.{source}"
    first = events[0].event if events else None
    if isinstance(first, ev.Referred) and first.last_safe_unknown:
        said_category = "" if first.offence_category == first.offence_listed else first.offence_category
        return unknown(first.last_safe_doubt, said_category, first.offence_listed)
    return "None known: either-way and indictable offences have no such clock. Where in doubt ask the OIC."
