"""Every message there is, as it reads for somebody invented; and, for who answers for them, a test of it to oneself."""

import logging

from caseflow.access.attempts import TEST_MESSAGES
from caseflow.access.who import May
from caseflow.engine.access import ReadingNote
from caseflow.engine.trial import send_trial
from caseflow.messages.catalogue import CATALOGUE, Message
from caseflow.messages.dates import LANGUAGES
from caseflow.messages.specimen import messages_by_audience, specimens, trial
from caseflow.telling.purposes import titled
from caseflow.web.answers import Answer, Go, Page
from caseflow.web.doing import new_id
from caseflow.web.routes import Pages
from caseflow.web.visit import Visit

log = logging.getLogger(__name__)
pages = Pages()

RESULTS = ("accepted", "failed", "unknown")


@pages.get("/messages", may=May.WORDS, shows="")
def messages(visit: Visit) -> Answer:
    return Page("messages.html", {"audiences": messages_by_audience(), "titled": titled})


@pages.get("/messages/{name}", may=May.WORDS, shows="")
def message(visit: Visit, name: str) -> Answer:
    sent = visit.query.get("sent", "")
    return _page(visit, _message(visit, name), sent=sent if sent in RESULTS else "")


@pages.post("/messages/{name}/test", may=May.SEND_TEST)
def test(visit: Visit, name: str) -> Answer:
    """To the address they sign in with, and to no other: a form cannot name one."""
    one, (channel, _, language) = _message(visit, name), visit.form.get("which", "").partition("-")
    if channel not in one.channels or language not in LANGUAGES:
        return _page(visit, one, error="which", status=422)
    if visit.attempts.spent(TEST_MESSAGES, visit.account.id):
        return _page(visit, one, error="too_many", status=429)
    key = f"test-{visit.account.id}-{visit.form.get('command_id', '')[:64] or new_id(visit)}"
    sent = send_trial(visit.app, trial(one.name, channel, language, visit.account.login, key, visit.now()))
    log.info(
        "test message: account %s, %s by %s in %s: %s %s", visit.account.id, one.name, channel, language, sent.result,
        sent.detail,
    )  # fmt: skip
    with visit.app.store.begin() as unit:
        unit.note_readings([ReadingNote(visit.scheme, visit.account.id, visit.account.part, "", "test_message")])
    return Go(f"/messages/{one.name}?sent={sent.result if sent.result in RESULTS else 'unknown'}")


def _message(visit: Visit, name: str) -> Message:
    found = CATALOGUE.get(name)
    if found is None:
        visit.nothing_here()
    return found


def _page(visit: Visit, one: Message, *, sent: str = "", error: str = "", status: int = 200) -> Page:
    return Page("message.html", {
        "message": one, "specimens": specimens(one.name), "sent": sent, "error": error, "command_id": new_id(visit),
        "tests": visit.can(May.SEND_TEST), "titled": titled,
    }, status)  # fmt: skip
