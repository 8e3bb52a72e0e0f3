"""How long until the first answer of a fresh process, and how much memory does it take?"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.common import Bench, Row, greenroom
from greenroom.hub.compiled import load_catalogue

SCRIPT = """
import asyncio
from livekit import api

async def main():
    async with api.LiveKitAPI() as lk:
        await lk.room.list_rooms(api.ListRoomsRequest(names=["cold"]))
        await lk.room.create_room(api.CreateRoomRequest(name="cold"))
        print((await lk.room.list_rooms(api.ListRoomsRequest(names=["cold"]))).rooms[0].name)

asyncio.run(main())
"""


def bare_click(folder: Path) -> Path:
    """A click program with as many groups, commands and options as greenroom has, and nothing behind them."""
    capabilities = load_catalogue(None)["capabilities"]
    lines = ["import click", "@click.group()", "def root(): 'Bare.'"]
    for mode in sorted({about["mode"] for about in capabilities.values()}):
        lines += ["@root.group()", f"def {mode}(): 'A group.'"]
    for about in capabilities.values():
        lines.append(f"@{about['mode']}.command()")
        lines += [f"@click.option('--{name}', help='An option.')" for name in about["fields"]]
        lines.append(f"def {about['id'].replace('.', '_')}(**given): 'A command.'")
    lines += [f"@root.command()\ndef own{n}(): 'A command.'" for n in range(6)]
    script = folder / "bare.py"
    script.write_text("\n".join([*lines, "root()"]), encoding="utf-8")
    return script


def measure(bench: Bench) -> list[Row]:
    """Three rows: --help, ask, memory."""
    python = sys.executable
    script = bench.folder / "raw.py"
    script.write_text(SCRIPT, encoding="utf-8")
    bare = bare_click(bench.folder)
    help_ours, help_peer = bench.alternate([greenroom(), "--help"], [python, str(bare), "--help"])
    ask = [greenroom(), "ask", "create a room called cold"]
    ours, peer = bench.alternate(ask, [python, str(script)])
    megabytes = peak(bench, ask)
    return [
        Row(
            what="greenroom --help ÷ bare click",
            figure=f"{help_ours * 1000:.0f} ms ÷ {help_peer * 1000:.0f} ms = {help_ours / help_peer:.2f}",
            mark="≤ 1.3",
            ok=help_ours / help_peer <= 1.3,
        ),
        Row(
            what="cold ask ÷ a livekit-api script",
            figure=f"{ours * 1000:.0f} ms ÷ {peer * 1000:.0f} ms = {ours / peer:.2f}",
            mark="≤ 1.7",
            ok=ours / peer <= 1.7,
        ),
        Row(
            what="memory of one ask",
            figure=f"{megabytes:.0f} MB",
            mark="≤ 90 MB",
            ok=megabytes <= 90,
        ),
    ]


def peak(bench: Bench, command: list[str]) -> float:
    """Megabytes that a process had resident at most, measured by a parent that has no other child."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=bench.environ(),
        check=True,
        capture_output=True,
        text=True,
    )
    return int(done.stdout) * (1 if sys.platform == "darwin" else resource.getpagesize() // 4) / 1e6
