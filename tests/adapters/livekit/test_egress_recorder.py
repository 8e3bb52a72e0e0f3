"""The egress adapter against Greenroom's recorder beside a real livekit-server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import av
import pytest
import pytest_asyncio

from greenroom.adapters.clock import SystemClock
from greenroom.adapters.livekit.egress import LiveKitEgress
from greenroom.adapters.livekit.egress_services import EgressServices
from greenroom.adapters.livekit.egress_workers import Workers
from greenroom.crew import Greenroom
from greenroom.domain.egress import (
    EgressInfo,
    EgressOutput,
    EgressRequest,
    EgressResult,
    EgressSource,
    Encoding,
)
from greenroom.domain.errors import ConfigurationError, GreenroomError, PreconditionFailed
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.egress_settings import Chosen
from tests.local.recorder import rtmp
from tests.local.recorder.conftest import Studio, eventually, room, studio

__all__ = ["room", "studio"]
SMALL = Encoding(width=320, height=180, frame_rate=15)


@pytest_asyncio.fixture
async def egress(studio: Studio, make_rooms: MakeRooms) -> AsyncIterator[LiveKitEgress]:
    """No setting says anything: the server has no Egress service, its recorder is found."""
    server, clock = studio.server, SystemClock()
    rooms = make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=clock)
    services = EgressServices(rooms, Chosen(), lambda: studio.recorder.url, clock)
    yield LiveKitEgress(services, clock, Workers(clock))
    await services.close()


def of_room(studio: Studio, *outputs: EgressOutput, **source: object) -> EgressRequest:
    return EgressRequest(
        room=studio.room,
        source=EgressSource(kind="room", **source),  # type: ignore[arg-type]
        outputs=outputs,
        encoding=SMALL,
    )


async def until(egress: LiveKitEgress, egress_id: str, *statuses: str) -> EgressInfo:
    async with asyncio.timeout(20):
        while True:
            (one,) = await egress.list_egress(egress_id=egress_id)
            if one.status in statuses:
                return one
            assert one.is_active, one
            await asyncio.sleep(0.05)


async def test_a_room_is_recorded_into_a_file_that_plays(
    egress: LiveKitEgress, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    started = await egress.start(
        of_room(studio, EgressOutput(kind="file", format="mp4", path="{room_name}"), layout="grid")
    )
    assert (started.room, started.source, started.layout) == (studio.room, "room", "grid")
    assert (started.service, started.is_active) == ("greenroom", True)
    await until(egress, started.egress_id, "active")
    await asyncio.sleep(1)
    await egress.stop(started.egress_id)
    ended = await until(egress, started.egress_id, "complete")
    (result,) = ended.results
    assert Path(result.location).name == f"{studio.room}.mp4"
    assert result.size == Path(result.location).stat().st_size
    assert result.duration == pytest.approx(ended.ended_at - ended.started_at, abs=0.5)
    assert await egress.list_egress(studio.room, active=True) == ()


async def figures_say(egress: LiveKitEgress, egress_id: str, *, paused: bool) -> Mapping[str, Any]:
    """Wait for it; they come twice a second."""
    async with asyncio.timeout(10):
        while True:
            figures = await egress.figures(egress_id)
            if figures.get("paused") is paused:
                return figures
            await asyncio.sleep(0.05)


async def stream_ended(egress: LiveKitEgress, egress_id: str) -> EgressResult:
    """Wait until one destination is given up; the others go on."""
    async with asyncio.timeout(10):
        while True:
            (now,) = await egress.list_egress(egress_id=egress_id)
            for result in now.results:
                if result.status != "active":
                    return result
            await asyncio.sleep(0.1)


async def recorded(egress: LiveKitEgress, request: EgressRequest, seconds: float = 1) -> EgressInfo:
    """Start, record, stop; the info of the end."""
    started = await egress.start(request)
    await until(egress, started.egress_id, "active")
    await asyncio.sleep(seconds)
    await egress.stop(started.egress_id)
    return await until(egress, started.egress_id, "complete")


FORMATS = {
    "webm": ("webm", {}, {"video": "vp8", "audio": "opus"}),
    "ogg": ("ogg", {"audio_only": True}, {"audio": "opus"}),
    "mp3": ("mp3", {"audio_only": True}, {"audio": "mp3"}),
    "mp4 of video": ("mp4", {"video_only": True}, {"video": "h264"}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("form", "source", "codecs"), FORMATS.values(), ids=FORMATS.keys())
async def test_each_format_is_what_it_says(
    egress: LiveKitEgress,
    studio: Studio,
    form: str,
    source: dict[str, bool],
    codecs: dict[str, str],
) -> None:
    await studio.person("anna", shade=60, tone=440)
    request = of_room(studio, EgressOutput(kind="file", format=form, path="made"), **source)
    (result,) = (await recorded(egress, request)).results
    path = Path(result.location)
    assert path.name == f"made.{form}"
    with av.open(str(path)) as container:
        found = {stream.type: stream.codec_context.name for stream in container.streams}
    assert {kind: name.removesuffix("float") for kind, name in found.items()} == codecs


@pytest.mark.slow
async def test_hls_and_images_come_of_one_recording(egress: LiveKitEgress, studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    ended = await recorded(
        egress,
        of_room(
            studio,
            EgressOutput(kind="file", format="mp4", path="kept"),
            EgressOutput(kind="segments", path="live/talk"),
            EgressOutput(kind="images", path="shots/talk", interval=1),
        ),
        seconds=2.5,
    )
    results = {result.kind: result for result in ended.results}
    assert set(results) == {"file", "segments", "images"}
    assert Path(results["segments"].location) == studio.folder / "live" / "talk.m3u8"
    assert results["segments"].count == len(list((studio.folder / "live").glob("*.ts")))
    assert results["images"].count == len(list((studio.folder / "shots").glob("*.jpeg"))) >= 2


@pytest.mark.slow
async def test_a_person_and_their_tracks_are_recorded(
    egress: LiveKitEgress, studio: Studio
) -> None:
    anna = await studio.person("anna", shade=60, tone=440)
    camera, microphone = anna.sids["camera"], anna.sids["microphone"]
    sources = {
        "anna": EgressSource(kind="participant", identity="anna"),
        f"{camera}, {microphone}": EgressSource(
            kind="tracks", video_track=camera, audio_track=microphone
        ),
        microphone: EgressSource(kind="track", track=microphone),
    }
    for number, (subject, source) in enumerate(sources.items()):
        encoding = None if source.kind == "track" else SMALL
        request = EgressRequest(
            room=studio.room,
            source=source,
            outputs=(EgressOutput(kind="file", path=f"made-{number}"),),
            encoding=encoding,
        )
        ended = await recorded(egress, request)
        assert (ended.source, ended.subject) == (source.kind, subject)
        assert ended.results[0].size > 0


@pytest.mark.slow
async def test_the_second_version_says_what_the_first_cannot(
    egress: LiveKitEgress, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    two = of_room(
        studio,
        EgressOutput(kind="file", format="mp4", path="one"),
        EgressOutput(kind="file", format="mp4", path="two"),
    )
    ended = await recorded(egress, two)
    assert sorted(Path(result.location).name for result in ended.results) == ["one.mp4", "two.mp4"]
    voice = EgressRequest(
        room=studio.room,
        source=EgressSource(kind="participant", identity="anna", audio_only=True),
        outputs=(EgressOutput(kind="file", format="ogg", path="voice"),),
    )
    ended = await recorded(egress, voice)
    assert (ended.source, ended.subject) == ("participant", "anna")
    with av.open(ended.results[0].location) as container:
        assert [stream.type for stream in container.streams] == ["audio"]


@pytest.mark.slow
async def test_the_layout_changes_and_a_pause_is_told(
    egress: LiveKitEgress, studio: Studio
) -> None:
    await studio.person("anna", shade=60)
    request = of_room(studio, EgressOutput(kind="file", format="mp4", path="a"), layout="grid")
    one = (await egress.start(request)).egress_id
    await until(egress, one, "active")
    assert (await egress.set_layout(one, "speaker-light")).layout == "speaker-light"
    (found,) = await egress.list_egress(egress_id=one)
    assert found.layout == "speaker-light"
    await egress.pause(one)
    await figures_say(egress, one, paused=True)
    await egress.resume(one)
    figures = await figures_say(egress, one, paused=False)
    assert figures["pauses"] == 1
    assert isinstance(figures["frames"], int)
    await egress.stop(one)
    await until(egress, one, "complete")
    for call in (egress.stop, egress.pause, egress.resume):
        with pytest.raises(PreconditionFailed) as caught:
            await call(one)
        assert caught.value.code == "failed-precondition"


@pytest.mark.slow
async def test_streams_are_added_and_taken_away_as_they_are_shown(
    egress: LiveKitEgress, studio: Studio, tmp_path: Path
) -> None:
    rtmp.require()
    await studio.person("anna", shade=60, tone=440)
    with rtmp.nginx(tmp_path / "nginx") as sink:
        first, second = sink.url("planted-first"), sink.url("planted-second")
        request = of_room(studio, EgressOutput(kind="stream", urls=(first,)))
        one = await egress.start(request)
        assert one.is_stream
        assert "planted-first" not in repr(one)
        await until(egress, one.egress_id, "active")
        added = await egress.set_streams(one.egress_id, [second], [])
        shown = [result.location for result in added.results]
        assert len(shown) == 2
        assert not any("planted-second" in location for location in shown)
        await eventually(lambda: sink.files("planted-first") and sink.files("planted-second"))
        await asyncio.sleep(1)
        await egress.set_streams(one.egress_id, [], [shown[0]])
        gone = await stream_ended(egress, one.egress_id)
        assert (gone.location, gone.status) == (shown[0], "finished")
        await egress.stop(one.egress_id)
        await until(egress, one.egress_id, "complete")


async def test_what_is_not_there_is_told_without_a_recording(
    egress: LiveKitEgress, studio: Studio
) -> None:
    request = of_room(studio, EgressOutput(kind="file", path="a"))
    for call in (egress.start(request), egress.stop("EG_none"), egress.figures("EG_none")):
        with pytest.raises(PreconditionFailed) as caught:
            await call
        assert caught.value.code == "not-found"
        assert caught.value.hint
    assert await egress.list_egress(egress_id="EG_none") == ()
    web = EgressRequest(
        room="",
        source=EgressSource(kind="web", url="https://example.com/"),
        outputs=(EgressOutput(kind="file"),),
    )
    with pytest.raises(GreenroomError) as told:
        await egress.start(web)
    assert told.value.code == "unimplemented"
    assert "egress.service to livekit" in told.value.hint


async def test_a_recorder_with_other_keys_is_not_called_livekit(
    studio: Studio, make_rooms: MakeRooms
) -> None:
    clock = SystemClock()
    rooms = make_rooms(studio.server.url, key="another", clock=clock)
    services = EgressServices(
        rooms, Chosen(service="greenroom"), lambda: studio.recorder.url, clock
    )
    with pytest.raises(GreenroomError) as caught:
        await LiveKitEgress(services, clock, Workers(clock)).list_egress()
    await services.close()
    assert caught.value.code == "unauthenticated"
    assert "recorder" in caught.value.message


async def test_a_server_without_redis_says_so_where_it_is_asked_for(
    studio: Studio, make_rooms: MakeRooms
) -> None:
    """livekit-server itself, by the setting egress.service."""
    server, clock = studio.server, SystemClock()
    rooms = make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=clock)
    services = EgressServices(rooms, Chosen(service="livekit"), lambda: studio.recorder.url, clock)
    own = LiveKitEgress(services, clock, Workers(clock))
    assert await own.service() == "livekit"
    assert not await own.connected()
    with pytest.raises(ConfigurationError) as caught:
        await own.list_egress()
    assert caught.value.code == "egress-missing"
    assert "Redis" in caught.value.message


async def test_a_crew_uses_the_service_that_its_settings_name(
    studio: Studio, tmp_path: Path
) -> None:
    async with studio.crew(tmp_path / "home") as crew:
        context = crew._make_context()
        assert await context.egress.service() == "greenroom"
        assert await context.egress.connected()
        assert await context.egress.list_egress() == ()


async def test_a_crew_without_a_recorder_says_what_is_missing(
    studio: Studio, tmp_path: Path
) -> None:
    server = studio.server
    async with Greenroom(
        url=server.url,
        api_key=server.api_key,
        api_secret=server.api_secret,
        home=tmp_path / "home",
    ) as crew:
        context = crew._make_context()
        assert not await context.egress.connected()
        with pytest.raises(ConfigurationError) as caught:
            await context.egress.list_egress()
        assert caught.value.code == "egress-missing"
