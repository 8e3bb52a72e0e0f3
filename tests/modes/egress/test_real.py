"""A crew on a real livekit-server, Greenroom's recorder and nginx with RTMP: from a room to a streaming server and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from greenroom.crew import Greenroom
from tests.local.recorder import rtmp
from tests.local.recorder.conftest import Studio, eventually, room, studio
from tests.local.recorder.media import facts
from tests.modes.egress.conftest import everything_kept, shown

__all__ = ["room", "studio"]
pytestmark = pytest.mark.timeout(90)
KEY, OTHER = "first-key-nobody-may-see", "other-key-nobody-may-see"
SMALL = {"resolution": "320x180", "frame_rate": 15}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[rtmp.Sink]:
    rtmp.require()
    with rtmp.nginx(tmp_path / "nginx") as running:
        yield running


@pytest_asyncio.fixture
async def crew(studio: Studio, tmp_path: Path) -> AsyncIterator[Greenroom]:
    """Its server is real, and so is its recorder."""
    async with studio.crew(tmp_path / "home") as crew:
        yield crew


def remembered(tmp_path: Path) -> str:
    """All that the crew keeps, but for the keys that it keeps on purpose."""
    return everything_kept(tmp_path / "home") + everything_kept(tmp_path / "user")


async def test_a_room_goes_to_one_server_then_to_two_then_to_one_then_to_none(
    crew: Greenroom, studio: Studio, sink: rtmp.Sink, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60, tone=440)
    address = sink.url("")[:-1]
    await crew.call("egress.define_destination", name="main", url=address, key=KEY)
    started = await crew.call(
        "egress.start_stream", room=studio.room, destination="main", layout="grid", **SMALL
    )
    assert started.status == "done", started.message
    await eventually(lambda: sink.files(KEY))
    egress_id = started.value.egress_id

    call = {"egress": studio.room, "url": sink.url(OTHER)}
    added = await crew.call("egress.add_stream", **call)
    assert added.status == "done", added.message
    await eventually(lambda: sink.files(OTHER))
    told = await crew.call("egress.show", egress=studio.room)
    assert told.message.count("is active") == 3, told.message

    changed = await crew.call("egress.update_layout", egress=studio.room, layout="speaker")
    assert changed.status == "done", changed.message

    listed = (await crew.call("egress.list", active=True, room=studio.room)).unwrap().egresses
    (there,) = [r.location for r in listed[0].results if "oth" in r.location]
    removed = await crew.call("egress.remove_stream", egress=egress_id, url=there, approve=True)
    assert removed.status == "done", removed.message
    await asyncio.sleep(1)
    ended = await crew.call("egress.stop", egress=studio.room, approve=True)
    assert ended.status == "done", ended.message
    assert (await crew.call("egress.list", active=True)).unwrap().egresses == ()

    (film,) = sink.files(KEY)
    assert facts(film)["video"] == "h264"
    envelopes = [started, added, told, changed, removed, ended]
    secrets = "".join(map(shown, envelopes)) + remembered(tmp_path)
    assert KEY not in secrets and OTHER not in secrets


async def test_a_server_that_refuses_is_told_with_why_and_without_the_key(
    crew: Greenroom, studio: Studio, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    failed = await crew.call(
        "egress.start_stream", room=studio.room, url=f"rtmp://127.0.0.1:1/live/{KEY}", **SMALL
    )
    assert failed.status == "failed", failed.message
    assert failed.error is not None and failed.error.code == "not-as-asked"
    assert KEY not in shown(failed) + remembered(tmp_path)
    assert (await crew.call("egress.list", active=True)).unwrap().egresses == ()


async def test_an_export_hls_and_pictures_are_there_when_they_end(
    crew: Greenroom, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    call = {"room": studio.room}
    file = await crew.call("egress.export_file", resolution="320x180", **call)
    hls = await crew.call("egress.start_hls", resolution="320x180", segment_duration=1, **call)
    pictures = await crew.call("egress.take_snapshots", interval=1, **call)
    for made in (file, hls, pictures):
        assert made.status == "done", made.message
    await asyncio.sleep(3)
    for made in (file, hls, pictures):
        ended = await crew.call("egress.stop", egress=made.value.egress_id, approve=True)
        assert ended.status == "done", ended.message
        (result,) = ended.value.results
        if result.kind != "images":
            assert facts(Path(result.location))["video"] == "h264"
    assert len(list(studio.folder.rglob("*.ts"))) >= 2
    assert len(list(studio.folder.rglob("*.jpeg"))) >= 2


async def test_one_track_is_exported_by_its_source(crew: Greenroom, studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    made = await crew.call(
        "egress.export_track", room=studio.room, identity="anna", source="microphone"
    )
    assert made.status == "done", made.message
    await asyncio.sleep(2)
    ended = await crew.call("egress.stop", egress=made.value.egress_id, approve=True)
    assert ended.status == "done", ended.message
    (result,) = ended.value.results
    assert Path(result.location).stat().st_size > 0
