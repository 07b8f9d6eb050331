"""Another system, with a token of its own, at the doors of a scheme of three cases."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from web_scheme import Scheme, busy

from caseflow.access import clients
from caseflow.access.who import SPEAKERS, Scope
from caseflow.api.doors import make_app
from caseflow.domain.words import Role
from caseflow.settings.deployment import Deployment

NUMBERS = count(1)


@dataclass
class Machine:
    """A client: it asks, and keeps its token."""

    served: FastAPI
    token: str

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """One request to an address of version 1 (or one that a page of a list named)."""
        where = path if path.startswith("/api/v1") else f"/api/v1{path}"
        headers = {"authorization": f"Bearer {self.token}"} | given.pop("headers", {})
        raising = given.pop("raising", True)

        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.served, raise_app_exceptions=raising)
            async with httpx.AsyncClient(transport=transport, base_url="http://caseflow.example") as client:
                return await client.request(method, where, headers=headers, **given)

        return asyncio.run(go())

    def get(self, path: str, **query: object) -> httpx.Response:
        return self.ask("GET", path, params=query or None)

    def post(self, path: str, body: Any, key: str = "") -> httpx.Response:
        return self.ask("POST", path, json=body, headers={"idempotency-key": key or f"key-{next(NUMBERS)}"})


Maker = Callable[..., Machine]


@pytest.fixture
def scheme() -> Scheme:
    return busy()


@pytest.fixture
def machine(scheme: Scheme) -> Maker:
    """A client of this scheme that may do this much: by default everything, for everybody."""
    served = make_app(scheme.app, Deployment(doors=("api",)))

    def make(
        scopes: Iterable[Scope] = tuple(Scope), speaks_for: Iterable[Role] = SPEAKERS, of: str = "durham"
    ) -> Machine:
        name = f"system-{next(NUMBERS)}"
        return Machine(served, clients.add(scheme.app, of, name, scopes, speaks_for))

    return make
