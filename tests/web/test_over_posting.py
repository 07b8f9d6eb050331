"""A form's surplus fields do nothing: what is not asked for is not read."""

from datetime import timedelta

from web_scheme import MONDAY, OWN, Scheme

from caseflow.access import accounts
from caseflow.access.who import Part

SURPLUS = {
    "scheme": "dyfed-powys", "id": "mine", "secret": "x", "totp": "x", "change": "", "disabled": "", "by": "boss",
    "role": "supervisor", "actor": "boss", "case": "other", "at": "2020-01-01T00:00:00Z", "origin": "import",
}  # fmt: skip


def test_an_account_is_made_in_the_administrators_own_scheme_whatever_the_form_says(scheme: Scheme):
    browser = scheme.signed_in(Part.ADMINISTRATOR)
    browser.get("/accounts/add")
    given = {**SURPLUS, "login": "new@example.org", "part": "auditor", "name": "New"}
    assert browser.send("/accounts/add", **given).status_code == 200
    made = accounts.find(scheme.app, "new@example.org")
    assert (made.scheme, made.change, made.disabled, made.totp) == ("durham", True, False, "")
    assert made.id != "mine"
    assert made.secret != "x"


def test_a_command_is_signed_by_whoever_is_signed_in_whatever_the_form_says(scheme: Scheme):
    scheme.go_to(MONDAY + timedelta(hours=3))
    browser = scheme.signed_in(Part.NAVIGATOR)
    browser.get("/today")
    fields = browser.fields(f"/cases/{OWN}/tasks/done")
    browser.send(f"/cases/{OWN}/tasks/done", **(SURPLUS | fields))
    dossier = scheme.app.readings.dossiers("durham", ids=[scheme.app.readings.find("durham", OWN)])[0]
    last = dossier.events[-1]
    assert (last.actor.person, last.actor.role.value, last.origin.value) == (
        scheme.account(Part.NAVIGATOR).person, "navigator", "person",
    )  # fmt: skip
    assert last.occurred_at == scheme.app.readings.now()
