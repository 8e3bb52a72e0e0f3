"""A crew on rooms in memory whose project is a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.doubles import FakeClock, a_crew


class MovingClock(FakeClock):
    """A millisecond between any two looks at it: what comes later is later in the journal, too."""

    def now(self) -> float:
        self.time += 0.001
        return self.time


@pytest.fixture
def clock() -> FakeClock:
    return MovingClock()


@pytest.fixture
async def crew(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Greenroom]:
    (tmp_path / ".ruru").mkdir()
    async with a_crew(tmp_path, clock=clock) as crew:
        yield crew
