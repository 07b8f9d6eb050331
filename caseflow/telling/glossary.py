"""The words of the trade, with what caseflow means by each. On screen, on paper and in the code they are the same."""

GLOSSARY: dict[str, str] = {
    "scheme": "A force's arrangement for dealing with some offences outside court; it has a policy, people and a "
    "roster.",
    "policy": "The scheme's rules as data, in numbered versions. A case keeps the version it began under.",
    "disposal": "How the offence is dealt with: community resolution, Outcome 22 activity, deferred prosecution, "
    "conditional "
    "caution. It decides what may be asked, what may be enforced, and what a breach may lead to.",
    "disposal pack": "Everything a policy says about one disposal, its ladders included.",
    "participant": "The person the case is about.",
    "referrer": "The officer or agency who referred the person.",
    "arresting officer": "The officer who made the arrest; hears of acceptance and of the end. Not every case has one.",
    "OIC": "The officer in the case: has a say before a breach, and owns the original matter.",
    "navigator": "The scheme's own worker with the participant (elsewhere: keyworker).",
    "provider": "An organisation that delivers interventions.",
    "intervention": "A course, a group or one-to-one help, as the roster lists it.",
    "session": "A planned meeting with the navigator or a provider.",
    "attendance outcome": "What is known of a session: attended (late counts), an acceptable absence with its "
    "reason, an "
    "unacceptable absence, or that it did not happen. A provider's silence is none of these.",
    "needs assessment": "What stands behind the offending (criminogenic needs) and what else weighs on the person "
    "(welfare needs).",
    "action plan": "What was agreed, signed, and read back in the participant's own words.",
    "plan item": "One thing in the plan: enforceable, or voluntary. Welfare needs only ever make voluntary items, "
    "and a "
    "voluntary item never raises a strike.",
    "expectation": "Something asked of someone by a time: of the participant, the navigator, a provider, an officer.",
    "ladder": "The ordered, timed steps that follow while an expectation is not met.",
    "rung": "One step of a ladder: when, what, to whom, by which channel.",
    "contact attempt": "A call or visit with its result. Only one that spoke counts as having reached somebody.",
    "chase": "A message that asks again for something that has not come. It stops at once when its reason has gone.",
    "reached": "Delivered to an address the participant confirmed, spoken with, or answered. Not: sent, accepted by "
    "a mail "
    "server, voicemail, post alone.",
    "strike": "A missed session of an enforceable item, unexcused, confirmed by a named person after the "
    "participant was reached "
    "about it.",
    "warning": "The call and the letter that follow a first strike.",
    "alleged breach": "What a second strike, a new matter or lost contact opens. Nothing is decided by it.",
    "breach decision": "What named people decide, with reasons, after hearing the participant: breached, carry on, "
    "or end "
    "without fault. Where nobody decides in time, the person carries on.",
    "panel": "The people who decide an alleged breach. A scrutiny panel is another thing.",
    "hold": "Nothing fires until a day, for one expectation or the whole case; always with a reason and an end.",
    "completed": "Everything enforceable was done, and a person signed it off.",
    "breached": "Named people decided that the agreement was broken.",
    "declined": "Not eligible, or the person said no. No fault.",
    "withdrawn": "The person stopped; taking part is voluntary. No fault.",
    "ended": "Agreed that no further action is right, not reached, transferred, and the like. No fault.",
    "provider return": "A provider's periodic report on everybody placed with it.",
    "officer notice": "A mail to an officer at once: accepted, ended, a view is asked.",
    "digest": "One periodic mail to an officer with everything between acceptance and end.",
    "victim update": "A person tells the victim of a key decision; caseflow reminds until it is done.",
    "last safe decision date": "The last day on which a summary-only offence may be charged, where it is known.",
    "quiet hours": "Whatever lies outside a scheme's contact hours.",
    "safe contact": "What a participant allows: texts only, no voicemail, not before or after an hour, a language.",
    "contact budget": "How many automatic messages a participant gets in seven days at most.",
    "outcome type": "The Home Office's number for how a crime was dealt with.",
    "held": "On hold: the trade's word.",
    "parked": "Set aside by the engine because it failed, with its reason: never silent, always listed by `caseflow "
    "audit`.",
    "data incident": "A loss or leak of data. “Breach” alone always means a participant's.",
}
