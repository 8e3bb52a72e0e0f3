"""The egress adapter against Greenroom's recorder beside a real livekit-server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from greenroom.adapters.clock import SystemClock
from greenroom.adapters.livekit.egress import LiveKitEgress
from greenroom.adapters.livekit.egress_services import EgressServices
from greenroom.domain.egress import (
    EgressInfo,
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
)
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.egress_settings import Chosen
from tests.local.recorder.conftest import Studio, room, studio

__all__ = ["room", "studio"]
SMALL = Encoding(width=320, height=180, frame_rate=15)


@pytest_asyncio.fixture
async def egress(studio: Studio, make_rooms: MakeRooms) -> AsyncIterator[LiveKitEgress]:
    """No setting says anything: the server has no Egress service, its recorder is found."""
    server, clock = studio.server, SystemClock()
    rooms = make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=clock)
    services = EgressServices(rooms, Chosen(), lambda: studio.recorder.url, clock)
    yield LiveKitEgress(services, clock)
    await services.close()


def of_room(studio: Studio, *outputs: EgressOutput, **source: object) -> EgressRequest:
    return EgressRequest(
        room=studio.room,
        source=EgressSource(kind="room", **source),  # type: ignore[arg-type]
        outputs=outputs,
        encoding=SMALL,
    )


async def until(egress: LiveKitEgress, egress_id: str, *statuses: str) -> EgressInfo:
    async with asyncio.timeout(20):
        while True:
            (one,) = await egress.list_egress(egress_id=egress_id)
            if one.status in statuses:
                return one
            assert one.is_active, one
            await asyncio.sleep(0.05)


async def test_a_room_is_recorded_into_a_file_that_plays(
    egress: LiveKitEgress, studio: Studio
) -> None:
    await studio.person("anna", shade=60, tone=440)
    started = await egress.start(
        of_room(studio, EgressOutput(kind="file", format="mp4", path="{room_name}"), layout="grid")
    )
    assert (started.room, started.source, started.layout) == (studio.room, "room", "grid")
    assert (started.service, started.is_active) == ("greenroom", True)
    await until(egress, started.egress_id, "active")
    await asyncio.sleep(1)
    await egress.stop(started.egress_id)
    ended = await until(egress, started.egress_id, "complete")
    (result,) = ended.results
    assert Path(result.location).name == f"{studio.room}.mp4"
    assert result.size == Path(result.location).stat().st_size
    assert result.duration == pytest.approx(ended.ended_at - ended.started_at, abs=0.5)
    assert await egress.list_egress(studio.room, active=True) == ()
