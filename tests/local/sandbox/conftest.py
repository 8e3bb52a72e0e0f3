"""A sandbox with a clock that moves when told, and a receiver of webhooks on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from greenroom.local.sandbox import Sandbox
from greenroom.testing import FakeClock
from tests.contract.calls import Wire
from tests.local.listening import listening

KEYS = {"APIfirst": "first-secret-first-secret-first-secret", "APIsecond": "second-" * 6}


@pytest.fixture
def clock() -> FakeClock:
    """Begins at the machine's time, so that tokens minted by it are good."""
    return FakeClock()


@pytest_asyncio.fixture
async def start(clock: FakeClock) -> AsyncIterator[Callable[..., Any]]:
    """``await start(…)``: a sandbox with this clock, ended with the test."""
    async with AsyncExitStack() as stack:

        async def started(**more: Any) -> Sandbox:
            settings = {"keys": KEYS, "clock": clock, **more}
            return await stack.enter_async_context(Sandbox.start(**settings))

        yield started


@pytest_asyncio.fixture
async def sandbox(start: Callable[..., Any]) -> Sandbox:
    return await start()


def wire(sandbox: Sandbox, key: str = "APIfirst") -> Wire:
    """Raw calls to it."""
    return Wire(url=sandbox.url, api_key=key, api_secret=KEYS[key])


@dataclass
class Endpoint:
    """A receiver that answers with the statuses it is given, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest_asyncio.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    found = Endpoint()
    app = web.Application()
    app.router.add_post("/hook", found.take)
    async with listening(app) as url:
        found.url = f"{url}/hook"
        yield found
