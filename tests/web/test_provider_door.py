"""A provider at its return: a link, a code, the form, a file instead, the check, the receipt, a concern."""

import logging
import re
from datetime import timedelta
from html import unescape

import pytest
from door_scheme import (
    MAILBOX,
    PROVIDER,
    PUBLIC,
    RETURNS,
    link_in,
    mails,
    placed,
    provider_link,
    return_of,
    with_code,
    with_pages,
    with_returns,
)
from visiting import Browser, heading, plain
from web_scheme import ELSE, OTHER, OWN, ROSTERS, Scheme, busy, navigator, supervisor

from caseflow.access.who import Part
from caseflow.domain.commands import ReturnRow
from caseflow.domain.events import ReturnReceived
from caseflow.domain.words import Attendance, Channel
from caseflow.imports.return_form import kept

DRINKING, TALKING = f"{PROVIDER}-alcohol_advice", f"{PROVIDER}-talking_help"


@pytest.fixture
def scheme() -> Scheme:
    """February, with links in the e-mails."""
    return with_returns(with_pages(busy()))


@pytest.fixture
def at_return(scheme: Scheme) -> Browser:
    return with_code(scheme, scheme.browser(), provider_link(scheme))


@pytest.fixture
def here(scheme: Scheme) -> str:
    return f"/returns/{return_of(scheme)}"


def case_of(scheme: Scheme, ref: str = OWN):
    scheme.sweep()
    return scheme.app.readings.snapshots("durham", [scheme.app.readings.find("durham", ref)]).popitem()[1]


def received(scheme: Scheme) -> list[ReturnReceived]:
    found = scheme.app.readings.find("durham", return_of(scheme))
    (dossier,) = scheme.app.readings.dossiers("durham", ids=[found])
    return [one.event for one in dossier.events if isinstance(one.event, ReturnReceived)]


# ── the way in ──────────────────────────────────────────────────────────────────────────────────
def test_the_request_brings_a_link_that_opens_the_return_after_a_code(scheme: Scheme):
    mail = next(one for one in mails(scheme, MAILBOX) if "It is time for your return" in one)
    assert "You need no password" in mail
    browser = with_code(scheme, scheme.browser(), link_in(mail))
    assert heading(browser.page) == "Your return for January 2022"
    assert "Sam Carter" in plain(browser.page)


def test_without_a_public_address_mail_to_providers_says_nothing_of_a_link():
    scheme = with_returns(busy())
    assert all("http" not in one for one in mails(scheme, MAILBOX))


def test_opening_the_link_uses_nothing_up_and_names_nobody(scheme: Scheme):
    path, before = provider_link(scheme), len(mails(scheme, MAILBOX))
    for _ in range(10):  # a mail scanner, and everybody the mail was forwarded to
        answer = scheme.browser().ask("GET", path)
        assert answer.status_code == 200
    assert len(mails(scheme, MAILBOX)) == before
    for hidden in ("Sam", "Carter", OWN, MAILBOX):
        assert hidden not in answer.text
    assert "h•••@common-ground.example" in answer.text
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert heading(with_code(scheme, scheme.browser(), path).page) == "Your return for January 2022"


def test_a_code_serves_only_the_browser_that_asked(scheme: Scheme):
    path, other = provider_link(scheme), scheme.browser()
    mine = scheme.browser()
    mine.get(path)
    mine.send(path)
    code = mails(scheme, MAILBOX)[-1].split("Your code is ")[1][:6]
    other.get("/code")
    assert heading(other.page) == "Please open your link again"
    other.get(path)
    other.send(path)
    other.send("/code", code=code)
    assert other.page.status_code == 422
    mine.send("/code", code=f" {code[:3]} {code[3:]} ")
    assert heading(mine.page) == "Your return for January 2022"


def test_after_five_wrong_codes_the_right_one_does_not_open_either(scheme: Scheme):
    browser, path = scheme.browser(), provider_link(scheme)
    browser.get(path)
    browser.send(path)
    code = mails(scheme, MAILBOX)[-1].split("Your code is ")[1][:6]
    for _ in range(5):
        browser.send("/code", code="0" * 5 + str((int(code[-1]) + 1) % 10))
        assert browser.page.status_code == 422
    browser.send("/code", code=code)
    assert browser.page.status_code == 422
    assert "open the link once more" in plain(browser.page)
    assert heading(with_code(scheme, browser, path).page) == "Your return for January 2022"


