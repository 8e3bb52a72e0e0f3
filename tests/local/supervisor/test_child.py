"""A child that has work to finish is given the time; one that hangs is not."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import psutil
import pytest

from greenroom.local.ports import free_ports
from greenroom.local.supervisor import child
from greenroom.local.supervisor.child import Child, Program

SERVES = """
import signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer)
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
threading.Thread(target=server.serve_forever, daemon=True).start()
stop.wait(); time.sleep(float(sys.argv[2])); open(sys.argv[3], "w").write("finished")
"""
"""Answers; after SIGTERM it works for so long, then leaves a file."""


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STOP_SECONDS", "INSIST_SECONDS", "LOOK_SECONDS"):
        monkeypatch.setattr(child, name, 0.2)


async def started(folder: Path, seconds: float, *, finishes: bool) -> Child:
    """One that works so long after SIGTERM."""
    (port,) = free_ports(1)
    program = Program(
        name="worker",
        command=[sys.executable, "-c", SERVES, str(port), str(seconds), str(folder / "done")],
        address=("127.0.0.1", port),
        log=folder / "log",
        error_code="recorder-failed",
        finishes=finishes,
    )
    made = Child(lambda: program, lambda: None)
    await made.start()
    return made


@pytest.mark.parametrize(("finishes", "there"), [(True, True), (False, False)])
async def test_only_one_with_work_to_finish_may_take_its_time(
    tmp_path: Path, finishes: bool, there: bool
) -> None:
    made = await started(tmp_path, 3, finishes=finishes)
    await made.stop()
    assert (tmp_path / "done").exists() == there
    assert made.as_dict()["state"] == "stopped"


async def test_one_that_answers_no_more_is_killed(tmp_path: Path) -> None:
    made = await started(tmp_path, 60, finishes=True)
    assert made.process is not None
    process = psutil.Process(made.process.pid)
    process.suspend()
    begun = time.monotonic()
    await asyncio.wait_for(made.stop(), 20)
    assert time.monotonic() - begun < 10
    assert not process.is_running()
