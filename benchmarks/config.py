"""How long until `config show` has printed all settings, in a project with every file?"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.common import Bench, Row, greenroom
from greenroom.config.starting import root_of, start

MARK = 2.0
TIMES = 21


def measure(bench: Bench) -> list[Row]:
    """Cold `config show` ÷ an interpreter that imports tomllib, in turn."""
    project = bench.folder / "project"
    project.mkdir()
    start(root_of(str(project)), str(project))
    ours = [greenroom(), "config", "show"]
    peer = [sys.executable, "-c", "import tomllib"]
    run_in(project, ours, bench), run_in(project, peer, bench)
    pairs = [(run_in(project, ours, bench), run_in(project, peer, bench)) for _ in range(TIMES)]
    show, bare = (statistics.median(each) for each in zip(*pairs, strict=True))
    return [
        Row(
            what="cold config show ÷ interpreter with tomllib",
            figure=f"{show * 1000:.0f} ms ÷ {bare * 1000:.0f} ms = {show / bare:.2f}",
            mark=f"≤ {MARK:g}",
            ok=show / bare <= MARK,
        )
    ]


def run_in(folder: Path, command: list[str], bench: Bench) -> float:
    """Seconds that a fresh process takes in a folder."""
    environ = {**bench.environ(), "HOME": os.fspath(bench.folder)}
    began = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, capture_output=True)
    return time.perf_counter() - began
