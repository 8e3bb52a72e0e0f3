"""Rooms on scripted servers, closed when the test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from greenroom.adapters.livekit.rooms import LiveKitRooms
from greenroom.adapters.tokens import HmacTokens
from greenroom.domain.ports import Clock
from tests.doubles import SECRET, FakeClock

MakeRooms = Callable[..., LiveKitRooms]


@pytest_asyncio.fixture
async def make_rooms() -> AsyncIterator[MakeRooms]:
    """``make_rooms(url, key=…, secret=…, clock=…, timeout=…)``."""
    made: list[LiveKitRooms] = []

    def make(
        url: str,
        *,
        key: str = "APIkey",
        secret: str = SECRET,
        clock: Clock | None = None,
        timeout: float = 5.0,
    ) -> LiveKitRooms:
        tokens = HmacTokens(key, secret)
        rooms = LiveKitRooms(
            url, tokens.mint, clock=clock or FakeClock(), timeout=timeout, hide=tokens.hide
        )
        made.append(rooms)
        return rooms

    yield make
    for rooms in made:
        await rooms.close()
