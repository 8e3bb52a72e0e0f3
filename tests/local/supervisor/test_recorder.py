"""The recorder beside livekit-server: it comes and goes with the supervisor, and loses no recording."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio
from aiohttp import web
from livekit import api

from greenroom.domain.errors import ConfigurationError
from greenroom.local.keys import KeyFile
from greenroom.local.livekit_server import LocalServer
from greenroom.local.supervisor import background
from greenroom.local.supervisor.background import Running
from greenroom.local.supervisor.options import Options
from greenroom.local.supervisor.people import people_inside
from greenroom.local.supervisor.recorder_url import recorder_url
from tests.local.listening import listening
from tests.local.recorder.media import facts, is_fast_start
from tests.local.recorder.people import enter
from tests.local.supervisor.conftest import greenroom, processes_of, until

ROOM = "standup"
ACTIVE, COMPLETE = api.EgressStatus.EGRESS_ACTIVE, api.EgressStatus.EGRESS_COMPLETE
ENDED = (COMPLETE, api.EgressStatus.EGRESS_FAILED, api.EgressStatus.EGRESS_ABORTED)

pytestmark = pytest.mark.usefixtures("livekit_found")


@dataclass(slots=True)
class Stage:
    """A local server with anna on it, and a client of its recorder."""

    home: Path
    running: Running
    livekit: api.LiveKitAPI
    people: AsyncExitStack = field(repr=False)

    async def record(self) -> str:
        """Record the room; return when it records."""
        output = api.EncodedFileOutput(filepath="talk")
        asked = api.RoomCompositeEgressRequest(room_name=ROOM, file_outputs=[output])
        info = await self.livekit.egress.start_room_composite_egress(asked)
        await self.until(info.egress_id, ACTIVE)
        return info.egress_id

    async def stop(self, egress_id: str) -> None:
        """Return when the file is there."""
        await self.livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
        await self.until(egress_id, *ENDED)

    async def until(self, egress_id: str, *statuses: int) -> api.EgressInfo:
        """Wait for one of them."""
        asked = api.ListEgressRequest(egress_id=egress_id)
        async with asyncio.timeout(20):
            while True:
                (info,) = (await self.livekit.egress.list_egress(asked)).items
                if info.status in statuses:
                    return info
                await asyncio.sleep(0.05)

    @property
    def file(self) -> Path:
        """What is recorded."""
        return self.home / "recordings" / "talk.mp4"


@pytest_asyncio.fixture
async def stage(home: Path, up: Callable[..., Running]) -> AsyncIterator[Callable[..., Any]]:
    """``await stage(…)``: start livekit-server with these options, and let anna in with a camera."""
    async with AsyncExitStack() as stack:

        async def opened(**given: Any) -> Stage:
            running = await asyncio.to_thread(up, backend="livekit-server", **given)
            key = running.key
            server = LocalServer(running.url, key.key, key.secret, 0, home)
            url = await asyncio.to_thread(recorder_url, home)
            livekit = await stack.enter_async_context(api.LiveKitAPI(url, key.key, key.secret))
            people = await stack.enter_async_context(AsyncExitStack())
            anna = await enter(server, ROOM, "anna")
            people.push_async_callback(anna.leave)
            await anna.show(60)
            return Stage(home, running, livekit, people)

        yield opened


def status(home: Path) -> dict[str, Any]:
    return dict(background.ask(home, "GET", "/status"))


def recorder_process(home: Path) -> psutil.Process | None:
    """The service, which has media in processes of its own; None between two of them."""
    (child,) = [each for each in status(home)["children"] if each["name"] == "recorder"]
    return psutil.Process(child["pid"]) if child.get("pid") else None


def test_it_listens_twelve_above_the_base_and_status_shows_it(
    home: Path, up: Callable[..., Running]
) -> None:
    base = free_block()
    up(backend="livekit-server", port_base=base)
    url = f"http://127.0.0.1:{base + 12}"
    assert recorder_url(home) == url
    assert status(home)["recorder"] == {
        "url": url,
        "state": "up",
        "folder": str(home / "recordings"),
        "reason": "",
    }
    shown = greenroom(home, "status").stdout
    assert f"  recorder: {url}, files in {home}/recordings\n" in shown
    assert "  recorder: up, process " in shown
    again = greenroom(home, "up")
    assert f"Recorder: {url}" in again.stderr


def free_block() -> int:
    """The lowest of ports that are free up to the recorder's."""
    for base in range(20_000, 30_000, 20):
        probes = [socket.socket() for _ in range(4)]
        try:
            for probe, step in zip(probes, (0, 1, 2, 12), strict=True):
                probe.bind(("127.0.0.1", base + step))
        except OSError:
            continue
        else:
            return base
        finally:
            for probe in probes:
                probe.close()
    raise AssertionError


