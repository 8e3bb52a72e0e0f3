"""The supervisor itself: lock, leftovers, server, control; and the same backwards."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from greenroom.domain.errors import ConfigurationError
from greenroom.local.keys import KeyFile
from greenroom.local.ports import require_free
from greenroom.local.processes import Process
from greenroom.local.supervisor import backends
from greenroom.local.supervisor.access import Tokens
from greenroom.local.supervisor.child import Child, Program
from greenroom.local.supervisor.control import LOOPBACK, Control
from greenroom.local.supervisor.folder import RunFolder
from greenroom.local.supervisor.options import Options
from greenroom.local.supervisor.people import people_inside
from greenroom.local.supervisor.recorder import RecorderChild

IDLE_LOOK_SECONDS = 15.0
log = logging.getLogger("greenroom.supervisor")


class Supervisor:
    """Runs once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.folder = RunFolder(options.home)
        self.child = Child(self._program, self._write)
        self._keys = KeyFile(options.home)
        self._stopping = asyncio.Event()
        self._since = time.time()
        self._one_change_at_a_time = asyncio.Lock()
        self._binary = backends.choose(options)
        backends.require_webhooks(options)
        # The sandbox answers for egress itself.
        self._recorder = RecorderChild(options, self._write) if self._binary else None
        self._place: backends.Place | None = None
        commands = {
            ("GET", "/status"): ("read", self._status),
            ("GET", "/people"): ("read", self._people),
            ("GET", "/recordings"): ("read", self._recordings),
            ("POST", "/stop"): ("destroy", self._stop),
            ("POST", "/rotate-key"): ("destroy", self._rotate),
            ("POST", "/rotate-key/finish"): ("destroy", self._finish),
        }
        self._control = Control(commands, Tokens(options.home))

    async def run(self, ready: Callable[[Mapping[str, Any]], None]) -> None:
        """Until SIGTERM, SIGINT, ``/stop`` or an idle time. ``ready`` is told when all is up.

        Raises ConfigurationError (already-running, port-taken, home-not-writable, …).
        """
        if not self.folder.take():
            raise already_running(self.folder)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        try:
            await self._up()
            ready(self.as_dict())
            await self._until_told()
        finally:
            await self._down()
            self.folder.release()
            log.info("stopped")

    async def _down(self) -> None:
        """The recorder first: its files need the server no more. Whoever waits may ask to the end how it stands."""
        self._stopping.set()
        async with self._one_change_at_a_time:
            log.info("stopping")
            if self._recorder is not None:
                await self._recorder.stop()
            await self.child.stop()
        await self._control.close()

    async def _up(self) -> None:
        for left in self.folder.processes():
            if left.lives() and left.pid != os.getpid():
                log.warning("process %s was left behind by an earlier run; it is ended", left.pid)
                await asyncio.to_thread(left.end)
        self._place = backends.choose_ports(self.options, media=self._binary is not None)
        if self.options.control_port:
            require_free(LOOPBACK, [(self.options.control_port, "tcp")])
        if self._recorder is not None:
            self._recorder.prepare(self._place, self.options.control_port)
        await self._control.start(self.folder.socket, self.options.control_port, time.time)
        starting = asyncio.create_task(self.child.start())
        told = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({starting, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        await starting
        log.info("%s is up at %s", self.child.name, self._place.url)
        if self._recorder is not None:
            self._recorder.start()

    def _program(self) -> Program:
        place = self._place
        if place is None:
            msg = "the ports are chosen before a program starts"
            raise AssertionError(msg)
        if self._binary is None:
            return backends.sandbox(self.options, place)
        return backends.livekit_server(self._binary, self.options, place)

    async def _until_told(self) -> None:
        idle = self.options.idle
        while not self._stopping.is_set():
            wait = None if idle is None else min(IDLE_LOOK_SECONDS, idle / 4)
            try:
                await asyncio.wait_for(self._stopping.wait(), wait)
            except TimeoutError:
                if idle is not None and await self._is_idle(idle):
                    log.info("unused for %.0f s", idle)
                    return

    async def _is_idle(self, seconds: float) -> bool:
        """No command has used the server for so long, nothing is recorded, and nobody is in a room."""
        try:
            if time.time() - self.folder.used() < seconds:
                return False
            recorded = await self._recorded()
            inside = {} if recorded else await asyncio.to_thread(self._inside)
            if recorded or inside:
                self.folder.touch()
                return False
        except ConfigurationError:
            # What the recorder does is not known: leaving could end a recording. Who watches it starts it again.
            return False
        except (OSError, ValueError):
            # A server that does not answer has nobody inside; who watches it starts it again.
            pass
        return True

    async def _recorded(self) -> list[str]:
        """Rooms that are recorded. Raises ConfigurationError (unavailable)."""
        try:
            return await self._recorder.rooms() if self._recorder else []
        except (OSError, ValueError) as error:
            msg = f"The recorder does not say what it records: {error}."
            raise ConfigurationError(msg, code="unavailable", hint="Try again.") from error

    def _inside(self) -> dict[str, list[str]]:
        return people_inside(self._url, self._keys.read_or_make()[0])

    @property
    def _url(self) -> str:
        return self._place.url if self._place else ""

    def as_dict(self) -> dict[str, Any]:
        """As in daemon.json."""
        port, recorder = self._control.port, self._recorder
        children = [self.child, *([recorder.child] if recorder and recorder.child.name else [])]
        warnings = backends.warnings(self.options, self._place)
        return {
            **Process.of(os.getpid()).as_dict(),
            "version": self.options.version,
            "since": self._since,
            "state": "stopping" if self._stopping.is_set() else self.child.state,
            "server": self.child.name,
            "url": self._url,
            "home": str(self.options.home),
            "socket": str(self.folder.socket),
            "control_url": f"http://{LOOPBACK}:{port}" if port else None,
            "idle_after": self.options.idle,
            "settings": self.options.fingerprint(),
            "recorder": recorder.as_dict() if recorder else None,
            "children": [each.as_dict() for each in children],
            "warnings": [*warnings, *(recorder.warnings if recorder else ())],
        }

    def _write(self) -> None:
        try:
            self.folder.write(self.as_dict())
        except ConfigurationError as error:
            log.warning("%s", error.message)
            if self.child.restarts == 0 and self.child.state == "starting":
                raise

    async def _status(self) -> Mapping[str, Any]:
        return self.as_dict()

    async def _people(self) -> Mapping[str, Any]:
        try:
            return {"rooms": await asyncio.to_thread(self._inside)}
        except (OSError, ValueError) as error:
            msg = f"The local server does not say who is inside: {error}."
            raise ConfigurationError(msg, code="unavailable", hint="Try again.") from error

    async def _recordings(self) -> Mapping[str, Any]:
        return {"rooms": await self._recorded()}

    async def _stop(self) -> Mapping[str, Any]:
        self._stopping.set()
        return self.as_dict()

    async def _rotate(self) -> Mapping[str, Any]:
        return await self._with_keys(self._keys.add)

    async def _finish(self) -> Mapping[str, Any]:
        return await self._with_keys(self._keys.finish)

    async def _with_keys(self, change: Callable[[], object]) -> Mapping[str, Any]:
        """Servers read their keys when they start, so they start again; who was inside is disconnected.

        A recording would end with that, and cannot be taken up again as a person comes back: it is never cut short here.
        """
        async with self._one_change_at_a_time:
            if self._stopping.is_set():
                raise ConfigurationError(
                    "The local server is just being stopped.", code="unavailable"
                )
            if rooms := await self._recorded():
                raise still_recording(rooms)
            try:
                inside = await asyncio.to_thread(self._inside)
            except (OSError, ValueError):
                inside = {}
            change()
            await self.child.restart()
            if self._recorder is not None:
                await self._recorder.restart()
        keys = [each.key for each in self._keys.read()]
        return {"keys": keys, "disconnected": inside}


def still_recording(rooms: Sequence[str]) -> ConfigurationError:
    """Why keys are not rotated now."""
    msg = f"Recordings run or wait ({', '.join(rooms)}): the servers start again for a rotation, which would end them."
    hint = "Stop the recordings first, or wait until they have ended."
    return ConfigurationError(msg, code="still-recording", hint=hint)


def already_running(folder: RunFolder) -> ConfigurationError:
    """What to tell the second one."""
    shape = folder.read()
    where = f" at {shape['url']}" if shape.get("url") else ""
    verb = "is just being stopped" if shape.get("state") == "stopping" else "runs already"
    msg = f"A local server {verb}{where} (process {shape.get('pid', 'unknown')})."
    hint = "Look at it with greenroom status, stop it with greenroom down, or use another --home."
    return ConfigurationError(msg, code="already-running", hint=hint)
