"""Do 64 calls at once keep the pace of raw livekit-api?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from livekit import api

from benchmarks.ask_warm import raw
from benchmarks.common import Bench, Row
from greenroom import Greenroom

AT_ONCE, EACH, ROUNDS = 64, 10, 11


async def rush(call: Callable[[str], Awaitable[object]], prefix: str) -> float:
    """Calls a second, with 64 workers."""

    async def worker(number: int) -> None:
        for index in range(EACH):
            await call(f"{prefix}-{number}-{index}")

    start = time.perf_counter()
    await asyncio.gather(*(worker(number) for number in range(AT_ONCE)))
    return AT_ONCE * EACH / (time.perf_counter() - start)


async def both(bench: Bench) -> tuple[float, float]:
    """Rates of ours and of the peer, in turn, in the round whose ratio is the median. Each begins without rooms."""
    server = bench.server
    keys = {"url": server.url, "api_key": server.api_key, "api_secret": server.api_secret}
    ours, peer = [], []
    async with (
        Greenroom(home=bench.folder / "flight", **keys) as crew,
        api.LiveKitAPI(**keys) as lk,
    ):

        async def create(name: str) -> None:
            (await crew.call("room.create", name=name)).unwrap()

        async def clear() -> None:
            for room in (await lk.room.list_rooms(api.ListRoomsRequest())).rooms:
                await lk.room.delete_room(api.DeleteRoomRequest(room=room.name))

        for number in range(ROUNDS):
            peer.append(await rush(lambda name: raw(lk, name), f"p{number}"))
            await clear()
            ours.append(await rush(create, f"o{number}"))
            await clear()
    pairs = sorted(zip(ours[1:], peer[1:], strict=True), key=lambda pair: pair[0] / pair[1])
    return pairs[len(pairs) // 2]


def measure(bench: Bench) -> list[Row]:
    """One row."""
    ours, peer = asyncio.run(both(bench))
    return [
        Row(
            what=f"{AT_ONCE} typed calls in flight ÷ livekit-api",
            figure=f"{ours:.0f}/s ÷ {peer:.0f}/s = {ours / peer:.2f}",
            mark="≥ 0.85",
            ok=ours / peer >= 0.85,
        )
    ]
