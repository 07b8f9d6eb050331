"""Names for what a fact means to the ladders: the words a policy may write under `opens`, `met` and `lapses`.

`signals_of(event)` gives pairs of (signal, subject). A subject is the session, item or strike it is about; a signal
without one speaks for the whole case. One table, so that a policy naming an unknown signal is refused at load.
"""

SIGNALS: dict[str, str] = {
    "referred": "an officer referred a person",
    "accepted": "the scheme accepted the person",
    "disposal_decided": "accepted: the victim is owed an explanation",
    "two_way_contact": "somebody spoke with the person, or they answered or came",
    "first_meeting_booked": "a first meeting is in the diary",
    "first_meeting_held": "the person came to a first meeting",
    "first_meeting_missed": "nobody came to the first meeting",
    "plan_agreed": "the plan was signed and read back",
    "referred_on": "a provider was asked for a place",
    "first_session_booked": "the provider booked a first session for the item",
    "provider_declined": "the provider has no place",
    "session_booked": "a session is in the diary (also after a move)",
    "session_off": "the session was moved or cancelled",
    "attendance_recorded": "what happened at the session is known",
    "absence_known": "the person did not come and nobody has said why",
    "absence_settled": "that absence was excused, rebooked, answered or ruled on",
    "attended": "the person came",
    "answered": "the person answered",
    "strike_confirmed": "a named person confirmed a first strike",
    "strike_removed": "a strike was waived or excused",
    "contact_expected": "two-way contact starts the clock for the next one",
    "breach_opened": "a breach is alleged",
    "breach_decided": "the alleged breach was decided, or lapsed",
    "view_asked": "views on the breach are asked for",
    "view_given": "the OIC gave a view",
    "views_in": "every view is in",
    "item_gone": "the item was done or dropped",
    "items_done": "every enforceable item is done",
    "signed_off": "the journey was completed by a person",
    "ended": "the journey came to any end",
    "reopened": "a wrong end was corrected",
    "victim_event": "something the victim should hear was decided",
    "victim_told": "a person told the victim",
    "survey_in": "the survey was filled in or refused",
    "last_safe_known": "the offence has a last safe decision date",
    "hold_started": "something is on hold until a day",
    "hold_ended": "the hold is over",
    "hold_ran_out": "the hold is over because its day came, not because a person released it",
    "address_lost": "no way left to reach the person",
    "address_found": "a usable address is known",
    "return_planned": "a provider has participants in this period",
    "return_accepted": "the provider's return is in",
    "return_not_needed": "no participant was listed",
    "digest_planned": "an officer has something to read",
    "digest_closed": "the digest of the period went out",
}

TIMED = frozenset(
    {
        "session_booked",
        "last_safe_known",
        "hold_started",
        "return_planned",
        "digest_planned",
    }
)
"""Signals that bring a time of their own (a session's start, a hold's end); only their ladders count from `start`."""
