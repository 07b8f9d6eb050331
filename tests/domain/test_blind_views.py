"""Each writes their view before they see the other's."""

import pytest
from words import CLOCK, MONDAY, NAVIGATOR, OIC

from caseflow.domain import events as ev
from caseflow.domain.reading import blind_views
from caseflow.domain.words import Opinion, Origin, Role

OPENED = ev.BreachOpened("strike_2", MONDAY.date())
NAVIGATORS = ev.ViewRecorded(Role.NAVIGATOR, NAVIGATOR, Opinion.BREACHED)
OICS = ev.ViewRecorded(Role.OIC, OIC, Opinion.CARRY_ON)
LAPSED = ev.BreachLapsed()
DECIDED = ev.CarriedOn(ev.Decision(OIC, Opinion.CARRY_ON, "r", {}, side_given=True, reached=""))


@pytest.mark.parametrize(
    ("history", "blind"),
    [
        ((OPENED,), set()),
        ((OPENED, NAVIGATORS), {2}),
        ((OPENED, OICS), {2}),
        ((OPENED, NAVIGATORS, OICS), set()),
        ((OPENED, NAVIGATORS, LAPSED), set()),
        ((OPENED, NAVIGATORS, DECIDED), set()),
        ((OPENED, NAVIGATORS, OICS, DECIDED, OPENED, OICS), {6}),
        ((OPENED, NAVIGATORS, LAPSED, OPENED, OICS), {5}),
    ],
)
def test_a_view_is_blind_until_the_other_is_in_or_the_breach_is_over(history, blind):
    facts = [
        ev.Recorded("c", seq, event, MONDAY, MONDAY, CLOCK, Origin.PERSON, "x") for seq, event in enumerate(history, 1)
    ]
    assert blind_views(facts) == blind
