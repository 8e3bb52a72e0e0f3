"""What does recording cost, and does it keep time? Real people, a real server, decoded files.

People publish from a process of their own; it, the server and the recorder share this machine. ``LONG`` seconds of
lip-sync are measured: set GREENROOM_BENCH_LONG=600 for the ten minutes of the mark.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
from livekit import api, rtc

from benchmarks.common import Bench, Row
from greenroom.local.recorder.worker.mp4 import FRAGMENTED, to_fast_start
from tests.local.recorder.conftest import Studio, open_studio
from tests.local.recorder.media import claps, shots
from tests.local.recorder.people import SOURCES, enter

LONG = float(os.environ.get("GREENROOM_BENCH_LONG", "40"))
SECONDS = 15.0
SETTLE = 3.0
SIZE, FPS = (640, 360), 20
Encoding = api.EncodingOptionsPreset


@asynccontextmanager
async def studio(bench: Bench, room: str) -> AsyncIterator[Studio]:
    """A recorder in this process, whose recordings are processes of their own."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:
        folder = bench.folder / room
        yield await open_studio(bench.server, folder, folder / "state", room, stack)


@asynccontextmanager
async def people(bench: Bench, room: str, count: int, kind: str) -> AsyncIterator[None]:
    """So many of them in a process of their own: ``kind`` is all, or sound."""
    command = [sys.executable, "-m", "benchmarks.recorder", room, str(count), kind]
    environ = {**bench.environ(), "RUST_LOG": "error"}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE)  # noqa: ASYNC220 - at once
    try:
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"here\n"
        yield
    finally:
        process.terminate()
        process.communicate()


async def publish(room: str, count: int, kind: str) -> None:
    """In the other process: until it is terminated."""
    from types import SimpleNamespace

    server: Any = SimpleNamespace(
        url=os.environ["LIVEKIT_URL"],
        api_key=os.environ["LIVEKIT_API_KEY"],
        api_secret=os.environ["LIVEKIT_API_SECRET"],
    )
    joined = [await enter(server, room, f"person-{number}") for number in range(count)]
    feeds = []
    for number, person in enumerate(joined):
        await person.speak(300 + 100 * number)
        if kind == "all":
            picture = rtc.VideoSource(*SIZE)
            track = rtc.LocalVideoTrack.create_video_track("camera", picture)
            options = rtc.TrackPublishOptions(source=SOURCES["camera"], simulcast=False)
            await person.room.local_participant.publish_track(track, options)
            feeds.append(asyncio.create_task(move(picture, number)))
    print("here", flush=True)
    await asyncio.Event().wait()