def test_a_code_is_of_no_use_after_twenty_minutes_or_a_second_time(scheme: Scheme):
    browser, path = scheme.browser(), provider_link(scheme)
    browser.get(path)
    browser.send(path)
    code = mails(scheme, MAILBOX)[-1].split("Your code is ")[1][:6]
    form = browser.fields("/code")
    scheme.memory.store.pass_time(21 * 60)
    answer = browser.ask("POST", "/code", data=form | {"code": code}, headers={"origin": browser.host})
    assert "Please open your link again" in answer.text
    with_code(scheme, browser, path)
    again = scheme.browser()
    again.cookies = browser.cookies
    assert again.ask("GET", "/code").status_code == 200


def test_only_five_codes_an_hour_fill_the_mailbox(scheme: Scheme):
    browser, path = scheme.browser(), provider_link(scheme)
    before = len(mails(scheme, MAILBOX))
    for number in range(7):
        browser.get(path)
        browser.send(path)
        assert browser.page.status_code == (200 if number < 5 else 429)
    assert len(mails(scheme, MAILBOX)) == before + 5


def test_tries_from_one_address_are_counted_however_many_codes(scheme: Scheme):
    browser, path = scheme.browser(), provider_link(scheme)
    found = []
    for _ in range(3):
        browser.get(path)
        browser.send(path)
        for _ in range(4):
            browser.send("/code", code="nothing")
            found.append(browser.page.status_code)
    assert found == [422] * 10 + [429] * 2


def test_a_link_that_has_run_out_brings_a_fresh_one_to_the_address_of_record_and_nowhere_else(scheme: Scheme):
    browser, path = scheme.browser(), provider_link(scheme)
    scheme.memory.store.pass_time(timedelta(days=31).total_seconds())
    browser.get(path)
    assert "This link has run out" in plain(browser.page)
    everything = len(scheme.memory.senders[Channel.EMAIL].sent)
    browser.send(path, address="somebody@example.org", email="somebody@example.org", to="somebody@example.org")
    assert heading(browser.page) == "We have sent you a new link"
    fresh = link_in(mails(scheme, MAILBOX)[-1])
    assert len(scheme.memory.senders[Channel.EMAIL].sent) == everything + 1
    assert fresh != path
    assert heading(with_code(scheme, browser, fresh).page) == "Your return for January 2022"
    browser.get(path)
    assert "This link has run out" in plain(browser.page)


@pytest.mark.parametrize("path", ["/r/nothing", "/a/nothing", "/r/" + "x" * 22])
def test_a_link_that_never_was_says_what_to_do(scheme: Scheme, path: str):
    browser = scheme.browser()
    answer = browser.get(path)
    assert answer.status_code == 404
    assert heading(answer) == "Please open your link again"
    assert "Diversion" not in answer.text


def test_a_link_for_one_thing_opens_no_other(scheme: Scheme):
    token = provider_link(scheme).removeprefix("/r/")
    assert scheme.browser().get(f"/a/{token}").status_code == 404


def test_nobody_who_has_been_away_for_half_an_hour_sees_names(scheme: Scheme, at_return: Browser, here: str):
    scheme.memory.store.pass_time(31 * 60)
    at_return.get(here)
    assert heading(at_return.page) == "Please open your link again"
    assert "Sam" not in at_return.page.text


def test_leaving_ends_it_in_this_browser_and_in_the_store(scheme: Scheme, at_return: Browser, here: str):
    stolen = scheme.browser()
    stolen.cookies.update(at_return.cookies)
    at_return.send("/left")
    assert heading(at_return.page) == "You can close this page"
    for browser in (at_return, stolen):
        assert browser.ask("GET", here).headers["location"] == "/r"


def test_who_came_by_a_link_sees_this_return_and_nothing_else(scheme: Scheme, at_return: Browser, here: str):
    for path in (
        *(f"/returns/{return_of(scheme, whose)}" for whose in RETURNS if whose != "own"),
        f"/cases/{OWN}",
        f"/returns/{OWN}",
        f"/my/{OWN}",
        "/account",
        "/today",
        "/accounts",
    ):
        assert at_return.ask("GET", path).status_code == 404, path
    assert at_return.get("/").url.path == here
    assert "Robin" not in at_return.page.text
    assert "Your account" not in at_return.page.text


