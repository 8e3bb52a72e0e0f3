"""Faults on demand, as greenroom.testing offers them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from livekit import api

from greenroom.local.twirp.refusals import Refusal
from greenroom.testing import FakeClock, Server, sandbox


@pytest_asyncio.fixture
async def server() -> AsyncIterator[Server]:
    async with sandbox() as started:
        yield started


@pytest_asyncio.fixture
async def livekit(server: Server) -> AsyncIterator[api.LiveKitAPI]:
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
        yield client


def create(livekit: api.LiveKitAPI, name: str = "stage") -> object:
    return livekit.room.create_room(api.CreateRoomRequest(name=name))


async def test_a_refusal_has_no_effect_and_happens_as_often_as_said(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("CreateRoom", "refuse", times=2, code="resource_exhausted", message="full")
    for _ in range(2):
        with pytest.raises(api.TwirpError) as caught:
            await create(livekit)
        assert (caught.value.code, caught.value.message) == ("resource_exhausted", "full")
        assert caught.value.status == 429
        assert server.rooms() == []
    await create(livekit)
    assert server.rooms() == ["stage"]


async def test_a_lie_has_the_answer_and_not_the_effect(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("CreateRoom", "lie")
    made = await create(livekit)
    assert (made.name, made.sid[:3]) == ("stage", "RM_")
    assert server.rooms() == []
    anna = server.join("stage", "anna")
    server.fault("RemoveParticipant", "lie")
    server.fault("DeleteRoom", "lie")
    await livekit.room.remove_participant(
        api.RoomParticipantIdentity(room="stage", identity="anna")
    )
    await livekit.room.delete_room(api.DeleteRoomRequest(room="stage"))
    assert (server.rooms(), anna.left) == (["stage"], None)


async def test_a_lie_still_refuses_what_is_wrong(server: Server, livekit: api.LiveKitAPI) -> None:
    server.fault("DeleteRoom", "lie")
    with pytest.raises(api.TwirpError) as caught:
        await livekit.room.delete_room(api.DeleteRoomRequest(room="nope"))
    assert caught.value.code == "not_found"


@pytest.mark.parametrize(("kind", "rooms"), [("drop", []), ("drop-after", ["stage"])])
async def test_a_dropped_connection_gives_no_answer(
    server: Server, livekit: api.LiveKitAPI, kind: str, rooms: list[str]
) -> None:
    server.fault("CreateRoom", kind)
    with pytest.raises(aiohttp.ClientConnectionError):
        await create(livekit)
    assert server.rooms() == rooms
    await create(livekit)


async def test_a_failure_after_the_effect_leaves_the_effect(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("CreateRoom", "fail-after")
    with pytest.raises(api.TwirpError) as caught:
        await create(livekit)
    assert (caught.value.status, caught.value.code) == (500, "internal")
    assert server.rooms() == ["stage"]


async def test_a_delay_is_real_time_and_holds_up_nobody_else(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("CreateRoom", "delay", seconds=0.5)
    start = time.perf_counter()
    late = asyncio.ensure_future(create(livekit))
    await livekit.room.list_rooms(api.ListRoomsRequest())
    assert not late.done()
    assert server.rooms() == []
    await late
    assert time.perf_counter() - start >= 0.5
    assert server.rooms() == ["stage"]


async def test_a_star_stands_for_every_method_and_faults_can_be_cleared(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("*", "refuse", times=100)
    for call in (create(livekit), livekit.room.list_rooms(api.ListRoomsRequest())):
        with pytest.raises(api.TwirpError):
            await call
    server.clear_faults()
    await create(livekit)
    assert server.rooms() == ["stage"]


async def test_faults_happen_in_the_order_they_were_asked_for(
    server: Server, livekit: api.LiveKitAPI
) -> None:
    server.fault("CreateRoom", "refuse", code="unavailable")
    server.fault("CreateRoom", "refuse", code="internal")
    codes = []
    for _ in range(2):
        with pytest.raises(api.TwirpError) as caught:
            await create(livekit)
        codes.append(caught.value.code)
    assert codes == ["unavailable", "internal"]


async def test_a_bad_token_uses_up_no_fault(server: Server, livekit: api.LiveKitAPI) -> None:
    server.fault("ListRooms", "refuse")
    async with api.LiveKitAPI(server.url, server.api_key, "x" * 40) as wrong:
        with pytest.raises(api.TwirpError):
            await wrong.room.list_rooms(api.ListRoomsRequest())
    with pytest.raises(api.TwirpError) as caught:
        await livekit.room.list_rooms(api.ListRoomsRequest())
    assert caught.value.code == "unavailable"


@pytest.mark.parametrize(
    "wrong", [{"kind": "nonsense"}, {"code": "nonsense"}, {"times": 0}, {"seconds": -1}], ids=str
)
async def test_a_fault_that_does_not_exist_is_refused(
    server: Server, wrong: dict[str, object]
) -> None:
    asked: dict[str, object] = {"kind": "refuse", **wrong}
    with pytest.raises(Refusal) as caught:
        server.fault("CreateRoom", **asked)
    assert caught.value.code == "invalid_argument"


async def test_a_users_test_lets_time_pass(server: Server) -> None:
    clock = FakeClock()
    async with sandbox(clock=clock) as other:
        other.join("stage", "anna").leave()
        assert other.rooms() == ["stage"]
        clock.move(21)
        assert other.rooms() == []
        assert server.rooms() == []


async def test_the_environment_leads_to_the_server(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environ().items():
        monkeypatch.setenv(name, value)
    async with api.LiveKitAPI() as client:
        await create(client)
    assert server.rooms() == ["stage"]


async def test_greenroom_itself_sees_through_a_lie() -> None:
    from greenroom import Greenroom

    clock = FakeClock()
    async with (
        sandbox(clock=clock) as server,
        Greenroom(
            url=server.url, api_key=server.api_key, api_secret=server.api_secret, clock=clock
        ) as crew,
    ):
        server.fault("CreateRoom", "lie")
        outcome = await crew.call("room.create", name="stage")
        assert outcome.status == "failed"
        assert outcome.error is not None
        assert outcome.error.code == "not-as-asked"
