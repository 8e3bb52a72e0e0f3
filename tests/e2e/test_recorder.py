"""``greenroom recorder``: the Egress API for a LiveKit server that runs elsewhere, until Ctrl-C."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from livekit import api

from greenroom.local.livekit_server import LocalServer
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.recorder_url import recorder_url
from tests.local.recorder.media import facts, is_fast_start
from tests.local.recorder.people import enter
from tests.local.supervisor.conftest import greenroom, home, livekit_found, up

__all__ = ("home", "livekit_found", "up")


def named(server: LocalServer) -> dict[str, str]:
    """The server as the environment names it."""
    return {
        "LIVEKIT_URL": server.url,
        "LIVEKIT_API_KEY": server.api_key,
        "LIVEKIT_API_SECRET": server.api_secret,
    }


@pytest.fixture
def foreground(
    livekit_server: LocalServer, home: Path, tmp_path: Path
) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start it, in a terminal that is none."""
    begun = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "greenroom.interfaces.cli.main", "recorder", "--jsonl"]
        command += ["--port", "0", "--folder", "talks"]
        begun.append(
            subprocess.Popen(
                command,
                env={**os.environ, "GREENROOM_HOME": str(home), **named(livekit_server)},
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return begun[0]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


async def test_it_records_the_server_that_is_named_and_ctrl_c_finishes_the_file(
    foreground: Callable[[], subprocess.Popen[str]],
    livekit_server: LocalServer,
    home: Path,
    tmp_path: Path,
) -> None:
    process, room = foreground(), f"recorder-{uuid4().hex[:10]}"
    assert process.stdout is not None
    told = json.loads(await asyncio.to_thread(process.stdout.readline))
    url = told["local"]["url"]
    assert told["local"]["records"] == livekit_server.url
    anna = await enter(livekit_server, room, "anna")
    try:
        await anna.show(60)
        async with api.LiveKitAPI(
            url, livekit_server.api_key, livekit_server.api_secret
        ) as livekit:
            output = api.EncodedFileOutput(filepath="talk")
            asked = api.RoomCompositeEgressRequest(room_name=room, file_outputs=[output])
            info = await livekit.egress.start_room_composite_egress(asked)
            again = api.ListEgressRequest(egress_id=info.egress_id)
            async with asyncio.timeout(15):
                while info.status != api.EgressStatus.EGRESS_ACTIVE:
                    await asyncio.sleep(0.05)
                    (info,) = (await livekit.egress.list_egress(again)).items
        await asyncio.sleep(1)
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(process.communicate, timeout=30)
    finally:
        await anna.leave()
    assert process.returncode == 0, said
    assert "greenroom config set egress.service greenroom" in said
    assert f"greenroom config set egress.url {url}" in said
    assert "Finishing 1 recording." in said
    assert is_fast_start(tmp_path / "talks" / "talk.mp4")
    assert facts(tmp_path / "talks" / "talk.mp4")["seconds"] > 0.5
    assert not [
        path for path in home.rglob("*.json") if livekit_server.api_secret in path.read_text()
    ]


def test_a_second_one_of_the_same_home_is_refused(
    foreground: Callable[[], subprocess.Popen[str]], livekit_server: LocalServer, home: Path
) -> None:
    process = foreground()
    assert process.stdout is not None
    assert process.stdout.readline()
    second = greenroom(home, "recorder", "--port", "0", **named(livekit_server))
    assert second.returncode == 5
    assert "Another recorder uses" in second.stderr
    assert "(already-running)" in second.stderr


def test_a_port_that_is_taken_is_named(livekit_server: LocalServer, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = greenroom(home, "recorder", "--port", port, **named(livekit_server))
    assert refused.returncode == 5
    assert f"Port {port} (TCP) is taken by process {os.getpid()}" in refused.stderr
    assert "another --port" in refused.stderr


def test_without_a_server_it_starts_none(home: Path) -> None:
    refused = greenroom(home, "recorder", "--port", "0", GREENROOM_AUTOSTART="yes")
    assert refused.returncode == 5
    assert "(no-server)" in refused.stderr


@pytest.mark.usefixtures("livekit_found")
def test_a_local_server_has_one_already(home: Path, up: Callable[..., Running]) -> None:
    up(backend="livekit-server")
    refused = greenroom(home, "recorder", "--port", "0")
    assert refused.returncode == 5
    assert f"has its recorder already: {recorder_url(home)}." in refused.stderr
