"""A link and a code that real workers send: they work, and stand nowhere but in the mail and, as digests, in the store."""

import re
from email import message_from_string, policy

from standins.overheard import Overheard, contents

from caseflow.access import guests
from caseflow.bootstrap import rosters
from caseflow.domain.commands import Asked, ListParticipant
from caseflow.domain.provider_return import stream_id
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.links import RETURN
from caseflow.settings.paths import config_dir
from workers.launch import Crew

PUBLIC = "https://pages.northgate.example"
BROWSER = "a-browsers-token"


def mails(place, subject):
    found = [
        message_from_string(path.read_text(encoding="utf-8"), policy=policy.default)
        for path in sorted(place.deployment.outbox.rglob("*.eml"))
    ]
    return [one.get_content() for one in found if str(one["subject"]).startswith(subject)]


def test_what_is_secret_about_a_link_stands_nowhere_but_in_the_mail(place_with):
    place = place_with(public_url=PUBLIC)
    provider = rosters(config_dir())["durham"].providers[0].id
    stream = stream_id("durham", provider, "2022-01")
    (case,) = place.refer(1)
    listed = ListParticipant(provider, "2022-01", case, place.reference(case), "help", "1")
    handle(place.app, [Asked("list", stream, listed, Actor("system", Role.SYSTEM))])
    token = guests.give_link(place.app, "durham", stream, provider, RETURN)
    overheard = Overheard(place.deployment.broker_url)
    overheard.start()
    assert overheard.listening.wait(20)
    env = place.env | {"CASEFLOW_PUBLIC_URL": PUBLIC, "CASEFLOW_LOG_LEVEL": "DEBUG"}
    with Crew(env, log_dir=place.logs):
        assert guests.ask(place.app, guests.find(place.app, token, RETURN), BROWSER)
        place.eventually(lambda: mails(place, "Your code"), "the code is in the mail")
        place.rows("UPDATE links SET expires_at = now() RETURNING id")
        assert guests.ask(place.app, guests.find(place.app, token, RETURN), BROWSER)
        place.eventually(lambda: mails(place, "A new link"), "the fresh link is in the mail")
        place.idle()
    overheard.stop()
    code = re.search(r"Your code is (\d{6})", mails(place, "Your code")[0])[1]
    fresh = re.search(rf"{PUBLIC}/r/([\w-]{{22}})", mails(place, "A new link")[0])[1]
    assert guests.find(place.app, fresh, RETURN).live
    assert not guests.find(place.app, token, RETURN).live
    assert guests.enter(place.app, BROWSER, code) is None, "its link has run out meanwhile"
    tables = [name for (name,) in place.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    kept = "\n".join(str(row) for name in tables for row in place.rows(f"SELECT t::text FROM {name} t"))
    logged = "\n".join(path.read_text(errors="replace") for path in sorted(place.logs.glob("*.log")))
    said = " ".join(overheard.heard) + contents(place.deployment.broker_url)
    assert "access_asked" in kept
    for secret in (token, fresh, BROWSER):
        for where in (kept, logged, said):
            assert secret not in where
    assert not re.search(rf"\b{code}\b", logged + said)
    assert not re.search(rf"code\W+{code}\b", kept)