def test_what_a_provider_has_read_is_in_the_reading_log(scheme: Scheme, at_return: Browser):
    log = scheme.log()
    assert {(one.part, one.person, one.what, one.ref) for one in log} == {("provider", "sam", "return", OWN)}
    auditor = scheme.signed_in(Part.AUDITOR)
    assert "Somebody with a link (provider)" in plain(auditor.get("/log"))


def test_no_log_has_a_link_a_code_or_a_session(scheme: Scheme, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    path, browser = provider_link(scheme), scheme.browser()
    browser.get(path)
    browser.send(path)
    code = mails(scheme, MAILBOX)[-1].split("Your code is ")[1][:6]
    browser.send("/code", code="999999" if code != "999999" else "888888")
    browser.send("/code", code=code)
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("caseflow")]
    assert any("a wrong code" in one for one in ours)
    assert any("came in by link" in one for one in ours)
    for secret in (path.removeprefix("/r/"), code, *browser.cookies.values()):
        assert not any(secret in one for one in ours)


def test_what_is_secret_stands_in_no_notice_and_no_fact(scheme: Scheme, at_return: Browser):
    codes = [one.split("Your code is ")[1][:6] for one in mails(scheme, MAILBOX) if "Your code is" in one]
    links = [link_in(one).rpartition("/")[2] for one in mails(scheme, MAILBOX) if PUBLIC in one]
    assert codes
    assert links
    tables = scheme.memory.store.tables
    kept_here = repr(
        [*tables.notices.values(), *tables.events.values(), *tables.links.values(), *tables.link_codes.values()]
    )
    for secret in (*codes, *links):
        assert secret not in kept_here


# ── the return ──────────────────────────────────────────────────────────────────────────────────
def test_from_the_form_to_the_receipt(scheme: Scheme, at_return: Browser, here: str):
    words = plain(at_return.page)
    assert "People: 1. Sessions we have not heard about: 1." in words
    assert "We have: Came" in words
    at_return.send(here, **{
        f"session:{OWN}-s2": "late", f"engagement:{OWN}:{DRINKING}": "well", f"completed:{OWN}:{DRINKING}": "yes",
        f"survey:{OWN}": "no", "act": "check",
    })  # fmt: skip
    assert heading(at_return.page) == "Check before sending"
    assert "Came late" in plain(at_return.page)
    assert received(scheme) == []
    at_return.send(f"{here}/send")
    assert "Return sent" in plain(at_return.page)
    assert "It tells us of people: 1." in plain(at_return.page)
    case = case_of(scheme)
    assert case.sessions[f"{OWN}-s2"].status == "attended"
    assert case.items_done == {DRINKING}
    (found,) = received(scheme)
    assert found.rows == (
        ReturnRow(1, OWN, ((f"{OWN}-s2", Attendance.LATE),), "well", completed=True, survey=False, item=DRINKING),
    )


def test_sent_twice_it_is_one_return(scheme: Scheme, at_return: Browser, here: str):
    at_return.send(here, **{f"session:{OWN}-s2": "attended", "act": "check"})
    form = at_return.fields(f"{here}/send")
    for _ in range(2):
        at_return.ask("POST", f"{here}/send", data=form, headers={"origin": at_return.host})
    assert len(received(scheme)) == 1


def test_what_is_kept_is_there_when_they_come_back_and_nobody_is_told_before_it_is_sent(
    scheme: Scheme, at_return: Browser, here: str
):
    at_return.send(here, **{f"session:{OWN}-s2": "unacceptable_absence", "act": "later"})
    assert "Kept." in plain(at_return.page)
    assert case_of(scheme).sessions[f"{OWN}-s2"].status == "booked"
    at_return.send("/left")
    later = with_code(scheme, scheme.browser(), provider_link(scheme))
    assert '<option value="unacceptable_absence" selected>' in later.page.text
    assert received(scheme) == []


def test_what_is_known_folds_and_a_long_return_is_kept_on_the_way(scheme: Scheme, at_return: Browser, here: str):
    """Half an hour without a click ends the visit: who fills in sixty people need not lose them."""
    assert "What we have already: 1. Open to correct it : Sam Carter" in plain(at_return.page)
    assert "Keep what is filled in so far" not in plain(at_return.page), "one person is soon done"
    scheme = busy()
    for number in range(12):
        ref = f"DUR-22-{100 + number:06d}"
        scheme.refer(ref, f"Kim{number}", "Lowe", navigator())
        placed(scheme, ref, PROVIDER, "alcohol_advice")
    with_returns(scheme)
    browser = with_code(scheme, scheme.browser(), provider_link(scheme))
    assert plain(browser.page).count("Keep what is filled in so far") == 1
    tenth = re.search(r'value="keep:([^"]+)"', browser.page.text)[1]
    form, path = f"/returns/{return_of(scheme)}", f"session:{tenth}-s2"
    browser.send(form, **{path: "late", "act": f"keep:{tenth}"})
    assert str(browser.page.url).endswith(f"?kept={tenth}#after-{tenth}")
    assert plain(browser.page).count("Kept. Go on below.") == 1
    assert "selected>Came late" in browser.page.text
    browser.send(form, act=f"keep:{OTHER}")
    assert str(browser.page.url).endswith("/check"), "nobody of theirs"


