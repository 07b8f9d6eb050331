"""Accounts, sessions and the reading log: the same in both stores, and on real time."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_builders import SCHEME, a_case, step

from caseflow.engine.access import Account, Client, ReadingNote, Session
from caseflow.engine.ports import Conflict

IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=10)
JO = Account("account-1", SCHEME, "jo.hartley@northgate.example", "Jo Hartley", "navigator", "nav-1", "hash-1")
EVAN = Account("account-2", "dyfed-powys", "evan@example.org", "Evan", "auditor", subject="tenant/evan")


def _sign_in(store, account=JO, name="session-1"):
    with store.begin() as unit:
        unit.begin_session(
            Session(name, account.scheme, account.id, *[store.now()] * 2, "a phone"), f"digest-{name}", LONGEST
        )


def _comes(store, digest="digest-session-1"):
    with store.begin() as unit:
        return unit.session(digest, IDLE, LONGEST)


@pytest.fixture
def known(store):
    with store.begin() as unit:
        unit.add_account(JO)
        unit.add_account(EVAN)
    return store


def test_an_account_is_found_by_its_login_in_any_case_and_by_its_subject(known):
    with known.begin() as unit:
        assert unit.account_of("JO.Hartley@northgate.example") == JO
        assert unit.account_of(subject="tenant/evan") == EVAN
        assert unit.account_of("nobody@example.org") is None
        assert unit.account_of() is None
        assert [one.login for one in unit.accounts(SCHEME)] == [JO.login]


@pytest.mark.parametrize("second", [replace(JO, id="other"), replace(EVAN, id="other", login="else@example.org")])
def test_a_login_and_a_subject_belong_to_one_account(known, second):
    with pytest.raises(Conflict), known.begin() as unit:
        unit.add_account(replace(second, scheme="northumbria"))


def test_somebody_signed_in_is_known_by_the_digest_of_their_token(known):
    _sign_in(known)
    session, account = _comes(known)
    assert (session.id, session.agent, account.login) == ("session-1", "a phone", JO.login)
    assert account.seen_at is not None
    assert _comes(known, "digest-other") is None


def test_a_session_ends_when_it_is_idle(known, rest):
    _sign_in(known)
    rest(29 * 60)
    assert _comes(known)
    rest(29 * 60)
    assert _comes(known), "being asked was being active"
    rest(31 * 60)
    assert _comes(known) is None


def test_a_session_ends_after_its_longest_time_however_active(known, rest):
    _sign_in(known)
    for _ in range(23):
        rest(26 * 60)
        _comes(known)
    assert _comes(known)
    rest(3 * 60)
    assert _comes(known) is None


def test_old_sessions_go_away_when_somebody_signs_in(known, rest):
    _sign_in(known)
    rest(11 * 3600)
    _sign_in(known, EVAN, "session-2")
    with known.begin() as unit:
        assert unit.end_sessions(SCHEME, JO.id) == 0


def test_people_see_and_end_their_own_sessions(known):
    _sign_in(known)
    _sign_in(known, name="session-2")
    _sign_in(known, EVAN, "session-3")
    with known.begin() as unit:
        assert [one.id for one in unit.sessions(SCHEME, JO.id, IDLE, LONGEST)] == ["session-2", "session-1"]
        assert unit.end_sessions(SCHEME, JO.id, ["session-1", "session-3"]) == 1
    assert _comes(known) is None
    assert _comes(known, "digest-session-2")
    assert _comes(known, "digest-session-3")


@pytest.mark.parametrize("way", ["disabled", "reset"])
def test_disabling_or_a_new_password_ends_every_session(known, way):
    _sign_in(known)
    with known.begin() as unit:
        if way == "disabled":
            unit.disable_account(SCHEME, JO.id)
        else:
            unit.set_secret(SCHEME, JO.id, "hash-2", change=True)
    assert _comes(known) is None
    with known.begin() as unit:
        found = unit.account_of(JO.login)
    assert (found.disabled, found.change) == (way == "disabled", way == "reset")


def test_another_scheme_cannot_end_or_disable(known):
    _sign_in(known)
    with known.begin() as unit:
        unit.disable_account("dyfed-powys", JO.id)
        assert unit.end_sessions("dyfed-powys", JO.id) == 0
    assert _comes(known)


# ── the reading log ─────────────────────────────────────────────────────────────────────────────
def _read(store, what, case="case-1", scheme=SCHEME):
    with store.begin() as unit:
        unit.note_readings([ReadingNote(scheme, JO.id, "navigator", f"person-of-{case}", what, case)])


def test_the_log_tells_who_read_whose_record_newest_first(known):
    with known.begin() as unit:
        unit.save([step(a_case())])
        unit.note_readings([])
    for what in ("case", "story"):
        _read(known, what)
    _read(known, "case", "case-2")
    _read(known, "case", scheme="dyfed-powys")
    with known.begin() as unit:
        log = unit.readings_log(SCHEME)
        assert [(one.what, one.stream, one.ref) for one in log] == [
            ("case", "case-2", ""), ("story", "case-1", "DUR-22-case-1"), ("case", "case-1", "DUR-22-case-1")
        ]  # fmt: skip
        assert {(one.name, one.person) for one in log[1:]} == {("Jo Hartley", "person-of-case-1")}
        assert [one.what for one in unit.readings_log(SCHEME, stream="case-1")] == ["story", "case"]
        older = unit.readings_log(SCHEME, before=log[0].id, limit=1)
        assert older == log[1:2]


@pytest.mark.parametrize("tamper", ["UPDATE reading_log SET person = 'x'", "DELETE FROM reading_log"])
def test_what_was_read_cannot_be_unread(postgres, tamper):
    _read(postgres, "case")
    with pytest.raises(sa.exc.DBAPIError, match="only added to"), postgres.engine.begin() as connection:
        connection.exec_driver_sql(tamper)


# ── other systems ───────────────────────────────────────────────────────────────────────────────
RECORDS = Client("client-1", SCHEME, "records-system", "digest-1", ("events", "read"), ("oic",))


def test_a_client_is_known_by_the_digest_of_its_token_until_it_is_disabled(known):
    with known.begin() as unit:
        unit.add_client(RECORDS)
        found = unit.client_of("digest-1")
        assert replace(found, seen_at=None) == RECORDS
        assert unit.client_of("digest-2") is None
        assert unit.clients("dyfed-powys") == []
        assert unit.clients(SCHEME)[0].seen_at is not None
    with known.begin() as unit:
        assert not unit.disable_client("dyfed-powys", "records-system")
        assert unit.disable_client(SCHEME, "records-system")
        assert not unit.disable_client(SCHEME, "records-system")
        assert unit.client_of("digest-1") is None
        assert [one.disabled for one in unit.clients(SCHEME)] == [True]


def test_a_name_is_one_active_clients_in_a_scheme_and_a_token_one_clients_anywhere(known):
    with known.begin() as unit:
        unit.add_client(RECORDS)
        unit.add_client(replace(RECORDS, id="client-2", scheme="dyfed-powys", digest="digest-2"))
    with pytest.raises(Conflict), known.begin() as unit:
        unit.add_client(replace(RECORDS, id="client-3", digest="digest-3"))
    with pytest.raises(Conflict), known.begin() as unit:
        unit.add_client(replace(RECORDS, id="client-3", name="another"))
    with known.begin() as unit:
        unit.disable_client(SCHEME, "records-system")
        unit.add_client(replace(RECORDS, id="client-4", digest="digest-4"))  # its successor
        assert unit.client_of("digest-4").id == "client-4"


def test_the_log_calls_a_client_by_its_name(known):
    with known.begin() as unit:
        unit.add_client(RECORDS)
        unit.note_readings([ReadingNote(SCHEME, "client-1", "client", "person-1", "case", "case-1")])
    with known.begin() as unit:
        (line,) = unit.readings_log(SCHEME)
    assert (line.name, line.part, line.what) == ("records-system", "client", "case")


# ── the second factor ───────────────────────────────────────────────────────────────────────────
def _strong(store, recent=timedelta(minutes=30)):
    with store.begin() as unit:
        return unit.session("digest-session-1", IDLE, LONGEST, recent)[0].strong


def test_a_code_is_used_once_and_an_earlier_one_never_after_it(known):
    with known.begin() as unit:
        unit.set_key(SCHEME, JO.id, "KEY")
        assert [unit.use_code(SCHEME, JO.id, step) for step in (5, 5, 4, 6)] == [True, False, False, True]
        assert not unit.use_code("dyfed-powys", JO.id, 9)
        assert unit.account_of(JO.login).totp == "KEY"
        unit.set_key(SCHEME, JO.id, "OTHER")
        assert unit.use_code(SCHEME, JO.id, 5)


def test_a_session_is_strong_for_a_while_after_a_second_factor(known, rest):
    _sign_in(known)
    assert not _strong(known)
    with known.begin() as unit:
        unit.strengthen("dyfed-powys", "session-1")
    assert not _strong(known)
    with known.begin() as unit:
        unit.strengthen(SCHEME, "session-1")
    assert _strong(known)
    assert not _strong(known, timedelta(0))
    rest(1500)
    assert _strong(known)
    assert not _strong(known, timedelta(minutes=20))


def test_a_session_may_begin_strong(known):
    with known.begin() as unit:
        session = Session("session-1", SCHEME, JO.id, *[known.now()] * 2, "a phone", strong=True)
        unit.begin_session(session, "digest-session-1", LONGEST)
    assert _strong(known)
    with known.begin() as unit:
        assert unit.session("digest-session-1", IDLE, LONGEST)[0].strong is False
