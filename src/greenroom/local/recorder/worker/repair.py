"""Mends what a recording left when it was cut off: ``python -m greenroom.local.recorder.worker.repair``.

stdin: a JSON list of outputs, as in a plan. stdout: a JSON list of what became of each.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import av

from greenroom.local.recorder.worker.mp4 import duration_of, keep_whole_fragments, to_fast_start


def mend(output: dict[str, Any]) -> dict[str, Any]:
    """One output. What cannot be mended is left as it is."""
    if output["kind"] == "file":
        return _file(Path(output["path"]), output["container"])
    return {}


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
    for fresh in path.parent.glob(f".{path.name}.*.new"):
        fresh.unlink()


def main() -> None:
    """See the module."""
    ours = os.dup(1)
    os.dup2(2, 1)
    told = json.dumps([mend(output) for output in json.load(sys.stdin)])
    os.write(ours, told.encode())


if __name__ == "__main__":
    main()
