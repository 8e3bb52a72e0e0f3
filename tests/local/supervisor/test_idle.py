"""A server that a command started leaves when nobody uses it, and never while people are inside."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from livekit import api

from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.wire import call
from tests.local.supervisor.conftest import processes_of, until


def test_it_leaves_when_it_is_idle(home: Path, up: Callable[..., Running]) -> None:
    up(idle=0.6)
    assert until(lambda: not processes_of(home), 6)
    assert background.find(home) is None
    assert "unused for" in (home / "run" / "supervisor.log").read_text()


def test_a_server_that_a_person_started_stays(up: Callable[..., Running]) -> None:
    assert up().shape["idle_after"] is None


def test_it_stays_while_commands_use_it(home: Path, up: Callable[..., Running]) -> None:
    up(idle=1.5)
    for _ in range(8):
        background.touch(home)
        time.sleep(0.3)
    assert background.find(home) is not None


def test_it_stays_while_somebody_is_in_a_room_and_leaves_after(
    home: Path, up: Callable[..., Running]
) -> None:
    running = up(idle=0.8)
    join(running, "standup", "anna")
    time.sleep(2.0)
    assert background.find(home) is not None
    assert background.ask(home, "GET", "/people") == {"rooms": {"standup": ["anna"]}}
    command(running, "leave", room="standup", identity="anna")
    assert until(lambda: not processes_of(home), 6)


def join(running: Running, room: str, identity: str) -> None:
    command(running, "join", room=room, identity=identity)


def command(running: Running, name: str, **body: str) -> None:
    grants = api.VideoGrants(room_admin=True, room=body["room"])
    token = api.AccessToken(running.key.key, running.key.secret).with_grants(grants).to_jwt()
    host, _, port = running.url.removeprefix("ws://").rpartition(":")
    headers = {"Authorization": f"Bearer {token}"}
    status, answer = call((host, int(port)), "POST", f"/sandbox/{name}", body=body, headers=headers)
    assert status == 200, answer
