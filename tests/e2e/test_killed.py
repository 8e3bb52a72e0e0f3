"""SIGKILL at every journal boundary of a three-step plan, and what the next start says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles import MemoryRooms, a_crew

DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from greenroom.adapters.sqlite.together import TogetherJournal
from greenroom.domain.plan import Call
from tests.doubles import MemoryRooms, a_crew
from tests.hub.test_pipeline import Scripted

home, method, nth, when = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
calls = 0
original = getattr(TogetherJournal, method)

async def dying(*arguments, **named):
    global calls
    calls += 1
    if calls == nth and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    await original(*arguments, **named)
    if calls == nth and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)

setattr(TogetherJournal, method, dying)
create = lambda name: Call(capability="room.create", arguments={"name": name})

async def main():
    async with a_crew(home, MemoryRooms(), planner=Scripted(create("a"), create("b"), create("c"))) as crew:
        await crew.ask("three rooms")

asyncio.run(main())
"""
DONE, UNKNOWN, NOT_BEGUN = "was done", "is of unknown effect", "was not begun"
BOUNDARIES = [
    ("begin", 1, "before", None),
    ("begin", 1, "after", (UNKNOWN, NOT_BEGUN, NOT_BEGUN)),
    ("record", 1, "before", (UNKNOWN, NOT_BEGUN, NOT_BEGUN)),
    ("record", 1, "after", (DONE, NOT_BEGUN, NOT_BEGUN)),
    ("intend", 1, "before", (DONE, NOT_BEGUN, NOT_BEGUN)),
    ("intend", 1, "after", (DONE, UNKNOWN, NOT_BEGUN)),
    ("record", 2, "after", (DONE, DONE, NOT_BEGUN)),
    ("intend", 2, "after", (DONE, DONE, UNKNOWN)),
    ("finish", 1, "before", (DONE, DONE, UNKNOWN)),
    ("finish", 1, "after", None),
]


@pytest.mark.parametrize(("method", "nth", "when", "says"), BOUNDARIES)
async def test_the_next_start_says_what_was_done_what_is_unknown_and_what_is_left(
    tmp_path: Path, method: str, nth: int, when: str, says: tuple[str, ...] | None
) -> None:
    root = Path(__file__).parent.parent.parent
    died = subprocess.run(  # noqa: ASYNC221 - nothing else runs now
        [sys.executable, "-c", DYING, str(tmp_path), method, str(nth), when],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr
    async with a_crew(tmp_path, MemoryRooms()) as crew:
        outcome = await crew.call("room.list")
        if says is None:
            assert not outcome.warnings
        else:
            (warning,) = outcome.warnings
            assert "three rooms" in warning
            assert [part.split(" ", 1)[1] for part in warning.split(" — ")[1].split("; ")] == list(
                says
            )
            (entry,) = (await crew.call("coordinator.journal")).value.entries
            assert entry.status == "failed"
    async with a_crew(tmp_path, MemoryRooms()) as crew:
        assert not (await crew.call("room.list")).warnings


def test_one_approval_used_by_many_processes_at_once_runs_once(tmp_path: Path) -> None:
    code = """
import asyncio, sys
from pathlib import Path
from tests.doubles import MemoryRooms, a_crew

async def main():
    async with a_crew(Path(sys.argv[1]), MemoryRooms({"lobby": []})) as crew:
        if len(sys.argv) < 3:
            print((await crew.call("room.delete", room="lobby")).approval.id)
        else:
            print((await crew.approve(sys.argv[2])).status)

asyncio.run(main())
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    asked = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    approval = asked.stdout.strip()
    many = [
        subprocess.Popen([*command, approval], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert sorted(process.communicate()[0].strip() for process in many) == [
        "done",
        "failed",
        "failed",
        "failed",
    ]
