"""What all benchmarks share: a row of the table, a real server, fresh processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from greenroom.local.livekit_server import LocalServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One mark: the figure, what it must be, and whether it is."""

    what: str
    figure: str
    mark: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A server and a folder to measure with."""

    server: LocalServer
    folder: Path

    def environ(self) -> dict[str, str]:
        """Environment of a fresh process: this server, a home of its own, bytecode allowed."""
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"}
        }
        return {
            **kept,
            "LIVEKIT_URL": self.server.url,
            "LIVEKIT_API_KEY": self.server.api_key,
            "LIVEKIT_API_SECRET": self.server.api_secret,
            "GREENROOM_HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
        }

    def run(self, command: Sequence[str]) -> float:
        """Seconds that a fresh process takes. Raises when it fails."""
        start = time.perf_counter()
        subprocess.run(command, env=self.environ(), check=True, capture_output=True)
        return time.perf_counter() - start

    def alternate(
        self, ours: Sequence[str], peer: Sequence[str], times: int = 11
    ) -> tuple[float, float]:
        """Median seconds of two commands, run in turn after a warm-up."""
        self.run(ours), self.run(peer)
        pairs = [(self.run(ours), self.run(peer)) for _ in range(times)]
        return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def greenroom() -> str:
    """The installed command."""
    return str(Path(sys.executable).parent / "greenroom")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