def test_an_empty_form_is_shown_again(at_return: Browser, here: str):
    at_return.send(here, act="check")
    assert at_return.page.status_code == 422
    assert "Nothing is filled in yet" in plain(at_return.page)


def test_what_is_known_can_be_corrected_for_the_person_and_not_against_them(
    scheme: Scheme, at_return: Browser, here: str
):
    select = at_return.page.text.split(f'id="session:{OWN}-s1"')[1].split("</select>")[0]
    assert "unacceptable_absence" not in select
    assert "did_not_happen" in select
    at_return.send(here, **{f"session:{OWN}-s1": "unacceptable_absence", "act": "check"})  # forged
    at_return.send(f"{here}/send")
    assert case_of(scheme).sessions[f"{OWN}-s1"].status == "attended"


def test_a_session_to_come_and_somebody_elses_are_not_asked_and_not_taken(
    scheme: Scheme, at_return: Browser, here: str
):
    assert f"{OWN}-s3" not in at_return.page.text
    at_return.send(here, **{f"session:{ELSE}-s1": "attended", f"session:{OWN}-s2": "attended", "act": "check"})
    at_return.send(f"{here}/send")
    assert case_of(scheme, ELSE).sessions[f"{ELSE}-s1"].status == "booked"
    (found,) = received(scheme)
    assert {row.ref for row in found.rows} == {OWN}


def test_a_return_that_was_sent_can_be_sent_again(scheme: Scheme, at_return: Browser, here: str):
    for outcome in ("unacceptable_absence", "attended"):
        at_return.get(here)
        at_return.send(here, **{f"session:{OWN}-s2": outcome, "act": "check"})
        at_return.send(f"{here}/send")
    assert case_of(scheme).sessions[f"{OWN}-s2"].status == "attended"
    at_return.get(here)
    assert "You can add to it or correct it" in plain(at_return.page)


# ── a file instead ──────────────────────────────────────────────────────────────────────────────
def lines_of(browser: Browser) -> str:
    return unescape(browser.page.text.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0])


def test_lines_pasted_fill_in_the_form_and_are_checked_before_they_are_sent(
    scheme: Scheme, at_return: Browser, here: str
):
    at_return.get(f"{here}/file")
    lines = lines_of(at_return)
    assert lines.splitlines()[0].startswith("return,reference,item,session,when,outcome")
    assert "Carter" not in lines
    row = next(one for one in lines.splitlines() if f"{OWN}-s2" in one)
    filled = row.removesuffix(",,,,") + ",attended,some,,"
    at_return.send(f"{here}/file", lines=f"{lines.splitlines()[0]}\n{filled}")
    assert heading(at_return.page) == "Check before sending"
    at_return.send(f"{here}/send")
    assert case_of(scheme).sessions[f"{OWN}-s2"].status == "attended"