def test_where_its_port_is_taken_it_takes_a_free_one_and_says_so(
    home: Path, up: Callable[..., Running]
) -> None:
    base = free_block()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", base + 12))
        taken.listen()
        running = up(backend="livekit-server", port_base=base)
        url = recorder_url(home)
        assert url not in {"", f"http://127.0.0.1:{base + 12}"}
        (warning,) = running.shape["warnings"]
    assert f"Port {base + 12} (TCP) is taken by process {os.getpid()}" in warning
    assert f"The recorder listens at port {url.rpartition(':')[2]}." in warning


def test_its_secrets_are_in_no_command_line(home: Path, up: Callable[..., Running]) -> None:
    secret = up(backend="livekit-server").key.secret
    assert recorder_url(home)
    words = [word for process in processes_of(home) for word in process.cmdline()]
    assert str(home / "recordings") in words
    assert not [word for word in words if secret in word]


def test_without_packages_the_server_is_up_and_says_what_to_install(home: Path) -> None:
    bare = (
        "import sys; sys.modules['av'] = None;"
        "from greenroom.local.supervisor import __main__; sys.exit(__main__.main())"
    )
    options = Options(home=home, backend="livekit-server", port_base=0)
    command = [sys.executable, "-c", bare, *options.as_arguments()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b'{"up"')
        assert recorder_url(home) == ""
        recorder = status(home)["recorder"]
        assert recorder["state"] == "missing"
        assert "not installed: av." in recorder["reason"]
        shown = greenroom(home, "status").stdout
        assert "  no recorder: Recording needs packages" in shown
        assert "pip install 'greenroom[recorder]'" in shown
        assert len(processes_of(home)) == 2
        background.stop(home)


def test_one_that_cannot_start_leaves_the_server_up_and_says_why(
    home: Path, up: Callable[..., Running]
) -> None:
    home.mkdir(mode=0o700)
    (home / "egress").write_text("in the way of a folder")
    up(backend="livekit-server")
    assert recorder_url(home) == ""
    reason = status(home)["recorder"]["reason"]
    assert "recorder did not start: recorder: " in reason
    assert f"Its log is {home}/server/recorder.log." in reason
    assert status(home)["state"] == "up"


def test_the_sandbox_has_none(home: Path, up: Callable[..., Running]) -> None:
    assert up().shape["recorder"] is None
    assert recorder_url(home) == ""
    assert "recorder" not in greenroom(home, "status").stdout


async def test_down_finishes_what_is_recorded(home: Path, stage: Callable[..., Any]) -> None:
    made = await stage()
    await made.record()
    await asyncio.sleep(1)
    done = await asyncio.to_thread(greenroom, home, "down")
    assert (done.returncode, done.stdout) == (0, "✓ The local server is stopped.\n")
    assert "Recordings are finished first: standup." in done.stderr
    assert processes_of(home) == []
    assert is_fast_start(made.file)
    assert facts(made.file)["seconds"] > 0.5


@pytest.mark.slow
async def test_an_idle_server_stays_while_it_records_and_leaves_after(
    home: Path, stage: Callable[..., Any]
) -> None:
    made = await stage(idle=5)
    egress_id = await made.record()
    await made.people.aclose()
    await asyncio.sleep(8)
    assert people_inside(made.running.url, made.running.key) == {}
    assert background.find(home) is not None
    await made.stop(egress_id)
    assert await asyncio.to_thread(until, lambda: not processes_of(home))
    assert facts(made.file)["seconds"] > 6


