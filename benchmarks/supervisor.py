"""What does a local server cost: memory and CPU while it is idle, and time until it is up?"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

from benchmarks.common import Bench, Row, greenroom

IDLE_SECONDS = 20.0
STARTS = 5


def environ(bench: Bench, home: Path) -> dict[str, str]:
    """No server is named, so that the command's own is used."""
    kept = {k: v for k, v in bench.environ().items() if not k.startswith("LIVEKIT_")}
    return {**kept, "GREENROOM_HOME": str(home), "GREENROOM_PORT_BASE": "0"}


def run(bench: Bench, home: Path, *arguments: str, **more: str) -> float:
    """Seconds that a command takes. Raises when it fails."""
    start = time.perf_counter()
    command = [greenroom(), *arguments]
    env = environ(bench, home) | more
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


def processes(home: Path) -> list[psutil.Process]:
    """The supervisor and its server."""
    from greenroom.local.supervisor.folder import RunFolder

    return [psutil.Process(found.pid) for found in RunFolder(home).processes()]


def idle(bench: Bench, home: Path) -> tuple[float, float, float]:
    """Megabytes by RSS and by PSS, and per cent of one CPU, of both processes together."""
    run(bench, home, "up", "--sandbox")
    try:
        time.sleep(2)
        both = processes(home)
        before = sum(sum(each.cpu_times()[:2]) for each in both)
        time.sleep(IDLE_SECONDS)
        used = sum(sum(each.cpu_times()[:2]) for each in both) - before
        rss = sum(each.memory_info().rss for each in both) / 1e6
        pss = sum(getattr(each.memory_full_info(), "pss", 0) for each in both) / 1e6
    finally:
        run(bench, home, "down")
    return rss, pss, used / IDLE_SECONDS * 100


def times(bench: Bench, home: Path) -> dict[str, float]:
    """Median seconds of up and down, of a bare interpreter, and of completions with and without names of rooms."""
    names = ("up", "down", "bare", "rooms", "options")
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(STARTS):
        taken["up"].append(run(bench, home, "up", "--sandbox"))
        asked = {"_GREENROOM_COMPLETE": "bash_complete", "COMP_CWORD": "3"}
        for name, words in (
            ("rooms", "greenroom room show st"),
            ("options", "greenroom room show --he"),
        ):
            taken[name].append(run(bench, home, **asked, COMP_WORDS=words))
        taken["down"].append(run(bench, home, "down"))
        taken["bare"].append(bench.run([sys.executable, "-c", "pass"]))
    return {name: statistics.median(each) for name, each in taken.items()}


def measure(bench: Bench) -> list[Row]:
    """Four rows: memory, CPU, up and down, completion."""
    home = bench.folder / "local"
    home.mkdir(mode=0o700)
    rss, pss, cpu = idle(bench, home)
    taken = times(bench, home)
    bare = taken["bare"]
    return [
        Row(
            what="idle supervisor and sandbox: sum of RSS",
            figure=f"{rss:.0f} MB (PSS {pss:.0f} MB)",
            mark="≤ 80 MB",
            ok=rss <= 80,
        ),
        Row(
            what=f"idle supervisor and sandbox: CPU over {IDLE_SECONDS:.0f} s",
            figure=f"{cpu:.2f} % of one core",
            mark="< 1 %",
            ok=cpu < 1,
        ),
        Row(
            what="up and down with the sandbox ÷ a bare interpreter",
            figure=f"{taken['up'] * 1000:.0f} ms and {taken['down'] * 1000:.0f} ms ÷ {bare * 1000:.0f} ms",
            mark="up ≤ 2 s",
            ok=taken["up"] <= 2,
        ),
        Row(
            what="completion of a room's name, less that of an option",
            figure=f"{taken['rooms'] * 1000:.0f} ms − {taken['options'] * 1000:.0f} ms",
            mark="≤ 150 ms",
            ok=taken["rooms"] - taken["options"] <= 0.15,
        ),
    ]
