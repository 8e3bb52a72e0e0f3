"""What does recording cost, and does it keep time? Real people, a real server, decoded files.

People publish what was encoded before (``publishing``), so that next to nothing but the recorder loads this machine;
what else does is in the table, for figures of a busy machine say little. ``LONG`` seconds of lip-sync are measured: set
GREENROOM_BENCH_LONG=600 for the ten minutes of the mark.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import psutil
from livekit import api

from benchmarks.common import Bench, Row
from benchmarks.meter import Meter, Used
from benchmarks.publishing import MissingError, people
from greenroom.local.recorder.worker.mp4 import FRAGMENTED, to_fast_start
from tests.local.recorder.conftest import Studio, open_studio
from tests.local.recorder.media import claps, shots
from tests.local.recorder.people import enter

LONG = float(os.environ.get("GREENROOM_BENCH_LONG", "40"))
SECONDS = 15.0
SETTLE = 3.0
Encoding = api.EncodingOptionsPreset


@asynccontextmanager
async def studio(bench: Bench, room: str) -> AsyncIterator[Studio]:
    """A recorder in this process, whose recordings are processes of their own."""
    from contextlib import AsyncExitStack

    async with AsyncExitStack() as stack:
        folder = bench.folder / room
        yield await open_studio(bench.server, folder, folder / "state", room, stack)


@dataclass(frozen=True, slots=True)
class Load:
    """What one recording took: see Used; MB, pictures a second, per cent left out."""

    used: Used
    rss: float
    fps: float
    dropped: float

    @property
    def beside(self) -> str:
        """What else ran."""
        used = self.used
        return f"server {used.server:.0f} %, people {used.people:.0f} %, elsewhere {used.elsewhere:.0f} %"


async def load(made: Studio, crowd: psutil.Process, **request: Any) -> Load:
    """Of one recording, after a while."""
    info = await made.active((await made.start(**request)).egress_id)
    await asyncio.sleep(SETTLE)
    process = made.worker()
    before = await made.own("GetEgressStats", info.egress_id)
    meter = Meter.begin([process], psutil.Process(made.server.pid), crowd)
    await asyncio.sleep(SECONDS)
    used, rss = meter.read(), process.memory_info().rss / 1e6
    ended = await made.finish(info.egress_id)
    after = await made.own("GetEgressStats", info.egress_id)
    fps, dropped = rates(before, after)
    if not request.get("audio_only"):
        assert len(shots(made.path(ended))) == after["frames"]
    return Load(used, rss, fps, dropped)


def rates(before: dict[str, float], after: dict[str, float]) -> tuple[float, float]:
    """Pictures a second, and per cent left out, between two figures."""
    frames, dropped, seconds = (
        after[name] - before.get(name, 0) for name in ("frames", "dropped", "seconds")
    )
    return frames / seconds, 100 * dropped / max(1, frames + dropped)


async def composites(bench: Bench) -> list[Row]:
    """Rooms of four, in two sizes, and twice at once."""
    async with studio(bench, "four") as made, people(bench, "four", 4, pictures=True) as crowd:
        small = await load(made, crowd)
        large = await load(made, crowd, preset=Encoding.H264_1080P_30)
        two = await two_at_once(made)
    return [
        Row(
            what="recorder: what ran beside 720p30, and beside 1080p30",
            figure=f"{small.beside}; {large.beside}",
            mark="people ≤ 15 %: they encode nothing",
            ok=max(small.used.people, large.used.people) <= 15,
        ),
        Row(
            what="recorder: 4 people, 720p30: CPU, left out, memory",
            figure=f"{small.used.recorders:.0f} %, {small.dropped:.2f} %, {small.rss:.0f} MB",
            mark="≤ 75 %, ≤ 0.2 %, ≤ 260 MB",
            ok=small.used.recorders <= 75 and small.dropped <= 0.2 and small.rss <= 260,
        ),
        Row(
            what="recorder: 4 people, 1080p30",
            figure=f"{large.fps:.1f} fps, {large.used.recorders:.0f} %, {large.rss:.0f} MB",
            mark="≥ 29.5 fps",
            ok=large.fps >= 29.5,
        ),
        Row(
            what="recorder: two recordings of 4 people at once, 720p30",
            figure=" and ".join(f"{fps:.1f} fps{told}" for fps, told in two),
            mark="both ≥ 29 fps, or fewer and said so",
            ok=all(fps >= 29 or told for fps, told in two),
        ),
    ]


async def two_at_once(made: Studio) -> list[tuple[float, str]]:
    """Pictures a second of each, and what was said about it."""
    infos = [await made.active((await made.start()).egress_id) for _ in range(2)]
    await asyncio.sleep(SETTLE)
    before = [await made.own("GetEgressStats", info.egress_id) for info in infos]
    await asyncio.sleep(SECONDS)
    told = [(await made.info(info.egress_id)).details for info in infos]
    for info in infos:
        await made.finish(info.egress_id)
    after = [await made.own("GetEgressStats", info.egress_id) for info in infos]
    return [
        (rates(begin, end)[0], f" ({said})" if said else "")
        for begin, end, said in zip(before, after, told, strict=True)
    ]


async def voices(bench: Bench) -> Row:
    """A room of ten who only speak."""
    async with studio(bench, "ten") as made, people(bench, "ten", 10, pictures=False) as crowd:
        found = await load(made, crowd, audio_only=True)
    return Row(
        what="recorder: audio only, 10 people: CPU",
        figure=f"{found.used.recorders:.0f} % of one core, {found.rss:.0f} MB; {found.beside}",
        mark="≤ 20 %",
        ok=found.used.recorders <= 20,
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
    """Nine rows, as they come."""
    try:
        yield from asyncio.run(composites(bench))
        yield asyncio.run(voices(bench))
    except MissingError as missing:
        yield Row(what="recorder: load", figure=f"not measured: {missing}", mark="", ok=False)
    yield from asyncio.run(lips(bench))
