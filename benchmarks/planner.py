"""How long does the planner think about a request, with 200 live names, and how long until it can?"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.common import Bench, Row, percentile
from greenroom.domain.conversation import Conversation
from greenroom.domain.egress import EgressInfo
from greenroom.domain.planning import Brief
from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.planner import OfflinePlanner
from tests.gold.run import GOLD, requests

EVERY = 20
"""Of the seen requests, one in so many is measured."""
PASSES = 3
"""Times each is measured, after one that warms up; the least counts: other programs only add."""
STARTS = 7
"""Fresh processes."""
ROOMS, PEOPLE = 40, 4
"""Rooms beside those of a request, and people in each: 200 names."""
FRESH = """
import asyncio, json, sys, time
from greenroom.domain.conversation import Conversation
from greenroom.domain.planning import Brief
from greenroom.hub.compiled import load_catalogue
from greenroom.understanding.planner import OfflinePlanner
class Nobody:
    def kept(self):
        return {}
catalogue = load_catalogue(sys.argv[1])
start = time.perf_counter()
planner = OfflinePlanner(catalogue)
loaded = time.perf_counter()
brief = Brief(
    text="create a room called cold", conversation=Conversation(), names=Nobody(), catalogue=catalogue
)
asyncio.run(planner.reply(brief))
answered = time.perf_counter()
text = json.dumps(catalogue["planner"])
peer = time.perf_counter()
json.loads(text)
print(json.dumps([loaded - start, answered - loaded, time.perf_counter() - peer]))
"""
"""A process that starts: seconds to load, for the first reply, and for reading as much JSON with nothing made of it."""


class World:
    """planning.Names of a request's own rooms and many more."""

    def __init__(self, rooms: Mapping[str, Sequence[str]]) -> None:
        more = {
            f"hall-{room}": tuple(f"guest-{room}-{person}" for person in range(PEOPLE))
            for room in range(ROOMS)
        }
        self._rooms = {**rooms, **more}

    async def egresses(self, *, active: bool) -> tuple[EgressInfo, ...]:
        """Nothing runs, and nothing did."""
        del active
        return ()

    def kept(self) -> Mapping[str, str]:
        """A destination and a preset."""
        return {"main-site": "destination", "hd-slides": "preset"}

    async def rooms(self) -> tuple[str, ...]:
        """Rooms that exist."""
        return tuple(self._rooms)

    async def people(self, room: str) -> tuple[str, ...]:
        """Who is in a room."""
        return tuple(self._rooms.get(room, ()))


async def planned(planner: OfflinePlanner, briefs: Sequence[Brief]) -> list[float]:
    """Milliseconds of this thread that each request takes."""
    times = []
    for brief in briefs:
        start = time.thread_time()
        await planner.reply(brief)
        times.append((time.thread_time() - start) * 1000)
    return times


def thinking() -> list[float]:
    """For each request the least of some passes, in milliseconds."""
    catalogue = load_catalogue()
    planner = OfflinePlanner(catalogue)
    briefs = [
        Brief(
            text=request["turns"][0],
            conversation=Conversation(),
            names=World(request["world"].get("rooms", {})),
            catalogue=catalogue,
        )
        for request in list(requests(GOLD / "seen"))[::EVERY]
        if len(request["turns"]) == 1
    ]
    passes = [asyncio.run(planned(planner, briefs)) for _ in range(PASSES + 1)]
    return [min(times) for times in zip(*passes[1:], strict=True)]


def starting(folder: Path) -> list[float]:
    """Milliseconds of a fresh process, the medians of some: loading, the first reply, and the peer."""
    cache = str(folder / "planner-cache")
    command = [sys.executable, "-c", FRESH, cache]
    runs = []
    for _ in range(STARTS + 1):
        done = subprocess.run(command, check=True, capture_output=True)
        runs.append([seconds * 1000 for seconds in json.loads(done.stdout)])
    # The first one makes the cache.
    return [statistics.median(times) for times in zip(*runs[1:], strict=True)]


def measure(bench: Bench) -> list[Row]:
    """Three rows: p50, p99, loading."""
    times = thinking()
    rows = [
        Row(
            what=f"planner, p{share * 100:.0f} of {len(times)} seen requests",
            figure=f"{percentile(times, share):.2f} ms",
            mark=f"≤ {mark:.0f} ms",
            ok=percentile(times, share) <= mark,
        )
        for share, mark in ((0.50, 2.0), (0.99, 10.0))
    ]
    load, first, peer = starting(bench.folder)
    return [
        *rows,
        Row(
            what="planner, loading ÷ reading its JSON",
            figure=f"{load:.0f} ms ÷ {peer:.1f} ms = {load / peer:.1f}; first reply {first:.0f} ms",
            mark="≤ 50 ms",
            ok=load <= 50,
        ),
    ]