async def move(picture: rtc.VideoSource, number: int) -> None:
    """A pattern that wanders, as a face does: most of the picture changes a little."""
    width, height = SIZE
    row = (np.sin(np.arange(2 * width) / 23) * 60 + 120).astype(np.uint8)
    raw = np.full(width * height * 3 // 2, 128, np.uint8)
    begun = time.monotonic()
    for step in itertools.count():
        raw[: width * height].reshape(height, width)[:] = row[step % width : step % width + width]
        picture.capture_frame(rtc.VideoFrame(*SIZE, rtc.VideoBufferType.I420, raw.tobytes()))
        await asyncio.sleep(max(0.0, begun + (step + 1) / FPS + number / 100 - time.monotonic()))


async def load(made: Studio, **request: Any) -> dict[str, float]:
    """CPU in per cent of one core, MB, pictures a second and per cent left out, of one recording after a while."""
    info = await made.active((await made.start(**request)).egress_id)
    await asyncio.sleep(SETTLE)
    process = made.worker()
    begin, before = process.cpu_times(), await made.own("GetEgressStats", info.egress_id)
    started = time.monotonic()
    await asyncio.sleep(SECONDS)
    end, seconds = process.cpu_times(), time.monotonic() - started
    rss = process.memory_info().rss / 1e6
    ended = await made.finish(info.egress_id)
    after = await made.own("GetEgressStats", info.egress_id)
    used = end.user + end.system - begin.user - begin.system
    frames = after["frames"] - before.get("frames", 0)
    dropped = after["dropped"] - before.get("dropped", 0)
    found = {"cpu": used / seconds * 100, "rss": rss}
    if not request.get("audio_only"):
        found["fps"] = frames / (after["seconds"] - before.get("seconds", 0))
        found["dropped"] = 100 * dropped / max(1, frames + dropped)
        assert len(shots(made.path(ended))) == after["frames"]
    return found


async def composites(bench: Bench) -> list[Row]:
    """Rooms of four, in two sizes, and twice at once."""
    async with studio(bench, "four") as made, people(bench, "four", 4, "all"):
        small = await load(made)
        large = await load(made, preset=Encoding.H264_1080P_30)
        rates = await two_at_once(made)
    return [
        Row(
            what="recorder: 4 people, 720p30: CPU, left out, memory",
            figure=f"{small['cpu']:.0f} %, {small['dropped']:.2f} %, {small['rss']:.0f} MB",
            mark="≤ 75 %, ≤ 0.2 %, ≤ 260 MB",
            ok=small["cpu"] <= 75 and small["dropped"] <= 0.2 and small["rss"] <= 260,
        ),
        Row(
            what="recorder: 4 people, 1080p30",
            figure=f"{large['fps']:.1f} fps, {large['cpu']:.0f} %, {large['rss']:.0f} MB",
            mark="≥ 29.5 fps",
            ok=large["fps"] >= 29.5,
        ),
        Row(
            what="recorder: two recordings of 4 people at once, 720p30",
            figure=" and ".join(f"{rate:.1f} fps" for rate in rates),
            mark="both ≥ 29 fps",
            ok=min(rates) >= 29,
        ),
    ]


async def two_at_once(made: Studio) -> list[float]:
    """Pictures a second of each."""
    infos = [await made.active((await made.start()).egress_id) for _ in range(2)]
    await asyncio.sleep(SETTLE)
    before = [await made.own("GetEgressStats", info.egress_id) for info in infos]
    await asyncio.sleep(SECONDS)
    for info in infos:
        await made.finish(info.egress_id)
    after = [await made.own("GetEgressStats", info.egress_id) for info in infos]
    return [
        (end["frames"] - begin["frames"]) / (end["seconds"] - begin["seconds"])
        for begin, end in zip(before, after, strict=True)
    ]


async def voices(bench: Bench) -> Row:
    """A room of ten who only speak."""
    async with studio(bench, "ten") as made, people(bench, "ten", 10, "sound"):
        found = await load(made, audio_only=True)
    return Row(
        what="recorder: audio only, 10 people: CPU",
        figure=f"{found['cpu']:.0f} % of one core, {found['rss']:.0f} MB",
        mark="≤ 20 %",
        ok=found["cpu"] <= 20,
    )


async def lips(bench: Bench) -> list[Row]:
    """Flash and beep, with a pause in the middle; and how long start and stop take."""
    async with studio(bench, "lips") as made:
        anna = await enter(bench.server, "lips", "anna")
        await anna.clap()
        await asyncio.sleep(1)
        called = time.time_ns()
        info = await made.active((await made.start("lips")).egress_id)
        start = (info.started_at - called) / 1e9
        await asyncio.sleep(LONG)
        await made.own("PauseEgress", info.egress_id)
        await asyncio.sleep(1)
        await made.own("ResumeEgress", info.egress_id)
        await asyncio.sleep(5)
        begun = time.monotonic()
        ended = await made.finish(info.egress_id)
        stop = time.monotonic() - begun
        path = made.path(ended)
        await anna.leave()
    apart = [(beep - flash) * 1000 for flash, beep in claps(path)]
    third = max(1, len(apart) // 3)
    drift = statistics.median(apart[-third:]) - statistics.median(apart[:third])
    seen = shots(path)
    gap = max(after.at - before.at for before, after in pairwise(seen)) * 30 - 1
    remux = ten_minutes(path, bench.folder)
    return [
        Row(
            what=f"recorder: beep − flash over {LONG:.0f} s: middle, drift",
            figure=f"{statistics.median(apart):+.0f} ms, {drift:+.0f} ms, {len(apart)} claps",
            mark="±40 ms, ±10 ms",
            ok=abs(statistics.median(apart)) <= 40 and abs(drift) <= 10,
        ),
        Row(
            what="recorder: pause and resume: longest gap",
            figure=f"{gap:.1f} frames in {len(seen)}",
            mark="≤ 1 frame",
            ok=gap <= 1.05,
        ),
        Row(
            what="recorder: call to first frame",
            figure=f"{start:.2f} s",
            mark="≤ 1.5 s",
            ok=start <= 1.5,
        ),
        Row(
            what="recorder: stop to finished file: of this, of 10 minutes",
            figure=f"{stop:.2f} s, {stop + remux[0]:.2f} s for {remux[1]:.0f} MB",
            mark="≤ 2 s",
            ok=stop + remux[0] <= 2,
        ),
    ]


def ten_minutes(path: Path, folder: Path) -> tuple[float, float]:
    """Seconds to finish ten minutes at 3 Mbit/s, which is the most that 720p30 takes, and its megabytes."""
    long = folder / "ten-minutes.mp4"
    padding = bytes(9_000)
    with (
        av.open(str(path)) as source,
        av.open(str(long), "w", format="mp4", options=FRAGMENTED) as target,
    ):
        streams = {
            stream.index: target.add_stream_from_template(stream, opaque=True)
            for stream in source.streams
        }
        packets = [packet for packet in source.demux() if packet.dts is not None]
        kept = [(packet, bytes(packet), packet.dts, packet.pts) for packet in packets]
        # A little more than there is, so that no packet comes before the last of the turn before.
        length = source.duration / 1e6 + 0.1
        for turn in range(max(1, int(600 / length))):
            for packet, data, dts, pts in kept:
                video = packet.stream.type == "video"
                # A NAL unit of filler data: 12 of ITU-T H.264 section 7.4.1.
                filler = len(padding).to_bytes(4) + b"\x0c" + padding[1:] if video else b""
                made: Any = av.Packet(data + filler)
                shift = int(turn * length / packet.time_base)
                made.stream, made.time_base = streams[packet.stream_index], packet.time_base
                made.dts, made.pts = dts + shift, pts + shift
                made.duration, made.is_keyframe = packet.duration, packet.is_keyframe
                target.mux(made)
    size = long.stat().st_size / 1e6
    begun = time.monotonic()
    to_fast_start(long)
    taken = time.monotonic() - begun
    long.unlink()
    return taken, size


def measure(bench: Bench) -> Iterator[Row]:
    """Eight rows, as they come."""
    yield from asyncio.run(composites(bench))
    yield asyncio.run(voices(bench))
    yield from asyncio.run(lips(bench))


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
