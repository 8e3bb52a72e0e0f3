"""The sandbox as a child process, as a supervisor starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.contract.calls import Wire

SECRET = "child-secret-child-secret-child-secret"


@contextmanager
def child(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    secret = folder / "secret"
    secret.write_text(f"{SECRET}\n")
    command = [sys.executable, "-m", "greenroom.local.sandbox", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--key", "APIchild", "--secret-file", str(secret), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, json.loads(line) if line else {}
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_is_and_keeps_its_state(
    tmp_path: Path, stop: signal.Signals
) -> None:
    state = ("--state", str(tmp_path / "state.json"))
    for rooms in ([], ["kept"]):
        with child(tmp_path, *state) as (process, told):
            assert told["pid"] == process.pid
            at = Wire(url=str(told["url"]), api_key="APIchild", api_secret=SECRET)
            found = (await at.room("ListRooms", {})).json["rooms"]
            assert [room["name"] for room in found] == rooms
            await at.room("CreateRoom", {"name": "kept"})
            process.send_signal(stop)
            assert process.wait(5) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""


def test_a_taken_port_is_one_line_and_1(tmp_path: Path) -> None:
    with (
        child(tmp_path) as (_, told),
        child(tmp_path, "--port", str(told["port"])) as (second, said),
    ):
        assert second.wait(5) == 1
        assert said == {}
        assert second.stderr is not None
        lines = second.stderr.read().splitlines()
    assert len(lines) == 1
    assert "address already in use" in lines[0]


def test_the_secret_is_on_no_command_line(tmp_path: Path) -> None:
    with child(tmp_path) as (process, told):
        shown = Path(f"/proc/{process.pid}/cmdline")
        if not shown.exists():
            pytest.skip("no /proc")
        assert SECRET not in shown.read_text()
        with urllib.request.urlopen(f"http://127.0.0.1:{told['port']}/") as answer:
            assert answer.read() == b"OK"


@pytest.mark.parametrize(
    ("more", "code"),
    [(("--key", "second"), 2), (("--webhook", "nonsense"), 1), (("--state", "/"), 1)],
)
def test_a_bad_start_is_told(tmp_path: Path, more: tuple[str, ...], code: int) -> None:
    with child(tmp_path, *more) as (process, told):
        assert process.wait(5) == code
        assert told == {}
        assert process.stderr is not None
        assert SECRET not in process.stderr.read()


def test_starting_loads_none_of_the_heavy_libraries() -> None:
    code = "import greenroom.local.sandbox.__main__, sys; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    unwanted = {
        "aiohttp",
        "pydantic",
        "jwt",
        "http.client",
    }
    assert not unwanted & loaded
