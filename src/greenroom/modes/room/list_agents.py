"""List the agents of a room: those asked in, and those inside."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import AgentList
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import room_details


class ListAgents(Request):
    """LiveKit: ListAgentDispatchRequest."""

    room: ExistingRoom


def tell(request: ListAgents, _before: None, result: AgentList) -> str:
    """Who was asked, what became of it, who is there."""
    asked = [
        f"{one.agent_name} ({', '.join(one.jobs) or 'no worker has taken it'})"
        for one in result.dispatches
        if one.agent_name
    ]
    inside = [person.identity for person in result.participants]
    if not asked and not inside:
        return f"No agent is in {request.room}, and none was asked in by name."
    said = [f"asked in: {', '.join(asked)}"] if asked else []
    said.append(f"inside: {', '.join(inside)}" if inside else "none is inside")
    return f"Agents of {request.room}: {'; '.join(said)}."


@capability(
    effect="read",
    grant="roomAdmin",
    positional=("room",),
    tell=tell,
    examples=(Example("list the agents in room standup", room="standup"),),
)
async def list_agents(context: Context, request: ListAgents) -> AgentList:
    """Dispatches and participants of kind agent. Raises not-found. LiveKit: AgentDispatchService.ListDispatch."""
    details = await room_details(context, request.room)
    return AgentList(
        room=request.room,
        dispatches=await context.dispatch.list_dispatches(request.room),
        participants=tuple(one for one in details.participants if one.kind == "agent"),
    )
