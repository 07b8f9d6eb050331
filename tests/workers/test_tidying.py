"""What is long over goes with the hourly audit, and only once an hour."""

import pytest

from caseflow.domain.commands import Asked, ListParticipant
from caseflow.domain.provider_return import stream_id
from caseflow.domain.words import Actor, Role
from caseflow.engine.handle import handle
from caseflow.engine.links import CODES_KEPT, LASTS, CodeAsk, Link
from workers.audit import look
from workers.drain import current_app, current_store

RETURN = stream_id("durham", "prov", "2022-01")


@pytest.fixture
def here(place, monkeypatch):
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)
    current_app.cache_clear()
    yield place
    current_store().engine.dispose()
    current_app.cache_clear()


def old_code(place, name: str) -> None:
    """Asked for two days ago."""
    with place.store.begin() as unit:
        unit.ask_code(CodeAsk(name, "durham", "link-1"), f"browser-{name}", 5, CODES_KEPT)
    with place.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE link_codes SET asked_at = asked_at - interval '2 days'")


def codes(place) -> int:
    with place.store.engine.begin() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM link_codes").scalar_one()


def test_codes_that_were_asked_for_long_ago_go_with_the_audit(here):
    listed = ListParticipant("prov", "2022-01", "case-1", "DUR-22-000001", "help", "1")
    handle(here.app, [Asked("list", RETURN, listed, Actor("system", Role.SYSTEM))], "durham")
    with here.store.begin() as unit:
        unit.add_links([(Link("link-1", "durham", "return", RETURN, "prov"), "digest-1")], LASTS["return"])
    old_code(here, "one")
    assert "violations" in look()
    assert codes(here) == 0
    old_code(here, "two")
    assert look() == {}, "not yet an hour later"
    assert codes(here) == 1
