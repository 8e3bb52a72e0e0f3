"""A recording's process, as the service sees it: commands in, events out. See ``worker.__main__``."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from greenroom.local.processes import Process
from greenroom.local.recorder.spare import Spare

STOP_SECONDS = 120.0
"""A long recording is written again at its end; a process that takes longer than this hangs."""
Heard = Callable[[dict[str, Any]], None]
log = logging.getLogger("greenroom.recorder")


class Running:
    """One process. ``heard`` is told each event but the last, ``ended``: ``listen`` gives that."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._child: asyncio.subprocess.Process | None = None
        self._ended: dict[str, Any] | None = None

    async def start(self, given: dict[str, Any], spare: Spare) -> Process:
        """``given``: url, token, plan, will and log. Raises OSError."""
        self._child = await spare.take()
        self.tell(given)
        return Process.of(self._child.pid)

    def tell(self, command: dict[str, Any]) -> None:
        """Send a line; a process that has gone is past being told."""
        if self._child is not None and self._child.stdin is not None:
            with suppress(OSError, RuntimeError):
                self._child.stdin.write(f"{json.dumps(command)}\n".encode())

    async def listen(self) -> dict[str, Any] | None:
        """Hear it to its end: its ``ended``; None when it did not end in order."""
        child = self._child
        if child is None or child.stdout is None:
            return None
        while line := await child.stdout.readline():
            try:
                event = json.loads(line)
            except ValueError:
                log.warning("a recording said %r", line[:200])
                continue
            if event["event"] == "ended":
                self._ended = event
            else:
                self._heard(event)
        await child.wait()
        return self._ended

    async def kill_when_it_hangs(self) -> None:
        """After a stop."""
        if self._child is None:
            return
        try:
            await asyncio.wait_for(self._child.wait(), STOP_SECONDS)
        except TimeoutError:
            log.error("a recording did not end %d s after it was stopped", STOP_SECONDS)  # noqa: TRY400 - no trace is of use
            self.kill()

    def kill(self) -> None:
        """At once."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                self._child.kill()
