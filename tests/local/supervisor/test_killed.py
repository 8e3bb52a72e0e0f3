"""Processes that are killed, files that a reboot left: the next one goes on as if nothing had been."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from greenroom.domain.errors import ConfigurationError
from greenroom.local.processes import Process
from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.options import Options
from greenroom.local.supervisor.people import room_names
from tests.local.supervisor.conftest import processes_of, until


def pids(home: Path) -> list[int]:
    return [found.pid for found in background.RunFolder(home).processes()]


def test_a_server_that_is_killed_is_started_again_with_the_same_url_and_key(
    home: Path, up: Callable[..., Running]
) -> None:
    first = up()
    supervisor, child = pids(home)
    os.kill(child, signal.SIGKILL)
    again = until(lambda: len(pids(home)) == 2 and pids(home)[1] != child and background.find(home))
    assert (again.url, again.key) == (first.url, first.key)
    assert until(lambda: background.ask(home, "GET", "/status")["state"] == "up")
    assert pids(home)[0] == supervisor
    assert room_names(again.url, again.key) == []
    assert background.ask(home, "GET", "/status")["children"][0]["restarts"] == 1


def test_a_server_that_dies_again_and_again_is_given_longer_pauses(
    home: Path, up: Callable[..., Running]
) -> None:
    up()
    begun = time.monotonic()
    for _ in range(3):
        child = until(lambda: len(pids(home)) == 2 and pids(home)[1])
        os.kill(child, signal.SIGKILL)
        assert until(lambda child=child: child not in pids(home))
    assert until(lambda: background.ask(home, "GET", "/status")["state"] == "up")
    assert time.monotonic() - begun > 0.2 + 0.5 + 1.0
    log = (home / "run" / "supervisor.log").read_text()
    assert [f"started again in {pause} s" in log for pause in (0.2, 0.5, 1.0)] == [True] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel ends children on Linux only")
@pytest.mark.parametrize("backend", ["sandbox", "livekit-server"])
def test_a_supervisor_that_is_killed_takes_its_server_with_it(
    home: Path, up: Callable[..., Running], backend: str, request: pytest.FixtureRequest
) -> None:
    if backend == "livekit-server":
        request.getfixturevalue("livekit_found")
    up(backend=backend)
    os.kill(pids(home)[0], signal.SIGKILL)
    assert until(lambda: not processes_of(home))
    assert background.find(home) is None


def test_after_a_kill_of_the_supervisor_the_next_up_goes_on(
    home: Path, up: Callable[..., Running]
) -> None:
    first = up()
    os.kill(pids(home)[0], signal.SIGKILL)
    port = int(first.url.rpartition(":")[2])
    again = up(port_base=port)
    assert again.url == first.url
    assert again.key == first.key


def test_servers_that_outlived_their_supervisor_are_ended_by_the_next_one(
    home: Path, up: Callable[..., Running]
) -> None:
    up()
    background.stop(home)
    with subprocess.Popen(["sleep", "60"]) as orphan:
        left = {"pid": 2**22 - 1, "started": "long ago"}
        shape = {**left, "children": [Process.of(orphan.pid).as_dict()], "state": "up"}
        (home / "run" / "daemon.json").write_text(json.dumps(shape))
        up()
        assert orphan.wait(5) == -signal.SIGTERM


def test_down_ends_what_a_killed_supervisor_left(home: Path, up: Callable[..., Running]) -> None:
    up()
    background.stop(home)
    with subprocess.Popen(["sleep", "60"]) as orphan:
        shape = {"children": [Process.of(orphan.pid).as_dict()]}
        (home / "run" / "daemon.json").write_text(json.dumps(shape))
        assert background.stop(home)
        assert orphan.wait(5) == -signal.SIGTERM
    assert not (home / "run" / "daemon.json").exists()
    assert not background.stop(home)


def test_a_reboot_leaves_files_whose_numbers_others_have_now(
    home: Path, up: Callable[..., Running]
) -> None:
    run = home / "run"
    run.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(run / "control.sock"))
    ours = Process.of(os.getpid())
    before = {"pid": ours.pid, "started": f"another-boot/{ours.started.rpartition('/')[2]}"}
    shape = {**before, "state": "up", "url": "ws://127.0.0.1:7880", "children": [before]}
    (run / "daemon.json").write_text(json.dumps(shape))
    (run / "lock").touch()
    assert background.find(home) is None
    assert up().shape["pid"] != ours.pid


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"pid": "x", "children": [1, {"pid": -1}]}', "\0"]
)
def test_a_damaged_daemon_file_is_no_obstacle(
    home: Path, up: Callable[..., Running], text: str
) -> None:
    (home / "run").mkdir(parents=True)
    (home / "run" / "daemon.json").write_text(text)
    assert background.find(home) is None
    assert up().is_sandbox


def test_a_supervisor_that_hangs_is_stopped_all_the_same(
    home: Path, up: Callable[..., Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    up()
    monkeypatch.setattr(background, "STOP_SECONDS", 0.5)
    os.kill(pids(home)[0], signal.SIGSTOP)
    assert background.stop(home)
    assert until(lambda: not processes_of(home))


def test_a_server_that_hangs_is_replaced(home: Path, up: Callable[..., Running]) -> None:
    del up
    quick = (
        "import sys; from greenroom.local.supervisor import child, __main__;"
        "child.LOOK_SECONDS = 0.2; child.STOP_SECONDS = child.INSIST_SECONDS = 0.2;"
        "sys.exit(__main__.main())"
    )
    options = Options(home=home, backend="sandbox", port_base=0)
    command = [sys.executable, "-c", quick, *options.as_arguments()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"up"')
        child = pids(home)[1]
        os.kill(child, signal.SIGSTOP)
        again = until(lambda: len(pids(home)) == 2 and pids(home)[1] != child)
        assert again
        assert until(lambda: background.ask(home, "GET", "/status")["state"] == "up")
        background.stop(home)


def test_status_of_a_supervisor_that_hangs_says_so_in_seconds(
    home: Path, up: Callable[..., Running]
) -> None:
    up()
    supervisor = pids(home)[0]
    os.kill(supervisor, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        with pytest.raises(ConfigurationError) as refused:
            background.ask(home, "GET", "/status")
        assert time.monotonic() - begun < 10
    finally:
        os.kill(supervisor, signal.SIGCONT)
    assert refused.value.code == "supervisor-failed"
    assert f"(process {supervisor})" in refused.value.message
    assert "greenroom down" in refused.value.hint
