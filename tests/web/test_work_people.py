"""Case work that reaches the people register or the policy: answers by phone, addresses, officers, another version."""

from datetime import timedelta

import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OWN, Scheme
from working import alleged, two_versions

from caseflow.access.who import Part
from caseflow.domain.events import AddressNoted, AnswerReceived, OfficerChanged, PolicyMoved
from caseflow.domain.words import AddressStatus, Channel, Role
from caseflow.engine.ports import PersonIn


def events(scheme, kind, ref=OWN):
    return [one.event for one in scheme.memory.store.tables.events["durham", ref] if isinstance(one.event, kind)]


def case_of(scheme, ref=OWN):
    return scheme.app.readings.dossiers("durham", ids=[ref])[0].stream


def register(scheme, person):
    with scheme.app.store.begin() as unit:
        return unit.people("durham", [person])[person]


@pytest.fixture
def browser(scheme: Scheme):
    return scheme.signed_in(Part.NAVIGATOR)


def do(browser, name, **values):
    browser.get(f"/cases/{OWN}/do/{name}")
    return browser.send(f"/cases/{OWN}/do/{name}", **values)


# ── an answer that came by no channel of ours ───────────────────────────────────────────────────
def test_an_answer_on_the_phone_stops_the_chasing_and_its_words_are_kept_apart(scheme, browser):
    page = do(browser, "note_answer", reads_as="ok", channel="phone", text="Rang back: fine with Thursday")
    assert heading(page) == "Sam Carter"
    (answer,) = events(scheme, AnswerReceived)
    assert (answer.reads_as, answer.channel, answer.needs_reading) == ("ok", "phone", False)
    assert scheme.app.readings.texts("durham", [answer.text])[answer.text] == "Rang back: fine with Thursday"
    scheme.sweep()
    assert "first_contact" not in [
        name for name, one in case_of(scheme).expectations.items() if one.status == "open"
    ], "they have been spoken with"
    talk = plain(browser.get(f"/cases/{OWN}/conversation"))
    assert "by phone" in talk
    assert "Rang back: fine with Thursday" in talk


def test_an_answer_can_be_left_for_the_navigator_to_read(scheme):
    boss = scheme.signed_in(Part.SUPERVISOR)
    do(boss, "note_answer", reads_as="free", channel="visit", needs_reading="yes", text="Came to the desk, upset")
    assert "Came to the desk, upset" in plain(boss.get(f"/cases/{OWN}"))
    assert len(case_of(scheme).unread) == 1


def test_who_cannot_come_or_wants_a_call_is_rung(scheme, browser):
    do(browser, "note_answer", reads_as="cant", channel="phone")
    scheme.sweep()
    assert "They cannot come: ring, hear why, find another time" in plain(browser.get(f"/cases/{OWN}"))


# ── numbers and addresses ───────────────────────────────────────────────────────────────────────
def test_a_new_number_takes_the_place_of_the_old_one(scheme, browser):
    page = browser.get(f"/cases/{OWN}/do/note_address")
    assert "+447700900123" in page.text, "so that they see which one they speak of"
    scheme.go_to(MONDAY + timedelta(minutes=5))
    page = browser.send(
        f"/cases/{OWN}/do/note_address", channel="by_text", status="address_confirmed", new_address="07700 900456"
    )
    assert heading(page) == "Sam Carter"
    (noted,) = events(scheme, AddressNoted)
    assert noted.status is AddressStatus.CONFIRMED
    assert "900456" not in str(noted)
    assert register(scheme, "sam").addresses[Channel.TEXT] == (noted.address, "+447700900456", "confirmed")
    assert case_of(scheme).contact.addresses[Channel.TEXT].address == noted.address
    known = register(scheme, "sam")
    assert (known.given, known.family, known.kind) == ("Sam", "Carter", "participant")


def test_the_same_number_typed_again_is_the_same_address(scheme, browser):
    for typed in ("07700 900456", "+44 7700 900456"):
        do(browser, "note_address", channel="by_text", status="address_confirmed", new_address=typed)
    assert len(events(scheme, AddressNoted)) == 1


@pytest.mark.parametrize(("status", "meant"), [("address_blocked", "blocked"), ("address_seized", "seized")])
def test_a_number_that_is_dead_or_gone_is_closed_for_every_message(scheme, browser, status, meant):
    do(browser, "note_address", channel="by_text", status=status)
    (noted,) = events(scheme, AddressNoted)
    assert (noted.address, noted.status.value) == ("sam-text", meant)
    assert register(scheme, "sam").addresses[Channel.TEXT] == ("sam-text", "+447700900123", meant)


@pytest.mark.parametrize(("values", "says"), [
    ({"channel": "by_letter", "status": "address_confirmed"}, "we have none of this kind"),
    ({"channel": "by_text", "status": "address_blocked", "new_address": "07700 900456"}, "cannot be closed already"),
    ({"channel": "by_text", "status": "address_confirmed", "new_address": "call me"}, "this is no mobile number"),
    ({"channel": "by_email", "status": "address_confirmed", "new_address": "sam"}, "this is no email address"),
])  # fmt: skip
def test_what_cannot_be_an_address_is_told(scheme, browser, values, says):
    page = do(browser, "note_address", **values)
    assert page.status_code == 422
    assert says in plain(page)
    assert events(scheme, AddressNoted) == []


def test_a_postal_address_is_taken_as_a_line(scheme, browser):
    do(browser, "note_address", channel="by_letter", status="address_confirmed", new_address="4 Mill Lane,  Northgate")
    assert register(scheme, "sam").addresses[Channel.LETTER][1:] == ("4 Mill Lane, Northgate", "confirmed")


