"""The process that waits for something to record: there is one, it is used once, and it goes with the recorder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest_asyncio

from greenroom.local.recorder.spare import Spare
from tests.local.recorder.conftest import Studio, eventually, spare_and_workers, workers


@pytest_asyncio.fixture
async def spare() -> AsyncIterator[Spare]:
    made = Spare()
    yield made
    await made.close()
    assert spare_and_workers() == []


async def the_one() -> psutil.Process:
    """The process that waits."""

    def found() -> psutil.Process | None:
        processes = spare_and_workers()
        return processes[0] if len(processes) == 1 else None

    return await eventually(found)


async def ended(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()
    assert await process.wait() == 0


async def test_it_is_made_once_and_given_once(spare: Spare) -> None:
    spare.make()
    spare.make()
    there = await the_one()
    first = await spare.take()
    assert first.pid == there.pid
    second = await spare.take()
    assert second.pid != first.pid
    await asyncio.gather(ended(first), ended(second))


async def test_one_that_has_died_is_not_given(spare: Spare) -> None:
    spare.make()
    dead = await the_one()
    dead.kill()
    await eventually(lambda: not psutil.pid_exists(dead.pid))
    # Whoever waited for it is told in the next round of the loop.
    await asyncio.sleep(0.05)
    given = await spare.take()
    assert given.pid != dead.pid
    await ended(given)


async def test_none_is_made_after_the_end(spare: Spare) -> None:
    await spare.close()
    spare.make()
    assert spare_and_workers() == []


async def test_a_recording_takes_it_and_another_one_waits_when_nothing_is_recorded(
    studio: Studio,
) -> None:
    waiting = await the_one()
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    assert [each.pid for each in workers()] == [waiting.pid]
    await studio.finish(info.egress_id)
    assert (await the_one()).pid != waiting.pid
    assert (studio.state / f"{info.egress_id}.log").exists()
