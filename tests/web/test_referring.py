"""Referring by the pages: question by question, what is wrong, what stands against it, and that it is one case."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visiting import heading, plain
from web_scheme import ELSE, MONDAY, OWN

from caseflow.access import drafts
from caseflow.access.who import Part
from caseflow.domain.case import Case
from caseflow.domain.commands import BookSession, Decline, RecordAttendance
from caseflow.domain.words import Actor, Attendance, Channel, Origin, Role
from caseflow.engine.ports import PersonIn
from caseflow.imports.referrals import note_id
from caseflow.web.referring import STEPS, clock_of, is_address

ANSWERS = {
    "offence": {"crime": "DHM/2022/417", "offence": "TH68010", "happened_day": "5", "happened_month": "1", "happened_year": "2022"},
    "person": {"given": "Ashley", "family": "Stone", "born_day": "4", "born_month": "5", "born_year": "1990", "area": "Gilesgate"},
    "reach": {"mobile": "07700 900321", "seized": "", "email": "", "language": "en", "write": "", "voicemail": "", "before": "", "after": "", "sees": "no"},
    "disposal": {"disposal": "deferred_prosecution"},
    "needs": {"evidential_test": "yes", "consent": "yes", "value": "245.50"},
    "victim": {"victim": "no", "enhanced": "", "domestic": "no"},
    "officers": {"oic": "me"},
}  # fmt: skip


class Officer:
    """An officer with a browser, writing one referral."""

    def __init__(self, scheme, part=Part.OFFICER, person=None):
        self.scheme = scheme
        self.browser = scheme.signed_in(part, person=person)
        self.browser.get("/referrals")
        self.browser.send("/refer")
        self.draft = str(self.browser.page.url).split("/")[4]

    def answer(self, step, **values):
        """This page, with these values over the usual ones."""
        if not str(self.browser.page.url).endswith(f"/{step}"):
            self.browser.get(f"/refer/{self.draft}/{step}")
        return self.browser.send(f"/refer/{self.draft}/{step}", **(ANSWERS.get(step, {}) | values))

    def answer_all(self, **changed):
        for step in ANSWERS:
            found = self.answer(step, **changed.get(step, {}))
            assert found.status_code == 200, plain(found)
        return self.browser.get(f"/refer/{self.draft}/check")

    def send(self, **values):
        return self.browser.send(f"/refer/{self.draft}/send", **values)

    @property
    def cases(self):
        """Whoever was referred besides the three of the scheme."""
        readings = self.scheme.app.readings
        lines = [one for one in readings.cases("durham") if one.ref not in {OWN, ELSE}]
        return [
            one for one in readings.snapshots("durham", [one.id for one in lines]).values() if isinstance(one, Case)
        ]


@pytest.fixture
def officer(scheme):
    return Officer(scheme)


# ── the straight way ────────────────────────────────────────────────────────────────────────────
def test_each_page_leads_to_the_next_and_the_last_to_the_answers(officer):
    seen = []
    for step in ANSWERS:
        seen.append(heading(officer.browser.page))
        officer.answer(step)
    assert seen == [
        "What happened?", "Who is it?", "How can we reach them safely?", "Which disposal is it?", "What is there already?",
        "Is there a victim?", "Who is the officer in the case?",
    ]  # fmt: skip
    assert heading(officer.browser.page) == "Check your answers"
    assert len(STEPS) <= 8


def test_before_it_is_sent_the_scheme_of_their_age_is_named_with_its_number(officer):
    page = officer.answer_all(person={"born_year": "1998"})
    words = plain(page)
    assert (
        "Another scheme is made for them: The person was 23 when referred. Durham young adults is for people aged"
        in words
    )
    assert "Ring it on 01632 960140" in words
    assert heading(officer.send()) == "Referred", "and this scheme takes every adult"


def test_what_was_answered_is_what_is_referred(officer):
    officer.answer_all(
        reach={"email": "ashley@example.org", "language": "cy", "seized": "yes", "write": "text", "voicemail": "no",
               "before": "10", "after": "17.30", "sees": "yes", "who": "her brother"},
        victim={"victim": "yes", "enhanced": "yes", "domestic": "unknown", "view": "wants an apology"},
        officers={"oic": "other", "oic_name": "Lee Ward", "oic_email": "lee@example.org", "team": "north@example.org"},
    )  # fmt: skip
    page = officer.send(notes="an interpreter")
    assert heading(page) == "Referred"
    (case,) = officer.cases
    contact = case.contact
    assert (case.ref, case.disposal, case.offence_code, case.offence_date) == (
        "DUR-22-000003", "deferred_prosecution", "TH68010", date(2022, 1, 5),
    )  # fmt: skip
    assert (contact.language, contact.texts_only, contact.no_voicemail) == ("en", True, True), (
        "Durham writes in English: the navigator is told what they want"
    )
    assert (f"{contact.not_before:%H:%M}", f"{contact.not_after:%H:%M}") == ("10:00", "17:30")
    assert contact.addresses[Channel.TEXT].status.value == "seized"
    assert set(contact.addresses) == {Channel.TEXT, Channel.EMAIL}
    assert (case.victim, case.enhanced_rights, case.area) == (True, True, "Gilesgate")
    assert case.answers == {"evidential_test": True, "admission": None, "consent": True}
    assert case.last_safe is None
    names = officer.scheme.app.readings.names("durham", case.parties.values())
    assert {role: names[one] for role, one in case.parties.items()} == {
        Role.PARTICIPANT: "Ashley Stone", Role.REFERRER: "Fran Hall", Role.ARRESTING_OFFICER: "Fran Hall",
        Role.OIC: "Lee Ward", Role.TEAM: "north",
    }  # fmt: skip
    dossier = officer.scheme.app.readings.dossiers("durham", ids=[case.id])[0]
    assert (dossier.events[0].actor.person, dossier.events[0].origin) == ("fran", Origin.PERSON)
    note = officer.scheme.app.readings.texts("durham", [note_id(case.id)])[note_id(case.id)]
    for words in (
        "her brother",
        "They want to be spoken to in Welsh",
        "an interpreter",
        "wants an apology",
        "DHM/2022/417",
        "Theft from a shop",
    ):
        assert words in note


def test_the_officer_stays_who_they_are_in_the_register(officer):
    """A referral changes neither their name nor their address, and makes no second person of them."""
    before = officer.scheme.memory.store.tables.persons["durham", "fran"]
    officer.answer_all()
    officer.send()
    persons = officer.scheme.memory.store.tables.persons
    assert persons["durham", "fran"] == before
    assert len([one for (scheme, _), one in persons.items() if scheme == "durham" and one.family == "Hall"]) == 1


def test_what_happens_next_is_said_before_the_workers_have_looked_at_it(officer):
    officer.answer_all()
    words = plain(officer.send())
    assert "Somebody in the scheme decides whether to take it on, by Wednesday 12 January 2022, 10am." in words
    assert "The navigator rings them 2 hours after it is taken on." in words
    assert "The first meeting is due 72 hours after it is taken on." in words
    assert "on a Monday" in words
    assert "The victim is told" not in words
    officer.scheme.sweep()
    assert "by Wednesday 12 January 2022, 10am." in plain(officer.browser.get("/referrals/DUR-22-000003/sent"))


# ── offences by words ───────────────────────────────────────────────────────────────────────────
def test_an_offence_in_words_leads_to_a_choice(officer):
    page = officer.answer("offence", offence="shop theif")
    assert heading(page) == "Which offence is it?"
    assert "Theft from a shop" in plain(page)
    assert heading(officer.answer("which", code="TH68010")) == "Who is it?"


def test_words_can_be_searched_again_without_a_script(officer):
    officer.answer("offence", offence="xyzzy")
    assert "No offence in the table fits “xyzzy”" in plain(officer.browser.page)
    page = officer.browser.get(f"/refer/{officer.draft}/which?words=criminal damage")
    code = re.search(r'name="code" type="radio" value="(\w+)"', page.text)[1]
    assert heading(officer.browser.send(f"/refer/{officer.draft}/which", code=code)) == "Who is it?"


def test_nothing_chosen_or_something_made_up_is_asked_again(officer):
    officer.answer("offence", offence="shop theft")
    for code in ("", "XX99999"):
        page = officer.browser.send(f"/refer/{officer.draft}/which", code=code)
        assert page.status_code == 422
        assert "Choose the offence" in plain(page)


def test_a_code_that_the_table_does_not_know_can_be_used_as_it_is(officer):
    """It may be newer than the table: nobody is kept from referring by that."""
    page = officer.answer("offence", offence="zz99123")
    assert "Use the code ZZ99123 as it is" in plain(page)
    officer.answer("which", code="ZZ99123")
    for step in list(ANSWERS)[1:]:
        officer.answer(step, **({"value": ""} if step == "needs" else {}))
    assert "The offence has no code in the code table." in plain(officer.browser.page)
    officer.send()
    assert officer.cases[0].offence_code == "ZZ99123"


@pytest.mark.parametrize(("chosen", "typed"), [("words", "xyzzy"), ("", "xyzzy"), ("words", "public order")])
def test_what_no_title_fits_is_said_in_words_and_the_oic_is_asked(officer, chosen, typed):
    page = officer.answer("offence", offence=typed)
    assert "It is not in the list" in plain(page)
    assert heading(officer.answer("which", code=chosen, own="Rang every bell in the street")) == "Who is it?"
    for step in list(ANSWERS)[1:]:
        officer.answer(step, **({"value": ""} if step == "needs" else {}))
    assert "Rang every bell in the street" in plain(officer.browser.page)
    assert "Unknown: ask the OIC." in plain(officer.browser.page)
    assert heading(officer.send()) == "Referred"
    (case,) = officer.cases
    assert (case.offence_code, case.last_safe) == ("", None)
    note = officer.scheme.app.readings.texts("durham", [note_id(case.id)])[note_id(case.id)]
    assert "Offence: Rang every bell in the street" in note


def test_own_words_stand_only_where_no_code_does(officer):
    officer.answer("offence", offence="shop theft")
    page = officer.browser.send(f"/refer/{officer.draft}/which", code="words", own="")
    assert (page.status_code, "Say in your own words what happened" in plain(page)) == (422, True)
    officer.browser.send(f"/refer/{officer.draft}/which", code="TH68010", own="took a coat")
    for step in list(ANSWERS)[1:]:
        officer.answer(step)
    assert "took a coat" not in plain(officer.browser.page)
    officer.send()
    assert officer.cases[0].offence_code == "TH68010"


# ── what is wrong ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("step", "values", "says"), [
    ("offence", {"crime": " "}, "Enter the crime reference"),
    ("offence", {"offence": ""}, "Enter the offence in words, or its code"),
    ("offence", {"happened_day": "31", "happened_month": "2"}, "Enter a day, such as"),
    ("offence", {"happened_year": "22"}, "Enter a day, such as"),
    ("offence", {"happened_day": "11"}, "Enter a day that has passed"),
    ("person", {"given": "---"}, "Enter their first name"),
    ("person", {"family": ""}, "Enter their last name"),
    ("person", {"born_year": "2023"}, "Enter a day that has passed"),
    ("person", {"area": "12 High Street"}, "Leave the address and postcode out"),
    ("person", {"area": "near DH1 3LE"}, "Leave the address and postcode out"),
    ("reach", {"mobile": "01632 960001"}, "Enter a mobile number"),
    ("reach", {"email": "ashley"}, "Enter an email address"),
    ("reach", {"before": "noon"}, "Enter a time"),
    ("reach", {"before": "25"}, "Enter a time"),
    ("reach", {"before": "18", "after": "9"}, "These two times leave no time at all"),
    ("reach", {"language": ""}, "Choose the language they want"),
    ("reach", {"sees": ""}, "Say whether anybody else sees their phone or post"),
    ("disposal", {"disposal": "hanging"}, "Choose the disposal"),
    ("needs", {"consent": ""}, "Say yes, no or not known yet"),
    ("needs", {"value": "lots"}, "Enter an amount"),
    ("victim", {"victim": ""}, "Say whether a victim wants to be told"),
    ("victim", {"domestic": "perhaps"}, "Say whether it is domestic abuse"),
    ("officers", {"oic": ""}, "Say whether you are the officer in the case"),
    ("officers", {"oic": "other", "oic_name": ""}, "Enter the name of the officer in the case"),
    ("officers", {"oic": "other", "oic_name": "Lee Ward", "oic_email": ""}, "or they cannot be asked"),
    ("officers", {"team": "north"}, "Enter an email address"),
])  # fmt: skip
def test_a_mistake_is_named_and_nothing_typed_is_lost(officer, step, values, says):
    officer.answer_all()
    page = officer.answer(step, **values)
    assert page.status_code == 422
    assert says in plain(page)
    assert page.text.count("There is a problem") == 1
    link = re.search(r'<a href="#([\w]+)">', page.text)[1]
    assert f'id="{link}"' in page.text
    for typed in values.values():
        assert not typed.strip() or "radio" in page.text or typed in page.text
    assert heading(officer.browser.get(f"/refer/{officer.draft}/check")) == heading(page), (
        "the mistake has to be mended"
    )


def test_an_officer_without_an_address_names_the_teams_mailbox(scheme):

    with scheme.app.store.begin() as unit:
        unit.upsert_people("durham", [PersonIn("kit", "officer", "Kit", "Lowe")])
    officer = Officer(scheme, person="kit")
    for step in list(ANSWERS)[:-1]:
        officer.answer(step)
    assert "Enter the team's mailbox" in plain(officer.answer("officers"))
    officer.answer("officers", team="north@example.org")
    assert heading(officer.send()) == "Referred"
    next_one = Officer(scheme, person="kit")
    page = next_one.browser.get(f"/refer/{next_one.draft}/officers")
    assert 'value="north@example.org"' in page.text, "the mailbox of the last time is there already"


@given(st.text(max_size=12))
def test_a_time_of_day_is_a_time_nothing_or_refused(text):
    try:
        found = clock_of(text)
    except ValueError:
        return
    assert (found is None) == (text == "")


@pytest.mark.parametrize(
    "text", ["12 High Street", "Flat 2, Mill Lane", "DH1 3LE", "dh13le", "12b Mill Lane", "by SA1 1AA there"]
)
def test_an_address_is_known(text):
    assert is_address(text)


@pytest.mark.parametrize("text", ["", "Gilesgate", "E01020634", "Framwellgate Moor", "W01000757", "DH1", "Durham 020F"])
def test_an_area_is_no_address(text):
    assert not is_address(text)


# ── what stands against it ──────────────────────────────────────────────────────────────────────
def test_nothing_against_it_says_so_with_the_packs_version(officer):
    words = plain(officer.answer_all())
    assert "Nothing stands against it" in words
    assert "Deferred prosecution, version 1; Durham policy, version 1" in words
    assert "A person in the scheme decides" in words


def test_what_is_not_there_is_answered_and_does_not_stop_the_referral(officer):
    words = plain(
        officer.answer_all(
            disposal={"disposal": "conditional_caution"},
            needs={"evidential_test": "yes", "admission": "no", "consent": "unknown"},
        )
    )
    assert (
        "It can be referred, and is not accepted until this is there: A conditional caution needs that the person"
        in words
    )
    assert "the referral says that they do not" in words
    assert "It will be asked first:" in words
    assert words.index("accepts responsibility") < words.index("agrees to take part")
    assert "accepts responsibility (conditional caution, version 1: Criminal Justice Act 2003, s.23)" in words
    assert "[law]" not in words
    assert "conditional_caution" not in words
    assert heading(officer.send()) == "Referred"
    (case,) = officer.cases
    assert case.answers == {"evidential_test": True, "admission": False, "consent": None}


def test_somebody_under_eighteen_is_answered_with_the_law_and_cannot_be_sent(officer):
    page = officer.answer_all(person={"born_year": "2006"})
    words = plain(page)
    assert "This cannot be referred as it is" in words
    assert "It stops this referral: The person was under 18 when referred." in words
    assert "/send" not in page.text
    token = officer.browser.fields("/sign-out")["form_token"]
    sent = officer.browser.ask(
        "POST", f"/refer/{officer.draft}/send", data={"form_token": token}, headers={"origin": officer.browser.host}
    )
    assert sent.status_code == 409
    assert officer.cases == []


def test_the_last_safe_date_is_said_where_there_is_one(officer):
    words = plain(officer.answer_all(offence={"offence": "CJ88116"}))
    assert "The power to prosecute ends on" in words or "Unknown: ask the OIC" in words


def test_another_answer_asks_what_follows_from_it(officer):
    """Who changes the disposal is asked what the other one needs, and what does not count any more does not go."""
    officer.answer_all()
    officer.answer("disposal", disposal="community_resolution")
    assert heading(officer.browser.page) == "What is there already?"
    officer.answer("needs", admission="yes", consent="yes", value="")
    assert heading(officer.browser.page) == "Check your answers"
    officer.send()
    (case,) = officer.cases
    assert case.answers == {"evidential_test": None, "admission": True, "consent": True}


# ── once ────────────────────────────────────────────────────────────────────────────────────────
def test_sent_twice_it_is_one_case_and_the_same_answer(officer):
    officer.answer_all()
    form = officer.browser.fields(f"/refer/{officer.draft}/send")
    path, origin = f"/refer/{officer.draft}/send", {"origin": officer.browser.host}
    first, second = (officer.browser.ask("POST", path, data=form, headers=origin) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"] == "/referrals/DUR-22-000003/sent"
    assert len(officer.cases) == 1
    assert drafts.every(officer.scheme.app, officer.scheme.account(Part.OFFICER)) == []


def test_the_same_person_for_the_same_crime_is_known(scheme):
    first = Officer(scheme)
    first.answer_all()
    first.send()
    again = Officer(scheme)
    again.answer_all()
    assert str(again.send().url).endswith("/referrals/DUR-22-000003/sent")
    other = Officer(scheme, person="gail")
    other.answer_all()
    page = other.send()
    assert heading(page) == "They were referred for this already"
    assert "DUR-22-000003" not in page.text, "it is not theirs to see"
    assert len(first.cases) == 1


def test_a_draft_that_is_gone_says_so(officer):
    officer.browser.get(f"/refer/{officer.draft}/person")
    officer.browser.get("/referrals")
    drafts.drop(officer.scheme.app, officer.scheme.account(Part.OFFICER), officer.draft)
    page = officer.browser.get(f"/refer/{officer.draft}/person")
    assert page.status_code == 404
    assert heading(page) == "This draft is not here any more"


# ── drafts ──────────────────────────────────────────────────────────────────────────────────────
def test_a_draft_is_its_owners_alone(officer):
    officer.answer("offence")
    other = officer.scheme.signed_in(Part.OFFICER, person="gail")
    for step in ("offence", "check"):
        page = other.get(f"/refer/{officer.draft}/{step}")
        assert page.status_code == 404
        assert "DHM" not in page.text
    other.get("/referrals")
    assert officer.draft not in other.page.text
    token = other.fields("/sign-out")["form_token"]
    for what in ("drop", "send", "person"):
        other.ask(
            "POST",
            f"/refer/{officer.draft}/{what}",
            data={"form_token": token, "given": "X"},
            headers={"origin": other.host},
        )
    kept = drafts.find(officer.scheme.app, officer.scheme.account(Part.OFFICER), officer.draft)
    assert kept.answers["crime"] == "DHM/2022/417"
    assert "given" not in kept.answers


def test_a_draft_is_found_again_and_can_be_thrown_away(officer):
    officer.answer("offence")
    officer.answer("person")
    page = officer.browser.get("/referrals")
    assert "Not sent yet" in plain(page)
    assert heading(officer.browser.get(f"/refer/{officer.draft}/check")) == "How can we reach them safely?"
    officer.browser.get("/referrals")
    page = officer.browser.send(f"/refer/{officer.draft}/drop")
    assert "The draft is gone." in plain(page)
    assert "Not sent yet" not in plain(page)


def test_beginning_twice_leaves_one_empty_draft(officer):
    officer.browser.get("/referrals")
    officer.browser.send("/refer")
    assert officer.draft in str(officer.browser.page.url)
    officer.answer("offence")
    officer.browser.get("/referrals")
    officer.browser.send("/refer")
    assert officer.draft not in str(officer.browser.page.url)


def test_an_unknown_question_is_not_there(officer):
    assert officer.browser.get(f"/refer/{officer.draft}/salary").status_code == 404


# ── my referrals ────────────────────────────────────────────────────────────────────────────────
def test_each_referral_says_where_it_stands(scheme):
    browser = scheme.signed_in(Part.OFFICER)
    words = plain(browser.get("/referrals"))
    assert "Sam Carter DUR-22-000001 Accepted, the first meeting comes next, by Thu 13 Jan" in words
    assert "Robin Marsh" not in words
    assert [(one.what, one.person) for one in scheme.log()] == [("referrals", "sam")]


def test_nobody_yet_and_more_than_a_page(scheme):

    with scheme.app.store.begin() as unit:
        unit.upsert_people("durham", [PersonIn("kit", "officer", "Kit", "Lowe")])
    assert "You have not referred anybody yet" in plain(scheme.signed_in(Part.OFFICER, person="kit").get("/referrals"))
    for number in range(21):
        scheme.refer(
            f"DUR-22-0001{number:02d}", f"P{number}", "Many", "nav", referred_at=MONDAY - timedelta(minutes=number)
        )
    browser = scheme.signed_in(Part.OFFICER)
    first = browser.get("/referrals")
    assert first.text.count("/referrals/DUR-") == 20
    older = browser.get(re.search(r'href="(/referrals\?before=[^"]+)"', first.text)[1])
    assert older.text.count("/referrals/DUR-") == 2
    assert "P20 Many" in plain(older)
    assert "There are no older ones" in plain(browser.get("/referrals?before=DUR-99-000001"))


def test_the_summary_says_no_word_of_missed_sessions_or_needs(scheme):
    """The OIC is never told of a first miss; what the person needs is between them and their navigator."""

    scheme.ask(OWN, BookSession("m1", MONDAY + timedelta(hours=5), "first_meeting"))
    scheme.go_to(MONDAY + timedelta(hours=6))
    scheme.ask(OWN, RecordAttendance("m1", Attendance.UNACCEPTABLE))
    scheme.go_to(MONDAY + timedelta(days=2))
    page = scheme.signed_in(Part.OFFICER).get(f"/referrals/{OWN}")
    words = plain(page)
    assert heading(page) == "Sam Carter"
    for told in ("missed", "did not come", "alcohol", "text to", "Unacceptable"):
        assert told not in words
    assert "Accepted to the arresting officer" in words
    assert scheme.log()[0].what == "referral"


def test_an_end_is_told_with_its_outcome(scheme):

    scheme.ask(OWN, Decline("person_says_no"), Actor("sup", Role.SUPERVISOR))
    scheme.sweep()
    browser = scheme.signed_in(Part.OFFICER)
    words = plain(browser.get(f"/referrals/{OWN}"))
    assert "Declined (person says no) , Monday 10 January 2022" in words
    assert "Outcome type 22" in words
    assert "Declined (person says no)" in plain(browser.get("/referrals"))
    assert str(browser.get(f"/referrals/{OWN}/sent").url).endswith(f"/referrals/{OWN}")


# ── to print ────────────────────────────────────────────────────────────────────────────────────
def test_the_leaflet_and_the_script_are_the_policys_own(scheme):
    browser = scheme.signed_in(Part.OFFICER)
    assert "Conditional caution" in plain(browser.get("/leaflets"))
    page = browser.get("/leaflets/deferred_prosecution")
    assert heading(page) == "Durham adult diversion"
    assert "You choose to take part." in plain(page)
    page = browser.get("/leaflets/deferred_prosecution/victim")
    assert "put off, not dropped" in plain(page)
    assert browser.get("/leaflets/hanging").status_code == 404


def test_a_scheme_that_writes_welsh_has_them_in_both(scheme):
    browser = scheme.signed_in(Part.OFFICER, "dyfed-powys", "fran")
    english = browser.get("/leaflets/outcome_22/victim")
    assert 'lang="en"' in english.text
    welsh = browser.get("/leaflets/outcome_22/victim?in=cy")
    assert "beth i'w ddweud wrth y dioddefwr" in plain(welsh)
    assert '<article class="cf-leaflet" lang="cy">' in welsh.text
