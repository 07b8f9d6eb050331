"""What kind of notice each message is: it drives the contact budget, and whether an unclear send is tried again.

The wording lives with the catalogue (`messages/`); a house test holds this table against it.
"""

_BY_KIND = {
    "chase": "first_contact first_meeting_missed missed_session your_move no_answer",
    "reminder": "first_meeting_reminder session_reminder session_reminder_short survey survey_again",
    "decision": "strike_letter your_side decision_carry_on decision_breached decision_ended closed_not_reached stopped",
    "service": "provider_waiting session_changed session_cancelled completed plan_copy",
    "officer": "officer_accepted officer_declined officer_ended officer_digest officer_view_request "
    "officer_view_reminder oic_contact_question oic_reconsider last_safe_date seen_them victim_update_reminder "
    "concern_raised",
    "provider": "provider_place_request session_outcome_request session_outcome_again provider_return_request "
    "provider_return_reminder provider_view_request provider_code provider_link",
}

KINDS: dict[str, str] = {name: kind for kind, names in _BY_KIND.items() for name in names.split()}
"""Message → chase | reminder | decision | service | officer | provider."""

GIVES_WAY = frozenset({"session_reminder_short"})
"""Reminders of what another message has said already: they leave the week's last place to a session's first reminder."""

THEIR_SIDE = "your_side"
"""Asks whoever is alleged to be in breach for their side."""
DAYS_TO_ANSWER = 3
"""Working days that lie at the least between the letter that asks for their side and its day (an assumption of practice)."""

WITH_OFFERS = frozenset({"first_contact", "first_meeting_missed", "missed_session"})
"""Messages that offer two times."""

WITHOUT_DAY = frozenset(
    {
        "session_reminder", "session_reminder_short", "first_meeting_reminder", "session_changed", "session_cancelled",
        "no_answer", "provider_waiting", "completed", "survey", "survey_again", "plan_copy", "officer_accepted",
        "officer_ended", "officer_declined", "officer_digest", "session_outcome_request", "session_outcome_again",
        "provider_code", "provider_link", "concern_raised", *WITH_OFFERS,
    }
)  # fmt: skip
"""Messages that name no day to answer by: nothing is worked out for them."""
