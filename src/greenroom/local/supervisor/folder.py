"""``home/run``: the lock, what is written about the supervisor that lives, and its socket."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from greenroom.domain.errors import ConfigurationError
from greenroom.local.files import not_readable, not_writable, private_folder, write_private
from greenroom.local.processes import Process

LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path: sun_path of unix(7) less its end."""
LOCK_SECONDS = 0.5
"""Others hold the lock for a moment to see whether it is free."""


class RunFolder:
    """Reading needs nothing to be there; ``take`` makes what is missing."""

    def __init__(self, home: Path) -> None:
        self.path = Path(os.path.abspath(home)) / "run"
        self.socket = self.path / "control.sock"
        self.state = self.path / "daemon.json"
        self.lock = self.path / "lock"
        self.log = self.path / "supervisor.log"
        self._held: int | None = None

    def take(self) -> bool:
        """Hold the lock for as long as this process lives; False when another one has it. Raises ConfigurationError."""
        if len(os.fsencode(self.socket)) > LONGEST_SOCKET:
            msg = f"The path of the control socket has more than {LONGEST_SOCKET} bytes: {self.socket}."
            hint = "Choose a home with a shorter path, with --home or GREENROOM_HOME."
            raise ConfigurationError(msg, code="socket-path-too-long", hint=hint)
        private_folder(self.path.parent)
        private_folder(self.path).chmod(0o700)
        try:
            descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise not_writable(self.lock, error) from error
        deadline = time.monotonic() + LOCK_SECONDS
        while not _locked(descriptor):
            if time.monotonic() > deadline:
                os.close(descriptor)
                return False
            time.sleep(0.02)
        self._held = descriptor
        os.utime(descriptor)
        return True

    def release(self) -> None:
        """Let go: what is written about us goes first, so that a free lock never comes with a living state."""
        self.forget()
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def is_held(self) -> bool:
        """Whether a supervisor lives. Raises ConfigurationError for a home that is not ours to look into."""
        try:
            descriptor = os.open(self.lock, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise not_readable(self.lock, error) from error
        try:
            return not _locked(descriptor, shared=True)
        finally:
            os.close(descriptor)

    def read(self) -> Mapping[str, Any]:
        """What was written about a supervisor, living or not; empty for nothing and for nonsense."""
        try:
            shape = json.loads(self.state.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return shape if isinstance(shape, dict) else {}

    def forget(self) -> None:
        """Remove what is written about a supervisor that has ended, as far as that can be: a free lock says it all."""
        for path in (self.state, self.socket):
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def write(self, shape: Mapping[str, Any]) -> None:
        """Say how it stands. Raises ConfigurationError."""
        write_private(self.state, json.dumps(shape, indent=2) + "\n")

    def processes(self) -> list[Process]:
        """The supervisor that was written about, then its children."""
        shape = self.read()
        children = shape.get("children")
        told = [shape, *(children if isinstance(children, list) else [])]
        return [found for found in map(Process.read, told) if found is not None]

    def used(self) -> float:
        """When the local server was last used, by the file system's clock."""
        return self.lock.stat().st_mtime

    def touch(self) -> None:
        """The local server is being used."""
        # Only the idle time depends on it, and that must not stop a request.
        with suppress(OSError):
            os.utime(self.lock)


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
