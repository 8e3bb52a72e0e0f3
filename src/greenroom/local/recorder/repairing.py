"""Repairs, in a process of their own: what reads media stays out of the service."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Sequence
from typing import Any

from greenroom.local.livekit_server import own_environment

log = logging.getLogger("greenroom.recorder")


async def repair(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make the outputs of a recording that was cut off playable; what became of each, as ``ended`` tells it."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "greenroom.local.recorder.worker.repair",
        env=own_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    told, _ = await child.communicate(json.dumps(list(outputs)).encode())
    if child.returncode:
        log.error("a repair ended with exit code %s", child.returncode)
        return []
    mended: list[dict[str, Any]] = json.loads(told)
    return mended
