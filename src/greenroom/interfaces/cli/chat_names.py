"""Names for completion: rooms and people, asked when they are wanted and known for some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from greenroom.crew import Greenroom
from greenroom.domain.outcome import Outcome

KEPT_SECONDS = 5.0
PATIENCE = 1.0
"""Seconds that a completion waits; what comes later is there for the next."""
MOST_ROOMS = 20
"""Rooms that are asked for their people."""


class CompletionNames:
    """Names on the server, as far as they are known. Never raises: completion is only a help."""

    def __init__(self, crew: Greenroom, clock: Callable[[], float] = time.monotonic) -> None:
        self._crew = crew
        self._clock = clock
        self._names: tuple[str, ...] = ()
        self._until = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self.warnings: list[str] = []
        """What the crew said on the way, for somebody to show: it says each thing once."""

    async def all(self) -> tuple[str, ...]:
        """Rooms, then people; what was known before where the server is slow."""
        if self._asking is None and self._clock() >= self._until:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(lambda done: done.cancelled() or done.exception())
        if self._asking is not None:
            await asyncio.wait({self._asking}, timeout=PATIENCE)
        return self._names

    async def close(self) -> None:
        """Stop asking."""
        asking = self._asking
        if asking is not None:
            asking.cancel()
            await asyncio.wait({asking})

    async def _ask(self) -> None:
        try:
            listed = self._heard(await self._crew.call("room.list"))
            rooms = listed.value.rooms if listed.status == "done" else ()
            full = [room.name for room in rooms if room.num_participants][:MOST_ROOMS]
            inside = await asyncio.gather(
                *(self._crew.call("room.list_participants", room=name) for name in full)
            )
            people = [
                participant.identity
                for outcome in map(self._heard, inside)
                if outcome.status == "done"
                for participant in outcome.value.participants
            ]
            names = dict.fromkeys([*(room.name for room in rooms), *people])
            self._names = tuple(name for name in names if name.isprintable())
        finally:
            self._until = self._clock() + KEPT_SECONDS
            self._asking = None

    def _heard(self, outcome: Outcome) -> Outcome:
        self.warnings += outcome.warnings
        return outcome
