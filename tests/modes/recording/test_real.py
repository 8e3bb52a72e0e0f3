"""Recording from end to end: a real livekit-server, Greenroom's recorder, somebody who publishes, and the file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest
import pytest_asyncio

from greenroom.crew import Greenroom
from tests.local.recorder.conftest import Studio, eventually, room, studio
from tests.local.recorder.test_webhooks import Receiver, receiver, story

__all__ = ["receiver", "room", "studio"]
pytestmark = pytest.mark.timeout(90)


@pytest_asyncio.fixture
async def crew(studio: Studio, tmp_path: Path) -> AsyncIterator[Greenroom]:
    """Its server is real, and so is its recorder."""
    async with studio.crew(tmp_path / "home") as crew:
        yield crew


async def test_a_room_made_to_be_recorded_is_recorded_from_its_first_participant_on_and_told_about(
    crew: Greenroom, studio: Studio, receiver: Receiver
) -> None:
    await crew.call("egress.notify", url=receiver.url)
    made = await crew.call("room.create", name=studio.room, recording=True)
    assert made.message.endswith("It is recorded once somebody is in it."), made.message
    (waits,) = (await crew.call("recording.list", room=studio.room)).value.egresses
    assert (waits.status, waits.service) == ("starting", "greenroom")
    await studio.person("anna", shade=60, tone=440)
    await studio.active(waits.egress_id)
    await asyncio.sleep(1.5)
    stopped = await crew.call("recording.stop", recording=studio.room, approve=True)
    assert (stopped.value.egress_id, stopped.value.status) == (waits.egress_id, "complete")
    with av.open(stopped.value.results[0].location) as file:
        assert sum(1 for _ in file.decode(video=0)) > 10
    await eventually(lambda: story(receiver.names()) == ["egress_started", "egress_ended"])


async def test_a_room_is_recorded_paused_shown_and_ended_into_a_file_that_plays(
    crew: Greenroom, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    started = await crew.call("recording.start", room=studio.room, resolution="320x180")
    assert started.status == "done", started.message
    assert (started.value.status, started.value.service) == ("active", "greenroom")
    made = started.value.egress_id

    listed = await crew.call("recording.list", active=True)
    assert made in [info.egress_id for info in listed.value.egresses]
    layout = await crew.call("recording.set_layout", recording=studio.room, layout="speaker-light")
    assert layout.status == "done", layout.message
    await asyncio.sleep(1.5)
    paused = await crew.call("recording.pause", recording=studio.room)
    assert paused.status == "done", paused.message
    shown = await crew.call("recording.show", recording=studio.room)
    assert shown.value.figures["paused"] is True
    assert "is paused" in shown.message
    resumed = await crew.call("recording.resume", recording=made)
    assert resumed.status == "done", resumed.message
    await asyncio.sleep(1)

    waiting = await crew.call("recording.stop", recording=studio.room)
    assert waiting.approval is not None
    assert made in waiting.message
    done = await crew.approve(waiting.approval.id)
    assert done.status == "done", done.message
    (file,) = done.value.results
    assert (done.value.status, file.size) == ("complete", Path(file.location).stat().st_size)
    assert file.location in done.message
    with av.open(file.location) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height, audio.codec.name) == (320, 180, "aac")
        assert sum(1 for _ in container.decode(video)) > 20
    again = await crew.call("recording.stop", recording=made, approve=True)
    assert again.error is not None
    assert again.error.code == "failed-precondition"
    assert file.location in again.error.hint


async def test_a_recording_that_was_started_is_ended_by_undo_after_a_yes(
    crew: Greenroom, studio: Studio
) -> None:
    await studio.person("anna", tone=440)
    started = await crew.call("recording.start", room=studio.room, identity="anna", format="mp3")
    assert started.status == "done", started.message
    waiting = await crew.call("coordinator.undo")
    assert waiting.approval is not None
    await crew.approve(waiting.approval.id)
    shown = await crew.call("recording.show", recording=studio.room)
    assert shown.value.egress.status == "complete", shown.message
    with av.open(shown.value.egress.results[0].location) as container:
        assert [stream.codec.name for stream in container.streams] == ["mp3float"]
