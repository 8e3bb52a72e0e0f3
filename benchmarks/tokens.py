"""Tokens for 1,000 people in one call, beside livekit-api's own loop."""

from __future__ import annotations

import asyncio
import statistics
import time

from livekit import api

from benchmarks.common import Bench, Row
from greenroom import Greenroom

PEOPLE = [f"user-{number}" for number in range(1000)]
ROUNDS = 9


def peer(key: str, secret: str) -> float:
    """Seconds of livekit-api's loop."""
    start = time.perf_counter()
    for identity in PEOPLE:
        grants = api.VideoGrants(room_join=True, room="town-hall")
        api.AccessToken(key, secret).with_identity(identity).with_grants(grants).to_jwt()
    return time.perf_counter() - start


async def both(bench: Bench) -> tuple[float, float]:
    """Median seconds, in turn."""
    server = bench.server
    ours, theirs = [], []
    async with Greenroom(
        url=server.url,
        api_key=server.api_key,
        api_secret=server.api_secret,
        home=bench.folder / "tokens",
    ) as crew:
        for _ in range(ROUNDS + 1):
            theirs.append(peer(server.api_key, server.api_secret))
            start = time.perf_counter()
            (await crew.call("auth.create_token", identities=PEOPLE, room="town-hall")).unwrap()
            ours.append(time.perf_counter() - start)
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def measure(bench: Bench) -> list[Row]:
    """One row."""
    ours, theirs = asyncio.run(both(bench))
    return [
        Row(
            what="create_token for 1,000 people ÷ livekit-api's loop",
            figure=f"{ours * 1000:.0f} ms ÷ {theirs * 1000:.0f} ms = {ours / theirs:.2f}",
            mark="≤ 1.2",
            ok=ours / theirs <= 1.2,
        )
    ]
