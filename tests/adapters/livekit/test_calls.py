"""What one call sends, how often, and with which token. Real sockets, no livekit-server."""

from __future__ import annotations

import subprocess
import sys

import pytest

from greenroom.adapters.tokens import HmacTokens
from greenroom.domain.errors import GreenroomError, ServerError
from tests.adapters.livekit.conftest import MakeRooms
from tests.adapters.livekit.servers import (
    PROTOBUF,
    answer,
    hangs_up,
    saying,
    serve,
    silent,
    twirp,
)
from tests.doubles import SECRET, FakeClock


async def test_a_read_is_tried_three_times_with_growing_pauses(make_rooms: MakeRooms) -> None:
    clock = FakeClock()
    empty = answer("200 OK", Content_Type=PROTOBUF)
    no = twirp("503 No", "unavailable")
    async with serve(saying(no, no, empty)) as server:
        before = clock.now()
        assert await make_rooms(server.url, clock=clock).list_rooms() == ()
    assert len(server.requests) == 3
    assert clock.now() - before == pytest.approx(0.1 + 0.2)


async def test_a_write_is_sent_once_whatever_happens(make_rooms: MakeRooms) -> None:
    async with serve(saying(twirp("503 No", "unavailable"))) as server:
        rooms = make_rooms(server.url)
        for write in (
            rooms.create_room("a"),
            rooms.delete_room("a"),
            rooms.remove_participant("a", "b"),
        ):
            with pytest.raises(ServerError):
                await write
    async with serve(hangs_up) as broken:
        with pytest.raises(ServerError):
            await make_rooms(broken.url).create_room("a")
    assert len(server.requests) == 3
    assert len(broken.requests) == 1


async def test_a_refusal_is_not_asked_again(make_rooms: MakeRooms) -> None:
    async with serve(saying(twirp("401 No", "unauthenticated"))) as server:
        with pytest.raises(ServerError):
            await make_rooms(server.url).list_rooms()
    assert len(server.requests) == 1


async def test_an_impostor_that_creates_nothing_is_found_out(make_rooms: MakeRooms) -> None:
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(server.url).create_room("a")
    assert caught.value.code == "not-livekit"


@pytest.mark.parametrize(
    ("suffix", "path"),
    [
        ("", "/twirp/"),
        ("/", "/twirp/"),
        ("//", "/twirp/"),
        ("/live", "/live/twirp/"),
        ("/live/kit//", "/live/kit/twirp/"),
        ("/live?token=x#y", "/live/twirp/"),
    ],
)
@pytest.mark.parametrize("scheme", ["ws", "http"])
async def test_schemes_slashes_and_a_path_before_the_api_are_kept_right(
    scheme: str, suffix: str, path: str, make_rooms: MakeRooms
) -> None:
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        await make_rooms(f"{scheme}://127.0.0.1:{server.port}{suffix}").list_rooms()
    line = server.requests[0].split(b"\r\n")[0].decode()
    assert line == f"POST {path}livekit.RoomService/ListRooms HTTP/1.1"


async def test_no_redirect_is_followed_with_a_token_in_hand(make_rooms: MakeRooms) -> None:
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as other:
        away = answer("307 Away", Location=f"http://127.0.0.1:{other.port}/")
        async with serve(saying(away)) as server:
            with pytest.raises(ServerError) as caught:
                await make_rooms(server.url).list_rooms()
    assert other.connections == 0
    assert str(other.port) in caught.value.message


async def test_an_error_carries_no_exception_that_holds_our_headers(make_rooms: MakeRooms) -> None:
    async with serve(saying(b"nonsense\r\n\r\n")) as server:
        with pytest.raises(ServerError) as caught:
            await make_rooms(server.url).list_rooms()
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("value", ["\ud800", 7])
async def test_a_name_that_is_no_text_is_never_sent(value: str, make_rooms: MakeRooms) -> None:
    async with serve(saying(answer("200 OK"))) as server:
        rooms = make_rooms(server.url)
        for call in (
            rooms.create_room(value),
            rooms.delete_room(value),
            rooms.list_rooms([value]),
            rooms.list_participants(value),
            rooms.remove_participant("a", value),
        ):
            with pytest.raises(GreenroomError) as caught:
                await call
            assert caught.value.code == "invalid-argument"
    assert server.requests == []


async def test_rooms_can_be_used_again_after_they_were_closed(make_rooms: MakeRooms) -> None:
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        rooms = make_rooms(server.url)
        await rooms.close()
        await rooms.list_rooms()
        await rooms.close()
        await rooms.list_rooms()
        await rooms.close()
    assert server.connections == 2


def _bearer(request: bytes) -> bytes:
    return next(
        line for line in request.split(b"\r\n") if line.lower().startswith(b"authorization")
    )


async def test_one_token_serves_one_set_of_grants_until_half_its_life(
    make_rooms: MakeRooms,
) -> None:
    clock = FakeClock()
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        rooms = make_rooms(server.url, clock=clock)
        for pause in (0, 299, 1, -1000):
            await clock.sleep(pause)
            await rooms.list_rooms()
        await rooms.list_participants("a")
        await rooms.list_participants("b")
    first, same, renewed, set_back, a, b = map(_bearer, server.requests)
    assert first == same
    assert len({first, renewed, set_back, a, b}) == 5


async def test_tokens_start_in_the_past_end_in_ten_minutes_and_grant_only_what_is_needed(
    make_rooms: MakeRooms,
) -> None:
    clock = FakeClock()
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        await make_rooms(server.url, clock=clock).list_participants("a")
    token = _bearer(server.requests[0]).split()[-1].decode()
    assert HmacTokens("APIkey", SECRET).verify(token) == {
        "sub": "greenroom",
        "nbf": int(clock.now()) - 10,
        "exp": int(clock.now()) + 600,
        "video": {"roomAdmin": True, "room": "a"},
        "iss": "APIkey",
    }


async def test_livekit_cloud_is_called_through_livekit_apis_client(make_rooms: MakeRooms) -> None:
    assert make_rooms("wss://project-1.livekit.cloud")._cloud
    assert not make_rooms("wss://livekit.cloud.example")._cloud
    async with serve(saying(answer("200 OK", Content_Type=PROTOBUF))) as server:
        for cloud in (True, False):
            rooms = make_rooms(server.url)
            rooms._cloud = cloud
            assert await rooms.list_rooms() == ()
    theirs, ours = (request.lower() for request in server.requests)
    assert b"x-livekit-request-id" in theirs
    for request in (theirs, ours):
        assert b"content-type: application/protobuf" in request
        assert b"authorization: bearer ey" in request


async def test_a_slow_livekit_cloud_has_a_limit_too(make_rooms: MakeRooms) -> None:
    async with serve(silent) as server:
        rooms = make_rooms(server.url, timeout=0.2)
        rooms._cloud = True
        with pytest.raises(ServerError) as caught:
            await rooms.create_room("a")
    assert caught.value.code == "timeout"


def test_a_self_hosted_server_is_called_without_importing_livekit_api() -> None:
    code = """
import asyncio, sys
from greenroom.adapters.clock import SystemClock
from greenroom.adapters.livekit.rooms import LiveKitRooms
from greenroom.domain.errors import GreenroomError

async def main():
    rooms = LiveKitRooms("ws://127.0.0.1:1", lambda claims: "token", clock=SystemClock())
    try:
        await rooms.list_rooms()
    except GreenroomError as error:
        print(error.code, "livekit.api" in sys.modules)
    await rooms.close()

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["connection-refused", "False"]
