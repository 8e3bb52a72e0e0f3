"""Nothing is lost: killed processes, closed rooms, full disks, services that end."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from livekit import api

from greenroom.local.livekit_server import LocalServer
from tests.local.recorder.conftest import Studio, eventually, open_studio, workers
from tests.local.recorder.media import facts, is_fast_start, loudness, shots, sound

pytestmark = pytest.mark.slow

COMPLETE, FAILED = api.EgressStatus.EGRESS_COMPLETE, api.EgressStatus.EGRESS_FAILED


async def test_a_killed_recording_is_repaired_and_has_lost_two_seconds_at_most(
    studio: Studio,
) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await studio.active((await studio.start("killed")).egress_id)
    await asyncio.sleep(5)
    killed_at = time.time_ns()
    studio.worker().kill()
    ended = await studio.ended(info.egress_id)
    assert ended.status == FAILED
    assert "process ended" in ended.error
    path = studio.path(ended)
    assert is_fast_start(path)
    assert facts(path)["seconds"] >= (killed_at - info.started_at) / 1e9 - 2
    assert facts(path)["seconds"] == pytest.approx(ended.file_results[0].duration / 1e9, abs=0.05)
    assert len(shots(path)) >= facts(path)["seconds"] * 20
    assert loudness(sound(path)[:, 48_000:]) > 0.1


async def test_what_a_killed_service_left_is_finished_and_reported_by_the_next(
    studio: Studio, livekit_server: LocalServer, tmp_path: Path
) -> None:
    """The recording's process hears that its service is gone, and finishes; the next service reads what it made."""
    service, info = await recording_service(studio, livekit_server, tmp_path)
    await asyncio.sleep(2)
    service.kill()
    service.wait()
    async with AsyncExitStack() as stack:
        after = await open_studio(livekit_server, studio.folder, tmp_path / "two", "", stack)
        ended = await after.info(info.egress_id)
        assert ended.status == COMPLETE, ended.error
        assert ended.details == "End reason: Recorder ended"
        assert is_fast_start(after.path(ended))
        assert facts(after.path(ended))["seconds"] == pytest.approx(2, abs=1)


async def recording_service(
    studio: Studio, server: LocalServer, folder: Path
) -> tuple[subprocess.Popen[bytes], api.EgressInfo]:
    """A service of its own that records anna in the studio's room, as "orphan"."""
    await studio.person("anna", shade=60, tone=440)
    secret = folder / "secret"
    secret.write_text(server.api_secret)
    service, url = start_service(server, secret, studio)
    async with api.LiveKitAPI(url, server.api_key, server.api_secret) as livekit:
        output = api.EncodedFileOutput(filepath="orphan")
        request = api.RoomCompositeEgressRequest(room_name=studio.room, file_outputs=[output])
        info = await livekit.egress.start_room_composite_egress(request)
        await until_active(livekit, api.ListEgressRequest(egress_id=info.egress_id))
    return service, info


async def until_active(livekit: api.LiveKitAPI, asked: api.ListEgressRequest) -> None:
    async with asyncio.timeout(10):
        while True:
            info = (await livekit.egress.list_egress(asked)).items[0]
            if info.status == api.EgressStatus.EGRESS_ACTIVE:
                return
            await asyncio.sleep(0.05)


def start_service(
    server: LocalServer, secret: Path, studio: Studio
) -> tuple[subprocess.Popen[bytes], str]:
    """The recorder as the supervisor starts it."""
    command = [sys.executable, "-m", "greenroom.local.recorder", "--url", server.url]
    command += ["--key", server.api_key, "--secret-file", str(secret), "--port", "0"]
    command += ["--folder", str(studio.folder), "--state", str(secret.parent / "two")]
    service = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert service.stdout is not None
    with service.stdout as told:
        return service, json.loads(told.readline())["url"]


async def test_a_recording_that_died_with_its_service_is_repaired_by_the_next(
    studio: Studio, livekit_server: LocalServer, tmp_path: Path
) -> None:
    service, info = await recording_service(studio, livekit_server, tmp_path)
    await asyncio.sleep(3)
    (worker,) = workers(service.pid)
    worker.kill()
    service.kill()
    service.wait()
    async with AsyncExitStack() as stack:
        after = await open_studio(livekit_server, studio.folder, tmp_path / "two", "", stack)
        ended = await after.info(info.egress_id)
        assert ended.status == FAILED
        assert "process ended" in ended.error
        assert is_fast_start(after.path(ended))
        assert facts(after.path(ended))["seconds"] > 1


async def test_a_service_that_is_told_to_end_finishes_what_it_records(
    studio: Studio, livekit_server: LocalServer, tmp_path: Path
) -> None:
    await studio.person("anna", shade=60)
    async with AsyncExitStack() as stack:
        other = await open_studio(
            livekit_server, tmp_path / "theirs", tmp_path / "two", studio.room, stack
        )
        info = await other.active((await other.start("ended")).egress_id)
        await asyncio.sleep(1)
    assert workers() == []
    path = tmp_path / "theirs" / "ended.mp4"
    assert is_fast_start(path)
    assert facts(path)["seconds"] == pytest.approx(1, abs=0.7)
    assert info.egress_id


async def test_a_room_that_is_closed_ends_its_recording_in_order(studio: Studio) -> None:
    await studio.person("anna", shade=60)
    info = await studio.active((await studio.start()).egress_id)
    await asyncio.sleep(1)
    server = studio.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
        await livekit.room.delete_room(api.DeleteRoomRequest(room=studio.room))
    ended = await studio.ended(info.egress_id)
    assert ended.status == COMPLETE
    assert ended.details == "End reason: Source closed"
    assert is_fast_start(studio.path(ended))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 160 kB: needs root, as mounting does."""
    folder = tmp_path / "recordings"
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=160k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted by this account")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_ends_the_recording_with_a_file_that_plays(
    small_disk: Path, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    info = await studio.active((await studio.start("full")).egress_id)
    ended = await studio.ended(info.egress_id, patience=60)
    assert ended.status == FAILED
    assert ended.error == "The disk is full."
    assert small_disk.joinpath("full.mp4").stat().st_size > 0
    assert facts(studio.path(ended))["seconds"] > 1
    assert len(shots(studio.path(ended))) > 25
    await eventually(lambda: workers() == [])


async def test_a_disk_that_is_full_already_ends_the_recording_and_leaves_no_file(
    small_disk: Path, studio: Studio
) -> None:
    await studio.person("anna", shade=60)
    fill_up(small_disk / "ballast")
    info = await studio.start("none")
    ended = await studio.ended(info.egress_id)
    assert ended.status == FAILED
    assert ended.error == "The disk is full."
    assert not (small_disk / "none.mp4").exists()


def fill_up(path: Path) -> None:
    with suppress(OSError), path.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
