"""Other processes of this machine: which one it is, what it runs, who listens at a port, ending it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

PROC = Path("/proc")
LISTENS = "0A"
"""TCP_LISTEN in /proc/net/tcp."""
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be confused with a later one of the same number."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process that has this number now."""
        return cls(pid, started(pid))

    @classmethod
    def read(cls, shape: Any) -> Self | None:
        """From ``as_dict``; None for anything else."""
        if not isinstance(shape, dict):
            return None
        pid, began = shape.get("pid"), shape.get("started")
        if isinstance(pid, int) and pid > 1 and isinstance(began, str) and began:
            return cls(pid, began)
        return None

    def as_dict(self) -> dict[str, Any]:
        """For a file that outlives us."""
        return {"pid": self.pid, "started": self.started}

    def lives(self) -> bool:
        """Whether it is still there, and no zombie."""
        return self.started != "" and started(self.pid) == self.started

    def wait(self, seconds: float) -> None:
        """Return when it is gone, or after so long."""
        deadline = time.monotonic() + seconds
        while self.lives() and time.monotonic() < deadline:
            time.sleep(0.02)

    def signal(self, number: int) -> None:
        """Send a signal, unless it is gone."""
        if self.lives():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def end(self, patience: float = 3.0) -> None:
        """SIGTERM, then SIGKILL; returns when it is gone or cannot be ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.signal(number)
            self.wait(patience)


def started(pid: int) -> str:
    """When a process began, so that boots and reused numbers are told apart; empty when there is none."""
    try:
        text = (PROC / str(pid) / "stat").read_text("utf-8", "replace")
        boot = (PROC / "sys/kernel/random/boot_id").read_text("utf-8").strip()
    except OSError:
        return "" if PROC.joinpath("self").exists() else _started_by_ps(pid)
    # The name in brackets may hold anything, so count from its end.
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else f"{boot}/{fields[19]}"


def _started_by_ps(pid: int) -> str:
    """Where there is no /proc."""
    import subprocess

    done = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, began = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else began.strip()


def command_of(pid: int) -> str:
    """What a process runs, in one line; empty where it cannot be seen."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
        name = raw or (PROC / str(pid) / "comm").read_bytes()
    except OSError:
        return ""
    text = name.decode("utf-8", "replace").replace("\0", " ").strip()
    return "".join(c for c in text if c.isprintable())[:120]


def who_listens(port: int, kind: str = "tcp") -> list[int]:
    """Numbers of the processes that have a port of this machine; only those that we may look into."""
    inodes = set(_inodes(port, kind))
    found = []
    for folder in PROC.glob("[0-9]*") if inodes else ():
        try:
            links = {str(entry.readlink()) for entry in (folder / "fd").iterdir()}
        except OSError:
            continue
        if any(f"socket:[{inode}]" in links for inode in inodes):
            found.append(int(folder.name))
    return sorted(found)


def _inodes(port: int, kind: str) -> Iterator[str]:
    for table in (kind, f"{kind}6"):
        try:
            lines = (PROC / "net" / table).read_text("utf-8").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            here = int(fields[1].rpartition(":")[2], 16)
            if here == port and (kind == "udp" or fields[3] == LISTENS):
                yield fields[9]


def dying_with_parent(number: int = signal.SIGKILL) -> Callable[[], None] | None:
    """What a child runs between fork and exec, so that the kernel signals it when its parent dies: prctl(2).

    None where there is no such thing: there the next start ends what was left behind.
    """
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, number)
