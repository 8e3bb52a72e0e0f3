"""A home whose server is stopped with the test, and a check that nothing of it is left."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.options import Options
from tests.conftest import CACHE


def processes_of(home: Path) -> list[psutil.Process]:
    """Every process that was started with this home, by whomever."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(str(home) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return [each for each in found if each.is_running() and each.status() != "zombie"]


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path, as sockets need it. At the end nothing may be left: process, port, socket."""
    with tempfile.TemporaryDirectory(prefix="gr-") as folder:
        path = Path(folder) / "h"
        yield path
        known = background.RunFolder(path).read()
        background.stop(path)
        assert until(lambda: not processes_of(path)), processes_of(path)
        assert not (path / "run" / "control.sock").exists()
        if url := known.get("url"):
            assert can_listen(int(url.rpartition(":")[2]))


@pytest.fixture
def up(home: Path) -> Callable[..., Running]:
    """``up(…)``: start a sandbox in the background on free ports."""

    def start(**given: Any) -> Running:
        settings = {"backend": "sandbox", "port_base": 0, **given}
        running, new = background.start(Options(home=home, **settings))
        assert new
        return running

    return start


@pytest.fixture
def livekit_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """livekit-server is found where a developer has built it; else the test is skipped."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(CACHE.parent.parent))
    if not any(CACHE.glob("livekit-server-*")):
        pytest.skip("livekit-server is not built here")


def until(fact: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait for it, and give it."""
    deadline = time.monotonic() + seconds
    while not (found := fact()) and time.monotonic() < deadline:
        time.sleep(0.03)
    return found


def can_listen(port: int) -> bool:
    """Whether nobody has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def greenroom(home: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """The command, as a script would run it, with nobody to answer."""
    return subprocess.run(
        [sys.executable, "-m", "greenroom.interfaces.cli.main", *arguments],
        env={**os.environ, "GREENROOM_HOME": str(home), **environ},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=30,
    )
