"""The recorder that runs beside livekit-server: its program, and how it stands.

The server is up without it. So it starts when the server has, nobody waits for it, and what it lacks is told, not raised.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

from greenroom.domain.errors import ConfigurationError
from greenroom.local.keys import KeyFile
from greenroom.local.livekit_config import reachable
from greenroom.local.ports import HIGHEST, free_ports, require_free
from greenroom.local.recorder.needs import require_media
from greenroom.local.supervisor.backends import Place, key_arguments, webhook_arguments
from greenroom.local.supervisor.child import Child, Program
from greenroom.local.supervisor.options import Options
from greenroom.local.supervisor.people import recorded_rooms

log = logging.getLogger("greenroom.supervisor")


class RecorderChild:
    """One for the life of the supervisor; ``changed`` is told of each change."""

    def __init__(self, options: Options, changed: Callable[[], None]) -> None:
        self.child = Child(self._program, changed)
        self.warnings: list[str] = []
        self._options = options
        self._changed = changed
        self._place: Place | None = None
        self._port = 0
        self._why = ""
        self._starting: asyncio.Task[None] | None = None
        self._over = False

    def prepare(self, place: Place, taken: int | None) -> None:
        """Choose its port: that of the place, else, where somebody has it, a free one. ``taken``: our own control's."""
        self._place, self._port = place, place.recorder
        try:
            require_media()
        except ConfigurationError as error:
            self._why = f"{error.message} {error.hint}"
            return
        try:
            if self._port in {place.port, taken} or self._port > HIGHEST:
                (self._port,) = free_ports(1)
            require_free(place.host, [(self._port, "tcp")])
        except ConfigurationError as error:
            (self._port,) = free_ports(1)
            self.warnings.append(f"{error.message} The recorder listens at port {self._port}.")

    def start(self) -> None:
        """Begin to start it, unless packages are missing."""
        if self._place is not None and not self._why:
            self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        try:
            await self.child.start()
        except ConfigurationError as error:
            self._why = f"{error.message} {error.hint}"
            log.warning("%s", self._why)
        except OSError as error:
            self._why = f"The recorder could not be started: {error.strerror}."
            log.warning("%s", self._why)
        else:
            log.info("the recorder is up at %s", self.url)
        self._changed()

    async def stop(self) -> None:
        """Return when it has finished its files, and is gone."""
        self._over = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self.child.stop()

    async def restart(self) -> None:
        """With the keys of now; returns when it is up, or has said why not."""
        if self._starting is not None:
            await self.stop()
            self._over = False
            self._why = ""
            await self._start()

    async def rooms(self) -> list[str]:
        """The rooms it records, or waits to record. Raises OSError and ValueError when it is up and does not answer."""
        if self.state != "up":
            return []
        key = KeyFile(self._options.home).read_or_make()[0]
        return await asyncio.to_thread(recorded_rooms, self.url, key)

    @property
    def url(self) -> str:
        """http://…; "" where there is none."""
        if self._place is None or self._why:
            return ""
        return f"http://{reachable(self._place.host)}:{self._port}"

    @property
    def state(self) -> str:
        """``missing``, with the reason, else as a child: starting, up, waiting, stopping, stopped."""
        if self._why:
            return "missing"
        return "starting" if self.child.state == "stopped" and not self._over else self.child.state

    def as_dict(self) -> dict[str, Any]:
        """For daemon.json and for status."""
        folder = str(self._options.home / "recordings")
        return {"url": self.url, "state": self.state, "folder": folder, "reason": self._why}

    def _program(self) -> Program:
        place, home = self._place, self._options.home
        if place is None:
            msg = "the ports are chosen before a program starts"
            raise AssertionError(msg)
        command = [sys.executable, "-m", "greenroom.local.recorder", "--url", place.url]
        command += ["--host", place.host, "--port", str(self._port), *key_arguments(self._options)]
        command += ["--folder", str(home / "recordings"), "--state", str(home / "egress")]
        return Program(
            name="recorder",
            command=[*command, *webhook_arguments(self._options)],
            address=(place.address[0], self._port),
            log=home / "server" / "recorder.log",
            error_code="recorder-failed",
            finishes=True,
        )
