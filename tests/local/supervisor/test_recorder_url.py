"""Where the recorder is, told by files alone."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.folder import RunFolder
from greenroom.local.supervisor.recorder_url import recorder_of, recorder_url, same_server

URL = "http://127.0.0.1:7892"


def written(home: Path, state: str, url: str = URL) -> RunFolder:
    """A supervisor that lives, as its files tell."""
    folder = RunFolder(home)
    recorder = {"url": url, "state": state, "folder": "", "reason": ""}
    folder.write({"url": "ws://127.0.0.1:7880", "recorder": recorder})
    return folder


def test_it_is_none_without_a_home_and_of_a_supervisor_that_has_gone(home: Path) -> None:
    assert recorder_url(home) == ""
    written(home, "up")
    assert recorder_url(home) == ""


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"recorder": null}', '{"recorder": []}'])
def test_a_damaged_file_names_none(home: Path, text: str) -> None:
    folder = RunFolder(home)
    assert folder.take()
    try:
        folder.state.write_text(text)
        assert recorder_url(home) == ""
    finally:
        folder.release()


def test_a_recorder_that_starts_is_waited_for(home: Path) -> None:
    folder = written(home, "starting")
    assert folder.take()
    try:
        later = threading.Timer(0.4, lambda: written(home, "up"))
        later.start()
        begun = time.monotonic()
        assert recorder_url(home) == URL
        assert time.monotonic() - begun >= 0.3
        later.join()
    finally:
        folder.release()


def test_it_belongs_to_the_server_beside_it_and_to_no_other(home: Path) -> None:
    folder = written(home, "up")
    assert folder.take()
    try:
        for url in ("ws://127.0.0.1:7880", "http://localhost:7880/", "ws://[::1]:7880"):
            assert recorder_of(home, url) == URL, url
        for url in ("ws://127.0.0.1:7881", "wss://livekit.example.com", "nonsense", "ws://[", ""):
            assert recorder_of(home, url) == "", url
    finally:
        folder.release()


def test_ports_that_are_not_said_are_those_of_the_scheme() -> None:
    assert same_server("wss://a.example", "https://A.example:443")
    assert not same_server("ws://a.example", "wss://a.example")


def test_it_loads_neither_protobuf_nor_aiohttp_nor_pydantic() -> None:
    code = (
        "import sys, json; import greenroom.local.supervisor.recorder_url;"
        "print(json.dumps([m for m in ('google.protobuf', 'aiohttp', 'pydantic', 'asyncio')"
        " if m in sys.modules]))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(told.stdout) == []


def test_a_real_sandbox_has_none(home: Path, up: Callable[..., Running]) -> None:
    running = up()
    assert recorder_of(home, running.url) == ""
