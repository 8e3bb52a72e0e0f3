"""A thousand rooms on a real livekit-server: a bar while it runs, and Ctrl-C that loses no count."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "greenroom.interfaces.cli.main"]
ROOMS = 1_000


@pytest.fixture
def environment(livekit_server: Any, tmp_path: Path) -> dict[str, str]:
    """A real server, a home and a folder of its own."""
    return os.environ | {
        "LIVEKIT_URL": livekit_server.url,
        "LIVEKIT_API_KEY": livekit_server.api_key,
        "LIVEKIT_API_SECRET": livekit_server.api_secret,
        "GREENROOM_HOME": str(tmp_path),
    }


def told(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """What a command says with ``--json``."""
    done = subprocess.run(
        [*COMMAND, *arguments, "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def left(environment: dict[str, str]) -> int:
    """How many of the rooms are there."""
    rooms = told(environment, "room", "list")["steps"][0]["result"]["rooms"]
    return sum(room["name"].startswith("many-") for room in rooms)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_thousand_rooms_are_made_interrupted_and_deleted(environment: dict[str, str]) -> None:
    before = time.monotonic()
    made = told(environment, "room", "create-many", "many", "--count", str(ROOMS))
    assert made["status"] == "done", made["message"]
    assert left(environment) == ROOMS
    print(f"{ROOMS} rooms created in {time.monotonic() - before:.1f} s")

    ours, theirs = pty.openpty()
    deleting = subprocess.Popen(
        [*COMMAND, "room", "delete-matching", "many-*", "--yes"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    seen = b""
    while b" of 1,000 rooms" not in seen:
        seen += os.read(ours, 4096)
    deleting.send_signal(signal.SIGINT)
    said, _ = deleting.communicate(timeout=60)
    while True:
        try:
            seen += os.read(ours, 4096)
        except OSError:  # Linux says EIO when nobody holds the other end any more.
            break
    os.close(ours)
    assert deleting.returncode == 130, seen.decode()
    shown = (said + seen).decode()
    count = re.search(r"Interrupted: (\d+) of 1,000 rooms deleted, (\d+) not come to", shown)
    assert count is not None, shown
    assert int(count[1]) + int(count[2]) == ROOMS
    assert left(environment) == int(count[2])
    entry = told(environment, "coordinator", "journal")["steps"][0]["result"]["entries"][0]
    assert len(entry["steps"][0]["result"]["done"]) == int(count[1])

    before = time.monotonic()
    rest = told(environment, "room", "delete-matching", "many-*", "--yes")
    assert rest["status"] == "done", rest["message"]
    assert left(environment) == 0
    print(f"{count[2]} rooms deleted in {time.monotonic() - before:.1f} s")
