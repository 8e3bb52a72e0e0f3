"""People in rooms: what is shown of them, and what an admin can do to them.

One real connection takes most of a second, so that a test looks at several things.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.calls import JSON, NO_PARTICIPANT, admin
from tests.contract.conftest import Server, person, rooms, until, without_mark


async def test_a_person_is_shown_as_the_token_says(server: Server, name: str) -> None:
    shown = {"name": "Anna Ä", "metadata": "m", "attributes": {"k": "v"}}
    await server.join(name, "anna", **shown)

    async def active() -> Any:
        found = await person(server, name, "anna")
        return found if found["state"] == "ACTIVE" else None

    anna = await until(active)
    listed = (await server.room("ListParticipants", {"room": name})).json["participants"]
    assert [without_mark(server, one) for one in listed] == [anna]
    assert anna.pop("sid").startswith("PA_")
    assert int(anna["joined_at_ms"]) // 1000 == int(anna["joined_at"])
    assert anna.pop("version") >= 1
    for moment in ("joined_at", "joined_at_ms"):
        assert isinstance(anna.pop(moment), str)
    assert anna.pop("client_protocol") >= 0
    assert anna == {
        "identity": "anna",
        "state": "ACTIVE",
        "tracks": [],
        **shown,
        "permission": {
            "can_subscribe": True,
            "can_publish": True,
            "can_publish_data": True,
            "can_publish_sources": [],
            "hidden": False,
            "recorder": False,
            "can_update_metadata": False,
            "agent": False,
            "can_subscribe_metrics": False,
            "can_manage_agent_session": False,
        },
        "region": "",
        "is_publisher": False,
        "kind": "STANDARD",
        "disconnect_reason": "UNKNOWN_REASON",
        "kind_details": [],
        "data_tracks": [],
    }


@pytest.mark.parametrize(
    ("grant", "allowed"),
    [
        ({"canPublish": False}, {"can_publish": False, "can_publish_data": False}),
        ({"canPublish": False, "canPublishData": True}, {"can_publish": False}),
        ({"canSubscribe": False}, {"can_subscribe": False}),
        (
            {"canPublishSources": ["camera", "screen_share_audio", "nonsense"]},
            {"can_publish_sources": ["CAMERA", "SCREEN_SHARE_AUDIO", "UNKNOWN"]},
        ),
        (
            {"canUpdateOwnMetadata": True, "canSubscribeMetrics": True, "hidden": True},
            {"can_update_metadata": True, "can_subscribe_metrics": True, "hidden": True},
        ),
    ],
    ids=str,
)
async def test_permissions_come_from_the_grant(
    server: Server, name: str, grant: dict[str, Any], allowed: dict[str, Any]
) -> None:
    await server.join(name, "anna", video=grant)
    permission = (await person(server, name, "anna"))["permission"]
    usual = {"can_subscribe": True, "can_publish": True, "can_publish_data": True}
    nothing = {"can_publish_sources": [], "can_update_metadata": False, "hidden": False}
    expected = {**usual, **nothing, "can_subscribe_metrics": False, **allowed}
    assert {key: permission[key] for key in expected} == expected


async def test_agents_and_recorders_are_no_people(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name, "max_participants": 1})
    await server.join(name, "anna")
    await server.join(name, "agent", kind="agent")
    await server.join(name, "recorder", video={"recorder": True, "hidden": True})
    await server.join(name, "egress", kind="egress", video={"hidden": True})

    async def counted() -> bool:
        (room,) = await rooms(server, name)
        return (room["num_participants"], room["active_recording"]) == (1, True)

    assert await until(counted)
    assert (await person(server, name, "agent"))["kind"] == "AGENT"
    listed = (await server.room("ListParticipants", {"room": name})).json["participants"]
    assert sorted(one["identity"] for one in listed) == ["agent", "anna", "egress", "recorder"]


async def test_a_full_room_lets_nobody_in(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name, "max_participants": 1})
    await server.join(name, "anna")
    with pytest.raises(Exception, match=r"500|max participants"):
        await server.join(name, "bob")
    listed = (await server.room("ListParticipants", {"room": name})).json["participants"]
    assert [one["identity"] for one in listed] == ["anna"]


async def test_joining_makes_the_room_with_the_tokens_configuration(
    server: Server, name: str
) -> None:
    wanted = {"maxParticipants": 4, "metadata": "m", "emptyTimeout": 44, "departureTimeout": 33}
    await server.join(name, "anna", roomConfig={**wanted, "agents": [{"agentName": "a"}]})
    (room,) = await rooms(server, name)
    assert (room["max_participants"], room["metadata"]) == (4, "m")
    assert (room["empty_timeout"], room["departure_timeout"]) == (44, 33)
    found = await server.call("AgentDispatchService/ListDispatch", {"room": name}, admin(name))
    assert [one["agent_name"] for one in found.json["agent_dispatches"]] == ["a"]


async def test_a_second_connection_of_an_identity_replaces_the_first(
    server: Server, name: str
) -> None:
    await server.join(name, "anna")
    first = await person(server, name, "anna")
    await server.join(name, "anna")

    async def replaced() -> bool:
        listed = (await server.room("ListParticipants", {"room": name})).json["participants"]
        return len(listed) == 1 and listed[0]["sid"] != first["sid"]

    assert await until(replaced)


async def test_a_removed_person_is_gone(server: Server, name: str) -> None:
    await server.join(name, "anna")
    wanted = {"room": name, "identity": "anna"}
    assert (await server.room("RemoveParticipant", wanted)).shown == (200, JSON, {})
    assert (await server.room("RemoveParticipant", wanted)).shown == NO_PARTICIPANT
    assert (await server.room("GetParticipant", wanted)).shown == NO_PARTICIPANT
    assert (await server.room("ListParticipants", {"room": name})).json == {"participants": []}


async def test_a_room_closes_after_the_last_person_left(server: Server, name: str) -> None:
    await server.room("CreateRoom", {"name": name, "departure_timeout": 1, "empty_timeout": 60})
    anna = await server.join(name, "anna")
    await anna.leave()

    async def gone() -> bool:
        return not await rooms(server, name)

    assert await until(gone)


async def test_a_closed_room_puts_everybody_out(server: Server, name: str) -> None:
    await server.join(name, "anna")
    assert (await server.room("DeleteRoom", {"room": name})).status == 200
    assert (await server.room("ListParticipants", {"room": name})).json == {"participants": []}


@pytest.mark.parametrize("method", ["GetParticipant", "RemoveParticipant", "UpdateParticipant"])
@pytest.mark.parametrize("identity", ["nobody", "", "日本"])
async def test_nobody_is_not_found_with_or_without_a_room(
    server: Server, name: str, method: str, identity: str
) -> None:
    await server.room("CreateRoom", {"name": name})
    here = await server.room(method, {"room": name, "identity": identity})
    nowhere = await server.room(method, {"room": f"{name}-no", "identity": identity})
    await server.room("DeleteRoom", {"room": name})
    assert here.shown == nowhere.shown == NO_PARTICIPANT


async def test_nobody_is_in_a_room_that_does_not_exist(server: Server, name: str) -> None:
    answer = await server.room("ListParticipants", {"room": name})
    assert answer.shown == (200, JSON, {"participants": []})


@pytest.mark.parametrize(
    ("field", "words", "limit"),
    [
        ({"name": "é" * 129}, "name length exceeds limits", 256),
        ({"metadata": "x" * 64_001}, "metadata size exceeds limits", 64_000),
        ({"attributes": {"a": "x" * 64_000}}, "attribute size exceeds limits", 64_000),
    ],
    ids=["name", "metadata", "attributes"],
)
@pytest.mark.parametrize("video", [{}, admin("r")], ids=["no grant", "grant"])
async def test_sizes_are_judged_before_grants(
    server: Server, field: dict[str, Any], words: str, limit: int, video: Any
) -> None:
    body = {"room": "r", "identity": "i", **field}
    told = {"code": "invalid_argument", "msg": f"{words} {limit}", "meta": {"argument": words}}
    answer = await server.call("RoomService/UpdateParticipant", body, video)
    assert answer.shown == (400, JSON, told)


async def test_a_person_is_changed_field_by_field(server: Server, name: str) -> None:
    await server.join(name, "anna", name="A", metadata="m", attributes={"a": "1", "b": "2"})
    at = {"room": name, "identity": "anna"}

    async def change(**fields: Any) -> dict[str, Any]:
        answer = await server.room("UpdateParticipant", {**at, **fields})
        assert answer.status == 200, answer.text
        shown = without_mark(server, answer.json)
        return {key: shown[key] for key in ("name", "metadata", "attributes", "permission")}

    renamed = await change(name="B", attributes={"a": "", "c": "3", "nope": ""})
    assert (renamed["name"], renamed["metadata"]) == ("B", "m")
    assert renamed["attributes"] == {"b": "2", "c": "3"}
    same = await change()
    empty = await change(name="", metadata="", attributes={})
    assert (same, empty) == (renamed, renamed)
    other = await change(metadata="日本")
    assert other == {**renamed, "metadata": "日本"}


async def test_permissions_are_replaced_as_a_whole(server: Server, name: str) -> None:
    await server.join(name, "anna", video={"canUpdateOwnMetadata": True})
    body = {"room": name, "identity": "anna"}
    wanted = {"can_publish": True, "can_publish_sources": ["MICROPHONE"]}
    answer = await server.room("UpdateParticipant", {**body, "permission": wanted})
    permission = answer.json["permission"]
    assert {key: value for key, value in permission.items() if value} == wanted
    none = await server.room("UpdateParticipant", {**body, "permission": {}})
    assert not any(none.json["permission"].values())


async def test_what_only_the_cloud_can_do_is_not_implemented(server: Server, name: str) -> None:
    await server.join(name, "anna")
    body = {"room": name, "identity": "anna", "destination_room": "d"}
    told = {"code": "unknown", "msg": "twirp error unknown: not implemented"}
    for method in ("MoveParticipant", "ForwardParticipant"):
        answer = await server.room(method, body, destinationRoom="d")
        assert answer.shown == (500, JSON, told)


@pytest.mark.parametrize("method", ["MoveParticipant", "ForwardParticipant"])
async def test_nobody_moves_to_where_they_are(server: Server, method: str) -> None:
    words = "destination room cannot be the same as source room"
    told = {"code": "invalid_argument", "msg": f"{words} ", "meta": {"argument": words}}
    body = {"room": "r", "identity": "i", "destination_room": "r"}
    answer = await server.room(method, body, destinationRoom="r")
    assert answer.shown == (400, JSON, told)


async def test_an_rpc_needs_somebody_who_knows_the_method(server: Server, name: str) -> None:
    await server.join(name, "anna")
    unnamed = await server.room("PerformRpc", {"room": name})
    body = {"room": name, "destination_identity": "anna", "method": "m"}
    words = "twirp error unknown: destination identity is required"
    assert unnamed.shown == (400, JSON, {"code": "invalid_argument", "msg": words})
    unknown = "twirp error unknown: RpcError 1400: Method not supported at destination"

    async def refused() -> bool:
        # A real client needs a moment before data can reach it.
        answer = await server.room("PerformRpc", body)
        return answer.shown == (400, JSON, {"code": "invalid_argument", "msg": unknown})

    assert await until(refused)


async def test_the_livekit_sdk_and_our_adapter_see_the_same(server: Server, name: str) -> None:
    from livekit import api

    from greenroom.adapters.clock import SystemClock
    from greenroom.adapters.livekit.rooms import LiveKitRooms
    from greenroom.adapters.tokens import HmacTokens

    await server.join(name, "anna", name="Anna")
    tokens = HmacTokens(server.api_key, server.api_secret)
    ours = LiveKitRooms(server.url, tokens.mint, clock=SystemClock(), hide=tokens.hide)
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
        listed = await livekit.room.list_participants(api.ListParticipantsRequest(room=name))
    (anna,) = await ours.list_participants(name)
    await ours.close()
    assert [one.sid for one in listed.participants] == [anna.sid]
    assert (anna.identity, anna.name, anna.kind) == ("anna", "Anna", "standard")
