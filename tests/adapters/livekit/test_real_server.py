"""RoomService of a real livekit-server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from greenroom.adapters.clock import SystemClock
from greenroom.adapters.livekit.probe import HttpProbe
from greenroom.adapters.livekit.rooms import LiveKitRooms
from greenroom.adapters.tokens import HmacTokens
from greenroom.domain.errors import PreconditionFailed, ServerError
from tests.adapters.livekit.conftest import MakeRooms
from tests.doubles import FakeClock

NAMES = {
    "emoji": "🎭 stage 👩‍👩‍👧",
    "quotes": 'it\'s "quoted" \\ `so`',
    "newline": "two\nlines\ttab",
    "right to left": "\u202eabc\u200f عربي",
    "256 characters": "x" * 256,
    "256 bytes": "é" * 128,
    "path": "../a/b?c=d&e#f%2F",
}


@pytest.fixture
def rooms(livekit_server: Any, make_rooms: MakeRooms) -> LiveKitRooms:
    """The real server with its own credentials and the real time."""
    server = livekit_server
    return make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=SystemClock())


@asynccontextmanager
async def somebody_in(server: Any, room: str, identity: str, **claims: Any) -> AsyncIterator[None]:
    """A real participant: the signal connection of a client that never sends media."""
    now = int(time.time())
    grant = {"roomJoin": True, "room": room}
    token = HmacTokens(server.api_key, server.api_secret).mint(
        {"sub": identity, "nbf": now - 5, "exp": now + 60, "video": grant, **claims}
    )
    url = server.url.replace("ws://", "http://", 1).rstrip("/")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{url}/rtc", params={"access_token": token, "protocol": "9"}) as signal,
    ):
        await signal.receive(timeout=10)
        yield


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
async def test_a_room_of_any_name_is_made_found_and_closed(rooms: LiveKitRooms, name: str) -> None:
    made = await rooms.create_room(name, max_participants=7, empty_timeout=60, metadata="m")
    try:
        assert (made.name, made.max_participants, made.empty_timeout) == (name, 7, 60)
        (found,) = await rooms.list_rooms([name])
        assert found.sid == made.sid
        assert found.metadata == "m"
        assert await rooms.list_participants(name) == ()
    finally:
        await rooms.delete_room(name)
    assert await rooms.list_rooms([name]) == ()


@pytest.mark.parametrize("name", ["x" * 257, "é" * 129])
async def test_a_name_over_256_bytes_is_refused_by_name(rooms: LiveKitRooms, name: str) -> None:
    with pytest.raises(ServerError) as caught:
        await rooms.create_room(name)
    assert caught.value.code == "invalid-for-server"
    assert "256" in caught.value.message


async def test_an_existing_room_comes_back_as_it_is(rooms: LiveKitRooms) -> None:
    name = f"twice-{uuid4()}"
    first = await rooms.create_room(name, metadata="first")
    second = await rooms.create_room(name, metadata="second", max_participants=3)
    await rooms.delete_room(name)
    assert (second.sid, second.metadata) == (first.sid, "first")


async def test_no_timeouts_given_are_the_servers_own(rooms: LiveKitRooms) -> None:
    name = f"plain-{uuid4()}"
    made = await rooms.create_room(name)
    await rooms.delete_room(name)
    assert (made.empty_timeout, made.departure_timeout) == (300, 20)


async def test_rooms_are_listed_by_name(rooms: LiveKitRooms) -> None:
    names = [f"sorted-{uuid4()}" for _ in range(5)]
    for name in names:
        await rooms.create_room(name)
    listed = [room.name for room in await rooms.list_rooms()]
    for name in names:
        await rooms.delete_room(name)
    assert listed == sorted(listed)
    assert set(names) <= set(listed)


async def test_nobody_is_in_a_room_that_does_not_exist(rooms: LiveKitRooms) -> None:
    assert await rooms.list_participants(f"missing-{uuid4()}") == ()


async def test_what_does_not_exist_cannot_be_closed_or_removed(rooms: LiveKitRooms) -> None:
    name = f"missing-{uuid4()}"
    for call in (rooms.delete_room(name), rooms.remove_participant(name, "nobody")):
        with pytest.raises(PreconditionFailed) as caught:
            await call
        assert caught.value.code == "not-found"


async def test_people_are_listed_as_they_are_and_can_be_removed(
    rooms: LiveKitRooms, livekit_server: Any
) -> None:
    room, odd = f"people-{uuid4()}", 'z\u200f "😀"'
    shown = {"name": "A\nB", "metadata": "m", "attributes": {"a": "b"}}
    async with (
        somebody_in(livekit_server, room, odd, **shown),
        somebody_in(livekit_server, room, "anna"),
    ):
        anna, person = await rooms.list_participants(room)
        assert anna.identity == "anna"
        assert (person.identity, person.name, person.metadata) == (odd, "A\nB", "m")
        assert person.attributes == {"a": "b"}
        assert (person.kind, person.tracks) == ("standard", ())
        assert person.state in {"joining", "joined", "active"}
        assert person.can_publish
        assert person.can_subscribe
        await rooms.remove_participant(room, odd)
        assert [left.identity for left in await rooms.list_participants(room)] == ["anna"]
        await rooms.delete_room(room)


async def test_sixty_four_calls_at_once_are_no_trouble(rooms: LiveKitRooms) -> None:
    names = [f"many-{uuid4()}" for _ in range(64)]
    made = await asyncio.gather(*(rooms.create_room(name) for name in names))
    assert [room.name for room in made] == names
    await asyncio.gather(*(rooms.delete_room(name) for name in names))
    assert not {room.name for room in await rooms.list_rooms()} & set(names)


async def test_a_wrong_secret_and_an_unknown_key_are_told_apart(
    livekit_server: Any, make_rooms: MakeRooms
) -> None:
    server, clock = livekit_server, SystemClock()
    wrong = make_rooms(server.url, key=server.api_key, secret="x" * 40, clock=clock)
    unknown = make_rooms(server.url, key="nobody", secret=server.api_secret, clock=clock)
    texts = []
    for rooms in (wrong, unknown):
        with pytest.raises(ServerError) as caught:
            await rooms.list_rooms()
        assert caught.value.code == "unauthenticated"
        assert "eyJ" not in caught.value.message
        texts.append(caught.value.message)
    assert "API secret does not belong" in texts[0]
    assert "does not know this API key" in texts[1]


@pytest.mark.parametrize(("hours", "ahead"), [(1, "so ours is"), (-1, "so the server's is")])
async def test_a_clock_an_hour_off_is_named_with_both_clocks(
    hours: int, ahead: str, livekit_server: Any, make_rooms: MakeRooms
) -> None:
    server = livekit_server
    clock = FakeClock(time.time() + hours * 3600)
    rooms = make_rooms(server.url, key=server.api_key, secret=server.api_secret, clock=clock)
    with pytest.raises(ServerError) as caught:
        await rooms.list_rooms()
    assert caught.value.code == "clock-skew"
    assert ahead in caught.value.message
    assert caught.value.message.count("UTC") == 2


async def test_a_wrong_path_is_told_as_such(livekit_server: Any, make_rooms: MakeRooms) -> None:
    server = livekit_server
    rooms = make_rooms(
        f"{server.url}/rtc", key=server.api_key, secret=server.api_secret, clock=SystemClock()
    )
    with pytest.raises(ServerError) as caught:
        await rooms.list_rooms()
    assert caught.value.code == "not-livekit"
    assert "/rtc" in caught.value.hint


async def test_the_probe_reads_the_servers_clock(livekit_server: Any) -> None:
    theirs = await HttpProbe(livekit_server.url).server_time()
    assert theirs is not None
    assert abs(theirs - time.time()) < 5


async def test_metadata_is_replaced_and_cleared(rooms: LiveKitRooms) -> None:
    name = f"metadata-{uuid4()}"
    await rooms.create_room(name, metadata="first")
    assert (await rooms.update_room_metadata(name, "second")).metadata == "second"
    await rooms.update_room_metadata(name, "")
    assert (await rooms.list_rooms([name]))[0].metadata == ""
    await rooms.delete_room(name)