async def test_keys_are_not_rotated_while_it_records(home: Path, stage: Callable[..., Any]) -> None:
    made = await stage()
    before = KeyFile(home).read()
    egress_id = await made.record()
    waived = ("--waive", "rotation-people-inside=a test")
    refused = await asyncio.to_thread(greenroom, home, "auth", "rotate-key", *waived)
    assert refused.returncode != 0
    assert "Recordings run or wait (standup)" in refused.stderr
    assert "(still-recording)" in refused.stderr
    assert KeyFile(home).read() == before
    assert (await made.until(egress_id, ACTIVE)).status == ACTIVE
    await made.stop(egress_id)


async def test_after_a_rotation_the_recorder_knows_the_keys_of_now(
    home: Path, up: Callable[..., Running]
) -> None:
    up(backend="livekit-server")
    url = await asyncio.to_thread(recorder_url, home)
    await asyncio.to_thread(background.rotate, home, finish=False)
    new, old = KeyFile(home).read()
    assert [await accepts(url, each.key, each.secret) for each in (new, old)] == [True, True]
    await asyncio.to_thread(background.rotate, home, finish=True)
    assert [await accepts(url, each.key, each.secret) for each in (new, old)] == [True, False]
    assert recorder_url(home) == url


async def accepts(url: str, key: str, secret: str) -> bool:
    """Whether the recorder answers who has this key."""
    async with api.LiveKitAPI(url, key, secret) as livekit:
        try:
            await livekit.egress.list_egress(api.ListEgressRequest())
        except api.TwirpError as refused:
            return refused.status != 401
        return True


@pytest.mark.slow
async def test_a_recorder_that_is_killed_while_it_records_is_started_again_and_the_file_plays(
    home: Path, stage: Callable[..., Any]
) -> None:
    made = await stage()
    egress_id = await made.record()
    await asyncio.sleep(4)
    old = recorder_process(home)
    assert old is not None
    for process in (*old.children(), old):
        process.kill()
    assert await asyncio.to_thread(until, lambda: recorder_process(home) not in {None, old})
    url = await asyncio.to_thread(recorder_url, home)
    assert url == made.running.shape["recorder"]["url"]
    assert await asyncio.to_thread(until, lambda: status(home)["recorder"]["state"] == "up")
    ended = await made.until(egress_id, *ENDED)
    assert "process ended before it had finished" in ended.error
    assert is_fast_start(made.file)
    assert facts(made.file)["seconds"] > 1
    assert status(home)["state"] == "up"


@pytest.mark.slow
async def test_a_supervisor_that_is_killed_leaves_a_finished_file_and_no_process(
    home: Path, stage: Callable[..., Any]
) -> None:
    made = await stage()
    await made.record()
    await asyncio.sleep(1)
    recorder = recorder_process(home)
    assert recorder is not None
    workers = recorder.children()
    os.kill(status(home)["pid"], signal.SIGKILL)
    assert await asyncio.to_thread(until, lambda: not processes_of(home))
    assert not [each for each in workers if each.is_running()]
    assert is_fast_start(made.file)


async def test_events_of_recordings_go_where_those_of_the_server_go(
    stage: Callable[..., Any],
) -> None:
    events, ended = set(), asyncio.Event()

    async def take(request: web.Request) -> web.Response:
        events.add((await request.json())["event"])
        if "egress_ended" in events:
            ended.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    async with listening(app) as url:
        made = await stage(webhooks=(f"{url}/hook",))
        await made.stop(await made.record())
        await asyncio.wait_for(ended.wait(), 10)
    assert {"participant_joined", "egress_started"} <= events


def test_what_the_recorder_does_is_unknown_while_it_hangs_and_keys_wait_for_that(
    home: Path, up: Callable[..., Running]
) -> None:
    up(backend="livekit-server")
    assert recorder_url(home)
    process = recorder_process(home)
    assert process is not None
    process.suspend()
    try:
        begun = time.monotonic()
        with pytest.raises(ConfigurationError) as refused:
            background.rotate(home, finish=False)
        assert time.monotonic() - begun < 10
    finally:
        process.resume()
    assert refused.value.code == "unavailable"
