"""What does a sentence add to the calls it makes? 500 requests, each beside raw livekit-api."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

from livekit import api

from benchmarks.common import Bench, Row, percentile
from greenroom import Greenroom

CALLS = ("ListRooms", "CreateRoom", "ListRooms")
"""What ``ask "create a room …"`` sends, in order: what is there, the creation, the second look."""
TIMES = 500


async def raw(lk: api.LiveKitAPI, name: str) -> None:
    """The same calls in the same order."""
    await lk.room.list_rooms(api.ListRoomsRequest(names=[name]))
    await lk.room.create_room(api.CreateRoomRequest(name=name))
    await lk.room.list_rooms(api.ListRoomsRequest(names=[name]))


async def counted(crew: Greenroom) -> list[str]:
    """The calls that one request really makes, read off the adapter."""
    seen: list[str] = []
    rooms: Any = crew._rooms
    send = rooms.call

    async def listening(path: str, *arguments: Any, **more: Any) -> Any:
        seen.append(path.rpartition("/")[2])
        return await send(path, *arguments, **more)

    rooms.call = listening
    await crew.ask("create a room called counted")
    rooms.call = send
    return seen


async def both(bench: Bench) -> tuple[list[float], list[float], list[str]]:
    """Milliseconds of ours and of the peer, in turn."""
    server = bench.server
    ours, peer = [], []
    keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
    async with Greenroom(home=bench.folder / "warm", **keys) as crew, api.LiveKitAPI(**keys) as lk:
        calls = await counted(crew)
        await raw(lk, "warm-up")
        gc.collect()
        for index in range(TIMES):
            start = time.perf_counter()
            outcome = await crew.ask(f"create a room called ours-{index}")
            ours.append((time.perf_counter() - start) * 1000)
            outcome.unwrap()
            start = time.perf_counter()
            await raw(lk, f"peer-{index}")
            peer.append((time.perf_counter() - start) * 1000)
    return ours, peer, calls


def measure(bench: Bench) -> list[Row]:
    """Two rows: p50 and p99."""
    ours, peer, calls = asyncio.run(both(bench))
    rows = [
        Row(
            what="calls of ask “create a room …”",
            figure=", ".join(calls),
            mark="≤ 3, as the peer's",
            ok=tuple(calls) == CALLS,
        )
    ]
    for share, mark in ((0.50, 2.0), (0.99, 10.0)):
        mine, theirs = percentile(ours, share), percentile(peer, share)
        rows.append(
            Row(
                what=f"warm ask, p{share * 100:.0f} of {TIMES}",
                figure=f"{mine:.2f} ms − {theirs:.2f} ms = {mine - theirs:+.2f} ms",
                mark=f"adds ≤ {mark:.0f} ms",
                ok=mine - theirs <= mark,
            )
        )
    return rows
