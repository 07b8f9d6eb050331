"""A real Chromium on the real pages, served by uvicorn in a thread; the scheme behind them is tests/web's, in memory.

Which browser: $BROWSER_PATH, or chromium, chromium-browser, google-chrome on the PATH. `SHOTS=folder make browser` keeps a picture of
every page that is looked at.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "web"))

from web_scheme import PASSWORD, Scheme, busy

from caseflow.access import accounts
from caseflow.access.who import Part
from caseflow.settings.deployment import Deployment
from caseflow.web.serving import make_pages

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW = (
    "No browser was found to test the pages with. On Debian and Ubuntu: `apt install chromium`. Or name one: "
    "BROWSER_PATH=/path/to/chromium make browser. Every other test runs without: `make test`."
)
PHONE, DESK, SMALLEST = 390, 1280, 320
AXE = Axe()
expect.set_options(timeout=20_000)  # a busy machine is no fault of the page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("BROWSER_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(HOW)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@dataclass
class Looker:
    """Somebody at a screen. Whatever the browser's console complains of is kept: there should be nothing."""

    page: Page
    address: str
    scheme: Scheme
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in_as(self, part: Part) -> None:
        """Without the form: that has a journey of its own."""
        token = accounts.begin(self.scheme.app, self.scheme.account(part), "chromium", strong=True)
        self.page.context.add_cookies([{"name": "caseflow", "value": token, "url": self.address}])

    def speak(self, language: str) -> None:
        self.page.context.add_cookies([{"name": "caseflow-language", "value": language, "url": self.address}])

    def check(self, name: str) -> None:
        """Nothing that keeps somebody out, no sideways scrolling even on the smallest phone, nothing in the console."""
        found = AXE.run(self.page)
        assert found.violations_count == 0, found.generate_report()
        size = self.page.viewport_size
        assert size is not None
        self._keep(f"{name}-{size['width']}")
        self.page.set_viewport_size({"width": SMALLEST, "height": 700})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= SMALLEST, f"{self.page.url} is {wide} px wide on a screen of {SMALLEST}"
        self.page.set_viewport_size(size)
        assert self.complaints == []

    def _keep(self, name: str) -> None:
        if folder := os.environ.get("SHOTS"):
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def scheme() -> Scheme:
    return busy()


@pytest.fixture
def address(scheme: Scheme) -> Iterator[str]:
    """Where the pages are; the port is whichever is free."""
    config = uvicorn.Config(make_pages(scheme.app, Deployment()), port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)  # why: uvicorn tells nobody when it has started
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def looker(chromium: Browser, address: str, scheme: Scheme) -> Iterator[Callable[..., Looker]]:
    """A function that opens a fresh browser window: `looker(width=390, script=False)`."""
    contexts = []

    def make(width: int = DESK, *, script: bool = True) -> Looker:
        context = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        contexts.append(context)
        made = Looker(context.new_page(), address, scheme)

        def heard(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"} and "404" not in message.text and "422" not in message.text:
                made.complaints.append(message.text)

        made.page.on("console", heard)
        made.page.on("pageerror", lambda wrong: made.complaints.append(str(wrong)))
        return made

    yield make
    for context in contexts:
        context.close()


__all__ = ["DESK", "PASSWORD", "PHONE", "Looker"]
