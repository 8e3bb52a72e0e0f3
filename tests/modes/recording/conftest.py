"""A crew on rooms and an egress service in memory, whose project is a folder of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from tests.doubles import MemoryRooms, a_crew
from tests.egress_double import MemoryEgress


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms({"lobby": ["dana", "ben"], "stage": ["ana"], "empty": []})


@pytest.fixture
def egress() -> MemoryEgress:
    return MemoryEgress()


@pytest.fixture
async def crew(
    tmp_path: Path, rooms: MemoryRooms, egress: MemoryEgress
) -> AsyncIterator[Greenroom]:
    (tmp_path / ".ruru").mkdir()
    async with a_crew(tmp_path, rooms, egress=egress) as crew:
        yield crew
