"""In the sandbox nothing is recorded or streamed, and nobody is told otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from greenroom.crew import Greenroom
from greenroom.local.sandbox import Sandbox

KEY, SECRET = "APIfirst", "first-secret-first-secret-first-secret"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox.start(keys={KEY: SECRET}) as sandbox:
        yield sandbox


@pytest.fixture
async def crew(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Greenroom]:
    async with Greenroom(url=sandbox.url, api_key=KEY, api_secret=SECRET, home=tmp_path) as crew:
        yield crew


async def test_a_room_made_to_be_recorded_is_not_promised_a_recording(crew: Greenroom) -> None:
    made = await crew.call("room.create", name="stage", recording=True)
    assert made.message == "Room stage created. It is not recorded: the sandbox records no media."
    assert made.value.recording is False


async def test_what_begins_and_ends_says_that_there_is_no_media(
    crew: Greenroom, sandbox: Sandbox
) -> None:
    sandbox.world.join("stage", "anna")
    recorded = await crew.call("recording.start", room="stage")
    exported = await crew.call("egress.export_file", room="stage")
    url = "rtmp://127.0.0.1/app/a-key"
    streamed = await crew.call("egress.start_stream", room="stage", url=url)
    for outcome in (recorded, exported, streamed):
        assert outcome.status == "done", outcome.message
        assert outcome.message.endswith(" Sandbox: no media is recorded.")
    shown = await crew.call("egress.show", egress=exported.value.egress_id)
    assert " Sandbox: no media is recorded." in shown.message
    ended = await crew.call("recording.stop", recording=recorded.value.egress_id, approve=True)
    assert ended.message.endswith(" is finished. Sandbox: no media was recorded.")
    for begun in (exported, streamed):
        stopped = await crew.call("egress.stop", egress=begun.value.egress_id, approve=True)
        assert stopped.message.endswith(" s. Sandbox: no media was recorded.")
