"""A process that has loaded what recording needs and waits for something to record: loading takes longer than joining.

There is one while nothing is recorded, 75 MB large. It ends when its stdin does.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from greenroom.local.livekit_server import own_environment

LARGEST_LINE = 2**20
MEMORY = {"MALLOC_TRIM_THRESHOLD_": "67108864", "MALLOC_MMAP_THRESHOLD_": "67108864"}
"""glibc keeps what frames leave behind: to ask the kernel for every picture anew doubles what scaling costs."""


async def begin() -> Process:
    """A process that waits for its plan: see ``worker.__main__``. Raises OSError."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "greenroom.local.recorder.worker",
        env={**own_environment(), **MEMORY, "RUST_LOG": "warn"},
        stdin=PIPE,
        stdout=PIPE,
        limit=LARGEST_LINE,
        # Ctrl-C at the service's terminal stops recordings in order, through the service.
        start_new_session=True,
    )


class Spare:
    """One at a time."""

    def __init__(self) -> None:
        self._making: asyncio.Task[Process] | None = None
        self._closed = False

    def make(self) -> None:
        """Begin to make it, unless there is one, or this is closed."""
        if self._making is None and not self._closed:
            self._making = asyncio.create_task(begin())

    async def take(self) -> Process:
        """It, or a new one where it has died. Raises OSError."""
        making, self._making = self._making, None
        if making is not None:
            with suppress(OSError):
                made = await making
                if made.returncode is None:
                    return made
        return await begin()

    async def close(self) -> None:
        """Return when it is gone."""
        self._closed = True
        making, self._making = self._making, None
        if making is None:
            return
        with suppress(OSError):
            made = await making
            # It has nothing to finish, and may still be loading.
            with suppress(ProcessLookupError):
                made.kill()
            await made.wait()
