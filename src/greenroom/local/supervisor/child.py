"""A program that the supervisor runs: started, watched, started again, stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from greenroom.domain.errors import ConfigurationError
from greenroom.local.livekit_server import INSIST_SECONDS, own_environment
from greenroom.local.processes import Process, dying_with_parent
from greenroom.local.wire import call

START_SECONDS = 20.0
STOP_SECONDS = 5.0
LOOK_SECONDS = 5.0
MISSES = 3
"""Looks in a row without an answer, after which a child counts as hung."""
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
CALM_SECONDS = 60.0
"""A child that lived so long begins again at the first pause."""
LARGEST_LOG = 5 * 2**20
log = logging.getLogger("greenroom.supervisor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and where it answers ``GET /`` when it is well."""

    name: str
    command: Sequence[str]
    address: tuple[str, int]
    log: Path
    error_code: str
    finishes: bool = False
    """Whether it has work to finish after SIGTERM: it may take its time then, as long as it answers."""


class Child:
    """``program`` is asked for at each start, so that a restart takes new settings; ``changed`` is told of each change."""

    def __init__(self, program: Callable[[], Program], changed: Callable[[], None]) -> None:
        self._program = program
        self._changed = changed
        self._current: Program | None = None
        self._running: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self.process: Process | None = None
        self.state = "stopped"
        self.restarts = 0
        self.since = 0.0
        self.name = ""

    async def start(self) -> None:
        """Return when it answers; from then on it is watched. Raises ConfigurationError when it does not come up."""
        await self._launch()
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Return when it is gone."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        if self._running is not None:
            self._become("stopping")
        await self._end()
        self._become("stopped")

    async def restart(self) -> None:
        """Stop and start, with the settings of now. Raises ConfigurationError."""
        await self.stop()
        await self.start()

    def as_dict(self) -> dict[str, Any]:
        """For daemon.json and for status."""
        identity = self.process.as_dict() if self.process else {}
        return {
            "name": self.name,
            **identity,
            "state": self.state,
            "since": self.since,
            "restarts": self.restarts,
        }

    def _become(self, state: str) -> None:
        self.state = state
        if state in {"up", "stopped"}:
            self.since = time.time()
        self._changed()

    async def _launch(self) -> None:
        program = self._current = self._program()
        self.name = program.name
        _keep_short(program.log)
        with program.log.open("ab") as output:
            program.log.chmod(0o600)
            self._running = await asyncio.create_subprocess_exec(
                *program.command,
                env=own_environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=dying_with_parent(_last_signal(program)),
            )
        self.process = Process.of(self._running.pid)
        self._become("starting")
        try:
            await self._wait_until_up(program)
        except BaseException:
            await self._end()
            raise
        self._become("up")

    async def _wait_until_up(self, program: Program) -> None:
        running = self._running
        end = time.monotonic() + START_SECONDS
        while running is not None and running.returncode is None and time.monotonic() < end:
            if await _answers(program, 1.0):
                return
            await asyncio.sleep(0.03)
        said = program.log.read_bytes()[-4096:].decode("utf-8", "replace").strip().splitlines()
        msg = f"{program.name} did not start: {said[-1][:300] if said else 'it said nothing'}"
        hint = f"Its log is {program.log}."
        raise ConfigurationError(msg, code=program.error_code, hint=hint)

    async def _watch(self) -> None:
        """Until it is cancelled: wait for the end or for silence, pause, start again."""
        failures = 0
        while True:
            begun = time.monotonic()
            if self.state == "up":
                await self._until_it_fails()
            await self._end()
            if time.monotonic() - begun > CALM_SECONDS:
                failures = 0
            pause = BACKOFF[min(failures, len(BACKOFF) - 1)]
            failures += 1
            self.restarts += 1
            self._become("waiting")
            log.warning("%s is started again in %.1f s", self.name, pause)
            await asyncio.sleep(pause)
            try:
                await self._launch()
            except ConfigurationError as error:
                log.warning("%s %s", error.message, error.hint)
            except OSError as error:
                log.warning("%s could not be started: %s", self.name, error)
            else:
                log.info("%s is up again, process %s", self.name, self._pid())

    async def _until_it_fails(self) -> None:
        program, running, misses = self._current, self._running, 0
        while program is not None and running is not None and misses < MISSES:
            try:
                await asyncio.wait_for(running.wait(), LOOK_SECONDS)
            except TimeoutError:
                misses = 0 if await _answers(program, LOOK_SECONDS) else misses + 1
            else:
                log.warning("%s ended: exit code %s", self.name, running.returncode)
                return
        log.warning("%s does not answer any more", self.name)

    async def _end(self) -> None:
        running, program = self._running, self._current
        if running is None or program is None:
            return
        waits = ((signal.SIGTERM, INSIST_SECONDS), (signal.SIGTERM, STOP_SECONDS))
        for number, seconds in (*waits, (signal.SIGKILL, STOP_SECONDS)):
            if number == signal.SIGKILL and program.finishes:
                await self._until_it_fails()
            if running.returncode is not None:
                break
            try:
                running.send_signal(number)
                await asyncio.wait_for(running.wait(), seconds)
            except ProcessLookupError:
                break
            except TimeoutError:
                continue
        self._running = self.process = None

    def _pid(self) -> int | None:
        return self.process.pid if self.process else None


def _last_signal(program: Program) -> int:
    """What it gets when the supervisor is killed: livekit-server outlives a single SIGTERM, and has nothing to lose."""
    return signal.SIGTERM if program.finishes else signal.SIGKILL


async def _answers(program: Program, seconds: float) -> bool:
    """LiveKit: ``GET /`` is its health."""
    try:
        status, _ = await asyncio.to_thread(call, program.address, "GET", "/", timeout=seconds)
    except (OSError, ValueError):
        return False
    return status == 200


def _keep_short(path: Path) -> None:
    """At a start, a long log becomes ``….old``, in place of the one before."""
    try:
        if path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_name(f"{path.name}.old"))
    except FileNotFoundError:
        path.touch(0o600)
