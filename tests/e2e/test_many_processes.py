"""Many processes on one home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles import MemoryRooms, a_crew

WRITER = """
import asyncio, sys
from pathlib import Path
from tests.doubles import MemoryRooms, a_crew

async def main():
    async with a_crew(Path(sys.argv[1]), MemoryRooms()) as crew:
        for number in range(50):
            (await crew.call("room.create", name=f"{sys.argv[2]}-{number}")).unwrap()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_eight_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(n)], env=environ)  # noqa: ASYNC220 - they are the test
        for n in range(8)
    ]
    assert [writer.wait() for writer in writers] == [0] * 8
    async with a_crew(tmp_path, MemoryRooms()) as crew:
        entries = (await crew.call("coordinator.journal", limit=1000)).value.entries
    assert len(entries) == 400
    assert {entry.status for entry in entries} == {"done"}
