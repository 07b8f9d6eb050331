"""Strikes with their proof, the removed ones, too."""

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.policy import Policy
from caseflow.domain.strikes import kept_since
from caseflow.engine.readings import Dossier
from caseflow.telling import story
from caseflow.telling.casefile.contract import SheetStrike
from caseflow.telling.times import day

KINDS = {
    "spoke": "somebody spoke with them",
    "answered": "they answered",
    "delivered": "a message about it was delivered to an address they confirmed",
}


def strikes(dossier: Dossier, case: Case, policy: Policy, labels: story.Names) -> list[SheetStrike]:
    """Every strike that was ever confirmed, in order."""
    lines = {one.seq: one for one in dossier.events}
    found = []
    for one in dossier.events:
        struck = one.event
        if not isinstance(struck, ev.StrikeConfirmed):
            continue
        proof = lines.get(struck.evidence_seq)
        now = next((each for each in case.strikes if each.session == struck.session), None)
        fades = policy.calendar.plus_days(one.occurred_at, policy.strikes.fades_after_days)
        found.append(
            SheetStrike(
                number=struck.number,
                session=struck.session,
                line=one.seq,
                at=one.occurred_at,
                by=labels.get(struck.by.person, story.role(struck.by.role)),
                proof=KINDS.get(struck.evidence, story.plain(struck.evidence)),
                proof_line=struck.evidence_seq,
                proof_at=proof.occurred_at if proof is not None else None,
                told=now.warned_at if now is not None else None,
                standing=_standing(dossier, case, policy, one, labels),
                fades_on=day(policy.calendar.local(fades).date()),
            )
        )
    return found


def _standing(dossier: Dossier, case: Case, policy: Policy, struck: ev.Recorded, labels: story.Names) -> str:
    assert isinstance(struck.event, ev.StrikeConfirmed)
    session = struck.event.session
    now = next((one for one in case.strikes if one.session == session and one.at == struck.occurred_at), None)
    if now is not None:
        if kept_since(case, now.at) >= policy.strikes.fades_after_kept:
            return f"faded: {policy.strikes.fades_after_kept} sessions kept in a row since"
        if now.disputed:
            return "stands; disputed, and not looked at again yet"
        return "stands; looked at again" if now.upheld else "stands"
    for one in dossier.events:
        if one.seq > struck.seq and (words := _removed(one, session, labels)):
            return f"{words}, line {one.seq}"
    return "stands no more"


def _removed(one: ev.Recorded, session: str, labels: story.Names) -> str:
    """How this fact takes away a strike for that session; "" where it does not."""
    match one.event:
        case ev.StrikeWaived() as e if e.session == session:
            return f"waived by {story.who(one, labels)} ({story.plain(e.reason)})"
        case ev.SessionExcused() as e if e.session == session and e.strike_removed:
            return f"removed: the absence was excused ({story.plain(e.reason)})"
        case ev.SessionAttended() | ev.SessionNotHeld() as e if e.session == session:
            return f"removed: {story.who(one, labels)} put the record of the session right"
        case ev.CarriedOn():
            return "no longer counts: decided that they carry on, strikes kept at one"
        case ev.BreachLapsed():
            return "no longer counts: nobody decided in time, strikes kept at one"
        case _:
            return ""
