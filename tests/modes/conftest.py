"""A crew on rooms and an egress service in memory, whose project is a folder of its own. Folders say what is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.doubles import FakeClock, MemoryRooms, a_crew
from tests.egress_double import MemoryEgress


class MovingClock(FakeClock):
    """A millisecond between any two looks at it: what comes later is later in the journal, too."""

    def now(self) -> float:
        self.time += 0.001
        return self.time


@pytest.fixture
def clock() -> FakeClock:
    return MovingClock()


@pytest.fixture
def rooms() -> MemoryRooms:
    """None is open."""
    return MemoryRooms()


@pytest.fixture
def egress() -> MemoryEgress:
    """Nothing here can record."""
    return MemoryEgress(there=False)


@pytest.fixture
async def crew(
    tmp_path: Path, rooms: MemoryRooms, egress: MemoryEgress, clock: FakeClock
) -> AsyncIterator[Greenroom]:
    (tmp_path / ".ruru").mkdir()
    async with a_crew(tmp_path, rooms, clock, egress=egress) as crew:
        yield crew
