"""Random journeys: anybody asks anything at any time, the clock jumps, receipts come or do not. And what they left behind.

A wandering is played by `words.Story`; every property test looks at the same few hundred of them from another side.
"""

from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from words import CLOCK, CONFIRMED, NAVIGATOR, OIC, PROVIDER, SERGEANT, SUPERVISOR

from caseflow.domain import commands as c
from caseflow.domain.words import (
    Actor,
    AddressStatus,
    Attendance,
    Channel,
    ContactResult,
    ItemKind,
    Need,
    Opinion,
    Role,
)

OFFICER = Actor("off-1", Role.ARRESTING_OFFICER)
SECOND = Actor("nav-2", Role.NAVIGATOR)
PEOPLE = (NAVIGATOR, NAVIGATOR, NAVIGATOR, SUPERVISOR, SUPERVISOR, OIC, PROVIDER, SERGEANT, SECOND, OFFICER, CLOCK)
SCHEMES = {
    "durham": (
        "deferred_prosecution",
        "deferred_prosecution",
        "conditional_caution",
        "community_resolution",
        "outcome_22",
    ),
    "dyfed-powys": ("conditional_caution", "conditional_caution", "community_resolution", "outcome_22"),
}
SESSIONS = ("m1", "s1", "s2", "s3", "s4")
ITEMS = {
    "i1": c.Item("i1", ItemKind.ENFORCEABLE, "thinking skills", provider="pro-1", hours=8),
    "i2": c.Item("i2", ItemKind.VOLUNTARY, "money advice", need=Need.MONEY),
    "i3": c.Item("i3", ItemKind.ENFORCEABLE, "letter of apology"),
    "v1": c.Item("i1", ItemKind.VOLUNTARY, "thinking skills", provider="pro-1"),
}
PLANS = (("i1", "i2"), ("i1", "i3"), ("v1", "i2"), ("i2",), ("i1",))

any_of = st.sampled_from
session = any_of(SESSIONS)
item = any_of(("i1", "i2", "i3"))
text = any_of((None, "txt-1"))
reason = any_of(("illness", "other", "transport", ""))
address = any_of(("adr-phone", "adr-mail", "adr-post", "adr-new"))


@st.composite
def bookings(draw: st.DrawFn) -> c.BookSession:
    name = draw(session)
    kind = "first_meeting" if name == "m1" else draw(any_of(("session", "session", "session", "first_meeting")))
    # `start` is put right when it is asked: so many days from then.
    start = datetime(2022, 1, 1) + timedelta(days=draw(st.integers(0, 12)), hours=draw(st.integers(8, 18)))  # noqa: DTZ001
    return c.BookSession(name, start, kind, draw(any_of((None, "i1", "i1", "i2", "i3"))), place="12 High St")


plans = st.builds(
    lambda names, read: c.AgreePlan(tuple(ITEMS[n] for n in names), signed=True, read_back=read),
    any_of(PLANS),
    any_of((True, True, True, False)),
)
agreements = st.builds(
    lambda limits, only: c.AgreeContact(CONFIRMED, texts_only=only, not_before=limits[0], not_after=limits[1]),
    any_of(((None, None), (None, None), (time(10), None), (time(16), time(18)), (time(20), time(21)))),
    st.booleans(),
)
rulings: st.SearchStrategy[Any] = st.one_of(
    st.builds(c.ConfirmStrike, session),
    st.builds(c.ConfirmStrike, session),
    st.builds(c.Excuse, session, reason, text),
    st.builds(c.WithdrawExcuse, session),
    st.builds(c.RuleSession, session, any_of(("back_on_track", "not_known"))),
    st.builds(c.WaiveStrike, session, reason),
    st.builds(c.DisputeStrike, session),
    st.builds(c.OpenBreach, any_of(("new_matter", "no_contact"))),
    st.builds(c.RecordView, any_of(tuple(Opinion)), text, any_of((None, Role.OIC, Role.NAVIGATOR))),
    st.builds(c.RecordSide, text, st.booleans()),
    st.just(c.HearProvider()),
    st.builds(
        c.DecideBreach, any_of(tuple(Opinion)), any_of(("they never came", "")), text, any_of(("", "two visits"))
    ),
)
clocks: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda days: ("hold", days, None), st.integers(1, 20)),
    st.builds(lambda days, which: ("hold", days, which), st.integers(1, 20), st.integers(0, 9)),
    st.builds(lambda which: ("release", which), any_of((None, None, 0, 1, 2))),
    st.builds(lambda which: ("forward", which), st.integers(0, 9)),
    st.builds(lambda which: ("skip", which), st.integers(0, 9)),
)
facts: st.SearchStrategy[Any] = st.one_of(
    st.builds(c.RecordContact, any_of(tuple(ContactResult)), about=any_of((None, "s1", "strike", "breach"))),
    st.builds(c.RecordContact, st.just(ContactResult.SPOKE), about=any_of((None, "s1", "s2", "strike", "breach"))),
    st.builds(c.NoteAnswer, any_of(("ok", "cant", "call", "stop", "wrong", "free")), needs_reading=st.booleans()),
    st.builds(c.NoteAddress, any_of(tuple(Channel)), address, any_of(tuple(AddressStatus))),
    st.builds(c.ReferOn, item, any_of(("pro-1", "pro-2"))),
    st.builds(c.NoteProviderAnswer, item, any_of(("yes", "no", "waiting_list"))),
    st.builds(c.NoteItemDone, item),
    st.builds(c.DropItem, item, reason),
    st.just(c.NoteNewMatter()),
    st.just(c.NoteSafeguarding()),
    st.just(c.NoteSurvey(filled_in=True)),
    st.just(c.TellVictim()),
    st.builds(lambda days: ("away", days), st.integers(1, 30)),
    st.builds(c.ChangeOfficer, any_of((Role.OIC, Role.ARRESTING_OFFICER)), any_of(("oic-1", "oic-2"))),
    st.builds(c.Transfer, any_of(("nav-1", "nav-2"))),
    st.just(("read",)),
)
meetings: st.SearchStrategy[Any] = st.one_of(
    bookings(),
    bookings(),
    st.builds(lambda name, days: ("move", name, days), session, st.integers(0, 9)),
    st.builds(c.CancelSession, session, any_of((Role.PARTICIPANT, Role.PROVIDER))),
    st.builds(c.RecordAttendance, session, any_of(tuple(Attendance)), reason),
    st.builds(c.RecordAttendance, session, st.just(Attendance.UNACCEPTABLE)),
    st.builds(c.RecordAttendance, session, st.just(Attendance.UNACCEPTABLE)),
)
journey: st.SearchStrategy[Any] = st.one_of(
    st.just(c.Accept("nav-1")),
    st.builds(c.Decline, any_of(("person_says_no", "nonsense"))),
    st.builds(c.Assess, no_intervention=any_of((False, False, True))),
    plans,
    plans,
    agreements,
    st.just(c.Complete()),
    st.just(c.Withdraw()),
    st.builds(c.End, any_of(("not_reached", "not_started", "not_engaged", "no_further_action", "died", "transferred"))),
    st.just(c.Reopen("a mistake")),
    st.just(c.NoteDeath()),
)
jumps = st.builds(
    lambda unit, number: ("time", timedelta(**{unit: number})),
    any_of(("hours", "hours", "days", "days", "days")),
    st.integers(1, 9),
)
outages = st.builds(lambda days: ("outage", timedelta(days=days)), any_of((2, 3, 9, 30)))
wishes = st.one_of(meetings, meetings, rulings, rulings, facts, clocks, journey, jumps, jumps, jumps, outages)
