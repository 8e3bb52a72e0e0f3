"""LiveKit's AgentDispatchService. LiveKit: livekit_agent_dispatch.proto."""

from __future__ import annotations

from greenroom.adapters.livekit.client import LiveKitClient, request_of
from greenroom.adapters.livekit.mapping import to_dispatch
from greenroom.domain.nouns import AgentDispatch


class LiveKitDispatch:
    """ports.Dispatch over the connections of a client. All calls need the grant roomAdmin for the room."""

    def __init__(self, client: LiveKitClient) -> None:
        self._client = client

    async def create_dispatch(self, room: str, agent_name: str, metadata: str) -> AgentDispatch:
        """Ask an agent into a room; the room is made if need be. LiveKit: CreateDispatch."""
        from livekit.protocol import agent_dispatch as proto

        request = request_of(
            proto.CreateAgentDispatchRequest, room=room, agent_name=agent_name, metadata=metadata
        )
        answer = await self._client.call(
            "AgentDispatchService/CreateDispatch",
            request,
            {"roomAdmin": True, "room": room},
            proto.AgentDispatch,
            "dispatching the agent",
        )
        return to_dispatch(answer)

    async def list_dispatches(self, room: str) -> tuple[AgentDispatch, ...]:
        """Who was asked into an existing room, by name and id. LiveKit: ListDispatch."""
        from livekit.protocol import agent_dispatch as proto

        answer = await self._client.read(
            "AgentDispatchService/ListDispatch",
            request_of(proto.ListAgentDispatchRequest, room=room),
            {"roomAdmin": True, "room": room},
            proto.ListAgentDispatchResponse,
            "listing agents",
        )
        found = (to_dispatch(one) for one in answer.agent_dispatches)
        return tuple(sorted(found, key=lambda one: (one.agent_name, one.id)))

    async def delete_dispatch(self, room: str, dispatch: str) -> None:
        """Take it back; an agent that came leaves. LiveKit: DeleteDispatch."""
        from livekit.protocol import agent_dispatch as proto

        await self._client.call(
            "AgentDispatchService/DeleteDispatch",
            request_of(proto.DeleteAgentDispatchRequest, room=room, dispatch_id=dispatch),
            {"roomAdmin": True, "room": room},
            proto.AgentDispatch,
            "taking back the agent",
        )
