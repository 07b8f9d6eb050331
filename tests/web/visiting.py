"""A browser without a screen: keeps cookies, fills forms in as they stand on the page, and says where it comes from."""

import asyncio
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from starlette.applications import Starlette

HOST = "http://caseflow.example"


@dataclass
class Browser:
    app: Starlette
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    host: str = HOST
    page: httpx.Response | None = None

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request, as it is."""

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=given.pop("raising", True))
            async with httpx.AsyncClient(transport=transport, base_url=self.host, cookies=self.cookies) as client:
                answer = await client.request(method, path, **given)
                self.cookies = client.cookies
                return answer

        return asyncio.run(go())

    def get(self, path: str, **given: Any) -> httpx.Response:
        """Open a page and follow wherever it leads."""
        self.page = self.ask("GET", path, follow_redirects=True, **given)
        return self.page

    def send(self, path: str, *, follow: bool = True, **values: str) -> httpx.Response:
        """Send the form to `path` that is on this page, with these values over those that stand in it."""
        fields = self.fields(path) | values
        self.page = self.ask("POST", path, data=fields, headers={"origin": self.host}, follow_redirects=follow)
        return self.page

    def fields(self, action: str) -> dict[str, str]:
        """What the form to `action` on this page would send if it were sent now."""
        assert self.page is not None
        forms = re.findall(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", self.page.text, re.DOTALL)
        for where, inside in forms:
            if unescape(where) == action:
                inputs = [
                    dict(re.findall(r"([\w-]+)=\"([^\"]*)\"", tag))
                    for tag in re.findall(r"<input[^>]*>", inside)
                    if not re.search(r'type="(radio|checkbox)"', tag) or " checked" in tag
                ]
                chosen = {
                    name: found[1] if (found := re.search(r'<option value="([^"]*)"[^>]*\bselected', options)) else ""
                    for name, options in re.findall(
                        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', inside, re.DOTALL
                    )
                }
                written = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', inside, re.DOTALL))
                given = {one["name"]: one.get("value", "") for one in inputs if "name" in one} | chosen | written
                return {name: unescape(value) for name, value in given.items()}
        raise AssertionError(f"{self.page.url} has no form to {action}; it has {[where for where, _ in forms]}")

    def sign_in(self, login: str, password: str, to: str = "/") -> httpx.Response:
        self.get(f"/sign-in?to={to}")
        return self.send("/sign-in", login=login, password=password)


def heading(page: httpx.Response) -> str:
    """The page's one h1."""
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert len(found) == 1, f"{page.url} has {len(found)} h1"
    return " ".join(unescape(re.sub(r"<[^>]+>", "", found[0])).split())


def plain(page: httpx.Response) -> str:
    """What a reader sees of it, without marks."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
