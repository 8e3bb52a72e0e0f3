"""RTMP: what arrives, and what happens when servers die, fall silent or were never there."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from livekit import api

from tests.local.recorder import rtmp
from tests.local.recorder.conftest import Studio, eventually, spare_and_workers
from tests.local.recorder.media import facts, shots, sound, strength

pytestmark = pytest.mark.slow

Status = api.StreamInfo.Status
COMPLETE, FAILED = api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_FAILED


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[rtmp.Sink]:
    rtmp.require()
    with rtmp.nginx(tmp_path / "nginx") as started:
        yield started


async def stream(studio: Studio, *urls: str, file: str = "") -> api.EgressInfo:
    """Stream the room, and record it where ``file`` is named."""
    files = [api.EncodedFileOutput(filepath=file)] if file else []
    request = api.RoomCompositeEgressRequest(
        room_name=studio.room,
        stream_outputs=[api.StreamOutput(protocol=api.StreamProtocol.RTMP, urls=urls)],
        file_outputs=files,
    )
    info = await studio.livekit.egress.start_room_composite_egress(request)
    return await studio.active(info.egress_id)


async def update(studio: Studio, egress_id: str, add: str = "", remove: str = "") -> api.EgressInfo:
    request = api.UpdateStreamRequest(
        egress_id=egress_id,
        add_output_urls=[add] if add else [],
        remove_output_urls=[remove] if remove else [],
    )
    return await studio.livekit.egress.update_stream(request)


def is_whole(path: Path, least: float) -> None:
    """Pictures without gaps, and the tone that was played."""
    seen = shots(path)
    assert len(seen) > least * 27
    assert max(after.at - before.at for before, after in pairwise(seen)) < 0.5
    assert seen[len(seen) // 2].shade(0.5, 0.3) == pytest.approx(60, abs=5)
    assert strength(sound(path)[:, 48_000:], 440) == pytest.approx(0.25, abs=0.06)


async def test_a_room_is_streamed_to_two_places_and_recorded_at_once(
    studio: Studio, sink: rtmp.Sink
) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await stream(studio, sink.url("first-key"), sink.url("second-key"), file="both")
    await asyncio.sleep(4)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    for key in ("first-key", "second-key"):
        (received,) = await eventually(lambda key=key: sink.files(key))
        is_whole(received, 3)
    is_whole(studio.path(ended), 3)
    assert [each.status for each in ended.stream_results] == [Status.FINISHED] * 2
    assert all(each.duration > 2e9 for each in ended.stream_results)


async def test_stream_keys_are_shown_to_nobody_who_lists_or_looks(
    studio: Studio, sink: rtmp.Sink
) -> None:
    await studio.person("anna", shade=60)
    info = await stream(studio, sink.url("very-secret-key"))
    shown = f"rtmp://127.0.0.1:{sink.port}/live/{{ver...key}}"
    assert info.stream_results[0].url == shown
    assert info.room_composite.stream_outputs[0].urls == [shown]
    lines = [word for each in _every_process(studio) for word in each]
    assert not any("very-secret-key" in word for word in lines)
    ended = await studio.finish(info.egress_id)
    assert "very-secret-key" not in str(ended)
    for path in studio.state.rglob("*"):
        assert b"very-secret-key" not in path.read_bytes(), path


def _every_process(studio: Studio) -> list[list[str]]:
    worker = studio.worker()
    return [each.cmdline() for each in [worker, *worker.children(recursive=True)]]


async def test_places_are_added_and_removed_while_it_runs(studio: Studio, sink: rtmp.Sink) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await stream(studio, sink.url("first-key"))
    await asyncio.sleep(3)
    await update(studio, info.egress_id, add=sink.url("second-key"))
    await asyncio.sleep(4)
    shown = info.stream_results[0].url
    removed = await update(studio, info.egress_id, remove=shown)
    assert len(removed.stream_results) == 2
    await asyncio.sleep(2.5)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    (first,), (second,) = sink.files("first-key"), sink.files("second-key")
    is_whole(first, 5)
    is_whole(second, 4)
    assert facts(second)["seconds"] < facts(first)["seconds"]
    assert [each.status for each in ended.stream_results] == [Status.FINISHED] * 2


async def test_a_server_that_dies_is_tried_again_until_it_is_back(
    studio: Studio, sink: rtmp.Sink
) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await stream(studio, sink.url("key"), file="whole")
    await asyncio.sleep(3)
    sink.kill()
    await asyncio.sleep(2)
    sink.start()
    await eventually(lambda: len(sink.files("key")) >= 2)
    await asyncio.sleep(4)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE, ended.error
    (result,) = ended.stream_results
    assert result.status == Status.FINISHED
    assert result.retries >= 1 and result.last_retry_at > info.started_at
    is_whole(studio.path(ended), 9)
    is_whole(sink.files("key")[-1], 2)


async def test_a_server_that_stalls_in_mid_stream_freezes_nothing(
    studio: Studio, sink: rtmp.Sink, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60, tone=440)
    with rtmp.nginx(tmp_path / "other") as other:
        info = await stream(studio, sink.url("stalled"), other.url("well"), file="whole")
        await asyncio.sleep(3)
        sink.stall()
        await asyncio.sleep(9)
        ended = await studio.finish(info.egress_id)
        is_whole(other.files("well")[0], 10)
    assert ended.status == COMPLETE
    assert ended.stream_results[1].retries == 0
    is_whole(studio.path(ended), 11)


async def test_a_server_that_never_answers_freezes_nothing(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    with rtmp.silent_server() as url:
        info = await stream(studio, url, file="whole")
        await asyncio.sleep(7)
        begun = time.monotonic()
        ended = await studio.finish(info.egress_id)
        assert time.monotonic() - begun < 8
    assert ended.status == COMPLETE
    assert ended.stream_results[0].status == Status.FAILED
    assert "took nothing" in ended.stream_results[0].error
    is_whole(studio.path(ended), 6)


async def test_a_server_that_is_not_there_is_told_and_harms_no_file(studio: Studio) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await stream(studio, "rtmp://127.0.0.1:1/live/key", file="whole")
    await asyncio.sleep(3)
    ended = await studio.finish(info.egress_id)
    assert ended.status == COMPLETE
    (result,) = ended.stream_results
    assert result.status == Status.FAILED
    assert result.error == "Connection refused."
    is_whole(studio.path(ended), 2)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
async def test_rtmps_goes_only_to_servers_whose_certificate_is_valid(
    studio: Studio, sink: rtmp.Sink, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.person("anna", shade=60, tone=440)
    with rtmp.with_tls(tmp_path, sink.port) as (port, certificate):
        info = await stream(studio, f"rtmps://localhost:{port}/live/unknown", file="one")
        await asyncio.sleep(3)
        ended = await studio.finish(info.egress_id)
        assert ended.stream_results[0].status == Status.FAILED
        assert "certificate is not valid" in ended.stream_results[0].error
        assert sink.files("unknown") == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        # The process that waits has the environment of before; a real recorder's never changes.
        for spare in spare_and_workers():
            spare.kill()
        await eventually(lambda: not spare_and_workers())
        info = await stream(studio, f"rtmps://localhost:{port}/live/known", file="two")
        await asyncio.sleep(4)
        ended = await studio.finish(info.egress_id)
        assert ended.stream_results[0].status == Status.FINISHED, ended.stream_results
        is_whole(sink.files("known")[0], 2)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/live/key", "rtmp://", "rtmp://host", "youtube", "srt://host:1", ""]
)
async def test_an_address_that_is_not_rtmp_is_refused_without_showing_it(
    studio: Studio, url: str
) -> None:
    await studio.person("anna", shade=60)
    with pytest.raises(api.ServerError) as caught:
        await stream(studio, url)
    assert caught.value.code == "invalid_argument"
    assert "rtmp://" in caught.value.message
    assert "/live/key" not in caught.value.message


async def test_a_place_that_is_not_streamed_to_cannot_be_removed(
    studio: Studio, sink: rtmp.Sink
) -> None:
    await studio.person("anna", shade=60)
    info = await stream(studio, sink.url("key"))
    with pytest.raises(api.ServerError) as caught:
        await update(studio, info.egress_id, remove=sink.url("another-key"))
    assert caught.value.code == "not_found"
    assert "another-key" not in caught.value.message
    await studio.finish(info.egress_id)


async def test_a_recording_of_sound_in_ogg_cannot_be_streamed_later(studio: Studio) -> None:
    await studio.person("anna", tone=440)
    info = await studio.active((await studio.start(audio_only=True)).egress_id)
    with pytest.raises(api.ServerError) as caught:
        await update(studio, info.egress_id, add="rtmp://127.0.0.1:1/live/key")
    assert caught.value.code == "failed_precondition"
    await studio.finish(info.egress_id)
