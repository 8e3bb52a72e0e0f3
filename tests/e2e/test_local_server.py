"""``greenroom up && greenroom ask "…" && greenroom down``, as people type it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greenroom import Greenroom
from greenroom.local.supervisor import background
from tests.local.supervisor.conftest import greenroom, home, livekit_found, processes_of, until

__all__ = ("home", "livekit_found")


def a_day(home: Path, what: str) -> None:
    up = greenroom(home, "up")
    assert up.returncode == 0, up.stderr
    assert f"{what} is up at ws://127.0.0.1:" in up.stdout.replace(" (media is simulated)", "")
    asked = greenroom(home, "ask", "create a room called standup for ten people")
    assert asked.stdout == "✓ Room standup created for 10 people.\n", asked.stderr
    assert asked.stderr == ""
    down = greenroom(home, "down")
    assert (down.returncode, down.stdout) == (0, "✓ The local server is stopped.\n")
    assert processes_of(home) == []


def test_up_ask_down_on_a_machine_without_livekit_server(home: Path) -> None:
    a_day(home, "sandbox")


@pytest.mark.usefixtures("livekit_found")
def test_up_ask_down_with_livekit_server(home: Path) -> None:
    a_day(home, "livekit-server")


def test_up_twice_at_once_gives_one_server_and_the_second_says_so(home: Path) -> None:
    with ThreadPoolExecutor() as pool:
        both = list(pool.map(lambda _: greenroom(home, "up"), range(2)))
    assert [done.returncode for done in both] == [0, 0], [done.stderr for done in both]
    said = sorted(done.stdout for done in both)
    assert "is up at" in said[0]
    assert "was up already at" in said[1]
    assert len(processes_of(home)) == 2


def test_serve_beside_up_is_refused_and_says_who_runs(home: Path) -> None:
    greenroom(home, "up")
    refused = greenroom(home, "serve")
    assert refused.returncode == 5
    pid = background.RunFolder(home).read()["pid"]
    assert f"(process {pid})" in refused.stderr
    assert "(already-running)" in refused.stderr


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_serves_until_it_is_interrupted(home: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "greenroom.interfaces.cli.main", "sandbox", "--json"]
    with subprocess.Popen(
        command,
        env=os.environ | {"GREENROOM_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        found = until(lambda: background.find(home))
        assert found.is_sandbox
        made = greenroom(home, "room", "create", "standup")
        assert made.returncode == 0, made.stderr
        process.send_signal(ending)
        said, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert json.loads(said)["local"]["url"] == found.url


def test_nothing_configured_and_nothing_up_starts_one_and_says_so(home: Path) -> None:
    first = greenroom(home, "room", "list", "--json", GREENROOM_AUTOSTART="")
    assert first.returncode == 0, first.stderr
    assert "No LiveKit server is configured: starting one on this machine." in first.stderr
    assert "It leaves after 30 idle minutes" in first.stderr
    running = background.find(home)
    assert running is not None
    assert json.loads(first.stdout)["target"] == running.url
    assert running.shape["idle_after"] == 1800
    again = greenroom(home, "room", "list", GREENROOM_AUTOSTART="")
    assert again.stderr == ""


def test_looking_into_the_journal_starts_nothing(home: Path) -> None:
    done = greenroom(home, "journal", GREENROOM_AUTOSTART="")
    assert "starting" not in done.stderr
    assert background.find(home) is None


def test_a_server_that_is_named_comes_before_the_one_that_is_up(home: Path) -> None:
    named = {"LIVEKIT_URL": "ws://127.0.0.1:1", "LIVEKIT_API_KEY": "k", "LIVEKIT_API_SECRET": "s"}
    up = greenroom(home, "up", **named)
    assert "Commands use ws://127.0.0.1:1 (LIVEKIT_*), not this server." in up.stderr
    mine = dict(
        line.removeprefix("export ").split("=", 1)
        for line in greenroom(home, "server", "env").stdout.splitlines()
    )
    assert "not this server" not in greenroom(home, "up", **mine).stderr
    half = greenroom(home, "up", LIVEKIT_URL="ws://127.0.0.1:1")
    assert "No command can use this server: The environment variables name" in half.stderr
    done = greenroom(home, "room", "list", **named)
    assert "(connection-refused)" in done.stderr


async def test_python_refuses_even_when_one_is_up(home: Path) -> None:
    greenroom(home, "up")
    async with Greenroom(home=home) as crew:
        outcome = await crew.call("room.list")
    assert outcome.error is not None
    assert outcome.error.code == "no-server"


def test_status_shows_processes_and_rooms_and_starts_nothing(home: Path) -> None:
    nothing = greenroom(home, "status", GREENROOM_AUTOSTART="")
    assert nothing.returncode == 5
    assert "No local server is up. Start one: greenroom up" in nothing.stdout
    assert background.find(home) is None
    greenroom(home, "up")
    greenroom(home, "room", "create", "standup")
    text = greenroom(home, "status").stdout
    shape = background.RunFolder(home).read()
    assert f"process {shape['pid']}" in text
    assert f"sandbox: up, process {shape['children'][0]['pid']}" in text
    assert "1 room" in text
    told = json.loads(greenroom(home, "status", "--json").stdout)
    assert told["schema"] == "greenroom.outcome/1"
    assert told["local"]["state"] == "up"
    assert told["steps"][0]["result"]["num_rooms"] == 1


def test_the_secret_reaches_env_and_no_other_output(home: Path) -> None:
    greenroom(home, "up")
    running = background.find(home)
    assert running is not None
    lines = greenroom(home, "server", "env").stdout.splitlines()
    assert f"export LIVEKIT_API_SECRET={running.key.secret}" in lines
    said = [greenroom(home, *words) for words in (["up", "--json"], ["status", "--json"])]
    said += [greenroom(home, "ask", f"create a room called {running.key.secret}")]
    assert all(running.key.secret not in done.stdout + done.stderr for done in said)
    assert running.key.secret not in (home / "run" / "daemon.json").read_text()


def test_options_that_a_second_up_cannot_keep_are_said(home: Path) -> None:
    first = greenroom(home, "up", "--sandbox", "--webhook", "http://127.0.0.1:9/secret")
    assert first.returncode == 0, first.stderr
    for same in ([], ["--sandbox", "--webhook", "http://127.0.0.1:9/secret"]):
        assert "It keeps" not in greenroom(home, "up", *same).stderr
    other = greenroom(home, "up", "--sandbox", "--control-port", "0")
    assert other.returncode == 0
    assert (
        "! It keeps the options that it was started with. To change that: greenroom down"
        in other.stderr
    )
    assert "secret" not in str(background.find(home))


def test_up_after_a_command_started_a_server_says_that_it_leaves_by_itself(home: Path) -> None:
    greenroom(home, "room", "list", GREENROOM_AUTOSTART="")
    assert "it leaves after 30 idle minutes" in greenroom(home, "up").stderr
