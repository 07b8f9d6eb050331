"""What a line of the story is about, so that somebody who looks for one thing need not read everything.

Every kind of fact is in exactly one of these (a test holds the list to the domain's).
"""

from collections.abc import Mapping

KINDS: Mapping[str, frozenset[str]] = {
    "journey": frozenset({
        "Referred", "Accepted", "Declined", "Assessed", "PlanAgreed", "ItemDone", "ItemDropped", "ReferredOn",
        "ProviderAnswered", "NeedUnmet", "EngagementNoted", "Signposted", "SurveyNoted", "Completed", "Withdrawn", "Ended",
        "Reopened", "Died", "ExpectationsExplained",
    }),
    "sessions": frozenset({
        "SessionBooked", "SessionMoved", "SessionCancelled", "SessionAttended", "SessionMissed", "SessionExcused",
        "SessionNotHeld", "ExcuseWithdrawn", "SessionRuled",
    }),
    "contact": frozenset({
        "ContactAgreed", "AddressNoted", "ContactRecorded", "AnswerReceived", "AnswerRead", "DeliveryNoted",
    }),
    "decisions": frozenset({
        "StrikeConfirmed", "StrikeWaived", "StrikeDisputed", "StrikeUpheld",
        "BreachOpened", "SideAsked", "SideRecorded", "ViewRecorded",
        "ProviderHeard", "Breached", "CarriedOn", "BreachLapsed", "NewMatterNoted", "Held", "HoldEnded", "BroughtForward",
        "WentAway", "LastSafeSet", "PolicyMoved", "SafeguardingNoted",
    }),
    "people": frozenset({"Transferred", "OfficerChanged", "VictimTold", "TaskFinished"}),
    "clock": frozenset({"ExpectationOpened", "ExpectationClosed", "RungFired", "Rebased"}),
}  # fmt: skip

BOOKKEEPING = frozenset({"ExpectationOpened", "ExpectationClosed", "Rebased"})
"""What the clock notes for itself: told where everything is, left out where the story is told in short."""
