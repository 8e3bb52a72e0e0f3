"""How fast does the sandbox start, answer and serve many at once, and how much memory does it take?"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
import psutil
from livekit import api

from benchmarks.common import Bench, Row, percentile

KEY, SECRET = "APIbench", "bench-secret-bench-secret-bench-secret"
STARTS = 9
MANY = 1000


@contextmanager
def child(bench: Bench) -> Iterator[tuple[str, psutil.Process]]:
    """A sandbox as a supervisor starts it: its http URL and process, when it has answered once."""
    secret = bench.folder / "sandbox-secret"
    secret.write_text(SECRET, encoding="utf-8")
    command = [sys.executable, "-m", "greenroom.local.sandbox", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--key", KEY, "--secret-file", str(secret)],
        stdout=subprocess.PIPE,
        env=bench.environ(),
    )
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"].replace("ws", "http", 1)
        with urllib.request.urlopen(f"{url}/") as answer:
            assert answer.read() == b"OK"
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.communicate()


def start_up(bench: Bench) -> tuple[float, float]:
    """Median milliseconds to the first answer, and of an interpreter that does nothing; run in turn."""
    ours, bare = [], []
    for _ in range(STARTS):
        begin = time.perf_counter()
        with child(bench):
            ours.append(time.perf_counter() - begin)
        bare.append(bench.run([sys.executable, "-c", "pass"]))
    return statistics.median(ours) * 1000, statistics.median(bare) * 1000


def token(room: str) -> str:
    """May do everything in a room."""
    grants = api.VideoGrants(room_create=True, room_list=True, room_admin=True, room=room)
    return api.AccessToken(KEY, SECRET).with_grants(grants).to_jwt()


async def join(session: aiohttp.ClientSession, url: str, room: str, identity: str) -> None:
    """Let somebody in, by command."""
    headers = {"Authorization": f"Bearer {token(room)}"}
    body = {"room": room, "identity": identity, "metadata": "m" * 100, "attributes": {"seat": "1"}}
    async with session.post(f"{url}/sandbox/join", json=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def list_many(url: str) -> dict[str, float]:
    """Milliseconds of ListParticipants on an open connection, by content type: the median."""
    media = {
        "protobuf": (b"\x0a\x04many", "application/protobuf"),
        "JSON": (b'{"room":"many"}', "application/json"),
    }
    found = {}
    async with aiohttp.ClientSession() as session:
        for number in range(MANY):
            await join(session, url, "many", f"person-{number}")
        for name, (body, kind) in media.items():
            headers = {"Authorization": f"Bearer {token('many')}", "Content-Type": kind}
            times = []
            for _ in range(30):
                begin = time.perf_counter()
                path = f"{url}/twirp/livekit.RoomService/ListParticipants"
                async with session.post(path, data=body, headers=headers) as answer:
                    assert len(await answer.read()) > MANY * 100
                times.append(time.perf_counter() - begin)
            found[f"{name}, first"] = times[0] * 1000
            found[name] = statistics.median(times) * 1000
    return found


async def many_at_once(url: str) -> tuple[int, float]:
    """100 people and ten rooms that are made, changed, listed and closed at once: errors, p95 in ms."""
    times: list[float] = []

    async def timed(call: object) -> None:
        begin = time.perf_counter()
        await call  # type: ignore[misc]
        times.append((time.perf_counter() - begin) * 1000)

    async with aiohttp.ClientSession() as session, api.LiveKitAPI(url, KEY, SECRET) as livekit:
        await asyncio.gather(*(join(session, url, "full", f"person-{n}") for n in range(100)))

        async def life(name: str) -> None:
            rooms = livekit.room
            for _ in range(5):
                await timed(rooms.create_room(api.CreateRoomRequest(name=name)))
                changed = api.UpdateRoomMetadataRequest(room=name, metadata="x")
                await timed(rooms.update_room_metadata(changed))
                listed = await rooms.list_participants(api.ListParticipantsRequest(room="full"))
                assert len(listed.participants) == 100
                await timed(rooms.delete_room(api.DeleteRoomRequest(room=name)))

        done = await asyncio.gather(*(life(f"room-{n}") for n in range(10)), return_exceptions=True)
    return sum(isinstance(one, BaseException) for one in done), percentile(times, 0.95)


def measure(bench: Bench) -> list[Row]:
    """Five rows: start, ListParticipants, many at once, memory idle and full."""
    ours, bare = start_up(bench)
    with child(bench) as (url, process):
        idle = process.memory_info().rss / 1e6
        errors, p95 = asyncio.run(many_at_once(url))
        listed = asyncio.run(list_many(url))
        full = process.memory_info().rss / 1e6
    return [
        Row(
            what="sandbox: start to first answer, less a bare interpreter",
            figure=f"{ours:.0f} ms − {bare:.0f} ms = {ours - bare:.0f} ms",
            mark="≤ 300 ms",
            ok=ours - bare <= 300,
        ),
        Row(
            what=f"sandbox: ListParticipants of {MANY:,}",
            figure=", ".join(f"{name} {value:.1f} ms" for name, value in listed.items()),
            mark="≤ 20 ms",
            ok=max(listed["protobuf"], listed["JSON"]) <= 20,
        ),
        Row(
            what="sandbox: 100 people, 10 rooms at once",
            figure=f"{errors} errors, p95 {p95:.1f} ms",
            mark="0 errors",
            ok=errors == 0,
        ),
        Row(
            what="sandbox: memory, idle and with 1,100 people",
            figure=f"{idle:.0f} MB, {full:.0f} MB",
            mark="≤ 40 MB idle",
            ok=idle <= 40,
        ),
    ]
