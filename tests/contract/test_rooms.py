"""Rooms: made, found, changed, closed, and refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.contract.calls import (
    DENIED,
    JSON,
    NO_ROOM,
    NOBODY_ANSWERS,
    PROTOBUF,
    admin,
)
from tests.contract.conftest import Server, until

CODECS = [
    "audio/PCMU", "audio/PCMA", "audio/opus", "audio/red", "video/VP8",
    "video/H264", "video/VP9", "video/AV1", "video/H265", "video/rtx",
]  # fmt: skip
NAMES = {
    "spaces": "  a  b ",
    "emoji": "🎭 stage 👩‍👩‍👧",
    "right to left": "\u202eabc\u200f عربي",
    "quotes and markup": 'it\'s "so" \\ <b>&amp;',
    "newlines": "two\nlines\ttab\x00nul",
    "path": "../a/b?c=d&e#f%2F",
    "256 bytes": "é" * 128,
}


async def close(server: Server, name: str) -> None:
    await server.room("DeleteRoom", {"room": name})


async def test_a_room_is_made_with_the_servers_defaults(server: Server, name: str) -> None:
    made = (await server.room("CreateRoom", {"name": name})).json
    await close(server, name)
    assert made.pop("sid").startswith("RM_")
    assert made.pop("turn_password")
    assert int(made["creation_time_ms"]) // 1000 == int(made["creation_time"])
    assert isinstance(made.pop("creation_time_ms"), str)
    assert isinstance(made.pop("creation_time"), str)
    assert [codec["mime"] for codec in made.pop("enabled_codecs")] == CODECS
    assert made == {
        "name": name,
        "empty_timeout": 300,
        "departure_timeout": 20,
        "max_participants": 0,
        "metadata": "",
        "num_participants": 0,
        "num_publishers": 0,
        "active_recording": False,
        "version": None,
    }


@pytest.mark.parametrize("camel", [True, False], ids=["camelCase", "snake_case"])
async def test_a_room_is_made_as_asked(server: Server, name: str, camel: bool) -> None:
    asked = {"emptyTimeout": 50, "departureTimeout": 70, "maxParticipants": 3, "metadata": "m"}
    snake = {"empty_timeout": 50, "departure_timeout": 70, "max_participants": 3, "metadata": "m"}
    made = (await server.room("CreateRoom", {"name": name, **(asked if camel else snake)})).json
    found = (await server.room("ListRooms", {"names": [name]})).json["rooms"]
    await close(server, name)
    assert {key: made[key] for key in snake} == snake
    assert found == [made]


@pytest.mark.parametrize("odd", NAMES.values(), ids=NAMES.keys())
async def test_any_name_is_kept_as_it_is(server: Server, odd: str) -> None:
    made = await server.room("CreateRoom", {"name": odd})
    found = await server.room("ListRooms", {"names": [odd]})
    gone = await server.call("RoomService/DeleteRoom", {"room": odd}, admin(odd))
    assert made.json["name"] == odd
    assert [room["sid"] for room in found.json["rooms"]] == [made.json["sid"]]
    assert gone.shown == (200, JSON, {})


async def test_an_empty_name_is_a_name(server: Server) -> None:
    made = await server.room("CreateRoom", {})
    found = await server.room("ListRooms", {"names": [""]})
    changed = await server.room("UpdateRoomMetadata", {"metadata": "x"})
    gone = await server.room("DeleteRoom", {})
    assert (made.json["name"], changed.json["metadata"]) == ("", "x")
    assert found.json["rooms"][0]["sid"] == made.json["sid"]
    assert gone.status == 200
    assert (await server.room("DeleteRoom", {})).shown == NO_ROOM


@pytest.mark.parametrize("long", ["x" * 257, "é" * 129], ids=["257 letters", "258 bytes"])
async def test_a_name_of_over_256_bytes_is_refused(server: Server, long: str) -> None:
    words = "twirp error unknown: room name length exceeds limits: max length 256"
    answer = await server.room("CreateRoom", {"name": long})
    assert answer.shown == (400, JSON, {"code": "invalid_argument", "msg": words})


async def test_a_preset_that_is_not_configured_is_refused(server: Server, name: str) -> None:
    words = "twirp error unknown: unknown room configuration in create room request"
    answer = await server.room("CreateRoom", {"name": name, "room_preset": "nope"})
    assert answer.shown == (400, JSON, {"code": "invalid_argument", "msg": words})
    assert (await server.room("ListRooms", {"names": [name]})).json == {"rooms": []}


async def test_an_existing_room_comes_back_as_it_is(server: Server, name: str) -> None:
    first = await server.room("CreateRoom", {"name": name, "metadata": "first"})
    asked = {"name": name, "metadata": "second", "max_participants": 9, "empty_timeout": 1}
    second = await server.room("CreateRoom", asked)
    await close(server, name)
    assert second.json == first.json


async def test_metadata_at_creation_may_be_of_any_size(server: Server, name: str) -> None:
    made = await server.room("CreateRoom", {"name": name, "metadata": "x" * 64_001})
    await close(server, name)
    assert len(made.json["metadata"]) == 64_001


async def test_tags_and_playout_delays_are_taken_and_not_shown(server: Server, name: str) -> None:
    asked = {
        "tags": {"a": "b"},
        "min_playout_delay": 5,
        "max_playout_delay": 9,
        "sync_streams": True,
    }
    made = await server.room("CreateRoom", {"name": name, **asked})
    await close(server, name)
    assert made.status == 200
    assert not set(asked) & set(made.json)


async def test_rooms_are_found_by_exact_name_once(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name})
    found = await server.room("ListRooms", {"names": [name, "nope", name]})
    prefix = await server.room("ListRooms", {"names": [name[:-1]]})
    everything = await server.room("ListRooms", {})
    await close(server, name)
    assert [room["name"] for room in found.json["rooms"]] == [name]
    assert prefix.json == {"rooms": []}
    assert name in {room["name"] for room in everything.json["rooms"]}


async def test_metadata_is_replaced_and_cleared(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name, "metadata": "first"})
    changed = await server.room("UpdateRoomMetadata", {"room": name, "metadata": "日本"})
    largest = await server.room("UpdateRoomMetadata", {"room": name, "metadata": "x" * 64_000})
    cleared = await server.room("UpdateRoomMetadata", {"room": name})
    await close(server, name)
    assert (changed.json["name"], changed.json["metadata"]) == (name, "日本")
    assert (largest.status, cleared.json["metadata"]) == (200, "")


@pytest.mark.parametrize(
    "video", [{}, {"roomAdmin": True, "room": "nope"}], ids=["no grant", "grant"]
)
async def test_metadata_over_64000_bytes_is_refused_before_the_grant(
    server: Server, video: dict[str, Any]
) -> None:
    body = {"room": "nope", "metadata": "é" * 32_001}
    told = {
        "code": "invalid_argument",
        "msg": "metadata size exceeds limits 64000",
        "meta": {"argument": "metadata size exceeds limits"},
    }
    answer = await server.call("RoomService/UpdateRoomMetadata", body, video)
    assert answer.shown == (400, JSON, told)


async def test_what_does_not_exist_cannot_be_changed_or_closed(server: Server, name: str) -> None:
    for method in ("UpdateRoomMetadata", "DeleteRoom"):
        assert (await server.room(method, {"room": name, "metadata": "x"})).shown == NO_ROOM


async def test_room_admin_is_for_one_room_and_may_not_close_it(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name})
    grant = {"roomAdmin": True, "room": name}
    refused = await server.call("RoomService/DeleteRoom", {"room": name}, grant)
    changed = await server.call(
        "RoomService/UpdateRoomMetadata", {"room": name, "metadata": "x"}, grant
    )
    await close(server, name)
    assert refused.shown == DENIED
    assert changed.status == 200


async def test_a_closed_room_is_gone_and_its_name_free(server: Server, name: str) -> None:
    first = await server.room("CreateRoom", {"name": name})
    await close(server, name)
    assert (await server.room("ListRooms", {"names": [name]})).json == {"rooms": []}
    assert (await server.room("DeleteRoom", {"room": name})).shown == NO_ROOM
    second = await server.room("CreateRoom", {"name": name})
    await close(server, name)
    assert second.json["sid"] != first.json["sid"]


async def test_an_empty_room_ends_after_its_empty_timeout(server: Server, name: str) -> None:
    # Whole seconds are compared: of 1 s nothing may be left at once.
    await server.room("CreateRoom", {"name": name, "empty_timeout": 2})

    async def gone() -> bool:
        return (await server.room("ListRooms", {"names": [name]})).json == {"rooms": []}

    assert not await gone()
    assert await until(gone)


async def test_calls_that_look_for_the_room_later_find_nobody(server: Server, name: str) -> None:
    grant = admin(name, destinationRoom="d")
    body = {"room": name, "identity": "i", "destination_identity": "i", "destination_room": "d"}
    methods = (
        "RoomService/MutePublishedTrack",
        "RoomService/UpdateSubscriptions",
        "RoomService/SendData",
        "RoomService/ForwardParticipant",
        "RoomService/MoveParticipant",
        "RoomService/PerformRpc",
        "AgentDispatchService/ListDispatch",
        "AgentDispatchService/DeleteDispatch",
    )
    # At once, because the real server takes three seconds for each.
    answers = await asyncio.gather(*(server.call(method, body, grant) for method in methods))
    assert [answer.shown for answer in answers] == [NOBODY_ANSWERS] * len(methods)


async def test_ten_rooms_at_once_are_no_trouble(server: Server, name: str) -> None:
    names = [f"{name}-{number}" for number in range(10)]
    made = await asyncio.gather(*(server.room("CreateRoom", {"name": one}) for one in names))
    gone = await asyncio.gather(*(server.room("DeleteRoom", {"room": one}) for one in names))
    assert [room.json["name"] for room in made] == names
    assert {answer.status for answer in gone} == {200}


async def test_protobuf_and_json_say_the_same(server: Server, name: str) -> None:
    from livekit.protocol import models
    from livekit.protocol import room as proto

    path = "/twirp/livekit.RoomService/CreateRoom"
    asked = proto.CreateRoomRequest(name=name, max_participants=4, metadata="é")
    answer = await server.send(
        path, asked.SerializeToString(), media=PROTOBUF, token=server.token(admin(name))
    )
    shown = (
        await server.send(
            path, json.dumps({"name": name}).encode(), token=server.token(admin(name))
        )
    ).json
    await close(server, name)
    made = models.Room.FromString(answer.body)
    assert (made.sid, made.name, made.max_participants) == (shown["sid"], name, 4)
    assert (str(made.creation_time_ms), made.metadata) == (shown["creation_time_ms"], "é")
