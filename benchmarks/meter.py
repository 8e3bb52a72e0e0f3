"""CPU by process, in per cent of one core, and what else the machine does meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

import psutil


@dataclass(frozen=True, slots=True)
class Used:
    """Per cent of one core. ``elsewhere``: by processes that nobody here has begun."""

    recorders: float
    server: float
    people: float
    elsewhere: float


@dataclass(frozen=True, slots=True)
class Meter:
    """Use ``begin``, then ``read``."""

    processes: tuple[tuple[psutil.Process, ...], ...]
    begun: float
    before: tuple[float, ...]

    @classmethod
    def begin(
        cls, recorders: list[psutil.Process], server: psutil.Process, people: psutil.Process
    ) -> Self:
        """From now on. Raises psutil.Error where one is gone."""
        processes = (tuple(recorders), (server,), (people,), (psutil.Process(),))
        return cls(processes, time.monotonic(), _seconds(processes))

    def read(self) -> Used:
        """Until now. Raises psutil.Error where one is gone."""
        passed = time.monotonic() - self.begun
        after = _seconds(self.processes)
        recorders, server, people, here, every = (
            (end - begin) / passed * 100 for begin, end in zip(self.before, after, strict=True)
        )
        return Used(recorders, server, people, max(0.0, every - recorders - server - people - here))


def _seconds(processes: tuple[tuple[psutil.Process, ...], ...]) -> tuple[float, ...]:
    times = [[each.cpu_times() for each in group] for group in processes]
    every = psutil.cpu_times()
    return (
        *(sum(each.user + each.system for each in group) for group in times),
        every.user + every.system + every.nice,
    )