# ── officers ────────────────────────────────────────────────────────────────────────────────────
def test_an_officer_who_is_known_takes_over_by_their_name(scheme, browser):
    page = browser.get(f"/cases/{OWN}/do/change_officer")
    assert "Fran Hall" in plain(page)
    browser.send(f"/cases/{OWN}/do/change_officer", role="oic", officer_name="gail price")
    assert events(scheme, OfficerChanged) == [OfficerChanged(Role.OIC, "gail")]
    assert case_of(scheme).parties[Role.ARRESTING_OFFICER] == "fran"
    assert heading(scheme.signed_in(Part.OFFICER, person="gail").get(f"/referrals/{OWN}")) == "Sam Carter"


def test_an_officer_who_is_new_needs_an_address_and_is_one_person_however_often(scheme, browser):
    page = do(browser, "change_officer", role="oic", officer_name="Dana Reed")
    assert page.status_code == 422
    assert "nobody of this name is known here" in plain(page)
    form = f"/cases/{OWN}/do/change_officer"
    browser.send(form, role="oic", officer_name="Dana Reed", officer_email="Dana.Reed@example.org")
    (changed,) = events(scheme, OfficerChanged)
    assert register(scheme, changed.person).addresses[Channel.EMAIL][1] == "Dana.Reed@example.org"
    do(browser, "change_officer", role="referrer", officer_name="Someone Else", officer_email="dana.reed@example.org")
    assert events(scheme, OfficerChanged)[1:] == [OfficerChanged(Role.REFERRER, changed.person)]
    assert register(scheme, changed.person).given == "Dana", "whom the register knows stays as they are there"


def test_of_two_with_one_name_the_address_says_which(scheme, browser):
    with scheme.app.store.begin() as unit:
        mail = {Channel.EMAIL: ("a-other", "g.price@example.org", "confirmed")}
        unit.upsert_people("durham", [PersonIn("gail-2", "officer", "Gail", "Price", addresses=mail)])
    page = do(browser, "change_officer", role="oic", officer_name="Gail Price")
    assert "several people here have this name" in plain(page)
    form = f"/cases/{OWN}/do/change_officer"
    browser.send(form, role="oic", officer_name="Gail Price", officer_email="g.price@example.org")
    assert events(scheme, OfficerChanged) == [OfficerChanged(Role.OIC, "gail-2")]


@pytest.mark.parametrize(("values", "says"), [
    ({"role": "team"}, "a team has an email address"),
    ({"role": "oic"}, "Name of the new officer: write something"),
    ({"role": "oic", "officer_name": "Gail Price", "officer_email": "gail at work"}, "this is no email address"),
])  # fmt: skip
def test_what_names_no_officer_is_told(scheme, browser, values, says):
    page = do(browser, "change_officer", **values)
    assert page.status_code == 422
    assert says in plain(page)


def test_a_team_is_its_mailbox(scheme, browser):
    do(browser, "change_officer", role="team", officer_email="desk@example.org")
    (changed,) = events(scheme, OfficerChanged)
    assert register(scheme, changed.person).kind == "team"


# ── another version of the policy ───────────────────────────────────────────────────────────────
@pytest.fixture
def two() -> Scheme:
    """A case on a Monday whose first call is behind it, and two versions of the policy."""
    made = two_versions()
    made.go_to(MONDAY.replace(hour=16))
    return made


def test_a_supervisor_sees_the_next_steps_before_and_after_and_moves_the_case_there_and_back(two):
    boss = two.signed_in(Part.SUPERVISOR)
    words = plain(boss.get(f"/cases/{OWN}/do/move_policy"))
    assert "The next steps, before and after What is waited for Version 1 Version 2" in words
    before, after = case_of(two).expectations["first_contact"].next_due, None
    page = boss.send(f"/cases/{OWN}/do/move_policy", to="2")
    assert page.status_code == 422
    assert "Why: write something" in plain(page)
    page = boss.send(f"/cases/{OWN}/do/move_policy", to="2", look="yes")
    assert "The next steps, before and after" in plain(page), "looking needs no reason"
    assert events(two, PolicyMoved) == []
    page = boss.send(f"/cases/{OWN}/do/move_policy", to="2", text="Agreed with the force")
    assert heading(page) == "Sam Carter"
    after = case_of(two).expectations["first_contact"].next_due
    assert (case_of(two).policy_version, after > before) == ("2", True)
    do(boss, "move_policy", to="1", text="Too slow")
    assert (case_of(two).policy_version, case_of(two).expectations["first_contact"].next_due) == ("1", before)


def test_a_navigator_neither_sees_nor_finds_the_move(two):
    browser = two.signed_in(Part.NAVIGATOR)
    assert "move_policy" not in browser.get(f"/cases/{OWN}/do").text
    assert browser.get(f"/cases/{OWN}/do/move_policy").status_code == 404
    assert "move_policy" in two.signed_in(Part.SUPERVISOR).get(f"/cases/{OWN}/do").text


def test_with_one_version_there_is_nowhere_to_move_to(scheme):
    page = scheme.signed_in(Part.SUPERVISOR).get(f"/cases/{OWN}/do/move_policy")
    assert "There is nothing to choose from now." in plain(page)


def test_a_version_that_nobody_published_is_no_choice(two):
    page = do(two.signed_in(Part.SUPERVISOR), "move_policy", to="9", text="x")
    assert page.status_code == 422
    assert "Which version: choose one" in plain(page)


def test_what_the_rules_refuse_is_said_beforehand(two):
    alleged(two)
    words = plain(two.signed_in(Part.SUPERVISOR).get(f"/cases/{OWN}/do/move_policy"))
    assert "A breach is being decided: it is decided under the rules it was opened under." in words
    assert "The next steps, before and after" not in words
