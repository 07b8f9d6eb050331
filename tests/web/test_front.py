"""One address for the pages and the doors; what may be served to whom; and the demo's open doors, which are nowhere else."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from visiting import heading, plain
from web_scheme import MONDAY, OWN, PASSWORD, Scheme, navigator

from caseflow.access.who import Part
from caseflow.api.doors import DOORS
from caseflow.bell import SilentBell
from caseflow.bootstrap import Memory, app_for, prepare
from caseflow.front import MACHINES, check_address, make_front
from caseflow.settings.deployment import Deployment, SettingsError
from caseflow.simulate.cast import cast
from caseflow.simulate.mark import MARK, made_by_demo
from caseflow.store.postgres import PostgresStore


def ask(served, path: str) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(served)
        async with httpx.AsyncClient(transport=transport, base_url="http://caseflow.example") as client:
            return await client.get(path)

    return asyncio.run(go())


def test_every_door_begins_with_a_word_that_is_the_machines(scheme: Scheme):
    opened = {"inbound_tokens": ("t",), "inbound_numbers": {"*": "durham"}, "notify_token": "t"}
    doors = [door(scheme.app, Deployment(doors=tuple(DOORS), **opened)) for door in DOORS.values()]
    paths = {route.path for door in doors for route in door.routes}
    assert {path.split("/")[1] for path in paths} <= MACHINES


def test_the_doors_that_are_open_and_the_pages_share_an_address(scheme: Scheme):
    served = make_front(scheme.app, Deployment(doors=("health",)))
    assert ask(served, "/health/live").status_code == 200
    assert heading(ask(served, "/sign-in")) == "Sign in"
    assert heading(ask(served, "/healthy")) == "Page not found"
    assert heading(ask(served, "/openapi.json")) == "Page not found"
    closed = make_front(scheme.app, Deployment())
    assert heading(ask(closed, "/health/live")) == "Page not found"


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.9.1"])
def test_without_https_the_pages_are_for_this_machine(host: str):
    check_address(Deployment(http_host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "caseflow.example"])  # noqa: S104 - refused
def test_without_https_nobody_else_is_served(host: str):
    with pytest.raises(SettingsError, match="without https"):
        check_address(Deployment(http_host=host))
    check_address(Deployment(http_host=host, environment="production", database_url="postgresql://db/x"))


# ── the demo's open doors ───────────────────────────────────────────────────────────────────────
@pytest.fixture
def database(fresh_database: Callable[..., str]) -> Iterator[Callable[..., PostgresStore]]:
    stores = []

    def make(*, virtual: bool) -> PostgresStore:
        start = datetime(2022, 1, 3, 9, tzinfo=UTC) if virtual else None
        store = prepare(Deployment(database_url=fresh_database()), virtual=virtual, start=start)
        stores.append(store)
        return store

    yield make
    for store in stores:
        store.close()


def test_only_a_virtual_database_with_the_mark_was_made_by_the_demo(database, scheme: Scheme):
    virtual, live = database(virtual=True), database(virtual=False)
    assert not made_by_demo(virtual)
    for store in (virtual, live):
        store.mark(MARK)
    assert made_by_demo(virtual)
    assert not made_by_demo(live)
    assert not made_by_demo(scheme.app.store)


def test_in_the_demo_one_may_be_anybody_and_elsewhere_the_page_is_not_there(scheme: Scheme):
    scheme.go_to(MONDAY.replace(hour=13))
    made = cast(scheme.app, "durham")
    assert {one.part for one in made} >= {
        "navigator",
        "supervisor",
        "officer",
        "participant",
        "administrator",
        "auditor",
    }
    assert cast(scheme.app, "durham"), "twice does no harm"
    browser = scheme.browser(demo=True)
    page = browser.get("/demo")
    assert "Amara Okoye" in plain(page)
    browser.page = page
    answer = browser.send("/demo", login="navigator@demo.example")
    assert (answer.url.path, heading(answer)) == ("/today", "Today")
    assert "Demonstration: you are Amara Okoye (navigator)" in plain(answer)
    browser.get("/demo")
    assert heading(browser.send("/demo", login="auditor@demo.example")) == "Hello The auditor"
    assert browser.get(f"/cases/{OWN}").status_code == 200
    browser.get("/demo")
    assert browser.send("/demo", login="nobody@demo.example").status_code == 404
    assert scheme.browser().get("/demo").status_code == 404
    assert scheme.signed_in(Part.NAVIGATOR).ask("POST", "/demo").status_code == 404


def test_nobody_of_the_cast_has_a_password(scheme: Scheme):
    cast(scheme.app, "durham")
    for password in ("", "x"):
        assert scheme.browser().sign_in("navigator@demo.example", password).status_code == 422


def test_the_pages_are_walked_through_on_a_real_database(database, tmp_path: Path, broker_url: str):
    store = database(virtual=True)
    store.set_clock(MONDAY)
    url = store.engine.url.render_as_string(hide_password=False)
    app = app_for(Deployment(database_url=url, data_dir=tmp_path), bell=SilentBell())
    try:
        served = Scheme(Memory(app, store, {}))
        served.refer(OWN, "Sam", "Carter", navigator())
        store.set_clock(MONDAY.replace(hour=13))
        served.sweep()
        browser = served.browser(broker_url=broker_url)
        account = served.account(Part.NAVIGATOR)
        assert heading(browser.sign_in(account.login, PASSWORD)) == "Today"
        assert "Sam Carter" in plain(browser.send(f"/cases/{OWN}/tasks/done"))
        assert heading(browser.get(f"/cases/{OWN}")) == "Sam Carter"
        assert heading(browser.get("/tomorrow?days=7")) == "Tomorrow"
        words = plain(served.signed_in(Part.AUDITOR).get(f"/log?ref={OWN}"))
        for seen in ("On the list Today", "Opened the case", "On the list Tomorrow"):
            assert seen in words
        browser.get("/account")
        assert browser.send("/sign-out").url.path == "/sign-in"
        assert heading(ask(make_front(app, Deployment()), "/sign-in")) == "Sign in"
    finally:
        app.store.close()
