"""ports.LocalKeys: the keys of the server that this home's supervisor runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from greenroom.domain.access import ApiKeyPair


class LocalServerKeys:
    """Reads ``keys.json``; changes it through the supervisor where one is up. What it needs is imported when it is asked."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def pairs(self) -> tuple[ApiKeyPair, ...]:
        """Newest first. Raises ConfigurationError (local-state-damaged)."""
        from greenroom.local.keys import KeyFile

        keys = KeyFile(self._home).read()
        return tuple(ApiKeyPair(key=each.key, secret=each.secret) for each in keys)

    def url(self) -> str:
        """Where the server is up; "" where it is not. Nothing is waited for."""
        from greenroom.local.supervisor import background

        running = background.find(self._home, wait=0)
        return running.url if running is not None else ""

    async def inside(self) -> Mapping[str, Sequence[str]]:
        """Who is in which room. Raises ConfigurationError (unavailable, daemon-not-running)."""
        from greenroom.local.supervisor import background

        answer = await asyncio.to_thread(background.ask, self._home, "GET", "/people")
        inside: Mapping[str, Sequence[str]] = answer["rooms"]
        return inside

    async def add(self) -> tuple[ApiKeyPair, ...]:
        """A new key in front. Raises ConfigurationError (rotation-open)."""
        return await self._rotate(finish=False)

    async def finish(self) -> tuple[ApiKeyPair, ...]:
        """The newest key alone. Raises ConfigurationError (rotation-not-open)."""
        return await self._rotate(finish=True)

    async def _rotate(self, *, finish: bool) -> tuple[ApiKeyPair, ...]:
        from greenroom.local.supervisor import background

        await asyncio.to_thread(background.rotate, self._home, finish=finish)
        return self.pairs()