def test_a_bad_line_is_named_by_row_and_initials_and_not_sent(scheme: Scheme, at_return: Browser, here: str):
    at_return.get(f"{here}/file")
    head = lines_of(at_return).splitlines()[0]
    bad = f"x,{OWN},,{OWN}-s2,,perhaps,,,"
    good = f"x,{OWN},{DRINKING},,,,well,,"
    at_return.send(f"{here}/file", lines=f"{head}\n{bad}\n{good}\nx,DUR-22-999999,,,,,well,,")
    words = plain(at_return.page)
    assert f"Row 2, SC {OWN}: outcome: “perhaps” is not understood" in words
    assert "Row 4: reference: “DUR-22-999999” is not on this return" in words
    at_return.send(f"{here}/send")
    (found,) = received(scheme)
    assert [row.engagement for row in found.rows] == ["well"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04rest of it", "this is an Excel workbook, not a CSV file"),
        (b"\xff\xfe", "the file is empty"),
        (b"reference;outcome\n", "“engagement”, “completed” and “survey” are not there"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words_without_our_folders(
    at_return: Browser, here: str, content: bytes, says: str
):
    at_return.get(f"{here}/file")
    form = at_return.fields(f"{here}/file")
    answer = at_return.ask(
        "POST",
        f"{here}/file",
        data=form,
        files={"file": ("../../etc/x.csv", content)},
        headers={"origin": at_return.host},
    )
    assert answer.status_code == 422
    assert says in plain(answer)
    assert "/tmp" not in answer.text  # noqa: S108 - that it is not told
    assert "&lt;span" not in answer.text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_however_the_spreadsheet_wrote_it(scheme: Scheme, at_return: Browser, here: str, encoding: str):
    at_return.get(f"{here}/file")
    text = f"reference;outcome;engagement;completed;survey;session;what\r\n{OWN};came;;;yes;{OWN}-s2;café\r\n"
    answer = at_return.ask(
        "POST", f"{here}/file", data=at_return.fields(f"{here}/file"),
        files={"file": ("return.csv", text.encode(encoding))}, headers={"origin": at_return.host},
    )  # fmt: skip
    assert answer.status_code == 303
    (name,) = [
        one.id for one in scheme.app.readings.returns("durham") if one.provider == PROVIDER and one.period == "2022-01"
    ]
    with scheme.app.store.begin() as unit:
        draft = kept(unit.return_draft("durham", name)[0])
    assert draft.sessions == {f"{OWN}-s2": "attended"}
    assert draft.survey == {OWN: "yes"}


def test_a_concern_says_at_once_all_that_is_missing(at_return: Browser, here: str):
    at_return.get(f"{here}/concern")
    at_return.send(f"{here}/concern")
    words = plain(at_return.page)
    assert at_return.page.status_code == 422
    assert words.count("Choose the person this is about.") == words.count("Write what worries you.") == 2


def test_a_file_that_is_too_large_is_refused(at_return: Browser, here: str):
    at_return.get(f"{here}/file")
    answer = at_return.ask(
        "POST", f"{here}/file", data=at_return.fields(f"{here}/file"), files={"file": ("x.csv", b"a,b\n" * 2 * 10**5)},
        headers={"origin": at_return.host},
    )  # fmt: skip
    assert answer.status_code == 413


# ── a concern ───────────────────────────────────────────────────────────────────────────────────
def test_a_concern_is_at_the_top_of_the_supervisors_list_at_once(scheme: Scheme, at_return: Browser, here: str):
    at_return.get(f"{here}/concern")
    assert "ring 999 first" in plain(at_return.page)
    at_return.send(f"{here}/concern", whom=OWN, words="He said that he does not want to go home.")
    assert "Our team has it" in plain(at_return.page)
    case_of(scheme)
    desk = scheme.signed_in(Part.SUPERVISOR)
    desk.get("/today")
    first = plain(desk.page).split("Late:")[1][:80]
    assert "Safeguarding concern: read it" in first, "before all else, however late"
    tasks = [
        one for one in scheme.app.readings.tasks("durham", owner=supervisor()) if one.key.startswith("safeguarding")
    ]
    assert [(one.ref, one.person, one.due is not None) for one in tasks] == [(OWN, supervisor(), True)]
    (mail,) = [one for one in scheme.memory.senders[Channel.EMAIL].sent if one.subject == f"Please look at {OWN} now"]
    assert mail.to.startswith("ruth.ellison@")
    assert "go home" not in mail.body
    assert "go home" in " ".join(one.body for one in scheme.memory.store.tables.texts.values())


@pytest.mark.parametrize(
    ("values", "says"),
    [({"whom": "", "words": "Worried"}, "Choose the person"), ({"whom": OWN, "words": "  "}, "Write what worries you"),
     ({"whom": ELSE, "words": "Worried"}, "Choose the person")],
)  # fmt: skip
def test_a_concern_says_about_whom_and_what(at_return: Browser, here: str, values: dict[str, str], says: str):
    at_return.get(f"{here}/concern")
    at_return.send(f"{here}/concern", **values)
    assert at_return.page.status_code == 422
    assert says in plain(at_return.page)


def test_a_provider_with_an_account_sees_its_own_returns(scheme: Scheme, here: str):
    browser = scheme.signed_in(Part.PROVIDER)
    assert browser.get("/returns").url.path == here
    assert ROSTERS["durham"].providers[0].name["en"] in plain(browser.page)
