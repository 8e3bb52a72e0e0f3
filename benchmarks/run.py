"""``make bench``: every mark in one table. ``--json`` for machines; names of files to run only some."""

from __future__ import annotations

import importlib
import json
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.common import Bench, Row
from greenroom.local.livekit_server import LocalServer

QUESTIONS = (
    "ask_warm",
    "in_flight",
    "cold",
    "planner",
    "tokens",
    "config",
    "sandbox",
    "supervisor",
    "recorder",
)


def machine() -> str:
    """What it ran on."""
    try:
        info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        model = next(
            line.partition(": ")[2] for line in info.splitlines() if line.startswith("model name")
        )
        cores = sum(line.startswith("processor") for line in info.splitlines())
    except (OSError, StopIteration):
        model, cores = platform.processor(), 0
    return f"{model}, {cores} cores, Python {platform.python_version()}, {platform.system()}"


def main() -> None:
    """Run and print."""
    wanted = [name for name in sys.argv[1:] if not name.startswith("-")] or list(QUESTIONS)
    rows: list[Row] = []
    as_json = "--json" in sys.argv
    if not as_json:
        print(machine())
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalServer.start(Path(folder), say=print) as server,
    ):
        for name in wanted:
            question = importlib.import_module(f"benchmarks.{name}")
            for row in question.measure(Bench(server=server, folder=Path(folder))):
                rows.append(row)
                if not as_json:
                    short = "ok   " if row.ok else "SHORT"
                    print(f"{short}  {row.what:52} {row.figure:44} {row.mark}", flush=True)
    if as_json:
        print(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, indent=2))


if __name__ == "__main__":
    main()
