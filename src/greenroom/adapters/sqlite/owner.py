"""Which process a plan belongs to, and whether that process still runs."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

ENDED_STATES = frozenset("ZX")
"""A zombie (proc(5), stat field 3) has ended: only its parent has not asked how."""


def started(pid: int) -> str:
    """When a running process began, in clock ticks since boot (proc(5), stat field 22); "" where none runs."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # The name of the program stands in parentheses and may hold spaces and parentheses itself.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in ENDED_STATES else fields[19]


def boot_id() -> str:
    """Which boot of the machine this is; "" where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


@lru_cache(maxsize=1)
def name_of(pid: int) -> str:
    """``pid/start/boot``: a name for a running process that no later one can have."""
    return f"{pid}/{started(pid)}/{boot_id()}"


def this_process() -> str:
    """The name of this process; after a fork another one."""
    return name_of(os.getpid())


def alive(owner: str) -> bool:
    """Whether the process of that name still runs.

    Processes in containers that share a home folder and not their process list look dead to each other.
    """
    pid, start, boot = [*owner.split("/"), "", ""][:3]
    if not pid.isdecimal() or boot != boot_id():
        return False
    if start:
        return started(int(pid)) == start
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
