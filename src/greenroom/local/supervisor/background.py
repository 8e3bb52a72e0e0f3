"""What other processes do with the supervisor: find it, start it in the background, talk to it, stop it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenroom.domain.errors import CODES, ConfigurationError
from greenroom.local.files import not_writable, private_folder
from greenroom.local.keys import ApiKey, KeyFile
from greenroom.local.processes import Process
from greenroom.local.supervisor.folder import RunFolder
from greenroom.local.supervisor.options import BACKGROUND, Options
from greenroom.local.wire import call

START_SECONDS = 30.0
STOP_SECONDS = 20.0
HANGS_SECONDS = 3.0
ANSWER_SECONDS = 60.0
"""For a restart of the server within a request."""


@dataclass(frozen=True, slots=True)
class Running:
    """A local server that is up."""

    shape: Mapping[str, Any]
    """As in daemon.json."""
    key: ApiKey = field(repr=False)

    @property
    def url(self) -> str:
        """ws://…"""
        return str(self.shape["url"])

    @property
    def is_sandbox(self) -> bool:
        """Whether it has no media."""
        return self.shape.get("server") == "sandbox"


def find(home: Path, *, wait: float = START_SECONDS) -> Running | None:
    """The local server of this home, if it is up; while it starts, it is waited for. Raises ConfigurationError."""
    folder = RunFolder(home)
    deadline = time.monotonic() + wait
    while folder.is_held():
        shape = folder.read()
        # A file of an earlier run may still be there while the new one takes over.
        ours = Process.read(shape)
        if shape.get("state") in {"up", "waiting"} and ours is not None and ours.lives():
            keys = KeyFile(home).read()
            if keys:
                return Running(shape, keys[0])
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return None


def touch(home: Path) -> None:
    """Say that the local server is being used."""
    RunFolder(home).touch()


def start(options: Options) -> tuple[Running, bool]:
    """Start one in the background, wait until it is healthy; with False, one was up already. Raises ConfigurationError."""
    folder = RunFolder(options.home)
    private_folder(options.home)
    private_folder(folder.path)
    if (running := _answering(options.home)) is not None:
        return running, False
    told = _spawn(options, folder)
    if "up" not in told:
        error = told.get("error", {})
        if error.get("code") == "already-running" and (running := _answering(options.home)):
            return running, False
        raise _from_error(error, folder)
    running = find(options.home)
    if running is None:
        raise _from_error({}, folder)
    return running, True


def _answering(home: Path) -> Running | None:
    """Found, and well enough to answer: one that was just killed is still found for a moment. Raises ConfigurationError."""
    folder = RunFolder(home)
    deadline = time.monotonic() + HANGS_SECONDS
    while (running := find(home)) is not None:
        try:
            call(str(folder.socket), "GET", "/status", timeout=HANGS_SECONDS)
        except (OSError, ValueError) as error:
            if time.monotonic() > deadline:
                raise _hangs(running.shape) from error
            time.sleep(0.05)
        else:
            return running
    return None


def _hangs(shape: Mapping[str, Any]) -> ConfigurationError:
    msg = f"The supervisor (process {shape.get('pid', 'unknown')}) gives no answer."
    hint = "Stop it with greenroom down, then start it again."
    return ConfigurationError(msg, code="supervisor-failed", hint=hint)


def _spawn(options: Options, folder: RunFolder) -> Mapping[str, Any]:
    """Start the process and read its line."""
    import subprocess

    command = [
        sys.executable,
        "-m",
        "greenroom.local.supervisor",
        BACKGROUND,
        *options.as_arguments(),
    ]
    try:
        opened = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise not_writable(folder.log, error) from error
    with os.fdopen(opened, "ab") as log:
        # The process that is started here ends at once; the supervisor is its child, and writes the line.
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, check=False
        )
    try:
        shape = json.loads(done.stdout)
    except ValueError:
        return {}
    return shape if isinstance(shape, dict) else {}


def _from_error(error: Mapping[str, Any], folder: RunFolder) -> ConfigurationError:
    if error.get("code") in CODES:
        return ConfigurationError(
            str(error.get("message")), code=error["code"], hint=str(error.get("hint", ""))
        )
    msg = "The local server ended before it was up."
    hint = f"Its log is {folder.log}."
    return ConfigurationError(msg, code="supervisor-failed", hint=hint)


def ask(home: Path, method: str, path: str) -> Mapping[str, Any]:
    """A command to the supervisor. Raises ConfigurationError (daemon-not-running, supervisor-failed, or what it says)."""
    folder = RunFolder(home)
    seconds = HANGS_SECONDS if path in {"/status", "/recordings"} else ANSWER_SECONDS
    try:
        status, answer = call(str(folder.socket), method, path, timeout=seconds)
    except (OSError, ValueError) as error:
        if folder.is_held():
            raise _hangs(folder.read()) from error
        msg = "No local server is up."
        hint = "Start it: greenroom up"
        raise ConfigurationError(msg, code="daemon-not-running", hint=hint) from error
    if status != 200 or not isinstance(answer, dict):
        raise _from_error(answer.get("error", {}) if isinstance(answer, dict) else {}, folder)
    return answer


def stop(home: Path) -> bool:
    """Stop it, and end what an earlier one left behind; False when nothing was there. Raises ConfigurationError.

    Recordings are finished first, however long that takes: as long as the supervisor answers, it is waited for.
    """
    folder = RunFolder(home)
    known = folder.processes()
    if not folder.is_held():
        return _end_leftovers(folder, known)
    try:
        call(str(folder.socket), "POST", "/stop", timeout=3.0)
    except (OSError, ValueError):
        if known:
            known[0].signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while folder.is_held():
        if time.monotonic() > deadline:
            if not _is_finishing(folder):
                return _force(folder, known)
            deadline = time.monotonic() + STOP_SECONDS
        time.sleep(0.02)
    while known and known[0].lives() and time.monotonic() < deadline:
        time.sleep(0.02)
    return True


def _is_finishing(folder: RunFolder) -> bool:
    try:
        _, shape = call(str(folder.socket), "GET", "/status", timeout=HANGS_SECONDS)
    except (OSError, ValueError):
        return False
    return isinstance(shape, dict) and shape.get("state") == "stopping"


def _force(folder: RunFolder, known: list[Process]) -> bool:
    """It hangs: end it and its children the hard way."""
    if known:
        known[0].signal(signal.SIGKILL)
    _end_leftovers(folder, known)
    deadline = time.monotonic() + 2.0
    while folder.is_held() and time.monotonic() < deadline:
        time.sleep(0.02)
    if folder.is_held():
        number = known[0].pid if known else "unknown"
        msg = f"The supervisor (process {number}) does not stop."
        raise ConfigurationError(msg, code="supervisor-failed", hint="End that process by hand.")
    return True


def _end_leftovers(folder: RunFolder, known: list[Process]) -> bool:
    left = [each for each in known if each.lives()]
    for each in left:
        each.end()
    folder.forget()
    return bool(left)


def rotate(home: Path, *, finish: bool) -> Mapping[str, Any]:
    """Add a key or end the old one; the server that is up starts again. Raises ConfigurationError (daemon-not-running).

    Gives ``{"keys": […], "disconnected": {room: [identities]}}``.
    """
    return ask(home, "POST", "/rotate-key/finish" if finish else "/rotate-key")
