"""Agent dispatches: kept and shown, whether or not an agent ever comes."""

from __future__ import annotations

from typing import Any

from tests.contract.calls import JSON, admin
from tests.contract.conftest import Server


async def dispatch(server: Server, method: str, body: dict[str, Any]) -> Any:
    answer = await server.call(f"AgentDispatchService/{method}", body, admin(body.get("room", "")))
    return answer.json


def shown(found: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((one["agent_name"], one["metadata"]) for one in found["agent_dispatches"])


async def test_a_dispatch_makes_the_room_and_is_listed(server: Server, name: str) -> None:
    made = await dispatch(
        server, "CreateDispatch", {"room": name, "agent_name": "a", "metadata": "m"}
    )
    everything = await dispatch(server, "ListDispatch", {"room": name})
    one = await dispatch(server, "ListDispatch", {"room": name, "dispatch_id": made["id"]})
    none = await dispatch(server, "ListDispatch", {"room": name, "dispatch_id": "AD_nope"})
    rooms = (await server.room("ListRooms", {"names": [name]})).json["rooms"]
    await server.room("DeleteRoom", {"room": name})
    assert len(rooms) == 1
    assert shown(everything) == [("", ""), ("a", "m")]
    assert one == {"agent_dispatches": [made]}
    assert none == {"agent_dispatches": []}
    assert made.pop("id").startswith("AD_")
    assert int(made["state"].pop("created_at")) > 10**18
    assert made == {
        "agent_name": "a",
        "room": name,
        "metadata": "m",
        "state": {"jobs": [], "deleted_at": "0"},
        "restart_policy": "JRP_ON_FAILURE",
    }


async def test_a_dispatch_is_deleted_once(server: Server, name: str) -> None:
    made = await dispatch(server, "CreateDispatch", {"room": name, "agent_name": "a"})
    wanted = {"room": name, "dispatch_id": made["id"]}
    assert await dispatch(server, "DeleteDispatch", wanted) == made
    answer = await server.call("AgentDispatchService/DeleteDispatch", wanted, admin(name))
    left = await dispatch(server, "ListDispatch", {"room": name})
    await server.room("DeleteRoom", {"room": name})
    words = "twirp error unknown: dispatch ID not found"
    assert answer.shown == (404, JSON, {"code": "not_found", "msg": words})
    assert shown(left) == [("", "")]


async def test_a_room_made_with_agents_has_those_alone(server: Server, name: str) -> None:
    agents = [{"agent_name": "b", "metadata": "x"}, {"agentName": "a"}]
    await server.room("CreateRoom", {"name": name, "agents": agents})
    found = await dispatch(server, "ListDispatch", {"room": name})
    await server.room("DeleteRoom", {"room": name})
    assert shown(found) == [("a", ""), ("b", "x")]


async def test_a_dispatch_takes_a_room_name_of_any_length(server: Server, name: str) -> None:
    long = name + "x" * 300
    made = await dispatch(server, "CreateDispatch", {"room": long, "agent_name": "a"})
    await server.call("RoomService/DeleteRoom", {"room": long}, admin(long))
    assert made["room"] == long


async def test_the_sdks_get_dispatch_works(server: Server, name: str) -> None:
    from livekit import api

    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as livekit:
        asked = api.CreateAgentDispatchRequest(room=name, agent_name="a")
        made = await livekit.agent_dispatch.create_dispatch(asked)
        found = await livekit.agent_dispatch.get_dispatch(made.id, name)
        missing = await livekit.agent_dispatch.get_dispatch("AD_nope", name)
        await livekit.room.delete_room(api.DeleteRoomRequest(room=name))
    assert found == made
    assert missing is None
