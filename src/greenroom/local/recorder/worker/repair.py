"""Mends what a recording left when it was cut off: ``python -m greenroom.local.recorder.worker.repair``.

stdin: a JSON list of outputs, as in a plan. stdout: a JSON list of what became of each.
"""

from __future__ import annotations

import glob
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import av

from greenroom.local.recorder.names import numbered
from greenroom.local.recorder.worker import hls
from greenroom.local.recorder.worker.mp4 import duration_of, keep_whole_fragments, to_fast_start


def mend(output: dict[str, Any]) -> dict[str, Any]:
    """One output. What cannot be mended is left as it is."""
    match output["kind"]:
        case "file":
            return _file(Path(output["path"]), output["container"])
        case "segments":
            with suppress(OSError):
                return hls.mend(output)
        case "images":
            return {"count": _count(Path(output["prefix"]))}
    return {}


def _count(prefix: Path) -> int:
    unfinished = prefix.with_name(f".{prefix.name}")
    for fresh in [*numbered(unfinished, ".jpeg.new"), Path(f"{unfinished}.jpeg.new")]:
        fresh.unlink(missing_ok=True)
    return len(numbered(prefix, ".jpeg")) or prefix.with_name(f"{prefix.name}.jpeg").exists()


def _file(path: Path, container: str) -> dict[str, Any]:
    with suppress(OSError, av.FFmpegError):
        _forget_unfinished(path)
        if container == "mp4" and keep_whole_fragments(path):
            to_fast_start(path)
    result: dict[str, Any] = {"size": 0, "seconds": 0.0}
    with suppress(OSError, av.FFmpegError):
        result["size"] = path.stat().st_size
        result["seconds"] = duration_of(path)
    return result


def _forget_unfinished(path: Path) -> None:
    """What was being written again when it was cut off."""
    for fresh in path.parent.glob(f".{glob.escape(path.name)}.*.new"):
        fresh.unlink()


def main() -> None:
    """See the module."""
    ours = os.dup(1)
    os.dup2(2, 1)
    told = json.dumps([mend(each) for each in json.load(sys.stdin) if each["kind"] != "stream"])
    os.write(ours, told.encode())


if __name__ == "__main__":
    main()
