"""livekit-server with Redis and no worker of LiveKit's Egress: the trap in which a Start takes 22 s to say no."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio

from greenroom.adapters.clock import SystemClock
from greenroom.adapters.livekit.egress import SHORT_SECONDS, START_SECONDS, LiveKitEgress
from greenroom.adapters.livekit.egress_services import EgressServices
from greenroom.adapters.livekit.egress_workers import Workers
from greenroom.domain.egress import EgressOutput, EgressRequest, EgressSource
from greenroom.domain.errors import GreenroomError, PreconditionFailed
from greenroom.local.keys import ApiKey
from greenroom.local.livekit_config import ServerSettings
from greenroom.local.livekit_server import find_or_build, own_environment, stop, wait_until_up
from greenroom.local.ports import free_ports
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.egress_settings import Chosen
from tests.conftest import CACHE
from tests.local.recorder.people import enter

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Server:
    """What people are let in with."""

    url: str
    api_key: str
    api_secret: str


@pytest.fixture(scope="module")
def server(has_livekit_server: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    del has_livekit_server
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is not installed (Debian: redis-server)")
    folder = tmp_path_factory.mktemp("redis")
    port, tcp, udp, redis = free_ports(4)
    started = subprocess.Popen(
        [program, "--port", str(redis), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    key = ApiKey.generate()
    settings = ServerSettings(
        port=port, tcp=tcp, udp=udp, keys=[key], webhooks=(), remote_unmute=True
    )
    config, log = folder / "livekit.yaml", folder / "livekit-server.log"
    config.write_text(f"{settings.as_yaml()}redis:\n  address: 127.0.0.1:{redis}\n")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [find_or_build(CACHE, print), "--config", str(config)],
            env=own_environment(),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until_up(process, f"http://127.0.0.1:{port}/", log)
        yield Server(f"ws://127.0.0.1:{port}", key.key, key.secret)
    finally:
        stop(process)
        started.terminate()
        started.wait(10)


@pytest_asyncio.fixture
async def egress(server: Server, make_rooms: MakeRooms) -> AsyncIterator[LiveKitEgress]:
    clock = SystemClock()
    rooms = make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=clock)
    services = EgressServices(rooms, Chosen(), lambda: "", clock)
    yield LiveKitEgress(services, clock, Workers(clock))
    await services.close()


async def refused(egress: LiveKitEgress, room: str) -> tuple[GreenroomError, float]:
    """What is said, and after how many seconds."""
    request = EgressRequest(
        room=room, source=EgressSource(kind="room"), outputs=(EgressOutput(kind="file"),)
    )
    began = time.monotonic()
    with pytest.raises(GreenroomError) as caught:
        await egress.start(request)
    return caught.value, time.monotonic() - began


async def test_a_start_that_no_worker_takes_is_explained_and_the_next_one_waits_less(
    egress: LiveKitEgress, server: Server
) -> None:
    assert await egress.service() == "livekit"
    assert await egress.connected()
    async with AsyncExitStack() as stack:
        person = await enter(server, "trap", "anna")  # type: ignore[arg-type]
        stack.push_async_callback(person.leave)
        first, waited = await refused(egress, "trap")
        assert first.code == "unavailable"
        assert "no free worker" in first.message
        assert "egress.service" in first.hint
        assert START_SECONDS - 1 < waited < START_SECONDS + 2
        again, waited = await refused(egress, "trap")
        assert again.code == "unavailable"
        assert waited < SHORT_SECONDS + 2
    assert await egress.list_egress() == ()


async def test_what_needs_no_worker_is_answered_at_once(egress: LiveKitEgress) -> None:
    error, waited = await refused(egress, "nowhere")
    assert (error.code, waited < 1) == ("not-found", True)
    assert await egress.list_egress(egress_id="EG_none") == ()
    with pytest.raises(PreconditionFailed) as caught:
        await egress.stop("EG_none")
    assert caught.value.code == "not-found"
    with pytest.raises(GreenroomError) as told:
        await egress.pause("EG_none")
    assert told.value.code == "unimplemented"
    assert await egress.figures("EG_none") == {}
