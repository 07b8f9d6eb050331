"""What a fact means to the ladders: event → signals, each with the subject it is about (`signals.py` has the words)."""

from caseflow.domain import events as ev
from caseflow.domain.case import Case
from caseflow.domain.reading import reachable
from caseflow.domain.words import NOT_A_CONVERSATION, ContactResult, Role

Signal = tuple[str, str | None]
TWO_WAY: tuple[Signal, ...] = (("two_way_contact", None), ("contact_expected", None))
OVER: tuple[Signal, ...] = (("ended", None),)


def signals_of(case: Case, event: ev.Event) -> tuple[Signal, ...]:
    """The signals of one fact, given the case as it stands after it."""
    match event:
        case ev.RungFired() | ev.ExpectationOpened() | ev.ExpectationClosed() | ev.Rebased() | ev.DeliveryNoted():
            return ()
        case ev.Referred():
            found: tuple[Signal, ...] = (("referred", None),)
            found = found if reachable(case) else (*found, ("address_lost", None))
            return (*found, *_dated(case))
        case ev.LastSafeSet():
            return _dated(case)
        case ev.Accepted():
            return ("accepted", None), ("disposal_decided", None), ("victim_event", None)
        case ev.Assessed():
            return (("items_done", None),) if event.no_intervention else ()
        case ev.PlanAgreed():
            agreed: tuple[Signal, ...] = (("plan_agreed", None), *TWO_WAY)  # they signed, and said it back
            return (*agreed, ("items_done", None)) if case.all_done else agreed
        case ev.ContactAgreed():  # agreed with the person: that was a conversation
            return (*TWO_WAY, ("address_found" if reachable(case) else "address_lost", None))
        case ev.AddressNoted():
            return (("address_found", None),) if reachable(case) else (("address_lost", None),)
        case ev.SessionBooked():
            return _booked(case, event)
        case ev.SessionMoved():
            return ("session_off", event.session), ("session_booked", event.session)
        case ev.SessionCancelled():
            return (("session_off", event.session),)
        case ev.SessionAttended():
            held: tuple[Signal, ...] = (("attendance_recorded", event.session), ("attended", None))
            met = (("first_meeting_held", None),) if case.sessions[event.session].kind == "first_meeting" else ()
            return (*held, *met, ("absence_settled", None), ("strike_removed", event.session), *TWO_WAY)
        case ev.SessionMissed():
            return ("attendance_recorded", event.session), (_absence(case, event.session), event.session)
        case ev.SessionExcused():
            said: tuple[Signal, ...] = (("attendance_recorded", event.session), ("absence_settled", event.session))
            return (*said, ("strike_removed", event.session)) if event.strike_removed else said
        case ev.SessionNotHeld():
            off: tuple[Signal, ...] = (("attendance_recorded", event.session), ("absence_settled", event.session))
            return (*off, ("strike_removed", event.session))
        case ev.ExcuseWithdrawn():
            return ((_absence(case, event.session), event.session),)
        case ev.SessionRuled():
            return (("absence_settled", event.session),)
        case ev.StrikeConfirmed():
            settled: tuple[Signal, ...] = (("absence_settled", event.session),)
            return (*settled, ("strike_confirmed", event.session)) if case.breach is None else settled
        case ev.StrikeWaived():
            return (("strike_removed", event.session),)
        case ev.ContactRecorded():
            return (*TWO_WAY, ("absence_settled", None)) if event.result is ContactResult.SPOKE else ()
        case ev.AnswerReceived():
            if event.reads_as in NOT_A_CONVERSATION:
                return ()
            return (("answered", None), ("absence_settled", None), *TWO_WAY)
        case ev.BreachOpened():
            return ("breach_opened", None), ("view_asked", None)
        case ev.ViewRecorded():
            given: tuple[Signal, ...] = (("view_given", None),) if event.role is Role.OIC else ()
            both = case.breach is not None and {Role.OIC, Role.NAVIGATOR} <= set(case.breach.views)
            return (*given, ("views_in", None)) if both else given
        case ev.Breached():
            return ("breach_decided", None), ("victim_event", None), *OVER
        case ev.CarriedOn():
            return ("breach_decided", None), ("contact_expected", None)
        case ev.BreachLapsed():
            return ("breach_decided", None), ("contact_expected", None)
        case ev.Completed():
            return ("signed_off", None), ("victim_event", None), *OVER
        case ev.Withdrawn():
            return ("victim_event", None), *OVER
        case ev.Ended():
            return ("breach_decided", None), ("victim_event", None), *OVER
        case ev.Declined():
            return OVER
        case ev.Reopened():
            diary = (("session_booked", s.id) for s in case.sessions.values() if s.status == "booked")
            return ("reopened", None), ("contact_expected", None), *diary, *_dated(case)
        case ev.ReferredOn():
            return (("referred_on", event.item),)
        case ev.ProviderAnswered():
            return (("provider_declined", event.item),) if event.answer == "no" else ()
        case ev.ItemDone() | ev.ItemDropped():
            gone: tuple[Signal, ...] = (("item_gone", event.item),)
            return (*gone, ("items_done", None)) if event.all_enforceable_done else gone
        case ev.SurveyNoted():
            return (("survey_in", None),)
        case ev.VictimTold():
            return (("victim_told", None),)
        case ev.Held():
            return (("hold_started", event.hold),)
        case ev.HoldEnded():
            over: tuple[Signal, ...] = (("hold_ended", event.hold),)
            return over if event.by is not None else (*over, ("hold_ran_out", event.hold))
        case _:
            return ()


def _dated(case: Case) -> tuple[Signal, ...]:
    return (("last_safe_known", None),) if case.last_safe else ()


def _absence(case: Case, session: str) -> str:
    return "first_meeting_missed" if case.sessions[session].kind == "first_meeting" else "absence_known"


def _booked(case: Case, event: ev.SessionBooked) -> tuple[Signal, ...]:
    found: list[Signal] = [("session_booked", event.session)]
    if event.kind == "first_meeting":
        found.append(("first_meeting_booked", None))
    if event.item is not None:
        found.append(("first_session_booked", event.item))
    if any(s.status == "missed" for s in case.sessions.values()):
        found.append(("absence_settled", None))  # rebooked
    return tuple(found)
